"""What casework says when it refuses: the engine's findings and the database's own refusals, each in words and with the
name of the rule. One place, so that every door says the same."""

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, transaction

from minzheng.cases import sometimes, verification
from minzheng.cases.engine import Possible, State, missing_papers, offered
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


def unmet(procedure: Procedure, state: State, possible: Possible) -> Refused:
    """The act's turn has come, but something that it asks for is not there."""
    return _UNMET[possible.unmet[0]](procedure, state, possible.act)


def died_since_assessed(act: Act, person: Person) -> Refused:
    """Somebody who counts in the assessment has died since."""
    return _waits(
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
    return _waits(
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


def _papers(procedure: Procedure, state: State, act: Act) -> Refused:
    kinds = missing_papers(procedure, state.papers, act.act)
    return _waits(
        "case.papers_missing",
        act,
        "还缺材料：{papers_zh}",
        "papers are missing: {papers_en}",
        "请一次性告知申请人补齐，收到后登记。",
        "Tell the applicant all of them at once, and enter them when they come.",
        papers_zh="、".join(pick(procedure.papers[kind].label, "zh-Hans") for kind in kinds),
        papers_en=", ".join(pick(procedure.papers[kind].label, "en") for kind in kinds),
        missing=kinds,
    )


def _posting(_: Procedure, state: State, act: Act) -> Refused:
    first = None if state.posting_ends is None else state.posting_ends + dt.timedelta(days=1)
    return _waits(
        "case.posting_not_ended",
        act,
        "公示未满期，最后一日为 {ends}",
        "the posting has not ended; its last day is {ends}",
        "请在 {first} 及以后办理；公示天数不得缩短。",
        "It can be done from {first} on; a posting cannot be shortened.",
        ends=state.posting_ends,
        first=first,
    )


def _county_visit(procedure: Procedure, state: State, act: Act) -> Refused:
    kin = sometimes.kinship_declared(state.steps)
    return _waits(
        "case.county_visit_missing",
        act,
        ("登记了近亲属关系" if kin else "有异议或投诉举报") + "，县级还没有入户",
        ("a kinship was declared" if kin else "there was an objection or a complaint") + ", the county has not visited",
        "请由县级两人入户，登记“县级入户调查”后再决定。",
        "Let two of the county visit the family and enter the visit, then decide.",
        rule=procedure.county_visit.rule if procedure.county_visit else "",
    )


def _meeting(procedure: Procedure, _: State, act: Act) -> Refused:
    return _waits(
        "case.meeting_missing",
        act,
        "要求的民主评议还没有开",
        "the evaluation meeting that was asked for has not been held",
        "请组织民主评议，登记评议记录后再办理。",
        "Let the village meet, enter its record, then go on.",
        rule=procedure.meeting.rule if procedure.meeting else "",
    )


def _hearing(procedure: Procedure, _: State, act: Act) -> Refused:
    return _waits(
        "case.hearing_missing",
        act,
        "减发、停发之前还没有听取本人意见",
        "the person has not been heard before the reduction or the stop",
        "请登记“听取意见”（本人不愿陈述的，也要登记）；在决定之前照常发放。",
        "Enter the hearing, or that the person declined; payment goes on until the decision.",
        rule=procedure.hearing.rule if procedure.hearing else "",
    )


def _served(procedure: Procedure, _: State, act: Act) -> Refused:
    return _waits(
        "case.nothing_to_serve",
        act,
        "没有待送达的告知书（已经送达，或本决定不须送达回证）",
        "no letter waits to be served (it was served, or the decision needs no proof of service)",
        "请查看“送达”记录。",
        "Look at the proof of service on the page.",
        rule=procedure.service.rule if procedure.service else "",
    )


def _not_extendable(_: Procedure, state: State, act: Act) -> Refused:
    """Once only, and before the time has run out."""
    before = next((step.on for step in state.steps if step.act == act.act), None)
    if before is not None:
        return _waits(
            "case.extended_already",
            act,
            "已于 {on} 延长过一次",
            "the time was extended on {on}",
            "期限只能延长一次，请在延长后的期限内办结。",
            "It can be extended once only; finish within the extended time.",
            on=before,
        )
    return _waits(
        "case.time_run_out",
        act,
        "全程期限 {due} 已过",
        "the time ran out on {due}",
        "期限届满前才能延长；已经超期的，请抓紧办结，并按超期说明原因。",
        "It can be extended only before it runs out; finish the case and account for the delay.",
        due=state.total_due,
    )


def _no_conference(procedure: Procedure, _: State, act: Act) -> Refused:
    return _waits(
        "case.conference_missing",
        act,
        "测算结果为符合条件，没有经一事一议通过的不予确认意见",
        "the assessment says eligible, and no case conference has carried a refusal",
        "请按测算结果确认；有特殊情况的，先开一事一议，写明不适用哪一条、为什么，再作决定。",
        "Grant it, or hold a case conference that says which rule is departed from and why.",
        rule=procedure.conference.rule if procedure.conference else "",
    )


def _not_requested(procedure: Procedure, state: State, act: Act) -> Refused:
    done = verification.standing(state.steps).result is not None
    return _waits(
        "case.verification_not_requested",
        act,
        "还没有提出信息核对" if not done else "没有提出重新核对，也没有待复核的异议",
        "the verification has not been asked for" if not done else "no new verification is asked for or objected to",
        "请在全部成年人签署授权后提出信息核对，收到结果再登记。",
        "Ask for it once every adult has authorised it, then enter its result.",
        rule=procedure.verification.rule if procedure.verification else "",
    )


def _awaited(procedure: Procedure, state: State, act: Act) -> Refused:
    now = verification.standing(state.steps)
    return _waits(
        "case.verification_awaited",
        act,
        "{on} 提出的核对（或异议）还没有结果",
        "what was asked for (or objected to) on {on} has no result yet",
        "请等待并登记结果。",
        "Wait for the result and enter it.",
        rule=procedure.verification.rule if procedure.verification else "",
        on=now.requested_on or now.disputed_on,
    )


def _not_verified(procedure: Procedure, state: State, act: Act) -> Refused:
    """No result yet, an objection that is looked into, a new result that is awaited, or one that has expired: each says
    what to do."""
    rule = procedure.verification
    now = verification.standing(state.steps)
    if rule is None or now.result is None:
        return _not_requested(procedure, state, act)
    if now.disputed_on is not None:
        return _disputed(procedure, state, act)
    if now.requested_on is not None:
        return _awaited(procedure, state, act)
    return _waits(
        "case.verification_expired",
        act,
        "{on} 的核对结果已于 {expired} 过期（有效期 {months} 个月）",
        "the verification of {on} expired on {expired} ({months} months)",
        "请重新提出信息核对，登记新的结果后再测算。",
        "Ask for a new verification and enter its result, then assess.",
        rule=rule.rule,
        on=now.result["on"],
        expired=verification.expires_on(rule, now.result),
        months=rule.valid_months,
    )


def _disputed(procedure: Procedure, state: State, act: Act) -> Refused:
    return _waits(
        "case.verification_disputed",
        act,
        "{on} 对核对结果提出的异议还在复核",
        "the objection of {on} to the verification is being looked into",
        "请先登记复核结果（维持或更正）。",
        "Enter first what came of it: upheld, or a new result.",
        rule=procedure.verification.rule if procedure.verification else "",
        on=verification.standing(state.steps).disputed_on,
    )


def _waits(
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


def _simple(code: str, *texts: str) -> Callable[[Procedure, State, Act], Refused]:
    return lambda _, __, act: _waits(code, act, *texts)


_UNMET: dict[str, Callable[[Procedure, State, Act], Refused]] = {
    "papers": _papers,
    "posting_ended": _posting,
    "county_visit": _county_visit,
    "meeting": _meeting,
    "heard": _hearing,
    "unserved": _served,
    "ineligible_or_conference": _no_conference,
    "extendable": _not_extendable,
    "requested": _not_requested,
    "unrequested": _awaited,
    "verified": _not_verified,
    "undisputed": _disputed,
    "visit": _simple(
        "case.visit_missing", "还没有本环节的入户记录", "no visit has been entered at this stage",
        "请登记两人入户调查。", "Enter the home visit by two.",
    ),
    "assessment": _simple(
        "case.assessment_missing", "还没有测算", "there is no assessment", "请先测算。", "Assess the case first.",
    ),
    "eligible": _simple(
        "case.not_eligible", "测算结果为不符合条件（或尚未测算）", "the assessment says not eligible (or is missing)",
        "请查看测算说明；情况有变化的登记后重新测算，否则按不予确认办理。",
        "Read the explanation; enter what has changed and assess anew, or refuse.",
    ),
    "ineligible": _simple(
        "case.eligible", "测算结果为符合条件", "the assessment says eligible",
        "符合条件的须公示、确认；确需不予确认的写明理由。",
        "Who is eligible is posted and granted; a refusal all the same needs its reason.",
    ),
    "ineligible_or_reason": _simple(
        "case.refusal_reason", "测算结果为符合条件而没有写明不予确认的理由",
        "the assessment says eligible and no reason for the refusal is given",
        "请写明理由（将写入通知书）。", "Give the reason; it goes into the letter.",
    ),
    **dict.fromkeys(("overtaken", "death"), _simple(
        "case.nothing_overtaken", "测算以后没有登记死亡，家庭成员和情况也没有变化",
        "since the assessment nobody is recorded as having died, and family and facts are the same",
        "公示有误的登记异议；有人去世、情况有变的先登记。",
        "Enter an objection to a wrong notice; record a death or what has changed first.",
    )),
    "objected": _simple(
        "case.nobody_objected", "没有因异议撤下的公示", "no notice is down because somebody objected",
        "公示期间的异议在公示环节登记；没有公示过的按投诉、举报登记。",
        "Enter an objection while the notice hangs; without a notice it is a complaint.",
    ),
    "reason": _simple(
        "case.reason_missing", "没有写明理由", "no reason is given", "请写明理由。", "Give the reason.",
    ),
}  # fmt: skip


def _act_words(procedure: Procedure, act: str) -> tuple[str, str]:
    labels = [row.label for row in procedure.acts if row.act == act]
    return (pick(labels[0], "zh-Hans"), pick(labels[0], "en")) if labels else (act, act)


def _labels(procedure: Procedure, state: State, language: str) -> Sequence[str]:
    return [pick(possible.act.label, language) for possible in offered(procedure, state)]
