"""What a fund will still need, and of what its keeper is warned."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from minzheng.access.scope import scope
from minzheng.awards import queries as awards
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from minzheng.payments import actions, books, fund_rules, warnings
from minzheng.payments.forecast import forecasts
from minzheng.payments.models import Fund
from tests.payments.world import FEBRUARY, JANUARY, TOWN, World

COUNTY = "990101"
DECEMBER = dt.date(2025, 12, 1)


def ahead(fund: Fund):
    return forecasts(COUNTY, 2025).funds[fund.pk]


def warned(fund: Fund) -> set[str]:
    found = Task.objects.filter(subject_type="payments.fund", subject_id=fund.pk, done_on=None)
    return {kind.removeprefix("payments.fund_") for kind in found.values_list("kind", flat=True)}


def test_owed_ahead_is_what_runs_would_pay(world: World):
    """Over whole years it gives the same months as `due`, by village."""
    world.award(50_000)
    ended = world.award(30_000)
    world.end(ended, FEBRUARY)
    raised = world.award(40_000)
    world.change(raised, 45_000, dt.date(2025, 7, 1), "standard_raised")
    world.award(30_001, programme="tekun", first=FEBRUARY)
    found = awards.owed_ahead(COUNTY, JANUARY, DECEMBER)
    for programme in ("dibao", "tekun"):
        wanted: dict[dt.date, int] = {}
        for one in awards.due(programme, COUNTY, (JANUARY, DECEMBER), held="with"):
            wanted[one.benefit_month] = wanted.get(one.benefit_month, 0) + one.amount
        assert {month: fen for (code, _, month), fen in found.items() if code == programme} == wanted
    assert found["tekun", "990101101201", dt.date(2025, 3, 1)] == 20_001  # two months of a quarter, rounded half up


def test_months_that_are_paid_are_not_needed_again(world: World):
    world.award(10_000)
    fund = world.fund_of(1_000_000)
    assert ahead(fund).need == 120_000
    world.to(world.prepare(), "sent")
    known = ahead(fund)
    assert (known.need, known.balance, known.left_over) == (110_000, 990_000, 880_000)
    # What was not paid for February stands in March, which is the current month.
    assert known.by_month()[dt.date(2025, 3, 1)] == 20_000
    assert known.by_programme() == {"dibao": 110_000}
    assert known.by_area() == {"990101101201": 110_000}


def test_a_raised_standard_counts_once_it_is_applied(world: World):
    award = world.award(10_000)
    fund = world.fund_of(1_000_000)
    world.change(award, 12_000, dt.date(2025, 7, 1), "standard_raised")
    assert ahead(fund).need == 6 * 10_000 + 6 * 12_000


def test_the_first_month_that_cannot_be_paid(world: World):
    world.award(10_000)
    fund = world.fund_of(95_000)
    known = ahead(fund)
    assert known.short_from == dt.date(2025, 10, 1)
    assert (known.missing_by(dt.date(2025, 9, 1)), known.missing_by(dt.date(2025, 10, 1))) == (0, 5_000)
    actions.allocate(by=world.users["finance"], fund=fund, amount=25_000, on=JANUARY)
    fund.account.refresh_from_db()
    assert ahead(fund).short_from is None


def test_who_paid_last_is_taken_to_pay_on(world: World):
    world.award(10_000)
    first = world.fund_of(500_000)
    second = world.fund_of(500_000, source="central")
    assert (ahead(first).need, ahead(second).need) == (120_000, 0)
    world.to(world.prepare(fund=second), "closed")
    assert (ahead(first).need, ahead(second).need) == (0, 110_000)


def test_what_no_fund_may_pay_is_named(world: World):
    world.award(10_000, programme="old_age_allowance")
    world.fund_of(500_000)
    year = forecasts(COUNTY, 2025)
    assert sum(one.fen for one in year.unfunded) == 120_000
    assert {one.programme for one in year.unfunded} == {"old_age_allowance"}


def test_a_township_without_its_own_fund_is_paid_from_above(world: World):
    world.award(10_000)
    above = world.fund_of(500_000)
    assert ahead(above).need == 120_000
    below = world.fund_of(500_000, area=TOWN)
    assert (ahead(above).need, ahead(below).need) == (0, 120_000)
    # Seen from the township alone, what its own fund pays is the same.
    assert forecasts(TOWN, 2025).funds[below.pk].need == 120_000


def test_what_is_granted_once_goes_on_at_its_average(world: World):
    for month in (JANUARY, FEBRUARY):
        world.award(10_000, programme="temporary_assistance", first=month, last=month)
    fund = world.fund_of(500_000, purpose=("temporary_assistance",))
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month, programme="temporary_assistance"), "sent")
    known = ahead(fund)
    assert known.by_month() == {dt.date(2025, month, 1): 10_000 for month in range(4, 13)}


def test_what_is_paid_on_one_day_of_the_year_does_not_go_on(world: World, on_day):
    world.award(10_000, programme="army_day_gifts", first=JANUARY, last=JANUARY)
    fund = world.fund_of(500_000, purpose=("army_day_gifts",))
    world.to(world.prepare(JANUARY, programme="army_day_gifts"), "sent")
    on_day(dt.date(2025, 9, 1))
    assert ahead(fund).need == 0


def test_a_year_that_is_over_needs_nothing(world: World, on_day):
    world.award(10_000)
    fund = world.fund_of(95_000)
    on_day(dt.date(2026, 1, 5))
    assert forecasts(COUNTY, 2025).funds[fund.pk].need == 0


def test_a_forecast_takes_the_same_queries_for_any_number(world: World, django_assert_max_num_queries):
    world.fund_of(500_000)
    for _ in range(3):
        world.award(10_000)
    with django_assert_max_num_queries(7):
        forecasts(COUNTY, 2025)
    for _ in range(6):
        world.award(10_000)
    with django_assert_max_num_queries(7):
        forecasts(COUNTY, 2025)


def test_sums_are_for_who_sees_all_of_the_area(world: World):
    world.award(10_000)
    world.fund_of(500_000, area=TOWN)
    with scope([TOWN]):
        assert forecasts(TOWN, 2025).funds
        with pytest.raises(DatabaseError, match="not_in_sight"), transaction.atomic():
            forecasts(COUNTY, 2025)


# ---- warnings


def test_a_fund_that_will_not_last_is_a_task_until_it_does(world: World):
    world.award(10_000)
    fund = world.fund_of(95_000)
    assert warned(fund) == {"short"}
    task = Task.objects.get(kind="payments.fund_short")
    assert (task.permission, task.area_code, task.due_on) == ("payments.fund", COUNTY, dt.date(2025, 10, 1))
    assert "2025-10 差 50.00 元，到年底差 250.00 元" in task.label["zh-Hans"]
    actions.allocate(by=world.users["finance"], fund=fund, amount=25_000, on=JANUARY)
    assert warned(fund) == set()


def test_money_that_the_budget_promises_is_waited_for_until_it_is_near(world: World, on_day):
    world.award(10_000)
    fund = world.fund_of(95_000)
    actions.set_budget(
        by=world.users["finance"], fund=fund, programme="dibao", amount=120_000, on=JANUARY, document="文一"
    )
    assert warned(fund) == set()
    for month in range(1, 4):
        world.to(world.prepare(dt.date(2025, month, 1)), "sent")
    on_day(dt.date(2025, 8, 1))
    warnings.keep_up(by=world.users["finance"], area=COUNTY)
    assert warned(fund) == {"short"}


def test_money_left_over_late_in_the_year(world: World, on_day):
    world.award(10_000)
    fund = world.fund_of(200_000)
    assert warned(fund) == set()
    on_day(dt.date(2025, 10, 9))
    warnings.keep_up(by=world.users["finance"], area=COUNTY)
    assert warned(fund) == {"unspent"}
    # The year is over and the money still there: until it is carried over, or taken back.
    on_day(dt.date(2026, 1, 5))
    warnings.keep_up(by=world.users["finance"], area=COUNTY)
    assert warned(fund) == {"unspent"}
    assert "2025 年结余 2000.00 元" in Task.objects.get(done_on=None, subject_id=fund.pk).label["zh-Hans"]
    actions.withdraw(by=world.users["finance"], fund=fund, amount=200_000, on=dt.date(2026, 1, 5), memo="收回")
    assert warned(fund) == set()


def test_an_allocation_that_has_not_come(world: World, on_day):
    fund = world.fund_of(30_000)
    finance = world.users["finance"]
    actions.set_budget(
        by=finance, fund=fund, programme="dibao", amount=50_000, on=JANUARY, document="文一",
        expected_by=dt.date(2025, 3, 10),
    )  # fmt: skip
    on_day(dt.date(2025, 3, 10))
    warnings.keep_up(by=finance, area=COUNTY)
    assert warned(fund) == set()
    on_day(dt.date(2025, 3, 11))
    warnings.keep_up(by=finance, area=COUNTY)
    assert warned(fund) == {"overdue"}
    assert "2025-03-10 前到位的资金还差 200.00 元" in Task.objects.get(kind="payments.fund_overdue").label["zh-Hans"]
    actions.allocate(by=finance, fund=fund, amount=20_000, on=dt.date(2025, 3, 11))
    assert warned(fund) == set()


def test_months_of_a_fund_close_with_what_it_holds(world: World, on_day):
    world.award(10_000)
    fund = world.fund_of(100_000)
    world.to(world.prepare(), "sent")
    on_day(dt.date(2025, 5, 6))
    actions.allocate(by=world.users["finance"], fund=fund, amount=7_000, on=dt.date(2025, 5, 6))
    actions.withdraw(by=world.users["finance"], fund=fund, amount=2_000, on=dt.date(2025, 5, 6), memo="收回")
    found = books.months(books.movements([fund]))
    assert [(one.month.month, one.opening, one.came, one.went, one.used, one.closing) for one in found] == [
        (1, 0, 100_000, 0, 0, 100_000),
        (2, 100_000, 0, 0, 0, 100_000),
        (3, 100_000, 0, 0, 10_000, 90_000),
        (4, 90_000, 0, 0, 0, 90_000),
        (5, 90_000, 7_000, 2_000, 0, 95_000),
    ]


def test_rules_that_cannot_be_read_are_refused_by_their_place(tmp_path):
    (tmp_path / "funds.yaml").write_text("warnings: {short: {notice_months: soon}}", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        fund_rules.load(tmp_path)
    assert "warnings.short.notice_months" in refused.value.text("zh-Hans")
