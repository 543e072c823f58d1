"""The digits of bank cards."""

from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.accounts import fault, is_card, luhn, with_check_digit

digits = st.from_regex(r"62[0-9]{13,16}", fullmatch=True)


@given(digits)
def test_a_card_with_its_check_digit_is_right(first):
    number = with_check_digit(first)
    assert luhn(number) and is_card(number) and fault(number) == ""


@given(digits, st.data())
def test_any_one_digit_copied_wrongly_is_found(first, data):
    number = with_check_digit(first)
    place = data.draw(st.integers(2, len(number) - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != number[place]]))
    assert fault(number[:place] + other + number[place + 1 :]) == "check"


def test_what_is_no_card_is_not_checked():
    assert [fault(text) for text in ("100123456789", "9901010000000000001", "8" * 32)] == ["", "", ""]
    assert [fault(text) for text in ("1234567", "8" * 33, "622848009900000000x", "６２２８４８００", "")] == [
        "shape"
    ] * 5
    assert fault("6228480099000000001") == "check" and fault("6228480099000000001", passbook=True) == ""
