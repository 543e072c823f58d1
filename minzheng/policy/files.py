"""FACTS and MEMBERS of the commands, OUT of `minzheng assess`: CSV or Parquet by the file's ending, money in yuan."""

import csv
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from minzheng.policy.csv_rows import CsvRow, csv_rows
from minzheng.policy.engines import parquet
from minzheng.policy.errors import PolicyError, near_miss, shown
from minzheng.policy.model import FactSpec, RateSpec, Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.values import DEFAULT_BOUNDS, Kind, Value, read, write

AREA = re.compile(r"[0-9A-Za-z]*")
Values = dict[str, Value | None]
Specs = Mapping[str, FactSpec | RateSpec]
OUT_TYPES = {"id": "varchar", "eligible": "boolean", "unmet": "varchar", "amount": "decimal(22,2)", "error": "varchar"}
STEP_TYPES = {
    **dict.fromkeys((Kind.MONEY, Kind.RATE), "decimal(32,6)"),
    Kind.INT: "bigint",
    Kind.BOOL: "boolean",
    Kind.DATE: "date",
    Kind.CODE: "varchar",
}
"""What a Parquet file of results holds."""
SHOWN = 10
"""How many unreadable cells an error names."""
LOOKED_AT = 20_000
"""Among how many ids a near miss is looked for: comparing with millions takes minutes."""
NAME = "name"
"""The column of FACTS and MEMBERS with the name of whom a row is about; read for explanations only."""
PLACE = ("id", "area", "residence")


def read_subjects(facts: Path, members: Path | None, version: Version) -> list[Subject]:
    """One subject for each row of FACTS, with its rows of MEMBERS. Raises PolicyError naming every cell at fault."""
    rows = _typed_rows(facts, PLACE, _columns(version))
    _check_ids(facts, [place for place, _ in rows])
    family: dict[str, list[Values]] = {place["id"]: [] for place, _ in rows}
    if members is not None:
        member_rows = _typed_rows(members, ("id",), version.member_facts)
        strangers = [place["id"] for place, _ in member_rows if place["id"] not in family]
        if strangers:
            raise PolicyError("stranger", file=str(members), ids=", ".join(strangers[:SHOWN]), facts=facts.name)
        for place, values in member_rows:
            family[place["id"]].append(values)
    return [
        Subject(place["id"], place["area"], place["residence"] or None, values, family[place["id"]])
        for place, values in rows
    ]


def read_subject(facts: Path, members: Path | None, version: Version, wanted: str) -> Subject:
    """The row of FACTS with this id and its rows of MEMBERS; what other rows hold does not matter.

    Raises PolicyError where there is no such row, more than one, or a cell of these rows cannot be read. A column
    `name` comes along as a fact of that name, which policies do not read.
    """
    rows = _typed_rows(facts, PLACE, _with_name(_columns(version)), only=wanted)
    if not rows:
        ids = _ids(facts)
        if not ids:
            raise PolicyError("no_rows", file=str(facts))
        zh, en = near_miss(wanted, ids)
        raise PolicyError("unknown_id", file=str(facts), id=wanted, hint_zh=zh, hint_en=en)
    if len(rows) > 1:
        raise PolicyError("id_twice", file=str(facts), line=_second_line(facts, wanted), id=wanted)
    (place, values) = rows[0]
    family = _typed_rows(members, ("id",), _with_name(version.member_facts), only=wanted) if members is not None else []
    return Subject(place["id"], place["area"], place["residence"] or None, values, [one for _, one in family])


def _columns(version: Version) -> Specs:
    """What FACTS may hold: facts, and rates in place of their look-up."""
    return {**version.facts, **{name: spec for name, spec in version.rates.items() if spec.table is None}}


def _with_name(columns: Specs) -> Specs:
    """Also the name, where the policy has no fact of that name."""
    return {NAME: FactSpec(NAME, Kind.CODE, DEFAULT_BOUNDS[Kind.CODE], {}), **columns}


def _second_line(path: Path, wanted: str) -> int:
    """Where an id stands again; a Parquet file has no lines."""
    if parquet.is_parquet(path):
        return 0
    return [row.line for row in csv_rows(path) if row["id"] == wanted][1]


def _ids(path: Path) -> list[str]:
    if parquet.is_parquet(path):
        return [place["id"] for place, _ in parquet.rows(path, ("id",), {}, most=LOOKED_AT)]
    return [row.get("id", "") for row in csv_rows(path)[:LOOKED_AT]]


def unused_columns(path: Path, version: Version) -> list[str]:
    """Columns of FACTS that nothing reads: perhaps a name mistyped."""
    known = {"id", "area", "residence", *version.facts, *version.rates}
    if parquet.is_parquet(path):
        return sorted(set(parquet.columns(path)) - known)
    rows = csv_rows(path)
    return sorted(set(rows[0]) - known) if rows else []


def write_results(path: Path, results: Sequence[Result], version: Version, *, steps: bool) -> None:
    """id, eligible, unmet, amount, error and, if wanted, a column per step."""
    names = list(version.steps) if steps else []
    rows = [_written(result, names, version) for result in results]
    if parquet.is_parquet(path):
        kinds = {name: version.steps[name].kind for name in names}
        types = OUT_TYPES | {name: STEP_TYPES[kind] for name, kind in kinds.items()}
        parquet.write(path, types, [_nulls(row) for row in rows])
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[*OUT_TYPES, *names], *rows])


@contextmanager
def whole_out(path: Path) -> Iterator[Path]:
    """A path to write to instead of a file or an empty folder: what is written appears when it is whole, or not at
    all. Raises PolicyError for a folder that is not there or not empty."""
    if path.is_dir():
        with _whole_folder(path) as scratch:
            yield scratch
        return
    if not path.parent.is_dir():
        raise PolicyError("no_folder", file=str(path), folder=path.parent)
    scratch = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield scratch
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _whole_folder(path: Path) -> Iterator[Path]:
    scratch = path / ".part"
    if any(one != scratch for one in path.iterdir()):
        raise PolicyError("folder_in_use", file=str(path))
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
        for part in sorted(scratch.iterdir()):
            part.replace(path / part.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _typed_rows(
    path: Path, first: Sequence[str], facts: Specs, only: str | None = None
) -> list[tuple[dict[str, str], Values]]:
    """Of each row (of the rows with the id `only`) the `first` columns as texts, and the facts."""
    if parquet.is_parquet(path):
        return parquet.rows(path, first, facts, only)
    rows = [row for row in csv_rows(path, first) if only in (None, row["id"])]
    texts = (CsvRow({name: row[name] for name in first}, row.line) for row in rows)
    return list(zip(texts, _values(path, rows, {name: spec.kind for name, spec in facts.items()}), strict=True))


def _values(path: Path, rows: Sequence[CsvRow], columns: Mapping[str, Kind]) -> list[Values]:
    """Typed cells; empty ones are missing facts."""
    found, faults = [], []
    for row in rows:
        values: Values = {}
        if row.get("residence", "") not in ("", "urban", "rural"):
            faults.append(f"{row.line} residence “{shown(row['residence'])}”")
        if not AREA.fullmatch(row.get("area", "")):
            faults.append(f"{row.line} area “{shown(row['area'])}”")
        for name, kind in columns.items():
            text = row.get(name, "")
            if not text:
                continue
            try:
                values[name] = read(text, kind)
            except ValueError:
                faults.append(f"{row.line} {name} “{shown(text)}”")
        found.append(values)
    if faults:
        more = "; …" if len(faults) > SHOWN else ""
        raise PolicyError("cell", file=str(path), count=len(faults), cells="; ".join(faults[:SHOWN]) + more)
    return found


def _check_ids(path: Path, places: Sequence[Mapping[str, str]]) -> None:
    seen: set[str] = set()
    for number, place in enumerate(places, 2):
        one = place["id"]
        if not one or one in seen:
            raise PolicyError("id_twice", file=str(path), line=getattr(place, "line", number), id=one)
        seen.add(one)


def _written(result: Result, names: Sequence[str], version: Version) -> list[str]:
    values = [write(result.steps.get(name), version.steps[name].kind) for name in names]
    eligible = "true" if result.eligible else "false"
    return [
        result.id, eligible, ";".join(result.unmet), write(result.amount, Kind.MONEY), result.error or "", *values
    ]  # fmt: skip


def _nulls(row: Sequence[str]) -> list[object]:
    """As a Parquet file holds it: `unmet` is a text, everything else that is empty is null."""
    return [cell if cell or position == 2 else None for position, cell in enumerate(row)]
