"""What a party still has of the programme that it applies for: whether it may apply, and from when a grant works.
Awards know it and stand to the right: they register how to ask (`provide`), as `effects` does."""

import datetime as dt
from collections.abc import Callable

from minzheng.cases.models import Case
from minzheng.core.errors import Refused
from minzheng.people.models import Household, Person

Begins = Callable[[Case, dt.date], dt.date]
Refusal = Callable[[str, Household | Person, dt.date], Refused | None]

_ask: list[tuple[Begins, Refusal]] = []


def provide(begins: Begins, refusal: Refusal) -> None:
    """Let a later stage say from which month on what is renewed is followed, and why somebody may not apply again."""
    _ask[:] = [(begins, refusal)]


def begins(case: Case, month: dt.date) -> dt.date:
    """The first month of a grant that would work from `month`: later where what it renews ends soon after."""
    return _ask[0][0](case, month) if _ask else month


def check(programme: str, party: Household | Person, on: dt.date) -> None:
    """Refuse the application of a party that receives the same programme already, unless that ends soon."""
    refusal = _ask[0][1](programme, party, on) if _ask else None
    if refusal is not None:
        raise refusal
