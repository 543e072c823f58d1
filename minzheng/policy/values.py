"""The types of the formula language, how their values are written, read and bounded.

money: whole fen. int: a whole number. rate: a number with at most 6 decimals. bool, date, code (a listed text).
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Value = int | Fraction | bool | dt.date | str
"""A known value: money as fen, int, rate as Fraction, bool, date, code. A missing one is None."""


class Kind(StrEnum):
    MONEY = "money"
    INT = "int"
    RATE = "rate"
    BOOL = "bool"
    DATE = "date"
    CODE = "code"


NUMBERS = (Kind.INT, Kind.RATE)
NUMERIC = (Kind.MONEY, Kind.INT, Kind.RATE)
MILLION = 1_000_000
"""A rate is carried as millionths."""

FAMILY = 100
"""The most members a household may have; more is an error of that household."""


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest value, in the units that engines carry: fen, whole numbers, millionths, yyyymmdd."""

    low: int
    high: int


DEFAULT_BOUNDS = {
    Kind.MONEY: Bounds(-(10**11), 10**11),
    Kind.INT: Bounds(-(10**6), 10**6),
    Kind.RATE: Bounds(-10 * MILLION, 10 * MILLION),
    Kind.DATE: Bounds(18000101, 22991231),
    Kind.BOOL: Bounds(0, 1),
    Kind.CODE: Bounds(0, 0),
}

WANTED = {
    Kind.MONEY: ("以元计的金额（最多两位小数）", "an amount in yuan (two decimals at most)"),
    Kind.INT: ("整数", "a whole number"),
    Kind.RATE: ("最多六位小数的数", "a number with at most six decimals"),
    Kind.BOOL: ("true 或 false", "true or false"),
    Kind.DATE: ("日期（如 2024-05-01）", "a date (as 2024-05-01)"),
    Kind.CODE: ("文字", "a text"),
}

_MONEY = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
_RATE = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
_INT = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read(text: str, kind: Kind) -> Value:
    """A value from its text (money in yuan). Raises ValueError where the text is not one."""
    text = text.strip()
    if kind is Kind.MONEY:
        return int(_decimal(text, _MONEY, 2))
    if kind is Kind.RATE:
        return Fraction(_decimal(text, _RATE, 6), MILLION)
    if kind is Kind.INT:
        if not _INT.fullmatch(text):
            raise ValueError(text)
        return int(text)
    if kind is Kind.BOOL:
        return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse(text)
    if kind is Kind.DATE:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return dt.date.fromisoformat(text)
    return text


def carried(value: Value, kind: Kind) -> int:
    """A numeric value or date in the units of its bounds: fen, whole numbers, millionths, yyyymmdd."""
    if isinstance(value, dt.date):
        return value.year * 10000 + value.month * 100 + value.day
    if kind is Kind.RATE:
        scaled = Fraction(value) * MILLION
        if scaled.denominator != 1:
            raise ValueError(value)
        return scaled.numerator
    return int(value)


def from_carried(number: int, kind: Kind) -> Value:
    """The inverse of `carried`."""
    if kind is Kind.DATE:
        return dt.date(number // 10000, number // 100 % 100, number % 100)
    return Fraction(number, MILLION) if kind is Kind.RATE else number


def write(value: Value | None, kind: Kind) -> str:
    """For reading and for OUT files: money in yuan, two decimals; fractions rounded half up to six decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    shown = Fraction(value, 100) if kind is Kind.MONEY else Fraction(value)
    least = 2 if kind is Kind.MONEY else 0
    return decimal_text(shown, least)


def decimal_text(value: Fraction, least: int, most: int = 6) -> str:
    """Decimal text with `least` to `most` decimals, rounded half up (away from zero)."""
    scale = 10**most
    units = (abs(value.numerator) * scale * 2 + value.denominator) // (2 * value.denominator)
    whole, part = divmod(units, scale)
    digits = f"{part:0{most}d}".rstrip("0").ljust(least, "0") if most else ""
    sign = "-" if value < 0 and units else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def _decimal(text: str, pattern: re.Pattern[str], places: int) -> int:
    found = pattern.fullmatch(text)
    if not found:
        raise ValueError(text)
    sign, whole, part = found.groups()
    number = int(whole) * 10**places + int((part or "").ljust(places, "0"))
    return -number if sign == "-" else number


def _refuse(text: str) -> bool:
    raise ValueError(text)
