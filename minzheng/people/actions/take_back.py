"""A record about a whole family that was a mistake, or that came to nothing, is taken back: its files, who belongs to
them and what is known of them are as they were before it."""

from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.core import audit, events
from minzheng.core.errors import refuse
from minzheng.people.actions.files import close
from minzheng.people.models import Circle, Fact, Household, Membership, SuccessionKind
from minzheng.people.records import MOVED_OUT, Record, record_about
from minzheng.people.rows import supersede

By = Any


@transaction.atomic
def take_back(*, by: By, household: Household, note: str) -> None:
    """The newest record about a family (并户, 分户, 迁出本县) is taken back. note: why. The cases that it has opened
    are withdrawn, and what was held for it is paid (`household.put_back`).

    Refuses where there is no such record, where people have come or gone since, no reason; and, by those who listen,
    where what it led to is decided or carried out.
    """
    perms.require(by, "people.edit", household.area_id)
    household = Household.objects.select_for_update().get(pk=household.pk)
    record = record_about(household)
    if record is None or not note.strip():
        raise refuse(
            "household.nothing_to_take_back",
            zh="{household} 没有可以撤销的并户、分户或迁出登记，或者没有写明原因。",
            en="{household} has no merging, splitting or move out of the county to take back, or no reason is given.",
            remedy_zh="请写明原因；之后又有变化的，先把后来的变化更正。",
            remedy_en="Give the reason; where something else was recorded since, correct that first.",
            household=household.number,
        )
    list(Household.objects.select_for_update().filter(pk__in=[one.pk for one in record.files]).order_by("pk"))
    for one in record.files:
        perms.require(by, "people.edit", one.area_id)
    persons = _put_people_back(record)
    _put_files_back(by, record)
    detail = {"kind": record.kind, "on": record.on.isoformat(), "note": note.strip()}
    audit.record("people.take_back", by=by, subject=household, area=household.area_id, detail=detail)
    payload = {
        "kind": record.kind,
        "files": [one.pk for one in record.files],
        "persons": persons,
        "on": record.on.isoformat(),
        "note": note.strip(),
    }
    events.publish(
        "household.put_back", by=by, on=record.on, subject=household, area=household.area_id, payload=payload
    )


def _put_people_back(record: Record) -> list[int]:
    """Who belongs to the files is as it was; the ids of those who were moved. Refuses where they have moved on."""
    rows = list(Membership.objects.select_for_update().filter(household__in=record.files).order_by("pk"))
    made = [row for row in rows if row.recorded_at >= record.since]
    if any(row.superseded_at is not None or row.reason != record.reason for row in made):
        raise _changed_since(record)
    persons = {row.person_id for row in made}
    if record.kind == MOVED_OUT:
        before = [_reopened(row) for row in made]
    else:
        known = [row for row in rows if row.recorded_at < record.since]
        before = [row for row in known if row.superseded_at is not None and row.superseded_at > record.since]
    for row in made:
        supersede(row)
    elsewhere = Membership.objects.filter(person__in=persons, circle=Circle.FAMILY, superseded_at=None, valid_to=None)
    if elsewhere.exists():
        raise _changed_since(record)
    for row in before:
        row.pk, row.superseded_at = None, None
        row.save(force_insert=True)
    return sorted(persons)


def _reopened(row: Membership) -> Membership:
    return Membership(
        household_id=row.household_id, person_id=row.person_id, circle=row.circle, relation=row.relation,
        valid_from=row.valid_from, area_id=row.area_id,
    )  # fmt: skip


def _put_files_back(by: By, record: Record) -> None:
    """The closed file is open again, a new one is closed, what was entered of the one that stays is as it was."""
    before = record.files[0]
    stays = record.files[-1] if record.kind == SuccessionKind.MERGED else before
    if record.kind == SuccessionKind.SPLIT:
        close(by=by, household=record.files[1], on=record.on, reason="taken_back")
    else:
        before.dissolved_on = None
        before.save(update_fields=["dissolved_on"])
        audit.record("people.reopen_file", by=by, subject=before, area=before.area_id)
    if record.link is None:
        return
    supersede(record.link)
    facts = list(Fact.objects.select_for_update().filter(household=stays).order_by("pk"))
    for fact in facts:
        if fact.recorded_at >= record.since and fact.superseded_at is None:
            supersede(fact)
    for fact in facts:
        if fact.recorded_at < record.since and fact.superseded_at is not None and fact.superseded_at > record.since:
            fact.pk, fact.superseded_at = None, None
            fact.save(force_insert=True)


def _changed_since(record: Record) -> Exception:
    return refuse(
        "household.changed_since_record",
        zh="{on} 的登记以后，这几户的人员又有变化，不能撤销。",
        en="People have come, gone or died since the record of {on}; it cannot be taken back.",
        remedy_zh="请按现在的情况办理：重新并户、分户，或者逐人增减。",
        remedy_en="Handle it as things are now: merge or split anew, or let people join and leave one by one.",
        on=record.on,
    )
