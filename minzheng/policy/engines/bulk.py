"""Files of any size through DuckDB: read, computed and written by its threads, no row ever in Python."""

import datetime as dt
from pathlib import Path

from minzheng.policy.checks import scope_of
from minzheng.policy.engines import parquet
from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.duckdb import connect, load_places
from minzheng.policy.engines.relation import query
from minzheng.policy.model import Version
from minzheng.policy.outcome import Tally
from minzheng.policy.rates import Rates
from minzheng.policy.shapes import shape
from minzheng.policy.values import Kind

MICRO = 10**6
CENT, MICROTH = "cast(0.01 as decimal(2,2))", "cast(0.000001 as decimal(6,6))"
SPARE_ZEROS = {Kind.MONEY: r"'(\.[0-9]{2}[0-9]*?)0+$', '\1'", Kind.RATE: r"'\.?0+$', ''"}
"""What is cut off a text of six decimals: money keeps two."""
NARROW = 10**16
"""Fen below this are yuan in a 64-bit decimal."""


def assess_files(
    version: Version, rates: Rates, on: dt.date, facts: Path, members: Path | None, out: Path, *, steps: bool
) -> Tally:
    """OUT from two Parquet files: CSV or Parquet by its ending. Raises PolicyError as `batch.assess_files` does."""
    with connect() as connection:
        found = parquet.relations(connection, facts, members, version)
        wanted = query(
            version, rates, on, DUCKDB, parquet.HOUSEHOLDS, parquet.MEMBERS, overrides=found.overrides, steps=steps
        )
        load_places(connection, wanted)
        as_text = not parquet.is_parquet(out)
        shown = ", ".join(_columns(version, steps=steps, as_text=as_text))
        form = "format csv, header" if as_text else "format parquet"
        result = f"select {shown} from ({wanted.text})"
        connection.execute(f"copy ({result}) to {DUCKDB.text(str(out))} ({form})")
        read = "read_csv({}, all_varchar = true)" if as_text else "read_parquet({})"
        counted = connection.execute(
            "select count(*), count(*) filter (where cast(eligible as boolean)), count(*) filter (where error <> '')"
            f" from {read.format(DUCKDB.text(str(out)))}"
        ).fetchone()
    assert counted is not None
    rows, eligible, failed = counted
    return Tally(rows, eligible, failed, found.unread)


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
