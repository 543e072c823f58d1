"""Conscripts' families: so much a year, by the months served in it; honours add a share of the year's rate."""

from collections.abc import Mapping

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import Path, solve, yuan

HALF = 6


def solve_conscripts(line: Line, yearly: int, bonuses: Mapping[str, int]) -> list[Path]:
    """One path for each conscript. `yearly` is fen for twelve months; `bonuses` fen by honour (`none` is 0).

    Whole and half years first (enlisted or discharged at mid-year), then any number of months, then honours. A path's
    `kind` is the honour; months served are `last - first + 1`.
    """
    mixed = [_served(yearly, months, "none", bonuses.get("none", 0)) for months in range(1, 12) if months != HALF]
    honoured = [_served(yearly, months, honour, bonus) for honour, bonus in bonuses.items() for months in (12, HALF)]
    halves = [
        _served(yearly, 12, "none", 0, share=7),
        _served(yearly, HALF, "none", 0, share=1),
    ]
    return solve("veterans.conscript_families.paid", line, [halves, mixed, honoured], yuan(yearly))


def _served(yearly: int, months: int, honour: str, bonus: int, share: int = 0) -> Path:
    """Months of one year: those discharged early serve the first ones, those enlisted late the last ones."""
    paid = (2 * yearly * months + 12) // 24 + bonus
    first, last = (1, months) if months > HALF else (13 - months, 12)
    return Path(honour, paid, share, first=first, last=last)
