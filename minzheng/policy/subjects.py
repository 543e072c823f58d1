"""The facts of real people, as a policy takes them.

For a household's programme the facts are the household's, its members are the family; for a person's programme the
facts are the person's, then those of the family they live with. `age`, `sex` and `covered` are derived; what other
stages know (what an award has paid this year) comes through providers that they register.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from minzheng.core.periods import completed_years
from minzheng.people import queries as people
from minzheng.people.models import Household, Membership, Person, Residence
from minzheng.people.queries import Known
from minzheng.policy import Subject
from minzheng.policy.model import Version
from minzheng.policy.registry import Programme, programme

Provider = Callable[[Sequence["Party"], dt.date], Mapping[int, Any]]
"""For these parties on this day: the value of a fact by the party's key (household id, or person id)."""
_providers: dict[str, Provider] = {}


def provide(fact: str, provider: Provider) -> None:
    """Let a later stage give a fact of a household or a person."""
    _providers[fact] = provider


def is_provided(fact: str) -> bool:
    """Whether another stage gives this fact, before whatever is recorded."""
    return fact in _providers


@dataclass(frozen=True)
class Party:
    """Who is assessed: a household with the people covered, or a person; facts given here come before recorded ones."""

    household: Household | None = None
    person: Person | None = None
    covered: Collection[int] = ()
    given: Mapping[str, Any] | None = None
    """Facts of this matter alone (a settlement's cost), as stored in JSON."""

    @property
    def key(self) -> int:
        party = self.household or self.person
        assert party is not None
        return int(party.pk)


def subject(
    code: str,
    *,
    on: dt.date,
    household: Household | None = None,
    person: Person | None = None,
    covered: Collection[int] = (),
    given: Mapping[str, Any] | None = None,
    known_at: dt.datetime | None = None,
) -> Subject:
    """One party's facts on a day, as known now or at an earlier time."""
    party = Party(household=household, person=person, covered=covered, given=given)
    return subjects(code, on=on, parties=[party], known_at=known_at)[0]


def subjects(code: str, *, on: dt.date, parties: Sequence[Party], known_at: dt.datetime | None = None) -> list[Subject]:
    """Many parties' facts, in a number of queries that does not depend on how many they are."""
    version = programme(code).policy.version_on(on)
    homes = _homes(parties, on, known_at)
    families = _families({home.pk for home in homes.values()}, on, known_at)
    persons = {party.person.pk for party in parties if party.person}
    persons |= {member.person_id for members in families.values() for member in members}
    of_person, of_household = people.facts_of_many(
        on=on, persons=persons, households=[home.pk for home in homes.values()], known_at=known_at
    )
    provided = {
        name: provider(parties, on)
        for name, provider in _providers.items()
        if name in version.facts or name in version.member_facts
    }
    built = []
    for index, party in enumerate(parties):
        home = homes.get(index)
        family = families.get(home.pk, []) if home else []
        covered = set(party.covered) or {member.person_id for member in family}
        known = dict(of_household.get(home.pk, {})) if home else {}
        if party.person is not None:
            known |= of_person.get(party.person.pk, {})
        values = {name: item.value for name, item in known.items()} | dict(party.given or {})
        values |= {name: by_key[party.key] for name, by_key in provided.items() if party.key in by_key}
        values |= _derived(party.person, on, True)
        members = [
            typed_values(
                version,
                True,
                _plain(of_person.get(member.person_id, {})) | _derived(member.person, on, member.person_id in covered),
            )
            for member in family
        ]
        built.append(
            Subject(
                id=f"{'h' if party.household else 'p'}{party.key}",
                area=(party.household or party.person).area_id,  # type: ignore[union-attr]
                residence=home.residence if home else Residence.RURAL.value,
                facts=typed_values(version, False, values),
                members=members if version.uses_members else [],
            )
        )
    return built


def stored_inputs(subject: Subject) -> dict[str, Any]:
    """A subject as JSON, for the assessment that freezes it: money in fen, rates and dates as text."""
    return {
        "area": subject.area,
        "residence": subject.residence,
        "facts": {name: _json(value) for name, value in subject.facts.items()},
        "members": [{name: _json(value) for name, value in member.items()} for member in subject.members],
    }


def restored(code: str, inputs: Mapping[str, Any], on: dt.date, law: Programme | None = None) -> Subject:
    """The subject that an assessment froze (`stored_inputs`), to work its steps out again. law: the programme with the
    files of then, where not those in force are meant."""
    version = (law or programme(code)).policy.version_on(on)
    return Subject(
        id="stored",
        area=inputs["area"],
        residence=inputs["residence"],
        facts=typed_values(version, False, inputs["facts"]),
        members=[typed_values(version, True, member) for member in inputs["members"]],
    )


def _homes(parties: Sequence[Party], on: dt.date, known_at: dt.datetime | None) -> dict[int, Household]:
    """The household whose facts count, by the party's place in the list."""
    persons = [party.person.pk for party in parties if party.person]
    rows = Membership.objects.filter(people.holding(on, known_at), person__in=persons, circle="family").select_related(
        "household"
    )
    by_person = {row.person_id: row.household for row in rows}
    homes = {}
    for index, party in enumerate(parties):
        if party.household is not None:
            homes[index] = party.household
        elif party.person is not None and party.person.pk in by_person:
            homes[index] = by_person[party.person.pk]
    return homes


def _families(households: Collection[int], on: dt.date, known_at: dt.datetime | None) -> dict[int, list[Membership]]:
    families: dict[int, list[Membership]] = {}
    rows = (
        Membership.objects.filter(people.holding(on, known_at), household__in=households)
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    for row in rows:
        families.setdefault(row.household_id, []).append(row)
    return families


def _derived(person: Person | None, on: dt.date, covered: bool) -> dict[str, Any]:
    if person is None:
        return {}
    return {
        "age": completed_years(person.birth_date, on),
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex,
        "covered": covered,
        "alive": person.died_on is None or person.died_on >= on,
    }


def _plain(known: Mapping[str, Known]) -> dict[str, Any]:
    return {name: item.value for name, item in known.items()}


def typed_values(version: Version, of_member: bool, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the version asks for, in the language's types; what is not known is missing."""
    wanted = version.member_facts if of_member else version.facts
    return {name: _typed(values.get(name), spec.kind) for name, spec in wanted.items()}


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "date":
        return dt.date.fromisoformat(value)
    if kind == "rate":
        return Fraction(str(value))
    return value


def _json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value
