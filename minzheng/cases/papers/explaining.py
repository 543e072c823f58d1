"""The explanation of an assessment as rows of a table."""

from minzheng.cases.models import Assessment
from minzheng.people import queries as people
from minzheng.policy.sheet import Sheet as Explained


def explanation_rows(found: Explained) -> list[list[str]]:
    """The workings of an explanation: label (and whose), formula with its numbers, result, clause."""
    return [
        [f"{step.label}（{one.who}）" if one.who else step.label, one.filled, one.result, step.clause_short]
        for step in found.steps
        for one in step.workings
    ]


def member_names(assessment: Assessment) -> dict[int, str]:
    """The members of an explanation by their number, in the order in which they were assessed."""
    household = assessment.household
    if household is None and assessment.person is not None:
        household = people.family_of(assessment.person, assessment.on)
    if household is None:
        return {}
    members = people.members(household, assessment.on, assessment.recorded_at)
    return {number: member.person.name for number, member in enumerate(members, 1)}
