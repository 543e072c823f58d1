"""The words of a case's papers, from what the case knows. A word that the case does not know yet is empty, and the
paper leaves a line for it."""

import datetime as dt
from functools import partial
from typing import Any

from minzheng.areas import queries as areas
from minzheng.cases import effects, letters, sometimes, timing
from minzheng.cases.board import CYCLES, Board, board_of, days_of, notes
from minzheng.cases.models import Assessment, Case, CaseKind, Decision, Moment, Outcome
from minzheng.cases.papers.explaining import explanation_rows, member_names
from minzheng.cases.queries import CaseView, Entry
from minzheng.core import clock, documents
from minzheng.core.errors import pick
from minzheng.core.money import format_yuan
from minzheng.core.paper import written_day
from minzheng.papers.values import Photo, money
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import FactSource, Household, Person, Relation
from minzheng.policy import registry
from minzheng.policy.explain import explanation_of
from minzheng.policy.sheet import present

ZH = "zh-Hans"
DAYS_TO_RECONSIDERATION = 60
MONTHS_TO_COURT = 6
"""行政复议法 article 20 and 行政诉讼法 article 46 [K]."""

Words = dict[str, Any]


def of_case(view: CaseView) -> Words:
    """Every word of the group `case`."""
    case = view.case
    visit = view.visits[-1] if view.visits else None
    day = visit.visited_on if visit else clock.today()
    return (
        _party(view, day)
        | _course(view)
        | {
            "入户日期": visit.visited_on if visit else None,
            "调查人员": f"{visit.first_visitor.name}、{visit.second_visitor.name}" if visit else "",
            "在场人员": visit.met if visit else "",
            "调查情况": visit.findings if visit else "",
        }
        | _sometimes(view)
        | _posting(view)
        | _assessment(view.assessment, case)
        | _decision(view)
        | _service(view)
    )


def of_board(board: Board) -> Words:
    """Every word of the group `board`: a sheet shows name, people and amount, and nothing else of the family."""
    return {
        "单位": board.office,
        "标题": board.title,
        "编号": board.number,
        "开头": board.opening,
        "周期": board.cycle,
        "名单": [
            {
                "序号": str(place),
                "姓名": row.shown_name,
                "人数": str(row.shown_people),
                "金额": money(row.shown_amount),
                "公示时间": days_of(row),
            }
            for place, row in enumerate(board.rows, 1)
        ],
        "时间不同": board.days_differ,
        "有合计": board.has_total,
        "合计户数": f"{len(board.rows)}{board.unit}",
        "合计人数": str(board.people),
        "合计金额": money(board.amount),
        "说明": [{"内容": line} for line in notes(board)],
        "日期": board.posted_on,
    }


def _party(view: CaseView, day: dt.date) -> Words:
    """Whom the case is about, where they live, with whom, and what they declared."""
    case = view.case
    named = {area.level: area.name for area in areas.path(case.area_id)}
    household = case.household or (people.family_of(case.person, day) if case.person else None)
    head = case.person or (people.head(household, day) if household else None)
    covered = set(case.members.values_list("person_id", flat=True))
    family = _family(head, household, day, covered)
    own = household.address if household else (head.address if head else "")
    return {
        "单位": office(case),
        "项目": programme_name(case),
        "事项": "申请" if case.kind == CaseKind.APPLICATION else "情况变化",
        "变更原因": pick(view.procedure.reasons.get(case.reason, {ZH: case.reason}), ZH),
        "编号": case.number,
        "户主": view.who,
        "户主性别": head.get_sex_display() if head else "",
        "户主年龄": str(people.age(head, day)) if head else "",
        "户主出生日期": head.birth_date if head else None,
        "保障人数": str(view.people),
        "家庭人口": str(len(family)),
        "村居": named.get("community", ""),
        "乡镇": named.get("township", ""),
        "县": named.get("county", ""),
        "住址": own or "".join(area.name for area in areas.path(case.area_id)[-2:]),
        "家庭成员": family,
        "申报情况": [*_given(case), *_declared(household, head, day)],
        "今日": clock.today(),
        "周期": cycle(case),
    }


def _family(head: Person | None, household: Household | None, day: dt.date, covered: set[int]) -> list[Words]:
    if household is None:
        rows = [(head, "本人")] if head else []
    else:
        rows = [(member.person, Relation(member.relation).label) for member in people.members(household, day)]
    return [
        {
            "序号": str(place),
            "姓名": person.name,
            "关系": str(relation),
            "性别": person.get_sex_display(),
            "年龄": str(people.age(person, day)),
            "出生日期": person.birth_date,
            "保障": person.pk in covered,
        }
        for place, (person, relation) in enumerate(rows, 1)
    ]


def _declared(household: Household | None, head: Person | None, day: dt.date) -> list[Words]:
    """What the family itself said of its means; what other registers said is not for a paper that the family signs."""
    found = people.facts_side_by_side(on=day, household=household, verified=False) if household else {}
    own = people.facts_side_by_side(on=day, person=head, verified=False) if head else {}
    rows = [(name, facts, "") for name, facts in found.items()]
    rows += [(name, facts, head.name) for name, facts in own.items() if head]
    return [
        {"项目": pick(vocabulary.label(name), ZH), "内容": said(name, facts[FactSource.DECLARED].value), "何人": whose}
        for name, facts, whose in rows
        if FactSource.DECLARED in facts
    ]


def _given(case: Case) -> list[Words]:
    """What was said of this matter alone: the kind of hardship, the sum of a bill."""
    return [
        {"项目": pick(vocabulary.label(name), ZH), "内容": said(name, value), "何人": ""}
        for name, value in case.given.items()
    ]


def said(name: str, value: Any) -> str:
    """A fact in words: money in yuan, yes or no, a code by its label."""
    entry = vocabulary.load().get(name, {})
    if entry.get("type") == "money":
        return f"{format_yuan(value)}元"
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = entry.get("values")
    label = labels.get(value) if isinstance(labels, dict) else None
    return pick(label, ZH) if isinstance(label, dict) else str(value)


def _course(view: CaseView) -> Words:
    """From the application to the decision: days, papers, who did what."""
    first: dict[str, Entry] = {entry.act: entry for entry in view.timeline}  # the timeline runs backwards
    last: dict[str, Entry] = {entry.act: entry for entry in reversed(view.timeline)}
    accepted = first.get("cases.accept") or first.get("cases.evaluate")
    reviewed = last.get("cases.review")
    received = [paper for paper in view.papers if paper.received_on]
    return {
        "申请日期": view.case.opened_on,
        "受理日期": accepted.on if accepted else None,
        "受理人": accepted.actor if accepted else "",
        "办理期限": view.total.due_on if view.total else None,
        "期限依据": view.total.rule if view.total else "",
        "已收材料": [
            {"序号": str(place), "名称": pick(paper.label, ZH), "日期": paper.received_on}
            for place, paper in enumerate(received, 1)
        ],
        "缺少材料": [
            {"序号": str(place), "名称": pick(paper.label, ZH)} for place, paper in enumerate(view.missing_papers, 1)
        ],
        "办理经过": [
            {"日期": entry.on, "事项": pick(entry.label, ZH), "办理人": entry.actor, "意见": entry.note}
            for entry in reversed(view.timeline)
        ],
        "审核人": reviewed.actor if reviewed else "",
        "审核意见": (reviewed.note or "同意") if reviewed else "",
        "审核日期": reviewed.on if reviewed else None,
    }


def _sometimes(view: CaseView) -> Words:
    """Kinships, the evaluation meeting, the hearing."""
    rules = view.procedure
    meeting = next((entry for entry in view.timeline if "votes" in entry.data), None)
    hearing = next((entry for entry in view.timeline if entry.act == sometimes.HEAR), None)
    came = meeting.data["participants"] if meeting else []
    capacities = rules.meeting.capacities if rules.meeting else {}
    return {
        "近亲属": [
            {
                "日期": entry.on,
                "何人": _named(rules.kinship.of if rules.kinship else {}, entry.data["kinship"]["of"]),
                "关系": _named(rules.kinship.relations if rules.kinship else {}, entry.data["kinship"]["relation"]),
                "双方": entry.data["kinship"]["between"],
            }
            for entry in reversed(view.timeline)
            if entry.data.get("kinship")
        ],
        "近亲属依据": rules.kinship.rule if rules.kinship else "",
        "评议日期": _day(meeting.data["held_on"]) if meeting else None,
        "评议地点": meeting.data["place"] if meeting else "",
        "评议人员": [
            {"序号": str(place), "姓名": one["name"], "身份": _named(capacities, one["capacity"])}
            for place, one in enumerate(came, 1)
        ],
        "同意票": str(meeting.data["votes"]["agree"]) if meeting else "",
        "反对票": str(meeting.data["votes"]["disagree"]) if meeting else "",
        "弃权票": str(meeting.data["votes"]["abstain"]) if meeting else "",
        "评议意见": meeting.note if meeting else "",
        "评议依据": rules.meeting.rule if rules.meeting else "",
        "听取日期": _day(hearing.data["heard_on"]) if hearing else None,
        "听取对象": hearing.data["who"] if hearing else "",
        "听取意见": hearing.note if hearing else "",
        "放弃陈述": bool(hearing and hearing.data["declined"]),
        "听取人": hearing.actor if hearing else "",
        "听取依据": rules.hearing.rule if rules.hearing else "",
    }


def _posting(view: CaseView) -> Words:
    """The last posting, its objections and photos."""
    if not view.postings:
        return {}
    posting = view.postings[-1]
    objections = list(posting.objections.order_by("pk"))
    hung = posting.photos.select_related("document").defer("document__content").order_by("taken_on", "pk")
    photos = {photo.moment: photo for photo in hung}
    return {
        "公示编号": posting.number,
        "公示标题": board_of(posting).title,
        "公示姓名": posting.shown_name,
        "公示人数": str(posting.shown_people),
        "公示金额": money(posting.shown_amount),
        "公示开始": posting.posted_on,
        "公示结束": posting.taken_down_on if objections else posting.ends_on,
        "公示地点": posting.place,
        "公示依据": posting.rule,
        "有异议": bool(objections),
        "异议": [
            {
                "序号": str(place),
                "日期": one.on,
                "内容": one.text,
                "答复": one.answer or "尚未答复",
                "答复日期": one.answered_on,
            }
            for place, one in enumerate(objections, 1)
        ],
        "公示照片": [
            {
                "照片": Photo(partial(documents.content, photo.document)),
                "说明": f"{Moment(moment).label}　{written_day(photo.taken_on)}",
            }
            for moment, photo in sorted(photos.items(), key=lambda one: one[0] != Moment.START)
        ],
    }


def _assessment(assessment: Assessment | None, case: Case) -> Words:
    """The explanation, every line of it, so that a resident can check it with a pencil."""
    if assessment is None:
        return {}
    found = present(explanation_of(assessment.explanation), ZH, members=member_names(assessment))
    refused = found.outcome == "refused"
    result = f"符合，{format_yuan(assessment.amount or 0)}元／{cycle(case)}" if assessment.eligible else "不符合条件"
    return {
        "测算日期": assessment.on,
        "测算结果": result,
        "测算项目": [dict(zip(("项目", "算式", "结果", "依据"), row, strict=True)) for row in explanation_rows(found)],
        "不符合项": [
            {"内容": f"不符合：{reason.text}" if refused else reason.text, "说明": reason.detail}
            for reason in found.reasons
        ],
    }


def _decision(view: CaseView) -> Words:
    decision = view.decision
    if decision is None:
        return {"决定机关": office(view.case)}
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
        "变更理由": _named(view.procedure.reasons, decision.reason) if change else "",
        "理由": [{"序号": str(place), "内容": text} for place, text in enumerate(_reasons(view, decision), 1)],
    } | _grace(view, decision, effect)


def _reasons(view: CaseView, decision: Decision) -> list[str]:
    """Why it was refused or stopped: each unmet condition in words, the reason of the change, the approver's own."""
    assessment = decision.assessment
    unmet = assessment.explanation.get("unmet", ()) if assessment else ()
    reasons = [pick(entry["otherwise"], ZH) for entry in unmet]
    if view.case.kind == CaseKind.CHANGE:
        reasons.append(_named(view.procedure.reasons, decision.reason))
    elif decision.reason and not reasons:
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
        "渐退理由": _named(view.procedure.reasons, decision.reason),
        "渐退金额": [dict(zip(("月份", "金额", "说明"), row, strict=True)) for row in rows],
        "渐退之后": letters.after_grace(decision, effect, cycle(view.case)) if effect else "",
    }


def _service(view: CaseView) -> Words:
    """What can be done against a decision, until when once it is served, and the proof of service."""
    rule = view.procedure.service
    words: Words = {
        "复议天数": str(rule.reconsideration_days if rule else DAYS_TO_RECONSIDERATION),
        "起诉月数": str(rule.court_months if rule else MONTHS_TO_COURT),
        "已送达": False,
    }
    served = next((entry for entry in view.timeline if entry.act == sometimes.SERVE and "manner" in entry.data), None)
    if served is None or rule is None:
        return words
    data = served.data
    return words | {
        "已送达": True,
        "复议至": _day(data["reconsideration_until"]),
        "起诉至": _day(data["court_until"]),
        "收件人": data["receiver"] + (f"（见证人：{data['witness']}）" if data["witness"] else ""),
        "送达日期": _day(data["served_on"]),
        "送达人": served.actor,
        "送达方式": pick(rule.manners[data["manner"]].label, ZH),
    }


def office(case: Case) -> str:
    township = [area.name for area in areas.path(case.area_id) if area.level == "township"]
    return f"{township[0]}民政办公室" if township else "民政办公室"


def programme_name(case: Case) -> str:
    return pick(registry.programme(case.programme).name, ZH)


def cycle(case: Case) -> str:
    return CYCLES.get(registry.programme(case.programme).timing_on(case.opened_on).pay_cycle, "次")


def _named(labels: Any, name: str) -> str:
    return pick(labels[name], ZH) if name in labels else name


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
