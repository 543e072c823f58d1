"""A death: recorded once, then verified by the office."""

import datetime as dt
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.core import audit, clock, events, tasks
from minzheng.core.errors import refuse
from minzheng.people.actions.heads import ask_for_head
from minzheng.people.actions.households import end_membership
from minzheng.people.models import Circle, FactSource, Household, Membership, Person, Relation

By = Any


@transaction.atomic
def record_death(*, by: By, person: Person, on: dt.date, source: str = FactSource.DECLARED) -> None:
    """Record a death once: every benefit is flagged the same day and what is unsent is held, until it is verified."""
    perms.require(by, "people.edit", person.area_id)
    if on > clock.today() or on < person.birth_date:
        raise refuse(
            "person.death_day",
            zh="死亡日期 {on} 不在出生日期与今天之间。",
            en="The day of death {on} is not between birth and today.",
            remedy_zh="请核对死亡证明上的日期。",
            remedy_en="Check the day on the death certificate.",
            on=on,
        )
    person.died_on = on
    person.death_verified_on = None
    person.save(update_fields=["died_on", "death_verified_on"])
    audit.record("people.record_death", by=by, subject=person, area=person.area_id, detail={"on": on.isoformat()})
    tasks.open_task(
        "people.verify_death",
        subject=person,
        area=person.area_id,
        label={"zh-Hans": "核实死亡信息", "en": "Verify the reported death"},
        permission="people.edit",
        who=person.name,
    )
    events.publish("person.died", by=by, on=on, subject=person, area=person.area_id, payload={"source": source})


@transaction.atomic
def verify_death(*, by: By, person: Person) -> None:
    """A person of the office confirms a recorded death: they leave their circles, their benefits are worked out anew,
    and where they were the head of a family another is asked for."""
    perms.require(by, "people.edit", person.area_id)
    if person.died_on is None:
        raise refuse(
            "person.not_dead",
            zh="{person}没有死亡登记，无从核实。",
            en="No death of {person} is recorded.",
            remedy_zh="请先登记死亡日期。",
            remedy_en="Record the day of death first.",
            person=person.name,
        )
    left: list[Household] = []
    person.death_verified_on = clock.today()
    person.save(update_fields=["death_verified_on"])
    for membership in Membership.objects.filter(person=person, superseded_at=None, valid_to=None).select_related(
        "household"
    ):
        end_membership(by=by, household=membership.household, person=person, on=person.died_on, reason="died")
        left.append(membership.household)
    audit.record("people.verify_death", by=by, subject=person, area=person.area_id)
    tasks.close_tasks(subject=person, by=by, kind="people.verify_death")
    for household in left:
        if household.circle == Circle.FAMILY and _headless(household):
            ask_for_head(by=by, household=household, died=person, on=person.died_on)
    events.publish("person.death_verified", by=by, on=person.died_on, subject=person, area=person.area_id)


@transaction.atomic
def refute_death(*, by: By, person: Person, note: str) -> None:
    """What was reported is wrong, the person is alive: only the audit keeps it, and what was held for it is paid again,
    with arrears. note: how that was found out. A verified death is not taken back so."""
    perms.require(by, "people.edit", person.area_id)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.died_on is None or person.death_verified_on is not None:
        raise refuse(
            "person.no_death_to_refute",
            zh="{person}没有待核实的死亡登记。",
            en="No death of {person} waits to be verified.",
            remedy_zh="已经核实的死亡不能在此撤销：已停发的待遇请重新办理申请。",
            remedy_en="A death that was verified is not taken back here: apply anew for what has ended.",
            person=person.name,
        )
    if not note.strip():
        raise refuse(
            "person.refutation_unexplained",
            zh="没有写明怎样核实{person}健在。",
            en="How it was found out that {person} is alive is missing.",
            remedy_zh="请写明核实的方式和日期，例如“7月3日入户见到本人”。",
            remedy_en="Say how and when, for example “seen at home on 3 July”.",
            person=person.name,
        )
    detail = {"was": person.died_on.isoformat(), "note": note.strip()}
    person.died_on = None
    person.save(update_fields=["died_on"])
    audit.record("people.refute_death", by=by, subject=person, area=person.area_id, detail=detail)
    tasks.close_tasks(subject=person, by=by, kind="people.verify_death")
    events.publish("person.death_refuted", by=by, on=clock.today(), subject=person, area=person.area_id)


def _headless(household: Household) -> bool:
    """Whether nobody leads a family (or nobody is left in it)."""
    leads = Membership.objects.filter(household=household, relation=Relation.HEAD, superseded_at=None, valid_to=None)
    return not leads.exists()
