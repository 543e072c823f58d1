"""Bank account numbers: what one may look like, and the check digit of a bank card (ISO/IEC 7812, Luhn).

A wrong digit is found here, not by the bank a month later.
"""

import re

CARDS = re.compile(r"62\d{14,17}|95588\d{14}")
"""Cards issued in China: UnionPay's range with 16 to 19 digits, and one older series. The account of a passbook has
other digits, and none of them is a check digit."""
ACCOUNTS = re.compile(r"\d{8,32}", re.ASCII)


def is_card(number: str) -> bool:
    """True where the digits are those of a bank card."""
    return CARDS.fullmatch(number) is not None


def fault(number: str, *, passbook: bool = False) -> str:
    """What is wrong with an account number: `shape` (8 to 32 digits), `check` (a card whose digits do not agree), or
    nothing. `passbook`: somebody has looked, and it is no card."""
    if ACCOUNTS.fullmatch(number) is None:
        return "shape"
    return "check" if is_card(number) and not passbook and not luhn(number) else ""


def luhn(number: str) -> bool:
    """True where the last digit agrees with the others.

    >>> luhn("6228480402564890018"), luhn("6228480402564890081")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def with_check_digit(digits: str) -> str:
    """A card's digits with the one that agrees with them; for invented cards."""
    return next(number for last in "0123456789" if luhn(number := digits + last))
