"""Months, ages and completed months, at the edges where benefits begin and end."""

import datetime as dt

import pytest

from minzheng.core.periods import Month, completed_years, months_between


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_month_is_written_and_read():
    assert str(Month(2025, 6)) == "2025-06"
    assert Month.parse(" 2025-06 ") == Month(2025, 6)
    assert Month.of(day("2025-06-30")) == Month(2025, 6)


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-6", "2025-13", "2025-00", "0000-01", "2025/06", "2025-06-01", "２０２５-06"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="no month"):
        Month.parse(text)


def test_months_are_ordered_and_counted():
    assert Month(2024, 12) < Month(2025, 1) <= Month(2025, 1)
    assert Month(2024, 11) + 14 == Month(2026, 1)
    assert Month(2025, 1) - 1 == Month(2024, 12)
    assert Month(2025, 3) - Month(2024, 12) == 3
    assert Month(2024, 12) - Month(2025, 3) == -3


def test_first_and_last_day():
    assert Month(2024, 2).first_day == day("2024-02-01")
    assert Month(2024, 2).last_day == day("2024-02-29")
    assert Month(2100, 2).days == 28
    assert day("2025-06-30") in Month(2025, 6)
    assert day("2024-06-30") not in Month(2025, 6)


def test_quarters_and_halves():
    assert [Month(2025, month).quarter for month in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert [Month(2025, month).half_year for month in (1, 6, 7, 12)] == [1, 1, 2, 2]


def test_through_includes_both_ends():
    assert [str(month) for month in Month(2024, 11).through(Month(2025, 2))] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]
    assert list(Month(2025, 2).through(Month(2025, 2))) == [Month(2025, 2)]
    assert list(Month(2025, 2).through(Month(2025, 1))) == []


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("1945-06-15", "2025-06-14", 79),
        ("1945-06-15", "2025-06-15", 80),
        ("1944-02-29", "2025-02-28", 80),
        ("1944-02-29", "2025-03-01", 81),
        ("1944-02-29", "2024-02-28", 79),
        ("1944-02-29", "2024-02-29", 80),
        ("2025-01-01", "2025-01-01", 0),
    ],
)
def test_completed_years(birth, on, years):
    assert completed_years(day(birth), day(on)) == years


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="before the birth"):
        completed_years(day("2025-01-02"), day("2025-01-01"))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2025-01-15", "2025-02-14", 0),
        ("2025-01-15", "2025-02-15", 1),
        ("2024-01-31", "2024-02-29", 0),
        ("2024-01-31", "2024-03-01", 1),
        ("2024-02-29", "2025-02-28", 11),
        ("2025-03-01", "2024-01-31", -13),
        ("2025-03-01", "2025-03-01", 0),
    ],
)
def test_months_between(start, end, months):
    assert months_between(day(start), day(end)) == months
    assert months_between(day(end), day(start)) == -months
