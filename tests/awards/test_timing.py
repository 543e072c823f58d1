"""Months and cycles: pure arithmetic."""

import datetime as dt
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.awards import timing
from minzheng.policy.model import PAY_CYCLES, STARTS

D = dt.date
MONTHS = st.dates(D(2000, 1, 1), D(2100, 12, 31)).map(timing.first_of)


def test_its_examples_hold():
    assert doctest.testmod(timing).failed == 0


@pytest.mark.parametrize(
    ("starts", "first"),
    [
        ("month_of_application", D(2024, 11, 1)),
        ("month_of_decision", D(2024, 12, 1)),
        ("month_after_decision", D(2025, 1, 1)),
        ("month_of_birthday", D(2024, 10, 1)),
        ("month_after_birthday", D(2024, 11, 1)),
    ],
)
def test_the_first_month_by_each_rule(starts, first):
    dates = {"applied_on": D(2024, 11, 30), "decided_on": D(2024, 12, 31), "birthday": D(2024, 10, 31)}
    assert timing.first_month(starts, **dates) == first


def test_every_rule_and_cycle_of_the_law_is_known():
    dates = {"applied_on": D(2024, 1, 1), "decided_on": D(2024, 1, 1), "birthday": D(2024, 1, 1)}
    assert all(timing.first_month(starts, **dates) for starts in STARTS)
    assert set(timing.CYCLE_MONTHS) == set(PAY_CYCLES)


def test_an_unknown_rule_and_a_missing_birthday_are_errors():
    with pytest.raises(ValueError, match="unknown start"):
        timing.first_month("sometime", applied_on=D(2024, 1, 1), decided_on=D(2024, 1, 1))
    with pytest.raises(ValueError, match="needs the birthday"):
        timing.first_month("month_of_birthday", applied_on=D(2024, 1, 1), decided_on=D(2024, 1, 1))


@pytest.mark.parametrize(("rule", "last"), [("paid", D(2025, 1, 1)), ("not_paid", D(2024, 12, 1))])
def test_the_last_month_after_a_death(rule, last):
    assert timing.last_month(rule, D(2025, 1, 31)) == last


@given(MONTHS, st.sampled_from([1, 3, 6, 12]))
def test_a_cycle_holds_its_month_and_lies_on_the_calendar(month, length):
    start, end = timing.cycle_start(month, length), timing.cycle_end(month, length)
    assert start <= month <= end
    assert len(timing.months(start, end)) == length
    assert (start.month - 1) % length == 0


@given(st.integers(0, 10**9), st.sampled_from([1, 3, 6, 12]))
def test_a_whole_cycle_is_due_in_full(amount, length):
    assert timing.due_in_cycle([amount] * length, length) == amount


def test_a_part_is_rounded_half_up():
    assert timing.due_in_cycle([1], 6) == 0
    assert timing.due_in_cycle([3], 6) == 1
    assert timing.due_in_cycle([100000, 100000], 3) == 66667
