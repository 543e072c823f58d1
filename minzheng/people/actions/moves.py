"""A family moves: inside the county its file is handed over to another township, outside it is closed."""

import datetime as dt
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.access.scope import scope
from minzheng.areas import queries as areas
from minzheng.core import audit, clock, events, tasks
from minzheng.core.errors import refuse
from minzheng.people import queries
from minzheng.people.actions.files import close, move_members, open_after
from minzheng.people.actions.heads import next_number
from minzheng.people.actions.households import end_membership
from minzheng.people.models import (
    AccountAgreement,
    Circle,
    Fact,
    Household,
    Identifier,
    Membership,
    Person,
    PersonMove,
    Relation,
    SearchToken,
    SuccessionKind,
)
from minzheng.people.rows import supersede

By = Any
COMMUNITY = 12
COUNTY = 6


@transaction.atomic
def hand_over(
    *, by: By, household: Household, to_area: str, on: dt.date | None = None, address: str = "", number: str = ""
) -> Household:
    """A family moves to another village of the county (迁移): a new file is opened there and names the old one, which
    is closed; its people, their numbers and what is known of them are the new office's from now on, the old one goes on
    seeing what it did. What they receive goes on there (`household.handed_over`). The whole act crosses areas, so it
    runs in the scope of both, and the new office is asked to look it through.

    Refuses a place outside the county (`move_out`), a family without a head, and an unverified death.
    """
    perms.require(by, "people.edit", household.area_id)
    on = on or clock.today()
    if to_area[:COUNTY] != household.area_id[:COUNTY] or len(to_area) != COMMUNITY or to_area == household.area_id:
        raise refuse(
            "household.hand_over_place",
            zh="“{place}”不是本县另一个村（社区）。",
            en="“{place}” is not another village or community of this county.",
            remedy_zh="县内迁移请选到村（社区）；迁往县外的，办理“迁出本县”。",
            remedy_en="Choose the village for a move inside the county; record a move out of it as such.",
            place=areas.name(to_area),
        )
    with scope([household.area_id, to_area]):
        rows = _movers(household, on)
        after = open_after(
            by=by,
            before=household,
            kind=SuccessionKind.MOVED,
            number=number or next_number(household),
            on=on,
            area=to_area,
            address=address or areas.name(to_area),
        )
        relation = {row.person_id: row.relation for row in rows}
        move_members(by=by, before=household, after=after, rows=rows, relation=relation, on=on, reason="moved")
        for row in rows:
            _move_person(by, row.person, to_area, on, address)
        close(by=by, household=household, on=on, reason="moved")
        tasks.open_task(
            "people.receive_file",
            subject=after,
            area=to_area,
            label={"zh-Hans": "接收迁入档案，核对家庭情况", "en": "Look through a file that was handed over"},
            permission="people.edit",
            who=next(row.person.name for row in rows if row.relation == Relation.HEAD),
            people=len(rows),
        )
        payload = {"before": household.pk, "persons": [row.person_id for row in rows]}
        events.publish("household.handed_over", by=by, on=on, subject=after, area=to_area, payload=payload)
    return after


@transaction.atomic
def receive_file(*, by: By, household: Household) -> None:
    """The new office has looked through a file that was handed over."""
    perms.require(by, "people.edit", household.area_id)
    tasks.close_tasks(subject=household, by=by, kind="people.receive_file")
    audit.record("people.receive_file", by=by, subject=household, area=household.area_id)


@transaction.atomic
def move_out(*, by: By, household: Household, to: str, on: dt.date | None = None) -> None:
    """A family leaves the county (迁出): its file is closed. What it receives is held, and ends by a decision that this
    record asks for (`household.moved_out`)."""
    perms.require(by, "people.edit", household.area_id)
    on = on or clock.today()
    if not to.strip():
        raise refuse(
            "household.move_out_place",
            zh="没有写明迁往哪里。",
            en="Where the family moves is missing.",
            remedy_zh="请写明迁往的省、市、县，交接单要用。",
            remedy_en="Enter province, city and county; the hand-over paper names them.",
        )
    rows = _movers(household, on)
    for row in rows:
        end_membership(by=by, household=household, person=row.person, on=on, reason="moved")
    close(by=by, household=household, on=on, reason="moved")
    payload = {"to": to.strip(), "persons": [row.person_id for row in rows]}
    events.publish("household.moved_out", by=by, on=on, subject=household, area=household.area_id, payload=payload)


def _movers(household: Household, on: dt.date) -> list[Membership]:
    """Who moves: the whole family, with its head, everybody's death verified. Refuses anything else."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    rows = list(queries.members(household, clock.today()))
    reported = any(row.person.died_on is not None for row in rows)
    headless = all(row.relation != Relation.HEAD for row in rows)
    if household.dissolved_on is not None or household.circle != Circle.FAMILY or headless or reported:
        raise refuse(
            "household.cannot_move",
            zh="{household} 现在不能办理迁移：已注销、没有户主，或有死亡还没有核实。",
            en="{household} cannot be moved: it is closed, has no head, or a death in it is not verified.",
            remedy_zh="请先核实死亡、确定户主；已注销的打开接续的新档。",
            remedy_en="Verify the death and name the head first; open the file that follows a closed one.",
            household=household.number,
        )
    latest = max(row.valid_from for row in rows)
    if not latest <= on <= clock.today():
        raise refuse(
            "household.move_day",
            zh="迁移日期 {on} 不在 {since} 与今天之间。",
            en="The day {on} of the move is not between {since} and today.",
            remedy_zh="请填写实际迁移日期；成员进户之后才能一起迁移。",
            remedy_en="Enter the day of the move; it is not before a member came into the family.",
            on=on,
            since=latest,
        )
    return rows


def _move_person(by: By, person: Person, to_area: str, on: dt.date, address: str) -> None:
    """Somebody, their numbers and what is known of them are another office's; the old one goes on seeing the person."""
    PersonMove.objects.create(person=person, area_id=to_area, from_area_id=person.area_id, on=on)
    for fact in Fact.objects.filter(person=person, superseded_at=None).order_by("pk"):
        supersede(fact)
        fact.pk, fact.superseded_at, fact.area_id = None, None, to_area
        fact.save(force_insert=True)
    Identifier.objects.filter(person=person).update(area_id=to_area)
    AccountAgreement.objects.filter(person=person).update(area_id=to_area)
    SearchToken.objects.filter(person=person).update(area_id=to_area)
    detail = {"before": person.area_id, "after": to_area, "on": on.isoformat()}
    person.area_id = to_area
    person.address = address or person.address
    person.save(update_fields=["area", "address"])
    audit.record("people.move_person", by=by, subject=person, area=to_area, detail=detail)
