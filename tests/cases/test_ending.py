"""What is missing is told once; a case that is not accepted or terminated ends with a letter."""

import datetime as dt

import pytest

from minzheng.cases import actions, papers, procedure, queries
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from minzheng.people import actions as people
from tests.cases.conftest import PAPERS
from tests.cases.test_papers import made, words


def end(way, act, ground, note="两次上门拒绝入户"):
    return actions.end_without_decision(by=way.users["handler"], case=way.case, act=act, ground=ground, note=note)


def tasks(case):
    return list(Task.objects.filter(subject_id=case.pk, done_on=None).order_by("kind").values_list("kind", flat=True))


def test_all_that_is_missing_is_told_once_and_stays_as_it_was_told(day, way):
    day(3, 3)
    handler = way.users["handler"]
    actions.receive_papers(by=handler, case=way.case, kinds=["application_form"])
    actions.ask_papers(by=handler, case=way.case, also="申请书第三页未签字\n\n照片不清")
    step = way.case.steps.get(act="cases.ask_papers")
    assert step.data == {"asked": ["authorisation", "identity_papers"], "also": ["申请书第三页未签字", "照片不清"]}
    actions.receive_papers(by=handler, case=way.case, kinds=["authorisation"])
    told = made(way, "missing_papers")
    for line in (
        "1．家庭经济状况核对授权书",
        "2．身份证、户口簿",
        "3．申请书第三页未签字",
        "4．照片不清",
        "补正通知书",
    ):
        assert line in told
    day(3, 4)
    with pytest.raises(Refused) as refused:
        actions.ask_papers(by=handler, case=way.case, also="还有一项")
    assert (refused.value.code, refused.value.rule[:10]) == ("case.already_done", "民发〔2021〕57号"[:10])


def test_the_clocks_start_once_the_papers_are_complete(day, way):
    day(3, 3)
    actions.ask_papers(by=way.users["handler"], case=way.case)
    assert way.case.due_on is None
    day(4, 1)
    with pytest.raises(Refused, match="papers are missing"):
        actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS[:2])
    actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS)
    view = queries.case_view(way.case, user=way.users["handler"])
    assert (view.clock.due_on, view.total.due_on) == (dt.date(2025, 4, 7), dt.date(2025, 5, 16))


def test_nothing_is_asked_for_where_nothing_is_missing(day, way):
    day(3, 3)
    actions.receive_papers(by=way.users["handler"], case=way.case, kinds=PAPERS)
    with pytest.raises(Refused) as refused:
        actions.ask_papers(by=way.users["handler"], case=way.case, also="  ")
    assert refused.value.code == "case.nothing_missing"


def test_an_application_that_is_not_accepted_ends_with_its_letter(day, way):
    day(3, 3)
    with pytest.raises(Refused) as refused:
        papers.make(by=way.users["handler"], case=way.case, kind="ending_letter")
    assert refused.value.code == "paper.too_early"
    end(way, "cases.decline", "elsewhere", "户籍在平川镇，居住也在平川镇")
    assert (way.case.stage, way.case.closed_on, way.case.outcome) == (
        "not_accepted",
        dt.date(2025, 3, 3),
        "not_accepted",
    )
    assert tasks(way.case) == ["cases.serve"]
    letter = made(way, "ending_letter")
    for line in (
        "不予受理通知书",
        "决定不予受理",
        "不属于本乡镇（街道）受理范围",
        "户籍在平川镇",
        "60日内",
        "行政诉讼",
    ):
        assert line in letter
    day(3, 4)
    actions.serve(by=way.users["handler"], case=way.case)
    assert tasks(way.case) == []
    assert "可以申请行政复议至2025年5月6日" in made(way, "ending_letter")


def test_a_terminated_case_takes_no_further_act_and_another_can_be_opened(day, way):
    day(3, 3)
    way.accept().check()
    end(way, "cases.terminate", "not_cooperating")
    assert "终止办理通知书" in made(way, "ending_letter")
    with pytest.raises(Refused) as refused:
        way.visit()
    assert refused.value.code == "case.out_of_order"
    again = actions.open_case(by=way.users["handler"], programme="dibao", household=way.household)
    assert again.stage == "applied"


def test_a_death_is_a_ground_only_where_nobody_is_left_and_leaves_nobody_to_serve(day, way):
    day(3, 3)
    way.accept().check().visit().assess()
    handler = way.users["handler"]
    with pytest.raises(Refused, match="赵甲、钱甲、孙甲") as refused:
        end(way, "cases.terminate", "died")
    assert refused.value.code == "case.somebody_left"
    for membership in way.household.memberships.filter(superseded_at=None):
        people.record_death(by=handler, person=membership.person, on=dt.date(2025, 3, 2))
    end(way, "cases.terminate", "died", "全户在火灾中遇难")
    assert way.case.stage == "terminated"
    assert tasks(way.case) == []
    assert "全户在火灾中遇难" in words(papers.make(by=handler, case=way.case, kind="ending_letter"))


@pytest.mark.parametrize(
    ("act", "ground", "note", "code"),
    [
        ("cases.decline", "tired", "经审查", "ending_ground"),
        ("cases.decline", "papers", " ", "reason_missing"),
        ("cases.withdraw", "papers", "经审查", "no_such_ending"),
        ("cases.terminate", "moved", "已迁出", "out_of_order"),
    ],
)
def test_an_ending_without_ground_note_or_turn_is_refused(way, act, ground, note, code):
    with pytest.raises(Refused) as refused:
        end(way, act, ground, note)
    assert refused.value.code == f"case.{code}"
    assert way.case.stage == "applied"


def test_who_decides_cannot_terminate(way):
    way.accept()
    with pytest.raises(Refused) as refused:
        actions.end_without_decision(
            by=way.users["approver"], case=way.case, act="cases.terminate", ground="moved", note="已迁出"
        )
    assert refused.value.code == "access.forbidden"


def test_an_ending_that_leads_nowhere_is_refused_in_the_file():
    text = procedure.load("dibao").text
    broken = text.replace("          cases.terminate:\n", "          cases.return:\n", 1)
    with pytest.raises(Refused, match="leads to no such ending"):
        procedure.parse(broken, programme="dibao", path="dibao/procedure.yaml")
