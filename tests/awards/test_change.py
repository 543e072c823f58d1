"""Amounts change, awards end, and months of the past are corrected without being edited."""

import pytest
from django.utils import timezone

from minzheng.awards import actions, queries
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from tests.awards.conftest import day


@pytest.fixture
def couple(village):
    """Two people of one family, covered from January, no income: 1,000 yuan a month."""
    head, spouse = village.person(name="王甲"), village.person(name="王乙")
    household = village.family(head, spouse)
    decision = village.decide("dibao", household, covered=[head, spouse], decided=day(1, 2), first=day(1))
    award = actions.grant(by=village.approver, decision=decision)
    return award, household, head, spouse


def amounts(award):
    rows = award.amounts.filter(superseded_at=None).order_by("first_month")
    return [
        (row.first_month.month, row.last_month and row.last_month.month, row.amount // 100, row.reason) for row in rows
    ]


def test_a_change_works_from_its_month_and_leaves_the_months_before(village, couple):
    award, household, head, spouse = couple
    village.fact(household=household, name="annual_income", value=120000, since=day(3))
    decision = village.decide(
        "dibao", household, "change", covered=[head, spouse], first=day(4), reason="income_changed"
    )
    actions.change(by=village.approver, decision=decision)
    assert amounts(award) == [(1, 3, 1000, "granted"), (4, None, 900, "income_changed")]
    assert [queries.owed(award, day(month)) for month in (3, 4)] == [100000, 90000]


def test_a_member_who_is_added_or_left_out_changes_whom_it_covers(village, couple):
    award, household, head, _ = couple
    decision = village.decide("dibao", household, "change", covered=[head], first=day(4), reason="member_left")
    actions.change(by=village.approver, decision=decision)
    assert [row.people for row in queries.due("dibao", "99", (day(3), day(4)))] == [2, 1]
    assert amounts(award)[-1] == (4, None, 500, "member_left")


def test_a_change_of_the_past_supersedes_and_what_was_known_then_stays_known(village, couple):
    award, household, head, spouse = couple
    before = timezone.now()
    village.fact(household=household, name="annual_income", value=120000, since=day(2))
    decision = village.decide(
        "dibao", household, "change", covered=[head, spouse], first=day(2), reason="income_changed"
    )
    actions.change(by=village.approver, decision=decision)
    assert queries.owed(award, day(2)) == 90000
    assert queries.owed(award, day(2), known_at=before) == 100000
    assert award.amounts.exclude(superseded_at=None).count() == 1


def test_a_decision_cannot_change_what_is_not_running(village):
    household = village.family(village.person())
    with pytest.raises(Refused, match="award.none_running"):
        actions.change(by=village.approver, decision=village.decide("dibao", household, "change"))


def test_a_stop_works_from_its_first_month(village, couple):
    award, household, *_ = couple
    decision = village.decide("dibao", household, "stop", decided=day(3, 20), first=day(4), reason="stopped")
    actions.stop(by=village.approver, decision=decision)
    award.refresh_from_db()
    assert (award.last_month, award.left_on, award.end_reason) == (day(3), day(3, 20), "stopped")
    assert [row.benefit_month.month for row in queries.due("dibao", "99", (day(1), day(12)))] == [1, 2, 3]
    assert not award.members.filter(superseded_at=None, last_month=None).exists()


def test_an_ended_award_cannot_be_made_longer(village, couple):
    award, *_ = couple
    actions.stop(by=village.approver, award=award, last_month=day(3), reason="moved")
    with pytest.raises(Refused, match="award.ended"):
        actions.stop(by=village.approver, award=award, last_month=day(5), reason="moved")
    actions.stop(by=village.approver, award=award, last_month=day(2), reason="moved")
    assert queries.owed(award, day(3)) == 0


def test_only_who_decides_may_stop_without_a_decision(village, couple):
    with pytest.raises(Refused, match="access.forbidden"):
        actions.stop(by=village.handler, award=couple[0], last_month=day(3), reason="moved")


def test_working_out_anew_back_in_time_keeps_what_came_before(village, couple, on_day):
    award, household, *_ = couple
    on_day(day(6, 10))
    village.fact(household=household, name="annual_income", value=240000, since=day(3))
    village.fact(household=household, name="annual_income", value=360000, since=day(5))
    actions.reassess(by=village.handler, award=award, from_month=day(2), reason="income_changed")
    assert amounts(award) == [
        (1, 1, 1000, "granted"),
        (2, 2, 1000, "income_changed"),
        (3, 4, 800, "income_changed"),
        (5, None, 700, "income_changed"),
    ]
    assessed = award.amounts.filter(superseded_at=None).order_by("first_month").values_list("assessment__on", flat=True)
    assert list(assessed)[1:] == [day(2), day(3), day(5)]


def test_who_no_longer_meets_the_conditions_is_held_not_changed(village, couple):
    award, household, *_ = couple
    village.fact(household=household, name="annual_income", value=99_000_00, since=day(3))
    assert actions.reassess(by=village.handler, award=award, from_month=day(3), reason="income_changed") is None
    award.refresh_from_db()
    assert award.held_reason == "ineligible"
    assert amounts(award) == [(1, None, 1000, "granted")]
    assert Task.objects.filter(kind="awards.decide_change", subject_id=award.pk, done_on=None).exists()
    assert queries.due("dibao", "99", day(3), held="without") == []
    actions.release(by=village.handler, award=award, reason="核实无误")
    assert len(queries.due("dibao", "99", day(3), held="without")) == 1


def test_another_payee(village, couple):
    award, _, _, spouse = couple
    actions.change_payee(by=village.handler, award=award, payee=spouse)
    assert queries.due("dibao", "99", day(3))[0].payee_id == spouse.pk
