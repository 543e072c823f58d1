"""The engine inside the database: one SELECT for as many subjects as there are."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import tuple_row

from minzheng.policy.engines.dialects import POSTGRES
from minzheng.policy.engines.relation import columns_of, query, result_of, row_of
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates
from minzheng.policy.values import Kind

HELPERS = (Path(__file__).parent / "postgres.sql").read_text(encoding="utf-8")
"""The functions that the queries call; installed once by whoever owns the schema."""


def install(connection: "Connection[Any]") -> None:
    """Create or replace the helper functions in the current schema."""
    connection.execute(HELPERS)


def assess(
    version: Version, rates: Rates, subjects: Sequence[Subject], on: dt.date, connection: "Connection[Any]"
) -> list[Result]:
    """One result for each subject, in their order; the facts go through temporary tables of this connection."""
    cursor = connection.cursor(row_factory=tuple_row)
    if cursor.execute("select to_regproc('mz_round_div') is null").fetchone() == (True,):
        install(connection)
    columns, kinds, overrides = columns_of(version, subjects)
    with connection.transaction():
        rows = [(i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects)]
        _load(connection, "mz_households", ["id bigint", "area text", "residence text"], columns, rows)
        members = [(i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
        _load(connection, "mz_members", ["id bigint"], kinds, members)
        text = query(version, rates, on, POSTGRES, "mz_households", "mz_members", overrides=overrides, steps=True)
        cursor.execute(text)
        names = [column.name for column in cursor.description or ()]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
        connection.execute("drop table mz_households, mz_members")
    return [result_of(version, subject, found[i]) for i, subject in enumerate(subjects)]


def _load(
    connection: "Connection[Any]",
    table: str,
    first: list[str],
    columns: Mapping[str, Kind],
    rows: list[tuple[Any, ...]],
) -> None:
    """A temporary table with these rows."""
    own = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(POSTGRES.column_types[kind]))
        for name, kind in columns.items()
    ]
    parts = [sql.SQL(part) for part in first] + own
    connection.execute(
        sql.SQL("create temporary table {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(parts))
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copy,
    ):
        for row in rows:
            copy.write_row(row)
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
