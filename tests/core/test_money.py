"""Amounts as people write them, and back."""

import pytest

from minzheng.core.errors import Refused
from minzheng.core.money import format_yuan, parse_yuan, share, split


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.05", 5),
        ("12", 1200),
        ("12.", 1200),
        ("12.5", 1250),
        ("12.500", 1250),
        ("007.10", 710),
        ("1,234.50", 123450),
        ("1，234，567.89", 123456789),
        (" ¥12 ", 1200),
        ("￥ 12.30", 1230),
        ("人民币12元", 1200),
        ("RMB 1,000.00", 100000),
        ("12元整", 1200),
        ("１２．５", 1250),
        ("1.2万", 1200000),
        ("1.2万元", 1200000),
        ("1.234567万", 1234567),
        ("0.5亿", 5000000000),
        ("99,999,999,999,999.99", 9999999999999999),
        (repr(1234.5), 123450),
    ],
)
def test_what_is_read(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "money.empty"),
        ("\u3000", "money.empty"),
        ("十二", "money.unreadable"),
        ("1,23", "money.unreadable"),
        ("1234,567", "money.unreadable"),
        ("1,234,56.00", "money.unreadable"),
        ("1 234", "money.unreadable"),
        ("1.2.3", "money.unreadable"),
        ("12千", "money.unreadable"),
        ("1e3", "money.unreadable"),
        (".5", "money.unreadable"),
        ("nan", "money.unreadable"),
        ("٣", "money.unreadable"),
        ("--5", "money.unreadable"),
        ("{x}", "money.unreadable"),
        ("0.001", "money.decimals"),
        ("0.30000000000000004", "money.decimals"),
        ("1.2345678万", "money.decimals"),
        ("-5", "money.negative"),
        ("100000000000000", "money.too_large"),
    ],
)
def test_what_is_refused_and_why(text, code):
    with pytest.raises(Refused) as refused:
        parse_yuan(text)
    assert refused.value.code == code
    assert text.strip() in refused.value.text("zh-Hans")
    assert text.strip() in refused.value.text("en")


def test_negative_amounts_only_where_allowed():
    assert parse_yuan("-1,234.50", negative=True) == -123450
    assert parse_yuan("−0.01", negative=True) == -1
    assert parse_yuan("-0") == 0


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (123450, "1,234.50"), (-5, "-0.05"), (-100000000, "-1,000,000.00")],
)
def test_how_it_is_written(fen, text):
    assert format_yuan(fen) == text
    assert format_yuan(fen, separators=False) == text.replace(",", "")


@pytest.mark.parametrize("value", [12.5, 12.0, True, None, "12"])
def test_nothing_but_whole_fen_is_money(value):
    for use in (
        format_yuan,
        lambda fen: split(fen, [1]),
        lambda fen: share(fen, 1, 3),
        lambda part: share(100, part, 3),
    ):
        with pytest.raises(TypeError, match="whole fen"):
            use(value)
    with pytest.raises(TypeError, match="whole fen"):
        split(100, [1, value])


@pytest.mark.parametrize("value", [12.5, 12, None])
def test_only_text_is_parsed(value):
    with pytest.raises(TypeError, match="read from text"):
        parse_yuan(value)


def test_a_share_rounds_half_away_from_zero():
    assert share(100, 1, 3) == 33
    assert share(100, 2, 3) == 67
    assert share(5, 1, 2) == 3
    assert share(-5, 1, 2) == -3
    assert share(123450, 2, 3) == 82300
    with pytest.raises(ValueError, match="share of 0"):
        share(100, 1, 0)


def test_split_gives_the_odd_fen_to_the_largest_remainders():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(10, [1, 2, 4]) == [1, 3, 6]
    assert split(7, [0, 1]) == [0, 7]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_split_needs_weights(weights):
    with pytest.raises(ValueError, match="cannot split"):
        split(100, weights)
