"""How a value is written on a paper: money, days, yes and no, and what is not known, each in this one place."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minzheng.core.capital import capital
from minzheng.core.money import format_yuan
from minzheng.core.paper import written_day

BLANK = "＿＿＿＿＿＿"
"""A line to write on, where a value is not known. In a cell of a table the cell itself is left empty."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Money:
    """An amount in fen."""

    fen: int


@dataclass(frozen=True)
class Photo:
    """A picture, at most so many mm high; it is read where a template puts it, and only there."""

    read: Callable[[], bytes]
    height: int = 48


def money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def written(value: Any) -> Any:
    """The value as the paper shows it."""
    if hasattr(value, "__html__"):
        return value  # a picture, which docxtpl writes itself
    if isinstance(value, Money):
        return format_yuan(value.fen)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return written_day(value)
    text = "" if value is None else _CONTROL.sub("", str(value))
    return text if text.strip() else BLANK


def in_capitals(value: Any) -> str:
    """The filter `大写`: an amount in capital characters."""
    return capital(value.fen) if isinstance(value, Money) else ""
