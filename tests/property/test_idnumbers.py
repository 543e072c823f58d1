"""What the check character promises: no single slip and no swap of neighbours passes."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minzheng.core.idnumber import BadIdNumber, check, make

divisions = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
births = st.dates(dt.date(1900, 1, 1), dt.date(2030, 12, 31))
sequences = st.integers(0, 999)
numbers = st.builds(make, divisions, births, sequences)


@given(divisions, births, sequences)
def test_what_is_made_passes_and_says_what_it_was_made_of(division, birth, sequence):
    found = check(make(division, birth, sequence))
    assert (found.division, found.birth_date) == (division, birth)
    assert found.sex == ("male" if sequence % 2 else "female")
    assert check(found.normalised.lower()) == found


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_change_is_detected(number, place, character):
    assume(number[place] != character)
    with pytest.raises(BadIdNumber):
        check(number[:place] + character + number[place + 1 :])


@given(numbers, st.integers(0, 16))
def test_any_swap_of_neighbours_is_detected(number, place):
    assume(number[place] != number[place + 1])
    with pytest.raises(BadIdNumber):
        check(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(st.text(max_size=40))
def test_any_text_is_either_accepted_or_refused_with_a_reason(text):
    try:
        assert len(check(text).normalised) == 18
    except BadIdNumber as refused:
        assert refused.text("zh-Hans")
        assert refused.text("en")
