"""What a decision has done to the money, for its letter. Awards know it and stand to the right: they register how to
ask (`provide`), as providers of facts do for the law."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from minzheng.cases.models import Decision


@dataclass(frozen=True)
class Paid:
    """An amount (fen for a pay cycle) from one benefit month to another; None: until further notice."""

    first: dt.date
    last: dt.date | None
    amount: int
    grace: bool


@dataclass(frozen=True)
class Effect:
    """What was owed for the decision's first month before it, and what is owed from that month on, with the reason."""

    before: int
    after: tuple[Paid, ...]

    @property
    def lasting(self) -> int:
        """What it comes to once a grace period is over; 0 where the award ends with it, or at once. An award with a
        term has a last month, too, and goes on."""
        return self.after[-1].amount if self.after and not self.after[-1].grace else 0


_ask: list[Callable[[Decision], Effect | None]] = []


def provide(ask: Callable[[Decision], Effect | None]) -> None:
    """Let a later stage say what a decision has done."""
    _ask[:] = [ask]


def of(decision: Decision) -> Effect | None:
    """What the decision has done; None where nothing is owed by it."""
    return next((effect for ask in _ask if (effect := ask(decision)) is not None), None)
