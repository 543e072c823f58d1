"""The file of a case: complete or not, contradicting itself or not, and the whole of it in its order."""

import datetime as dt
import io

import pytest
from docx import Document as read

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions, papers, procedure
from minzheng.cases.files import binding, rules
from minzheng.cases.files.checking import check
from minzheng.cases.files.facts import of_cases
from minzheng.cases.models import Case, Paper, Posting
from minzheng.core import clock, documents
from minzheng.core.errors import Refused
from minzheng.core.files import policies_dir
from minzheng.papers import catalogue
from tests.cases.conftest import Way, make_family
from tests.cases.pictures import png
from tests.papers.word_files import words


def missing(case: Case) -> list[str]:
    return [one.item.name for one in binding.report_of(case).missing]


def made(way: Way, *kinds: str) -> None:
    for kind in kinds:
        papers.make(by=way.users["handler"], case=way.case, kind=kind)


def granted(way: Way) -> Way:
    """A case whose file is made as it should be."""
    way.accept()
    made(way, "acceptance_notice")
    way.check().visit()
    made(way, "visit_form")
    way.assess().post()
    made(way, "posting_sheet")
    handler = way.users["handler"]
    actions.add_photo(by=handler, postings=[way.posting], content=png(), moment="start")
    clock.set_today(way.posting.ends_on)
    actions.add_photo(by=handler, postings=[way.posting], content=png(), moment="end")
    way.end_posting()
    made(way, "posting_proof")
    way.review()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    made(way, "review_form", "decision_letter")
    return way


def test_what_is_due_grows_with_the_case(way: Way):
    assert missing(way.case) == ["application", "authorisation", "identity"]
    way.accept()
    assert missing(way.case) == ["acceptance"]
    made(way, "acceptance_notice")
    way.check().visit()
    assert missing(way.case) == ["visit"]
    made(way, "visit_form")
    way.assess().post()
    assert missing(way.case) == ["posting", "posting_start"]
    way.end_posting()
    assert missing(way.case) == ["posting", "posting_start", "posting_end", "posting_proof"]


def test_a_file_made_as_it_should_be_is_complete(way: Way):
    report = binding.report_of(granted(way).case)
    assert report.complete
    assert {one.item.name for one in report.items if one.state == "there"} >= {"posting_end", "verification"}
    assert {one.item.name for one in report.items if one.state == "free"} == {"missing_papers", "neighbours"}


def test_a_refusal_needs_its_proof_of_service_and_no_posting(way: Way):
    way.accept().check().visit(income=1_800_000).assess().review()
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    assert missing(way.case) == ["acceptance", "visit", "review_form", "decision_letter", "service"]
    actions.serve(by=way.users["handler"], case=way.case)
    assert "service" not in missing(way.case)


def test_the_record_of_the_authorisations_and_the_report_of_the_office_will_do(way: Way):
    actions.receive_papers(by=way.users["handler"], case=way.case, kinds=["application_form", "identity_papers"])
    assert missing(way.case) == ["authorisation"]
    way.accept()
    Paper.objects.filter(case=way.case, kind="authorisation").update(received_on=None)  # as if the scan were lost
    assert "authorisation" not in missing(way.case)
    way.check()
    Paper.objects.filter(case=way.case, kind="verification_report").update(received_on=None)
    assert "verification" in missing(way.case)
    titles = [one.title.split()[0] for one in binding.make_missing(by=way.users["reviewer"], case=way.case)]
    assert "核对报告" in titles
    assert "verification" not in missing(way.case)
    assert "家庭经济状况核对报告" in words(binding.bind(by=way.users["reviewer"], case=way.case))
    assert contradictions(way.case) == []
    assert contradictions(way.case, unauthorised=["钱甲"]) == ["核对了钱甲，没有登记其授权"]


def test_an_ending_without_a_decision_needs_its_letter_and_its_proof_of_service(way: Way):
    way.accept()
    actions.end_without_decision(
        by=way.users["handler"], case=way.case, act="cases.terminate", ground="not_cooperating", note="拒绝入户"
    )
    assert missing(way.case) == ["acceptance", "ending_letter", "service"]
    made(way, "acceptance_notice", "ending_letter")
    actions.serve(by=way.users["handler"], case=way.case)
    assert missing(way.case) == []


def contradictions(case: Case, **changes) -> list[str]:
    """What the file says of itself with some of its facts otherwise."""
    (found,) = of_cases([case])
    for name, value in changes.items():
        object.__setattr__(found, name, value)
    return [text["zh-Hans"] for text in check(rules.load(), found).contradictions]


def test_days_out_of_order_and_figures_that_differ_are_named(way: Way):
    case = granted(way).case
    assert contradictions(case) == []
    (found,) = of_cases([case])
    days = dict(found.days) | {"visited": dt.date(2025, 3, 1), "decided": dt.date(2025, 3, 5)}
    assert contradictions(case, days=days) == [
        "入户调查（2025-03-01）早于受理（2025-03-03）",
        "决定（2025-03-05）早于审核（2025-03-11）",
    ]
    posting = Posting.objects.get(case=case)
    posting.shown_amount, posting.shown_people = 90_000, 2
    posting.ends_on = posting.posted_on + dt.timedelta(days=5)
    assert contradictions(case, posting=posting) == [
        "公示只有 5 天，应为 7 天",
        "公示金额 900.00 元，决定金额 1,000.00 元",
        "公示 2 人，保障 3 人",
    ]
    assert contradictions(case, unsigned_visits=[dt.date(2025, 3, 3)]) == ["2025-03-03 的入户调查没有家庭成员签字"]


def test_what_the_office_should_have_made_is_made_at_once(way: Way):
    way.accept().check().visit().assess().post().end_posting()
    titles = [one.title.split()[0] for one in binding.make_missing(by=way.users["handler"], case=way.case)]
    assert titles == ["受理通知书", "入户调查表", "公示"]
    assert missing(way.case) == ["posting_start", "posting_end", "posting_proof"]  # no proof without the photos
    assert binding.make_missing(by=way.users["handler"], case=way.case) == []


def test_the_whole_file_in_its_order(way: Way):
    case = granted(way).case
    content = binding.bind(by=way.users["handler"], case=case)
    said = words(content)
    text = [one.text for one in read(io.BytesIO(content)).paragraphs]
    order = [
        next(place for place, line in enumerate(text) if title in line)
        for title in (
            "社会救助档案", "卷内目录", "社会救助申请书", "申请受理通知书", "入户调查表", "初审公示", "结果证明",
            "审核确认表", "确认通知书", "备考表",
        )
    ]  # fmt: skip
    assert order == sorted(order)
    assert "文件齐全" in said
    assert "卷内件数" in said
    assert len(read(io.BytesIO(content)).inline_shapes) == 2  # the photos of the proof


def test_what_is_missing_stands_in_the_note_and_what_is_made_late_says_so(way: Way):
    way.accept()
    said = words(binding.bind(by=way.users["handler"], case=way.case))
    assert "1．受理通知书" in said
    assert "补制，待签字" in said
    assert "文件齐全" not in said


def test_a_scan_that_is_a_picture_is_bound_and_another_is_named(way: Way):
    handler = way.users["handler"]
    for kind, media, content in (
        ("application_form", "image/png", png(80, 60)),
        ("authorisation", "application/pdf", b"%PDF-1.4"),
    ):
        scan = documents.keep(
            by=handler,
            kind="scan",
            title="扫描",
            media_type=media,
            content=content,
            subject=way.case,
            area="990101101201",
        )
        actions.receive_paper(by=handler, case=way.case, kind=kind, document=scan)
    content = binding.bind(by=handler, case=way.case)
    assert len(read(io.BytesIO(content)).inline_shapes) == 1
    assert "扫描件另附" in words(content)


def test_many_files_cost_no_more_queries(world, django_assert_max_num_queries):
    for mark in "甲乙丙":
        Way(world, make_family(world["handler"], mark)).accept().check().visit().assess().post()
    with django_assert_max_num_queries(14):
        found = binding.reports(list(Case.objects.order_by("pk")))
    assert [len(report.missing) for report in found] == [4, 4, 4]


def test_every_list_names_papers_that_there_are():
    known = rules.load()
    for (programme, kind), items in known.lists.items():
        file = procedure.load(programme)
        for _since, kinds in file.versions:
            for item in items:
                if item.way == "paper":
                    assert item.what in kinds[kind].papers, (programme, kind, item.name)
        for item in items:
            for paper in (one for one in (item.makes, item.prints) if one):
                assert paper in catalogue.forms(), (programme, kind, item.name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("paper: evidence", "papier: evidence"),
        ("when: accepted", "when: someday"),
        ("[evidence,", "[proof,"),
    ],
)
def test_a_broken_list_is_refused_by_its_place(tmp_path, old, new):
    text = (policies_dir() / "case_files.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "case_files.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refused, match=r"case_files\.fault"):
        rules.load(tmp_path)


def test_who_may_not_see_cases_binds_none(way: Way):
    with scope([EVERYWHERE]), pytest.raises(Refused, match=r"access\."):
        binding.bind(by=way.users["finance"], case=way.case)
