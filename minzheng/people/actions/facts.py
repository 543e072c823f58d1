"""What is known of persons and households."""

import datetime as dt
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.core import audit
from minzheng.people import vocabulary
from minzheng.people.models import Fact, Household, Person
from minzheng.people.rows import supersede

By = Any


@transaction.atomic
def record_fact(
    *,
    by: By,
    name: str,
    value: Any,
    source: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    person: Person | None = None,
    household: Household | None = None,
    evidence: Any = None,
) -> Fact:
    """Record what is known of a person or a household from a day on (`valid_to` is the first day it no longer holds).

    `value` in the vocabulary's own type: fen, int, bool, date as text, code. A fact of the same name and source that
    runs on is ended; one that began on the same day or later is superseded.
    """
    subject = person or household
    assert subject is not None
    perms.require(by, "people.edit", subject.area_id, "cases.apply")
    vocabulary.check(name, value, "person" if person else "household")
    running = Fact.objects.select_for_update().filter(
        person=person, household=household, name=name, source=source, superseded_at=None
    )
    for fact in running:
        if fact.valid_to is not None and fact.valid_to <= valid_from:
            continue
        supersede(fact)
        if fact.valid_from < valid_from:
            Fact.objects.create(
                person=person,
                household=household,
                name=name,
                value=fact.value,
                source=source,
                valid_from=fact.valid_from,
                valid_to=valid_from,
                evidence=fact.evidence,
                area_id=fact.area_id,
            )
    fact = Fact.objects.create(
        person=person,
        household=household,
        name=name,
        value=value,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=evidence,
        area_id=subject.area_id,
    )
    detail = {"name": name, "source": source, "from": valid_from.isoformat()}
    audit.record("people.record_fact", by=by, subject=subject, area=subject.area_id, detail=detail)
    return fact
