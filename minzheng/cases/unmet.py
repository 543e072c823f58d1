"""Why an act whose turn has come cannot be done yet: what each requirement of a procedure (`shapes.REQUIREMENTS`) says
while it is not met, and what to do about it."""

import datetime as dt
from collections.abc import Callable

from minzheng.cases import drawing, sometimes, verification
from minzheng.cases.engine import Possible, State, missing_papers
from minzheng.cases.refusals import waits
from minzheng.cases.shapes import Act, Procedure
from minzheng.core.errors import Refused, pick


def refusal(procedure: Procedure, state: State, possible: Possible) -> Refused:
    """The act's turn has come, but something that it asks for is not there."""
    return _UNMET[possible.unmet[0]](procedure, state, possible.act)


def _papers(procedure: Procedure, state: State, act: Act) -> Refused:
    kinds = missing_papers(procedure, state.papers, act.act)
    return waits(
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
    return waits(
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
    if any(map(drawing.for_check, state.steps)):
        zh, en = "抽中县级抽查核实", "the case was drawn for a check"
    elif sometimes.kinship_declared(state.steps):
        zh, en = "登记了近亲属关系", "a kinship was declared"
    else:
        zh, en = "有异议或投诉举报", "there was an objection or a complaint"
    return waits(
        "case.county_visit_missing",
        act,
        f"{zh}，县级还没有入户",
        f"{en}, the county has not visited",
        "请由县级两人入户，登记“县级入户调查”后再决定。",
        "Let two of the county visit the family and enter the visit, then decide.",
        rule=procedure.county_visit.rule if procedure.county_visit else "",
    )


def _meeting(procedure: Procedure, _: State, act: Act) -> Refused:
    return waits(
        "case.meeting_missing",
        act,
        "要求的民主评议还没有开",
        "the evaluation meeting that was asked for has not been held",
        "请组织民主评议，登记评议记录后再办理。",
        "Let the village meet, enter its record, then go on.",
        rule=procedure.meeting.rule if procedure.meeting else "",
    )


def _hearing(procedure: Procedure, _: State, act: Act) -> Refused:
    return waits(
        "case.hearing_missing",
        act,
        "减发、停发之前还没有听取本人意见",
        "the person has not been heard before the reduction or the stop",
        "请登记“听取意见”（本人不愿陈述的，也要登记）；在决定之前照常发放。",
        "Enter the hearing, or that the person declined; payment goes on until the decision.",
        rule=procedure.hearing.rule if procedure.hearing else "",
    )


def _served(procedure: Procedure, _: State, act: Act) -> Refused:
    return waits(
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
        return waits(
            "case.extended_already",
            act,
            "已于 {on} 延长过一次",
            "the time was extended on {on}",
            "期限只能延长一次，请在延长后的期限内办结。",
            "It can be extended once only; finish within the extended time.",
            on=before,
        )
    return waits(
        "case.time_run_out",
        act,
        "全程期限 {due} 已过",
        "the time ran out on {due}",
        "期限届满前才能延长；已经超期的，请抓紧办结，并按超期说明原因。",
        "It can be extended only before it runs out; finish the case and account for the delay.",
        due=state.total_due,
    )


def _no_conference(procedure: Procedure, _: State, act: Act) -> Refused:
    return waits(
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
    return waits(
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
    return waits(
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
    return waits(
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
    return waits(
        "case.verification_disputed",
        act,
        "{on} 对核对结果提出的异议还在复核",
        "the objection of {on} to the verification is being looked into",
        "请先登记复核结果（维持或更正）。",
        "Enter first what came of it: upheld, or a new result.",
        rule=procedure.verification.rule if procedure.verification else "",
        on=verification.standing(state.steps).disputed_on,
    )


def _simple(code: str, *texts: str) -> Callable[[Procedure, State, Act], Refused]:
    return lambda _, __, act: waits(code, act, *texts)


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
    "contested": _simple(
        "case.no_appeal", "没有待登记结果的复议或诉讼", "no reconsideration or lawsuit is pending",
        "请先登记复议或诉讼的提出。", "Enter first that it was filed.",
    ),
    "objected": _simple(
        "case.nobody_objected", "没有因异议撤下的公示", "no notice is down because somebody objected",
        "公示期间的异议在公示环节登记；没有公示过的按投诉、举报登记。",
        "Enter an objection while the notice hangs; without a notice it is a complaint.",
    ),
    "reason": _simple(
        "case.reason_missing", "没有写明理由", "no reason is given", "请写明理由。", "Give the reason.",
    ),
}  # fmt: skip
