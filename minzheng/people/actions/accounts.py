"""The account that somebody's money goes to: their own, or another's by an agreement that is on file."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from minzheng.access import perms
from minzheng.core import audit, clock, crypto, documents
from minzheng.core.errors import refuse
from minzheng.core.models import Document
from minzheng.people.actions.persons import By, add_identifier
from minzheng.people.models import (
    AccountAgreement,
    AccountHolder,
    AgreementKind,
    Identifier,
    IdentifierKind,
    Person,
)

PAPERS = {b"%PDF": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
"""How the papers that are taken begin."""
LARGEST_PAPER = 10_000_000


@dataclass(frozen=True)
class Agreement:
    """What an agreement says. On file it is as a paper (its bytes), or by its number."""

    kind: str
    holder: str
    relation: str
    signed_on: dt.date
    valid_from: dt.date
    valid_to: dt.date | None = None
    number: str = ""
    paper: bytes | None = None


@transaction.atomic
def own_account(*, by: By, person: Person, account: str, bank: str = "", passbook: bool = False) -> Identifier:
    """From today on the person is paid to an account of their own."""
    perms.require(by, "people.edit", person.area_id)
    return add_identifier(
        by=by, person=person, kind=IdentifierKind.ACCOUNT, value=account, note=_note(person.name, bank, passbook)
    )


@transaction.atomic
def name_account(
    *, by: By, person: Person, agreement: Agreement, account: str = "", bank: str = "", passbook: bool = False
) -> AccountAgreement:
    """From today on the person is paid to another's account. Without `account` the one they have now, which renews its
    agreement. Refuses an agreement that is not on file, is over, or is with the person themselves."""
    perms.require(by, "people.edit", person.area_id)
    holder = agreement.holder.strip()
    _check(person, agreement, holder)
    current = Identifier.objects.filter(person=person, kind=IdentifierKind.ACCOUNT, valid_to=None).first()
    number = account.strip().replace(" ", "")
    same = current is not None and (not number or bytes(current.digest) == crypto.digest(number, purpose="account"))
    if not number and current is None:
        raise refuse(
            "account.none",
            zh="{person}还没有领款账户。",
            en="{person} has no account yet.",
            remedy_zh="请填写账号。",
            remedy_en="Enter the account number.",
            person=person.name,
        )
    if current is None or not same or current.note.get("holder") != holder:
        if not number:
            assert current is not None
            number = crypto.decrypt(current.key_id, bytes(current.ciphertext), purpose=IdentifierKind.ACCOUNT)
            bank, passbook = bank or current.note.get("bank", ""), current.note.get("form") == "passbook"
        note = _note(holder, bank, passbook)
        current = add_identifier(by=by, person=person, kind=IdentifierKind.ACCOUNT, value=number, note=note)
    made = AccountAgreement.objects.create(
        person=person,
        area_id=person.area_id,
        account=current,
        kind=AgreementKind(agreement.kind),
        holder=holder,
        relation=AccountHolder(agreement.relation),
        number=agreement.number.strip(),
        signed_on=agreement.signed_on,
        document=_kept(by, person, agreement.paper) if agreement.paper else None,
        valid_from=agreement.valid_from,
        valid_to=agreement.valid_to,
        recorded_by=by,
    )
    until = agreement.valid_to.isoformat() if agreement.valid_to else None
    detail = {"kind": agreement.kind, "relation": agreement.relation, "until": until}
    audit.record("people.name_account", by=by, subject=person, area=person.area_id, detail=detail)
    return made


def _note(holder: str, bank: str, passbook: bool) -> dict[str, str]:
    note = {"holder": holder}
    if bank.strip():
        note["bank"] = bank.strip()
    if passbook:
        note["form"] = "passbook"
    return note


def _check(person: Person, agreement: Agreement, holder: str) -> None:
    today = clock.today()
    if not holder or holder == person.name:
        raise refuse(
            "account.holder",
            zh="代领或一卡通账户的户名应当是别人的姓名。",
            en="The account of an agreement is in another's name.",
            remedy_zh="户名就是{person}本人的，选“本人账户”，不需要协议。",
            remedy_en="Where it is {person}'s own, choose “their own account”; it needs no agreement.",
            person=person.name,
        )
    if not agreement.paper and not agreement.number.strip():
        raise refuse(
            "account.not_on_file",
            zh="协议还没有归档。",
            en="The agreement is not on file.",
            remedy_zh="请上传协议，或填写协议编号和签订日期（原件存本户档案）。",
            remedy_en="Upload it, or give its number and day (the original lies in the family's paper file).",
            rule="存折代管须有书面协议并报县级备案",
        )
    if agreement.signed_on > today or (agreement.valid_to is not None and agreement.valid_to < agreement.valid_from):
        raise refuse(
            "account.days",
            zh="协议的日期不对：签订 {signed}，有效期 {since} 至 {until}。",
            en="The days of the agreement cannot be: signed {signed}, in force from {since} to {until}.",
            remedy_zh="签订日期不能在今天以后，止期不能早于起期。",
            remedy_en="It was signed by today at the latest, and ends after it begins.",
            signed=agreement.signed_on,
            since=agreement.valid_from,
            until=agreement.valid_to,
        )
    if agreement.valid_to is not None and agreement.valid_to < today:
        raise refuse(
            "account.over",
            zh="协议在 {until} 已经到期。",
            en="The agreement was over on {until}.",
            remedy_zh="请续签后登记新的有效期，或改为本人账户。",
            remedy_en="Have it renewed and enter the new days, or enter the person's own account.",
            until=agreement.valid_to,
        )


def _kept(by: By, person: Person, paper: bytes) -> Document:
    media_type = next((kind for start, kind in PAPERS.items() if paper.startswith(start)), "")
    if not media_type or len(paper) > LARGEST_PAPER:
        raise refuse(
            "account.paper",
            zh="协议应当是 10 MB 以内的 PDF 或照片（JPG、PNG）。",
            en="An agreement is a PDF or a photo (JPG, PNG) of at most 10 MB.",
            remedy_zh="请扫描或拍照后上传。",
            remedy_en="Scan it or take a photo.",
        )
    return documents.keep(
        by=by,
        kind="account_agreement",
        title=f"{person.name}领款账户协议",
        media_type=media_type,
        content=paper,
        subject=person,
        area=person.area_id,
    )
