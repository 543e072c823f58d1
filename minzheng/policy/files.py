"""FACTS, MEMBERS and OUT of `minzheng assess`: CSV or Parquet by the file's ending, money in yuan."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from minzheng.policy.csv_rows import csv_rows
from minzheng.policy.errors import PolicyError, shown
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.values import Kind, Value, read, write

Row = Mapping[str, str]
AREA = re.compile(r"[0-9A-Za-z]*")
SHOWN = 10
"""How many unreadable cells an error names."""


def read_subjects(facts: Path, members: Path | None, version: Version) -> list[Subject]:
    """One subject for each row of FACTS, with its rows of MEMBERS. Raises PolicyError naming every cell at fault."""
    columns = {name: spec.kind for name, spec in version.facts.items()}
    columns |= {name: spec.kind for name, spec in version.rates.items() if spec.table is None}
    member_columns = {name: spec.kind for name, spec in version.member_facts.items()}
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
    if not _is_parquet(path):
        return list(csv_rows(path, tuple(required)))
    rows = _parquet_rows(path)
    for column in required:
        if rows and column not in rows[0]:
            raise PolicyError("missing_key", file=str(path), line=1, key=column)
    return rows


def _values(path: Path, rows: Sequence[Row], columns: Mapping[str, Kind]) -> list[dict[str, Value | None]]:
    """Typed cells; empty ones are missing facts."""
    found, faults = [], []
    for number, row in enumerate(rows, 2):
        line = getattr(row, "line", number)
        values: dict[str, Value | None] = {}
        if row.get("residence", "") not in ("", "urban", "rural"):
            faults.append(f"{line} residence “{shown(row['residence'])}”")
        if not AREA.fullmatch(row.get("area", "")):
            faults.append(f"{line} area “{shown(row['area'])}”")
        for name, kind in columns.items():
            text = row.get(name, "")
            if not text:
                continue
            try:
                values[name] = read(text, kind)
            except ValueError:
                faults.append(f"{line} {name} “{shown(text)}”")
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
