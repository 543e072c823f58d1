"""The policy inside PostgreSQL: a snapshot of facts, the result by INSERT … SELECT, and a plain one of the same rows.

The server is the product's own, durable as it is. `python -m benchmarks.postgres FACTS MEMBERS RATES OUT REPEATS`
prints one line of JSON and leaves the result in OUT.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.one import DAY, law
from minzheng.core import config
from minzheng.core.pgserver import EmbeddedPostgres
from minzheng.policy import Rates, Version, load_rates
from minzheng.policy.engines import snapshot
from minzheng.policy.engines.dialects import DUCKDB, POSTGRES
from minzheng.policy.model import FactSpec
from minzheng.policy.values import Kind

HOUSEHOLDS, MEMBERS, RESULT, PLAIN = "given_households", "given_members", "result", "plain"
PLACE = {"id": "bigint", "area": "text", "residence": "text"}
RESULT_COLUMNS = "id bigint, eligible boolean, unmet text, amount bigint, error text"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Measured:
    """Seconds: to build the snapshot, and of each repetition the policy's INSERT and the plain one of the same rows."""

    version: str
    build: float
    doubtful: int
    policy: list[float]
    plain: list[float]


def measure(facts: Path, members: Path, rates: Path, out: Path, repeats: int) -> Measured:
    """On a server that is started for this and stopped afterwards."""
    with tempfile.TemporaryDirectory() as data:
        config.load_secrets(Path(data))
        server = EmbeddedPostgres(Path(data)).start()
        try:
            with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
                version = law().version_on(DAY)
                _load(connection, HOUSEHOLDS, PLACE, version.facts, facts)
                _load(connection, MEMBERS, {"id": "bigint"}, version.member_facts, members)
                found = _measure(connection, version, load_rates(rates), repeats)
                _save(connection, out)
                return found
        finally:
            server.stop()


def _measure(connection: Connection, version: Version, rates: Rates, repeats: int) -> Measured:
    started = time.perf_counter()
    built = snapshot.build(connection, version, rates, DAY, HOUSEHOLDS, MEMBERS, temporary=False)
    build = time.perf_counter() - started
    policy, plain = [], []
    for _ in range(repeats):
        policy.append(_seconds(connection, RESULT, lambda: snapshot.insert(connection, built, RESULT)))
        connection.execute(f"vacuum analyze {RESULT}")
        again = f"insert into {PLAIN} select * from {RESULT}"
        plain.append(_seconds(connection, PLAIN, partial(connection.execute, again)))
    server = connection.info.parameter_status("server_version") or ""
    return Measured(server, build, built.doubtful, policy, plain)


def _seconds(connection: Connection, table: str, insert: Callable[[], object]) -> float:
    """Of one INSERT … SELECT into a table made anew; nothing else is left to be written when it starts."""
    connection.execute(f"drop table if exists {table}")
    connection.execute(f"create table {table} ({RESULT_COLUMNS})")
    connection.execute("checkpoint")
    started = time.perf_counter()
    insert()
    return time.perf_counter() - started


def _load(
    connection: Connection, table: str, first: Mapping[str, str], facts: Mapping[str, FactSpec], file: Path
) -> None:
    """A Parquet file as a table of the database, in the engine's types. Not timed: an office's facts are there."""
    types = dict(first) | {name: POSTGRES.column_types[spec.kind] for name, spec in facts.items()}
    connection.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
    with duckdb.connect() as reader, tempfile.TemporaryDirectory() as scratch:
        rows = Path(scratch) / "rows.csv"
        source = f"read_parquet({DUCKDB.text(str(file))})"
        there = {row[0] for row in reader.execute(f"describe select * from {source}").fetchall()}
        shown = [*first, *(_column(name, spec) if name in there else "null" for name, spec in facts.items())]
        reader.execute(f"copy (select {', '.join(shown)} from {source}) to '{rows}' (header false)")
        copying = f"copy {table} from stdin (format csv)"
        with rows.open("rb") as blocks, connection.cursor() as cursor, cursor.copy(copying) as copy:
            while block := blocks.read(1 << 20):
                copy.write(block)
    connection.execute(f"vacuum analyze {table}")


def _column(name: str, spec: FactSpec) -> str:
    return f"cast({name} * 100 as bigint)" if spec.kind is Kind.MONEY else name


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
