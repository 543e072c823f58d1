"""The case conference (一事一议): what a case that no rule fits is given instead, and by which votes. Pure.

It stands as `conference:` in a procedure and is read like an evaluation meeting; the step keeps `conference`: who came,
the votes, which rule is departed from, what is proposed, and (for a grant) which facts are counted otherwise.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from minzheng.cases.sometimes import ANEW, Step

CONFER = "cases.confer"
PROPOSALS = ("grant", "refuse")


def carried(votes: Mapping[str, int], participants: int) -> bool:
    """More than half of those who came are for it."""
    return votes["agree"] * 2 > participants


def against_assessment(steps: Sequence[Step], outcome: str) -> Mapping[str, Any] | None:
    """The conference that carries a decision against the assessment that stands now: held after it, for this outcome,
    and carried."""
    for step in reversed(steps):
        if "conference" in step.data:
            held: Mapping[str, Any] = step.data["conference"]
            return held if held["carried"] and held["proposal"] == outcome else None
        if step.act in ANEW:
            return None
    return None


def behind(steps: Sequence[Step], outcome: str) -> Mapping[str, Any] | None:
    """The conference that a decision rests on: for a refusal against the assessment; for a grant whenever it was held,
    since what it counts otherwise goes into every assessment after it."""
    if outcome != "grant":
        return against_assessment(steps, outcome)
    held = [step.data["conference"] for step in steps if "conference" in step.data]
    return held[-1] if held and held[-1]["carried"] and held[-1]["proposal"] == outcome else None
