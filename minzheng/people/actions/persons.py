"""Registering persons and the numbers that point to them."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import accounts, audit, clock, crypto, idnumber, pinyin
from minzheng.core.errors import refuse
from minzheng.people.models import Identifier, IdentifierKind, Person, SearchToken

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
    check_number(kind, value, note)
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


def check_number(kind: str, value: str, note: Mapping[str, str] | None = None) -> None:
    """Refuse an account or a phone that cannot be one, and a bank card whose digits do not agree: it would come back
    from the bank. `note` may say that it is no card (`form: passbook`)."""
    passbook = (note or {}).get("form") == "passbook"
    fault = accounts.fault(value, passbook=passbook) if kind == IdentifierKind.ACCOUNT else ""
    if fault == "check":
        raise refuse(
            "person.account_check",
            zh="银行卡号“{value}”的校验位不对，多半是抄错了一位。",
            en="The digits of the bank card “{value}” do not agree; most likely one of them was copied wrongly.",
            remedy_zh="请对照银行卡重新录入。是存折账号、不是卡号的，在个人档案“领款账户”里勾选“存折账号”后录入。",
            remedy_en="Enter it again from the card. Where it is a passbook's account, enter it in the person's file,"
            " under Account, and tick “a passbook's account”.",
            value=mask(kind, value),
        )
    if fault or (kind == IdentifierKind.PHONE and not re.fullmatch(r"\+?[\d-]{7,20}", value)):
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
