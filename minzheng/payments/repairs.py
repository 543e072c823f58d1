"""Putting a payment right and paying it again in one go: the account is corrected, and what was held or came back is
paid with the next run (补发). One by one, or many at once, each through its own door."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core.errors import Refused, pick, refuse
from minzheng.payments import accounts, bank, fates, holds
from minzheng.payments.models import Payment, PaymentState
from minzheng.payments.refusals import action
from minzheng.people import actions as people

OF_THE_ACCOUNT = ("no_account", *accounts.WHY)
"""Reasons of holding that another account, or an agreement on it, clears."""


@dataclass(frozen=True)
class Outcome:
    """One of many: done, or refused with the reason."""

    payment: Payment
    refused: Refused | None = None


@action
def pay_again(
    *, by: User, payment: Payment, account: str = "", bank_name: str = "", passbook: bool = False, note: str = ""
) -> int:
    """What was wrong with a payment has been put right: with `account` by an account of the payee's own, and then all
    that waits for their account is paid; else by what has been entered since. Returns how many are paid again. Refuses
    while the reason is still there, saying what to do."""
    perms.require(by, "payments.prepare", payment.area_id)
    payment = _locked(payment)
    if not account.strip():
        _once(by, payment, note)
        return 1
    payee = payment.award.payee or payment.payee
    if payee is None or not by_the_account(payment):
        raise _not_by_the_account(payment)
    people.own_account(by=by, person=payee, account=account, bank=bank_name, passbook=passbook)
    _once(by, payment, note)
    others = Payment.objects.filter(fates.OPEN, award__payee=payee).exclude(pk=payment.pk).order_by("pk")
    waiting = [one for one in others if by_the_account(one) and perms.may(by, "payments.prepare", one.area_id)]
    for one in waiting:
        _once(by, _locked(one), note)
    return 1 + len(waiting)


def _locked(payment: Payment) -> Payment:
    return Payment.objects.select_for_update(of=("self",)).select_related("award__payee", "payee").get(pk=payment.pk)


def _once(by: User, payment: Payment, note: str) -> None:
    if payment.state == PaymentState.RETURNED:
        bank.repay(by=by, payment=payment, note=note)
    elif payment.state == PaymentState.HELD and payment.state_reason in OF_THE_ACCOUNT:
        _refuse_still_wrong(payment)
        holds.unhold(by=by, payment=payment, note=note)
    else:
        raise _not_by_the_account(payment)


def pay_again_many(*, by: User, payments: Sequence[Payment], note: str = "") -> list[Outcome]:
    """The same for many whose accounts have been put right: who cannot be paid yet says why, the others are done."""
    outcomes = []
    for payment in payments:
        try:
            with transaction.atomic():
                pay_again(by=by, payment=payment, note=note)
        except Refused as refused:
            outcomes.append(Outcome(payment, refused))
        else:
            outcomes.append(Outcome(payment))
    return outcomes


def by_the_account(payment: Payment) -> bool:
    """Whether a corrected account, or asking the bank, settles it; else another act does (a death, another payee)."""
    return payment.state == PaymentState.RETURNED or (
        payment.state == PaymentState.HELD and payment.state_reason in OF_THE_ACCOUNT
    )


def _refuse_still_wrong(payment: Payment) -> None:
    reason = accounts.fault(payment.award.payee_id or 0)
    if not reason:
        return
    why, remedy = fates.HELD[reason]
    raise refuse(
        "payments.still_wrong",
        zh="{who}：{why_zh}。",
        en="{who}: {why_en}.",
        remedy_zh="{do_zh}。",
        remedy_en="{do_en}.",
        who=payment.payee.name if payment.payee else "",
        why_zh=pick(why, "zh-Hans"),
        why_en=pick(why, "en"),
        do_zh=pick(remedy, "zh-Hans"),
        do_en=pick(remedy, "en"),
    )


def _not_by_the_account(payment: Payment) -> Refused:
    to_do = fates.fate(payment).to_do or {
        "zh-Hans": "请刷新页面，可能已有人先办",
        "en": "Reload the page; somebody may have acted before you",
    }
    return refuse(
        "payments.not_by_the_account",
        zh="{who}的这一笔不是更正账户就能补发的。",
        en="Another account does not settle this payment of {who}.",
        remedy_zh="{to_do_zh}。",
        remedy_en="{to_do_en}.",
        who=payment.payee.name if payment.payee else "",
        to_do_zh=pick(to_do, "zh-Hans"),
        to_do_en=pick(to_do, "en"),
    )
