"""What only some cases need: the county's own visit, an evaluation meeting. Pure: each need, and what meets it, is read
from the steps of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from minzheng.cases.shapes import MeetingRule, Procedure

COUNTY_VISIT = "cases.county_visit"
EVALUATE = "cases.evaluate"


class Step(Protocol):
    """One step of a case; `engine.Done` is one."""

    @property
    def act(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def kinship_declared(steps: Sequence[Step]) -> bool:
    return any(step.data.get("kinship") for step in steps)


def county_visit_done(procedure: Procedure, steps: Sequence[Step]) -> bool:
    """The county has visited since the last thing that called for it (a declared kinship, an objection, a complaint);
    true where nothing did."""
    after = procedure.county_visit.after if procedure.county_visit else ()
    for step in reversed(steps):
        if step.act == COUNTY_VISIT:
            return True
        if step.act in after or step.data.get("kinship"):
            return False
    return True


def meeting_done(procedure: Procedure, steps: Sequence[Step]) -> bool:
    """The village has met since a meeting was last asked for; true where nobody did."""
    always = procedure.meeting.always_after if procedure.meeting else ()
    for step in reversed(steps):
        if step.act == EVALUATE:
            return True
        if step.data.get("meeting_wanted") or step.act in always:
            return False
    return True


@dataclass(frozen=True)
class Attendance:
    """Who came to a meeting, and the votes."""

    participants: int
    representatives: int
    agree: int
    disagree: int
    abstain: int


def meeting_faults(rule: MeetingRule, came: Attendance) -> list[str]:
    """What makes a meeting count for nothing: `too_few`, `representatives`, `votes` (more than took part, or none)."""
    faults = []
    if came.participants < rule.at_least:
        faults.append("too_few")
    if came.participants and Fraction(came.representatives, came.participants) < rule.share:
        faults.append("representatives")
    if not 0 < came.agree + came.disagree + came.abstain <= came.participants:
        faults.append("votes")
    return faults
