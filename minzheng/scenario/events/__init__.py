"""What can happen in a scenario: one small function for each kind of event."""

from minzheng.scenario.events import (
    appeals,
    calendar,
    casework,
    county,
    ending,
    entitlements,
    expectations,
    families,
    funds,
    income,
    paying,
    people,
    reviews,
    sometimes,
    verification,
)
from minzheng.scenario.registry import KINDS

__all__ = [
    "KINDS",
    "appeals",
    "calendar",
    "casework",
    "county",
    "ending",
    "entitlements",
    "expectations",
    "families",
    "funds",
    "income",
    "paying",
    "people",
    "reviews",
    "sometimes",
    "verification",
]
