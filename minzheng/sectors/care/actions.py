"""Writing the register of left-behind people."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.access import perms
from minzheng.core import audit
from minzheng.core.errors import refuse
from minzheng.people.models import Person
from minzheng.people.queries import age
from minzheng.sectors.care.models import LeftBehind, LeftBehindKind

FITS = {
    LeftBehindKind.CHILD: lambda years, sex: years < 16,
    LeftBehindKind.WOMAN: lambda years, sex: sex == "female" and 16 <= years < 60,
    LeftBehindKind.ELDER: lambda years, sex: years >= 60,
}
"""Whom each list is for: children under 16, women of 16 to 59, elders from 60 up [K]."""


@transaction.atomic
def register_left_behind(
    *, by: Any, person: Person, kind: str, on: dt.date, who_is_away: str = "", carer: str = "", needs: str = ""
) -> LeftBehind:
    """Put a person on the register; refuses one whose age or sex does not fit the list, or who is on it already."""
    perms.require(by, "registers.edit", person.area_id)
    if not FITS[LeftBehindKind(kind)](age(person, on), person.sex):
        raise refuse(
            "left_behind.kind",
            zh="{person}的年龄或性别不符合“{kind}”名册。",
            en="{person}'s age or sex does not fit this list ({kind}).",
            remedy_zh="未满16周岁为留守儿童，16至59周岁女性为留守妇女，60周岁以上为留守老人。",
            remedy_en="Children are under 16, women from 16 to 59, elders from 60 up.",
            person=person.name,
            kind=LeftBehindKind(kind).label,
        )
    try:
        with transaction.atomic():
            entry = LeftBehind.objects.create(
                person=person,
                kind=kind,
                area_id=person.area_id,
                registered_on=on,
                who_is_away=who_is_away,
                carer=carer,
                needs=needs,
            )
    except IntegrityError as error:
        raise refuse(
            "left_behind.twice",
            zh="{person}已在“{kind}”名册中。",
            en="{person} is on this list already ({kind}).",
            remedy_zh="请打开原有登记进行修改。",
            remedy_en="Open the entry that exists.",
            person=person.name,
            kind=LeftBehindKind(kind).label,
        ) from error
    audit.record("care.register", by=by, subject=entry, area=entry.area_id, detail={"kind": kind})
    return entry


@transaction.atomic
def end_left_behind(*, by: Any, entry: LeftBehind, on: dt.date, reason: str) -> LeftBehind:
    """Take a person off the register from a day on, with the reason."""
    perms.require(by, "registers.edit", entry.area_id)
    entry.ended_on, entry.end_reason = on, reason
    entry.save(update_fields=["ended_on", "end_reason"])
    audit.record("care.end", by=by, subject=entry, area=entry.area_id, detail={"reason": reason})
    return entry
