"""Writing persons, households, who belongs to them, and what is known of them."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import audit, clock, crypto, events, idnumber, pinyin, tasks
from minzheng.core.errors import refuse
from minzheng.people import vocabulary
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
    SearchToken,
)

By = Any
"""Whoever acts: a user of the office (typed loosely, for scenarios act as users too)."""


@transaction.atomic
def register_person(
    *,
    by: By,
    name: str,
    area: str,
    id_number: str | None = None,
    birth_date: dt.date | None = None,
    sex: str | None = None,
    no_number_reason: str = "",
    address: str = "",
    account: str | None = None,
    account_note: dict[str, str] | None = None,
    phone: str | None = None,
) -> Person:
    """Register a human being, once: the office, or whoever takes an application.

    With an identity number, birth date and sex are taken from it (GB 11643); without one they must be given, and the
    reason. Refuses a wrong number, and a number that somebody has already.
    """
    perms.require(by, "people.edit", area, "cases.apply")
    if not name.strip():
        raise refuse(
            "person.name",
            zh="没有填写姓名。",
            en="The name is missing.",
            remedy_zh="此人还没有登记过，请填写姓名；已登记的人请核对身份证号。",
            remedy_en="Nobody with this number is registered: enter the name, or check the number.",
        )
    if id_number is None:
        if birth_date is None or sex is None or not no_number_reason:
            raise refuse(
                "person.no_number",
                zh="{name}没有身份证号，还缺出生日期、性别或无证原因。",
                en="{name} has no identity number, and birth date, sex or the reason is missing.",
                remedy_zh="请补填这三项；以后有了号码可以再补录。",
                remedy_en="Enter the three; the number can be added once there is one.",
                name=name,
            )
    else:
        checked = idnumber.check(id_number)
        id_number, birth_date, sex = checked.normalised, checked.birth_date, str(checked.sex)
        _refuse_known_number(id_number)
    _refuse_birth(name, birth_date)
    person = Person.objects.create(
        name=name.strip(),
        sex=sex,
        birth_date=birth_date,
        area=areas.area(area),
        address=address,
        no_number_reason=no_number_reason,
    )
    if id_number is not None:
        add_identifier(by=by, person=person, kind=IdentifierKind.ID_NUMBER, value=id_number)
    if account:
        add_identifier(by=by, person=person, kind=IdentifierKind.ACCOUNT, value=account, note=account_note)
    if phone:
        add_identifier(by=by, person=person, kind=IdentifierKind.PHONE, value=phone)
    SearchToken.objects.bulk_create(
        SearchToken(person=person, area_id=area, token=token) for token in sorted(pinyin.search_tokens(person.name))
    )
    audit.record("people.register_person", by=by, subject=person, area=area)
    return person


@transaction.atomic
def add_identifier(
    *, by: By, person: Person, kind: str, value: str, note: dict[str, str] | None = None, since: dt.date | None = None
) -> Identifier:
    """Give a person a number; the one they had of this kind (identity number, account) ends the day before."""
    perms.require(by, "people.edit", person.area_id, "cases.apply")
    since = since or clock.today()
    value = value.strip().replace(" ", "")
    _check_number(kind, value)
    if kind in (IdentifierKind.ID_NUMBER, IdentifierKind.ACCOUNT):
        Identifier.objects.filter(person=person, kind=kind, valid_to=None).update(valid_to=since)
    key_id, ciphertext = crypto.encrypt(value, purpose=kind)
    try:
        with transaction.atomic():
            identifier = Identifier.objects.create(
                person=person,
                kind=kind,
                area_id=person.area_id,
                key_id=key_id,
                ciphertext=ciphertext,
                digest=crypto.digest(value, purpose=kind),
                masked=mask(kind, value),
                note=note or {},
                valid_from=since,
            )
    except IntegrityError as error:
        if "one_person_per_id_number" not in str(error):
            raise
        raise refuse(
            "person.known_elsewhere",
            zh="{person}的身份证号已在别的乡镇登记。",
            en="{person}'s identity number is registered in another township already.",
            remedy_zh="请联系县民政局办理档案移交，不要重复登记。",
            remedy_en="Ask the county to hand the file over instead of registering them again.",
            person=person.name,
        ) from error
    audit.record("people.add_identifier", by=by, subject=person, area=person.area_id, detail={"kind": kind})
    return identifier


def mask(kind: str, value: str) -> str:
    """What lists may show of a number."""
    if kind == IdentifierKind.ID_NUMBER:
        return idnumber.mask(value)
    return "*" * max(len(value) - 4, 0) + value[-4:]


@transaction.atomic
def reveal(*, by: By, identifier: Identifier, reason: str) -> str:
    """The number in full, for a reason that is recorded. Refuses an empty reason."""
    perms.require(by, "people.reveal", identifier.area_id)
    if not reason.strip():
        raise refuse(
            "people.reveal_reason",
            zh="查看完整号码须写明理由。",
            en="Seeing the full number needs a reason.",
            remedy_zh="请填写为什么要看，例如“核对银行退回”。",
            remedy_en="Say why, for example “to check a returned payment”.",
        )
    detail = {"kind": identifier.kind, "reason": reason}
    audit.record("people.reveal", by=by, subject=identifier.person, area=identifier.area_id, detail=detail)
    return crypto.decrypt(identifier.key_id, bytes(identifier.ciphertext), purpose=identifier.kind)


@transaction.atomic
def form_household(
    *,
    by: By,
    circle: str,
    area: str,
    residence: str,
    number: str,
    formed_on: dt.date,
    members: Sequence[tuple[Person, str]],
    address: str = "",
) -> Household:
    """Form a registered household or a family; exactly one of its members is the head."""
    perms.require(by, "people.edit", area, "cases.apply")
    heads = [person for person, relation in members if relation == Relation.HEAD]
    if len(heads) != 1:
        raise refuse(
            "household.head",
            zh="一户须有且只有一名户主，现有 {count} 名。",
            en="A household has exactly one head; there are {count}.",
            remedy_zh="请把与户主关系为“户主”的成员改为一人。",
            remedy_en="Mark exactly one member as head.",
            count=len(heads),
        )
    try:
        with transaction.atomic():
            household = Household.objects.create(
                circle=circle,
                area=areas.area(area),
                residence=residence,
                number=number,
                formed_on=formed_on,
                address=address,
            )
    except IntegrityError as error:
        raise refuse(
            "household.number",
            zh="档案号“{number}”已经用过。",
            en="The file number “{number}” is in use.",
            remedy_zh="请换一个档案号，例如在前面加上本镇的简称。",
            remedy_en="Use another, for example with the township's short name in front.",
            number=number,
        ) from error
    for person, relation in members:
        join(by=by, household=household, person=person, relation=relation, on=formed_on, reason="formed")
    detail = {"circle": circle, "members": [person.pk for person, _ in members]}
    audit.record("people.form_household", by=by, subject=household, area=area, detail=detail)
    return household


@transaction.atomic
def join(*, by: By, household: Household, person: Person, relation: str, on: dt.date, reason: str = "") -> Membership:
    """A person joins a circle from this day. Refuses somebody who belongs to another of the kind (the database too)."""
    perms.require(by, "people.edit", household.area_id, "cases.apply")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                household=household,
                person=person,
                circle=household.circle,
                relation=relation,
                valid_from=on,
                reason=reason,
                area_id=household.area_id,
            )
    except IntegrityError as error:
        if "at_a_time" not in str(error):
            raise
        raise refuse(
            "person.two_families",
            zh="{person}在 {on} 已属于另一个{circle}。",
            en="On {on} {person} already belongs to another household of this kind ({circle}).",
            remedy_zh="请先在原户办理减员（填写离开日期），再加入本户。",
            remedy_en="Let them leave the other household first (with the day), then add them here.",
            rule="一人一户",
            person=person.name,
            on=on,
            circle=Circle(household.circle).label,
        ) from error
    detail = {"person": person.pk, "on": on.isoformat(), "reason": reason}
    audit.record("people.join", by=by, subject=household, area=household.area_id, detail=detail)
    return membership


@transaction.atomic
def leave(*, by: By, household: Household, person: Person, on: dt.date, reason: str) -> Membership:
    """A person is no longer of a circle from this day on (the day itself is not counted any more)."""
    perms.require(by, "people.edit", household.area_id)
    current = (
        Membership.objects.select_for_update()
        .filter(household=household, person=person, superseded_at=None, valid_to=None)
        .first()
    )
    if current is None:
        raise refuse(
            "household.not_member",
            zh="{person}现在不是 {household} 的成员。",
            en="{person} is not a member of {household} now.",
            remedy_zh="请在“人员与圈层”里核对其所在的户。",
            remedy_en="Look up the household they belong to.",
            person=person.name,
            household=household.number,
        )
    _supersede(current)
    closed = Membership.objects.create(
        household=household,
        person=person,
        circle=current.circle,
        relation=current.relation,
        valid_from=current.valid_from,
        valid_to=on,
        reason=reason,
        area_id=household.area_id,
    )
    detail = {"person": person.pk, "on": on.isoformat(), "reason": reason}
    audit.record("people.leave", by=by, subject=household, area=household.area_id, detail=detail)
    return closed


@transaction.atomic
def record_fact(
    *,
    by: By,
    name: str,
    value: Any,
    source: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    person: Person | None = None,
    household: Household | None = None,
    evidence: Any = None,
) -> Fact:
    """Record what is known of a person or a household from a day on (`valid_to` is the first day it no longer holds).

    `value` in the vocabulary's own type: fen, int, bool, date as text, code. A fact of the same name and source that
    runs on is ended; one that began on the same day or later is superseded.
    """
    subject = person or household
    assert subject is not None
    perms.require(by, "people.edit", subject.area_id, "cases.apply")
    vocabulary.check(name, value, "person" if person else "household")
    running = Fact.objects.select_for_update().filter(
        person=person, household=household, name=name, source=source, superseded_at=None
    )
    for fact in running:
        if fact.valid_to is not None and fact.valid_to <= valid_from:
            continue
        _supersede(fact)
        if fact.valid_from < valid_from:
            Fact.objects.create(
                person=person,
                household=household,
                name=name,
                value=fact.value,
                source=source,
                valid_from=fact.valid_from,
                valid_to=valid_from,
                evidence=fact.evidence,
                area_id=fact.area_id,
            )
    fact = Fact.objects.create(
        person=person,
        household=household,
        name=name,
        value=value,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=evidence,
        area_id=subject.area_id,
    )
    detail = {"name": name, "source": source, "from": valid_from.isoformat()}
    audit.record("people.record_fact", by=by, subject=subject, area=subject.area_id, detail=detail)
    return fact


@transaction.atomic
def record_death(*, by: By, person: Person, on: dt.date, source: str = FactSource.DECLARED) -> None:
    """Record a death once: every benefit is flagged the same day and what is unsent is held, until it is verified."""
    perms.require(by, "people.edit", person.area_id)
    if on > clock.today() or on < person.birth_date:
        raise refuse(
            "person.death_day",
            zh="死亡日期 {on} 不在出生日期与今天之间。",
            en="The day of death {on} is not between birth and today.",
            remedy_zh="请核对死亡证明上的日期。",
            remedy_en="Check the day on the death certificate.",
            on=on,
        )
    person.died_on = on
    person.death_verified_on = None
    person.save(update_fields=["died_on", "death_verified_on"])
    audit.record("people.record_death", by=by, subject=person, area=person.area_id, detail={"on": on.isoformat()})
    tasks.open_task(
        "people.verify_death",
        subject=person,
        area=person.area_id,
        label={"zh-Hans": "核实死亡信息", "en": "Verify the reported death"},
        permission="people.edit",
        who=person.name,
    )
    events.publish("person.died", by=by, on=on, subject=person, area=person.area_id, payload={"source": source})


@transaction.atomic
def verify_death(*, by: By, person: Person) -> None:
    """A person of the office confirms a recorded death: they leave their circles, and their benefits are worked out
    anew."""
    perms.require(by, "people.edit", person.area_id)
    if person.died_on is None:
        raise refuse(
            "person.not_dead",
            zh="{person}没有死亡登记，无从核实。",
            en="No death of {person} is recorded.",
            remedy_zh="请先登记死亡日期。",
            remedy_en="Record the day of death first.",
            person=person.name,
        )
    person.death_verified_on = clock.today()
    person.save(update_fields=["death_verified_on"])
    for membership in Membership.objects.filter(person=person, superseded_at=None, valid_to=None).select_related(
        "household"
    ):
        leave(by=by, household=membership.household, person=person, on=person.died_on, reason="died")
    audit.record("people.verify_death", by=by, subject=person, area=person.area_id)
    tasks.close_tasks(subject=person, by=by, kind="people.verify_death")
    events.publish("person.death_verified", by=by, on=person.died_on, subject=person, area=person.area_id)


def _supersede(row: Membership | Fact) -> None:
    """Set `superseded_at`, once; the database allows no other change."""
    row.superseded_at = timezone.now()
    row.save(update_fields=["superseded_at"])


OLDEST = 130
"""Nobody alive is older, in years."""


def _refuse_birth(name: str, birth_date: dt.date) -> None:
    today = clock.today()
    if not today.year - OLDEST <= birth_date.year or birth_date > today:
        raise refuse(
            "person.birth_date",
            zh="{name}的出生日期 {birth_date} 不可能。",
            en="{name} cannot have been born on {birth_date}.",
            remedy_zh="请按户口簿核对，写成 1950-02-03。",
            remedy_en="Check it with the household register; write it as 1950-02-03.",
            name=name,
            birth_date=birth_date,
        )


def _check_number(kind: str, value: str) -> None:
    """An account and a phone are digits of a plausible length: a wrong one would come back from the bank."""
    shape = {IdentifierKind.ACCOUNT: r"\d{8,32}", IdentifierKind.PHONE: r"\+?[\d-]{7,20}"}.get(IdentifierKind(kind))
    if shape and not re.fullmatch(shape, value):
        raise refuse(
            "person.number_shape",
            zh="{kind}“{value}”不像是号码。",
            en="“{value}” does not look like a number of this kind ({kind}).",
            remedy_zh="银行账号为 8 至 32 位数字，电话为 7 至 20 位数字。",
            remedy_en="An account has 8 to 32 digits, a phone 7 to 20.",
            kind=IdentifierKind(kind).label,
            value=mask(kind, value),
        )


def _refuse_known_number(number: str) -> None:
    digest = crypto.digest(number, purpose=IdentifierKind.ID_NUMBER)
    known = Identifier.objects.filter(digest=digest, kind=IdentifierKind.ID_NUMBER, valid_to=None).first()
    if known is not None:
        raise refuse(
            "person.known_number",
            zh="这个身份证号已登记给{person}。",
            en="This identity number is already registered for {person}.",
            remedy_zh="请用搜索打开此人的档案，不要重复登记。",
            remedy_en="Find the person by search instead of registering them again.",
            person=known.person.name,
        )
