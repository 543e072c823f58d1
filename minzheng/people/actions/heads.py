"""A family goes on under another head: in the same file, or, where the head has died, in a new one."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.core import audit, clock, events, tasks
from minzheng.core.errors import Refused, refuse
from minzheng.people import queries, relations
from minzheng.people.actions.files import close, move_members, open_after
from minzheng.people.actions.households import closed
from minzheng.people.models import Circle, Household, Membership, Person, Relation, SuccessionKind
from minzheng.people.rows import supersede

By = Any
NAME_HEAD = "people.name_head"
REFER_MINORS = "people.refer_minors"
HEAD_DIED = {"zh-Hans": "户主去世：确定新户主，转立新档", "en": "The head has died: name another, open the new file"}
MINORS_LEFT = {
    "zh-Hans": "户内只剩未成年人：落实监护人，转介儿童福利",
    "en": "Only minors are left: name a guardian and refer them",
}


def ask_for_head(*, by: By, household: Household, died: Person, on: dt.date) -> None:
    """After a verified death of a head: who is left needs another; minors alone are referred; an empty file is closed.
    Part of the action that verified it."""
    left = [row.person for row in queries.members(household, max(on, clock.today()))]
    if not left:
        close(by=by, household=household, on=on, reason="died")
        return
    alone = all(queries.is_minor(person, clock.today()) for person in left)
    tasks.close_tasks(subject=household, by=by, kind=NAME_HEAD if alone else REFER_MINORS)
    tasks.open_task(
        REFER_MINORS if alone else NAME_HEAD,
        subject=household,
        area=household.area_id,
        label=MINORS_LEFT if alone else HEAD_DIED,
        permission="people.edit",
        who=died.name,
        people=len(left),
    )


@transaction.atomic
def succeed(
    *,
    by: By,
    household: Household,
    head: Person,
    payee: Person | None = None,
    relation: Mapping[int, str] | None = None,
    number: str = "",
) -> Household:
    """The head has died (户主死亡): the old file is closed with the day of the death, a new one opened for those who
    remain, under a new head, with what is known of them; each names the other. What they receive and what is applied
    for goes on under the new file (`household.succeeded`).

    payee: whose account is paid from now on (the new head's). relation: to the new head, by person, where it does not
    follow from the old one. Refuses where the death is not verified, where there is a head, and where only minors are
    left (`refer_minors`).
    """
    left = _survivors(by, household, head)
    if all(queries.is_minor(row.person, clock.today()) for row in left):
        raise refuse(
            "household.only_minors",
            zh="{household} 户内只剩未成年人，不能由其当户主领款。",
            en="Only minors are left in {household}; none of them can be its head and be paid.",
            remedy_zh="请办理“转介儿童福利”，写明监护人，由监护人代领。",
            remedy_en="Refer them to the children's line and name a guardian, who is paid for them.",
            household=household.number,
        )
    if queries.is_minor(head, clock.today()):
        raise refuse(
            "household.minor_head",
            zh="{person}未成年，户内还有成年人。",
            en="{person} is a minor, and there are adults in the family.",
            remedy_zh="请选一名成年家庭成员作户主。",
            remedy_en="Choose an adult of the family.",
            person=head.name,
        )
    return _go_on(by, household, head, left, payee or head, relation or {}, number)


@transaction.atomic
def refer_minors(*, by: By, household: Household, guardian: Person, note: str, number: str = "") -> Household:
    """Only minors are left (转介儿童福利): their file goes on under the eldest, a guardian is paid for them, and the
    children's line is told (`household.minors_left`, of which others make the paper). Nothing that they receive ends.
    """
    if not note.strip() or queries.is_minor(guardian, clock.today()):
        raise refuse(
            "household.guardian",
            zh="转介须写明未成年人的情况，并指定一名成年监护人。",
            en="A referral says how the children live, and names a guardian of age.",
            remedy_zh="请填写照料情况、监护人（亲属、村居委会指定的人）。",
            remedy_en="Say who looks after them, and name the guardian.",
            rule="民法典第二十七条；国办发〔2016〕36号",
        )
    eldest = min(
        (row.person for row in queries.members(household, clock.today())), key=lambda one: one.birth_date, default=None
    )
    left = _survivors(by, household, eldest)
    if eldest is None or not all(queries.is_minor(row.person, clock.today()) for row in left):
        raise refuse(
            "household.adults_left",
            zh="{household} 户内还有成年人，不必转介。",
            en="There are adults left in {household}; nobody is referred.",
            remedy_zh="请确定新户主，转立新档。",
            remedy_en="Name the new head and open the new file.",
            household=household.number,
        )
    after = _go_on(by, household, eldest, left, guardian, {}, number)
    payload = {"guardian": guardian.pk, "note": note.strip()}
    events.publish("household.minors_left", by=by, on=clock.today(), subject=after, area=after.area_id, payload=payload)
    return after


@transaction.atomic
def change_head(
    *, by: By, household: Household, head: Person, relation: Mapping[int, str] | None = None, on: dt.date | None = None
) -> None:
    """Another of the family becomes its head, nobody having died (户主变更): the file stays, relations are to the new
    head from this day on, and what was paid to the old head is paid to the new one (`household.head_changed`)."""
    perms.require(by, "people.edit", household.area_id)
    on = on or clock.today()
    rows = list(queries.members(household, on).filter(valid_to=None).select_for_update(of=("self",)))
    old = next((row for row in rows if row.relation == Relation.HEAD), None)
    new = next((row for row in rows if row.person_id == head.pk), None)
    if old is None:
        raise _no_head(household)
    if new is None or new is old or queries.is_minor(head, on) or head.died_on is not None:
        raise _cannot_head(household, head)
    for row in rows:
        is_to = (
            str(Relation.HEAD)
            if row is new
            else (relation or {}).get(row.person_id) or relations.anew(new.relation, row.relation)
        )
        supersede(row)
        if row.valid_from < on:
            Membership.objects.create(**_as(row, row.relation, row.valid_from, on, "head_changed"))
        Membership.objects.create(**_as(row, is_to, max(row.valid_from, on), None, row.reason))
    detail = {"before": old.person_id, "after": head.pk, "on": on.isoformat()}
    audit.record("people.change_head", by=by, subject=household, area=household.area_id, detail=detail)
    payload = {"before": old.person_id, "after": head.pk}
    events.publish("household.head_changed", by=by, on=on, subject=household, area=household.area_id, payload=payload)


def next_number(household: Household) -> str:
    """The number of the file that follows: JB2010001 → JB2010001-2 → JB2010001-3; the next that is free."""
    found = re.fullmatch(r"(.+?)-(\d{1,2})", household.number)
    stem, last = (found[1], int(found[2])) if found else (household.number, 1)
    taken = set(Household.objects.filter(number__startswith=f"{stem}-").values_list("number", flat=True))
    return next(one for last_ in range(last + 1, 1000) if (one := f"{stem}-{last_}") not in taken)


def _survivors(by: By, household: Household, head: Person | None) -> list[Membership]:
    """Who is left of a family whose head has died, checked."""
    perms.require(by, "people.edit", household.area_id)
    household = Household.objects.select_for_update().get(pk=household.pk)
    if household.dissolved_on is not None or household.circle != Circle.FAMILY:
        raise closed(household)
    left = list(queries.members(household, clock.today()))
    present = next((row for row in left if row.relation == Relation.HEAD), None)
    if present is not None:
        raise refuse(
            "household.has_head",
            zh="{household} 有户主（{person}）。",
            en="{household} has a head ({person}).",
            remedy_zh="户主去世的，先登记并核实死亡；没有去世的，办理户主变更。",
            remedy_en="Record and verify the death first; where nobody died, change the head.",
            household=household.number,
            person=present.person.name,
        )
    if head is None or all(row.person_id != head.pk for row in left) or head.died_on is not None:
        raise _cannot_head(household, head)
    return left


def _go_on(
    by: By,
    household: Household,
    head: Person,
    left: list[Membership],
    payee: Person,
    relation: Mapping[int, str],
    number: str,
) -> Household:
    died = (
        Membership.objects.filter(household=household, relation=Relation.HEAD, superseded_at=None)
        .exclude(valid_to=None)
        .order_by("-valid_to", "-pk")
        .first()
    )
    if died is None or died.valid_to is None:
        raise _no_head(household)
    since = died.valid_to
    head_was = next(row.relation for row in left if row.person_id == head.pk)
    to_head = {
        row.person_id: str(Relation.HEAD)
        if row.person_id == head.pk
        else relation.get(row.person_id) or relations.anew(head_was, row.relation)
        for row in left
    }
    after = open_after(
        by=by,
        before=household,
        kind=SuccessionKind.HEAD_DIED,
        number=number or next_number(household),
        on=since,
        note=died.person.name,
    )
    move_members(by=by, before=household, after=after, rows=left, relation=to_head, on=since, reason="head_died")
    close(by=by, household=household, on=since, reason="head_died")
    payload = {"before": household.pk, "kind": str(SuccessionKind.HEAD_DIED), "payee": payee.pk, "died": died.person_id}
    events.publish("household.succeeded", by=by, on=since, subject=after, area=after.area_id, payload=payload)
    return after


def _as(row: Membership, relation: str, since: dt.date, until: dt.date | None, reason: str) -> dict[str, Any]:
    return {
        "household_id": row.household_id, "person_id": row.person_id, "circle": row.circle, "relation": relation,
        "valid_from": since, "valid_to": until, "reason": reason, "area_id": row.area_id,
    }  # fmt: skip


def _no_head(household: Household) -> Refused:
    return refuse(
        "household.no_head",
        zh="{household} 没有户主。",
        en="{household} has no head.",
        remedy_zh="户主去世的，核实死亡后办理“确定新户主”。",
        remedy_en="Where the head has died, verify the death, then name the new head.",
        household=household.number,
    )


def _cannot_head(household: Household, head: Person | None) -> Refused:
    return refuse(
        "household.cannot_head",
        zh="{person}不能作 {household} 的户主。",
        en="{person} cannot be the head of {household}.",
        remedy_zh="新户主须是本户在世的成年成员，且不是现任户主。",
        remedy_en="The new head is a living adult of the family, and not the head already.",
        household=household.number,
        person=head.name if head else "—",
    )
