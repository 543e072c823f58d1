"""What only some cases need: a declared kinship, a complaint, an evaluation meeting. Each leaves the case at its stage;
what it asks for afterwards is in `cases.sometimes`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from minzheng.access.models import User
from minzheng.cases import sometimes
from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseStep
from minzheng.cases.refusals import casework
from minzheng.cases.shapes import KinshipRule, MeetingRule, Procedure
from minzheng.core import clock
from minzheng.core.errors import Text, pick, refuse


@dataclass(frozen=True)
class Kinship:
    """Somebody of the family is a near relative of staff or of the village committee. `of` and `relation`: as the
    procedure names them; `between`: who of the family, and whose relative."""

    of: str
    relation: str
    between: str


@dataclass(frozen=True)
class Participant:
    """Who took part in an evaluation meeting, in which capacity, and whether they signed its minutes."""

    name: str
    capacity: str
    signed: bool = True


@casework
def declare_kinship(*, by: User, case: Case, kinship: Kinship, note: str = "", on: dt.date | None = None) -> CaseStep:
    """Declare a kinship after the acceptance, when it comes out later. At the acceptance it goes with that act:
    `act(…, act="cases.accept", data={"kinship": kinship_data(…)})`."""
    on = on or clock.today()
    matter = door.lock(case)
    data = {"kinship": kinship_data(matter.procedure, kinship)}
    step = door.perform(matter, by=by, act="cases.declare", on=on, note=note, data=data)
    door.copy_projection(matter, case)
    return step


def kinship_data(procedure: Procedure, kinship: Kinship) -> dict[str, str]:
    """How a step keeps a declared kinship; refuses a relation that is not near, and one that does not say between
    whom."""
    rule = procedure.kinship
    if rule is None:
        raise refuse(
            "case.no_kinship_rule",
            zh="本项目的程序不登记近亲属关系。",
            en="This programme's procedure does not ask for kinships.",
            remedy_zh="不需要登记；如有回避情形，请交由他人办理。",
            remedy_en="Nothing need be entered; let another person handle the case where that is wiser.",
            rule=procedure.basis,
        )
    if kinship.of not in rule.of or kinship.relation not in rule.relations or not kinship.between.strip():
        raise _kinship_incomplete(rule)
    return {"of": kinship.of, "relation": kinship.relation, "between": kinship.between.strip()}


def _kinship_incomplete(rule: KinshipRule) -> Exception:
    return refuse(
        "case.kinship_incomplete",
        zh="近亲属登记须写明与哪类人员、是什么关系、是谁与谁。",
        en="A kinship says with which kind of person it is, which relation, and between whom.",
        remedy_zh="对方：{of}；关系：{relations}；再写明家庭成员和对方的姓名。",
        remedy_en="With: {of_en}; relation: {relations_en}; then the names of both.",
        rule=rule.rule,
        of=_list(rule.of, "zh-Hans"),
        of_en=_list(rule.of, "en"),
        relations=_list(rule.relations, "zh-Hans"),
        relations_en=_list(rule.relations, "en"),
    )


@casework
def complain(*, by: User, case: Case, by_whom: str, text: str, on: dt.date | None = None) -> CaseStep:
    """Enter a complaint that came while the county has the case; the county then visits before it decides."""
    on = on or clock.today()
    if not text.strip() or not by_whom.strip():
        raise refuse(
            "case.complaint_empty",
            zh="没有写明投诉举报的人或内容。",
            en="Who complains, or of what, is missing.",
            remedy_zh="请记录投诉举报人（可写“匿名来电”）和内容。",
            remedy_en="Enter who complains (“anonymous call” will do) and what they say.",
        )
    matter = door.lock(case)
    data = {"by_whom": by_whom.strip()}
    step = door.perform(matter, by=by, act="cases.complain", on=on, note=text.strip(), data=data)
    door.copy_projection(matter, case)
    return step


@casework
def hold_meeting(
    *,
    by: User,
    case: Case,
    held_on: dt.date,
    place: str,
    participants: Sequence[Participant],
    agree: int,
    disagree: int,
    abstain: int = 0,
    minutes: str,
    on: dt.date | None = None,
) -> CaseStep:
    """Enter an evaluation meeting of the village: day, place, who took part, the votes, the minutes.

    Refuses a meeting without its quorum, with more votes than people, unsigned, in the future, or from before it was
    asked for.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = matter.procedure.meeting
    if rule is None:
        raise refuse(
            "case.no_meeting_rule",
            zh="本项目的程序没有民主评议的规则。",
            en="This programme's procedure has no rule for evaluation meetings.",
            remedy_zh="请在程序文件的 meeting 中写明，或按程序办理。",
            remedy_en="Write it into the procedure file (meeting), or follow the procedure.",
            rule=matter.procedure.basis,
        )
    asked = [step.on for step in matter.steps if step.data.get("meeting_wanted") or step.act in rule.always_after]
    check_meeting_day(rule, held_on, max([matter.case.opened_on, *asked]))
    check_participants(rule, participants, place, minutes)
    of_village = sum(one.capacity == rule.representative for one in participants)
    came = sometimes.Attendance(len(participants), of_village, agree, disagree, abstain)
    for fault in sometimes.meeting_faults(rule, came):
        raise MEETING_FAULTS[fault](rule, came)
    data = {
        "held_on": held_on.isoformat(),
        "place": place.strip(),
        "participants": [asdict(one) for one in participants],
        "votes": {"agree": agree, "disagree": disagree, "abstain": abstain},
    }
    step = door.perform(matter, by=by, act=sometimes.EVALUATE, on=on, note=minutes.strip(), data=data)
    door.copy_projection(matter, case)
    return step


def check_meeting_day(rule: MeetingRule, held_on: dt.date, since: dt.date) -> None:
    """Not in the future, and not before what it is about."""
    if not since <= held_on <= clock.today():
        raise refuse(
            "case.meeting_day",
            zh="{name}的日期 {held_on} 不在 {since}（立案、测算或要求评议之日）与今天之间。",
            en="The {name_en} of {held_on} is not between {since} (opened, assessed, or asked for) and today.",
            remedy_zh="请填写实际日期；还没有开的，开过再登记。",
            remedy_en="Enter the day on which it was held, after it has been held.",
            rule=rule.rule,
            held_on=held_on,
            since=since,
            name=pick(rule.name, "zh-Hans"),
            name_en=pick(rule.name, "en"),
        )


def check_participants(rule: MeetingRule, participants: Sequence[Participant], place: str, minutes: str) -> None:
    names = [one.name.strip() for one in participants]
    wrong = [one.name for one in participants if one.capacity not in rule.capacities]
    if not place.strip() or not minutes.strip() or not all(names) or len(set(names)) < len(names) or wrong:
        raise refuse(
            "case.meeting_incomplete",
            zh="记录不完整：地点、意见、参加人员的姓名（不重复）和身份都要写明。",
            en="The record is incomplete: place, minutes, and each participant's name (once) and capacity.",
            remedy_zh="身份可写：{capacities}。",
            remedy_en="Capacities: {capacities_en}.",
            rule=rule.rule,
            capacities=_list(rule.capacities, "zh-Hans"),
            capacities_en=_list(rule.capacities, "en"),
        )
    unsigned = [one.name for one in participants if not one.signed]
    if unsigned:
        raise refuse(
            "case.meeting_unsigned",
            zh="参加的人没有全部签字：{names}。",
            en="Not everybody who took part has signed: {names}.",
            remedy_zh="请在记录上补签后再登记。",
            remedy_en="Let them sign the record, then enter it.",
            rule=rule.rule,
            names="、".join(unsigned),
        )


def _too_few(rule: MeetingRule, came: sometimes.Attendance) -> Exception:
    return _meeting(
        rule,
        "case.meeting_too_few",
        ("参加 {came} 人，少于 {least} 人", "{came} took part; at least {least} must"),
        ("请补足人数重新开会。", "Hold the meeting again with enough people."),
        came=came.participants,
        least=rule.at_least,
    )


def _representatives(rule: MeetingRule, came: sometimes.Attendance) -> Exception:
    return _meeting(
        rule,
        "case.meeting_quorum",
        (
            "参加评议 {came} 人，其中代表 {of_village} 人，不足 {share}",
            "of {came} participants {of_village} are representatives, less than {share}",
        ),
        ("请补足代表人数重新评议。", "Hold the meeting again with enough representatives."),
        came=came.participants,
        of_village=came.representatives,
        share=f"{rule.share.numerator}/{rule.share.denominator}",
    )


def _votes(rule: MeetingRule, came: sometimes.Attendance) -> Exception:
    return _meeting(
        rule,
        "case.meeting_votes",
        (
            "同意 {agree}、不同意 {disagree}、弃权 {abstain}，与参加人数 {came} 对不上",
            "{agree} for, {disagree} against, {abstain} abstaining do not go with {came} participants",
        ),
        ("请按记录核对票数。", "Check the votes against the record."),
        came=came.participants,
        agree=came.agree,
        disagree=came.disagree,
        abstain=came.abstain,
    )


def _meeting(rule: MeetingRule, code: str, what: tuple[str, str], remedy: tuple[str, str], **values: Any) -> Exception:
    return refuse(
        code,
        zh=f"这次{pick(rule.name, 'zh-Hans')}无效：{what[0]}。",
        en=f"This {pick(rule.name, 'en')} does not count: {what[1]}.",
        remedy_zh=remedy[0],
        remedy_en=remedy[1],
        rule=rule.rule,
        **values,
    )


MEETING_FAULTS = {"too_few": _too_few, "representatives": _representatives, "votes": _votes}


def _list(entries: Mapping[str, Text], language: str) -> str:
    return ("、" if language == "zh-Hans" else ", ").join(pick(words, language) for words in entries.values())
