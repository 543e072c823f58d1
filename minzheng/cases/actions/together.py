"""Two families that come of one are decided together: who goes is covered by the new family's benefit from the month in
which the old one's stops covering them, no month missing and none twice. The old family's case names the new one's."""

from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseStep, Outcome
from minzheng.core.errors import refuse

KEY = "together_with"
DECIDE = ("cases.decide", "cases.decide_delegated")


def named(matter: door.Matter) -> Case | None:
    """The case that is decided with this one; None where there is none, or it is closed."""
    pk = next((step.data[KEY] for step in matter.steps if KEY in step.data), None)
    return Case.objects.filter(pk=pk, closed_on=None).first() if pk is not None else None


def refuse_alone(matter: door.Matter) -> None:
    """The new family's case is not decided before the one that names it."""
    naming = CaseStep.objects.filter(data__contains={KEY: matter.case.pk}, case__closed_on=None)
    step = naming.select_related("case").first()
    if step is not None:
        raise refuse(
            "case.decided_together",
            zh="分户的两户一并决定：请在原户的事项 {number} 中决定。",
            en="Both families of a splitting are decided together, in the case {number} of the one that was split.",
            remedy_zh="打开 {number}，审核后作出决定，本事项随之决定。",
            remedy_en="Open {number}, review and decide it; this one is decided with it.",
            number=step.case.number,
        )


def outcome_of(other: Case) -> str:
    """What the new family's case comes to, by its assessment. Refuses one that is not ready to be decided."""
    matter = door.lock(other)
    latest = door.latest_assessment(matter.case)
    if matter.procedure.stage(matter.case.stage).act not in DECIDE or latest is None:
        raise refuse(
            "case.together_not_ready",
            zh="分户的两户一并决定，新户的事项 {number} 还没有审核。",
            en="Both families of a splitting are decided together; the new one's case {number} is not reviewed yet.",
            remedy_zh="请先把 {number} 办到待决定，再决定本事项。",
            remedy_en="Bring {number} to where it waits for its decision, then decide this one.",
            number=other.number,
        )
    return Outcome.GRANT if latest.eligible else Outcome.REFUSE
