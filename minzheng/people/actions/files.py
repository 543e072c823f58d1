"""A family's file: closed, opened anew, and those who go on in it. Parts of actions, which publish what follows."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from minzheng.core import audit, tasks
from minzheng.people.actions.households import create
from minzheng.people.models import Fact, Household, Membership, Succession
from minzheng.people.rows import supersede

By = Any


def close(*, by: By, household: Household, on: dt.date, reason: str) -> None:
    """No family goes on in this file from this day on; what was asked about it is done."""
    household.dissolved_on = on
    household.save(update_fields=["dissolved_on"])
    tasks.close_tasks(subject=household, by=by)
    detail = {"on": on.isoformat(), "reason": reason}
    audit.record("people.close_file", by=by, subject=household, area=household.area_id, detail=detail)


def open_after(
    *, by: By, before: Household, kind: str, number: str, on: dt.date, note: str = "", area: str = "", address: str = ""
) -> Household:
    """A new file that goes on from another, with what is known of the household as such."""
    after = create(
        circle=before.circle,
        area=area or before.area_id,
        residence=before.residence,
        number=number,
        formed_on=on,
        address=address or before.address,
    )
    chain(before=before, after=after, kind=kind, on=on, note=note)
    copy_facts(before, after)
    detail = {"before": before.number, "kind": kind, "on": on.isoformat()}
    audit.record("people.open_file", by=by, subject=after, area=after.area_id, detail=detail)
    return after


def chain(*, before: Household, after: Household, kind: str, on: dt.date, note: str = "") -> Succession:
    """Each of the two files names the other."""
    return Succession.objects.create(
        before=before, after=after, kind=kind, on=on, note=note, area_id=after.area_id, from_area_id=before.area_id,
        before_number=before.number, after_number=after.number,
    )  # fmt: skip


def copy_facts(before: Household, after: Household) -> None:
    """What is known of the household holds for the new file, from the same source and since the same day."""
    known = Fact.objects.filter(household=before, superseded_at=None).order_by("pk")
    Fact.objects.bulk_create(
        Fact(
            household=after, name=fact.name, value=fact.value, source=fact.source, valid_from=fact.valid_from,
            valid_to=fact.valid_to, evidence_id=fact.evidence_id, area_id=after.area_id,
        )
        for fact in known
    )  # fmt: skip


def move_members(
    *,
    by: By,
    before: Household,
    after: Household,
    rows: Iterable[Membership],
    relation: Mapping[int, str],
    on: dt.date,
    reason: str,
) -> None:
    """These people are of the new file from this day on (who came later, from then), and no longer of the old one."""
    moved = list(rows)
    for row in moved:
        supersede(row)
        if row.valid_from < on:
            Membership.objects.create(
                household=before, person_id=row.person_id, circle=row.circle, relation=row.relation,
                valid_from=row.valid_from, valid_to=on, reason=reason, area_id=before.area_id,
            )  # fmt: skip
        Membership.objects.create(
            household=after, person_id=row.person_id, circle=after.circle, relation=relation[row.person_id],
            valid_from=max(row.valid_from, on), reason=reason, area_id=after.area_id,
        )  # fmt: skip
    detail = {"after": after.number, "persons": [row.person_id for row in moved], "reason": reason}
    audit.record("people.move_members", by=by, subject=before, area=before.area_id, detail=detail)
