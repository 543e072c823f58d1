"""The papers hold what they must, and a notice nothing more."""

import io

import pytest
from docx import Document as read

from minzheng.cases import actions, papers, queries
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import Document
from tests.cases.conftest import Way


def words(document: Document) -> str:
    word = read(io.BytesIO(documents.content(document)))
    assert "虚构" in word.sections[0].header.paragraphs[0].text  # the demo's county says that it is invented
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in word.paragraphs] + cells)


def made(way: Way, kind: str) -> str:
    return words(papers.make(by=way.users["handler"], case=way.case, kind=kind))


def test_the_papers_of_a_grant(way: Way):
    assert "户口簿" in made(way, "missing_papers")
    way.accept()
    notice = made(way, "acceptance_notice")
    assert "已于2025年3月3日受理" in notice
    assert "30个工作日" in notice
    way.check()
    assert "孙甲" in made(way, "visit_form")
    way.visit().assess().post()
    visit = made(way, "visit_form")
    assert "经办人、柳庄村专干" in visit
    assert "土房三间" in visit
    sheet = made(way, "posting_sheet")
    assert "赵甲" in sheet
    assert "1,000.00" in sheet
    assert "2025年3月3日至2025年3月10日" in sheet
    for hidden in ("钱甲", "孙甲", "6,000", "土房", "1960"):
        assert hidden not in sheet
    way.end_posting().review()
    form = made(way, "review_form")
    assert "补差" in form
    assert "符合，1,000.00元／月" in form
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    letter = made(way, "decision_letter")
    assert "最低生活保障确认通知书" in letter
    assert "示例县民政局" in letter  # the county decided
    assert "自2025年4月起发放" in letter
    assert "行政复议" in letter
    assert "送达回证" in letter
    kept = Document.objects.get(kind="cases.decision_letter")
    assert (kept.subject_type, kept.subject_id, kept.size) == ("cases.case", way.case.pk, len(documents.content(kept)))


def test_a_refusal_says_why_in_words_and_what_else_there_is(way: Way):
    way.accept().check().visit(income=1_800_000).assess().review()
    form = made(way, "review_form")
    assert "不符合：收入超过标准" in form
    assert "第 4 步“符合条件”：0.00 > 0 × " in form
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    letter = made(way, "decision_letter")
    assert "不予确认通知书" in letter
    assert "理由1：收入超过标准" in letter
    assert "临时救助" in letter


def test_a_served_letter_shows_the_proof_and_the_last_days_of_the_remedies(way: Way):
    way.accept().check().visit(income=1_800_000).assess().review()
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    assert "申请行政复议至" not in made(way, "decision_letter")
    actions.serve(by=way.users["handler"], case=way.case, receiver="钱甲", manner="left", witness="村主任孙某")
    letter = made(way, "decision_letter")
    assert "可以申请行政复议至2025年5月6日，提起行政诉讼至2025年9月3日。" in letter
    assert "钱甲（见证人：村主任孙某）" in letter
    assert "留置送达" in letter


def test_a_paper_too_early_or_unknown_is_refused(way: Way):
    kinds = [kind for kind, _ in papers.possible(queries.case_view(way.case, user=way.users["handler"]))]
    assert kinds == [
        "application",
        "missing_papers",
        "visit_form",
        "neighbours",
        "agent_agreement",
        "referral",
    ]
    for kind in ("posting_sheet", "review_form", "decision_letter", "acceptance_notice"):
        with pytest.raises(Refused, match=r"paper\.too_early"):
            papers.make(by=way.users["handler"], case=way.case, kind=kind)
    with pytest.raises(Refused, match=r"paper\.unknown"):
        papers.make(by=way.users["handler"], case=way.case, kind="poem")
