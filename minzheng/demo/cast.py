"""The cast of the year: invented people and families for every line of the solved plan, before anything happens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from minzheng.demo import facts
from minzheng.demo.figures import Figures
from minzheng.demo.people import FamilyRow, Inventor, PersonRow
from minzheng.demo.relations import related
from minzheng.demo.solve.dibao import Family, Spell
from minzheng.demo.solve.lines import Path
from minzheng.demo.solve.medical import Settlement
from minzheng.demo.solve.plan import YearPlan
from minzheng.demo.tariffs import Tariffs, wage_for
from minzheng.scenario import places

YEAR_ROUND = (1, 12)


@dataclass(frozen=True)
class DibaoFamily:
    """A family with its year on the roster; `joins` is the member who comes within it, `dies` the one who is lost."""

    family: FamilyRow
    year: Family
    joins: PersonRow | None = None
    dies: PersonRow | None = None


@dataclass(frozen=True)
class Recipient:
    """A person of a programme with their path through the year."""

    person: PersonRow
    path: Path


@dataclass(frozen=True)
class Patient:
    """Somebody on the settlement lists; `category` is why medical assistance covers them."""

    person: PersonRow
    category: str
    settlements: tuple[Settlement, ...]


@dataclass
class Cast:
    """Everybody. `families` is who is registered when the year begins, in order."""

    families: list[FamilyRow] = field(default_factory=list)
    dibao: list[DibaoFamily] = field(default_factory=list)
    old_age: list[Recipient] = field(default_factory=list)
    dispersed: list[Recipient] = field(default_factory=list)
    in_home: list[PersonRow] = field(default_factory=list)
    new_in_home: list[PersonRow] = field(default_factory=list)
    special_care: list[Recipient] = field(default_factory=list)
    conscripts: list[Recipient] = field(default_factory=list)
    retrenched: list[Recipient] = field(default_factory=list)
    gifts: list[tuple[PersonRow, str]] = field(default_factory=list)
    temporary: list[tuple[FamilyRow, int]] = field(default_factory=list)
    festival: list[FamilyRow] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    collapsed: list[FamilyRow] = field(default_factory=list)
    left_behind: list[tuple[PersonRow, str]] = field(default_factory=list)
    applicants: list[FamilyRow] = field(default_factory=list)
    neighbours: list[FamilyRow] = field(default_factory=list)


def make_cast(figures: Figures, plan: YearPlan, tariffs: Tariffs, *, year: int, seed: int) -> Cast:
    """Invent everybody that the plan needs; the same seed makes the same people."""
    maker = _Maker(Inventor(seed, year), tariffs, Cast())
    maker.dibao(plan.dibao)
    maker.old_age(plan.old_age)
    maker.tekun(plan.dispersed, figures.new_in_homes)
    maker.retrenched(plan.retrenched)
    maker.special_care(plan.special_care)
    maker.conscripts(plan.conscripts)
    maker.gifts(plan.gifts)
    maker.festival(plan.parcels)
    maker.temporary(plan.temporary)
    maker.patients(plan.medical)
    maker.collapsed(figures.disaster.collapsed)
    maker.left_behind(figures)
    maker.others()
    return maker.cast


@dataclass
class _Maker:
    inventor: Inventor
    tariffs: Tariffs
    cast: Cast
    _elders: list[PersonRow] = field(default_factory=list)
    """Old-age recipients of the whole year, the oldest first: some are retrenched workers or veterans too."""

    @property
    def random(self) -> Any:
        return self.inventor.random

    def settle(self, members: Sequence[PersonRow], **known: Any) -> FamilyRow:
        """These people live together and are registered so."""
        family = self.inventor.family(related(members), **known)
        self.cast.families.append(family)
        return family

    def dibao(self, families: Sequence[Family]) -> None:
        for year in families:
            home = self.inventor.home()
            traits = max((spell.traits for spell in year.spells), key=len)
            people = [self.member(trait, len(traits), home, place) for place, trait in enumerate(traits)]
            joins = people[-1] if year.change == "member_added" else None
            if joins is not None:
                joins = people[-1] = self.newborn(home, people[0], year.spells[1].first)
            staying = [person for person in people if person is not joins]
            opening = year.origin == "opening"
            means = facts.means(yearly_income(year.spells[0])) if opening else {}
            family = self.settle(staying, **means, **facts.HARDSHIP)
            dies = people[-1] if year.change == "member_died" else None
            self.cast.dibao.append(DibaoFamily(family, year, joins, dies))

    def member(self, trait: str, size: int, home: tuple[str, int], place: int) -> PersonRow:
        """Somebody of a trait whose age keeps them out of every other one all year."""
        elder = self.tariffs.elder_from
        ages = {
            "": (42, min(elder - 2, 68)) if size == 1 else (30, 58),
            "elderly": (elder + 1, max(min(elder + 8, 78), elder + 2)),
            "minor": (3, 15),
            "severe_disability": (24, 62),
            "major_illness": (32, 64),
        }[trait]
        known = facts.OF_TRAIT.get(trait, {})
        sex = ("male", "female")[place] if size > 1 and place < 2 and trait != "minor" else None
        return self.inventor.person(ages, sex=sex, home=home, **known)

    def newborn(self, home: tuple[str, int], head: PersonRow, month: int) -> PersonRow:
        """A child that was born in the month before it is covered."""
        import datetime as dt

        born = dt.date(self.inventor.year, max(month - 1, 1), 2 + self.random.randrange(4))
        sex = self.random.choice(("male", "female"))
        return self.inventor.born(born, sex, home=home, surname=head.name[0])

    def old_age(self, paths: Sequence[Path]) -> None:
        for path in paths:
            person = self._elder(path)
            self.cast.old_age.append(Recipient(person, path))
            if path.whole_year:
                self._elders.append(person)
            others = []
            if self.random.random() < 0.35:
                others = [self.inventor.person((70, 78), home=_home(person))]
            self.settle([person, *others])
        self._elders.sort(key=lambda person: person.birth)

    def _elder(self, path: Path) -> PersonRow:
        """Somebody who is of the path's band in its months: in it all year, or with the birthday that it needs."""
        bands = [int(kind.code) for kind in self.tariffs.old_age]
        age = int(path.then or path.kind)
        above = next((band for band in bands if band > age), age + 6)
        turning = path.then_from or (path.first if path.first > 1 and age == bands[0] else 0)
        if turning:
            import datetime as dt

            birth = dt.date(self.inventor.year - age, turning, 2 + self.random.randrange(5))
            return self.inventor.born(birth, self.random.choice(("male", "female")), **facts.HERE)
        here = facts.HERE if path.first == 1 else facts.ELSEWHERE
        return self.inventor.person((age + (1 if path.first == 1 else 0), min(above - 1, age + 9)), **here)

    def tekun(self, dispersed: Sequence[Path], new_in_homes: int) -> None:
        for path in dispersed:
            person = self.inventor.person((62, 78), sex="male", **facts.alone("dispersed", int(path.kind)))
            self.cast.dispersed.append(Recipient(person, path))
            self.settle([person])
        for place in range(new_in_homes + new_in_homes // 2 + 4):
            person = self.inventor.person((64, 79), **facts.alone("in_home", place % 5))
            (self.cast.new_in_home if place < new_in_homes else self.cast.in_home).append(person)
            self.settle([person])

    def retrenched(self, paths: Sequence[Path]) -> None:
        share = Fraction(self.tariffs.law.rate("retrenched_workers", "share"))
        for path in paths:
            person = self._old(84) if path.whole_year else self._single((84, 89))
            person.facts.update(facts.retrenched(wage_for(int(path.kind), share)))
            self.cast.retrenched.append(Recipient(person, path))

    def special_care(self, paths: Sequence[Path]) -> None:
        for path in paths:
            kind, _, years = path.kind.partition(":")
            if kind == "demobilised" and path.whole_year and self._elders:
                person = self._old(86)
            else:
                person = self._single(AGES.get(kind, (61, 78)), sex=None if "family" in kind else "male")
            person.facts.update(facts.special_care(kind, int(years or 2)))
            self.cast.special_care.append(Recipient(person, path))

    def _old(self, least_age: int) -> PersonRow:
        """An old-age recipient of the whole year who is at least so old and not taken yet, else somebody new."""
        if self._elders and self._elders[0].age() >= least_age:
            return self._elders.pop(0)
        return self._single((least_age, least_age + 4), **facts.HERE)

    def _single(self, ages: tuple[int, int], sex: str | None = None, **known: Any) -> PersonRow:
        """Somebody new, alone or with a spouse."""
        person = self.inventor.person(ages, sex=sex, **known)
        others = []
        if self.random.random() < 0.4 and person.age() < 79:
            partner = "female" if person.sex == "male" else "male"
            age = max(min(person.age(), 76), 24)
            others = [self.inventor.person((age - 2, age + 2), sex=partner, home=_home(person))]
        self.settle([person, *others])
        return person

    def conscripts(self, paths: Sequence[Path]) -> None:
        """A parent receives it for the family; the soldier is one of them."""
        for path in paths:
            parent = self.inventor.person((43, 55))
            soldier = self.inventor.person((18, 22), sex="male", home=_home(parent), surname=parent.name[0])
            parent.facts.update(facts.conscript(path.last - path.first + 1, path.kind))
            self.cast.conscripts.append(Recipient(parent, path))
            self.settle([parent, soldier])

    def gifts(self, groups: dict[str, int]) -> None:
        """Recipients and conscripts' families first, then others who served."""
        known = {
            "special_care": [one.person for one in self.cast.special_care if one.path.whole_year],
            "conscript_family": [one.person for one in self.cast.conscripts],
        }
        for group, number in groups.items():
            people = known.get(group, [])[:number]
            people += [self._single((45, 76), sex="male") for _ in range(number - len(people))]
            for person in people:
                person.facts.update(facts.gift(group))
                self.cast.gifts.append((person, group))

    def festival(self, parcels: Sequence[Path]) -> None:
        pool = self._kept_families()
        for path in parcels:
            family = next(pool, None) or self.settle([self.inventor.person((50, 68))])
            family.facts.update(facts.parcel(path.kind, "dibao" if facts.INCOME in family.facts else "other"))
            self.cast.festival.append(family)

    def temporary(self, amounts: Sequence[int]) -> None:
        """Half of them on the roster already, half just above the standard."""
        pool = self._kept_families(skip=60)
        for place, amount in enumerate(amounts):
            family = next(pool, None) if place % 2 == 0 else None
            if family is None:
                home = self.inventor.home()
                members = [self.inventor.person((34, 52), home=home) for _ in range(1 + place % 3)]
                income = self.tariffs.dibao.standard[0] * len(members) * 12 * 5 // 4
                family = self.settle(members, **facts.means(income), **facts.BORDERLINE)
            self.cast.temporary.append((family, amount))

    def patients(self, settlements: Sequence[Settlement]) -> None:
        """Members of families on the roster and people in extreme difficulty first, then borderline families."""
        by_person: dict[int, list[Settlement]] = {}
        for settlement in settlements:
            by_person.setdefault(settlement.person, []).append(settlement)
        pool = self._kept_members()
        for number in sorted(by_person):
            person, category = next(pool, (None, "borderline"))
            if person is None:
                person = self._single((30, 72))
            person.facts.update(facts.patient(category))
            self.cast.patients.append(Patient(person, category, tuple(by_person[number])))

    def collapsed(self, number: int) -> None:
        pool = self._kept_families(skip=120)
        for place in range(number):
            family = next(pool, None) if place % 3 == 0 else None
            if family is None:
                home = self.inventor.home()
                family = self.settle([self.inventor.person((38, 66), home=home) for _ in range(2)])
            self.cast.collapsed.append(family)

    def left_behind(self, figures: Figures) -> None:
        """Elders with grandchildren, women with their children, elders alone; carers where neither is left behind."""
        wanted, inventor = figures.left_behind, self.inventor
        heads = [(inventor.person((62, 78)), "elder") for _ in range(wanted.elderly)]
        heads += [(inventor.person((24, 48), sex="female"), "woman") for _ in range(wanted.women)]
        while len(heads) * 4 < wanted.children:
            heads.append((inventor.person((55, 59)), ""))
        families = [[person] for person, _ in heads]
        order = sorted(range(len(heads)), key=lambda _: self.random.random())
        for place in range(wanted.children):
            family = families[order[place % len(order)]]
            child = inventor.person((2, 14), home=_home(family[0]), surname=family[0].name[0])
            family.append(child)
            self.cast.left_behind.append((child, "child"))
        for members in families:
            self.settle(members)
        self.cast.left_behind += [(person, kind) for person, kind in heads if kind]

    def others(self) -> None:
        """Who applies towards the year's end and is not decided yet, and a few people of the neighbouring township."""
        for place in range(9):
            home = self.inventor.home()
            members = [self.inventor.person((40, 64), home=home) for _ in range(1 + place % 2)]
            self.cast.applicants.append(self.settle(members, **facts.HARDSHIP))
        for village in places.NEIGHBOURS:
            for place in range(4):
                home = (village, 1 + place)
                members = [self.inventor.person((45, 66), home=home) for _ in range(1 + place % 2)]
                income = self.tariffs.dibao.standard[0] * len(members) * 12 * 3 // 5
                family = self.inventor.family(related(members), prefix="PC", **facts.means(income), **facts.HARDSHIP)
                self.cast.families.append(family)
                self.cast.neighbours.append(family)

    def _kept(self) -> list[DibaoFamily]:
        """Families on the roster from the first month to the last, whose people stay the same."""
        same = ("", "income_changed")
        return [
            one for one in self.cast.dibao
            if one.year.origin == "opening" and not one.year.leaves and one.year.change in same
        ]  # fmt: skip

    def _kept_families(self, skip: int = 0) -> Iterator[FamilyRow]:
        yield from (one.family for one in self._kept()[skip:])

    def _kept_members(self) -> Iterator[tuple[PersonRow, str]]:
        yield from ((one.person, "tekun") for one in self.cast.dispersed if one.path.whole_year)
        for one in self._kept():
            yield one.family.head, "dibao"
        for one in self._kept():
            yield from ((person, "dibao") for person, _ in one.family.members[1:])


AGES = {
    "returned_ill": (42, 68),
    "test_veteran": (62, 78),
    "war_veteran": (60, 72),
    "rural_veteran": (61, 78),
    "martyr_child": (61, 78),
    "martyr_family": (60, 78),
}
"""Ages by kind of special-care recipient."""


def yearly_income(spell: Spell) -> int:
    """A family's income of a year in fen."""
    return spell.income * 12 * 100


def _home(person: PersonRow) -> tuple[str, int]:
    """The village and group somebody lives in."""
    return person.village, int(person.address.rsplit("村", 1)[1].removesuffix("组"))
