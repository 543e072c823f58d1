"""Working days around the holidays of known years, and what is only provisional."""

import datetime as dt

import pytest

from minzheng.core.workdays import (
    FIRST_YEAR,
    LAST_YEAR,
    WorkCalendar,
    add_working_days,
    is_provisional,
    is_working_day,
    posting_end,
    working_days_between,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        ("2025-06-02", False),  # Dragon Boat Festival, a Monday
        ("2025-06-03", True),
        ("2025-06-07", False),  # an ordinary Saturday
        ("2025-01-26", True),  # a Sunday worked for Spring Festival
        ("2025-01-28", False),
        ("2025-10-08", False),
        ("2025-10-11", True),  # a Saturday worked for the National Day
        ("2004-01-22", False),
    ],
)
def test_the_official_calendar(on, worked):
    assert is_working_day(day(on)) is worked
    assert not is_provisional(day(on))


def test_the_years_of_the_notices_are_whole():
    assert FIRST_YEAR == 2004
    assert LAST_YEAR >= 2026
    assert not is_provisional(dt.date(LAST_YEAR, 12, 31))
    assert is_provisional(dt.date(LAST_YEAR + 1, 1, 1))
    assert is_provisional(dt.date(FIRST_YEAR - 1, 12, 31))


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        ("2091-01-01", False),  # Monday
        ("2091-01-02", True),
        ("2091-05-01", False),  # Tuesday
        ("2091-05-02", False),
        ("2091-05-03", True),
        ("2091-10-01", False),
        ("2091-10-02", False),
        ("2091-10-03", False),
        ("2091-10-04", True),
        ("2091-10-06", False),  # Saturday
    ],
)
def test_a_year_without_notice_knows_weekends_and_fixed_holidays(on, worked):
    assert is_working_day(day(on)) is worked
    assert is_provisional(day(on))


def test_an_override_goes_before_the_notice_and_is_not_provisional():
    entered = WorkCalendar(
        holidays=frozenset({day("2025-06-03"), day("2091-01-02")}), working=frozenset({day("2025-06-07")})
    )
    assert not is_working_day(day("2025-06-03"), calendar=entered)
    assert is_working_day(day("2025-06-07"), calendar=entered)
    assert not is_working_day(day("2091-01-02"), calendar=entered)
    assert not is_provisional(day("2091-01-02"), calendar=entered)
    assert is_provisional(day("2091-01-03"), calendar=entered)


def test_a_year_entered_whole_holds_nothing_but_its_notice():
    entered = WorkCalendar(holidays=frozenset({day("2091-10-01")}), complete=frozenset({2091}))
    assert not is_provisional(day("2091-05-01"), calendar=entered)
    assert is_working_day(day("2091-05-01"), calendar=entered)
    assert not is_working_day(day("2091-10-01"), calendar=entered)


def test_a_day_cannot_be_both():
    with pytest.raises(ValueError, match="2025-06-03"):
        WorkCalendar(holidays=frozenset({day("2025-06-03")}), working=frozenset({day("2025-06-03")}))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2025-05-30", 1, "2025-06-03"),  # Friday, weekend, Dragon Boat Festival, Tuesday
        ("2025-05-31", 1, "2025-06-03"),  # from a Saturday
        ("2025-01-24", 3, "2025-02-05"),  # Sunday 26th and Monday 27th are worked, then Spring Festival
        ("2025-06-03", 0, "2025-06-03"),
        ("2025-06-01", 0, "2025-06-01"),
        ("2025-06-03", -1, "2025-05-30"),
    ],
)
def test_add_working_days(start, n, end):
    assert add_working_days(day(start), n) == day(end)
    if is_working_day(day(end)):
        assert working_days_between(day(start), day(end)) == n


def test_a_clock_that_ran_over_the_end_of_the_notices():
    last_day = dt.date(LAST_YEAR, 12, 31)
    assert add_working_days(last_day, 1) > dt.date(LAST_YEAR + 1, 1, 1)


@pytest.mark.parametrize(
    ("start", "days", "roll_over", "end"),
    [
        ("2025-06-03", 7, True, "2025-06-10"),
        ("2025-06-01", 7, False, "2025-06-08"),  # ends on a Sunday
        ("2025-06-01", 7, True, "2025-06-09"),
        ("2025-09-24", 7, True, "2025-10-09"),  # 1 October, then eight days off
        ("2025-01-19", 7, True, "2025-01-26"),  # a Sunday that is worked
    ],
)
def test_postings(start, days, roll_over, end):
    assert posting_end(day(start), days, roll_over=roll_over) == day(end)


def test_a_posting_of_no_days_is_none():
    with pytest.raises(ValueError, match="at least one day"):
        posting_end(day("2025-06-03"), 0, roll_over=True)
