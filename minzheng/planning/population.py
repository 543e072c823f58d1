"""The live population as a folder of Parquet files (`policy.simulation.population` says which), for a simulation.

Who is in it: every family that lives in the area on the day; and for each programme whoever has an award in force in
the month, and whoever something is recorded of that only this programme asks for (anything it asks for, where it asks
for nothing of its own). Facts are what is known now of that day; an award brings the facts of its own matter and the
people it covers. Nobody is a candidate for what excludes a benefit they are covered by (policies/overlaps.yaml).
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Q

from minzheng.areas import queries as areas
from minzheng.areas.models import Area
from minzheng.areas.queries import within
from minzheng.awards import assessing, overlaps, rows, timing
from minzheng.awards import queries as awards
from minzheng.awards.models import AwardMember
from minzheng.people import queries as people
from minzheng.people.models import Circle, Fact, Household, Membership, Person
from minzheng.policy import Subject, registry
from minzheng.policy import subjects as parties
from minzheng.policy.model import FactSpec
from minzheng.policy.registry import Programme
from minzheng.policy.simulation.population import (
    FACTS,
    FAMILIES,
    FAMILY_COLUMNS,
    MEMBERS,
    TYPES,
    next_level,
    write_about,
    write_table,
)
from minzheng.policy.subjects import Party
from minzheng.policy.values import Kind, Value, write

Name = Callable[[str], str]
"""What a family's or person's id (`h12`, `p34`) is called in the files."""
INCOME = "annual_income"


@dataclass(frozen=True)
class Candidate:
    """A party of a programme: its id in the files, its family, what its award pays for a pay cycle (None: no award)."""

    id: str
    party: Party
    family: int | None
    awarded: int | None = None


@dataclass(frozen=True)
class Families:
    """The families of an area on a day, and who lives in them."""

    households: Mapping[int, Household]
    members: Mapping[int, list[Person]]
    family_of: Mapping[int, int] = field(default_factory=dict)
    """Household by person."""


@dataclass(frozen=True)
class Written:
    """How much is in the folder: families, parties by programme, and those left out because another benefit of theirs
    excludes the programme."""

    families: int
    parties: Mapping[str, int]
    excluded: Mapping[str, int]


def write_population(
    folder: Path, *, area: str, on: dt.date, name: Name = str, only: Collection[str] | None = None
) -> Written:
    """Write the population of an area, as far as the scope shows it (of these programmes `only`). Reads only; the
    number of queries does not depend on how many people there are."""
    found = areas.area(area)
    living = families(area, on)
    _write_families(folder, living, on, name)
    laws = [law for law in registry.programmes() if law.policy.versions[0].starts_on <= on]
    counts, excluded = {}, {}
    for law in laws:
        if only is not None and law.code not in only:
            continue
        candidates, left_out = candidates_of(law, laws, living, area, on)
        if candidates:
            _write_programme(folder / law.code, law, candidates, on, name)
            counts[law.code] = len(candidates)
        if left_out:
            excluded[law.code] = left_out
    below = Area.objects.filter(within(area, "code"), code__in=_parts(living, area)).values_list("code", "name")
    write_about(folder, area, on.isoformat(), dict(below) | {found.code: found.name})
    return Written(len(living.households), counts, excluded)


def families(area: str, on: dt.date) -> Families:
    """Who lives together in the area on the day; the dead are left out, and homes that are empty."""
    there = (Q(dissolved_on=None) | Q(dissolved_on__gt=on)) & Q(formed_on__lte=on, circle=Circle.FAMILY)
    households = {one.pk: one for one in Household.objects.filter(within(area), there)}
    members: dict[int, list[Person]] = {}
    rows_ = Membership.objects.filter(people.holding(on), within(area, "household__area_id"), circle=Circle.FAMILY)
    for row in rows_.select_related("person").order_by("valid_from", "pk"):
        if row.household_id in households and (row.person.died_on is None or row.person.died_on > on):
            members.setdefault(row.household_id, []).append(row.person)
    family_of = {person.pk: home for home, persons in members.items() for person in persons}
    return Families({pk: one for pk, one in households.items() if pk in members}, members, family_of)


def candidates_of(
    law: Programme, laws: Iterable[Programme], living: Families, area: str, on: dt.date
) -> tuple[list[Candidate], int]:
    """The parties of a programme, and how many were left out because they are covered by what excludes it."""
    found = list(_awarded(law, living, area, on))
    known = {candidate.party.key for candidate in found}
    elsewhere = _covered_by(overlaps.excluding(law.code), area, on)
    names = own_facts(law, laws, on)
    left_out = 0
    for party in _recorded(law.unit, names, living, on, known):
        if party.household is not None:
            covered = [person.pk for person in living.members[party.household.pk] if person.pk not in elsewhere]
            if not covered:
                left_out += 1
                continue
            party = Party(household=party.household, covered=covered)
            found.append(Candidate(f"h{party.key}", party, party.key))
        elif party.key in elsewhere:
            left_out += 1
        else:
            found.append(Candidate(f"p{party.key}", party, living.family_of.get(party.key)))
    return found, left_out


def subjects_of(code: str, candidates: list[Candidate], on: dt.date) -> list[Subject]:
    """What the policy takes, in the order of the candidates."""
    return parties.subjects(code, on=on, parties=[candidate.party for candidate in candidates])


def own_facts(law: Programme, laws: Iterable[Programme], on: dt.date) -> set[str]:
    """The facts that mark somebody as concerned by a programme: those that no other programme asks for; all of its own
    where it shares them all."""
    version = law.policy.version_on(on)
    others: set[str] = set()
    for other in laws:
        if other.code != law.code:
            asked = other.policy.version_on(on)
            others |= {*asked.facts, *asked.member_facts}
    return set(version.facts) - others or set(version.facts)


def _awarded(law: Programme, living: Families, area: str, on: dt.date) -> Iterator[Candidate]:
    """Those with an award in force in the month, with whom it covers and what it pays."""
    month = timing.first_of(on)
    in_force = list(awards.in_force(law.code, area, on).select_related("person", "household").order_by("pk"))
    ids = [award.pk for award in in_force]
    members, amounts = rows.current_members(ids), rows.current_amounts(ids)
    given = assessing.given_of(in_force)
    seen: dict[str, int] = {}
    for award in in_force:
        party = assessing.party_of(award, members.get(award.pk, ()), month, given.get(award.pk))
        own = f"{'h' if award.household_id else 'p'}{party.key}"
        seen[own] = seen.get(own, 0) + 1
        # What is paid once may come twice in a month: the second stands under its own number.
        yield Candidate(
            own if seen[own] == 1 else f"{own}-{seen[own]}",
            party,
            award.household_id or living.family_of.get(award.person_id or 0),
            _amount_in(amounts.get(award.pk, ()), month),
        )


def _amount_in(amounts: Iterable[Any], month: dt.date) -> int:
    holding = (
        row.amount
        for row in amounts
        if row.first_month <= month and (row.last_month is None or row.last_month >= month)
    )
    return next(holding, 0)


def _covered_by(programmes: Collection[str], area: str, on: dt.date) -> set[int]:
    """Who is covered in the month by one of these programmes."""
    month = timing.first_of(on)
    if not programmes:
        return set()
    covering = AwardMember.objects.filter(
        Q(last_month=None) | Q(last_month__gte=month),
        within(area),
        first_month__lte=month,
        superseded_at=None,
        award__programme__in=list(programmes),
    )
    return set(covering.values_list("person_id", flat=True))


def _recorded(
    unit: str, names: Collection[str], living: Families, on: dt.date, known: Collection[int]
) -> Iterator[Party]:
    """The families, or the people in them, of whom one of these facts is recorded, but for those known already."""
    facts = Fact.objects.filter(people.holding(on), name__in=list(names))
    if unit == "household":
        homes = facts.filter(household__in=list(living.households)).values_list("household_id", flat=True)
        for pk in sorted(set(homes) - set(known)):
            yield Party(household=living.households[pk])
        return
    persons = {person.pk: person for members in living.members.values() for person in members}
    for pk in sorted(set(facts.filter(person__in=list(persons)).values_list("person_id", flat=True)) - set(known)):
        yield Party(person=persons[pk])


def _write_families(folder: Path, living: Families, on: dt.date, name: Name) -> None:
    _, known = people.facts_of_many(on=on, households=list(living.households))
    lines = []
    for pk, home in living.households.items():
        income = known.get(pk, {}).get(INCOME)
        lines.append(
            (
                name(f"h{pk}"),
                home.area_id,
                home.residence,
                len(living.members[pk]),
                _cell(income.value if income else None, Kind.MONEY),
            )
        )
    write_table(folder / FAMILIES, FAMILY_COLUMNS, sorted(lines))


def _write_programme(folder: Path, law: Programme, candidates: list[Candidate], on: dt.date, name: Name) -> None:
    """facts.parquet and members.parquet, in the order of the ids: a pseudonym says nothing by its place."""
    version = law.policy.version_on(on)
    facts, members = [], []
    for candidate, subject in zip(candidates, subjects_of(law.code, candidates, on), strict=True):
        ident = name(candidate.id)
        facts.append(
            (
                ident,
                subject.area,
                subject.residence,
                name(f"h{candidate.family}") if candidate.family else None,
                _cell(candidate.awarded, Kind.MONEY),
                *_cells(subject.facts, version.facts),
            )
        )
        members += [(ident, *_cells(member, version.member_facts)) for member in subject.members]
    columns = {"id": "varchar", "area": "varchar", "residence": "varchar", "family": "varchar"}
    columns |= {"awarded": TYPES[Kind.MONEY]} | {one: TYPES[spec.kind] for one, spec in version.facts.items()}
    write_table(folder / FACTS, columns, sorted(facts, key=lambda row: row[0]))
    if version.uses_members:
        of_members = {"id": "varchar"} | {one: TYPES[spec.kind] for one, spec in version.member_facts.items()}
        write_table(folder / MEMBERS, of_members, sorted(members, key=lambda row: row[0]))


def _cells(values: Mapping[str, Value | None], specs: Mapping[str, FactSpec]) -> list[str | None]:
    return [_cell(values.get(one), spec.kind) for one, spec in specs.items()]


def _cell(value: Any, kind: Kind) -> str | None:
    """A value as it stands in a file: money in yuan."""
    return None if value is None else write(value, kind)


def _parts(living: Families, area: str) -> set[str]:
    digits = next_level(area)
    return {home.area_id[:digits] for home in living.households.values()}
