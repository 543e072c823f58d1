"""Files of any size through DuckDB: read, computed and written by its threads, no row ever in Python."""

import datetime as dt
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from minzheng.policy.checks import scope_of
from minzheng.policy.engines import parquet
from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.duckdb import connect, load_places, one_more
from minzheng.policy.engines.emitter import CROWD
from minzheng.policy.engines.leaves import PROMISE, UNKNOWN, Families, Sound
from minzheng.policy.engines.lookup import PLACES, Numbers
from minzheng.policy.engines.relation import Query, query
from minzheng.policy.model import Version
from minzheng.policy.outcome import Tally
from minzheng.policy.rates import Rates
from minzheng.policy.shapes import shape
from minzheng.policy.values import Kind

BATCH = 491_520
"""Households computed at a time: four row groups as DuckDB writes them (half or twice as many are slower)."""
STRETCH = "mz_stretch = 0"
"""Stands for the condition on id in the text of a query."""
MICRO = 10**6
CENT, MICROTH = "cast(0.01 as decimal(2,2))", "cast(0.000001 as decimal(6,6))"
SPARE_ZEROS = {Kind.MONEY: r"'(\.[0-9]{2}[0-9]*?)0+$', '\1'", Kind.RATE: r"'\.?0+$', ''"}
"""What is cut off a text of six decimals: money keeps two."""
NARROW = 10**16
"""Fen below this are yuan in a 64-bit decimal."""


def assess_files(
    version: Version, rates: Rates, on: dt.date, facts: Path, members: Path | None, out: Path, *, steps: bool
) -> Tally:
    """OUT, in the order of ids, from two Parquet files: CSV or Parquet by its ending.

    Raises PolicyError as `batch.assess_files` does, before OUT is there.
    """
    with connect() as connection:
        found = parquet.relations(connection, facts, members, version)
        work = _Work(version, rates, on, found, steps)
        work.prepare(connection)
        tests = parquet.batches(connection, found, BATCH)
        parts = work.parts(connection, len(tests))
        if len(tests) == 1:
            work.write(connection, tests[0], parts[0])
        else:
            # A thread a stretch instead of several threads on one: nobody waits for anybody.
            connection.execute("set threads = 1")
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda job: work.write(connection, *job), zip(tests, parts, strict=True)))
        return joined(
            connection, version, " union all ".join(f"from {part}" for part in parts), out, found.unread, steps
        )


class _Work:
    """One version applied to stretches of two files."""

    def __init__(self, version: Version, rates: Rates, on: dt.date, found: parquet.Relations, steps: bool) -> None:
        self.version, self.rates, self.on, self.found, self.steps = version, rates, on, found, steps
        self.lean = self.full = ""
        self.zones: str | None = None
        self.numbers: Numbers | None = None

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The table of places, and the query in two forms: for rows that are in order, and for any."""
        wanted = self._query(UNKNOWN, None)
        self.full, self.zones, self.numbers = wanted.text, wanted.zones, wanted.numbers
        found, places = self.found, UNKNOWN
        if self.zones is None:
            parquet.refuse_residences(connection, found.households)
        else:
            places = load_places(connection, self.numbers, self.numbers.named_zones())
        sound = replace(
            places, facts=found.facts, member_facts=found.member_facts, families=Families.REFUSED, promised=True
        )
        self.lean = self._query(sound, self.numbers).text

    def _query(self, sound: Sound, numbers: Numbers | None) -> Query:
        # Blanks around a place join nothing in the lean query; the full one, which then computes the stretch, trims.
        names = (parquet.AS_WRITTEN if sound.promised else parquet.HOUSEHOLDS, parquet.MEMBERS)
        households, members = (f"(select * from {name} where {STRETCH})" for name in names)
        return query(
            self.version, self.rates, self.on, DUCKDB, households, members,
            overrides=self.found.overrides, steps=self.steps, sound=sound, numbers=numbers,
        )  # fmt: skip

    def parts(self, connection: duckdb.DuckDBPyConnection, count: int) -> list[str]:
        """So many empty tables for results, made beforehand: writing to a table that is there holds up nobody else."""
        names = [f"mz_part_{number}" for number in range(count)]
        connection.execute(f"create table {names[0]} as from ({self.full.replace(STRETCH, 'false')}) limit 0")
        for name in names[1:]:
            connection.execute(f"create table {name} as from {names[0]}")
        return names

    def write(self, connection: duckdb.DuckDBPyConnection, test: str, part: str) -> None:
        """The results of one stretch, as a table of their own. Raises PolicyError for its ids."""
        with one_more(connection) as own:
            rows = parquet.refuse_ids(own, self.found, test)
            try:
                # A place that no entry names most closely joins nothing: then rows are missing.
                whole = self._insert(own, self.lean, test, part) == rows
            except duckdb.Error as error:
                if CROWD not in str(error) and PROMISE not in str(error):
                    raise
                whole = False
            if not whole:
                own.execute(f"delete from {part}")
                self._insert(own, self._full(own, test, part), test, part)

    def _full(self, connection: duckdb.DuckDBPyConnection, test: str, part: str) -> str:
        """The query that takes nothing for granted, with a table of the very places that occur in the stretch."""
        if self.zones is None or self.numbers is None:
            return self.full
        parquet.refuse_residences(connection, self.found.households)
        places = f"{PLACES}_of_{part}"
        zones = connection.execute(self.zones.replace(STRETCH, test)).fetchall()
        load_places(connection, self.numbers, zones, places)
        return self.full.replace(f"join {PLACES} z", f"join {places} z")

    def _insert(self, connection: duckdb.DuckDBPyConnection, text: str, test: str, part: str) -> int:
        """Returns how many rows there were."""
        # One thread keeps the order of the files, which is that of the ids.
        order = "order by id" if test == "true" else ""
        row = connection.execute(f"insert into {part} from ({text.replace(STRETCH, test)}) {order}").fetchone()
        return int(row[0]) if row else 0


def joined(
    connection: duckdb.DuckDBPyConnection,
    version: Version,
    results: str,
    out: Path,
    unread: Sequence[str],
    steps: bool,
    order: str = "",
) -> Tally:
    """The results, as SQL, in one file, in yuan, and counted. order: where they are not in order."""
    as_text = not parquet.is_parquet(out)
    shown = ", ".join(_columns(version, steps=steps, as_text=as_text))
    form = "format csv, header" if as_text else "format parquet, parquet_version v2"
    connection.execute("reset threads")
    connection.execute(f"copy (select {shown} from ({results}) {order}) to {DUCKDB.text(str(out))} ({form})")
    counted = connection.execute(
        f"select count(*), count(*) filter (where eligible), count(error) from ({results})"
    ).fetchone()
    assert counted is not None
    rows, eligible, failed = counted
    return Tally(rows, eligible, failed, unread)


def _columns(version: Version, *, steps: bool, as_text: bool) -> list[str]:
    """id, eligible, unmet, amount in yuan, error and each step, from what the query gives."""
    narrow = shape(version.amount.tree, scope_of(version)).size < NARROW
    amount = f"cast(cast(amount as decimal({16 if narrow else 20},0)) * {CENT} as decimal({18 if narrow else 22},2))"
    columns = ["id", "eligible", "nullif(unmet, '') as unmet" if as_text else "unmet", f"{amount} as amount", "error"]
    for name, step in version.steps.items() if steps else ():
        column, den = DUCKDB.name_of(name), DUCKDB.name_of(f"{name}/")
        columns.append(f"{_shown(column, den, step.kind, as_text)} as {column}")
    return columns


def _shown(column: str, den: str, kind: Kind, as_text: bool) -> str:
    """A step for reading: a fraction rounded to six decimals, half away from zero, money in yuan."""
    if kind in (Kind.BOOL, Kind.CODE, Kind.INT):
        return column
    if kind is Kind.DATE:
        return f"make_date({column} // 10000, {column} // 100 % 100, {column} % 100)"
    units = f"(cast({column} as hugeint) * {MICRO})"
    whole = DUCKDB.divide("round", units, f"(cast({den} as hugeint) * {100 if kind is Kind.MONEY else 1})")
    decimal = f"cast(cast({whole} as decimal(26,0)) * {MICROTH} as decimal(32,6))"
    return f"regexp_replace(cast({decimal} as varchar), {SPARE_ZEROS[kind]})" if as_text else decimal
