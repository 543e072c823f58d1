"""Time in the demo: a queue of days on which somebody does something.

What happens is a process: a generator that does the act of a day and yields the day on which it goes on. The queue
runs them in the order of their days, and the office's date moves with it, never back.
"""

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from itertools import count

from minzheng.core import workdays

Process = Iterator[dt.date]


class Schedule:
    """Processes in the order of the days on which they go on; those of one day in the order they were put in."""

    def __init__(self, close: dt.date) -> None:
        self.close = close
        self._queue: list[tuple[dt.date, int, int, Process]] = []
        self._order = count()

    def at(self, day: dt.date, process: Process, *, rank: int = 5) -> None:
        """Begin a process on a day; on the same day a lower rank goes first."""
        heapq.heappush(self._queue, (day, rank, next(self._order), process))

    def do(self, day: dt.date, act: Callable[..., object], *arguments: object, rank: int = 5) -> None:
        """Something that is done on one day."""
        self.at(day, _once(act, arguments), rank=rank)

    def live(self, on_day: Callable[[dt.date], None]) -> None:
        """Run everything up to the closing day; what would go on later stays undone, as it would in an office."""
        while self._queue and self._queue[0][0] <= self.close:
            day, rank, _, process = heapq.heappop(self._queue)
            on_day(day)
            following = next(process, None)
            if following is not None:
                self.at(max(following, day), process, rank=rank)


def _once(act: Callable[..., object], arguments: tuple[object, ...]) -> Process:
    act(*arguments)
    yield from ()


def working(day: dt.date) -> dt.date:
    """This day, or the next one on which the office works."""
    return day if workdays.is_working_day(day) else workdays.add_working_days(day, 1)


def later(day: dt.date, working_days: int) -> dt.date:
    """So many working days later."""
    return workdays.add_working_days(day, working_days) if working_days else working(day)


def last_working(year: int, month: int, before: int = 0) -> dt.date:
    """The last working day of a month, or so many working days before it."""
    day = dt.date(year + month // 12, month % 12 + 1, 1)
    for _ in range(before + 1):
        day -= dt.timedelta(days=1)
        while not workdays.is_working_day(day):
            day -= dt.timedelta(days=1)
    return day


def nth_working(year: int, month: int, number: int) -> dt.date:
    """The first, second … working day of a month."""
    return later(working(dt.date(year, month, 1)), number - 1)
