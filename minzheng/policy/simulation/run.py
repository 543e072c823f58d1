"""A simulation: the same population under two laws, each worked out by the engine that works out everything else."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from minzheng.core.errors import Text, refuse
from minzheng.policy.batch import assess_files
from minzheng.policy.errors import near_miss
from minzheng.policy.simulation import figures
from minzheng.policy.simulation.distribution import Distribution, distribution, left_out
from minzheng.policy.simulation.figures import AgainstAwards, Failure, Line, Totals
from minzheng.policy.simulation.laws import Change, Law, differences, values_on
from minzheng.policy.simulation.population import Population, columns_in, next_level
from minzheng.policy.values import Kind

LINE_OF = ("dibao", "standard")
"""The programme and rate that are the poverty line."""

PARTIES = """
insert into parties
select $programme, f.id, coalesce({family}, f.id), f.area, f.residence, {people},
    cast(try_cast(nullif(cast(b.amount as varchar), '') as decimal(18,2)) * 100 as bigint),
    cast(try_cast(nullif(cast(a.amount as varchar), '') as decimal(18,2)) * 100 as bigint),
    nullif(b.error, ''), nullif(a.error, ''), nullif(b.unmet, ''), nullif(a.unmet, ''),
    {awarded}, $before_times, $after_times, $before_once, $after_once
from facts f join before b on b.id = f.id join after a on a.id = f.id {members}
left join families on families.id = coalesce({family}, f.id)
"""
OF_FAMILIES = """
create table resources as
select f.id, f.area, f.residence, cast(cast(f.annual_income as decimal(18,2)) * 100 as bigint) as income,
    cast(f.people as bigint) as n, p.z, coalesce(given.before, 0) as before, coalesce(given.after, 0) as after
from families f
left join places p on p.area = f.area and p.residence is not distinct from f.residence
left join (
    select family, cast(sum(case when before_once then 0 else before_year end) as bigint) as before,
           cast(sum(case when after_once then 0 else after_year end) as bigint) as after
    from moved where move <> 'error' group by family
) given on given.family = f.id
"""


@dataclass(frozen=True)
class Summary:
    """Everything that a simulation says, but for the single parties."""

    on: dt.date
    area: str
    names: Mapping[str, str]
    """Names of divisions."""
    programmes: Mapping[str, Text]
    """The programmes simulated, by code, with their names."""
    units: Mapping[str, str]
    """`household` or `person`, by programme."""
    changes: Sequence[Change]
    total: Totals
    by_programme: Mapping[str, Totals]
    by_area: Mapping[str, Totals]
    failures: Sequence[Failure]
    against_awards: Sequence[AgainstAwards]
    before: Distribution
    after: Distribution
    left_out: Mapping[str, tuple[int, int]]
    once: Sequence[str] = field(default_factory=tuple)
    """Programmes paid once: in the cost of a year, in no month and not in the distribution."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable; money in yuan, shares as text with four decimals."""
        return {
            "on": self.on.isoformat(),
            "area": self.area,
            "changes": [one.as_dict() for one in self.changes],
            "total": self.total.as_dict(),
            "by_programme": {code: one.as_dict() for code, one in self.by_programme.items()},
            "by_area": {
                code: {"name": self.names.get(code, code)} | one.as_dict() for code, one in self.by_area.items()
            },
            "errors": [one.as_dict() for one in self.failures],
            "against_awards": [one.as_dict() for one in self.against_awards],
            "distribution": {
                "of": "the registered families of the population, each of their people equally",
                "line": ".".join(LINE_OF) + " before the change",
                "before": self.before.as_dict(),
                "after": self.after.as_dict(),
                "left_out": {why: {"families": n[0], "people": n[1]} for why, n in self.left_out.items()},
            },
            "paid_once": list(self.once),
        }


class Simulation:
    """A finished comparison; its parties can be read until the `simulated` block ends."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, summary: Summary) -> None:
        self.connection, self.summary = connection, summary

    def lines(self, moves: Sequence[str] = figures.MOVES, programmes: Sequence[str] = ()) -> Iterator[Line]:
        """The parties of these groups."""
        return figures.lines(self.connection, moves, programmes)


@contextmanager
def simulated(
    population: Population,
    before: Mapping[str, Law],
    after: Mapping[str, Law],
    on: dt.date,
    *,
    programmes: Sequence[str] = (),
    engine: str = "duckdb",
    engine_connection: Any = None,
) -> Iterator[Simulation]:
    """Work out the population under both laws on a day and compare them. Nothing outside a folder that is removed at
    the end is written.

    programmes: by default those of the population that are paid month by month (or quarter …) and those that change.
    Refuses a programme that the population does not have, and a day before a policy's first version.
    """
    changes = differences(before, after, on, population.area)
    codes = chosen_programmes(population, before, after, on, programmes, {one.programme for one in changes})
    with tempfile.TemporaryDirectory(prefix="mz-simulation-") as scratch, duckdb.connect() as connection:
        figures.make_tables(connection)
        connection.read_parquet(str(population.families)).create_view("families")
        for code in codes:
            _work_out(connection, population, before[code], after[code], on, Path(scratch), engine, engine_connection)
        _place_lines(connection, before, on)
        connection.execute(OF_FAMILIES)
        summary = Summary(
            on=on,
            area=population.area,
            names=population.names,
            programmes={code: after[code].policy.name for code in codes},
            units={code: after[code].policy.unit for code in codes},
            changes=[one for one in changes if one.programme in codes],
            total=figures.total(connection),
            by_programme=figures.by_programme(connection),
            by_area=figures.by_area(connection, next_level(population.area)),
            failures=figures.failures(connection),
            against_awards=figures.against_awards(connection),
            before=distribution(connection, "before"),
            after=distribution(connection, "after"),
            left_out=left_out(connection),
            once=tuple(code for code in codes if _cycle(after[code], on) == "once"),
        )
        yield Simulation(connection, summary)


def chosen_programmes(
    population: Population,
    before: Mapping[str, Law],
    after: Mapping[str, Law],
    on: dt.date,
    asked: Sequence[str],
    changed: set[str],
) -> list[str]:
    """The programmes to work out, in the order of the laws; refuses one that is not there, and nothing to do."""
    for code in [*asked, *sorted(changed)]:
        if code not in population.programmes:
            zh, en = near_miss(code, population.programmes)
            raise refuse(
                "simulation.not_in_population",
                zh="人群里没有项目“{code}”的资料。",
                en="The population has no facts for the programme “{code}”.",
                remedy_zh="人群里有：{known}。{hint_zh}",
                remedy_en="It has: {known}.{hint_en}",
                code=code,
                known=", ".join(population.programmes),
                hint_zh=zh,
                hint_en=en,
            )
    here = [code for code in before if code in population.programmes]
    if asked:
        return [code for code in here if code in asked]
    return [code for code in here if code in changed or _runs(before[code], on)]


def wanted_programmes(
    before: Mapping[str, Law], after: Mapping[str, Law], on: dt.date, area: str, asked: Sequence[str] = ()
) -> set[str]:
    """The programmes that a simulation needs of a population: those asked for, else what runs, and what changes."""
    changed = {one.programme for one in differences(before, after, on, area)}
    return changed | (set(asked) or {code for code, law in before.items() if _runs(law, on)})


def _runs(law: Law, on: dt.date) -> bool:
    """Whether it is in force and paid again and again."""
    return _started(law, on) and _cycle(law, on) != "once"


def _started(law: Law, on: dt.date) -> bool:
    return law.policy.versions[0].starts_on <= on


def _cycle(law: Law, on: dt.date) -> str:
    timing = law.policy.version_on(on).timing
    return timing.pay_cycle if timing else "month"


def _work_out(
    connection: duckdb.DuckDBPyConnection,
    population: Population,
    before: Law,
    after: Law,
    on: dt.date,
    scratch: Path,
    engine: str,
    engine_connection: Any,
) -> None:
    """Both sides of one programme, into the table of parties. What is the same on both sides is worked out once."""
    facts, members = population.facts(before.code), population.members(before.code)
    outs: dict[str, Path] = {}
    for side, law in (("before", before), ("after", after)):
        if side == "after" and law.policy is before.policy and law.rates is before.rates:
            outs[side] = outs["before"]
            continue
        outs[side] = scratch / f"{law.code}-{side}.parquet"
        theirs = facts if side == "before" else _without_own(connection, facts, before, after, on, scratch)
        assess_files(
            law.policy, law.rates, on, theirs, members, outs[side], engine=engine, connection=engine_connection
        )
    connection.read_parquet(str(facts)).create_view("facts", replace=True)
    for side, out in outs.items():
        connection.read_parquet(str(out)).create_view(side, replace=True)
    columns = columns_in(connection, facts)
    covered = members is not None and "covered" in columns_in(connection, members)
    if members is not None:
        connection.read_parquet(str(members)).create_view("members", replace=True)
    household = before.policy.unit == "household"
    count = "count(*) filter (where covered)" if covered else "count(*)"
    query = PARTIES.format(
        family="nullif(f.family, '')" if "family" in columns else "f.id",
        awarded="cast(cast(f.awarded as decimal(18,2)) * 100 as bigint)" if "awarded" in columns else "null",
        people="coalesce(of_members.n, families.people, 1)" if household else "1",
        members=f"left join (select id, {count} as n from members group by id) of_members on of_members.id = f.id"
        if members is not None
        else "left join (select null as id, null as n) of_members on false",
    )
    cycles = {"before": _cycle(before, on), "after": _cycle(after, on)}
    values: dict[str, Any] = {"programme": before.code}
    for side, cycle in cycles.items():
        values |= {f"{side}_times": figures.PER_YEAR[cycle], f"{side}_once": cycle == "once"}
    connection.execute(query, values)


def _without_own(
    connection: duckdb.DuckDBPyConnection, facts: Path, before: Law, after: Law, on: dt.date, scratch: Path
) -> Path:
    """The facts without columns that give a rate of their own to each party, where this rate is what changes: such a
    column comes before any rate, and nothing would change."""
    version = after.policy.version_on(on)
    changed = [
        name
        for name in columns_in(connection, facts)
        if name in version.rates
        and name not in version.facts
        and values_on(before.rates, version, name, on) != values_on(after.rates, version, name, on)
    ]
    if not changed:
        return facts
    kept = [name for name in columns_in(connection, facts) if name not in changed]
    path = scratch / f"{after.code}-facts.parquet"
    selected = [duckdb.ColumnExpression(name) for name in kept]
    connection.read_parquet(str(facts)).select(*selected).write_parquet(str(path))
    return path


def _place_lines(connection: duckdb.DuckDBPyConnection, before: Mapping[str, Law], on: dt.date) -> None:
    """The poverty line of each place in which a family lives: the local standard before the change, in fen a month."""
    connection.execute("create table places (area varchar, residence varchar, z bigint)")
    programme, rate = LINE_OF
    law = before.get(programme)
    if law is None or not _started(law, on):
        return
    version = law.policy.version_on(on)
    spec = version.rates.get(rate)
    if spec is None or spec.kind is not Kind.MONEY or spec.table is not None:
        return
    bound = law.rates.bind(version, on)
    for area, residence in connection.execute("select distinct area, residence from families").fetchall():
        entry = bound.find(rate, area or "", residence or None, None)
        line = entry.value if entry is not None and isinstance(entry.value, int) else None
        connection.execute("insert into places values (?, ?, ?)", [area, residence, line])
