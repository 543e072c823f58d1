"""A version as one SELECT over a relation of households and one of their members; and rows in and out of it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from minzheng.policy.engines.cells import BEYOND
from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.engines.emitter import Emitter
from minzheng.policy.engines.frames import HOUSEHOLD
from minzheng.policy.engines.leaves import UNKNOWN, Sound
from minzheng.policy.engines.lookup import Numbers
from minzheng.policy.model import Version
from minzheng.policy.outcome import Facts, Result, Subject
from minzheng.policy.rates import Rates
from minzheng.policy.values import Kind, Value, carried, from_carried


@dataclass(frozen=True)
class Query:
    """One SELECT, and what it has to find beside the two relations.

    tables: the common tables, each with its name and text; each uses those before it.
    last: gives id, eligible, unmet (names joined by `;`), amount (fen), error (`code:step:fact`) and, if wanted, each
    step as `<step>` and, where it is a number, `<step>/` (its denominator).
    zones: the SELECT whose rows `numbers.places` takes; None where no rate is used. What that returns goes into a table
    `lookup.PLACES` with columns area, residence and `numbers.columns` (types by `Dialect.place_types`).
    """

    tables: Sequence[tuple[str, str]]
    last: str
    numbers: Numbers
    zones: str | None
    of_members: bool
    """Whether anything is aggregated over members."""

    @property
    def text(self) -> str:
        """All in one statement."""
        return "with " + ",\n".join(f"{name} as ({text})" for name, text in self.tables) + f"\n{self.last}"


def query(
    version: Version,
    rates: Rates,
    on: dt.date,
    dialect: Dialect,
    households: str = "h",
    members: str = "m",
    *,
    overrides: Collection[str] = (),
    steps: bool = False,
    sound: Sound = UNKNOWN,
    numbers: Numbers | None = None,
    where: str = "",
) -> Query:
    """A version on a day as one SELECT.

    households, members: relations as the program names them (never from outside): id, area, residence and a column per
    fact; id (of the household) and a column per member fact. Types as `Dialect.column_types`: money in fen, a rate in
    millionths. overrides: rates for which the households have a column of their own. sound: what need not be asked of
    each row. numbers: those of an earlier query of this version and day, where its places are to serve again.
    where: which households, as `where …` on `h` (all); for engines whose members are joined to their households.
    Raises PolicyError where a rate is not of its type.
    """
    numbers = numbers or Numbers(version, rates.bind(version, on), dialect)
    scalars = frozenset(name for name, spec in version.rates.items() if spec.table is None)
    emitter = Emitter(version, numbers, carried(on, Kind.DATE), scalars & frozenset(overrides), dialect, sound)
    last = emitter.frames.settle(_result_columns(version, emitter, steps))
    tables = emitter.frames.common_tables(f"from {households} h{numbers.join()}", members, where)
    built = [(name, emitter.numbered(text)) for name, text in tables]
    last = emitter.numbered(f"select {last} from mz_h{emitter.frames.levels()} t")
    return Query(built, last, numbers, numbers.zones(households), emitter.frames.levels() > 0)


def _result_columns(version: Version, emitter: Emitter, steps: bool) -> str:
    dialect, frames = emitter.dialect, emitter.frames
    conditions = {name: emitter.formula(one, HOUSEHOLD) for name, one in version.conditions.items()}
    amount = emitter.formula(version.amount, HOUSEHOLD)
    shown = {name: emitter.formula(step, HOUSEHOLD) for name, step in version.steps.items()} if steps else {}
    all_hold = frames.bind(HOUSEHOLD, " and ".join(one.n for one in conditions.values()) or "true")
    due = None if amount.e is None else f"case when {all_hold} then {amount.e} end"
    failure = emitter.either_failure(*(one.e for one in conditions.values()), due)
    failed = None if failure is None else frames.bind(HOUSEHOLD, failure)
    known = "true" if failed is None else f"{failed} is null"
    error = dialect.no_text if failed is None else dialect.text_item(sorted(emitter.failures), failed)
    tests = {name: one.n for name, one in conditions.items()}
    unmet = dialect.unmet(tests, all_hold) if tests else dialect.text("")
    found = [
        "t.id",
        f"coalesce({all_hold}, false) and {known} as eligible",
        f"{unmet} as unmet",
        f"case when {known} then case when {all_hold} then {amount.n} else 0 end end as amount",
        f"{error} as error",
    ]
    for name, step in shown.items():
        found.append(f"{step.n} as {dialect.name_of(name)}")
        if version.steps[name].kind in (Kind.MONEY, Kind.INT, Kind.RATE):
            found.append(f"{step.d} as {dialect.name_of(name + '/')}")
    return ", ".join(found)


def columns_of(version: Version, subjects: Collection[Subject]) -> tuple[dict[str, Kind], dict[str, Kind], list[str]]:
    """The columns that the two relations need for these subjects, and the rates that some of them bring themselves."""
    given = {name for subject in subjects for name in subject.facts}
    overrides = [name for name, spec in version.rates.items() if spec.table is None and name in given]
    columns = {name: spec.kind for name, spec in version.facts.items()}
    columns |= {name: version.rates[name].kind for name in overrides}
    return columns, {name: spec.kind for name, spec in version.member_facts.items()}, overrides


def row_of(facts: Facts, columns: Mapping[str, Kind]) -> list[object]:
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


def result_of(version: Version, subject: Subject, row: Mapping[str, Any]) -> Result:
    unmet = tuple(row["unmet"].split(";")) if row["unmet"] else ()
    steps = {name: _step(row, name, step.kind) for name, step in version.steps.items()}
    return Result(subject.id, row["eligible"], unmet, row["amount"], row["error"], steps)


def _step(row: Mapping[str, Any], name: str, kind: Kind) -> Value | None:
    value = row[name]
    if value is None:
        return None
    if kind in (Kind.MONEY, Kind.INT, Kind.RATE):
        return Fraction(value, row[f"{name}/"])
    return from_carried(value, kind) if kind is Kind.DATE else cast(Value, value)
