"""Files of any size through DuckDB: read, computed and written by its threads, no row ever in Python."""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import duckdb

from minzheng.policy.checks import scope_of
from minzheng.policy.engines import parquet
from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.duckdb import connect, load_places, one_more
from minzheng.policy.engines.folding import Known, folded
from minzheng.policy.engines.leaves import UNKNOWN, Families, Sound
from minzheng.policy.engines.lookup import PLACES, Numbers
from minzheng.policy.engines.relation import Query, query
from minzheng.policy.model import Version
from minzheng.policy.outcome import Tally
from minzheng.policy.rates import Rates
from minzheng.policy.shapes import shape
from minzheng.policy.values import Kind

BATCH = 245_760
"""Households computed at a time: two row groups as DuckDB writes them (half as many are slower, twice no faster)."""
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
    """OUT, in the order of ids, from two Parquet files: CSV or Parquet by its ending. Where it is a folder, Parquet
    files in it; then no result is held or written twice.

    Raises PolicyError as `batch.assess_files` does, before OUT is there.
    """
    with connect() as connection, _folder_of_parts(out) as folder:
        found = parquet.relations(connection, facts, members, version)
        stretches = parquet.stretches(connection, found, BATCH)
        parts = [parquet.part(folder, number) for number in range(len(stretches.tests))]
        work = _Work(version, rates, on, found, steps, as_text=not (out.is_dir() or parquet.is_parquet(out)))
        if len(parts) > 1:
            # A thread a stretch instead of several threads on one: nobody waits for anybody.
            connection.execute("set threads = 1")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # Ids are looked over while the query is written: that is Python, on one core.
            ids = [pool.submit(_rows, connection, found, test, stretches.closed) for test in stretches.tests]
            work.prepare(connection)
            rows = [one.result() for one in ids]
            list(pool.map(lambda job: work.write(connection, *job), zip(stretches.tests, rows, parts, strict=True)))
        written = f"from read_parquet([{', '.join(DUCKDB.text(str(part)) for part in parts)}])"
        if folder != out:
            connection.execute("reset threads")
            _copy(connection, written, out)
        return counted(connection, written, found.unread)


@contextmanager
def _folder_of_parts(out: Path) -> Iterator[Path]:
    """OUT where it is a folder, otherwise one beside it for as long as it takes to make one file."""
    if out.is_dir():
        yield out
        return
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as scratch:
        yield Path(scratch)


def _rows(connection: duckdb.DuckDBPyConnection, found: parquet.Relations, test: str, closed: bool) -> int:
    with one_more(connection) as own:
        return parquet.refuse_ids(own, found, test, closed)


class _Work:
    """One version applied to stretches of two files."""

    def __init__(
        self, version: Version, rates: Rates, on: dt.date, found: parquet.Relations, steps: bool, *, as_text: bool
    ) -> None:
        self.version, self.rates, self.on, self.found, self.steps = version, rates, on, found, steps
        self.shown = _columns(version, steps=steps, as_text=as_text)
        self.lean = self.full = ""
        self.zones: str | None = None
        self.numbers: Numbers | None = None
        self.tables = count()

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The table of places, and the query in two forms: for rows that are in order, and for any."""
        wanted = self._query(UNKNOWN, None)
        self.full, self.zones, self.numbers = wanted.text, wanted.zones, wanted.numbers
        found, places = self.found, UNKNOWN
        if self.zones is None:
            parquet.refuse_residences(connection, found.households)
        else:
            places = load_places(connection, self.numbers, self.numbers.named_places())
        sound = replace(
            places, facts=found.facts, member_facts=found.member_facts, families=Families.PROMISED, promised=True
        )
        known = Known(
            facts=self.version.facts.keys() - found.households.types.keys(),
            member_facts=self.version.member_facts.keys() - (found.family.types.keys() if found.family else set()),
            rates=self.numbers.everywhere(places.constants, besides=found.overrides),
        )
        self.lean = self._query(sound, self.numbers, folded(self.version, known)).text

    def _query(self, sound: Sound, numbers: Numbers | None, version: Version | None = None) -> Query:
        # Blanks around a place join nothing in the lean query; the full one, which then computes the stretch, trims.
        names = (parquet.AS_WRITTEN if sound.promised else parquet.HOUSEHOLDS, parquet.MEMBERS)
        households, members = (f"(select * from {name} where {STRETCH})" for name in names)
        return query(
            version or self.version, self.rates, self.on, DUCKDB, households, members,
            overrides=self.found.overrides, steps=self.steps, sound=sound, numbers=numbers,
        )  # fmt: skip

    def write(self, connection: duckdb.DuckDBPyConnection, test: str, rows: int, part: Path) -> None:
        """The results of one stretch of so many households."""
        with one_more(connection) as own:
            try:
                # A household without members, or in a place that no entry names most closely, is missing then.
                whole = self._write(own, self.lean, test, part) == rows
            except duckdb.Error:
                whole = False  # what was promised does not hold, or a number was too large before that was found
            if not whole:
                self._write(own, self._full(own, test), test, part)

    def _full(self, connection: duckdb.DuckDBPyConnection, test: str) -> str:
        """The query that takes nothing for granted, with a table of the very places that occur in the stretch."""
        if self.zones is None or self.numbers is None:
            return self.full
        parquet.refuse_residences(connection, self.found.households)
        zones = connection.execute(self.zones.replace(STRETCH, test)).fetchall()
        places = f"{PLACES}_{next(self.tables)}"
        load_places(connection, self.numbers, self.numbers.places(zones), places)
        return self.full.replace(f"join {PLACES} z", f"join {places} z")

    def _write(self, connection: duckdb.DuckDBPyConnection, text: str, test: str, part: Path) -> int:
        # One thread keeps the order of the files, which is that of the ids.
        order = "order by id" if test == "true" else ""
        results = f"select {self.shown} from ({text.replace(STRETCH, test)}) {order}"
        return _copy(connection, results, part)


def _copy(connection: duckdb.DuckDBPyConnection, results: str, out: Path) -> int:
    """Results, as SQL, into a file, CSV or Parquet by its ending; returns how many."""
    form = "format parquet, parquet_version v2" if parquet.is_parquet(out) else "format csv, header"
    row = connection.execute(f"copy ({results}) to {DUCKDB.text(str(out))} ({form})").fetchone()
    return int(row[0]) if row else 0


def joined(
    connection: duckdb.DuckDBPyConnection, version: Version, results: str, out: Path, unread: Sequence[str], steps: bool
) -> Tally:
    """The results of another engine, as SQL, in one file in the order of ids, in yuan, and counted."""
    shown = _columns(version, steps=steps, as_text=not parquet.is_parquet(out))
    _copy(connection, f"select {shown} from ({results}) order by id", out)
    return counted(connection, f"from ({results})", unread)


def counted(connection: duckdb.DuckDBPyConnection, results: str, unread: Sequence[str]) -> Tally:
    """How many results there are, as `from …`; how many eligible and in error."""
    counts = f"select count(*), count(*) filter (where eligible), count(error) {results}"
    rows, eligible, failed = connection.execute(counts).fetchone() or (0, 0, 0)
    return Tally(rows, eligible, failed, unread)


def _columns(version: Version, *, steps: bool, as_text: bool) -> str:
    """id, eligible, unmet, amount in yuan, error and each step, from what the query gives."""
    narrow = shape(version.amount.tree, scope_of(version)).size < NARROW
    amount = f"cast(cast(amount as decimal({16 if narrow else 20},0)) * {CENT} as decimal({18 if narrow else 22},2))"
    columns = ["id", "eligible", "nullif(unmet, '') as unmet" if as_text else "unmet", f"{amount} as amount", "error"]
    for name, step in version.steps.items() if steps else ():
        column, den = DUCKDB.name_of(name), DUCKDB.name_of(f"{name}/")
        columns.append(f"{_shown(column, den, step.kind, as_text)} as {column}")
    return ", ".join(columns)


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
