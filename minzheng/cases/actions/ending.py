"""Before the acceptance: what is missing is told once, all of it. Ending a case without a decision on it."""

import datetime as dt

from minzheng.access.models import User
from minzheng.cases import ending, engine
from minzheng.cases.actions import door
from minzheng.cases.actions.verification import family_of
from minzheng.cases.ending import EndingRule
from minzheng.cases.models import Case, CaseStep
from minzheng.cases.refusals import casework
from minzheng.core import clock
from minzheng.core.errors import pick, refuse


@casework
def ask_papers(*, by: User, case: Case, also: str = "", on: dt.date | None = None) -> CaseStep:
    """Tell the applicant once what is missing (一次性告知): every paper that the acceptance waits for, and in `also`
    what has to be corrected. A second list is refused, and so is one on which nothing stands."""
    on = on or clock.today()
    matter = door.lock(case)
    state = matter.state(today=on)
    missing = engine.missing_papers(matter.procedure, state.papers, door.ACCEPTS)
    if not missing and not also.strip():
        raise refuse(
            "case.nothing_missing",
            zh="材料已经齐全，没有需要补正的。",
            en="The papers are complete; there is nothing to ask for.",
            remedy_zh="请办理受理；内容有误须改正的，写明要改什么。",
            remedy_en="Accept the application, or say what has to be corrected.",
            rule=_rule(matter, ending.ASK_PAPERS),
        )
    data = {"asked": missing, "also": [line.strip() for line in also.splitlines() if line.strip()]}
    step = door.perform(matter, by=by, act=ending.ASK_PAPERS, on=on, data=data)
    door.copy_projection(matter, case)
    return step


@casework
def end_without_decision(
    *, by: User, case: Case, act: str, ground: str, note: str, on: dt.date | None = None
) -> CaseStep:
    """End a case by one of the procedure's endings (`cases.decline`, `cases.terminate`): on which ground, and in `note`
    what happened; both go into the letter."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = _rule_of(matter, act)
    if ground not in rule.grounds:
        raise refuse(
            "case.ending_ground",
            zh="没有事由“{ground}”。",
            en="“{ground}” is no ground for this.",
            remedy_zh="可用的事由：{known}。",
            remedy_en="The grounds are: {known_en}.",
            rule=rule.rule,
            ground=ground,
            known="、".join(pick(one.label, "zh-Hans") for one in rule.grounds.values()),
            known_en=", ".join(rule.grounds),
        )
    nobody = rule.grounds[ground].nobody_left
    if nobody:
        _refuse_living(matter, rule, on)
    data = {"outcome": rule.outcome, "ground": ground, "nobody_to_serve": nobody}
    step = door.perform(matter, by=by, act=act, on=on, note=note, data=data)
    door.take_down(matter, on)
    door.copy_projection(matter, case)
    return step


def _refuse_living(matter: door.Matter, rule: EndingRule, on: dt.date) -> None:
    """The ground of a death holds only where nobody is left whom the case asks to cover."""
    asked = set(matter.case.members.order_by("pk").values_list("person_id", flat=True))
    living = [person.name for person in family_of(matter.case, on) if person.pk in asked and person.died_on is None]
    if living:
        raise refuse(
            "case.somebody_left",
            zh="还有在世的保障对象：{names}，不能以死亡为由终止。",
            en="Somebody whom the case asks to cover is alive: {names}; a death is no ground to terminate it.",
            remedy_zh="请先登记死亡；有人在世的，按其余成员重新测算后继续办理。",
            remedy_en="Record the death first; where others are left, assess anew and go on.",
            rule=rule.rule,
            names="、".join(living),
        )


def _rule_of(matter: door.Matter, act: str) -> EndingRule:
    rule = matter.procedure.endings.get(act)
    if rule is None:
        raise refuse(
            "case.no_such_ending",
            zh="本项目的程序没有“{act}”。",
            en="This programme's procedure has no “{act}”.",
            remedy_zh="请按程序办理：撤回，或作出决定。",
            remedy_en="Follow the procedure: withdraw it, or decide.",
            rule=matter.procedure.basis,
            act=act,
        )
    return rule


def _rule(matter: door.Matter, act: str) -> str:
    return next((row.rule for row in matter.procedure.acts if row.act == act), matter.procedure.basis)
