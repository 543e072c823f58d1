"""Reading the register of left-behind people, and the measures made of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Value

from minzheng.areas.queries import within
from minzheng.indicators.measures import Period, Records, Row, register_kind
from minzheng.people.models import Circle, Membership, Person
from minzheng.people.queries import holding
from minzheng.sectors.care.models import LeftBehind, LeftBehindKind

ONE = Value(1, output_field=IntegerField())


def register_on(area: str, on: dt.date, kind: str | None = None) -> QuerySet[LeftBehind]:
    """Who was on the register on a day."""
    entries = LeftBehind.objects.filter(
        within(area), Q(ended_on=None) | Q(ended_on__gt=on), registered_on__lte=on
    ).select_related("person", "area")
    if kind:
        entries = entries.filter(kind=kind)
    return entries.order_by("area_id", "kind", "pk")


def _left_behind(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    entries = register_on(area, period.last, parameters["register"])
    return Records(entries.annotate(contributes=ONE), _read_entries)


def _read_entries(entries: QuerySet[LeftBehind]) -> list[Row]:
    return [
        Row(
            who=entry.person.name,
            area_code=entry.area_id,
            detail=LeftBehindKind(entry.kind).label,
            value=1,
            on=entry.registered_on,
            link=("person", entry.person_id),
        )
        for entry in entries
    ]


def _living_alone(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Living people who form a family by themselves and reach an age from `from_age` up in the coming year, but not yet
    `to_age` when it begins: whom a screening has to visit."""
    coming = period.last.year + 1
    oldest = dt.date(coming - int(parameters["to_age"]) - 1, 1, 2)
    youngest = dt.date(coming - int(parameters["from_age"]), 12, 31)
    together = Membership.objects.filter(holding(period.last), circle=Circle.FAMILY)
    single = together.values("household").annotate(people=Count("pk")).filter(people=1).values("household")
    alone = together.filter(household__in=single).values("person")
    people = Person.objects.filter(within(area), died_on=None, birth_date__range=(oldest, youngest), pk__in=alone)
    return Records(people.annotate(contributes=ONE).order_by("area_id", "pk"), _read_people)


def _read_people(people: QuerySet[Person]) -> list[Row]:
    return [
        Row(
            who=person.name,
            area_code=person.area_id,
            detail=f"{person.birth_date:%Y-%m-%d}",
            value=1,
            link=("person", person.pk),
        )
        for person in people
    ]


def register_kinds() -> None:
    """Called at start-up."""
    register_kind("care.left_behind", _left_behind)
    register_kind("care.living_alone", _living_alone)
