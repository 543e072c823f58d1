"""Old-age allowance: who is 80, 90 or 100, and whose birthday falls into the year."""

from collections.abc import Sequence
from itertools import pairwise

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import Kind, Path, named, part_years, solve, whole_years

PLACE = "assistance.old_age_allowance.paid"


def solve_old_age(line: Line, bands: Sequence[Kind]) -> list[Path]:
    """One path for each person. `bands` by age, the youngest first; codes are the age a band begins at.

    The same people all year if their ages can make the sum; else some move up a band on a birthday; else some begin or
    end within the year.
    """
    birthdays = [
        Path(a.code, a.paid(1, month - 1) + b.paid(month, 12), then=b.code, then_from=month)
        for a, b in pairwise(bands)
        for month in range(2, 13)
    ]
    rates = (f"每月 {named(bands)}", f"{named(bands)} a month")
    return solve(PLACE, line, [whole_years(bands), birthdays, part_years(bands)], rates)
