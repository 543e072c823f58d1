"""What only some cases need: the county's own visit, an evaluation meeting, a hearing, proof of service. Pure: each
need, and what meets it, is read from the steps of the case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from minzheng.cases import drawing, ending
from minzheng.cases.shapes import MeetingRule, Procedure, ServiceRule
from minzheng.core.periods import months_later

COUNTY_VISIT = "cases.county_visit"
EVALUATE = "cases.evaluate"
HEAR = "cases.hear"
SERVE = "cases.serve"
ANEW = ("cases.assess", "cases.return", "cases.object")
"""After these the person is heard again: what was put to them is no longer what is intended."""


class Step(Protocol):
    """One step of a case; `engine.Done` is one."""

    @property
    def act(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def kinship_declared(steps: Sequence[Step]) -> bool:
    return any(step.data.get("kinship") for step in steps)


def county_visit_done(procedure: Procedure, steps: Sequence[Step]) -> bool:
    """The county has visited since the last thing that called for it (a declared kinship, an objection, a complaint,
    the draw for a check); true where nothing did."""
    after = procedure.county_visit.after if procedure.county_visit else ()
    for step in reversed(steps):
        if step.act == COUNTY_VISIT:
            return True
        if step.act in after or step.data.get("kinship") or drawing.for_check(step):
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


def hearing_needed(procedure: Procedure, *, outcome: str, reason: str, lowers: bool) -> bool:
    """Whether this outcome takes a hearing: it stops the benefit (of those who set up a household of their own: refuses
    it), or lowers it, and not for an exempt reason."""
    if procedure.hearing is None or reason in procedure.hearing.not_for:
        return False
    return outcome in ("stop", "refuse") or (outcome == "change" and lowers)


def hearing_done(steps: Sequence[Step]) -> bool:
    """Somebody has been heard (or has declined) on the result that stands now."""
    for step in reversed(steps):
        if step.act == HEAR:
            return True
        if step.act in ANEW:
            return False
    return False


def letter_unserved(procedure: Procedure, steps: Sequence[Step], *, reason: str) -> bool:
    """What was decided last was against the person (a refusal, a stop, a lower amount, an ending without a decision),
    and its letter is not served."""
    if procedure.service is None or reason in procedure.service.not_for:
        return False
    for step in reversed(steps):
        if step.act == SERVE:
            return False
        if outcome := step.data.get("outcome"):
            against = outcome in ("refuse", "stop", *ending.OUTCOMES) or bool(step.data.get("lowers"))
            return against and not step.data.get("nobody_to_serve")
    return False


class WorkingDays(Protocol):
    def is_working_day(self, day: dt.date, /) -> bool: ...


@dataclass(frozen=True)
class Remedies:
    """From when a letter counts as received, and until when the two remedies are open (last days)."""

    received_on: dt.date
    reconsideration_until: dt.date
    court_until: dt.date


def remedies(rule: ServiceRule, served_on: dt.date, manner: str, working: WorkingDays) -> Remedies:
    """The clocks that a proof of service starts. The day of receipt does not count; where the rule says so, a last day
    that is no working day gives way to the next one that is."""
    received = served_on + dt.timedelta(days=rule.manners[manner].days)

    def last(day: dt.date) -> dt.date:
        while rule.roll_over == "next_working_day" and not working.is_working_day(day):
            day += dt.timedelta(days=1)
        return day

    return Remedies(
        received,
        last(received + dt.timedelta(days=rule.reconsideration_days)),
        last(months_later(received, rule.court_months)),
    )
