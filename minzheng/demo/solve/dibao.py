"""Rural dibao: which families, when they came and went, and what they earn, so that the year's sum is exact.

A family's monthly benefit is its standard for all its people, with their supplements, less its income; benefits are
whole yuan, so incomes are too. Over the year each yuan of income takes as many yuan off the sum as there are months in
force with it: the sum of all incomes, so weighted, must be what the benefits without any income exceed the paid sum by.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from minzheng.demo.figures import Dibao, Line, Stock
from minzheng.demo.solve import exact
from minzheng.demo.solve.lines import unsolvable, yuan

PLACE = "assistance.dibao_rural.paid"
YUAN = 100
PLAIN = ""
FEW = 24
"""So many unknowns are searched through completely."""
LEAST = 1
"""The least benefit in yuan: a family that is granted nothing is not on the roster."""


@dataclass(frozen=True)
class Tariff:
    """What a month is worth, from the rates: fen by month of the year."""

    standard: tuple[int, ...]
    supplements: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """By a member's trait (`elderly`, `minor` …); the plain ones have none."""

    def without_income(self, traits: Sequence[str], month: int) -> int:
        """Yuan, rounded up, as the policy rounds the whole benefit."""
        fen = len(traits) * self.standard[month - 1]
        fen += sum(self.supplements[trait][month - 1] for trait in traits if trait)
        return -(-fen // YUAN)

    def highest_income(self, people: int, first: int, last: int) -> int:
        """Yuan a month that still leave the family below the standard, in each month, with a benefit of a yuan."""
        lowest = min(self.standard[month - 1] for month in range(first, last + 1))
        return (people * lowest) // YUAN - LEAST


@dataclass(frozen=True)
class Spell:
    """Consecutive months in which a family's people and income stay as they are."""

    first: int
    last: int
    traits: tuple[str, ...]
    income: int = 0
    """Yuan a month of the whole family."""

    @property
    def months(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Family:
    """One family's year on the roster."""

    origin: str
    """opening or added."""
    leaves: bool
    spells: tuple[Spell, ...]
    change: str = ""
    """What begins the second spell: income_changed, member_died, member_added."""

    @property
    def first(self) -> int:
        return self.spells[0].first

    @property
    def last(self) -> int:
        return self.spells[-1].last

    def paid(self, tariff: Tariff) -> int:
        """Yuan over the year."""
        return sum(
            tariff.without_income(spell.traits, month) - spell.income
            for spell in self.spells
            for month in range(spell.first, spell.last + 1)
        )


@dataclass(frozen=True)
class Mix:
    """How families are made up where the figures leave it open."""

    traits: tuple[tuple[str, int], ...] = ((PLAIN, 12),)
    """Traits with their weights; those without a supplement in the tariff are plain."""
    income_changes: int = 6
    member_changes: int = 2
    """Pairs: one family loses a member in the year, another one gets one."""


def solve_dibao(dibao: Dibao, tariff: Tariff, mix: Mix | None = None, *, seed: int = 1) -> list[Family]:
    """The families of the year: opening ones that stay, opening ones that leave, added ones (some of which may leave).

    The sum of what they are paid is `dibao.paid`. Refuses (`figures.unsolvable`) a sum that no incomes and months of
    coming and going can make.
    """
    mix = mix or Mix()
    line = Line(dibao.opening.households + dibao.added.households, dibao.paid)
    if _groups(dibao) is None:
        why = (
            "退出的户和人无法从年初和新增的户和人中分出来",
            "those removed cannot be taken out of those of the opening and those added",
        )
        raise unsolvable(PLACE, line, _standards(tariff), why)
    ranges: list[list[int]] = []
    tried = [(0, mix, 0), *((late, mix, 0) for late in range(10, -11, -1) if late)]
    tried += [
        (late, replace(mix, income_changes=max(mix.income_changes, 2), member_changes=0), shift)
        for late, _, _ in tried
        for shift in range(1, 11)
    ]
    for late, this_mix, shift in tried:
        if shift and not min(low for low, _ in ranges) * YUAN <= dibao.paid <= max(high for _, high in ranges) * YUAN:
            break
        families = _families(dibao, tariff, this_mix, late, shift, random.Random(seed))
        ranges.append([sum(bound) for bound in zip((0, 0), *(_bounds(f, tariff) for f in families), strict=True)])
        solved = _with_incomes(families, dibao.paid, tariff, random.Random(seed))
        if solved is not None:
            return solved
    raise unsolvable(
        PLACE, line, _standards(tariff), _why(dibao, min(low for low, _ in ranges), max(high for _, high in ranges))
    )


def _why(dibao: Dibao, lowest: int, highest: int) -> tuple[str, str]:
    if dibao.paid % YUAN:
        return "补差按元取整，全年不会有角分", "benefits are rounded up to whole yuan, so the year has no jiao and fen"
    low, high = yuan(lowest * YUAN), yuan(highest * YUAN)
    return (
        f"这些家庭全年只能领 {low} 至 {high}（收入从接近标准到没有收入）",
        f"these families can be paid from {low} to {high} in the year (incomes from near the standard to none)",
    )


def _standards(tariff: Tariff) -> str:
    return "→".join(yuan(fen) for fen in dict.fromkeys(tariff.standard))


def _families(dibao: Dibao, tariff: Tariff, mix: Mix, late: int, shift: int, random_: random.Random) -> list[Family]:
    """Sizes, people and months of all families; no incomes yet. `late`: by how many months everybody stays longer."""
    groups = _groups(dibao)
    assert groups is not None
    staying, leaving, added, passing = groups
    families = [
        *_group("opening", False, staying, [(1, 12)] * staying.households, tariff, mix, random_),
        *_group("opening", True, leaving, _leaving_months(leaving.households, late), tariff, mix, random_),
        *_group("added", False, added, _added_months(added.households, late), tariff, mix, random_),
        *_group("added", True, passing, _passing_months(passing.households, late), tariff, mix, random_),
    ]
    return _with_changes(families, tariff, mix, shift, random_)


def _groups(dibao: Dibao) -> tuple[Stock, Stock, Stock, Stock] | None:
    """Opening ones that stay, opening ones that leave, added ones that stay, and added ones that leave again: as few of
    these as there can be. None where no split has a person for each household."""
    opening, added, removed = dibao.opening, dibao.added, dibao.removed
    for households in range(min(added.households, removed.households) + 1):
        for persons in range(households, min(added.persons, removed.persons) + 1):
            groups = (
                Stock(
                    opening.households - removed.households + households, opening.persons - removed.persons + persons
                ),
                Stock(removed.households - households, removed.persons - persons),
                Stock(added.households - households, added.persons - persons),
                Stock(households, persons),
            )
            if all(_possible(group) for group in groups):
                return groups
    return None


def _possible(stock: Stock) -> bool:
    return stock.persons >= stock.households > 0 or stock == Stock(0, 0)


def _group(
    origin: str,
    leaves: bool,
    stock: Stock,
    months: Sequence[tuple[int, int]],
    tariff: Tariff,
    mix: Mix,
    random_: random.Random,
) -> list[Family]:
    sizes = _sizes(stock, random_)
    return [
        Family(origin, leaves, (Spell(first, last, _traits(size, tariff, mix, random_)),))
        for size, (first, last) in zip(sizes, months, strict=True)
    ]


def _sizes(stock: Stock, random_: random.Random) -> list[int]:
    """Mostly one person, some two, few three or four; together exactly the people of the stock."""
    sizes = [1] * stock.households
    left = stock.persons - stock.households
    while left:
        extra = min(left, random_.choice((1, 1, 1, 2, 2, 3)))
        place = min(random_.sample(range(stock.households), min(3, stock.households)), key=lambda i: sizes[i])
        sizes[place] += extra
        left -= extra
    return sizes


def _traits(size: int, tariff: Tariff, mix: Mix, random_: random.Random) -> tuple[str, ...]:
    names = [name if name in tariff.supplements else PLAIN for name, _ in mix.traits]
    drawn = random_.choices(names, [weight for _, weight in mix.traits], k=size)
    if size > 1 or drawn[0] != "minor":
        return (PLAIN if drawn[0] == "minor" else drawn[0], *drawn[1:])
    return (PLAIN,)


def _leaving_months(count: int, late: int) -> list[tuple[int, int]]:
    """The last paid months of those who leave: spread over January to November."""
    return [(1, min(max(1 + i % 11 + late, 1), 11)) for i in range(count)]


def _added_months(count: int, late: int) -> list[tuple[int, int]]:
    """The first paid months of those who are added: February to December, the month after the decision."""
    return [(min(max(2 + i % 11 - late, 2), 12), 12) for i in range(count)]


def _passing_months(count: int, late: int) -> list[tuple[int, int]]:
    """Those who come and go: a few months each."""
    spans = [(min(max(4 + i % 4 - late, 2), 6 + i % 4), min(max(6 + i % 4 + late, 6), 11)) for i in range(count)]
    return [(first, max(first, last)) for first, last in spans]


def _with_changes(families: list[Family], tariff: Tariff, mix: Mix, shift: int, random_: random.Random) -> list[Family]:
    """Some families that stay change within the year: their income, or one member fewer here and one more there."""
    families = list(families)
    staying = [i for i, f in enumerate(families) if f.origin == "opening" and not f.leaves]
    random_.shuffle(staying)
    larger = [i for i in staying if len(families[i].spells[0].traits) > 1]
    for pair in range(min(mix.member_changes, len(larger) // 2)):
        loses, gains = larger[2 * pair], larger[2 * pair + 1]
        families[loses] = _split(families[loses], 4 + pair % 6, "member_died", families[loses].spells[0].traits[:-1])
        more = (*families[gains].spells[0].traits, "minor" if "minor" in tariff.supplements else PLAIN)
        families[gains] = _split(families[gains], 5 + pair % 6, "member_added", more)
    whole = [i for i in staying if not families[i].change]
    if shift:  # hard to solve: those who come and go may change too
        whole += [i for i, f in enumerate(families) if i not in staying and f.last - f.first > 0]
    for n, i in enumerate(whole[: mix.income_changes]):
        family = families[i]
        month = family.first + 1 + (n * 5 + 6 + shift) % 11 % (family.last - family.first)
        families[i] = _split(family, month, "income_changed", family.spells[0].traits)
    return families


def _split(family: Family, month: int, change: str, traits: tuple[str, ...]) -> Family:
    """The same family with a second spell from `month` on, with these people."""
    (spell,) = family.spells
    return replace(
        family, spells=(replace(spell, last=month - 1), replace(spell, first=month, traits=traits)), change=change
    )


@dataclass(frozen=True)
class Unknown:
    """An income to be found: of which family, in which of its spells, over how many months, and at most how much."""

    family: int
    spells: tuple[int, ...]
    months: int
    high: int


def _unknowns(families: Sequence[Family], tariff: Tariff) -> list[Unknown]:
    """One income for each family, two where it changes."""
    found = []
    for i, family in enumerate(families):
        apart = family.change == "income_changed"
        for part in [(n,) for n in range(len(family.spells))] if apart else [tuple(range(len(family.spells)))]:
            spells = [family.spells[n] for n in part]
            high = min(tariff.highest_income(len(s.traits), s.first, s.last) for s in spells)
            found.append(Unknown(i, part, sum(s.months for s in spells), high))
    return found


def _bounds(family: Family, tariff: Tariff) -> tuple[int, int]:
    """Least and most that a family can be paid in the year (yuan): with the highest income, and with none."""
    most = family.paid(tariff)
    return most - sum(unknown.months * unknown.high for unknown in _unknowns([family], tariff)), most


def _with_incomes(families: list[Family], paid: int, tariff: Tariff, random_: random.Random) -> list[Family] | None:
    """Incomes that make the sum exactly; None where no incomes can."""
    if paid % YUAN:
        return None
    unknowns = _unknowns(families, tariff)
    goal = sum(family.paid(tariff) for family in families) - paid // YUAN
    incomes = _incomes(goal, [u.months for u in unknowns], [u.high for u in unknowns], random_)
    if incomes is None:
        return None
    found = {(u.family, n): income for u, income in zip(unknowns, incomes, strict=True) for n in u.spells}
    return [
        replace(family, spells=tuple(replace(s, income=found[i, n]) for n, s in enumerate(family.spells)))
        for i, family in enumerate(families)
    ]


def _incomes(goal: int, weights: list[int], highs: list[int], random_: random.Random) -> list[int] | None:
    """0 <= income[i] <= highs[i] with sum(weights[i] * income[i]) = goal: near a common share of the highest ones, each
    a little off, the last remainder met exactly."""
    most = sum(w * high for w, high in zip(weights, highs, strict=True))
    if not 0 <= goal <= most:
        return None
    if not weights:
        return []
    if len(weights) <= FEW:
        return exact.meet(goal, weights, [0] * len(highs), highs)
    incomes = []
    for high in highs:
        middle = high * goal // most if most else 0
        room = min(middle, high - middle) * 2 // 3
        incomes.append(middle + random_.randint(-room, room))
    rest = goal - sum(w * income for w, income in zip(weights, incomes, strict=True))
    rest = _level(rest, incomes, weights, highs)
    order = sorted(range(len(weights)), key=lambda i: (weights[i], -min(incomes[i], highs[i] - incomes[i])))
    chosen = list(_few_of_each_weight(order, weights))
    changes = exact.meet(
        rest,
        [weights[i] for i in chosen],
        [-min(incomes[i], 24) for i in chosen],
        [min(highs[i] - incomes[i], 24) for i in chosen],
    )
    if changes is None:
        return None
    for i, change in zip(chosen, changes, strict=True):
        incomes[i] += change
    return incomes


def _level(rest: int, incomes: list[int], weights: list[int], highs: list[int]) -> int:
    """Take what is missing (or too much) off everybody alike until less than a few months' yuan remain."""
    while abs(rest) > 12:
        before = rest
        share = max(abs(rest) // sum(weights), 1)
        for i, weight in enumerate(weights):
            if abs(rest) < weight:
                continue
            if rest > 0:
                change = min(share, highs[i] - incomes[i], rest // weight)
            else:
                change = -min(share, incomes[i], -rest // weight)
            incomes[i] += change
            rest -= weight * change
        if rest == before:
            break
    return rest


def _few_of_each_weight(order: Sequence[int], weights: Sequence[int], few: int = 4) -> Iterator[int]:
    """Up to `few` unknowns of each number of months: enough to meet any remainder."""
    seen: dict[int, int] = {}
    for i in order:
        seen[weights[i]] = seen.get(weights[i], 0) + 1
        if seen[weights[i]] <= few:
            yield i
