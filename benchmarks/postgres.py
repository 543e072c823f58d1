"""The policy inside PostgreSQL: a snapshot of facts, the result by INSERT … SELECT, and a plain one of the same rows.

The server is the product's own, durable as it is. `python -m benchmarks.postgres FACTS MEMBERS RATES OUT REPEATS`
prints one line of JSON and leaves the result in OUT.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.one import DAY, law
from minzheng.core import config
from minzheng.core.pgserver import EmbeddedPostgres
from minzheng.policy import Rates, Version, load_rates
from minzheng.policy.engines import postgres as engine
from minzheng.policy.engines.dialects import DUCKDB, POSTGRES
from minzheng.policy.engines.leaves import Sound
from minzheng.policy.engines.lookup import PLACES
from minzheng.policy.engines.relation import Query, query
from minzheng.policy.model import FactSpec
from minzheng.policy.values import Kind

HOUSEHOLDS, MEMBERS, RESULT, PLAIN = "mz_households", "mz_members", "mz_result", "mz_plain"
PLACE = {"id": "bigint", "area": "text", "residence": "text"}
RESULT_COLUMNS = "id bigint, eligible boolean, unmet text, amount bigint, error text"
SETTINGS = ("set work_mem = '256MB'",)
"""Beside what the product's server is started with: room for the tables of a join of millions."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Measured:
    """Seconds: to build the snapshot, and of each repetition the policy's INSERT and the plain one of the same rows."""

    version: str
    build: float
    policy: list[float]
    plain: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.policy) / statistics.median(self.plain)


def measure(facts: Path, members: Path, rates: Path, out: Path, repeats: int) -> Measured:
    """On a server that is started for this and stopped afterwards."""
    with tempfile.TemporaryDirectory() as data:
        config.load_secrets(Path(data))
        server = EmbeddedPostgres(Path(data)).start()
        try:
            with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
                return _measure(connection, facts, members, load_rates(rates), out, repeats)
        finally:
            server.stop()


def _measure(connection: Connection, facts: Path, members: Path, rates: Rates, out: Path, repeats: int) -> Measured:
    engine.install(connection)
    version = law().version_on(DAY)
    started = time.perf_counter()
    wanted = _build(connection, version, rates, facts, members)
    build = time.perf_counter() - started
    for setting in SETTINGS:
        connection.execute(setting)
    policy, plain = [], []
    for _ in range(repeats):
        policy.append(_insert(connection, RESULT, wanted.text))
        connection.execute(f"vacuum analyze {RESULT}")
        plain.append(_insert(connection, PLAIN, f"select * from {RESULT}"))
    _save(connection, out)
    return Measured(connection.info.parameter_status("server_version") or "", build, policy, plain)


def _insert(connection: Connection, table: str, select: str) -> float:
    """Seconds of one INSERT … SELECT into a table made anew; nothing else is left to be written at its start."""
    connection.execute(f"drop table if exists {table}")
    connection.execute(f"create table {table} ({RESULT_COLUMNS})")
    connection.execute("checkpoint")
    started = time.perf_counter()
    connection.execute(f"insert into {table} {select}")
    return time.perf_counter() - started


def _build(connection: Connection, version: Version, rates: Rates, facts: Path, members: Path) -> Query:
    """The snapshot: households and members in the order of their ids, in the engine's types, indexed, analysed, with
    what is known to be sound in all of them; and the rates of every place that occurs."""
    sound = Sound(
        facts=_load(connection, HOUSEHOLDS, PLACE, version.facts, facts, "primary key"),
        member_facts=_load(connection, MEMBERS, {"id": "bigint"}, version.member_facts, members, ""),
    )
    connection.execute(f"create index on {MEMBERS} (id)")
    connection.execute(f"vacuum analyze {MEMBERS}")
    first = query(version, rates, DAY, POSTGRES, HOUSEHOLDS, MEMBERS, sound=sound)
    assert first.zones is not None
    columns = first.numbers.columns()
    types = {name: POSTGRES.place_types[kind] for name, kind in columns.items()}
    declared = ", ".join(f"{name} {kind}" for name, kind in ({"area": "text", "residence": "text"} | types).items())
    connection.execute(f"create table {PLACES} ({declared}, primary key (area, residence))")
    places = first.numbers.places(connection.execute(first.zones).fetchall())
    with connection.cursor() as cursor, cursor.copy(f"copy {PLACES} from stdin") as copy:
        for place in places:
            copy.write_row(place)
    connection.execute(f"vacuum analyze {PLACES}")
    known = [name for i, name in enumerate(columns, 2) if all(place[i] is not None for place in places)]
    everything = Sound(sound.facts, sound.member_facts, frozenset(known))
    return query(version, rates, DAY, POSTGRES, HOUSEHOLDS, MEMBERS, sound=everything, numbers=first.numbers)


def _load(
    connection: Connection, table: str, first: Mapping[str, str], facts: Mapping[str, FactSpec], file: Path, key: str
) -> frozenset[str]:
    """A Parquet file as a table in the order of its ids. Returns the facts known and within bounds throughout."""
    types = dict(first) | {name: POSTGRES.column_types[spec.kind] for name, spec in facts.items()}
    connection.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
    shown = [*first, *(f"cast({name} * 100 as bigint)" if s.kind is Kind.MONEY else name for name, s in facts.items())]
    with duckdb.connect() as reader, tempfile.TemporaryDirectory() as scratch:
        rows = Path(scratch) / "rows.csv"
        source = f"read_parquet({DUCKDB.text(str(file))})"
        reader.execute(f"copy (select {', '.join(shown)} from {source} order by id) to '{rows}' (header false)")
        copying = f"copy {table} from stdin (format csv)"
        with rows.open("rb") as blocks, connection.cursor() as cursor, cursor.copy(copying) as copy:
            while block := blocks.read(1 << 20):
                copy.write(block)
    if key:
        connection.execute(f"alter table {table} add {key} (id)")
    connection.execute(f"vacuum analyze {table}")
    counts = ", ".join(f"bool_and(({_within(name, spec)}) is true)" for name, spec in facts.items())
    found = connection.execute(f"select {counts} from {table}").fetchone() or ()
    return frozenset(name for name, holds in zip(facts, found, strict=True) if holds)


def _within(name: str, spec: FactSpec) -> str:
    if spec.kind is Kind.BOOL:
        return f"{name} is not null"
    if spec.kind is Kind.CODE:
        return f"{name} in ({', '.join(POSTGRES.text(value) for value in spec.values)})"
    return f"{name} between {spec.bounds.low} and {spec.bounds.high}"


def _save(connection: Connection, out: Path) -> None:
    """The result as a Parquet file with the columns of OUT."""
    with duckdb.connect() as writer, tempfile.TemporaryDirectory() as scratch:
        rows = Path(scratch) / "rows.csv"
        copying = f"copy {RESULT} to stdout (format csv, null '\\N')"
        with rows.open("wb") as file, connection.cursor() as cursor, cursor.copy(copying) as copy:
            for block in copy:
                file.write(block)
        columns = "{'id': 'bigint', 'eligible': 'boolean', 'unmet': 'varchar', 'amount': 'bigint', 'error': 'varchar'}"
        writer.execute(
            "copy (select id, eligible, unmet, cast(cast(amount as decimal(16,0)) * 0.01 as decimal(18,2)) as amount,"
            f" error from read_csv('{rows}', columns = {columns}, header = false, auto_detect = false,"
            f" nullstr = '\\N')) to {DUCKDB.text(str(out))} (format parquet)"
        )


def main(arguments: list[str]) -> None:
    facts, members, rates, out = map(Path, arguments[:4])
    print(json.dumps(vars(measure(facts, members, rates, out, int(arguments[4])))))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
