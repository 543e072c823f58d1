"""Amounts in capital characters for papers: 壹仟贰佰叁拾肆元伍角整.

The rules are those for filling in bills and settlement vouchers (支付结算办法, annex 1): zeros between digits are one
零, zeros at the end of a group of four are not written, 整 stands after 元 and 角 and not after 分.
"""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_IN_GROUP = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万")
MOST_YUAN = 10**16


def capital(fen: int) -> str:
    """The amount of `fen` in capital characters, 负 in front where it is below zero.

    ValueError from ten quadrillion yuan on; TypeError for anything but an int.
    """
    if type(fen) is not int:
        raise TypeError(f"money is counted in whole fen, not in {type(fen).__name__}")
    yuan, rest = divmod(abs(fen), 100)
    if yuan >= MOST_YUAN:
        raise ValueError(f"{fen} fen are too many to write in capital characters")
    jiao, cent = divmod(rest, 10)
    text = f"{_integer(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif cent and yuan:
        text += "零"
    text += f"{DIGITS[cent]}分" if cent else "整"
    return ("负" if fen < 0 else "") + text


def _integer(value: int) -> str:
    """Group by group of four digits, from the highest; `owed` is a zero to be written before the next digit."""
    if value == 0:
        return DIGITS[0]
    text = ""
    owed = False
    for place in range(len(_GROUPS) - 1, -1, -1):
        group = value // 10000**place % 10000
        for digit, unit in zip(f"{group:04d}", _IN_GROUP, strict=True):
            if digit == "0":
                owed = bool(text)
                continue
            text += (DIGITS[0] if owed else "") + DIGITS[int(digit)] + unit
            owed = False
        if group:
            owed = False
        if group or (place == 2 and text):  # after 万 of 亿 the 亿 itself is always said: 壹万亿
            text += _GROUPS[place]
    return text
