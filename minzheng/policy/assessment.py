"""Applying a policy: to many subjects on a day, or over a month whose rules change within it."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from minzheng.policy.engines import python
from minzheng.policy.model import Policy
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates

ENGINES = ("python", "postgres", "duckdb", "spark")


def assess(
    policy: Policy,
    rates: Rates,
    subjects: Iterable[Subject],
    on: dt.date,
    engine: str = "python",
    connection: Any = None,
) -> list[Result]:
    """One result for each subject, in their order.

    engine: `python`, `duckdb`, `postgres` with a psycopg connection that may make temporary tables, or `spark`, with
    a Spark session or one of its own on this machine.
    Raises PolicyError where no version is in force on the day or a rate is not of its type.
    """
    version = policy.version_on(on)
    found = list(subjects)
    if engine == "python":
        return python.assess(version, rates.bind(version, on), found, on)
    if engine == "postgres":
        from minzheng.policy.engines import postgres

        if connection is None:
            raise ValueError("the engine postgres needs a connection")
        return postgres.assess(version, rates, found, on, connection)
    if engine == "duckdb":
        from minzheng.policy.engines import duckdb

        return duckdb.assess(version, rates, found, on)
    if engine == "spark":
        from minzheng.policy.engines import spark

        return spark.assess(version, rates, found, on, connection)
    raise ValueError(f"no engine {engine}; there are {', '.join(ENGINES)}")


def assess_month(
    policy: Policy,
    rates: Rates,
    subjects: Iterable[Subject],
    month: dt.date,
    engine: str = "python",
    connection: Any = None,
) -> list[Result]:
    """The benefit month that `month` lies in, by the version and rates of its first day.

    Under `prorate: actual_days` every stretch of the month with rules of its own counts by its days; the sum is
    rounded half up to the fen, steps and unmet conditions are those of the last stretch, and an error of any stretch is
    the month's.
    """
    first = month.replace(day=1)
    found = list(subjects)
    timing = policy.version_on(first).timing
    if timing is None or timing.prorate == "first_day":
        return assess(policy, rates, found, first, engine, connection)
    stretches = month_stretches(policy, rates, first)
    by_stretch = [assess(policy, rates, found, start, engine, connection) for start, _ in stretches]
    days = [length for _, length in stretches]
    return [_together([results[i] for results in by_stretch], days) for i in range(len(found))]


def month_stretches(policy: Policy, rates: Rates, first: dt.date) -> list[tuple[dt.date, int]]:
    """The days of a month on which its rules begin anew, with how many days each stretch has."""
    length = calendar.monthrange(first.year, first.month)[1]
    changes = {*rates.dates(), *(version.starts_on for version in policy.versions)}
    starts = sorted({first, *(day for day in changes if (day.year, day.month) == (first.year, first.month))})
    ends = [*(start.day - 1 for start in starts[1:]), length]
    return [(start, end - start.day + 1) for start, end in zip(starts, ends, strict=True)]


def _together(results: list[Result], days: list[int]) -> Result:
    last = results[-1]
    error = next((result.error for result in results if result.error), None)
    if error:
        return replace(last, eligible=False, amount=None, error=error)
    weighted = sum((result.amount or 0) * length for result, length in zip(results, days, strict=True))
    eligible = any(result.eligible for result in results)
    amount = python.round_to(Fraction(weighted, sum(days)), "round", 1)
    return replace(last, eligible=eligible, amount=amount, unmet=() if eligible else last.unmet)
