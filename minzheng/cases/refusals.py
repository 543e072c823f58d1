"""What casework says when it refuses: the engine's findings and the database's own refusals, each in words and with the
name of the rule. One place, so that every door says the same."""

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, transaction

from minzheng.cases.engine import State, offered
from minzheng.cases.models import Case
from minzheng.cases.shapes import Act, Procedure
from minzheng.core import clock
from minzheng.core.errors import Refused, Text, pick, refuse
from minzheng.people.models import Person

P = ParamSpec("P")
R = TypeVar("R")


def casework(action: Callable[P, R]) -> Callable[P, R]:
    """An action of casework: one transaction on one day, and what the database refuses in it is said in words."""

    @functools.wraps(action)
    def atomic(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(), clock.remembered(clock.today()):
                return action(*args, **kwargs)
        except DatabaseError as error:
            known = from_database(error)
            if known is None:
                raise
            raise known from error

    return atomic


def from_database(error: DatabaseError) -> Refused | None:
    """A refusal for what a trigger or a constraint of casework refused; None for anything else."""
    text = str(error)
    return next((build(text) for mark, build in _BY_MARK.items() if mark in text), None)


def _act_conflict(text: str) -> Refused:
    second, first = text.split("act_conflict: ")[1].splitlines()[0].split(" after ")
    return act_conflict(first.strip(), second.strip())


def act_conflict(first: str, second: str) -> Refused:
    """Separation of duties: who did the one act in a case may not do the other."""
    return refuse(
        "case.act_conflict",
        zh="同一事项中办理过“{first}”的人不得再办理“{second}”。",
        en="Whoever did “{first}” in a case may not do “{second}” in it too.",
        remedy_zh="请交由另一名有权限的人员办理。",
        remedy_en="Let another person who holds the permission do it.",
        rule="职责分离：policies/roles.yaml conflicts",
        first=first,
        second=second,
    )


def _visit_in_future(_: str) -> Refused:
    return refuse(
        "case.visit_in_future",
        zh="入户日期在今天之后。",
        en="The day of the visit is after today.",
        remedy_zh="请在入户之后填写实际入户日期。",
        remedy_en="Enter the visit after it has been made, with its day.",
        rule="入户调查表据实填写：visit_in_future",
    )


def _visit_by_two(_: str) -> Refused:
    return refuse(
        "case.visit_by_two_people",
        zh="入户调查须由两名不同的人员进行。",
        en="A home visit is made by two different people.",
        remedy_zh="请选择另一名调查人员。",
        remedy_en="Choose another person as second visitor.",
        rule="民发〔2021〕57号第十六条：每组调查人员不得少于2人",
    )


def _append_only(_: str) -> Refused:
    return refuse(
        "case.append_only",
        zh="办理记录只能增加，不能修改或删除。",
        en="What was done in a case is added to, never changed or removed.",
        remedy_zh="请另办一项更正（退回、重新测算或动态变更）。",
        remedy_en="Correct it by a further act (return, assess anew, change).",
        rule="办理记录不可更改：append_only",
    )


def _one_open_case(_: str) -> Refused:
    return refuse(
        "case.already_open",
        zh="此对象已有同一项目、同类的在办事项。",
        en="This party has an open case of this kind in this programme already.",
        remedy_zh="请打开在办事项继续办理；办结后才能再立。",
        remedy_en="Go on with the open case; another can be opened once it is closed.",
        rule="一户（人）一案：one_open_case",
    )


_BY_MARK: dict[str, Callable[[str], Refused]] = {
    "act_conflict: ": _act_conflict,
    "visit_in_future": _visit_in_future,
    "visit_by_two_people": _visit_by_two,
    "append_only": _append_only,
    "one_open_case_of_a": _one_open_case,
}


def not_at_this_stage(procedure: Procedure, state: State, act: str, done: tuple[dt.date, str] | None) -> Refused:
    """The stage does not know this act: it was done already (a double submit), or its turn has not come."""
    stage = procedure.stage(state.stage)
    words = _act_words(procedure, act)
    rule = next((row.rule for row in procedure.acts if row.act == act), procedure.basis)
    following = stage.next or {"zh-Hans": "事项已办结", "en": "the case is closed"}
    if done is not None:
        return refuse(
            "case.already_done",
            zh="“{act}”已于 {on} 由{who}办理，不能重复提交；现处于“{stage}”。",
            en="“{act_en}” was done on {on} by {who} and cannot be done again; the case is at “{stage_en}”.",
            remedy_zh="下一步：{next}。",
            remedy_en="Next: {next_en}.",
            rule=rule,
            act=words[0],
            act_en=words[1],
            on=done[0],
            who=done[1],
            stage=pick(stage.label, "zh-Hans"),
            stage_en=pick(stage.label, "en"),
            next=following["zh-Hans"],
            next_en=following["en"],
        )
    return refuse(
        "case.out_of_order",
        zh="现处于“{stage}”，不能办理“{act}”。",
        en="The case is at “{stage_en}”; “{act_en}” cannot be done now.",
        remedy_zh="下一步：{next}。可办理：{possible}。",
        remedy_en="Next: {next_en}. Possible: {possible_en}.",
        rule=rule,
        stage=pick(stage.label, "zh-Hans"),
        stage_en=pick(stage.label, "en"),
        act=words[0],
        act_en=words[1],
        next=following["zh-Hans"],
        next_en=following["en"],
        possible="、".join(_labels(procedure, state, "zh-Hans")) or "无",
        possible_en=", ".join(_labels(procedure, state, "en")) or "nothing",
    )


def died_since_assessed(act: Act, person: Person) -> Refused:
    """Somebody who counts in the assessment has died since."""
    return waits(
        "case.died_since_assessed",
        act,
        "{person}已登记死亡（{died}），现有测算仍把其计入",
        "{person} is recorded as having died ({died}), and the assessment counts them",
        "请先核实死亡，再退回（公示中的撤下公示，或在本环节）重新测算；申请人已故且无其他成员的，撤回本事项。",
        "Verify the death, then assess anew: in place, after a return, or after taking the notice down; withdraw where"
        " nobody is left.",
        person=person.name,
        died=person.died_on,
    )


def overtaken_since_assessed(act: Act, what: Text) -> Refused:
    """The family, or a fact that the assessment read, is not what it was."""
    return waits(
        "case.overtaken_since_assessed",
        act,
        "测算以后情况有变：{what}",
        "something is different since the assessment: {what_en}",
        "请重新测算后再办：在本环节的直接测算，公示中的先撤下公示，已报县级的由县级退回。",
        "Assess anew first: in place, after taking the notice down, or after the county has returned the case.",
        what=pick(what, "zh-Hans"),
        what_en=pick(what, "en"),
    )


def nobody_left(case: Case) -> Refused:
    """Everybody whom the case asks to cover has died or left the family."""
    return refuse(
        "case.nobody_left",
        zh="事项 {number} 的保障对象均已死亡或离开家庭，不能测算。",
        en="Everybody whom the case {number} asks to cover has died or left the family; there is nothing to assess.",
        remedy_zh="请撤回本事项；家庭其他成员需要救助的，另行申请。",
        remedy_en="Withdraw the case; others of the family apply anew.",
        number=case.number,
    )


def no_head(case: Case) -> Refused:
    """A family is granted something, and nobody is its head."""
    return refuse(
        "case.no_head",
        zh="事项 {number} 的家庭没有户主，确认后无人领款。",
        en="The family of the case {number} has no head: nobody would be paid.",
        remedy_zh="请先在家庭档案中确定新户主（转立新档），再作决定。",
        remedy_en="Name the new head on the household's page first, then decide.",
        number=case.number,
    )


def death_not_verified(case: Case, person: Person) -> Refused:
    """A list is decided, and somebody of a line is said to have died."""
    return refuse(
        "case.death_not_verified",
        zh="名单中事项 {number} 的{person}已登记死亡（{died}），尚未核实。",
        en="{person}, of the case {number} on the list, is said to have died ({died}); nobody has verified it.",
        remedy_zh="请先核实死亡，再审定名单；或将该户列入不予批准。",
        remedy_en="Verify the death before the list is decided, or refuse this line by name.",
        number=case.number,
        person=person.name,
        died=person.died_on,
    )


def waits(
    code: str, act: Act, zh: str, en: str, remedy_zh: str, remedy_en: str, rule: str = "", **values: object
) -> Refused:
    return refuse(
        code,
        zh=f"暂不能办理“{{act}}”：{zh}。",
        en=f"“{{act_en}}” has to wait: {en}.",
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
        rule=rule or act.rule,
        act=pick(act.label, "zh-Hans"),
        act_en=pick(act.label, "en"),
        **values,
    )


def _act_words(procedure: Procedure, act: str) -> tuple[str, str]:
    labels = [row.label for row in procedure.acts if row.act == act]
    return (pick(labels[0], "zh-Hans"), pick(labels[0], "en")) if labels else (act, act)


def _labels(procedure: Procedure, state: State, language: str) -> Sequence[str]:
    return [pick(possible.act.label, language) for possible in offered(procedure, state)]
