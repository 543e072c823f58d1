"""When an award starts and ends, and which months a pay cycle holds: pure arithmetic of a programme's timing.

Benefit months are their first days. A pay cycle lies on the calendar (quarters begin in January, April …); what an
award is due for a cycle stands in the cycle's last month.
"""

import datetime as dt
from collections.abc import Iterable

from minzheng.core.periods import Month

CYCLE_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "once": 1}
"""Months that one amount of an award is for; `once` is due in the month it was granted for."""


def first_of(day: dt.date) -> dt.date:
    """The benefit month a day lies in."""
    return day.replace(day=1)


def shift(month: dt.date, months: int) -> dt.date:
    """The benefit month so many months later (earlier where negative).

    >>> shift(dt.date(2025, 1, 1), -1)
    datetime.date(2024, 12, 1)
    """
    return (Month.of(month) + months).first_day


def last_day(month: dt.date) -> dt.date:
    """The last day of a benefit month.

    >>> last_day(dt.date(2025, 2, 1))
    datetime.date(2025, 2, 28)
    """
    return shift(month, 1) - dt.timedelta(days=1)


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The benefit months from `first` up to and with `last`; none where `last` is earlier."""
    return [month.first_day for month in Month.of(first).through(Month.of(last))]


def first_month(starts: str, *, applied_on: dt.date, decided_on: dt.date, birthday: dt.date | None = None) -> dt.date:
    """The first benefit month of an award.

    starts: the programme's rule; birthday: the day the entitling age was reached, for the rules that count from it.
    Raises ValueError for an unknown rule or a birthday that is not given.
    """
    if starts in ("month_of_birthday", "month_after_birthday"):
        if birthday is None:
            raise ValueError(f"{starts} needs the birthday")
        return shift(birthday, 1 if starts == "month_after_birthday" else 0)
    known = {
        "month_of_application": first_of(applied_on),
        "month_of_decision": first_of(decided_on),
        "month_after_decision": shift(decided_on, 1),
    }
    if starts not in known:
        raise ValueError(f"unknown start {starts!r}")
    return known[starts]


def last_month(month_of_ending_event: str, event_on: dt.date) -> dt.date:
    """The last benefit month after an event (a death) on a day: its own month where that is paid, else the one
    before."""
    return first_of(event_on) if month_of_ending_event == "paid" else shift(event_on, -1)


def cycle_end(month: dt.date, length: int) -> dt.date:
    """The last month of the pay cycle of `length` months that a month lies in.

    >>> cycle_end(dt.date(2025, 2, 1), 3)
    datetime.date(2025, 3, 1)
    """
    return shift(month, length - 1 - (month.month - 1) % length)


def cycle_start(month: dt.date, length: int) -> dt.date:
    """The first month of that cycle."""
    return shift(month, -((month.month - 1) % length))


def due_in_cycle(amounts: Iterable[int], length: int) -> int:
    """What is due for one cycle: the amounts (fen for a whole cycle) of the months in force, each a `length`-th,
    rounded half up to the fen once.

    >>> due_in_cycle([1000, 1000], 3)
    667
    """
    return (2 * sum(amounts) + length) // (2 * length)
