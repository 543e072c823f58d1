"""The engine for files and what-if: one SELECT in a DuckDB of its own, in memory."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.relation import columns_of, query, result_of, row_of
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates
from minzheng.policy.values import Kind

UNKNOWN = "\x01N"
"""Stands for a missing value on the way in; no text of a policy or a file may be it."""


def assess(version: Version, rates: Rates, subjects: Sequence[Subject], on: dt.date) -> list[Result]:
    """One result for each subject, in their order."""
    columns, kinds, overrides = columns_of(version, subjects)
    rows = ((i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects))
    members = ((i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members)
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as scratch:
        _load(
            connection,
            Path(scratch),
            "mz_households",
            {"id": "bigint", "area": "varchar", "residence": "varchar"},
            columns,
            rows,
        )
        _load(connection, Path(scratch), "mz_members", {"id": "bigint"}, kinds, members)
        text = query(version, rates, on, DUCKDB, "mz_households", "mz_members", overrides=overrides, steps=True)
        cursor = connection.execute(text)
        names = [column[0] for column in cursor.description or ()]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return [result_of(version, subject, found[i]) for i, subject in enumerate(subjects)]


def _load(
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    table: str,
    first: Mapping[str, str],
    columns: Mapping[str, Kind],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """A table with these rows, by way of a file: many times faster than row by row."""
    types = dict(first) | {name: DUCKDB.column_types[kind] for name, kind in columns.items()}
    path = scratch / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([UNKNOWN if cell is None else cell for cell in row] for row in rows)
    declared = ", ".join(f"{DUCKDB.text(name)}: {DUCKDB.text(kind)}" for name, kind in types.items())
    connection.execute(
        f"create table {table} as from read_csv({DUCKDB.text(str(path))}, columns = {{{declared}}}, header = false,"
        f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = {DUCKDB.text(UNKNOWN)})"
    )
