"""Army Day gifts: so many of each group that the gifts come to the sum. The figures do not say how many people."""

from collections.abc import Mapping

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import unsolvable, yuan

PLACE = "veterans.army_day_gifts"


def solve_gifts(total: int, gifts: Mapping[str, int], groups: Mapping[str, int], open_group: str) -> dict[str, int]:
    """How many of each group get a gift. `gifts`: fen by group; `groups`: how many there are of the closed groups.

    Everybody of the closed groups if that leaves a sum that `open_group` (other families, as many as needed) can make;
    else as few as possible are left out.
    """
    closed = [group for group in groups if group in gifts]
    best: dict[str, int] | None = None
    for taken in _fewer(closed, groups):
        rest = total - sum(gifts[group] * number for group, number in taken.items())
        if rest >= 0 and rest % gifts[open_group] == 0:
            found = {**taken, open_group: rest // gifts[open_group]}
            if best is None or sum(taken.values()) > sum(best[group] for group in closed):
                best = found
    if best is None:
        rates = "/".join(yuan(gift) for gift in dict.fromkeys(gifts.values()))
        why = ("没有一种人数组合正好等于这个数", "no number of gifts comes to exactly this sum")
        raise unsolvable(PLACE, Line(sum(groups.values()), total), rates, why)
    return best


def _fewer(closed: list[str], groups: Mapping[str, int]) -> list[dict[str, int]]:
    """All numbers of each closed group, from everybody down to nobody."""
    combinations: list[dict[str, int]] = [{}]
    for group in closed:
        combinations = [{**c, group: number} for c in combinations for number in range(groups[group], -1, -1)]
    return combinations
