"""Special care: recipients by kind, each with its monthly rate, which may change within the year."""

from collections.abc import Sequence

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import Kind, Path, named, part_years, solve, whole_years


def solve_special_care(line: Line, kinds: Sequence[Kind]) -> list[Path]:
    """One path for each recipient: all year if that makes the sum, else some who begin or end within it."""
    return solve("veterans.special_care.paid", line, [whole_years(kinds), part_years(kinds)], named(kinds))
