"""Who is not covered any more while a case is open: whoever has died or has left the family. (An assessment that counts
them carries no further act: `actions.overtaken`.)"""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from minzheng.access.models import User
from minzheng.cases.models import Case, CaseMember
from minzheng.cases.refusals import death_not_verified, no_head, nobody_left
from minzheng.core import audit
from minzheng.people import queries as people


def leave_out(case: Case, *, by: User, on: dt.date | None = None) -> None:
    """Whoever of those to be covered has died (verified), or is not of the family on the day `on`, is not asked for any
    more. Refuses where nobody is left."""
    if case.household is None:
        return
    asked = CaseMember.objects.filter(case=case).order_by("pk")
    if on is not None:
        family = people.members(case.household, on).values("person")
        _leave_out(case, asked, asked.exclude(person__in=family).exclude(person__died_on__isnull=False), "left", by)
    _leave_out(case, asked, asked.filter(person__death_verified_on__isnull=False), "died", by)


def _leave_out(case: Case, asked: QuerySet[CaseMember], gone: QuerySet[CaseMember], reason: str, by: User) -> None:
    persons = list(gone.values_list("person_id", flat=True))
    if not persons:
        return
    if len(persons) == asked.count():
        raise nobody_left(case)
    asked.filter(person__in=persons).delete()
    detail = {"persons": persons, "reason": reason}
    audit.record("cases.leave_out", by=by, subject=case, area=case.area_id, detail=detail)


def check_list(cases: Sequence[Case], *, by: User) -> None:
    """The same for the lines of a list, which are assessed as they are decided: who has died is left out, and a line
    of nobody else, or of somebody whose death nobody has verified, is refused by its number."""
    lines = {case.pk: case for case in cases}
    dead = CaseMember.objects.filter(case__in=list(lines), person__died_on__isnull=False).select_related("person")
    for member in dead.order_by("case_id", "pk"):
        case = lines[member.case_id]
        if member.person.death_verified_on is None:
            raise death_not_verified(case, member.person)
        if case.household_id is None:
            raise nobody_left(case)
        leave_out(case, by=by)


def require_heads(cases: Sequence[Case], on: dt.date) -> None:
    """A family that is to be granted something has a head, whose account is paid. Refused by the case's number."""
    families = {case.household_id for case in cases if case.household_id is not None}
    heads = people.heads(families, on) if families else {}
    for case in cases:
        if case.household_id is not None and case.household_id not in heads:
            raise no_head(case)
