"""Spring Festival relief in kind: one parcel a household, of one kind or another."""

from collections.abc import Sequence

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import Kind, Path, named, solve


def solve_parcels(line: Line, parcels: Sequence[Kind]) -> list[Path]:
    """One path for each household. A parcel's price is its amount in January."""
    paths = [Path(parcel.code, parcel.amounts[0], parcel.share) for parcel in parcels]
    return solve("assistance.temporary_assistance.spring_festival_in_kind.value", line, [paths], named(parcels))
