"""Whom a policy is applied to, and what comes out. Pure data: no database, no Django."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from minzheng.policy.values import Value

Facts = Mapping[str, Value | None]
"""money as fen, int, rate as Fraction, bool, date, code as text; None or absent: missing."""


@dataclass(frozen=True)
class Subject:
    """A household (or person) and its members, with what is known of each.

    A fact named like a rate takes the place of that rate's look-up.
    """

    id: str
    area: str
    residence: str | None
    facts: Facts
    members: Sequence[Facts] = ()


@dataclass(frozen=True)
class Result:
    """What a policy gives one subject.

    eligible: every condition holds. unmet: names of conditions that do not. amount: fen; 0 where a condition is unmet,
    None where the subject is in error. error: `code:step:fact`, the first that stands in the way, or None.
    steps: every step of the household by name (None where it is in error).
    """

    id: str
    eligible: bool
    unmet: tuple[str, ...]
    amount: int | None
    error: str | None
    steps: Mapping[str, Value | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Tally:
    """What a file of results holds: rows, how many eligible, how many in error; and columns of FACTS nobody read."""

    rows: int
    eligible: int
    failed: int
    unread: Sequence[str] = ()


@dataclass
class Failure(Exception):
    """Why an expression has no value: a code, the step in whose formula it arose, and the fact, rate or part."""

    code: str
    step: str
    fact: str

    def __str__(self) -> str:
        return f"{self.code}:{self.step}:{self.fact}"


Day = dt.date
