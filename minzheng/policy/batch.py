"""Files in, a file out: what `minzheng assess` does, and simulations and benchmarks build on."""

import datetime as dt
from pathlib import Path
from typing import Any

from minzheng.policy.assessment import assess, assess_month
from minzheng.policy.engines import bulk
from minzheng.policy.engines.parquet import is_parquet, part
from minzheng.policy.files import read_subjects, unused_columns, whole_out, write_results
from minzheng.policy.model import Policy
from minzheng.policy.outcome import Tally
from minzheng.policy.rates import Rates


def assess_files(
    policy: Policy,
    rates: Rates,
    on: dt.date,
    facts: Path,
    members: Path | None,
    out: Path,
    *,
    steps: bool = False,
    engine: str = "python",
    connection: Any = None,
    month: bool = False,
) -> Tally:
    """Apply a policy to the households in FACTS and write OUT: id, eligible, unmet, amount, error, and a column a step.

    CSV or Parquet by a file's ending; where OUT is an empty folder, Parquet files in it; money in yuan. Raises
    PolicyError for a policy, a rate or a file that cannot be used; a household in error has its error in OUT, and the
    others are computed.
    month: for the benefit month that the day lies in, as `assess_month` does, instead of the day.
    """
    on = on.replace(day=1) if month else on
    version = policy.version_on(on)
    whole = not month or version.timing is None or version.timing.prorate == "first_day"
    with whole_out(out) as scratch:
        if whole and engine == "duckdb" and _all_parquet(facts, members):
            return bulk.assess_files(version, rates, on, facts, members, scratch, steps=steps)
        one = part(scratch, 0) if scratch.is_dir() else scratch
        if whole and engine == "spark" and _all_parquet(facts, members):
            from minzheng.policy.engines import spark_files

            return spark_files.assess_files(version, rates, on, facts, members, one, connection, steps=steps)
        unread = unused_columns(facts, version)
        subjects = read_subjects(facts, members, version)
        work_out = assess if whole else assess_month
        results = work_out(policy, rates, subjects, on, engine, connection)
        write_results(one, results, version, steps=steps)
    return Tally(len(results), sum(one.eligible for one in results), sum(1 for one in results if one.error), unread)


def _all_parquet(facts: Path, members: Path | None) -> bool:
    return is_parquet(facts) and (members is None or is_parquet(members))
