"""Which cases the county looks into: at least the share, whatever the marks are, and never the same one twice."""

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from minzheng.cases import drawing
from minzheng.cases.engine import Done
from minzheng.cases.shapes import DrawRule

RULE = DrawRule(Fraction(30, 100), ("cases.end_posting", "cases.review"), "43")
MARKS = st.integers(0, 99).map(lambda percent: Fraction(percent, 100))


@given(st.lists(MARKS, max_size=60))
def test_at_every_moment_at_least_the_share_has_been_drawn(marks):
    hit = 0
    for before, mark in enumerate(marks):
        hit += drawing.drawn(RULE, mark=mark, before=before, hit=hit)
        assert hit >= RULE.share * (before + 1)


def test_a_mark_below_the_share_is_drawn_and_one_above_it_only_where_too_few_were():
    low, high = Fraction(29, 100), Fraction(30, 100)
    assert drawing.drawn(RULE, mark=low, before=10, hit=10)
    assert not drawing.drawn(RULE, mark=high, before=10, hit=4)
    assert drawing.drawn(RULE, mark=high, before=10, hit=3)
    assert drawing.drawn(RULE, mark=high, before=0, hit=0)


def test_a_case_is_drawn_once_at_the_first_of_its_acts():
    assert drawing.due(RULE, "cases.end_posting", [])
    assert not drawing.due(RULE, "cases.accept", []) and not drawing.due(None, "cases.review", [])
    passed_over = Done("cases.end_posting", dt.date(2025, 3, 17), "posting_ended", {"drawn": {"is": False}})
    assert not drawing.due(RULE, "cases.review", [passed_over])
    assert not drawing.for_check(passed_over)
    assert drawing.for_check(Done("cases.review", dt.date(2025, 3, 18), "reviewed", {"drawn": {"is": True}}))
