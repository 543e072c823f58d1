"""Medical assistance: what the settlement lists paid for each person, to the fen."""

from dataclasses import dataclass

from minzheng.demo.figures import Line, Medical
from minzheng.demo.solve import exact
from minzheng.demo.solve.lines import unsolvable, yuan

PLACE = "assistance.medical_assistance.paid"
SPREAD = (3, 8, 14, 5, 30, 9, 4, 55, 12, 6, 18, 7, 90, 10, 22)
"""The relative size of one bill to the next: many small, a few large."""


@dataclass(frozen=True)
class Settlement:
    """One line of a settlement list: the person (by number), the month, and the aid paid (fen)."""

    person: int
    month: int
    paid: int


def solve_medical(medical: Medical, ceiling: int) -> list[Settlement]:
    """The settlements of the months up to `until`. `ceiling` is fen: what one person may get in the year."""
    if medical.persons == 0 and medical.paid == 0:
        return []
    weights = [SPREAD[(7 * i) % len(SPREAD)] * 10 + i % 7 for i in range(medical.persons)]
    parts = exact.share_out(medical.paid, weights, 1, ceiling) if medical.persons else None
    if parts is None:
        low, high = medical.persons, medical.persons * ceiling
        why = (
            f"每人为 0.01 至 {yuan(ceiling)}，合计只能在 {yuan(low)} 与 {yuan(high)} 之间",
            f"each gets from 0.01 to {yuan(ceiling)}, together from {yuan(low)} to {yuan(high)}",
        )
        raise unsolvable(PLACE, Line(medical.persons, medical.paid), yuan(ceiling), why)
    months = medical.until[0]
    settlements = []
    for person, paid in enumerate(parts):
        first = person % months + 1
        if person % 5 == 0 and paid >= 100_000 and first < months:  # a second stay in hospital
            again = paid * 2 // 5
            settlements.append(Settlement(person, first + 1 + person % (months - first), again))
            paid -= again
        settlements.append(Settlement(person, first, paid))
    return sorted(settlements, key=lambda s: (s.month, s.person))
