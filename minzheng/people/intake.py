"""Taking over the persons and families that an office already has on its lists: many at once, checked as one by one.

All or nothing: the first row that is wrong is named and nothing is kept. One audit row for each family.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.core import clock, crypto, idnumber, pinyin
from minzheng.core.errors import Refused, refuse
from minzheng.core.models import AuditEntry
from minzheng.people import vocabulary
from minzheng.people.actions import mask
from minzheng.people.actions.persons import check_number
from minzheng.people.models import (
    Circle,
    Fact,
    FactSource,
    Household,
    Identifier,
    IdentifierKind,
    Membership,
    Person,
    Relation,
    Residence,
    SearchToken,
)

BATCH = 2000


@dataclass(frozen=True)
class PersonEntry:
    """One person on a list. `facts` in the vocabulary's types (money in fen)."""

    name: str
    id_number: str
    address: str = ""
    account: str = ""
    account_note: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FamilyEntry:
    """One family on a list: its file number, its members with their relation to the head (exactly one is the head)."""

    number: str
    area: str
    members: Sequence[tuple[PersonEntry, str]]
    residence: str = Residence.RURAL
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A family that was taken over, with its persons in the order of the list."""

    household: Household
    persons: tuple[Person, ...]


@transaction.atomic
def take_over(
    *,
    by: Any,
    families: Sequence[FamilyEntry],
    formed_on: dt.date,
    known_from: dt.date | None = None,
    source: str = FactSource.CARRIED_OVER,
    circle: str = Circle.FAMILY,
) -> list[Taken]:
    """Register these families with their persons, accounts and facts.

    formed_on: from when the memberships hold (of the younger ones since their birth); known_from: from when the facts
    hold (the same day if not given). Refuses a wrong or known identity number, a family without exactly one head, and a
    fact that the vocabulary does not know.
    """
    for area in sorted({family.area for family in families}):
        perms.require(by, "people.edit", area)
    known_from = known_from or formed_on
    checked = [_checked(row, family) for row, family in enumerate(families, 1)]
    _refuse_known(checked)
    persons, rows = [], []
    for family, numbers in zip(families, checked, strict=True):
        for (entry, relation), number in zip(family.members, numbers, strict=True):
            persons.append(
                Person(
                    name=entry.name.strip(),
                    sex=str(number.sex),
                    birth_date=number.birth_date,
                    area_id=family.area,
                    address=entry.address or family.address,
                )
            )
            rows.append((entry, relation, number.normalised))
    persons = Person.objects.bulk_create(persons, batch_size=BATCH)
    _identifiers(persons, rows)
    SearchToken.objects.bulk_create(
        (
            SearchToken(person=person, area_id=person.area_id, token=token)
            for person in persons
            for token in sorted(pinyin.search_tokens(person.name))
        ),
        batch_size=BATCH,
    )
    households = Household.objects.bulk_create(
        (
            Household(
                circle=circle,
                area_id=family.area,
                residence=family.residence,
                number=family.number,
                address=family.address,
                formed_on=formed_on,
            )
            for family in families
        ),
        batch_size=BATCH,
    )
    taken, place = [], 0
    for family, household in zip(families, households, strict=True):
        members = tuple(persons[place : place + len(family.members)])
        taken.append(Taken(household, members))
        place += len(family.members)
    _memberships(taken, families, formed_on)
    _facts(taken, families, known_from, source)
    _audit(by, taken, source)
    return taken


def _checked(row: int, family: FamilyEntry) -> list[idnumber.IdNumber]:
    """The identity numbers of a family's members, with everything else about the row checked too."""
    if [relation for _, relation in family.members].count(Relation.HEAD) != 1:
        raise _at(row, family, "须有且只有一名户主", "must have exactly one head")
    try:
        for name, value in family.facts.items():
            vocabulary.check(name, value, "household")
        for entry, _ in family.members:
            if entry.account:
                check_number(IdentifierKind.ACCOUNT, entry.account, entry.account_note)
            for name, value in entry.facts.items():
                vocabulary.check(name, value, "person")
        return [idnumber.check(entry.id_number, on=clock.today()) for entry, _ in family.members]
    except Refused as refused:
        raise _at(row, family, refused.text("zh-Hans"), refused.text("en")) from refused


def _refuse_known(checked: Sequence[Sequence[idnumber.IdNumber]]) -> None:
    """Nobody twice on the list, nobody who is registered already."""
    seen: dict[bytes, int] = {}
    for row, numbers in enumerate(checked, 1):
        for number in numbers:
            digest = crypto.digest(number.normalised, purpose=IdentifierKind.ID_NUMBER)
            if digest in seen:
                raise _twice(row, f"第 {seen[digest]} 户", f"family {seen[digest]} of the list")
            seen[digest] = row
    known = (
        Identifier.objects.filter(digest__in=list(seen), kind=IdentifierKind.ID_NUMBER, valid_to=None)
        .select_related("person")
        .first()
    )
    if known is not None:
        raise _twice(seen[bytes(known.digest)], known.person.name, known.person.name)


def _identifiers(persons: Sequence[Person], rows: Sequence[tuple[PersonEntry, str, str]]) -> None:
    since = clock.today()
    found = []
    for person, (entry, _, number) in zip(persons, rows, strict=True):
        numbers = [
            (IdentifierKind.ID_NUMBER, number, {}),
            (IdentifierKind.ACCOUNT, entry.account, dict(entry.account_note)),
            (IdentifierKind.PHONE, entry.phone, {}),
        ]
        for kind, value, note in numbers:
            if not value:
                continue
            key_id, ciphertext = crypto.encrypt(value, purpose=kind)
            found.append(
                Identifier(
                    person=person,
                    kind=kind,
                    area_id=person.area_id,
                    key_id=key_id,
                    ciphertext=ciphertext,
                    digest=crypto.digest(value, purpose=kind),
                    masked=mask(kind, value),
                    note=note,
                    valid_from=since,
                )
            )
    Identifier.objects.bulk_create(found, batch_size=BATCH)


def _memberships(taken: Sequence[Taken], families: Sequence[FamilyEntry], formed_on: dt.date) -> None:
    Membership.objects.bulk_create(
        (
            Membership(
                household=one.household,
                person=person,
                circle=one.household.circle,
                relation=relation,
                valid_from=max(formed_on, person.birth_date),
                reason="carried_over",
                area_id=one.household.area_id,
            )
            for one, family in zip(taken, families, strict=True)
            for person, (_, relation) in zip(one.persons, family.members, strict=True)
        ),
        batch_size=BATCH,
    )


def _facts(taken: Sequence[Taken], families: Sequence[FamilyEntry], since: dt.date, source: str) -> None:
    def fact(name: str, value: Any, area: str, **owner: Any) -> Fact:
        return Fact(name=name, value=value, source=source, valid_from=since, area_id=area, **owner)

    found = []
    for one, family in zip(taken, families, strict=True):
        area = one.household.area_id
        found += [fact(name, value, area, household=one.household) for name, value in family.facts.items()]
        for person, (entry, _) in zip(one.persons, family.members, strict=True):
            found += [fact(name, value, area, person=person) for name, value in entry.facts.items()]
    Fact.objects.bulk_create(found, batch_size=BATCH)


def _audit(by: Any, taken: Sequence[Taken], source: str) -> None:
    today = clock.today()
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                on=today,
                actor_id=by.pk,
                actor_name=by.get_full_name(),
                action="people.take_over",
                subject_type=one.household._meta.label_lower,
                subject_id=one.household.pk,
                area_code=one.household.area_id,
                detail={"members": [person.pk for person in one.persons], "source": str(source)},
            )
            for one in taken
        ),
        batch_size=BATCH,
    )


def _at(row: int, family: FamilyEntry, zh: str, en: str) -> Refused:
    return refuse(
        "people.list_row",
        zh="名单第 {row} 户（{number}）：{why_zh}。",
        en="Family {row} of the list ({number}): {why_en}.",
        remedy_zh="请更正后重新导入；没有任何一户被登记。",
        remedy_en="Correct it and take the list over again; nothing of it was kept.",
        row=row,
        number=family.number,
        why_zh=zh.rstrip("。"),
        why_en=en.rstrip("."),
    )


def _twice(row: int, who_zh: str, who_en: str) -> Refused:
    return refuse(
        "people.list_known",
        zh="名单第 {row} 户中有人的身份证号已属于{who_zh}。",
        en="Somebody of family {row} of the list has the identity number of {who_en}.",
        remedy_zh="同一个人只登记一次；请从名单中去掉，或先核对号码。没有任何一户被登记。",
        remedy_en="Everybody is registered once: take them off the list or check the number. Nothing of it was kept.",
        row=row,
        who_zh=who_zh,
        who_en=who_en,
    )
