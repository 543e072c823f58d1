"""A policy as the loader has read and checked it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from minzheng.policy.errors import PolicyError
from minzheng.policy.tree import Node
from minzheng.policy.values import Bounds, Kind

Words = Mapping[str, str]
"""A text by language: {"zh-Hans": …, "en": …}."""

STARTS = (
    "month_of_application",
    "month_of_decision",
    "month_after_decision",
    "month_of_birthday",
    "month_after_birthday",
)
ENDINGS = ("paid", "not_paid")
PAY_CYCLES = ("month", "quarter", "half_year", "year", "once")
PRORATES = ("first_day", "actual_days")
MARKS = ("S", "K", "invented")
"""How well a clause or a number is known: S its text was seen, K known but not seen, invented for a demonstration."""


@dataclass(frozen=True)
class Timing:
    """When an award is paid: first month, month of the ending event, cycle, how far back arrears go (months).

    prorate: `first_day` (a month uses the version and the rates of its first day) or `actual_days`. valid_months: how
    many months an award runs before it ends by itself; None: until something ends it.
    """

    starts: str
    month_of_ending_event: str
    pay_cycle: str
    arrears_months: int
    prorate: str = "first_day"
    valid_months: int | None = None


@dataclass(frozen=True)
class Basis:
    """The clause a version, step or condition rests on; mark as in `MARKS`, empty where the file gives none."""

    title: str
    ref: str = ""
    articles: tuple[str, ...] = ()
    mark: str = ""

    def as_dict(self) -> dict[str, object]:
        return {"title": self.title, "ref": self.ref, "articles": list(self.articles), "mark": self.mark}


@dataclass(frozen=True)
class FactSpec:
    """A fact that the policy needs. `values` lists a code's values (empty: any text), `value_labels` what they mean."""

    name: str
    kind: Kind
    bounds: Bounds
    label: Words
    values: tuple[str, ...] = ()
    line: int = 0
    value_labels: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class RateSpec:
    """A number, or a table of numbers, that the rates file gives.

    key: the fact that names its category; of: what a table's rows are entered with; table: `band` or `marginal`.
    """

    name: str
    kind: Kind
    bounds: Bounds
    label: Words
    key: str | None = None
    key_of_member: bool = False
    table: str | None = None
    of: Kind | None = None
    of_bounds: Bounds | None = None
    line: int = 0


@dataclass(frozen=True)
class Formula:
    """A named formula: a step, a member's step, a condition or the amount."""

    name: str
    text: str
    tree: Node
    label: Words
    basis: tuple[Basis, ...] = ()
    line: int = 0

    @property
    def kind(self) -> Kind:
        return self.tree.kind


@dataclass(frozen=True)
class Condition(Formula):
    """What must hold; `otherwise` says in words what it means when it does not."""

    otherwise: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """The rules from one day on. Steps are in the order in which they can be computed.

    written: the names of all formulas in the order of the file, which is how they are explained.
    """

    programme: str
    starts_on: dt.date
    basis: tuple[Basis, ...]
    facts: Mapping[str, FactSpec]
    member_facts: Mapping[str, FactSpec]
    rates: Mapping[str, RateSpec]
    member_steps: Mapping[str, Formula]
    steps: Mapping[str, Formula]
    conditions: Mapping[str, Condition]
    amount: Formula
    timing: Timing | None
    file: str = ""
    written: tuple[str, ...] = ()

    def formula(self, name: str, *, member: bool) -> Formula:
        return (self.member_steps if member else self.steps)[name]

    def formulas(self) -> list[tuple[Formula, bool]]:
        """Every formula, with whether it is a member's."""
        rest = [*self.steps.values(), *self.conditions.values(), self.amount]
        return [(step, True) for step in self.member_steps.values()] + [(one, False) for one in rest]

    def as_written(self) -> list[tuple[Formula, bool]]:
        """As `formulas`, in the order in which the file has them."""
        place = {name: number for number, name in enumerate(self.written)}
        return sorted(self.formulas(), key=lambda pair: place.get(pair[0].name, len(place)))

    @property
    def uses_members(self) -> bool:
        return bool(self.member_facts or self.member_steps) or any(
            type(node).__name__ == "Aggregate" for one, _ in self.formulas() for node in one.tree.walk()
        )


@dataclass(frozen=True)
class Policy:
    """A programme's law as data: dated versions, earliest first."""

    programme: str
    name: Words
    unit: str
    versions: tuple[Version, ...]
    department: Words | None = None
    file: str = ""

    def version_on(self, day: dt.date) -> Version:
        """The version in force on a day. Raises PolicyError where none is yet."""
        found = [version for version in self.versions if version.starts_on <= day]
        if not found:
            raise PolicyError("no_version", file=self.file, day=day, first=self.versions[0].starts_on)
        return found[-1]
