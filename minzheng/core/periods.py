"""Months, completed years and completed months: the arithmetic of benefit periods and ages."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, overload

_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, ordered by time. `str` gives `2025-06`.

    >>> Month(2025, 11) + 3
    Month(year=2026, month=2)
    >>> Month(2026, 2) - Month(2025, 11)
    3
    >>> Month(2024, 2).last_day
    datetime.date(2024, 2, 29)
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (dt.MINYEAR <= self.year <= dt.MAXYEAR and 1 <= self.month <= 12):
            raise ValueError(f"there is no month {self.year}-{self.month}")

    @classmethod
    def of(cls, day: dt.date) -> Self:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2025-06`; ValueError for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no month; write it as 2025-06")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __contains__(self, day: dt.date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def __add__(self, months: int) -> Self:
        year, month = divmod(self._count + months, 12)
        return type(self)(year, month + 1)

    @overload
    def __sub__(self, other: int) -> Self: ...
    @overload
    def __sub__(self, other: "Month") -> int: ...
    def __sub__(self, other: "int | Month") -> "Self | int":
        """Minus a number of months a month; minus a month the months between."""
        return self._count - other._count if isinstance(other, Month) else self + -other

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def quarter(self) -> int:
        """1 to 4."""
        return (self.month + 2) // 3

    @property
    def half_year(self) -> int:
        """1 or 2."""
        return (self.month + 5) // 6

    def through(self, last: "Month") -> Iterator[Self]:
        """This month and those after it up to and with `last`; none where `last` is earlier."""
        return (self + step for step in range(last - self + 1))

    @property
    def _count(self) -> int:
        return self.year * 12 + self.month - 1


def completed_years(birth: dt.date, day: dt.date) -> int:
    """Completed years of someone born on `birth`, on `day`; born on 29 February counts on 1 March of a common year.

    Raises ValueError where `day` is before the birth.
    """
    if day < birth:
        raise ValueError(f"{day} is before the birth on {birth}")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_between(start: dt.date, end: dt.date) -> int:
    """Completed months from `start` to `end`, negative where `end` is earlier.

    A month is complete on the same day of a later month, and where that month is shorter on the first of the next:
    31 January to 29 February is 0, to 1 March 1.
    """
    if end < start:
        return -months_between(end, start)
    return Month.of(end) - Month.of(start) - (end.day < start.day)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or that month's last day where it has no such day.

    >>> months_later(dt.date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    month = Month.of(day) + months
    return dt.date(month.year, month.month, min(day.day, month.days))
