"""A death while a case is open: whoever has died is neither counted nor covered, and an assessment that counts them
carries no further act."""

from django.db.models import QuerySet

from minzheng.access.models import User
from minzheng.cases.models import Assessment, Case, CaseMember
from minzheng.cases.refusals import died_since_assessed, nobody_left
from minzheng.cases.shapes import Act
from minzheng.core import audit
from minzheng.people import queries as people
from minzheng.people.models import Person

ASSESS = "cases.assess"
RESTS_ON_ASSESSMENT = frozenset({"eligible", "assessment"})
"""An act that asks for one of these rests on what was worked out."""


def check(case: Case, latest: Assessment | None, act: Act) -> None:
    """Refuse an act that rests on an assessment in which somebody counts who is recorded as having died since (verified
    or not): an allowance is not shown, reviewed or granted for the dead."""
    if latest is None or act.act == ASSESS or not RESTS_ON_ASSESSMENT.intersection(act.requires):
        return
    died = _counted(case, latest).filter(died_on__isnull=False).order_by("pk").first()
    if died is not None:
        raise died_since_assessed(act, died)


def _counted(case: Case, assessment: Assessment) -> QuerySet[Person]:
    """The person, or the family as it was known when the assessment was made."""
    if case.household is None:
        assert case.person_id is not None
        return Person.objects.filter(pk=case.person_id)
    family = people.members(case.household, assessment.on, assessment.recorded_at)
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
