"""Army Day gifts: so many of each group that the gifts come to the sum. The figures do not say how many people."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import gcd

from minzheng.demo.figures import Line
from minzheng.demo.solve.lines import unsolvable, yuan

PLACE = "veterans.army_day_gifts"


def solve_gifts(total: int, gifts: Mapping[str, int], groups: Mapping[str, int]) -> dict[str, int]:
    """How many of each group get a gift. `gifts`: fen by group; `groups`: how many people there are of some of them,
    all of whom are visited where the sum allows it. Of the other groups as many are visited as the rest asks for, the
    first of them first."""
    closed = {group: number for group, number in groups.items() if group in gifts}
    others = [group for group in gifts if group not in closed]
    unit = gcd(*(gifts[group] for group in gifts)) if gifts else 1
    fewest = _fewest([gifts[group] // unit for group in others], total // unit) if total % unit == 0 else []
    for visited in _fewer(closed):
        rest = total - sum(gifts[group] * number for group, number in visited.items())
        if fewest and rest >= 0 and fewest[rest // unit] is not None:
            return {**visited, **_taken(rest // unit, [gifts[group] // unit for group in others], others, fewest)}
    rates = "/".join(yuan(gift) for gift in dict.fromkeys(gifts.values()))
    why = ("没有一种人数组合正好等于这个数", "no number of gifts comes to exactly this sum")
    raise unsolvable(PLACE, Line(sum(groups.values()), total), rates, why)


def _fewest(values: list[int], total: int) -> list[int | None]:
    """For each sum up to `total` the last value of a way to make it with few gifts of the other kinds; None: no way.

    The first value is taken as often as it can be, so that the rare ones only make up the remainder.
    """
    last: list[int | None] = [None] * (total + 1)
    count = [0] + [10**9] * total
    last[0] = 0
    for place, value in enumerate(values):
        cost = 1 if place == 0 else 1000
        for at in range(value, total + 1):
            if last[at - value] is not None and count[at - value] + cost < count[at]:
                count[at], last[at] = count[at - value] + cost, value
    return last


def _taken(rest: int, values: list[int], groups: list[str], last: list[int | None]) -> dict[str, int]:
    taken: dict[str, int] = {}
    while rest:
        value = last[rest]
        assert value
        group = groups[values.index(value)]
        taken[group] = taken.get(group, 0) + 1
        rest -= value
    return taken


def _fewer(closed: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """All numbers of the closed groups, everybody first, then fewer and fewer."""
    combinations = product(*(range(number, -1, -1) for number in closed.values()))
    for numbers in sorted(combinations, key=sum, reverse=True):
        yield dict(zip(closed, numbers, strict=True))
