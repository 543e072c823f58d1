"""Temporary assistance in cash: once for each family, whole yuan, from the least that is given to a ceiling."""

from minzheng.demo.figures import Line
from minzheng.demo.solve import exact
from minzheng.demo.solve.lines import unsolvable, yuan

PLACE = "assistance.temporary_assistance.cash.paid"
YUAN = 100
HUNDRED = 100
"""Yuan: amounts are round where the sum allows it."""
SPREAD = (5, 10, 5, 18, 10, 5, 10)
"""The relative size of one case to the next, as offices give them: small, middle, large."""


def solve_temporary(line: Line, least: int, ceiling: int) -> list[int]:
    """The amount of each case in fen. `least` and `ceiling` are fen: the minimum of the expenditure type, and what a
    family may get in a year."""
    if line.number == 0 and line.paid == 0:
        return []
    low, high = -(-least // YUAN), ceiling // YUAN
    if line.number and line.paid % YUAN == 0 and line.number * low <= line.paid // YUAN <= line.number * high:
        total = line.paid // YUAN
        weights = [SPREAD[i % len(SPREAD)] for i in range(line.number)]
        parts = exact.share_out(total, weights, low, high)
        assert parts is not None
        return [part * YUAN for part in _rounded(parts, low, high)]
    why = (
        ("每笔都是整元", "each is a whole number of yuan")
        if line.paid % YUAN
        else (
            f"每户为 {yuan(least)} 至 {yuan(ceiling)}，合计只能在 {yuan(least * line.number)} 与"
            f" {yuan(ceiling * line.number)} 之间",
            f"each family gets from {yuan(least)} to {yuan(ceiling)}, together from {yuan(least * line.number)}"
            f" to {yuan(ceiling * line.number)}",
        )
    )
    raise unsolvable(PLACE, line, f"{yuan(least)}-{yuan(ceiling)}", why)


def _rounded(parts: list[int], low: int, high: int) -> list[int]:
    """The same sum with as many round hundreds as can be: what is cut off one goes to the next."""
    carried, result = 0, []
    for part in parts:
        wish = part + carried
        round_ = (wish + HUNDRED // 2) // HUNDRED * HUNDRED
        given = round_ if low <= round_ <= high else min(max(wish, low), high)
        carried = wish - given
        result.append(given)
    for i in range(len(result) - 1, -1, -1):
        change = min(max(result[i] + carried, low), high) - result[i]
        result[i] += change
        carried -= change
        if not carried:
            break
    return result
