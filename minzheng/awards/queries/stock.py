"""Who entered and left a roster by day, and who is on it at the end of a day: what a year's report counts.

Entered: by a decision in the period (what was carried over was there before). Left: the award ended in the period; what
is paid once never leaves. People: those covered when the award entered, when it left, on the day. A single person who
joins or leaves an award that stays is in none of the two, so opening + entered − left is the closing stock of awards,
and of people only where nobody did.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count as CountOf
from django.db.models import F, Q, QuerySet

from minzheng.awards.models import Award
from minzheng.awards.queries.roster import _of

CARRIED = Q(origin="carried_over")
KNOWN = Q(members__superseded_at=None)
PEOPLE_ENTERED = KNOWN & Q(members__first_month=F("first_month"))
PEOPLE_LEFT = KNOWN & (Q(members__last_month=None) | Q(members__last_month__gte=F("last_month")))


@dataclass(frozen=True)
class Count:
    """Awards (households, or persons of a personal programme) and the people they cover."""

    awards: int
    people: int


@dataclass(frozen=True)
class EnteredLeft:
    """A period's movements: on the roster before its first day, entered, left, on the roster at the end of its last."""

    opening: Count
    added: Count
    removed: Count
    closing: Count


def entered(
    programme: str,
    area: str,
    first: dt.date,
    last: dt.date,
    *,
    residence: str | None = None,
    category: str | None = None,
) -> QuerySet[Award]:
    """The awards that entered from `first` to `last` (days), each with the `people` it covered then."""
    awards = _of(programme, area, residence, category).filter(~CARRIED, entered_on__range=(first, last))
    return _with_people(awards, PEOPLE_ENTERED)


def left(
    programme: str,
    area: str,
    first: dt.date,
    last: dt.date,
    *,
    residence: str | None = None,
    category: str | None = None,
) -> QuerySet[Award]:
    """The awards that left from `first` to `last` (days), each with the `people` it covered last."""
    awards = _of(programme, area, residence, category).filter(left_on__range=(first, last)).exclude(end_reason="once")
    return _with_people(awards, PEOPLE_LEFT)


def in_force_on(
    programme: str, area: str, day: dt.date, *, residence: str | None = None, category: str | None = None
) -> QuerySet[Award]:
    """The awards on the roster at the end of a day, each with the `people` it covers. What was carried over was on it
    before it was taken over, from its first month on."""
    month = day.replace(day=1)
    there = Q(left_on=None) | Q(left_on__gt=day)
    since = Q(CARRIED, first_month__lte=month) | Q(~CARRIED, entered_on__lte=day)
    covered = (
        KNOWN
        & (Q(members__left_on=None) | Q(members__left_on__gt=day))
        & (Q(members__entered_on__lte=day) | Q(CARRIED, members__entered_on=F("entered_on")))
    )
    awards = _of(programme, area, residence, category).filter(there, since).exclude(end_reason="once")
    return _with_people(awards, covered)


def entered_left(
    programme: str,
    area: str,
    period: tuple[dt.date, dt.date],
    *,
    residence: str | None = None,
    category: str | None = None,
) -> EnteredLeft:
    """The movements of a period, from its first day to its last, in four queries."""
    first, last = period
    eve = first - dt.timedelta(days=1)
    return EnteredLeft(
        opening=_count(in_force_on(programme, area, eve, residence=residence, category=category)),
        added=_count(entered(programme, area, first, last, residence=residence, category=category)),
        removed=_count(left(programme, area, first, last, residence=residence, category=category)),
        closing=_count(in_force_on(programme, area, last, residence=residence, category=category)),
    )


def _with_people(awards: QuerySet[Award], who: Q) -> QuerySet[Award]:
    return awards.annotate(people=CountOf("members__person", filter=who, distinct=True)).order_by("area_id", "pk")


def _count(awards: QuerySet[Award]) -> Count:
    people: list[int] = [award.people for award in awards]  # type: ignore[attr-defined]
    return Count(len(people), sum(people))
