"""Holding a case conference (一事一议)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from minzheng.access.models import User
from minzheng.cases import conference, sometimes
from minzheng.cases.actions import door
from minzheng.cases.actions.sometimes import MEETING_FAULTS, Participant, check_meeting_day, check_participants
from minzheng.cases.models import Case, CaseStep
from minzheng.cases.refusals import casework
from minzheng.core import clock
from minzheng.core.errors import refuse
from minzheng.people import vocabulary


@casework
def confer(
    *,
    by: User,
    case: Case,
    held_on: dt.date,
    place: str,
    participants: Sequence[Participant],
    agree: int,
    disagree: int = 0,
    abstain: int = 0,
    proposal: str,
    departs_from: str,
    why: str,
    counts: Mapping[str, Any] | None = None,
    on: dt.date | None = None,
) -> CaseStep:
    """Enter a case conference: who came, the votes, which rule is departed from and why, what is proposed.

    Carried, it lets the approver refuse somebody whom the assessment calls eligible. For a grant it says in `counts`
    which facts of the household are counted otherwise in this matter alone; the next assessment, and every one of the
    award after it, goes by them. Refuses what an evaluation meeting is refused for, one that departs from nothing, and
    a grant that counts nothing otherwise.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = matter.procedure.conference
    if rule is None:
        raise refuse(
            "case.no_conference_rule",
            zh="本项目的程序没有一事一议的规则。",
            en="This programme's procedure has no rule for case conferences.",
            remedy_zh="请按测算结果办理；需要一事一议的，在程序文件的 conference 中写明。",
            remedy_en="Go by the assessment, or write the rule into the procedure file (conference).",
            rule=matter.procedure.basis,
        )
    assessed = [step.on for step in matter.steps if step.act == "cases.assess"]
    check_meeting_day(rule, held_on, max(assessed, default=matter.case.opened_on))
    check_participants(rule, participants, place, why)
    came = sometimes.Attendance(len(participants), 0, agree, disagree, abstain)
    for fault in sometimes.meeting_faults(rule, came):
        raise MEETING_FAULTS[fault](rule, came)
    otherwise = _checked(proposal, departs_from, counts or {}, rule.rule)
    votes = {"agree": agree, "disagree": disagree, "abstain": abstain}
    held = {
        "held_on": held_on.isoformat(),
        "place": place.strip(),
        "participants": [asdict(one) for one in participants],
        "votes": votes,
        "carried": conference.carried(votes, len(participants)),
        "proposal": proposal,
        "departs_from": departs_from.strip(),
        "why": why.strip(),
        "counts": otherwise,
    }
    step = door.perform(matter, by=by, act=conference.CONFER, on=on, note=why.strip(), data={"conference": held})
    if held["carried"] and otherwise:
        matter.case.given = {**matter.case.given, **otherwise}
        matter.case.save(update_fields=["given"])
        case.given = matter.case.given
    door.copy_projection(matter, case)
    return step


def _checked(proposal: str, departs_from: str, counts: Mapping[str, Any], rule: str) -> dict[str, Any]:
    """What is counted otherwise, in the vocabulary's types."""
    nothing = proposal == "grant" and not counts
    if proposal not in conference.PROPOSALS or not departs_from.strip() or nothing or (proposal != "grant" and counts):
        raise refuse(
            "case.conference_incomplete",
            zh="一事一议须写明不适用哪一条规定、建议确认还是不予确认；建议确认的，写明哪项情况另作认定（不予确认的不写）。",
            en="A conference says which rule it departs from, and whether to grant or to refuse; for a grant (only) it "
            "says which facts are counted otherwise.",
            remedy_zh="例如：不适用“家庭名下无机动车”，机动车辆数按 0 计，理由写在会议意见里。",
            remedy_en="For example: departs from “no car”, cars are counted as 0; the reason goes into the minutes.",
            rule=rule,
        )
    for name, value in counts.items():
        vocabulary.check(name, value, "household")
    return dict(counts)
