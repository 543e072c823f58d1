"""What was decided, why, what can be done against it, and that it was served."""

from minzheng.cases import effects, letters, sometimes, timing
from minzheng.cases.models import CaseKind, Decision, Outcome
from minzheng.cases.papers.words.common import ZH, Words, cycle, day, named, office
from minzheng.cases.queries import CaseView
from minzheng.core.errors import pick
from minzheng.papers.values import money


def of_decision(view: CaseView) -> Words:
    decision = view.decision
    if decision is None:
        return {"决定机关": office(view.case.area_id)}
    effect = effects.of(decision)
    title, verb = letters.titled(decision, effect)
    outcome, assessment = Outcome(decision.outcome), decision.assessment
    sums = outcome in (Outcome.GRANT, Outcome.CHANGE) and assessment is not None
    lasting = letters.lasting_from(decision)
    change = outcome == Outcome.CHANGE
    return {
        "决定机关": decision.decided_by.office.name,
        "决定人": decision.decided_by.name,
        "决定编号": decision.number,
        "决定": verb,
        "决定标题": title,
        "决定日期": decision.decided_on,
        "决定依据": next(
            (row.rule for row in view.procedure.acts if row.outcome == decision.outcome), view.procedure.basis
        ),
        "同意": sums,
        "变更": change,
        "停发": outcome == Outcome.STOP,
        "金额": money(assessment.amount or 0) if sums and assessment else None,
        "起发月": letters.month_words(lasting),
        "末月": letters.month_words(timing.month(lasting, -1)) if outcome == Outcome.STOP else "",
        "金额变化": letters.difference(decision, effect, cycle(view.case)) if effect is not None and change else "",
        "变更理由": named(view.procedure.reasons, decision.reason) if change else "",
        "理由": [{"序号": str(place), "内容": text} for place, text in enumerate(_reasons(view, decision), 1)],
    } | _grace(view, decision, effect)


def _reasons(view: CaseView, decision: Decision) -> list[str]:
    """Why it was refused or stopped: each unmet condition in words, the reason of the change, the approver's own."""
    assessment = decision.assessment
    unmet = assessment.explanation.get("unmet", ()) if assessment else ()
    reasons = [pick(entry["otherwise"], ZH) for entry in unmet]
    held = any("rests_on" in entry.data for entry in view.timeline)
    if view.case.kind == CaseKind.CHANGE:
        reasons.append(named(view.procedure.reasons, decision.reason))
    elif decision.reason and not reasons and not held:  # what a conference held is said apart
        reasons.append(decision.reason)
    return reasons


def _grace(view: CaseView, decision: Decision, effect: effects.Effect | None) -> Words:
    if not decision.grace:
        return {"渐退": False}
    rule = view.procedure.grace.in_area(view.case.area_id) if view.procedure.grace else None
    way = rule.ways.get(decision.grace["way"]) if rule else None
    rows = letters.months(effect, cycle(view.case)) if effect else []
    return {
        "渐退": True,
        "渐退首月": letters.month_words(decision.first_month),
        "渐退月数": str(len(decision.grace["shares"])),
        "渐退方式": pick(way.label, ZH) if way else "",
        "渐退依据": decision.grace["rule"],
        "渐退理由": named(view.procedure.reasons, decision.reason),
        "渐退金额": [dict(zip(("月份", "金额", "说明"), row, strict=True)) for row in rows],
        "渐退之后": letters.after_grace(decision, effect, cycle(view.case)) if effect else "",
    }


def of_service(view: CaseView) -> Words:
    """What can be done against a decision, until when once it is served, and the proof of service."""
    rule = view.procedure.service
    words: Words = {
        "复议天数": str(rule.reconsideration_days if rule else letters.DAYS_TO_RECONSIDERATION),
        "起诉月数": str(rule.court_months if rule else letters.MONTHS_TO_COURT),
        "已送达": False,
    }
    served = next((entry for entry in view.timeline if entry.act == sometimes.SERVE and "manner" in entry.data), None)
    if served is None or rule is None:
        return words
    data = served.data
    return words | {
        "已送达": True,
        "复议至": day(data["reconsideration_until"]),
        "起诉至": day(data["court_until"]),
        "收件人": data["receiver"] + (f"（见证人：{data['witness']}）" if data["witness"] else ""),
        "送达日期": day(data["served_on"]),
        "送达人": served.actor,
        "送达方式": pick(rule.manners[data["manner"]].label, ZH),
    }
