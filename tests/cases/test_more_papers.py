"""The words of each paper, from what the case knows; what it does not know is a line, and never “None”."""

import datetime as dt

import pytest

from minzheng.awards.models import Award
from minzheng.cases import actions, papers, queries
from minzheng.cases.papers import words as finding
from minzheng.core import clock, documents
from minzheng.core.errors import Refused
from minzheng.papers import catalogue, filling
from minzheng.papers.values import BLANK
from tests.cases.conftest import Way
from tests.cases.dynamic import Receiving
from tests.cases.test_conference import confer
from tests.cases.test_sometimes import KIN, PEOPLE, accept_with_kinship, meet
from tests.papers.word_files import words

OF_GRACE = {"渐退首月", "渐退月数", "渐退方式", "渐退依据", "渐退理由", "渐退金额", "渐退之后"}
OF_SERVICE = {"复议至", "起诉至", "收件人", "送达日期", "送达人", "送达方式"}
OF_ENDING = ("终结",)
OF_CONFERENCE = ("会议", "参会", "另作", "研究")
"""How the words begin that only such a case has."""


def made(way: Way, kind: str, case=None) -> str:
    document = papers.make(by=way.users["handler"], case=case or way.case, kind=kind)
    return words(documents.content(document))


def test_the_application_with_its_authorisation_and_declaration(way: Way):
    said = made(way, "application")
    for text in (
        "现为其中3人申请最低生活保障",
        "赵甲",
        "钱甲",
        "孙甲",
        "同意并授权民政部门",
        "真实、完整",
        "签字（指印）",
    ):
        assert text in said
    assert "None" not in said


def test_the_kinship_form_says_with_whom(way: Way):
    accept_with_kinship(way)
    said = made(way, "kinship_form")
    for text in (KIN.between, "兄弟姐妹", "村（居）民委员会成员", "单独登记备案"):
        assert text in said


def test_the_record_of_a_meeting_has_a_line_to_sign_for_each(way: Way):
    way.accept().check().visit().assess()
    meet(way)
    said = made(way, "meeting_record")
    for one in PEOPLE:
        assert one.name in said
    for text in ("村委会会议室", "5票", "1票", "多数认为家庭确有困难", "村（居）民代表"):
        assert text in said


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("neighbours", ("被访问人", "收入来源", "访问人员（二）")),
        ("agent_agreement", ("救助资金代管协议", "委托人：赵甲", "不得挪用")),
        ("referral", ("社会救助转介单", "柳庄村赵甲家庭（3人", "回执")),
    ],
)
def test_papers_to_be_written_on_know_whom_they_are_about(way: Way, kind, texts):
    said = made(way, kind)
    for text in (*texts, way.case.number):
        assert text in said


def test_a_grant_has_its_own_proof_of_service_and_later_its_review(way: Way):
    way.to_reviewed()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    receipt = made(way, "service_receipt")
    assert "最低生活保障确认通知书" in receipt
    assert "见证人签字（留置送达）" in receipt
    again = made(way, "review_again")
    assert "1,000.00" in again
    assert "2025年4月" in again
    assert "孙甲" in again


def test_a_refusal_served_stands_on_its_proof(way: Way):
    way.accept().check().visit(income=1_800_000).assess().review()
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    actions.serve(by=way.users["handler"], case=way.case, receiver="钱甲", manner="left", witness="孙某")
    said = made(way, "service_receipt")
    for text in ("钱甲（见证人：孙某）", "留置送达", "2025年5月6日", "2025年9月3日"):
        assert text in said
    with pytest.raises(Refused, match=r"paper\.too_early"):
        made(way, "review_again")  # nothing was granted


def test_the_form_of_a_change_says_from_what_to_what(way: Way):
    family = Receiving.of(way)
    family.income(900_000, clock.today())
    case = family.reviewed("income_changed")
    family.decide(case, "change")
    said = made(way, "change_form", case)
    for text in ("家庭收入变化", "原每月1,000.00元", "750.00元", "查验证明", "审核"):
        assert text in said
    with pytest.raises(Refused, match=r"paper\.not_of_this_case"):
        made(way, "application", case)
    assert Award.objects.get().pk == family.award.pk


def test_what_somebody_said_before_a_reduction(way: Way):
    family = Receiving.of(way)
    clock.set_today(dt.date(2026, 8, 3))  # the law that asks for a hearing is in force
    family.income(900_000, clock.today())
    case = family.reviewed("income_changed")
    actions.hear(by=way.users["handler"], case=case, who="赵甲", heard_on=clock.today(), said="粮价跌了")
    said = made(way, "hearing_record", case)
    for text in ("2026年8月3日", "赵甲", "本人陈述：粮价跌了", "社会救助法第四十八条", "决定作出前照常发放"):
        assert text in said
    assert "放弃陈述。" not in said


def test_temporary_assistance_has_its_form_and_the_register(world, family):
    by = world["handler"]
    case = actions.open_case(
        by=by, programme="temporary_assistance", household=family, given={"hardship_kind": "other"}
    )  # fmt: skip
    actions.act(by=by, case=case, act="cases.accept", papers=["application_form"])
    actions.assess(by=by, case=case)
    with pytest.raises(Refused, match=r"paper\.not_listed"):
        papers.batch(by=by, cases=[case], kind="petty_register")
    actions.decide(by=world["leader"], case=case, outcome="grant")
    form = words(documents.content(papers.make(by=by, case=case, kind="emergency_form")))
    for text in ("临时救助审批表", "赵甲", "500.00", "伍佰元整", "分管领导"):
        assert text in form
    register = papers.batch(by=by, cases=[case], kind="petty_register")
    said = words(register.content)
    for text in ("备用金领取登记簿", "赵甲", "500.00", "合计大写：伍佰元整", "柳庄村", "领取人签字"):
        assert text in said


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("ability_form", ("自主吃饭", "自主洗澡", "全自理", "半自理", "全护理", "1962年3月5日")),
        ("support_form", ("特困人员认定审批表", "壹仟元整", "赵某", "认定意见")),
        ("care_agreement", ("集中供养（委托照料）协议", "丙方（特困人员）：张某某", "照料护理费")),
        ("support_end", ("终止对您的特困人员救助供养，发放至2025年6月", "理由1：收入超过标准", "60日内")),
    ],
)
def test_the_papers_of_extreme_difficulty(kind, texts):
    form = catalogue.form(kind)
    assert form.programmes == ("tekun",)
    said = words(filling.fill(form.shipped(), form, form.sample()))
    for text in texts:
        assert text in said


def are_declared(found, declared) -> None:
    assert set(found) <= set(declared)
    for name, value in found.items():
        if isinstance(value, list) and value:
            assert set(value[0]) == set(declared[name].columns), name


def test_the_words_of_a_case_are_those_of_the_list_at_every_stage(way: Way):
    """Every word that is found is declared; nothing is found that no template could put."""
    declared = catalogue.form("application").words
    for step in (Way.accept, Way.check, Way.visit, Way.assess, Way.post, Way.end_posting, Way.review):
        step(way)
        found = finding.of_case(queries.case_view(way.case, user=way.users["handler"]))
        are_declared(found, declared)
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    found = finding.of_case(queries.case_view(way.case, user=way.users["handler"]))
    others = {name for name in declared if name.startswith(OF_ENDING + OF_CONFERENCE)}
    assert set(declared) - set(found) == OF_GRACE | OF_SERVICE | others  # of what this case has not had


def test_the_words_of_what_only_some_cases_have_are_those_of_the_list(way: Way):
    declared = catalogue.form("application").words
    way.accept().check().visit(income=3_000_000).assess()
    confer(way, proposal="grant", departs_from="年收入按实计算", counts={"annual_income": 600_000})
    held = finding.of_case(queries.case_view(way.case, user=way.users["handler"]))
    are_declared(held, declared)
    assert {name for name in declared if name.startswith(("会议", "参会", "另作"))} <= set(held)
    way.assess().post().end_posting().review()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    rested = finding.of_case(queries.case_view(way.case, user=way.users["handler"]))
    assert {name for name in declared if name.startswith("研究")} <= set(rested)


def test_the_words_of_an_ending_are_those_of_the_list(way: Way):
    declared = catalogue.form("application").words
    actions.end_without_decision(
        by=way.users["handler"], case=way.case, act="cases.decline", ground="elsewhere", note="户籍在平川镇"
    )
    found = finding.of_case(queries.case_view(way.case, user=way.users["handler"]))
    are_declared(found, declared)
    assert {name for name in declared if name.startswith(OF_ENDING)} <= set(found)


@pytest.mark.parametrize("kind", ["application", "visit_form", "support_form", "review_again", "file_notes"])
def test_a_paper_without_any_words_is_a_blank_one(kind):
    form = catalogue.form(kind)
    said = words(filling.fill(form.shipped(), form, {}))
    assert "None" not in said
    assert BLANK in said
