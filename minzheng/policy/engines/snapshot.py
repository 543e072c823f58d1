"""The facts of many households in PostgreSQL, written once so that a version can be computed from them fast.

Two tables in the order of ids: households with their facts and with the numbers that hold where they live, and their
members. Of each household the snapshot says whether it is sound: what is assumed of the sound ones need not be asked
of each row (see `Sound`), and the others, usually few, take the query that asks everything. Both give the same.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, Cursor, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from minzheng.policy.engines.dialects import POSTGRES
from minzheng.policy.engines.folding import Known, folded
from minzheng.policy.engines.leaves import Families, Sound, is_sound
from minzheng.policy.engines.lookup import Numbers
from minzheng.policy.engines.postgres import ensure_installed, load
from minzheng.policy.engines.relation import query
from minzheng.policy.model import Version
from minzheng.policy.rates import Rates
from minzheng.policy.values import FAMILY

COLUMNS = ("id", "eligible", "unmet", "amount", "error")
"""What a row of results has: amount in fen, error as `code:step:fact`."""
PLAN = {"enable_hashagg": "off", "enable_sort": "off"}
"""Both tables are in the order of ids: join and group them in it."""
ZONES, KIN, TESTS = "mz_zones", "mz_kin", "mz_tests"
"""Temporary tables of `build`."""


@dataclass(frozen=True)
class Snapshot:
    """The two tables, and the SELECT that computes the version it was built for."""

    households: str
    members: str
    rows: int
    doubtful: int
    """Households that are not sound."""
    select: str


@dataclass(frozen=True)
class _Test:
    """Something that may be assumed of the sound households: a fact, a member's fact or a column of the places."""

    kind: str
    name: str
    sql: str


def build(
    connection: "Connection[Any]",
    version: Version,
    rates: Rates,
    on: dt.date,
    households: str,
    members: str,
    name: str = "mz_snapshot",
    *,
    overrides: Sequence[str] = (),
    temporary: bool = True,
) -> Snapshot:
    """Write `<name>_households` and `<name>_members` of two relations as `relation.query` takes them.

    Their ids are of any one type, each household's its own. overrides: rates of which the households have a column.
    temporary: for this connection alone; else an unlogged table, which a crash of the server empties. Outside of a
    transaction the tables are vacuumed too: the first run is then as fast as the next.
    """
    with connection.transaction():
        cursor = connection.cursor(row_factory=tuple_row)
        ensure_installed(connection)
        found = _Builder(version, rates, on, households, members, name, tuple(overrides), cursor)
        snapshot = found.write("temporary" if temporary else "unlogged")
    alone = connection.autocommit and connection.info.transaction_status is TransactionStatus.IDLE
    for table in (snapshot.households, snapshot.members):
        connection.execute(f"{'vacuum analyze' if alone else 'analyze'} {table}")
    return snapshot


def insert(connection: "Connection[Any]", snapshot: Snapshot, into: str) -> int:
    """One `INSERT … SELECT` of every household's result into a table with COLUMNS; returns how many.

    Within the caller's transaction, or one of its own: all rows or none.
    """
    target = sql.Identifier(*into.split(".")).as_string(connection)
    with connection.transaction():
        before = {one: _setting(connection, one, value) for one, value in PLAN.items()}
        cursor = connection.execute(f"insert into {target} ({', '.join(COLUMNS)}) {snapshot.select}")
        for one, value in before.items():
            _setting(connection, one, value)
    return cursor.rowcount


def _setting(connection: "Connection[Any]", name: str, value: str) -> str:
    """Set until the end of the transaction; returns what it was."""
    cursor = connection.cursor(row_factory=tuple_row)
    row = cursor.execute("select current_setting(%s)", [name]).fetchone()
    cursor.execute("select set_config(%s, %s, true)", [name, value])
    assert row is not None
    return str(row[0])


class _Builder:
    """One snapshot in the making."""

    def __init__(
        self,
        version: Version,
        rates: Rates,
        on: dt.date,
        households: str,
        members: str,
        name: str,
        overrides: tuple[str, ...],
        cursor: "Cursor[tuple[Any, ...]]",
    ) -> None:
        self.version, self.rates, self.on, self.cursor, self.overrides = version, rates, on, cursor, overrides
        self.given, self.given_members = households, members
        self.households, self.members = f"{name}_households", f"{name}_members"
        wanted = query(version, rates, on, POSTGRES, households, members, overrides=overrides)
        self.numbers, self.of_members = wanted.numbers, wanted.of_members

    def write(self, how: str) -> Snapshot:
        held, constants, incomplete = self._load_zones()
        tests = [*self._fact_tests(), *(_Test("place", column, f"z.{column} is not null") for column in incomplete)]
        self._examine(tests)
        assumed = self._assumed(tests)
        passed = [f"t.t{at}" for at, test in enumerate(tests) if test in assumed]
        self._write_tables(how, held, " and ".join(["t.family", *passed]))
        self.version = folded(self.version, self._known(constants))
        rows, doubtful = self._one(f"select count(*), count(*) filter (where not mz_sound) from {self.households}")
        self.cursor.execute(f"drop table {ZONES}, {KIN}, {TESTS}")
        select = self._select(self.numbers.held(held), self._sound(assumed, incomplete), doubtful)
        return Snapshot(self.households, self.members, rows, doubtful, select)

    # ---- places

    def _load_zones(self) -> tuple[dict[str, str], dict[str, int], list[str]]:
        """Where a query finds each column of the places, in the households or as a constant; the numbers that are the
        same everywhere; plain columns with gaps."""
        area, residence = self.numbers.zone("h")
        zones = self.cursor.execute(
            f"select distinct {area} as area, {residence} as residence from {self.given} h"
        ).fetchall()
        types = {name: POSTGRES.place_types[kind] for name, kind in self.numbers.columns().items()}
        rows = self.numbers.places((area, residence) for area, residence in zones)
        load(self.cursor.connection, ZONES, {"area": "text", "residence": "text"} | types, rows)
        held: dict[str, str] = {}
        constants: dict[str, int] = {}
        incomplete: list[str] = []
        for at, column in enumerate(types, 2):
            first = rows[0][at] if rows else None
            same = first is not None and all(row[at] == first for row in rows)
            held[column] = _literal(first) if same else f"h.mz_{column}"
            if same and isinstance(first, int):
                constants[column] = first
            if self.numbers.is_plain(column) and any(row[at] is None for row in rows):
                incomplete.append(column)
        return held, constants, incomplete

    def _zone_join(self) -> str:
        area, residence = self.numbers.zone("h")
        return f" join {ZONES} z on z.area = {area} and z.residence = {residence}"

    # ---- which are sound

    def _fact_tests(self) -> list[_Test]:
        facts = [
            _Test("fact", name, is_sound(f"h.{POSTGRES.name_of(name)}", spec, POSTGRES))
            for name, spec in self.version.facts.items()
        ]
        if not self.of_members:
            return facts
        return facts + [_Test("member", name, f"k.{POSTGRES.name_of(name)}") for name in self.version.member_facts]

    def _examine(self, tests: Sequence[_Test]) -> None:
        """Every household's outcome of each test (t0, t1, …), and whether its family is of ordinary size."""
        kin = [
            f", bool_and(coalesce({is_sound(f'm.{column}', spec, POSTGRES)}, false)) as {column}"
            for column, spec in ((POSTGRES.name_of(name), spec) for name, spec in self.version.member_facts.items())
        ]
        self.cursor.execute(
            f"create temporary table {KIN} as"
            f" select m.id, count(*) as mz_number{''.join(kin)} from {self.given_members} m group by m.id"
        )
        family = f"coalesce(k.mz_number between 1 and {FAMILY}, false)" if self.of_members else "true"
        outcomes = "".join(f", coalesce({test.sql}, false) as t{at}" for at, test in enumerate(tests))
        self.cursor.execute(f"analyze {KIN}")
        self.cursor.execute(
            f"create temporary table {TESTS} as select h.id, {family} as family{outcomes}"
            f" from {self.given} h{self._zone_join()} left join {KIN} k on k.id = h.id"
        )
        self.cursor.execute(f"analyze {TESTS}")

    def _assumed(self, tests: Sequence[_Test]) -> set[_Test]:
        """As many tests, the most often passed first, as half the households of ordinary size pass together."""
        counts = ", ".join(["count(*)", *(f"count(*) filter (where t{at})" for at in range(len(tests)))])
        total, *passed = self._one(f"select {counts} from {TESTS} where family")
        order = sorted(range(len(tests)), key=lambda at: -passed[at])
        together = [" and ".join(f"t{at}" for at in order[: length + 1]) for length in range(len(order))]
        if not together:
            return set()
        sizes = self._one(
            f"select {', '.join(f'count(*) filter (where {test})' for test in together)} from {TESTS} where family"
        )
        return {tests[at] for at, size in zip(order, sizes, strict=True) if 2 * size >= total}

    def _sound(self, assumed: set[_Test], incomplete: Sequence[str]) -> Sound:
        names = {
            kind: frozenset(one.name for one in assumed if one.kind == kind) for kind in ("fact", "member", "place")
        }
        complete = {column for column in self.numbers.columns() if self.numbers.is_plain(column)} - set(incomplete)
        return Sound(names["fact"], names["member"], names["place"] | complete, Families.KNOWN)

    def _known(self, constants: Mapping[str, int]) -> Known:
        """What is the same for every household: what folding may work into the version."""
        return Known(
            facts=self._missing_everywhere(self.households, self.version.facts),
            member_facts=self._missing_everywhere(self.members, self.version.member_facts),
            rates=self.numbers.everywhere(constants, besides=self.overrides),
        )

    def _missing_everywhere(self, table: str, facts: Collection[str]) -> set[str]:
        """Facts that no row has."""
        if not facts:
            return set()
        counts = ", ".join(f"count({POSTGRES.name_of(name)})" for name in facts)
        return {
            name for name, there in zip(facts, self._one(f"select {counts} from {table}"), strict=True) if not there
        }

    # ---- the tables

    def _write_tables(self, how: str, held: Mapping[str, str], sound: str) -> None:
        own = [f"h.{POSTGRES.name_of(name)}" for name in (*self.version.facts, *self.overrides)]
        numbers = [f"z.{column} as mz_{column}" for column, where in held.items() if where == f"h.mz_{column}"]
        columns = ", ".join(["h.id", *own, *numbers, f"({sound}) as mz_sound"])
        self.cursor.execute(
            f"create {how} table {self.households} as select {columns}"
            f" from {self.given} h{self._zone_join()} join {TESTS} t on t.id = h.id order by h.id"
        )
        people = ", ".join(["m.id", *(f"m.{POSTGRES.name_of(name)}" for name in self.version.member_facts)])
        self.cursor.execute(
            f"create {how} table {self.members} as select {people} from {self.given_members} m order by m.id"
        )
        self.cursor.execute(f"alter table {self.households} add primary key (id)")
        self.cursor.execute(f"create index on {self.households} (id) where not mz_sound")
        self.cursor.execute(f"create index on {self.members} (id)")

    def _select(self, numbers: Numbers, sound: Sound, doubtful: int) -> str:
        lean = query(
            self.version, self.rates, self.on, POSTGRES, self.households, self.members,
            overrides=self.overrides, sound=sound, numbers=numbers, where="where h.mz_sound" if doubtful else "",
        )  # fmt: skip
        if not doubtful:
            return lean.text
        others = f"(select * from {self.households} where not mz_sound)"
        kin = f"(select m.* from {self.households} h join {self.members} m on m.id = h.id where not h.mz_sound)"
        full = query(
            self.version, self.rates, self.on, POSTGRES, others, kin, overrides=self.overrides, numbers=numbers
        )
        return f"({lean.text})\nunion all\n({full.text})"

    def _one(self, text: str) -> tuple[Any, ...]:
        row = self.cursor.execute(text).fetchone()
        assert row is not None
        return row


def _literal(value: object) -> str:
    """A number that holds everywhere."""
    match value:
        case list():
            return f"'{{{','.join(str(one) for one in value)}}}'::{POSTGRES.place_types['numbers']}"
        case str():
            return POSTGRES.text(value)
    return POSTGRES.big(str(value))
