"""FACTS and MEMBERS of the commands, OUT of `minzheng assess`: CSV or Parquet by the file's ending, money in yuan."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from minzheng.policy.errors import PolicyError, near_miss
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.values import Kind, Value, read, write

Row = Mapping[str, str]
SHOWN = 10
"""How many unreadable cells an error names."""
LOOKED_AT = 20_000
"""Among how many ids a near miss is looked for: comparing with millions takes minutes."""
NAME = "name"
"""The column of FACTS and MEMBERS with the name of whom a row is about; read for explanations only."""


def read_subjects(facts: Path, members: Path | None, version: Version) -> list[Subject]:
    """One subject for each row of FACTS, with its rows of MEMBERS. Raises PolicyError naming every cell at fault."""
    columns, member_columns = _columns(version)
    rows = read_rows(facts, ("id", "area", "residence"))
    ids = [row["id"] for row in rows]
    _check_ids(facts, ids)
    family: dict[str, list[dict[str, Value | None]]] = {one: [] for one in ids}
    if members is not None:
        member_rows = read_rows(members, ("id",))
        strangers = [row["id"] for row in member_rows if row["id"] not in family]
        if strangers:
            raise PolicyError("stranger", file=str(members), ids=", ".join(strangers[:SHOWN]), facts=facts.name)
        for row, values in zip(member_rows, _values(members, member_rows, member_columns), strict=True):
            family[row["id"]].append(values)
    return [
        Subject(row["id"], row["area"], row["residence"] or None, values, family[row["id"]])
        for row, values in zip(rows, _values(facts, rows, columns), strict=True)
    ]


def read_subject(facts: Path, members: Path | None, version: Version, wanted: str) -> Subject:
    """The row of FACTS with this id and its rows of MEMBERS; what other rows hold does not matter.

    Raises PolicyError where there is no such row, more than one, or a cell of these rows cannot be read. A column
    `name` comes along as a fact of that name, which policies do not read.
    """
    columns, member_columns = _columns(version)
    everybody = read_rows(facts, ("id", "area", "residence"))
    if not everybody:
        raise PolicyError("no_rows", file=str(facts))
    rows = _rows_of(everybody, wanted)
    if not rows:
        zh, en = near_miss(wanted, [row["id"] for row in everybody[:LOOKED_AT]])
        raise PolicyError("unknown_id", file=str(facts), id=wanted, hint_zh=zh, hint_en=en)
    if len(rows) > 1:
        raise PolicyError("id_twice", file=str(facts), line=list(rows)[1], id=wanted)
    family = _rows_of(read_rows(members, ("id",)), wanted) if members is not None else {}
    (values,) = _named(facts, rows, columns)
    (row,) = rows.values()
    own = _named(members, family, member_columns) if members is not None else []
    return Subject(row["id"], row["area"], row["residence"] or None, values, own)


def _rows_of(rows: Sequence[Row], wanted: str) -> dict[int, Row]:
    """The rows with an id, by line."""
    return {line: row for line, row in enumerate(rows, 2) if row["id"] == wanted}


def _named(path: Path, rows: Mapping[int, Row], columns: Mapping[str, Kind]) -> list[dict[str, Value | None]]:
    """Typed cells, with the name where the policy has no fact of that name."""
    found = _values(path, list(rows.values()), columns, list(rows))
    if NAME not in columns:
        for row, values in zip(rows.values(), found, strict=True):
            values[NAME] = row.get(NAME) or None
    return found


def _columns(version: Version) -> tuple[dict[str, Kind], dict[str, Kind]]:
    """What FACTS and MEMBERS may hold: facts, rates in place of their look-up; members' facts."""
    columns = {name: spec.kind for name, spec in version.facts.items()}
    columns |= {name: spec.kind for name, spec in version.rates.items() if spec.table is None}
    return columns, {name: spec.kind for name, spec in version.member_facts.items()}


def unused_columns(path: Path, version: Version) -> list[str]:
    """Columns of FACTS that nothing reads: perhaps a name mistyped."""
    known = {"id", "area", "residence", *version.facts, *version.rates}
    rows = read_rows(path, ())
    return sorted(set(rows[0]) - known) if rows else []


def write_results(path: Path, results: Sequence[Result], version: Version, *, steps: bool) -> None:
    """id, eligible, unmet, amount, error and, if wanted, a column per step. The file appears whole or not at all."""
    names = list(version.steps) if steps else []
    header = ["id", "eligible", "unmet", "amount", "error", *names]
    rows = [_written(result, names, version) for result in results]
    scratch = path.with_name(f".{path.name}.part")
    try:
        if _is_parquet(path):
            _write_parquet(scratch, header, rows)
        else:
            with scratch.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *rows])
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def read_rows(path: Path, required: Iterable[str]) -> list[Row]:
    """The rows of a file as texts by column. Raises PolicyError where a column is missing."""
    rows = _parquet_rows(path) if _is_parquet(path) else _csv_rows(path)
    for column in required:
        if rows and column not in rows[0]:
            raise PolicyError("missing_key", file=str(path), line=1, key=column)
    return rows


def _csv_rows(path: Path) -> list[Row]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PolicyError("not_found", file=str(path)) from None
    text = _decoded(path, content)
    rows: list[Row] = []
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            rows.append({str(name).strip(): (value or "").strip() for name, value in row.items() if name is not None})
    except csv.Error as error:
        raise PolicyError("not_csv", file=str(path), line=len(rows) + 2, detail=str(error)) from None
    return rows


def _decoded(path: Path, content: bytes) -> str:
    """UTF-8, or GB 18030 as spreadsheets in China save it. A spreadsheet itself, or a picture, is refused."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise PolicyError("not_text", file=str(path))


def _values(
    path: Path, rows: Sequence[Row], columns: Mapping[str, Kind], lines: Sequence[int] | None = None
) -> list[dict[str, Value | None]]:
    """Typed cells; empty ones are missing facts. lines: where the rows stand, unless they are the whole file."""
    found, faults = [], []
    for line, row in zip(lines or range(2, len(rows) + 2), rows, strict=True):
        values: dict[str, Value | None] = {}
        if row.get("residence", "") not in ("", "urban", "rural"):
            faults.append(f"{line} residence “{row['residence']}”")
        for name, kind in columns.items():
            text = row.get(name, "")
            if not text:
                continue
            try:
                values[name] = read(text, kind)
            except ValueError:
                faults.append(f"{line} {name} “{text}”")
        found.append(values)
    if faults:
        more = "; …" if len(faults) > SHOWN else ""
        raise PolicyError("cell", file=str(path), count=len(faults), cells="; ".join(faults[:SHOWN]) + more)
    return found


def _check_ids(path: Path, ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for line, one in enumerate(ids, 2):
        if not one or one in seen:
            raise PolicyError("id_twice", file=str(path), line=line, id=one)
        seen.add(one)


def _written(result: Result, names: Sequence[str], version: Version) -> list[str]:
    shown = [write(result.steps.get(name), version.steps[name].kind) for name in names]
    eligible = "true" if result.eligible else "false"
    return [
        result.id, eligible, ";".join(result.unmet), write(result.amount, Kind.MONEY), result.error or "", *shown
    ]  # fmt: skip


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def _pyarrow(path: Path) -> Any:
    """The optional part that reads and writes Parquet."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise PolicyError("parquet", file=str(path)) from None
    return pyarrow


def _parquet_rows(path: Path) -> list[Row]:
    arrow = _pyarrow(path)
    if not path.exists():
        raise PolicyError("not_found", file=str(path))
    table = arrow.parquet.read_table(path)
    return [{name: _text(value) for name, value in row.items()} for row in table.to_pylist()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _write_parquet(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    arrow = _pyarrow(path)
    columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    arrow.parquet.write_table(
        arrow.table(columns, schema=arrow.schema([(name, arrow.string()) for name in header])), path
    )
