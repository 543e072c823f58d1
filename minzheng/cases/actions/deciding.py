"""Review and decision."""

import datetime as dt
from typing import Any

from minzheng.access.models import User
from minzheng.cases import conference, engine, timing
from minzheng.cases.actions import deaths, door, together
from minzheng.cases.actions import grace as graces
from minzheng.cases.actions.opening import act
from minzheng.cases.models import Assessment, Case, CaseKind, CaseStep, Decision, Outcome
from minzheng.cases.refusals import casework, not_at_this_stage
from minzheng.core import clock, events

DECIDES = ("cases.decide", "cases.decide_delegated")


def review(*, by: User, case: Case, note: str = "", on: dt.date | None = None) -> CaseStep:
    """The county's (or whoever the procedure names) review of a case."""
    return act(by=by, case=case, act="cases.review", note=note, on=on)


@casework
def decide(
    *,
    by: User,
    case: Case,
    outcome: str,
    first_month: dt.date | None = None,
    note: str = "",
    on: dt.date | None = None,
    grace: graces.Grace | None = None,
    in_place_of: str = "",
) -> Decision:
    """Decide a case: grant or refuse an application, change or stop after a change.

    first_month: the first benefit month it works for, where the programme's timing is not to be followed. A refusal of
    somebody whom the assessment calls eligible needs its reason in `note`. grace: the grace period asked for (`way`,
    `months`), where the procedure's rule allows it. in_place_of: the programme whose benefit this one takes the place
    of (dibao, tekun): for those covered it ends with the month before, in the same transaction. Publishes
    `case.decided`. A case that names another (`actions.together`) decides it, too.
    """
    on = on or clock.today()
    matter = door.lock(case)
    together.refuse_alone(matter)
    permission = deciding_act(matter, on, outcome)
    if outcome == Outcome.GRANT:
        deaths.require_heads([matter.case], on)
    latest = door.latest_assessment(case)
    data: dict[str, Any] = {"outcome": outcome} | ({"in_place_of": in_place_of} if in_place_of else {})
    if outcome == Outcome.CHANGE and latest is not None:
        data["lowers"] = door.lowers(matter.case, latest)
    if held := conference.behind(matter.done(), outcome):
        data["rests_on"] = {name: held[name] for name in ("held_on", "departs_from", "why")}
        note = note.strip() or f"一事一议（{held['held_on']}）：不适用“{held['departs_from']}”，{held['why']}"
    door.perform(matter, by=by, act=permission, on=on, note=note, outcome=outcome, data=data)
    begins = (
        timing.check_first_month(matter.case, first_month, on)
        if first_month is not None
        else timing.first_month(matter.case, on, outcome)
    )
    why = reason(matter.case, outcome, note)
    kept = graces.granted(matter, grace, outcome, begins, on) if grace else {}
    replaces = in_place_of if outcome in (Outcome.GRANT, Outcome.CHANGE) else ""
    decision = Decision.objects.create(
        **fields(matter.case, outcome, latest, begins, on, by, why), grace=kept, in_place_of=replaces
    )
    publish(decision, by=by)
    if (other := together.named(matter)) is not None:
        decide(by=by, case=other, outcome=together.outcome_of(other), first_month=begins, on=on)
    door.copy_projection(matter, case)
    return decision


def deciding_act(matter: door.Matter, on: dt.date, outcome: str) -> str:
    """Which act decides this case here: the county's decision, or the one delegated to the township."""
    state = matter.state(today=on)
    for permission in DECIDES:
        if engine.find(matter.procedure, state, permission, outcome) is not None:
            return permission
    known = next((row.act for row in matter.procedure.acts if row.act in DECIDES), DECIDES[0])
    done = [step for step in matter.steps if step.act in DECIDES]
    raise not_at_this_stage(matter.procedure, state, known, (done[-1].on, done[-1].actor.name) if done else None)


def fields(
    case: Case,
    outcome: str,
    assessment: Assessment | None,
    begins: dt.date,
    on: dt.date,
    by: User,
    why: str,
) -> dict[str, Any]:
    """The columns of a decision."""
    return {
        "case": case,
        "area_id": case.area_id,
        "number": f"{case.number}-J1",
        "programme": case.programme,
        "household_id": case.household_id,
        "person_id": case.person_id,
        "outcome": outcome,
        "reason": why,
        "decided_on": on,
        "first_month": begins,
        "assessment": assessment,
        "decided_by": by,
    }


def publish(decision: Decision, *, by: User) -> None:
    """Tell the later stages, in this transaction."""
    case = decision.case
    assert case is not None
    events.publish(
        "case.decided",
        by=by,
        on=decision.decided_on,
        subject=decision,
        area=decision.area_id,
        payload={
            "case": case.pk,
            "kind": case.kind,
            "programme": decision.programme,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "first_month": decision.first_month.isoformat(),
            "event_on": case.event_on.isoformat() if case.event_on else None,
            "covered": list(case.members.order_by("pk").values_list("person_id", flat=True)),
        },
    )


def reason(case: Case, outcome: str, note: str) -> str:
    """A change's reason by its code; of a refusal what is written, else the conditions that are not met."""
    if case.kind == CaseKind.CHANGE:
        return case.reason
    latest = door.latest_assessment(case)
    if outcome == Outcome.REFUSE and not note.strip() and latest is not None:
        return "；".join(latest.unmet)
    return note.strip()
