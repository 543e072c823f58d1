"""Exact sums: so many people, each with one of a few yearly amounts, that come to a total to the fen.

`choose` keeps to a natural mix for most of them and solves the rest as a bounded coin problem. The reachable sums after
each further person are the bits of one big integer, so a layer costs a few shifts, whatever the amounts are.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import gcd

MOST_BITS = 1 << 31
"""All layers of one search together: 256 MB."""


def choose(count: int, total: int, values: Sequence[int], shares: Sequence[int]) -> list[int] | None:
    """How many take each of `values` (distinct order, same length as `shares`) so that `count` of them sum to `total`.

    `shares` is the natural mix (any non-negative weights). None where no combination exists. Amounts are fen.
    """
    if count == 0:
        return [0] * len(values) if total == 0 else None
    if not values or not min(values) * count <= total <= max(values) * count:
        return None
    free = min(count, 4)
    while True:
        fixed = _mix(count - free, free, total, values, shares)
        rest = total - sum(n * value for n, value in zip(fixed, values, strict=True))
        solved = _search(free, rest, values)
        if solved is not None:
            return [a + b for a, b in zip(fixed, solved, strict=True)]
        if free == count:
            return None
        free = min(count, free * 2)


def possible(count: int, total: int, values: Sequence[int]) -> bool:
    """Whether any combination exists at all."""
    return choose(count, total, values, [1] * len(values)) is not None


def step_of(values: Sequence[int]) -> int:
    """The sums that a fixed number of these can make lie this far apart (or a multiple); 0 if there is only one."""
    return gcd(*(value - min(values) for value in values)) if values else 0


def _mix(count: int, free: int, total: int, values: Sequence[int], shares: Sequence[int]) -> list[int]:
    """`count` of them in the natural mix, shifted up or down until what is left suits `free` people."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    taken = apportion(count, shares if sum(shares) else [1] * len(shares))
    low, high = min(values) * free, max(values) * free
    middle_low, middle_high = (3 * low + high) // 4, (low + 3 * high) // 4
    rest = total - sum(n * value for n, value in zip(taken, values, strict=True))
    while not middle_low <= rest <= middle_high:
        up = rest > middle_high
        pairs = [(a, b) if up else (b, a) for a, b in pairwise(order) if values[a] != values[b]]
        pairs = [(a, b) for a, b in pairs if taken[a]]
        if not pairs:
            break
        source, target = max(pairs, key=lambda pair: (taken[pair[0]], pair))
        change = values[target] - values[source]
        if abs(rest - change - (low + high) // 2) >= abs(rest - (low + high) // 2):
            break
        taken[source] -= 1
        taken[target] += 1
        rest -= change
    return taken


def apportion(count: int, shares: Sequence[int]) -> list[int]:
    """`count` things in proportion to `shares`, by largest remainder; ties to the earlier one."""
    whole = sum(shares)
    if not whole:
        return [count if i == 0 else 0 for i in range(len(shares))]
    taken = [count * share // whole for share in shares]
    rests = sorted(range(len(shares)), key=lambda i: (-(count * shares[i] % whole), i))
    for i in rests[: count - sum(taken)]:
        taken[i] += 1
    return taken


def _search(count: int, total: int, values: Sequence[int]) -> list[int] | None:
    """An exact combination with as few people as may be off the lowest amount; None where there is none."""
    lowest = min(values)
    extra = total - count * lowest
    unit = step_of(values)
    if extra < 0 or extra > count * (max(values) - lowest):
        return None
    if unit == 0:
        return [count] + [0] * (len(values) - 1) if extra == 0 else None
    if extra % unit:
        return None
    goal = extra // unit
    steps = sorted({(value - lowest) // unit for value in values} - {0}, reverse=True)
    if goal * min(count, 64) > MOST_BITS:
        return None
    mask = (1 << (goal + 1)) - 1
    layers = [1]
    while not layers[-1] >> goal & 1:
        if len(layers) > count:
            return None
        current = layers[-1]
        reached = current
        for step in steps:
            reached |= current << step
        reached &= mask
        if reached == current:
            return None
        layers.append(reached)
    at, found = goal, Counter[int]()
    for before in reversed(layers[:-1]):
        if before >> at & 1:
            continue
        step = next(step for step in steps if step <= at and before >> (at - step) & 1)
        found[step] += 1
        at -= step
    first_index: dict[int, int] = {}
    for i, value in enumerate(values):
        first_index.setdefault((value - lowest) // unit, i)
    counts = [0] * len(values)
    for step, number in found.items():
        counts[first_index[step]] += number
    counts[first_index[0]] += count - sum(found.values())
    return counts


def meet(goal: int, weights: Sequence[int], lows: Sequence[int], highs: Sequence[int]) -> list[int] | None:
    """Changes c with lows[i] <= c[i] <= highs[i] and sum(weights[i] * c[i]) = goal, as small as may be; None if none.

    For residues: `lows` <= 0 <= `highs`, small numbers. Weights are positive.
    """
    # Sums are kept relative to the lowest possible one, as bits.
    offset = -sum(w * low for w, low in zip(weights, lows, strict=True))
    width = offset + sum(w * high for w, high in zip(weights, highs, strict=True))
    if not 0 <= goal + offset <= width:
        return None
    layers = [1 << offset]
    for weight, low, high in zip(weights, lows, highs, strict=True):
        current = layers[-1]
        reached = current
        for change in range(1, high + 1):
            reached |= current << (weight * change)
        for change in range(1, -low + 1):
            reached |= current >> (weight * change)
        layers.append(reached)
        if reached >> (goal + offset) & 1:
            break
    at = goal + offset
    if not layers[-1] >> at & 1:
        return None
    changes = [0] * len(weights)
    for i in range(len(layers) - 2, -1, -1):
        before, weight = layers[i], weights[i]
        for change in sorted(range(lows[i], highs[i] + 1), key=abs):
            earlier = at - weight * change
            if earlier >= 0 and before >> earlier & 1:
                changes[i], at = change, earlier
                break
    return changes


def share_out(total: int, weights: Sequence[int], low: int, high: int) -> list[int] | None:
    """Split `total` in proportion to `weights`, each part within [low, high]; None where that is impossible."""
    count = len(weights)
    if not count * low <= total <= count * high:
        return None
    parts = [low] * count
    rest = total - count * low
    while rest:
        open_ones = [i for i in range(count) if parts[i] < high]
        whole = sum(weights[i] or 1 for i in open_ones)
        given = 0
        for i in open_ones:
            more = min(high - parts[i], rest * (weights[i] or 1) // whole)
            parts[i] += more
            given += more
        if not given:  # what is left is less than one each
            for i in open_ones[:rest]:
                parts[i] += 1
                given += 1
        rest -= given
    return parts
