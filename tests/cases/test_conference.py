"""Case conferences: without one nobody decides against the assessment, and what one says is kept."""

import datetime as dt

import pytest

from minzheng.cases import actions
from minzheng.core.errors import Refused
from tests.cases.test_papers import made

CAME = [
    actions.Participant(name, capacity) for name, capacity in (("甲", "county"), ("乙", "township"), ("丙", "village"))
]


def confer(way, **values):
    given = {
        "held_on": dt.date(2025, 3, 3),
        "place": "县民政局三楼",
        "participants": CAME,
        "agree": 3,
        "proposal": "refuse",
        "departs_from": "收入低于标准即确认",
        "why": "子女有较高赡养能力而未计入",
    }
    return actions.confer(by=way.users["reviewer"], case=way.case, **given | values)


def refuse(way, **values):
    return actions.decide(by=way.users["approver"], case=way.case, outcome="refuse", **values)


@pytest.fixture
def reviewed(way):
    way.to_reviewed()
    return way


def today(way):
    return way.case.steps.order_by("pk").last().on


def test_nobody_is_refused_against_the_assessment_for_a_reason_alone(reviewed):
    with pytest.raises(Refused) as refused:
        refuse(reviewed, note="群众反映大")
    assert refused.value.code == "case.conference_missing"
    confer(reviewed, held_on=today(reviewed))
    decision = refuse(reviewed)
    assert "收入低于标准即确认" in decision.reason
    step = reviewed.case.steps.get(act="cases.decide")
    assert step.data["rests_on"]["why"] == "子女有较高赡养能力而未计入"
    letter = made(reviewed, "decision_letter")
    assert "集体研究（一事一议）：不适用“收入低于标准即确认”，子女有较高赡养能力而未计入" in letter
    assert "同意3、不同意0、弃权0，通过" in made(reviewed, "conference_record")


@pytest.mark.parametrize("votes", [{"agree": 1, "disagree": 2}, {"agree": 0, "abstain": 3}])
def test_one_that_does_not_carry_permits_nothing(reviewed, votes):
    confer(reviewed, held_on=today(reviewed), **votes)
    with pytest.raises(Refused) as refused:
        refuse(reviewed, note="群众反映大")
    assert refused.value.code == "case.conference_missing"


def test_one_from_before_the_assessment_that_stands_now_permits_nothing(reviewed):
    confer(reviewed, held_on=today(reviewed))
    actions.act(by=reviewed.users["reviewer"], case=reviewed.case, act="cases.return", note="补充调查")
    reviewed.visit().assess().post().end_posting()
    actions.review(by=reviewed.users["reviewer"], case=reviewed.case)
    with pytest.raises(Refused) as refused:
        refuse(reviewed, note="群众反映大")
    assert refused.value.code == "case.conference_missing"


def test_a_grant_counts_facts_otherwise_in_this_matter_alone(way):
    way.accept().check().visit(income=3_000_000).assess()
    assert way.case.assessments.latest("pk").eligible is False
    confer(
        way, proposal="grant", departs_from="年收入按实计算", why="系一次性拆迁补偿", counts={"annual_income": 600_000}
    )
    way.assess()
    latest = way.case.assessments.latest("pk")
    assert (latest.eligible, latest.amount) == (True, 100_000)
    way.post().end_posting().review()
    decision = actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    assert "系一次性拆迁补偿" in decision.reason
    assert "家庭年收入按6,000.00元计" in made(way, "conference_record")
    another = actions.open_case(
        by=way.users["handler"], programme="dibao", household=way.household, kind="change", reason="income_changed"
    )
    assert another.given == {}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"proposal": "grant"}, "conference_incomplete"),
        ({"counts": {"cars": 0}}, "conference_incomplete"),
        ({"departs_from": " "}, "conference_incomplete"),
        ({"proposal": "grant", "counts": {"wheels": 0}}, "unknown"),
        ({"participants": CAME[:2], "agree": 2}, "meeting_too_few"),
        ({"agree": 4}, "meeting_votes"),
        ({"held_on": dt.date(2025, 3, 2)}, "meeting_day"),
        ({"participants": [*CAME, actions.Participant("丁", "county", signed=False)]}, "meeting_unsigned"),
        ({"participants": [*CAME, actions.Participant("丁", "cousin")]}, "meeting_incomplete"),
    ],
)
def test_one_that_is_not_whole_is_refused(way, values, code):
    way.accept().check().visit().assess()
    with pytest.raises(Refused) as refused:
        confer(way, **values)
    assert refused.value.code.split(".")[1] == code
    assert way.case.given == {}


def test_the_township_does_not_enter_it(way):
    way.accept().check().visit().assess()
    with pytest.raises(Refused) as refused:
        actions.confer(
            by=way.users["handler"], case=way.case, held_on=dt.date(2025, 3, 3), place="镇政府", participants=CAME,
            agree=3, proposal="refuse", departs_from="收入", why="理由",
        )  # fmt: skip
    assert refused.value.code == "access.forbidden"
