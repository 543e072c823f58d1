"""What happens between an assessment and the acts that rest on it."""

import datetime as dt

import pytest

from minzheng.cases import actions, procedure, queries
from minzheng.cases.actions import overtaken
from minzheng.cases.models import CaseKind, CaseMember
from minzheng.cases.overtaken import what_overtook
from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.people import actions as people
from tests.cases.conftest import Way, make_family, person

D = dt.date

OVERTAKEN = "case.overtaken_since_assessed"


def found(way: Way, value: int, *, source: str = "verified", since: object = None, name: str = "annual_income") -> None:
    people.record_fact(
        by=way.users["handler"], name=name, value=value, source=source, valid_from=since or clock.today(),
        household=way.household,
    )  # fmt: skip


def refused(act, code: str = OVERTAKEN) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code == code, refusal.value
    return refusal.value


def grant(way: Way):
    return actions.decide(by=way.users["approver"], case=way.case, outcome="grant")


def recall(way: Way):
    return actions.act(by=way.users["handler"], case=way.case, act="cases.recall")


def test_a_fact_found_otherwise_stops_post_end_review_and_grant_until_it_is_assessed_anew(way: Way, day):
    way.accept().check().visit().assess()
    found(way, 900_000)
    said = refused(way.post)
    assert "“家庭年收入”" in said.text() or "年收入" in said.text()
    assert "6,000.00元变为9,000.00元" in said.text()
    assert "was 6,000.00 yuan and is 9,000.00 yuan" in said.text("en")
    way.assess().post()
    found(way, 1_000_000)
    day(3, 12)
    refused(lambda: actions.end_posting(by=way.users["handler"], case=way.case))
    recall(way)
    assert way.case.stage == "checked"
    assert way.case.postings.get().taken_down_on == D(2025, 3, 12)
    way.visit(income=1_000_000).assess().post().end_posting()
    found(way, 1_100_000)
    refused(way.review)
    found(way, 1_000_000)
    way.review()
    found(way, 1_100_000)
    refused(lambda: grant(way))
    actions.act(by=way.users["reviewer"], case=way.case, act="cases.return", note="收入有变")
    way.visit().assess().post().end_posting().review()
    assert grant(way).assessment.inputs["facts"]["annual_income"] == 1_100_000


def test_what_changes_nothing_stops_nothing(way: Way):
    way.to_reviewed()
    found(way, 600_000)
    found(way, 600_000, source="surveyed")
    found(way, 9_900_000, since=D(2026, 1, 1))
    found(way, 3, name="houses")
    found(way, 9_900_000, source="declared")
    assert grant(way).outcome == "grant"


def test_a_fact_of_a_day_that_has_come_by_the_decision_counts(way: Way, day):
    way.to_reviewed()
    found(way, 900_000, since=D(2025, 4, 10))
    day(4, 9)
    assert queries.case_view(way.case, user=way.users["approver"]).overtaken is None
    day(4, 10)
    refused(lambda: grant(way))


def test_a_member_who_left_is_named_and_is_not_covered_by_the_new_assessment(way: Way):
    way.to_posted()
    child = way.case.members.get(person__name="孙甲").person
    people.leave(by=way.users["handler"], household=way.household, person=child, on=clock.today(), reason="moved")
    clock.set_today(D(2025, 3, 20))
    said = refused(lambda: actions.end_posting(by=way.users["handler"], case=way.case))
    assert "孙甲已离开家庭" in said.text()
    assert "孙甲 left the family" in said.text("en")
    recall(way)
    way.visit().assess()
    assert not CaseMember.objects.filter(case=way.case, person=child).exists()
    assert len(way.case.assessments.order_by("-pk")[0].inputs["members"]) == 2


def test_somebody_who_joined_is_named(way: Way):
    way.to_reviewed()
    baby = person(way.users["handler"], "赵小", D(2025, 3, 5))
    people.join(by=way.users["handler"], household=way.household, person=baby, relation="grandchild", on=D(2025, 3, 6))
    said = refused(lambda: grant(way))
    assert "赵小已加入家庭" in said.text()
    assert "赵小 joined" in said.text("en")


def test_who_left_and_came_back_has_changed_nothing(way: Way):
    way.to_reviewed()
    child = way.case.members.get(person__name="孙甲").person
    people.leave(by=way.users["handler"], household=way.household, person=child, on=clock.today(), reason="moved")
    refused(lambda: grant(way))
    people.join(by=way.users["handler"], household=way.household, person=child, relation="son", on=clock.today())
    assert grant(way).outcome == "grant"


def test_recall_asks_that_something_has_changed(way: Way):
    way.to_posted()
    refused(lambda: recall(way), "case.nothing_overtaken")


def test_a_changed_amount_is_not_decided_on_an_overtaken_assessment(way: Way, day):
    way.to_reviewed()
    grant(way)
    day(5, 6)
    users = way.users
    change = actions.open_case(
        by=users["handler"], programme="dibao", household=way.household, kind=CaseKind.CHANGE, reason="income_changed"
    )
    way.case = change
    way.visit(income=500_000)
    way.assess()
    way.review()
    found(way, 300_000)
    refused(lambda: actions.decide(by=users["approver"], case=change, outcome="change"))


def test_whoever_may_not_see_verified_facts_learns_only_that_one_is_different(way: Way):
    way.accept().check().visit().assess()
    found(way, 900_000)
    said = refused(lambda: actions.post(by=way.users["village_worker"], case=way.case)).text()
    assert "信息核对的结果有变" in said
    assert "9,000" not in said


def test_the_case_page_says_so_and_bulk_refuses_only_the_one(way: Way, world):
    other = Way(world, make_family(world["handler"], "乙"))
    for one in (way, other):
        one.accept().check().visit().assess()
    found(way, 900_000)
    view = queries.case_view(way.case, user=world["handler"])
    assert [fact.name for fact in view.overtaken.facts] == ["annual_income"]
    assert next(row for row in view.acts if row.act == "cases.post").why_not.code == OVERTAKEN
    assert next(row for row in view.acts if row.act == "cases.assess").possible
    done = actions.act_on_many(by=world["handler"], act="cases.post", cases=[way.case, other.case])
    assert [one.refused.code if one.refused else "" for one in done] == [OVERTAKEN, ""]


def test_looking_costs_the_same_however_many_the_family_are(way: Way, django_assert_max_num_queries):
    way.to_posted()
    latest = way.case.assessments.get()
    with django_assert_max_num_queries(3):  # the files, today, the facts
        assert what_overtook(way.case, latest) is None


WAYS_BACK = ("cases.assess", "cases.visit", "cases.recall", "cases.return")


@pytest.mark.parametrize("code", procedure.programmes())
def test_wherever_an_act_rests_on_the_assessment_there_is_a_way_to_assess_anew(code):
    """Otherwise a case whose assessment was overtaken would stand still for ever."""
    stuck = [
        (kind, rules.valid_from, stage)
        for _since, kinds in procedure.load(code).versions
        for kind, rules in kinds.items()
        for stage in {stage for row in rules.acts if overtaken.rests(row) for stage in row.stages}
        if (kind, stage) != ("change", "posted")  # a proposed end, which rests on no assessment
        if not any(row.act in WAYS_BACK and stage in row.stages for row in rules.acts)
    ]
    assert stuck == []
