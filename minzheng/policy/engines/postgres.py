"""The engine inside the database: one SELECT for as many subjects as there are."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from psycopg.rows import tuple_row

from minzheng.policy.engines.dialects import POSTGRES
from minzheng.policy.engines.lookup import PLACES
from minzheng.policy.engines.relation import columns_of, query, result_of, row_of
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates
from minzheng.policy.values import Kind

HELPERS = (Path(__file__).parent / "postgres.sql").read_text(encoding="utf-8")
"""The functions that the queries call; installed once by whoever owns the schema."""


PLACE = {"id": "bigint", "area": "text", "residence": "text"}


def install(connection: "Connection[Any]") -> None:
    """Create or replace the helper functions in the current schema."""
    connection.execute(HELPERS)


def ensure_installed(connection: "Connection[Any]") -> None:
    """Create the helper functions unless they are there."""
    cursor = connection.cursor(row_factory=tuple_row)
    if cursor.execute("select to_regproc('mz_sum') is null").fetchone() == (True,):
        install(connection)


def assess(
    version: Version, rates: Rates, subjects: Sequence[Subject], on: dt.date, connection: "Connection[Any]"
) -> list[Result]:
    """One result for each subject, in their order; the facts go through temporary tables of this connection."""
    cursor = connection.cursor(row_factory=tuple_row)
    ensure_installed(connection)
    columns, kinds, overrides = columns_of(version, subjects)
    with connection.transaction():
        rows = [(i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects)]
        load(connection, "mz_households", PLACE | _types(columns), rows)
        members = [(i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
        load(connection, "mz_members", {"id": "bigint"} | _types(kinds), members)
        wanted = query(version, rates, on, POSTGRES, "mz_households", "mz_members", overrides=overrides, steps=True)
        if wanted.zones is not None:
            types = {name: POSTGRES.place_types[kind] for name, kind in wanted.numbers.columns().items()}
            zones = cast(list[tuple[str, str]], cursor.execute(wanted.zones).fetchall())
            load(connection, PLACES, {"area": "text", "residence": "text"} | types, wanted.numbers.places(zones))
        cursor.execute(wanted.text)
        names = [column.name for column in cursor.description or ()]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
        connection.execute(f"drop table mz_households, mz_members{', ' + PLACES if wanted.zones else ''}")
    return [result_of(version, subject, found[i]) for i, subject in enumerate(subjects)]


def _types(columns: Mapping[str, Kind]) -> dict[str, str]:
    return {name: POSTGRES.column_types[kind] for name, kind in columns.items()}


def load(
    connection: "Connection[Any]", table: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]
) -> None:
    """A temporary table with these rows."""
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in types.items()]
    name = sql.Identifier(table)
    connection.execute(sql.SQL("create temporary table {} ({})").format(name, sql.SQL(", ").join(columns)))
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(name)) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(sql.SQL("analyze {}").format(name))
