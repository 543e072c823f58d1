"""The written consent to set off (抵扣同意书), and its withdrawal, which may come at any time."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock, documents
from minzheng.core.errors import Refused, refuse
from minzheng.core.models import Document
from minzheng.payments import recoveries
from minzheng.payments.amounts import yuan
from minzheng.payments.models import Payment, PaymentKind, PaymentState, Receivable, RunState
from minzheng.payments.refusals import action
from minzheng.payments.set_offs.floors import floor_of
from minzheng.payments.set_offs.models import Consent, Withdrawal


@dataclass(frozen=True)
class Scan:
    """The signed paper as it was scanned."""

    media_type: str
    content: bytes


def in_force(receivable: Receivable) -> Consent | None:
    """The consent under which this may be set off now."""
    return Consent.objects.filter(receivable=receivable, withdrawal=None).order_by("-pk").first()


@action
def consent(
    *,
    by: User,
    receivable: Receivable,
    number: str,
    signed_on: dt.date,
    signed_by: str,
    monthly: int,
    scan: Scan | None = None,
) -> Consent:
    """Put a written consent on file: its number and day, who signed it, and how much a month (fen) at most. Nothing is
    set off by that alone. Refused for a programme without a floor, for a claim that is settled, and beside another
    consent in force."""
    perms.require(by, "payments.prepare", receivable.area_id)
    recoveries.lock(receivable)
    if floor_of(receivable.award.programme, receivable.area_id, clock.today()) is None:
        raise no_floor(receivable.award.programme)
    left = recoveries.remaining(receivable)
    wrong = not number.strip() or not signed_by.strip() or not receivable.opened_on <= signed_on <= clock.today()
    if wrong or not 0 < monthly <= left:
        raise refuse(
            "payments.consent_incomplete",
            zh="同意书不完整，或每月 {monthly} 元、日期 {on} 不对：还应追回 {left} 元。",
            en="The consent is incomplete, or {monthly} yuan a month, signed {on}, do not fit: {left} yuan are left.",
            remedy_zh="写明文号、签字人、签字日期（登记追回之后、今天及以前）和每月抵扣多少，不超过剩余。",
            remedy_en="Give its number, who signed it, the day (from the claim to today) and the amount a month.",
            monthly=yuan(monthly),
            on=signed_on,
            left=yuan(left),
        )
    if in_force(receivable) is not None:
        raise refuse(
            "payments.consent_in_force",
            zh="这笔追回已有一份有效的抵扣同意书。",
            en="There is a consent in force for this claim already.",
            remedy_zh="金额要改的，先登记撤回，再登记新的同意书。",
            remedy_en="To change the amount, record the withdrawal first, then the new consent.",
        )
    made = Consent.objects.create(
        receivable=receivable,
        area_id=receivable.area_id,
        number=number.strip(),
        signed_on=signed_on,
        signed_by=signed_by.strip(),
        monthly=monthly,
        document=_kept(by, receivable, number, scan),
        recorded_by=by,
    )
    detail = {"number": made.number, "signed_on": signed_on.isoformat(), "monthly": yuan(monthly)}
    audit.record("payments.consent", by=by, subject=made, area=made.area_id, detail=detail)
    return made


@action
def withdraw_consent(*, by: User, consent: Consent, on: dt.date, note: str = "") -> Withdrawal:
    """The person takes the consent back: nothing more is set off. What a run under way would have set off is not; its
    money comes with the next run."""
    perms.require(by, "payments.prepare", consent.area_id)
    recoveries.lock(consent.receivable)
    if Withdrawal.objects.filter(consent=consent).exists() or not consent.signed_on <= on <= clock.today():
        raise refuse(
            "payments.withdrawal",
            zh="这份同意书已经撤回，或日期 {on} 不在签字之后、今天及以前。",
            en="This consent is withdrawn already, or {on} is not from its signing to today.",
            remedy_zh="请核对同意书和日期。",
            remedy_en="Check the consent and the day.",
            on=on,
        )
    made = Withdrawal.objects.create(consent=consent, area_id=consent.area_id, on=on, note=note.strip(), recorded_by=by)
    let_go = pending(consent).exclude(run__state=RunState.COMPUTED)
    count = let_go.update(state=PaymentState.CANCELLED, state_reason="consent_withdrawn", cancelled_at=timezone.now())
    audit.record("payments.withdraw_consent", by=by, subject=consent, area=consent.area_id, detail={"lines": count})
    return made


def pending(consent: Consent) -> QuerySet[Payment]:
    """The lines that would set off under a consent and are not booked yet."""
    runs = consent.set_offs.values("run_id")
    return Payment.objects.filter(
        kind=PaymentKind.SET_OFF, state=PaymentState.AGREED, award=consent.receivable.award_id, run__in=runs
    )


def no_floor(programme: str) -> Refused:
    """Nothing says what must be left to the household."""
    return refuse(
        "payments.no_floor",
        zh="项目 {programme} 没有规定抵扣后每月至少留下多少，不能抵扣。",
        en="Nothing says how much of {programme} must be left each month, so nothing can be set off.",
        remedy_zh="请由本人退回或依法核销；确需抵扣的，先在 policies/recoveries.yaml 写明底线和依据。",
        remedy_en="Have it paid back or written off; or set the floor with its source in policies/recoveries.yaml.",
        programme=programme,
    )


def _kept(by: User, receivable: Receivable, number: str, scan: Scan | None) -> Document | None:
    if scan is None:
        return None
    return documents.keep(
        by=by,
        kind="payments.consent",
        title=f"抵扣同意书 {number.strip()}",
        media_type=scan.media_type,
        content=scan.content,
        subject=receivable,
        area=receivable.area_id,
    )
