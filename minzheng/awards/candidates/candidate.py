"""What a candidate of a month is, and what every finder reads."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from minzheng.areas.queries import within
from minzheng.awards.models import Award
from minzheng.core.errors import Text
from minzheng.core.money import format_yuan


@dataclass(frozen=True)
class Candidate:
    """Something to confirm in a month. `effect`: fen that one pay cycle changes by from `since` on. `permission`: who
    may accept it, in its area. `accepts` False: one click is not enough; `url_of` is the record where it is done."""

    key: str
    kind: str
    programme: str
    who: str
    area: str
    effect: int
    since: dt.date
    text: Text
    url_of: tuple[str, int]
    permission: str
    accepts: bool = True


Finder = Callable[[str, dt.date], list[Candidate]]


def running(area: str, month: dt.date) -> QuerySet[Award]:
    """The awards in force in a month; those paid once are done."""
    return (
        Award.objects.filter(within(area), Q(last_month=None) | Q(last_month__gte=month), first_month__lte=month)
        .exclude(end_reason="once")
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )


def programmes(area: str, month: dt.date) -> list[str]:
    return sorted(running(area, month).order_by().values_list("programme", flat=True).distinct())


def from_to(why: Text, before: int, after: int) -> Text:
    amounts = f"{format_yuan(before, separators=False)} → {format_yuan(after, separators=False)}"
    return {"zh-Hans": f"{why['zh-Hans']}：{amounts} 元", "en": f"{why['en']}: {amounts} yuan"}
