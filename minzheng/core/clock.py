"""What day it is. Stored in the database, so that every process and every query agree, and a scenario can live through
a year in minutes. `recorded_at` columns alone use the real time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

_known: ContextVar[dt.date | None] = ContextVar("minzheng_today", default=None)


def today() -> dt.date:
    """The office's date: the one stored in the database, else the calendar date."""
    known = _known.get()
    return known if known is not None else _stored()


def is_simulated() -> bool:
    """True where the database stays at a stored date (the demo, a scenario, training)."""
    with connection.cursor() as cursor:
        cursor.execute("select day is not null from core_clock")
        row = cursor.fetchone()
    return bool(row and row[0])


def set_today(day: dt.date | None, /) -> None:
    """Store the date (None: back to the calendar). For scenarios and the demo; needs the owner's connection or a
    scenario's permission, which the caller checks."""
    with connection.cursor() as cursor:
        cursor.execute("update core_clock set day = %s", [day])
    if _known.get() is not None:
        _known.set(day)


@contextmanager
def remembered(day: dt.date | None = None) -> Iterator[dt.date]:
    """Within this block the date is asked for once (a request, a scenario's day)."""
    value = day if day is not None else _stored()
    token = _known.set(value)
    try:
        yield value
    finally:
        _known.reset(token)


def _stored() -> dt.date:
    with connection.cursor() as cursor:
        cursor.execute("select mz_today()")
        row = cursor.fetchone()
    assert row is not None
    value: dt.date = row[0]
    return value
