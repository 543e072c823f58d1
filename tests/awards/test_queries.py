"""Rosters, movements, and what a family receives."""

import datetime as dt

import pytest

from minzheng.awards import actions, queries
from minzheng.awards.queries import Count
from tests.awards.conftest import day

YEAR = (day(1), day(12, 31))


@pytest.fixture
def year(village, on_day):
    """A year of five families: three carried over (one leaves, one loses a member, one earns more), two granted (one
    leaves again)."""
    families = [[village.person(name=f"户{place}甲"), village.person(name=f"户{place}乙")] for place in range(5)]
    households = [village.family(*members) for members in families]
    on_day(day(1, 2))
    carried = actions.carry_over_roster(
        by=village.handler,
        programme="dibao",
        rows=[
            actions.RosterRow(first_month=day(6, year=2022), household=one, line=n)
            for n, one in enumerate(households[:3])
        ],
        as_of=day(1),
        evidence="2024年12月花名册",
    )
    granted = []
    for month, household in ((2, households[3]), (5, households[4])):
        on_day(day(month, 20))
        decision = village.decide("dibao", household, first=day(month + 1))
        granted.append(actions.grant(by=village.approver, decision=decision))
    on_day(day(6, 15))
    actions.stop(by=village.approver, award=carried[0], last_month=day(6), reason="income_over")
    village.fact(household=households[2], name="annual_income", value=120000, since=day(7))
    change = village.decide(
        "dibao", households[2], "change", covered=families[2], first=day(7), on=day(7), reason="income_changed"
    )
    actions.change(by=village.approver, decision=change)
    on_day(day(8, 10))
    change = village.decide(
        "dibao", households[1], "change", covered=families[1][:1], first=day(9), reason="member_left"
    )
    actions.change(by=village.approver, decision=change)
    on_day(day(12, 5))
    actions.stop(by=village.approver, award=granted[0], last_month=day(12), reason="moved")
    return carried, granted


def test_the_movements_of_the_year_by_day(year):
    assert queries.entered_left("dibao", "990101", YEAR) == queries.EnteredLeft(
        opening=Count(3, 6), added=Count(2, 4), removed=Count(2, 4), closing=Count(3, 5)
    )
    assert queries.entered_left("dibao", "990101", YEAR, residence="urban").closing == Count(0, 0)


def test_the_stock_at_the_end_of_any_day(year):
    for on, awards, people in ((day(2, 19), 3, 6), (day(2, 20), 4, 8), (day(6, 15), 4, 8), (day(8, 10), 4, 7)):
        found = list(queries.in_force_on("dibao", "99", on))
        assert (len(found), sum(award.people for award in found)) == (awards, people)


def test_the_roster_of_a_month(year):
    carried, granted = year
    july = queries.roster("dibao", "990101", day(7))
    assert [line.award_id for line in july.removed] == [carried[0].pk]
    assert [(line.award_id, line.before, line.amount) for line in july.changed] == [(carried[2].pk, 100000, 90000)]
    assert july.added == []
    june = queries.roster("dibao", "990101", day(6))
    assert [line.award_id for line in june.added] == [granted[1].pk]
    line = june.added[0]
    assert (line.name, line.village, line.people, line.amount, line.reason) == ("户4甲", "柳庄村", 2, 100000, "granted")


def test_the_roster_of_a_period(year):
    carried, granted = year
    whole = queries.roster("dibao", "990101", (day(1), day(12)))
    assert [line.award_id for line in whole.added] == [award.pk for award in granted]
    assert [line.award_id for line in whole.removed] == [carried[0].pk]
    assert (len(whole.in_force), whole.people(whole.in_force)) == (4, 7)


def test_what_the_roster_says_is_what_is_due(year):
    for month in range(1, 13):
        roster = queries.roster("dibao", "99", day(month))
        due = queries.due("dibao", "99", day(month))
        assert sum(row.amount for row in due) == roster.amount(roster.in_force)
        assert sum(row.people for row in due) == roster.people(roster.in_force)
        assert queries.in_force("dibao", "99", day(month)).count() == len(roster.in_force) == len(due)


def test_one_month_follows_from_the_one_before(year):
    for month in range(2, 13):
        before = queries.roster("dibao", "99", day(month - 1))
        now = queries.roster("dibao", "99", day(month))
        moved = now.amount(now.added) - now.amount(now.removed)
        moved += sum(line.amount - line.before for line in now.changed)
        assert before.amount(before.in_force) + moved == now.amount(now.in_force)


def test_queries_do_not_grow_with_the_awards(year, village, django_assert_num_queries):
    for _ in range(10):
        actions.grant(by=village.approver, decision=village.decide("dibao", village.family(village.person())))
    with django_assert_num_queries(5):
        queries.roster("dibao", "99", day(12))
    with django_assert_num_queries(4):
        queries.entered_left("dibao", "99", YEAR)
    with django_assert_num_queries(2):
        queries.due("dibao", "99", day(12))


def test_what_a_family_receives_in_a_month(village):
    elder, son = village.person(name="老", born=dt.date(1940, 1, 1)), village.person(name="小")
    village.fact(person=elder, name="support_form", value="dispersed")
    household = village.family(elder, son)
    for code, party, kwargs in (
        ("dibao", household, {"covered": [son]}),
        ("old_age_allowance", elder, {}),
        ("tekun", elder, {}),
        ("temporary_assistance", household, {}),
    ):
        actions.grant(by=village.approver, decision=village.decide(code, party, first=day(3), **kwargs))
    received = queries.household_total(household, day(3))
    assert [(one.programme, one.amount, one.monthly) for one in received] == [
        ("dibao", 50000, 50000),
        ("old_age_allowance", 5000, 5000),
        ("tekun", 102400, 34133),
        ("temporary_assistance", 105000, 105000),
    ]
    assert queries.monthly_total(received) == 89133
    assert [one.programme for one in queries.household_total(son, day(4))] == ["dibao"]
