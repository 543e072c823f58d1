"""Amounts in capital characters: the zeros are where papers go wrong."""

import pytest

from minzheng.core.capital import MOST_YUAN, capital


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (123456, "壹仟贰佰叁拾肆元伍角陆分"),
        (100505, "壹仟零伍元零伍分"),
        (1000000, "壹万元整"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (55, "伍角伍分"),
        (1000, "壹拾元整"),
        (1001, "壹拾元零壹分"),
        (1010, "壹拾元壹角整"),
        (10000000001, "壹亿元零壹分"),
        (10000100000, "壹亿零壹仟元整"),
        (1001000100, "壹仟零壹万零壹元整"),
        (20001000, "贰拾万零壹拾元整"),
        (640912, "陆仟肆佰零玖元壹角贰分"),
        (100000000000000, "壹万亿元整"),
        (100000001000000, "壹万亿零壹万元整"),
        (-2600, "负贰拾陆元整"),
    ],
)
def test_worked_examples(fen, text):
    assert capital(fen) == text


def test_what_cannot_be_written():
    with pytest.raises(ValueError, match="too many"):
        capital(MOST_YUAN * 100)
    with pytest.raises(TypeError, match="whole fen"):
        capital(12.5)
    with pytest.raises(TypeError, match="whole fen"):
        capital(True)
