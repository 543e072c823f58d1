"""What a notice leaves out of a name."""

import datetime as dt

from minzheng.core.periods import completed_years

ADULT = 18
MINOR = "未成年人"
"""What a notice says instead of the name of a minor: the village may object to a grant, and learns of no child."""


def is_minor(born: dt.date, on: dt.date) -> bool:
    """Under 18 on a day."""
    return completed_years(born, on) < ADULT


def masked(name: str, mask: str) -> str:
    """A name as a notice shows it; `given_name` leaves the family name alone.

    >>> masked("王小明", "given_name")
    '王某某'
    """
    return name[:1] + "某" * max(len(name) - 1, 1) if mask == "given_name" else name
