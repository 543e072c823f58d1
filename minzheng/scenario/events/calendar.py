"""The calendar of working days."""

import datetime as dt

from minzheng.core.workdays import LAST_YEAR, WorkCalendar
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("calendar")
def calendar(
    play: Play,
    *,
    holidays: forms.Days | None = None,
    working: forms.Days | None = None,
    complete: forms.Years | None = None,
    published_to: forms.Whole = LAST_YEAR,
) -> None:
    """Days off and days worked by a notice of the office's own; `published_to`: the last year whose official notice is
    out; `complete`: years for which the entries here are the whole notice. Due dates of open cases follow."""
    before = play.calendar
    off: frozenset[dt.date] = (before.holidays | set(holidays or ())) - set(working or ())
    on: frozenset[dt.date] = (before.working | set(working or ())) - set(holidays or ())
    play.count_by(WorkCalendar(off, on, before.complete | set(complete or ()), published_to))
