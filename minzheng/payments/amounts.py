"""Fen as people and banks read them."""

import re

from minzheng.core.errors import refuse


def yuan(fen: int) -> str:
    """`1775475.00`: yuan with two decimals, without separators."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen(text: str) -> int:
    """The fen in a bank's text (`1,024.00`, `1024`); refuses anything else, and more than two decimals."""
    plain = text.strip().replace(",", "").removeprefix("¥").removeprefix("￥")
    found = re.fullmatch(r"(\d+)(?:\.(\d{1,2})0*)?", plain)
    if found is None:
        raise refuse(
            "payments.not_an_amount",
            zh="“{text}”不是金额。",
            en="“{text}” is not an amount.",
            remedy_zh="金额以元为单位，最多两位小数，例如 1024.00。",
            remedy_en="Amounts are in yuan with at most two decimals, for example 1024.00.",
            text=text,
        )
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
