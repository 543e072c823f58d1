"""Money is whole fen. Text goes in, text comes out, and nothing on the way is a float.

A number from a spreadsheet cell comes as a float; hand over its `repr`, which is what the sheet shows (`1234.5`), and
whatever was not exact in it (`0.30000000000000004`) is refused for having more than two decimals.
"""

import re
from collections.abc import Sequence

from minzheng.core.errors import Refused, refuse

MOST = 10**16
"""Amounts from this many fen on (100 trillion yuan) are refused: well inside 64 bits, far above any fund."""

_PLAIN = str.maketrans("０１２３４５６７８９．，－＋￥−\u3000", "0123456789.,-+¥- ")
_AMOUNT = re.compile(
    r"""(?P<sign>[-+])?\s*(?:人民币|RMB|CNY|¥)?\s*
    (?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<decimals>[0-9]*))?\s*
    (?P<unit>[万亿])?\s*(?:[元圆][整正]?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_PLACES = {None: 2, "万": 6, "亿": 10}


def parse_yuan(text: str, *, negative: bool = False) -> int:
    """Fen of an amount in yuan as people write it: `1,234.50`, `¥12`, `１２．５`, `1.2万`, `12元`.

    Below zero only where `negative` is allowed. Refuses (money.empty, money.unreadable, money.decimals,
    money.negative, money.too_large) what it cannot read to the fen; TypeError for anything but text.
    """
    if not isinstance(text, str):
        raise TypeError(f"an amount is read from text, not from {type(text).__name__}")
    found = _AMOUNT.fullmatch(text.translate(_PLAIN).strip())
    if found is None:
        raise _unreadable(text)
    places = _PLACES[found["unit"]]
    decimals = (found["decimals"] or "").rstrip("0")
    if len(decimals) > places:
        raise refuse(
            "money.decimals",
            zh="金额“{text}”不足一分的部分无法记账。",
            en="The amount “{text}” has a part smaller than one fen.",
            remedy_zh="请四舍五入到分（两位小数）后再填写。",
            remedy_en="Round it to the fen (two decimals) and enter it again.",
            text=text.strip(),
        )
    digits = (found["whole"].replace(",", "") + decimals.ljust(places, "0")).lstrip("0") or "0"
    if len(digits) >= len(str(MOST)):
        raise refuse(
            "money.too_large",
            zh="金额“{text}”过大。",
            en="The amount “{text}” is too large.",
            remedy_zh="请核对单位（元、万元）和位数。",
            remedy_en="Check its unit (yuan, ten thousand yuan) and its digits.",
            text=text.strip(),
        )
    fen = -int(digits) if found["sign"] == "-" else int(digits)
    if fen < 0 and not negative:
        raise refuse(
            "money.negative",
            zh="金额“{text}”不能是负数。",
            en="The amount “{text}” may not be negative.",
            remedy_zh="请填写零或正数；退回、追缴请在对应的业务里登记。",
            remedy_en="Enter zero or more; what comes back is recorded as a return or a recovery.",
            text=text.strip(),
        )
    return fen


def format_yuan(fen: int, *, separators: bool = True) -> str:
    """Yuan with two decimals, `1,234.50`; without separators for files that machines read, `1234.50`."""
    yuan, rest = divmod(abs(_whole(fen)), 100)
    return f"{'-' if fen < 0 else ''}{yuan:{',' if separators else ''}}.{rest:02d}"


def share(fen: int, part: int, whole: int) -> int:
    """`fen` × part ÷ whole, rounded half away from zero to the fen: what is due for some months of a cycle."""
    if _whole(whole) <= 0:
        raise ValueError(f"cannot take a share of {whole}")
    product = _whole(fen) * _whole(part)
    rounded = (2 * abs(product) + whole) // (2 * whole)
    return -rounded if product < 0 else rounded


def split(fen: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights without losing a fen; the parts add up to it.

    Each part is rounded down, and the fen left over go one each to the largest remainders, earlier ones first. Equal
    parts: `split(fen, [1] * n)`. ValueError where no weight is above zero or one is below.
    """
    total = sum(_whole(weight) for weight in weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError(f"cannot split by the weights {list(weights)}")
    quotients = [divmod(abs(_whole(fen)) * weight, total) for weight in weights]
    parts = [quotient for quotient, _ in quotients]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-quotients[place][1], place))
    for place in by_remainder[: abs(fen) - sum(parts)]:
        parts[place] += 1
    return [-part for part in parts] if fen < 0 else parts


def _whole(value: int) -> int:
    """The value itself where it is an int; a float would be money already lost, a bool a slip."""
    if type(value) is not int:
        raise TypeError(f"money is counted in whole fen, not in {type(value).__name__}")
    return value


def _unreadable(text: str) -> Refused:
    if not text.strip():
        return refuse(
            "money.empty",
            zh="没有填写金额。",
            en="The amount is empty.",
            remedy_zh="请填写金额，没有的填 0。",
            remedy_en="Enter the amount, 0 where there is none.",
        )
    return refuse(
        "money.unreadable",
        zh="看不懂金额“{text}”。",
        en="“{text}” cannot be read as an amount.",
        remedy_zh="请按“1234.50”“1,234.50”或“1.2万”的写法填写，单位为元。",
        remedy_en="Write it in yuan, as 1234.50, 1,234.50 or 1.2万.",
        text=text.strip(),
    )
