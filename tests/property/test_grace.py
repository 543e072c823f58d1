"""What a grace period pays lies between what is owed and what was, never less than its exact share, rounded up once."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from minzheng.cases.grace import UNITS, stepped

money = st.integers(0, 10**9)
shares = st.integers(0, 1_000_000).map(lambda part: Fraction(part, 1_000_000))
units = st.sampled_from(sorted(UNITS.values()))


@given(before=money, after=money, share=shares, unit=units)
def test_it_is_the_exact_share_rounded_up_by_less_than_a_unit(before, after, share, unit):
    exact = after + max(before - after, 0) * share
    paid = stepped(Fraction(before), Fraction(after), share, unit)
    assert paid % unit == 0
    assert 0 <= paid - exact < unit
    assert paid >= after
    assert paid < max(before, after) + unit


@given(before=money, after=money, unit=units, two=st.tuples(shares, shares))
def test_a_smaller_share_never_pays_more(before, after, unit, two):
    less, more = sorted(two)
    assert stepped(Fraction(before), Fraction(after), less, unit) <= stepped(
        Fraction(before), Fraction(after), more, unit
    )


@given(amount=st.integers(0, 10**7).map(lambda yuan: yuan * 100), lower=money)
def test_in_full_whole_yuan_stay_as_they_were(amount, lower):
    assert stepped(Fraction(amount), Fraction(min(lower, amount)), Fraction(1), 100) == amount
