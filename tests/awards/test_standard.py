"""A new standard and a birthday: many awards at once, and only what they change."""

import datetime as dt

import pytest

from minzheng.awards import actions, queries
from minzheng.core.errors import Refused
from tests.awards import laws
from tests.awards.conftest import day


@pytest.fixture
def three(village):
    """Three families from January, with 0, 1,200 and 3,000 yuan a year; the last has an elder."""
    awards = []
    for income, born in ((0, 1980), (1200, 1980), (3000, 1950)):
        household = village.family(village.person(born=dt.date(born, 5, 6)), income=income)
        awards.append(actions.grant(by=village.approver, decision=village.decide("dibao", household, first=day(1))))
    return awards


def total(month):
    return sum(row.amount for row in queries.due("dibao", "99", month))


def test_the_effect_of_a_new_standard_is_exact(village, three):
    assert total(day(7)) == (500 + 400 + 300) * 100
    laws.store("dibao", laws.household(), laws.RAISED)
    effect = actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    # 560 each, less incomes of 0, 100 and 250, and the elder's tenth of 560 instead of 500
    assert total(day(7)) == (560 + 460 + 366) * 100
    assert total(day(6)) == (500 + 400 + 300) * 100
    assert (effect.before, effect.after, len(effect.changed)) == (120000, 138600, 3)
    rows = three[0].amounts.filter(superseded_at=None).order_by("first_month")
    assert [(row.first_month, row.last_month, row.reason) for row in rows] == [
        (day(1), day(6), "granted"),
        (day(7), None, "standard_changed"),
    ]


def test_applying_it_again_changes_nothing(village, three):
    laws.store("dibao", laws.household(), laws.RAISED)
    actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    again = actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    assert (again.changed, again.before) == ((), again.after)


def test_a_rise_back_in_time_shows_as_owed_for_the_months_passed(village, three, on_day):
    on_day(day(9, 1))
    laws.store("dibao", laws.household(), laws.RAISED)
    actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    assert [queries.owed(three[0], day(month)) for month in (6, 7, 8)] == [50000, 56000, 56000]


def test_what_is_not_decided_yet_does_not_slip_in_with_it(village, three, on_day):
    """A change is declared in June and decided later: July's new standard works on the income that was decided."""
    on_day(day(6, 25))
    household = three[0].household
    village.fact(household=household, name="annual_income", value=120000, since=day(6, 25))
    laws.store("dibao", laws.household(), laws.RAISED)
    actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    assert queries.owed(three[0], day(7)) == 56000


def test_a_later_change_keeps_its_month_and_reason(village, three):
    household = three[0].household
    village.fact(household=household, name="annual_income", value=120000, since=day(8))
    decision = village.decide("dibao", household, "change", first=day(8), on=day(8), reason="income_changed")
    actions.change(by=village.approver, decision=decision)
    laws.store("dibao", laws.household(), laws.RAISED)
    actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    rows = three[0].amounts.filter(superseded_at=None).order_by("first_month")
    assert [(row.first_month.month, row.amount // 100, row.reason) for row in rows] == [
        (1, 500, "granted"),
        (7, 560, "standard_changed"),
        (8, 460, "income_changed"),
    ]


def test_where_a_rate_is_missing_nothing_is_changed(village, three):
    laws.store("dibao", laws.household(), laws.DIBAO_RATES.replace("standard:\n  - {", 'standard:\n  - {area: "11", '))
    with pytest.raises(Refused, match="award.standard_error"):
        actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    assert total(day(7)) == 120000


def test_only_who_may_applies_it(village, three):
    with pytest.raises(Refused, match="access.forbidden"):
        actions.apply_standard(by=village.handler, programme="dibao", area="990101101", month=day(7))


def test_it_takes_the_same_number_of_queries_for_more_awards(village, three, django_assert_max_num_queries):
    for _ in range(20):
        household = village.family(village.person())
        actions.grant(by=village.approver, decision=village.decide("dibao", household, first=day(1)))
    laws.store("dibao", laws.household(), laws.RAISED)
    with django_assert_max_num_queries(40):
        actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))


def test_a_birthday_moves_an_elder_to_the_next_band_in_its_month(village):
    elder = village.person(born=dt.date(1935, 8, 30))
    other = village.person(born=dt.date(1935, 11, 30))
    for person in (elder, other):
        actions.grant(by=village.approver, decision=village.decide("old_age_allowance", person, first=day(1)))
    effect = actions.refresh_birthdays(
        by=village.handler, programme="old_age_allowance", area="990101101", month=day(8)
    )
    assert [change.award.person for change in effect.changed] == [elder]
    award = elder.awards.get()
    assert [queries.owed(award, day(month)) for month in (7, 8)] == [5000, 10000]
    assert award.amounts.get(superseded_at=None, first_month=day(8)).reason == "birthday"
