"""What the lines have in common: the ways a recipient may go through the year, and saying what does not add up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from minzheng.core.errors import Refused
from minzheng.demo.figures import Line
from minzheng.demo.solve import exact


@dataclass(frozen=True)
class Path:
    """One way through the year: the kind (grade, category) somebody has, from month to month, and what it comes to."""

    kind: str
    paid: int
    """Fen over the year."""
    share: int = 0
    """Its part in the natural mix; 0: only where it is needed to make the sum exact."""
    first: int = 1
    last: int = 12
    """Benefit months in force; 1 and 12 for the whole year."""
    then: str = ""
    """The kind it changes to (a birthday), and from which month."""
    then_from: int = 0

    @property
    def whole_year(self) -> bool:
        return self.first == 1 and self.last == 12 and not self.then


@dataclass(frozen=True)
class Kind:
    """A kind of recipient and what it is paid for each month of the year were it in force in that month alone.

    `amounts[m - 1]` is fen per pay cycle at the rates of month m; `cycle` is the months of a pay cycle.
    """

    code: str
    amounts: tuple[int, ...]
    share: int = 0
    cycle: int = 1

    def paid(self, first: int = 1, last: int = 12) -> int:
        """Fen from month `first` to `last`: each cycle amount x months / its months, half up to the fen."""
        return sum(cycle_dues(self.amounts, self.cycle, first, last))


def cycle_dues(amounts: Sequence[int], cycle: int, first: int, last: int) -> list[int]:
    """What is due in each cycle: the amounts of its months in force, each its part, rounded half up once."""
    dues = []
    for start in range(1, 13, cycle):
        owed = sum(amounts[month - 1] for month in range(start, start + cycle) if first <= month <= last)
        dues.append((2 * owed + cycle) // (2 * cycle))
    return dues


def whole_years(kinds: Sequence[Kind]) -> list[Path]:
    """The same people all year, each of one kind."""
    return [Path(kind.code, kind.paid(), kind.share) for kind in kinds]


def part_years(kinds: Sequence[Kind]) -> list[Path]:
    """Those who begin after the year's start (to December) or end before its close."""
    starts = [Path(kind.code, kind.paid(first, 12), first=first) for kind in kinds for first in range(2, 13)]
    ends = [Path(kind.code, kind.paid(1, last), last=last) for kind in kinds for last in range(1, 12)]
    return [path for path in starts + ends if path.paid > 0]


def solve(place: str, line: Line, tiers: Sequence[Sequence[Path]], rates: str | tuple[str, str]) -> list[Path]:
    """The paths of the line's people, so that they are paid exactly `line.paid`.

    Each tier adds paths to those before it, the natural ones of the first tier alone coming before it; the first that
    reaches the sum is taken. `rates` names the rates in
    the refusal (`figures.unsolvable`), which says the range, or the nearest sums that can be made.
    """
    known: list[Path] = []
    natural = [[path for path in tiers[0] if path.share]] if tiers else []
    for tier in [*natural, *tiers]:
        known += [path for path in tier if path.paid not in {other.paid for other in known}]
        if not known:
            continue
        counts = exact.choose(line.number, line.paid, [p.paid for p in known], [p.share for p in known])
        if counts is not None:
            return [path for path, count in zip(known, counts, strict=True) for _ in range(count)]
    raise unsolvable(place, line, rates, _why(line, known))


def _why(line: Line, paths: Sequence[Path]) -> tuple[str, str]:
    if not paths:
        return "没有标准", "there is no rate"
    values = [path.paid for path in paths]
    low, high = min(values) * line.number, max(values) * line.number
    if not low <= line.paid <= high:
        return f"只能在 {yuan(low)} 与 {yuan(high)} 之间", f"they can be paid from {yuan(low)} to {yuan(high)}"
    below, above = _nearest(lambda total: exact.possible(line.number, total, values), line.paid, low, high, values)
    return (
        f"最接近的可能数是 {yuan(below)} 和 {yuan(above)}",
        f"the nearest sums that can be made are {yuan(below)} and {yuan(above)}",
    )


def _nearest(can: Callable[[int], bool], total: int, low: int, high: int, values: Sequence[int]) -> tuple[int, int]:
    """The largest reachable sum below and the smallest above; what cannot be found in 200 steps is the bound."""
    unit = max(exact.step_of(values), 1)
    start = low + (total - low) // unit * unit
    below = next((t for t in range(start, max(low, start - 200 * unit) - 1, -unit) if t < total and can(t)), low)
    above = next((t for t in range(start, min(high, start + 200 * unit) + 1, unit) if t > total and can(t)), high)
    return below, above


def unsolvable(place: str, line: Line, rates: str | tuple[str, str], why: tuple[str, str]) -> Refused:
    """The refusal of a line: its place and sum, how many people, from which rates, and why not (zh, en)."""
    return Refused(
        "figures.unsolvable",
        {
            "zh-Hans": "{place} 的 {paid} 元无法由 {number} 个对象按 {rates_zh} 构成：{why_zh}。",
            "en": "{place} {paid} cannot be made by {number} recipients from {rates_en}: {why_en}.",
        },
        {
            "zh-Hans": "请核对数据文件里的人数和金额，或者核对标准。",
            "en": "Check the number and the sum in the figures file, or the rates.",
        },
        {
            "place": place,
            "paid": yuan(line.paid),
            "number": line.number,
            "rates_zh": rates if isinstance(rates, str) else rates[0],
            "rates_en": rates if isinstance(rates, str) else rates[1],
            "why_zh": why[0],
            "why_en": why[1],
        },
    )


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def named(kinds: Sequence[Kind]) -> str:
    """The rates in words: 50.00/100.00/300.00, with what they become where they change within the year."""
    return "/".join("→".join(yuan(a) for a in dict.fromkeys(kind.amounts)) for kind in kinds)
