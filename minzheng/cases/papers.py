"""The papers of a case as Word files: acceptance notice, list of missing papers, visit form, posting sheet,
review-and-confirmation form with the explanation, and the letter that grants or refuses with its remedies.

Each is made from what the case holds and kept as a Document, so that what was handed out stays as it was.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterator

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases import (
    board,
    conference_paper,
    effects,
    ending_papers,
    letters,
    proof,
    queries,
    timing,
    verification,
    verification_paper,
)
from minzheng.cases.models import Assessment, Case, CaseKind, Decision, Outcome
from minzheng.cases.paper_words import ZH, remedies
from minzheng.cases.paper_words import programme as _programme
from minzheng.cases.paper_words import too_early as _too_early
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, documents
from minzheng.core.errors import Text, pick, refuse
from minzheng.core.idnumber import INVENTED
from minzheng.core.models import Document
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day
from minzheng.people import queries as people
from minzheng.people.models import Relation
from minzheng.policy import registry
from minzheng.policy.explain import explanation_of
from minzheng.policy.sheet import Sheet as Explained
from minzheng.policy.sheet import present

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@casework
def make(*, by: User, case: Case, kind: str) -> Document:
    """Make one of the papers of `KINDS` for a case and keep it. Refuses what the case has no content for yet."""
    if kind not in KINDS:
        raise refuse(
            "paper.unknown",
            zh="没有文书“{kind}”。",
            en="There is no paper “{kind}”.",
            remedy_zh="可生成的文书：{known}。",
            remedy_en="The papers are: {known}.",
            kind=kind,
            known=", ".join(KINDS),
        )
    perms.require(by, ISSUERS[kind][0], case.area_id, *ISSUERS[kind][1:])
    title, write = KINDS[kind]
    view = queries.case_view(case, user=by)
    sheet = Sheet(_office(case), invented=case.area_id.startswith(INVENTED))
    write(sheet, view)
    buffer = io.BytesIO()
    sheet.word.save(buffer)
    document = documents.keep(
        by=by,
        kind=f"cases.{kind}",
        title=f"{title[ZH]} {case.number}",
        media_type=WORD,
        content=buffer.getvalue(),
        subject=case,
        area=case.area_id,
    )
    audit.record("cases.make_paper", by=by, subject=case, area=case.area_id, detail={"kind": kind, "id": document.pk})
    return document


def possible(view: queries.CaseView) -> list[tuple[str, Text]]:
    """The papers that can be made of this case now: (kind, title)."""
    has = {
        "acceptance_notice": any(entry.act in ("cases.accept", "cases.evaluate") for entry in view.timeline),
        "missing_papers": (bool(view.missing_papers) and view.case.closed_on is None)
        or ending_papers.asked(view) is not None,
        "conference_record": any("conference" in entry.data for entry in view.timeline),
        "ending_letter": ending_papers.ended(view) is not None,
        "verification_report": view.procedure.verification is not None
        and verification.standing(view.timeline[::-1]).result is not None,
        "visit_form": True,
        "posting_sheet": bool(view.postings),
        "posting_proof": bool(view.postings) and proof.is_over(view.postings[-1]),
        "review_form": view.assessment is not None,
        "decision_letter": view.decision is not None,
        "grace_letter": view.decision is not None and bool(view.decision.grace),
    }
    return [(kind, title) for kind, (title, _) in KINDS.items() if has[kind]]


def _acceptance_notice(sheet: Sheet, view: queries.CaseView) -> None:
    entries = {entry.act: entry for entry in view.timeline}  # the first of each act: the timeline runs backwards
    accepted = entries.get("cases.accept") or entries.get("cases.evaluate")
    if accepted is None:
        raise _too_early("受理", "the acceptance")
    sheet.title(f"{_programme(view)}申请受理通知书")
    sheet.number(view.case.number)
    sheet.text(f"{view.who}：", indent=False)
    sheet.text(
        f"您于{written_day(view.case.opened_on)}提出的{_programme(view)}申请，材料齐全，我们已于{written_day(accepted.on)}受理。"
    )
    if view.total is not None:
        sheet.text(f"办理期限：至{written_day(view.total.due_on)}（{view.total.rule}）。")
    sheet.text(
        "办理中会入户调查，并可能向有关部门核对家庭经济状况，请予配合。家庭人口、收入、财产有变化的，请及时告知。"
    )
    sheet.heading("已收材料")
    for number, paper in enumerate((one for one in view.papers if one.received_on), 1):
        sheet.text(f"{number}．{pick(paper.label, ZH)}（{written_day(paper.received_on)}）")
    sheet.signature(accepted.on)


def _visit_form(sheet: Sheet, view: queries.CaseView) -> None:
    """Filled from the latest visit; before one, a blank to take along, with what is known already."""
    visit = view.visits[-1] if view.visits else None
    day = visit.visited_on if visit else clock.today()
    sheet.title(f"{_programme(view)}入户调查表")
    sheet.number(view.case.number)
    sheet.table(
        [
            ["户主（申请人）", view.who, "家庭人口", str(len(_family(view.case, day)))],
            ["住址", _address(view.case), "申请保障人数", str(view.people)],
        ]
    )
    sheet.heading("共同生活的家庭成员")
    sheet.table([["姓名", "与户主关系", "性别", "年龄"], *_family(view.case, day)], head=True)
    sheet.heading("调查情况")
    sheet.text(visit.findings if visit and visit.findings else "\n\n\n")
    visitors = f"{visit.first_visitor.name}、{visit.second_visitor.name}" if visit else ""
    sheet.table(
        [
            ["调查人员（两人）签字", visitors],
            ["在场家庭成员签字", visit.met if visit else ""],
            ["调查日期", written_day(visit.visited_on) if visit else ""],
        ],
        widths=(60, 96),
    )


def _posting_sheet(sheet: Sheet, view: queries.CaseView) -> None:
    """Name, number of people and amount: nothing else of the family."""
    if not view.postings:
        raise _too_early("公示", "a posting")
    board.write(sheet, board.board_of(view.postings[-1]))


def _posting_proof(sheet: Sheet, view: queries.CaseView) -> None:
    """What came of a posting, with the photos of the board at its start and at its end."""
    if not view.postings:
        raise _too_early("公示", "a posting")
    proof.write(sheet, view.postings[-1])


def _review_form(sheet: Sheet, view: queries.CaseView) -> None:
    """The decision sheet: every line of the explanation, so that a resident can check it with a pencil."""
    assessment = view.assessment
    if assessment is None:
        raise _too_early("测算", "an assessment")
    sheet.title(f"{_programme(view)}审核确认表")
    sheet.number(view.case.number)
    sheet.table(
        [
            ["户主（申请人）", view.who, "保障人数", str(view.people)],
            ["村（居）", areas.name(view.case.area_id), "申请日期", written_day(view.case.opened_on)],
            ["测算依据日", written_day(assessment.on), "测算结果", _result(assessment, view.case)],
        ]
    )
    sheet.heading("测算说明")
    found = present(explanation_of(assessment.explanation), ZH, members=member_names(assessment))
    sheet.table([["项目", "算式", "结果", "依据"], *explanation_rows(found)], head=True, widths=(36, 60, 28, 32))
    for reason in found.reasons:
        sheet.text(f"不符合：{reason.text}" if found.outcome == "refused" else reason.text)
        sheet.small(reason.detail, indent=True)
    sheet.heading("办理意见")
    rows = [
        [written_day(entry.on), pick(entry.label, ZH), entry.actor, entry.note] for entry in reversed(view.timeline)
    ]
    sheet.table([["日期", "事项", "办理人", "意见"], *rows], head=True, widths=(40, 44, 28, 44))
    sheet.signature(clock.today())


def _decision_letter(sheet: Sheet, view: queries.CaseView) -> None:
    decision = view.decision
    if decision is None:
        raise _too_early("决定", "a decision")
    effect = effects.of(decision)
    words = letters.titled(decision, effect)
    sheet.title(f"{_programme(view)}{words[0]}")
    sheet.number(decision.number)
    sheet.text(f"{view.who}：", indent=False)
    for line in _letter_lines(view, decision, words[1], effect):
        sheet.text(line)
    remedies(sheet, view, decision.decided_on, decision.decided_by.office.name)


def _grace_letter(sheet: Sheet, view: queries.CaseView) -> None:
    """渐退告知书: what is still paid, month by month, until when, and what ends it early."""
    decision = view.decision
    effect = effects.of(decision) if decision is not None and decision.grace else None
    if decision is None or effect is None:
        raise _too_early("渐退期", "a grace period")
    sheet.title(f"{_programme(view)}渐退告知书")
    sheet.number(decision.number)
    sheet.text(f"{view.who}：", indent=False)
    rule = view.procedure.grace.in_area(view.case.area_id) if view.procedure.grace else None
    way = rule.ways.get(decision.grace["way"]) if rule else None
    sheet.text(
        f"您家{pick(view.procedure.reasons.get(decision.reason, {ZH: decision.reason}), ZH)}，"
        f"按规定给予渐退期{len(decision.grace['shares'])}个月（{pick(way.label, ZH) if way else ''}）。"
        f"依据：{decision.grace['rule']}。"
    )
    cycle = _cycle(view.case)
    rows = letters.months(effect, cycle)
    sheet.table([["发放月份", f"每{cycle}金额（元）", "说明"], *rows], head=True, widths=(72, 36, 48))
    sheet.text(letters.after_grace(decision, effect, cycle))
    sheet.text("渐退期内家庭成员去世、迁出，或者财产超过规定的，渐退期提前结束，请及时告知本办公室。")
    remedies(sheet, view, decision.decided_on, decision.decided_by.office.name)


def _letter_lines(
    view: queries.CaseView, decision: Decision, verb: str, effect: effects.Effect | None
) -> Iterator[str]:
    rule = next((row.rule for row in view.procedure.acts if row.outcome == decision.outcome), view.procedure.basis)
    opened = "申请" if view.case.kind == CaseKind.APPLICATION else "情况变化"
    yield f"您的{_programme(view)}{opened}，经调查核实，决定{verb}。依据：{rule}。"
    if held := next((entry.data["rests_on"] for entry in view.timeline if "rests_on" in entry.data), None):
        held_on = written_day(dt.date.fromisoformat(held["held_on"]))
        yield f"本决定经{held_on}集体研究（一事一议）：不适用“{held['departs_from']}”，{held['why']}。"
    assessment = decision.assessment
    if decision.outcome in (Outcome.GRANT, Outcome.CHANGE) and assessment is not None:
        yield (
            f"保障{view.people}人，金额每{_cycle(view.case)}{format_yuan(assessment.amount or 0)}元，"
            f"自{letters.month_words(letters.lasting_from(decision))}起发放。"
        )
        if effect is not None and decision.outcome == Outcome.CHANGE:
            yield letters.difference(decision, effect, _cycle(view.case))
        if decision.outcome == Outcome.CHANGE:
            yield f"理由：{pick(view.procedure.reasons.get(decision.reason, {ZH: decision.reason}), ZH)}。"
        if decision.grace:
            yield f"{letters.month_words(decision.first_month)}起为渐退期，各月金额见《渐退告知书》。"
        yield "家庭人口、收入、财产有变化的，请及时告知本办公室。"
        return
    unmet = assessment.explanation.get("unmet", ()) if assessment else ()
    reasons = [pick(entry["otherwise"], ZH) for entry in unmet]
    if view.case.kind == CaseKind.CHANGE:
        reasons.append(pick(view.procedure.reasons.get(decision.reason, {"zh-Hans": decision.reason}), ZH))
    elif decision.reason and not reasons and not held:
        reasons.append(decision.reason)
    for number, reason in enumerate(reasons, 1):
        yield f"理由{number}：{reason}"
    if decision.outcome == Outcome.STOP:
        yield f"发放至{letters.month_words(timing.month(letters.lasting_from(decision), -1))}。"
    else:
        yield "生活仍有困难的，可以申请临时救助等其他救助，本办公室将予以指导。"


def explanation_rows(found: Explained) -> list[list[str]]:
    """The workings of an explanation: label (and whose), formula with its numbers, result, clause."""
    return [
        [f"{step.label}（{one.who}）" if one.who else step.label, one.filled, one.result, step.clause_short]
        for step in found.steps
        for one in step.workings
    ]


def member_names(assessment: Assessment) -> dict[int, str]:
    """The members of an explanation by their number, in the order in which they were assessed."""
    household = assessment.household
    if household is None and assessment.person is not None:
        household = people.family_of(assessment.person, assessment.on)
    if household is None:
        return {}
    members = people.members(household, assessment.on, assessment.recorded_at)
    return {number: member.person.name for number, member in enumerate(members, 1)}


def _family(case: Case, day: dt.date) -> list[list[str]]:
    household = case.household or (people.family_of(case.person, day) if case.person else None)
    if household is None:
        assert case.person is not None
        return [[case.person.name, "本人", case.person.get_sex_display(), str(people.age(case.person, day))]]
    return [
        [
            member.person.name,
            Relation(member.relation).label,
            member.person.get_sex_display(),
            str(people.age(member.person, day)),
        ]
        for member in people.members(household, day)
    ]


def _address(case: Case) -> str:
    own = case.household.address if case.household else (case.person.address if case.person else "")
    return own or "".join(area.name for area in areas.path(case.area_id)[-2:])


def _office(case: Case) -> str:
    return office_of(case.area_id)


def office_of(area: str) -> str:
    """The office that gives a paper of this area."""
    township = [found.name for found in areas.path(area) if found.level == "township"]
    return f"{township[0]}民政办公室" if township else "民政办公室"


def _cycle(case: Case) -> str:
    cycle = registry.programme(case.programme).timing_on(case.opened_on).pay_cycle
    return board.CYCLES.get(cycle, "次")


def _result(assessment: Assessment, case: Case) -> str:
    if not assessment.eligible:
        return "不符合条件"
    return f"符合，{format_yuan(assessment.amount or 0)}元／{_cycle(case)}"


KINDS: dict[str, tuple[Text, Callable[[Sheet, queries.CaseView], None]]] = {
    "acceptance_notice": ({ZH: "受理通知书", "en": "Acceptance notice"}, _acceptance_notice),
    "missing_papers": ({ZH: "一次性告知书", "en": "List of missing papers"}, ending_papers.write_missing),
    "conference_record": ({ZH: "一事一议会议记录", "en": "Record of the case conference"}, conference_paper.write),
    "ending_letter": ({ZH: "不予受理、终止通知书", "en": "Letter that ends a case"}, ending_papers.write_ending),
    "verification_report": ({ZH: "核对报告", "en": "Report of the verification"}, verification_paper.write),
    "visit_form": ({ZH: "入户调查表", "en": "Visit form"}, _visit_form),
    "posting_sheet": ({ZH: "公示", "en": "Posting sheet"}, _posting_sheet),
    "posting_proof": ({ZH: "公示结果证明", "en": "Proof of the posting"}, _posting_proof),
    "review_form": ({ZH: "审核确认表", "en": "Review and confirmation form"}, _review_form),
    "decision_letter": ({ZH: "决定通知书", "en": "Decision letter"}, _decision_letter),
    "grace_letter": ({ZH: "渐退告知书", "en": "Letter of the grace period"}, _grace_letter),
}
"""The papers by kind: title, and who writes it."""

ISSUERS: dict[str, tuple[str, ...]] = {
    "acceptance_notice": ("cases.accept",),
    "missing_papers": ("cases.accept",),
    "conference_record": ("cases.confer", "cases.accept", "cases.decide"),
    "ending_letter": ("cases.accept",),
    "verification_report": ("cases.cross_check", "cases.review", "cases.decide"),
    "visit_form": ("cases.visit", "cases.visit_second"),
    "posting_sheet": ("cases.post",),
    "posting_proof": ("cases.post", "cases.end_posting"),
    "review_form": ("cases.accept", "cases.review", "cases.decide"),
    "decision_letter": ("cases.serve", "cases.decide"),
    "grace_letter": ("cases.serve", "cases.decide"),
}
"""Which permissions issue a paper: that of the act it belongs to."""
