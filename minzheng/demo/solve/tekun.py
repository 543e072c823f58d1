"""Dispersed support: by how far each person can look after themselves, paid by the quarter."""

from collections.abc import Sequence

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import Kind, Path, named, part_years, solve, whole_years


def solve_dispersed(line: Line, kinds: Sequence[Kind]) -> list[Path]:
    """One path for each person supported at home."""
    return solve("welfare.tekun.dispersed.paid", line, [whole_years(kinds), part_years(kinds)], named(kinds))
