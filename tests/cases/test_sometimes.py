"""What only some cases need: kinship and the county's own visit, complaints, evaluation meetings."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.cases import actions, procedure, queries, sometimes
from minzheng.cases.actions import Kinship, Participant
from minzheng.cases.engine import Done
from minzheng.cases.models import CaseStep
from minzheng.core import clock
from minzheng.core.errors import Refused
from tests.cases.conftest import PAPERS, Way

D = dt.date
DIBAO = procedure.load("dibao").on(D(2025, 1, 1), "application")
KIN = Kinship(of="committee", relation="sibling", between="赵甲与村委会委员赵乙")


def accept_with_kinship(way: Way) -> Way:
    data = {"kinship": actions.kinship_data(DIBAO, KIN)}
    actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS, data=data)
    return way


def grant(way: Way):
    return actions.decide(by=way.users["approver"], case=way.case, outcome="grant")


def refuses_to_grant(way: Way, code: str) -> Refused:
    with pytest.raises(Refused) as caught:
        grant(way)
    assert caught.value.code == code
    return caught.value


def test_a_declared_kinship_makes_the_countys_own_visit_mandatory(way: Way):
    accept_with_kinship(way).check().visit().assess().post().end_posting().review()
    refused = refuses_to_grant(way, "case.county_visit_missing")
    assert "单独登记备案" in refused.rule
    assert "近亲属" in refused.text("zh-Hans")
    assert "a kinship was declared" in refused.text("en")
    with pytest.raises(Refused, match=r"case\.county_visit_missing"):  # nor refused unseen
        actions.decide(by=way.users["approver"], case=way.case, outcome="refuse", note="隐瞒财产")
    way.county_visit()
    assert way.case.stage == "reviewed"
    assert way.case.visits.get(by_county=True).first_visitor == way.users["reviewer"]
    assert grant(way).outcome == "grant"


def test_a_case_without_kinship_needs_nothing_more(way: Way):
    assert grant(way.to_reviewed()).outcome == "grant"


def test_a_kinship_that_comes_out_later_counts_too(way: Way):
    way.to_posted()
    actions.declare_kinship(by=way.users["handler"], case=way.case, kinship=KIN)
    assert way.case.stage == "posted"
    way.end_posting().review()
    refuses_to_grant(way, "case.county_visit_missing")
    assert list(queries.kinships("990101101")) == [way.case.steps.get(act="cases.declare")]


@pytest.mark.parametrize(
    "wrong",
    [
        Kinship("neighbour", "sibling", "赵甲与赵乙"),
        Kinship("staff", "cousin", "赵甲与赵乙"),
        Kinship("staff", "sibling", " "),
    ],
)
def test_a_kinship_says_with_whom_and_which(way: Way, wrong):
    way.accept()
    with pytest.raises(Refused, match=r"case\.kinship_incomplete") as caught:
        actions.declare_kinship(by=way.users["handler"], case=way.case, kinship=wrong)
    assert "兄弟姐妹" in caught.value.text("zh-Hans")


def test_a_complaint_calls_for_a_visit_after_it(way: Way):
    accept_with_kinship(way).check().visit().assess().post().end_posting().county_visit().review()
    with pytest.raises(Refused, match=r"case\.complaint_empty"):
        actions.complain(by=way.users["reviewer"], case=way.case, by_whom="村民", text=" ")
    actions.complain(by=way.users["reviewer"], case=way.case, by_whom="匿名来电", text="有小汽车")
    assert "投诉" in refuses_to_grant(way, "case.county_visit_missing").text("zh-Hans")
    way.county_visit()
    assert grant(way).outcome == "grant"


def test_the_countys_visit_is_by_two_of_the_county(way: Way):
    accept_with_kinship(way).check().visit().assess().post().end_posting()

    def visit(**changes):
        values = {
            "by": way.users["reviewer"],
            "second_visitor": way.users["approver"],
            "visited_on": clock.today(),
            "met": "赵甲",
        }
        actions.record_county_visit(case=way.case, **(values | changes))

    for changes, code in (
        ({"second_visitor": way.users["village_worker"]}, "case.second_visitor"),
        ({"second_visitor": way.users["reviewer"]}, "case.visit_by_two_people"),
        ({"by": way.users["handler"]}, "access.forbidden"),
        ({"visited_on": clock.today() + dt.timedelta(1)}, "case.visit_in_future"),
        ({"met": ""}, "case.visit_unsigned"),
    ):
        with pytest.raises(Refused) as caught:
            visit(**changes)
        assert caught.value.code == code
    assert not way.case.visits.filter(by_county=True).exists()


def test_who_visited_for_the_township_cannot_make_the_countys_visit(way: Way):
    way.to_posted().end_posting()
    step = {"case": way.case, "area_id": way.case.area_id, "stage_after": "posting_ended", "on": clock.today()}
    with pytest.raises(IntegrityError, match="act_conflict"), transaction.atomic():
        CaseStep.objects.create(**step, actor=way.users["handler"], act="cases.county_visit")


PEOPLE = [
    *(Participant(f"代表{n}", "representative") for n in "一二三四"),
    Participant("村支书", "committee"),
    Participant("驻村干部", "cadre"),
]


def meet(way: Way, **changes) -> CaseStep:
    values = {
        "held_on": clock.today(),
        "place": "村委会会议室",
        "participants": PEOPLE,
        "agree": 5,
        "disagree": 1,
        "abstain": 0,
        "minutes": "多数认为家庭确有困难",
    }
    return actions.hold_meeting(by=way.users["handler"], case=way.case, **(values | changes))


def test_a_meeting_asked_for_by_the_county_comes_before_the_next_posting(way: Way, day):
    way.to_posted().end_posting()
    actions.act(
        by=way.users["reviewer"], case=way.case, act="cases.return", note="群众意见大", data={"meeting_wanted": True}
    )
    way.visit().assess()
    with pytest.raises(Refused, match=r"case\.meeting_missing") as caught:
        way.post()
    assert "三分之二" in caught.value.rule
    with pytest.raises(Refused, match=r"case\.own_form"):
        actions.act(by=way.users["handler"], case=way.case, act="cases.evaluate")
    step = meet(way)
    assert way.case.stage == "assessed"
    assert step.data["votes"] == {"agree": 5, "disagree": 1, "abstain": 0}
    way.post().end_posting().review()
    assert grant(way).outcome == "grant"


def test_an_objection_may_ask_for_a_meeting_and_otherwise_a_new_visit_does(way: Way):
    way.to_posted()
    actions.object_to(by=way.users["handler"], posting=way.posting, by_whom="村民", text="不实", meeting=True)
    way.visit().assess()
    with pytest.raises(Refused, match=r"case\.meeting_missing"):
        way.post()
    meet(way)
    way.post()
    actions.object_to(by=way.users["handler"], posting=way.posting, by_whom="村民", text="仍不实")
    assert way.visit().assess().post().case.stage == "posted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"participants": [*PEOPLE, Participant("镇干部", "township")]}, "case.meeting_quorum"),  # 4 of 7
        ({"participants": []}, "case.meeting_too_few"),
        ({"agree": 6}, "case.meeting_votes"),
        ({"agree": 0, "disagree": 0}, "case.meeting_votes"),
        ({"participants": [*PEOPLE, Participant("代表一", "representative")]}, "case.meeting_incomplete"),
        ({"participants": [Participant("路人", "passer_by")]}, "case.meeting_incomplete"),
        ({"minutes": " "}, "case.meeting_incomplete"),
        ({"participants": [Participant("代表一", "representative", signed=False)], "agree": 1, "disagree": 0},
         "case.meeting_unsigned"),
        ({"held_on": D(2025, 3, 4)}, "case.meeting_day"),
        ({"held_on": D(2025, 3, 2)}, "case.meeting_day"),
    ],
)  # fmt: skip
def test_a_meeting_without_quorum_votes_signatures_or_day_is_refused(way: Way, changes, code):
    way.accept().check()
    with pytest.raises(Refused) as caught:
        meet(way, **changes)
    assert caught.value.code == code
    assert caught.value.rule
    assert not way.case.steps.filter(act="cases.evaluate").exists()


def test_a_county_may_always_want_the_meeting_and_a_least_number():
    text = procedure.load("dibao").text.replace(
        "          representatives: 2/3\n", "          representatives: 2/3\n          at_least: 7\n"
        "          always_after: [cases.object]\n"
    )  # fmt: skip
    stricter = procedure.parse(text, programme="dibao", path="x").on(D(2025, 1, 1), "application")
    steps = (Done("cases.object", D(2025, 3, 3), "checked"),)
    assert not sometimes.meeting_done(stricter, steps)
    assert sometimes.meeting_done(DIBAO, steps)
    few = sometimes.Attendance(6, 4, 6, 0, 0)
    assert sometimes.meeting_faults(stricter.meeting, few) == ["too_few"]
    assert sometimes.meeting_faults(DIBAO.meeting, few) == []  # 4 of 6 are two thirds


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("representatives: 2/3", "representatives: 3/2", "a fraction from 0 to 1"),
        ("representatives: 2/3", "representatives: most", "a fraction from 0 to 1"),
        ("after: [cases.object, cases.complain]", "after: [cases.shout]", "no act “cases.shout”"),
        ("        meeting:\n", "        meetings:\n", "requires meeting"),
        ("        county_visit:\n          after", "        county_visits:\n          after", "requires county_visit"),
        ("          not_for: [died, member_died]", "          not_for: [dead]", "no reason “dead”"),
        ("reconsideration_days: 60", "reconsideration_days: soon", "a whole number of at least 1"),
        ("public notice}, days: 30}", "public notice}, days: -1}", "a whole number of at least 0"),
        ("notice: {label: {zh-Hans: 公告送达, en: By public notice}", "notice: {name: x", "Chinese and in English"),
        ("        hearing:\n", "        hearings:\n", "requires heard"),
    ],
)
def test_a_broken_rule_is_refused_with_its_place(old, new, said):
    text = procedure.load("dibao").text
    assert old in text
    with pytest.raises(Refused) as caught:
        procedure.parse(text.replace(old, new, 1), programme="dibao", path="dibao/procedure.yaml")
    assert said in caught.value.text("en")
