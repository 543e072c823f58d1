"""Working days: which days an office counts, and when clocks and postings end.

The official calendar (weekends, holidays, and weekend days worked instead) comes from chinesecalendar, which holds the
State Council's yearly notices. For years it does not hold, days are **provisional**: Monday to Friday, without the
statutory holidays of fixed date (1 January, 1 and 2 May, 1 to 3 October, by the measure of 2025). Spring Festival,
Qingming, Dragon Boat and Mid-Autumn follow the moon and the sun, and substitute days follow the notice; they are not
guessed. An office enters a new notice as dated overrides.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import chinese_calendar.constants as official

FIRST_YEAR = min(official.holidays).year
LAST_YEAR = max(official.holidays).year
"""The years of the official notices, 2004 to 2026 with chinesecalendar 1.11."""

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""(month, day) of the statutory holidays that keep their date."""

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """The official calendar and what an office has entered over it.

    holidays, working: days off and days worked, by their own notice; they go before everything else.
    complete: years for which the overrides hold the whole notice, so that nothing of them is provisional.
    published_to: the last year whose official notice is out.
    """

    holidays: frozenset[dt.date] = frozenset()
    working: frozenset[dt.date] = frozenset()
    complete: frozenset[int] = frozenset()
    published_to: int = LAST_YEAR

    def __post_init__(self) -> None:
        both = sorted(self.holidays & self.working)
        if both:
            raise ValueError(f"{both[0]} cannot be both a holiday and a working day")

    def is_working_day(self, day: dt.date) -> bool:
        """True where the office works on this day."""
        if day in self.working:
            return True
        if day in self.holidays:
            return False
        weekday = day.weekday() < 5
        if day.year in self.complete:
            return weekday
        if self._is_published(day.year):
            return day in official.workdays or (weekday and day not in official.holidays)
        return weekday and (day.month, day.day) not in FIXED_HOLIDAYS

    def is_provisional(self, day: dt.date) -> bool:
        """True where no notice says whether this day is worked: a date reckoned with it may move."""
        known = self._is_published(day.year) or day.year in self.complete
        return not known and day not in self.holidays and day not in self.working

    def _is_published(self, year: int) -> bool:
        return FIRST_YEAR <= year <= min(self.published_to, LAST_YEAR)

    def next_working_day(self, day: dt.date) -> dt.date:
        """This day, or the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day


OFFICIAL = WorkCalendar()
_in_force: ContextVar[WorkCalendar] = ContextVar("minzheng_work_calendar", default=OFFICIAL)


def in_force() -> WorkCalendar:
    """The calendar that days are counted by where none is named."""
    return _in_force.get()


@contextmanager
def counting_by(calendar: WorkCalendar) -> Iterator[None]:
    """Within this block days are counted by this calendar where none is named (a scenario's own)."""
    token = _in_force.set(calendar)
    try:
        yield
    finally:
        _in_force.reset(token)


def is_working_day(day: dt.date, *, calendar: WorkCalendar | None = None) -> bool:
    """True where the office works on this day."""
    return (calendar or in_force()).is_working_day(day)


def is_provisional(day: dt.date, *, calendar: WorkCalendar | None = None) -> bool:
    """True where no notice says whether this day is worked."""
    return (calendar or in_force()).is_provisional(day)


def add_working_days(day: dt.date, n: int, *, calendar: WorkCalendar | None = None) -> dt.date:
    """The n-th working day after `day`, which is not counted itself; before it where n is negative; `day` for 0."""
    calendar = calendar or in_force()
    step = _DAY if n > 0 else -_DAY
    left = abs(n)
    while left:
        day += step
        left -= calendar.is_working_day(day)
    return day


def working_days_between(start: dt.date, end: dt.date, *, calendar: WorkCalendar | None = None) -> int:
    """Working days after `start` up to and with `end`; negative where `end` is earlier: how far a clock has run.

    `working_days_between(d, add_working_days(d, n)) == n` for every n.
    """
    calendar = calendar or in_force()
    if end < start:
        return -sum(calendar.is_working_day(end + _DAY * passed) for passed in range((start - end).days))
    return sum(calendar.is_working_day(start + _DAY * passed) for passed in range(1, (end - start).days + 1))


def posting_end(start: dt.date, days: int, *, roll_over: bool, calendar: WorkCalendar | None = None) -> dt.date:
    """The last day of a posting of so many natural days; an act that waits for it may follow on the day after.

    The day of posting is not counted. With `roll_over` a last day off moves to the next working day (Civil Code,
    articles 201 and 203). ValueError for less than one day.
    """
    if days < 1:
        raise ValueError(f"a posting lasts at least one day, not {days}")
    end = start + _DAY * days
    return (calendar or in_force()).next_working_day(end) if roll_over else end
