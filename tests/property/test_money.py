"""Money is never lost: written and read again, split and summed, it is the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.capital import DIGITS, capital
from minzheng.core.errors import Refused
from minzheng.core.money import MOST, format_yuan, parse_yuan, share, split

amounts = st.integers(-MOST + 1, MOST - 1)


@given(amounts, st.booleans())
def test_written_and_read_again(fen, separators):
    assert parse_yuan(format_yuan(fen, separators=separators), negative=True) == fen


@given(st.text(max_size=20) | st.from_regex(r"[-¥]?[0-9,.]{1,12}[万亿元]?", fullmatch=True))
def test_any_text_is_read_or_refused_with_a_reason(text):
    try:
        assert 0 <= parse_yuan(text) < MOST
    except Refused as refused:
        assert refused.code.startswith("money.")
        assert refused.text("zh-Hans")


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_a_split_loses_nothing_and_is_fair(fen, weights):
    parts = split(fen, weights)
    assert sum(parts) == fen
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * total - fen * weight) < total
        assert weight or not part


@given(amounts, st.integers(1, 1000), st.integers(1, 1000))
def test_a_share_is_within_half_a_fen(fen, part, whole):
    assert 2 * abs(share(fen, part, whole) * whole - fen * part) <= whole


@given(amounts)
def test_capital_characters_say_the_amount_and_nothing_else(fen):
    text = capital(fen)
    assert read_capital(text) == fen
    assert "零零" not in text
    assert text.endswith("分") == (fen % 10 != 0)
    assert text.endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize("text", ["伍角整", "壹万亿元整"])
def test_the_reader_of_this_test_reads(text):
    assert capital(read_capital(text)) == text


def read_capital(text: str) -> int:
    """Read capital characters by place value, independently of how they are written."""
    sign, body = (-1, text[1:]) if text.startswith("负") else (1, text)
    found = re.fullmatch(r"(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?整?", body)
    assert found, text
    yuan, jiao, cent = found.groups()
    small = 10 * DIGITS.index(jiao or "零") + DIGITS.index(cent or "零")
    return sign * (_read_integer(yuan or "零") * 100 + small)


def _read_integer(text: str) -> int:
    for unit, value in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if unit in text:
            before, after = text.rsplit(unit, 1)
            return _read_integer(before) * value + _read_integer(after)
    digits = text.lstrip("零")
    return DIGITS.index(digits) if digits else 0
