"""Before and after a decision against somebody: the hearing, and the proof that its letter was served."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from minzheng.access.models import User
from minzheng.cases import sometimes
from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseStep
from minzheng.cases.refusals import casework
from minzheng.cases.shapes import ServiceRule
from minzheng.core import clock, workdays
from minzheng.core.errors import pick, refuse


@casework
def hear(
    *,
    by: User,
    case: Case,
    who: str,
    heard_on: dt.date,
    said: str = "",
    declined: bool = False,
    on: dt.date | None = None,
) -> CaseStep:
    """Enter that somebody was heard before their benefit is lowered or stopped: who, when, what they said; or that they
    declined. The benefit is paid until the decision."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = matter.procedure.hearing.rule if matter.procedure.hearing else matter.procedure.basis
    if not who.strip() or not (declined or said.strip()):
        raise refuse(
            "case.hearing_empty",
            zh="没有写明听取了谁的意见，或者说了什么。",
            en="Who was heard, or what they said, is missing.",
            remedy_zh="请填写姓名和意见；本人不愿陈述的，勾选“本人放弃陈述”。",
            remedy_en="Enter the name and what was said; tick “declined” where the person would not speak.",
            rule=rule,
        )
    check_between("case.hearing_day", heard_on, matter.case.opened_on, rule)
    data = {"who": who.strip(), "heard_on": heard_on.isoformat(), "declined": declined}
    step = door.perform(matter, by=by, act=sometimes.HEAR, on=on, note=said.strip(), data=data)
    door.copy_projection(matter, case)
    return step


@casework
def serve(
    *,
    by: User,
    case: Case,
    receiver: str = "",
    manner: str = "",
    served_on: dt.date | None = None,
    witness: str = "",
    note: str = "",
    on: dt.date | None = None,
) -> CaseStep:
    """Enter the proof of service of a letter: to whom (the applicant, unless another is named), in which manner (the
    usual one, unless another is named), on which day. It starts the clocks of the remedies."""
    on = on or clock.today()
    matter = door.lock(case)
    given = {"receiver": receiver, "manner": manner, "witness": witness}
    data = proof(matter, given | ({"served_on": served_on.isoformat()} if served_on else {}), on)
    step = door.perform(matter, by=by, act=sometimes.SERVE, on=on, note=note, data=data)
    door.copy_projection(matter, case)
    return step


def proof(matter: door.Matter, given: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """What a step keeps as proof of service. Programmes without a rule of service keep what is given."""
    rule = matter.procedure.service
    if rule is None:
        return {name: value for name, value in given.items() if value}
    manner = given.get("manner") or rule.usual
    _check_manner(rule, manner, str(given.get("witness") or ""))
    served_on = dt.date.fromisoformat(given["served_on"]) if given.get("served_on") else on
    decided = [step.on for step in matter.steps if step.data.get("outcome")]
    check_between("case.service_day", served_on, max(decided, default=matter.case.opened_on), rule.rule)
    until = sometimes.remedies(rule, served_on, manner, workdays)
    return {
        "receiver": str(given.get("receiver") or "").strip() or door.who(matter.case),
        "manner": manner,
        "served_on": served_on.isoformat(),
        "witness": str(given.get("witness") or "").strip(),
        "received_on": until.received_on.isoformat(),
        "reconsideration_until": until.reconsideration_until.isoformat(),
        "court_until": until.court_until.isoformat(),
    }


def _check_manner(rule: ServiceRule, manner: str, witness: str) -> None:
    if manner not in rule.manners:
        raise refuse(
            "case.service_manner",
            zh="没有送达方式“{manner}”。",
            en="“{manner}” is no manner of service.",
            remedy_zh="可用的方式：{known}。",
            remedy_en="The manners are: {known_en}.",
            rule=rule.rule,
            manner=manner,
            known="、".join(pick(one.label, "zh-Hans") for one in rule.manners.values()),
            known_en=", ".join(rule.manners),
        )
    if rule.manners[manner].witness and not witness.strip():
        raise refuse(
            "case.service_witness",
            zh="{manner}须有见证人。",
            en="This manner of service takes a witness.",
            remedy_zh="请填写见证人姓名。",
            remedy_en="Enter the name of the witness.",
            rule=rule.rule,
            manner=pick(rule.manners[manner].label, "zh-Hans"),
        )


def check_between(code: str, day: dt.date, since: dt.date, rule: str) -> None:
    if since <= day <= clock.today():
        return
    raise refuse(
        code,
        zh="日期 {day} 不在 {since} 与今天（{today}）之间。",
        en="The day {day} is not between {since} and today ({today}).",
        remedy_zh="请填写实际日期。",
        remedy_en="Enter the day on which it was done.",
        rule=rule,
        day=day,
        since=since,
        today=clock.today(),
    )
