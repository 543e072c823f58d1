"""From when a grant works where the party still has the same for some time. Awards know when that ends and stand to the
right: they register how to ask (`provide`), as `effects` does."""

import datetime as dt
from collections.abc import Callable

from minzheng.cases.models import Case

_ask: list[Callable[[Case, dt.date], dt.date]] = []


def provide(ask: Callable[[Case, dt.date], dt.date]) -> None:
    """Let a later stage say from which month on what it renews is followed."""
    _ask[:] = [ask]


def begins(case: Case, month: dt.date) -> dt.date:
    """The first month of a grant that would work from `month`: later where what it renews ends soon after."""
    return _ask[0](case, month) if _ask else month
