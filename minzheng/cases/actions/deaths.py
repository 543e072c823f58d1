"""A death while a case is open: whoever has died is neither counted nor covered, and an assessment that counts them
carries no further act."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from minzheng.access.models import User
from minzheng.cases.models import Assessment, Case, CaseMember
from minzheng.cases.refusals import death_not_verified, died_since_assessed, no_head, nobody_left
from minzheng.cases.shapes import Act
from minzheng.core import audit
from minzheng.people import queries as people
from minzheng.people.models import Person

ASSESS = "cases.assess"
END_POSTING = "cases.end_posting"
RECALL = "cases.recall"
RESTS_ON_ASSESSMENT = frozenset({"eligible", "assessment"})
"""An act that asks for one of these rests on what was worked out; so does what was posted."""


def check(case: Case, latest: Assessment | None, act: Act) -> None:
    """Refuse an act that rests on an assessment in which somebody counts who is recorded as having died since (verified
    or not): an allowance is not shown, sent up, reviewed or granted for the dead."""
    rests = act.act == END_POSTING or RESTS_ON_ASSESSMENT.intersection(act.requires)
    if act.act == ASSESS or not rests:
        return
    died = counted_dead(case, latest)
    if died is not None:
        raise died_since_assessed(act, died)


def counted_dead(case: Case, latest: Assessment | None) -> Person | None:
    """Who counts in an assessment and is recorded as having died; None where all live, or nothing was worked out."""
    if latest is None:
        return None
    return _counted(case, latest).filter(died_on__isnull=False).order_by("pk").first()


def _counted(case: Case, assessment: Assessment) -> QuerySet[Person]:
    """The person, or the family as it was known when the assessment was made (under the file it had then)."""
    if case.household is None:
        assert case.person_id is not None
        return Person.objects.filter(pk=case.person_id)
    file = assessment.household or case.household
    family = people.members(file, assessment.on, assessment.recorded_at)
    return Person.objects.filter(pk__in=family.values("person"))


def leave_out(case: Case, *, by: User) -> None:
    """Whoever of those to be covered has died (verified) is not asked for any more. Refuses where nobody is left."""
    if case.household_id is None:
        return
    asked = CaseMember.objects.filter(case=case)
    gone = asked.filter(person__death_verified_on__isnull=False)
    persons = list(gone.order_by("pk").values_list("person_id", flat=True))
    if not persons:
        return
    if len(persons) == asked.count():
        raise nobody_left(case)
    gone.delete()
    detail = {"persons": persons, "reason": "died"}
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
