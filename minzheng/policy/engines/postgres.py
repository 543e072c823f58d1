"""The engine inside the database: one SELECT for as many subjects as there are."""

import datetime as dt
from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from psycopg.rows import tuple_row

from minzheng.policy.engines.dialects import POSTGRES, Dialect
from minzheng.policy.engines.emitter import Emitter
from minzheng.policy.engines.frames import HOUSEHOLD
from minzheng.policy.engines.lookup import Numbers
from minzheng.policy.model import Version
from minzheng.policy.outcome import Facts, Result, Subject
from minzheng.policy.rates import Rates
from minzheng.policy.values import Kind, Value, carried, from_carried

HELPERS = (Path(__file__).parent / "postgres.sql").read_text(encoding="utf-8")
"""The functions that the queries call; installed once by whoever owns the schema."""

COLUMN_TYPES = {
    Kind.MONEY: "bigint",
    Kind.INT: "bigint",
    Kind.RATE: "bigint",
    Kind.BOOL: "boolean",
    Kind.DATE: "date",
    Kind.CODE: "text",
}
"""What the relations hold: money in fen, a rate in millionths."""

BEYOND = 2**62
"""Stands for a number that no bounds allow."""


def install(connection: "Connection[Any]") -> None:
    """Create or replace the helper functions in the current schema."""
    connection.execute(HELPERS)


def query(
    version: Version,
    rates: Rates,
    on: dt.date,
    households: str = "h",
    members: str = "m",
    *,
    overrides: Collection[str] = (),
    steps: bool = False,
    dialect: Dialect = POSTGRES,
) -> str:
    """One SELECT: id, eligible, unmet (names joined by `;`), amount (fen), error (`code:step:fact`).

    households, members: relations as the program names them (never from outside): id, area, residence and a column per
    fact; id (of the household) and a column per member fact. Types as `COLUMN_TYPES`. overrides: rates for which the
    households have a column of their own. steps: also `<step>` and, where it is a number, `<step>/` (its denominator).
    Raises PolicyError where a rate is not of its type.
    """
    numbers = Numbers(version, rates.bind(version, on), dialect)
    scalars = frozenset(name for name, spec in version.rates.items() if spec.table is None)
    emitter = Emitter(version, numbers, carried(on, Kind.DATE), scalars & frozenset(overrides), dialect)
    last = _result_columns(version, emitter, steps)
    tables = emitter.frames.common_tables(f"from {households} h{numbers.join()}", members)
    looked_up = [f"{name} as {dialect.kept(text)}" for name, text in numbers.common_tables(households)]
    written = ",\n".join([*looked_up, *(f"{name} as ({text})" for name, text in tables)])
    return emitter.numbered(f"with {written}\nselect {last} from mz_h{emitter.frames.levels()} t")


def _result_columns(version: Version, emitter: Emitter, steps: bool) -> str:
    dialect, frames = emitter.dialect, emitter.frames
    conditions = {name: emitter.formula(one, HOUSEHOLD) for name, one in version.conditions.items()}
    amount = emitter.formula(version.amount, HOUSEHOLD)
    shown = {name: emitter.formula(step, HOUSEHOLD) for name, step in version.steps.items()} if steps else {}
    all_hold = frames.bind(HOUSEHOLD, " and ".join(one.n for one in conditions.values()) or "true")
    due = None if amount.e is None else f"case when {all_hold} then {amount.e} end"
    failure = emitter.either_failure(*(one.e for one in conditions.values()), due)
    failed = frames.bind(HOUSEHOLD, failure or "cast(null as int)")
    unmet = [f"case when not {one.n} then {dialect.text(name)} end" for name, one in conditions.items()]
    found = [
        "t.id",
        f"coalesce({all_hold}, false) and {failed} is null as eligible",
        f"{dialect.joined(unmet) if unmet else dialect.text('')} as unmet",
        f"case when {failed} is null then case when {all_hold} then {amount.n} else 0 end end as amount",
        f"{dialect.text_item(sorted(emitter.failures) or [''], failed)} as error",
    ]
    for name, step in shown.items():
        found.append(f"{step.n} as {dialect.name_of(name)}")
        if version.steps[name].kind in (Kind.MONEY, Kind.INT, Kind.RATE):
            found.append(f"{step.d} as {dialect.name_of(name + '/')}")
    return ", ".join(found)


def assess(
    version: Version, rates: Rates, subjects: Sequence[Subject], on: dt.date, connection: "Connection[Any]"
) -> list[Result]:
    """One result for each subject, in their order; the facts go through temporary tables of this connection."""
    cursor = connection.cursor(row_factory=tuple_row)
    if cursor.execute("select to_regproc('mz_round_div') is null").fetchone() == (True,):
        install(connection)
    given = {name for subject in subjects for name in subject.facts}
    overrides = [name for name, spec in version.rates.items() if spec.table is None and name in given]
    columns = {name: spec.kind for name, spec in version.facts.items()}
    columns |= {name: version.rates[name].kind for name in overrides}
    with connection.transaction():
        rows = [(i, one.area, one.residence, *_row(one.facts, columns)) for i, one in enumerate(subjects)]
        _load(connection, "mz_households", ["id bigint", "area text", "residence text"], columns, rows)
        kinds = {name: spec.kind for name, spec in version.member_facts.items()}
        members = [(i, *_row(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
        _load(connection, "mz_members", ["id bigint"], kinds, members)
        text = query(version, rates, on, "mz_households", "mz_members", overrides=overrides, steps=True)
        cursor.execute(text)
        names = [column.name for column in cursor.description or ()]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
        connection.execute("drop table mz_households, mz_members")
    return [_result(version, subject, found[i]) for i, subject in enumerate(subjects)]


def _load(
    connection: "Connection[Any]", table: str, first: list[str], columns: dict[str, Kind], rows: list[tuple[Any, ...]]
) -> None:
    """A temporary table with these rows."""
    own = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(COLUMN_TYPES[kind])) for name, kind in columns.items()]
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


def _row(facts: Facts, columns: dict[str, Kind]) -> list[object]:
    return [_cell(facts.get(name), kind) for name, kind in columns.items()]


def _cell(value: Value | None, kind: Kind) -> object:
    """As the relation holds it; a number that no bounds allow becomes one that fits into the column."""
    if value is None or kind not in (Kind.MONEY, Kind.INT, Kind.RATE):
        return value
    try:
        number = carried(value, kind)
    except ValueError:
        return BEYOND
    return max(-BEYOND, min(BEYOND, number))


def _result(version: Version, subject: Subject, row: dict[str, Any]) -> Result:
    unmet = tuple(row["unmet"].split(";")) if row["unmet"] else ()
    steps = {name: _step(row, name, step.kind) for name, step in version.steps.items()}
    return Result(subject.id, row["eligible"], unmet, row["amount"], row["error"], steps)


def _step(row: dict[str, Any], name: str, kind: Kind) -> Value | None:
    value = row[name]
    if value is None:
        return None
    if kind in (Kind.MONEY, Kind.INT, Kind.RATE):
        return Fraction(value, row[f"{name}/"])
    return from_carried(value, kind) if kind is Kind.DATE else cast(Value, value)
