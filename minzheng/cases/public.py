"""What the public may read of casework: who is on notice before a decision, and who is published after a grant. Plain
values: no record, no number, no address can be reached from them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from minzheng.areas import queries as areas
from minzheng.cases.models import Posting, PostingKind
from minzheng.core import clock


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a notice: the name as it is shown, how many people, fen for one pay cycle, which programme, and since
    when (the first benefit month of what is received; the day of posting of what is only proposed)."""

    name: str
    people: int
    amount: int
    programme: str
    since: dt.date


def published(area: str, on: dt.date | None = None) -> list[Shown]:
    """Who of an area is published as receiving something on a day (today), by programme and name."""
    return _shown(area, PostingKind.PUBLICATION, on or clock.today())


def on_notice(area: str, on: dt.date | None = None) -> list[Shown]:
    """Whom the notices of an area show that are up on a day (today); a minor is on none of them."""
    return _shown(area, PostingKind.POSTING, on or clock.today())


def up_on(day: dt.date) -> Q:
    """The condition that a notice hangs on a day: from its first day to its last, unless it was taken down before."""
    hanging = Q(taken_down_on=None) | Q(taken_down_on__gt=day)
    return Q(posted_on__lte=day) & hanging & (Q(ends_on=None) | Q(ends_on__gte=day))


def _shown(area: str, kind: str, day: dt.date) -> list[Shown]:
    rows = (
        Posting.objects.filter(areas.within(area), up_on(day), kind=kind, of_minor=False)
        .annotate(since=Coalesce("decision__first_month", F("posted_on")))
        .order_by("programme", "shown_name", "pk")
        .values_list("shown_name", "shown_people", "shown_amount", "programme", "since")
    )
    return [Shown(*row) for row in rows]
