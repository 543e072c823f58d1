"""Forming households, and who comes into them and leaves."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import audit
from minzheng.core.errors import Refused, refuse
from minzheng.people.models import Circle, Household, Membership, Person, Relation
from minzheng.people.rows import supersede

By = Any


@transaction.atomic
def form_household(
    *,
    by: By,
    circle: str,
    area: str,
    residence: str,
    number: str,
    formed_on: dt.date,
    members: Sequence[tuple[Person, str]],
    address: str = "",
) -> Household:
    """Form a registered household or a family; exactly one of its members is the head."""
    perms.require(by, "people.edit", area, "cases.apply")
    heads = [person for person, relation in members if relation == Relation.HEAD]
    if len(heads) != 1:
        raise refuse(
            "household.head",
            zh="一户须有且只有一名户主，现有 {count} 名。",
            en="A household has exactly one head; there are {count}.",
            remedy_zh="请把与户主关系为“户主”的成员改为一人。",
            remedy_en="Mark exactly one member as head.",
            count=len(heads),
        )
    household = create(
        circle=circle, area=area, residence=residence, number=number, formed_on=formed_on, address=address
    )
    for person, relation in members:
        join(by=by, household=household, person=person, relation=relation, on=formed_on, reason="formed")
    detail = {"circle": circle, "members": [person.pk for person, _ in members]}
    audit.record("people.form_household", by=by, subject=household, area=area, detail=detail)
    return household


def create(*, circle: str, area: str, residence: str, number: str, formed_on: dt.date, address: str = "") -> Household:
    """An empty file. Part of the actions that form a household or go on from another; refuses a number in use."""
    try:
        with transaction.atomic():
            return Household.objects.create(
                circle=circle,
                area=areas.area(area),
                residence=residence,
                number=number,
                formed_on=formed_on,
                address=address,
            )
    except IntegrityError as error:
        raise refuse(
            "household.number",
            zh="档案号“{number}”已经用过。",
            en="The file number “{number}” is in use.",
            remedy_zh="请换一个档案号，例如在前面加上本镇的简称。",
            remedy_en="Use another, for example with the township's short name in front.",
            number=number,
        ) from error


@transaction.atomic
def join(*, by: By, household: Household, person: Person, relation: str, on: dt.date, reason: str = "") -> Membership:
    """A person joins a circle from this day. Refuses a closed file, and who belongs to another of the kind (the
    database too)."""
    perms.require(by, "people.edit", household.area_id, "cases.apply")
    if Household.objects.filter(pk=household.pk).exclude(dissolved_on=None).exists():
        raise closed(household)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                household=household,
                person=person,
                circle=household.circle,
                relation=relation,
                valid_from=on,
                reason=reason,
                area_id=household.area_id,
            )
    except IntegrityError as error:
        if "at_a_time" not in str(error):
            raise
        raise refuse(
            "person.two_families",
            zh="{person}在 {on} 已属于另一个{circle}。",
            en="On {on} {person} already belongs to another household of this kind ({circle}).",
            remedy_zh="请先在原户办理减员（填写离开日期），再加入本户。",
            remedy_en="Let them leave the other household first (with the day), then add them here.",
            rule="一人一户",
            person=person.name,
            on=on,
            circle=Circle(household.circle).label,
        ) from error
    detail = {"person": person.pk, "on": on.isoformat(), "reason": reason}
    audit.record("people.join", by=by, subject=household, area=household.area_id, detail=detail)
    return membership


@transaction.atomic
def leave(*, by: By, household: Household, person: Person, on: dt.date, reason: str) -> Membership:
    """A person is no longer of a circle from this day on (the day itself is not counted any more). Refuses the head of
    a family where others stay."""
    perms.require(by, "people.edit", household.area_id)
    _refuse_headless(household, person, on)
    return end_membership(by=by, household=household, person=person, on=on, reason=reason)


def _refuse_headless(household: Household, person: Person, on: dt.date) -> None:
    """A head who leaves leaves nobody behind: a family is paid by its head."""
    rows = Membership.objects.filter(household=household, superseded_at=None, valid_to=None)
    leads = rows.filter(person=person, relation=Relation.HEAD).exists()
    if household.circle == Circle.FAMILY and leads and rows.exclude(person=person).exists():
        raise refuse(
            "household.head_leaves",
            zh="{person}是 {household} 的户主，离开后本户没有户主。",
            en="{person} is the head of {household}, which would be left without one.",
            remedy_zh="请先办理户主变更；全户迁走的办理迁移。",
            remedy_en="Change the head first; where the whole family moves, record the move.",
            person=person.name,
            household=household.number,
        )


def end_membership(*, by: By, household: Household, person: Person, on: dt.date, reason: str) -> Membership:
    """Somebody is no longer of a circle from this day on. Part of an action."""
    current = (
        Membership.objects.select_for_update()
        .filter(household=household, person=person, superseded_at=None, valid_to=None)
        .first()
    )
    if current is None:
        raise refuse(
            "household.not_member",
            zh="{person}现在不是 {household} 的成员。",
            en="{person} is not a member of {household} now.",
            remedy_zh="请在“人员与圈层”里核对其所在的户。",
            remedy_en="Look up the household they belong to.",
            person=person.name,
            household=household.number,
        )
    supersede(current)
    closed = Membership.objects.create(
        household=household,
        person=person,
        circle=current.circle,
        relation=current.relation,
        valid_from=current.valid_from,
        valid_to=on,
        reason=reason,
        area_id=household.area_id,
    )
    detail = {"person": person.pk, "on": on.isoformat(), "reason": reason}
    audit.record("people.leave", by=by, subject=household, area=household.area_id, detail=detail)
    return closed


def closed(household: Household) -> Refused:
    """Nobody goes on in this file."""
    return refuse(
        "household.closed",
        zh="{household} 已注销，或不是共同生活家庭。",
        en="{household} is closed, or is no family that lives together.",
        remedy_zh="请打开接续的新档办理。",
        remedy_en="Open the file that follows it.",
        household=household.number,
    )
