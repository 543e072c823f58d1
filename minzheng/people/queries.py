"""Reading persons, households, memberships and facts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from minzheng.areas.queries import within
from minzheng.core import clock, crypto, idnumber, pinyin
from minzheng.core.periods import completed_years
from minzheng.people.models import (
    AccountAgreement,
    Circle,
    Fact,
    FactSource,
    Household,
    Identifier,
    IdentifierKind,
    Membership,
    Person,
    Relation,
    Succession,
)

TRUST = (FactSource.VERIFIED, FactSource.SURVEYED, FactSource.DECLARED, FactSource.CARRIED_OVER)
"""Which source counts where several know the same: what was verified, then seen, then declared, then carried over."""


ADULT = 18


def holding(on: dt.date, known_at: dt.datetime | None = None) -> Q:
    """The condition that a dated row holds on a day, as known now or at an earlier time."""
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    if known_at is None:
        return held & Q(superseded_at=None)
    return held & Q(recorded_at__lte=known_at) & (Q(superseded_at=None) | Q(superseded_at__gt=known_at))


def holds(row: Membership, on: dt.date, known_at: dt.datetime | None = None) -> bool:
    """The same of a row that has been read."""
    held = row.valid_from <= on and (row.valid_to is None or row.valid_to > on)
    if known_at is None:
        return held and row.superseded_at is None
    return held and row.recorded_at <= known_at and (row.superseded_at is None or row.superseded_at > known_at)


def memberships(household_ids: Iterable[int]) -> list[Membership]:
    """Who has ever belonged to these files, in the order of `members`; `holds` says which of them on a day."""
    rows = Membership.objects.filter(household__in=list(household_ids)).select_related("person")
    return list(rows.order_by("valid_from", "pk"))


def members(household: Household, on: dt.date, known_at: dt.datetime | None = None) -> QuerySet[Membership]:
    """Who belonged to the household on a day, the head first."""
    return (
        Membership.objects.filter(holding(on, known_at), household=household)
        .select_related("person")
        .order_by("valid_from", "pk")
    )


def last_members(household: Household) -> QuerySet[Membership]:
    """Who belonged to a closed file until the day it was closed."""
    rows = Membership.objects.filter(household=household, superseded_at=None, valid_to=household.dissolved_on)
    return rows.select_related("person").order_by("valid_from", "pk")


def head(household: Household, on: dt.date) -> Person | None:
    """The head on a day."""
    found = members(household, on).filter(relation=Relation.HEAD).first()
    return found.person if found else None


def heads(household_ids: Iterable[int], on: dt.date) -> dict[int, Person]:
    """The heads of many households on a day, in one query."""
    rows = Membership.objects.filter(
        holding(on), household__in=list(household_ids), relation=Relation.HEAD
    ).select_related("person")
    return {row.household_id: row.person for row in rows}


def heads_on(household_ids: Iterable[int], *days: dt.date) -> dict[int, Person]:
    """The heads of many households as they were on the first of these days on which each had one, else on any day (a
    file that was opened later, a family whose head has died)."""
    wanted, found = set(household_ids), dict[int, Person]()
    for day in days:
        if wanted - found.keys():
            found = heads(wanted - found.keys(), day) | found
    missing = wanted - found.keys()
    if missing:
        ever = Membership.objects.filter(household__in=missing, relation=Relation.HEAD, superseded_at=None)
        found |= {row.household_id: row.person for row in ever.select_related("person").order_by("valid_from", "pk")}
    return found


def files_before(household: Household) -> list[Succession]:
    """The files that this one goes on from, and theirs: the newest first."""
    found: dict[int, Succession] = {}
    wanted = {household.pk}
    while wanted:
        links = Succession.objects.filter(after__in=wanted, superseded_at=None).exclude(pk__in=list(found))
        step = {link.pk: link for link in links.select_related("from_area")}
        found |= step
        wanted = {link.before_id for link in step.values()}
    return sorted(found.values(), key=lambda link: (link.on, link.pk), reverse=True)


def files_after(household: Household) -> list[Succession]:
    """The files that went on from this one."""
    links = Succession.objects.filter(before=household, superseded_at=None)
    return list(links.select_related("area").order_by("pk"))


def is_minor(person: Person, on: dt.date) -> bool:
    return completed_years(person.birth_date, on) < ADULT


def family_of(person: Person, on: dt.date) -> Household | None:
    """The family the person lived with on a day."""
    return household_of(person, on, Circle.FAMILY)


def household_of(person: Person, on: dt.date, circle: str) -> Household | None:
    """The circle of this kind the person belonged to on a day."""
    found = Membership.objects.filter(holding(on), person=person, circle=circle).select_related("household").first()
    return found.household if found else None


@dataclass(frozen=True)
class Known:
    """One fact as it is used: its value, where it comes from, since when."""

    value: Any
    source: str
    valid_from: dt.date


def facts(
    *,
    on: dt.date,
    person: Person | None = None,
    household: Household | None = None,
    known_at: dt.datetime | None = None,
) -> dict[str, Known]:
    """What is known of a person or a household on a day: for each name the value of the most trusted source."""
    owner = Q(person=person) if person is not None else Q(household=household)
    return _most_trusted(Fact.objects.filter(owner & holding(on, known_at)))


def facts_of_many(
    *,
    on: dt.date,
    persons: Iterable[int] = (),
    households: Iterable[int] = (),
    known_at: dt.datetime | None = None,
) -> tuple[dict[int, dict[str, Known]], dict[int, dict[str, Known]]]:
    """The same for many persons and households, in two queries: ({person id: facts}, {household id: facts})."""
    by_person: dict[int, list[Fact]] = {}
    by_household: dict[int, list[Fact]] = {}
    for fact in Fact.objects.filter(holding(on, known_at), person__in=list(persons)):
        by_person.setdefault(fact.person_id or 0, []).append(fact)
    for fact in Fact.objects.filter(holding(on, known_at), household__in=list(households)):
        by_household.setdefault(fact.household_id or 0, []).append(fact)
    return (
        {key: _most_trusted(rows) for key, rows in by_person.items()},
        {key: _most_trusted(rows) for key, rows in by_household.items()},
    )


def facts_side_by_side(
    *, on: dt.date, person: Person | None = None, household: Household | None = None, verified: bool = True
) -> dict[str, dict[str, Fact]]:
    """For each name the current fact of each source, so that declared, verified and surveyed can be compared.

    Without `verified` what other registers said is left out: a village worker never sees it.
    """
    owner = Q(person=person) if person is not None else Q(household=household)
    table: dict[str, dict[str, Fact]] = {}
    shown = Fact.objects.filter(owner & holding(on))
    if not verified:
        shown = shown.exclude(source=FactSource.VERIFIED)
    for fact in shown.order_by("name", "source", "valid_from"):
        table.setdefault(fact.name, {})[fact.source] = fact
    return table


def side_by_side_of_many(
    *,
    on: dt.date,
    persons: Iterable[int] = (),
    household: int | None = None,
    verified: bool = True,
    known_at: dt.datetime | None = None,
) -> tuple[dict[str, dict[str, Fact]], dict[int, dict[str, dict[str, Fact]]]]:
    """The same for a household and many people at once, in one query: (the household's, {person id: theirs}); of a
    source that says a thing twice the latest."""
    owners = Q(person__in=list(persons)) | (Q(household=household) if household is not None else Q(pk__in=[]))
    shown = Fact.objects.filter(owners & holding(on, known_at))
    if not verified:
        shown = shown.exclude(source=FactSource.VERIFIED)
    of_household: dict[str, dict[str, Fact]] = {}
    of_person: dict[int, dict[str, dict[str, Fact]]] = {}
    for fact in shown.order_by("name", "source", "valid_from"):
        table = of_household if fact.person_id is None else of_person.setdefault(fact.person_id, {})
        table.setdefault(fact.name, {})[fact.source] = fact
    return of_household, of_person


def most_trusted(by_source: Mapping[str, Fact]) -> Fact:
    """The fact that is used where several sources know the same."""
    return min(by_source.values(), key=_rank)


def find_by_number(number: str, kind: str = IdentifierKind.ID_NUMBER) -> Person | None:
    """The person with this number, by its digest."""
    normalised = idnumber.normalise(number)
    found = (
        Identifier.objects.filter(digest=crypto.digest(normalised, purpose=kind), kind=kind, valid_to=None)
        .select_related("person")
        .first()
    )
    return found.person if found else None


def account_of(person: Person) -> Identifier | None:
    """The account the person is paid to now."""
    return Identifier.objects.filter(person=person, kind=IdentifierKind.ACCOUNT, valid_to=None).first()


def agreement_of(account: Identifier) -> AccountAgreement | None:
    """By what somebody's money goes to another's account: the latest agreement on it, in force or not."""
    return AccountAgreement.objects.filter(account=account).select_related("document").order_by("-pk").first()


def agreements_ending(area: str, by: dt.date) -> list[AccountAgreement]:
    """Agreements on accounts in an area that end by a day, or have ended, and were not renewed."""
    later = AccountAgreement.objects.filter(account=OuterRef("account"), pk__gt=OuterRef("pk"))
    found = AccountAgreement.objects.filter(within(area), ~Exists(later), account__valid_to=None, valid_to__lte=by)
    return list(found.select_related("person").order_by("valid_to", "pk"))


def search(text: str) -> QuerySet[Person]:
    """Persons by name, its beginning, pinyin or initials, or by a whole identity number or phone; best first."""
    text = text.strip()
    digests = [
        crypto.digest(idnumber.normalise(text), purpose=kind)
        for kind in (IdentifierKind.ID_NUMBER, IdentifierKind.PHONE)
    ]
    found = Q(tokens__token=pinyin.search_token(text)) | Q(identifiers__digest__in=digests, identifiers__valid_to=None)
    return Person.objects.filter(found).distinct().order_by("name", "birth_date", "pk")


def age(person: Person, on: dt.date | None = None) -> int:
    """Completed years (29 February counts on 1 March)."""
    return completed_years(person.birth_date, on or clock.today())


def _most_trusted(rows: Iterable[Fact]) -> dict[str, Known]:
    best: dict[str, Fact] = {}
    for fact in rows:
        other = best.get(fact.name)
        if other is None or _rank(fact) < _rank(other):
            best[fact.name] = fact
    return {name: Known(fact.value, fact.source, fact.valid_from) for name, fact in best.items()}


def _rank(fact: Fact) -> tuple[int, int]:
    return TRUST.index(FactSource(fact.source)), -fact.valid_from.toordinal()
