"""Clocks add up: adding and counting working days are inverse, in known and in provisional years."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.workdays import WorkCalendar, add_working_days, is_working_day, posting_end, working_days_between

days = st.dates(dt.date(2000, 1, 1), dt.date(2035, 12, 31))
clocks = st.integers(-60, 60)


@st.composite
def calendars(draw) -> WorkCalendar:
    changed = draw(st.dictionaries(days, st.booleans(), max_size=20))
    return WorkCalendar(
        holidays=frozenset(day for day, worked in changed.items() if not worked),
        working=frozenset(day for day, worked in changed.items() if worked),
    )


@given(days, clocks, calendars())
def test_adding_and_counting_are_inverse(day, n, calendar):
    end = add_working_days(day, n, calendar=calendar)
    assert working_days_between(day, end, calendar=calendar) == n
    assert n == 0 or is_working_day(end, calendar=calendar)


@given(days, st.integers(1, 40), st.integers(1, 40))
def test_two_clocks_one_after_the_other_are_one(day, first, second):
    assert add_working_days(add_working_days(day, first), second) == add_working_days(day, first + second)


@given(days, st.integers(0, 200), st.integers(0, 200))
def test_counts_add_up(start, first, second):
    middle = start + dt.timedelta(days=first)
    end = middle + dt.timedelta(days=second)
    assert working_days_between(start, end) == working_days_between(start, middle) + working_days_between(middle, end)
    assert working_days_between(end, start) <= 0


@given(days, st.integers(1, 60), calendars())
def test_a_posting_never_ends_early_and_rolls_to_the_first_working_day(start, length, calendar):
    plain = posting_end(start, length, roll_over=False, calendar=calendar)
    rolled = posting_end(start, length, roll_over=True, calendar=calendar)
    assert (plain - start).days == length
    assert rolled >= plain
    assert is_working_day(rolled, calendar=calendar)
    assert not any(
        is_working_day(plain + dt.timedelta(days=passed), calendar=calendar) for passed in range((rolled - plain).days)
    )
