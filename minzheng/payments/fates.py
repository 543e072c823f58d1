"""What has become of a payment, in plain words: its state, why it failed, what is to be done. For whoever is asked by
telephone; the words are those that one would say."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from minzheng.core.errors import Text
from minzheng.payments import accounts
from minzheng.payments.models import Payment, PaymentState, RunState, Transfer
from minzheng.payments.sending import WHY_HELD
from minzheng.payments.states import NEXT

NOTHING: Text = {}
OPEN = Q(state=PaymentState.HELD) | Q(state=PaymentState.RETURNED, bank_return__repaired_on=None)
"""What waits for somebody to put it right."""

HELD: Mapping[str, tuple[Text, Text]] = {
    "no_account": ({"zh-Hans": "没有登记银行账号", "en": "No bank account is on file"}, WHY_HELD["no_account"]),
    **accounts.WHY,
    "payee_died": (
        {"zh-Hans": "领款人据报去世，还没有核实", "en": "The payee is said to have died; nobody has verified it yet"},
        WHY_HELD["payee_died"],
    ),
    "death": (
        {"zh-Hans": "有人据报去世，还没有核实", "en": "A death was reported and is not verified yet"},
        {"zh-Hans": "核实死亡信息后按新的金额发放", "en": "Verify the death; then the new amount is paid"},
    ),
    "payee": (
        {"zh-Hans": "领款人已故，还没有换人", "en": "The payee has died and nobody else is named yet"},
        {"zh-Hans": "更换领款人后发放", "en": "Name another payee, then it is paid"},
    ),
    "ineligible": (
        {"zh-Hans": "重新核算不再符合条件", "en": "The conditions are no longer met"},
        {"zh-Hans": "办理变更或停发", "en": "Decide a change or a stop"},
    ),
    "error": (
        {"zh-Hans": "金额无法核算", "en": "The amount cannot be worked out"},
        {"zh-Hans": "补齐缺少的情况后办理变更", "en": "Complete the missing facts and decide a change"},
    ),
}
"""Why a payment is held (the word before the colon) → why, and what to do."""

RETURNED: Mapping[str, Text] = {
    "no_such_account": {
        "zh-Hans": "请带本人银行卡或存折到镇民政办更正账号，下一批次重发",
        "en": "Bring the bank card or passbook to the office and correct the account; the next run pays it again",
    },
    "name_differs": {
        "zh-Hans": "账号与姓名对不上：请带身份证和银行卡更正，下一批次重发",
        "en": "Account and name do not fit: bring identity card and bank card; the next run pays it again",
    },
    "closed": {
        "zh-Hans": "账户已销户：请另开账户并告诉镇民政办，下一批次重发",
        "en": "The account is closed: open another one and tell the office; the next run pays it again",
    },
    "frozen": {
        "zh-Hans": "账户被冻结或久未使用：请带身份证到银行激活，或另给一个账户，下一批次重发",
        "en": "The account is frozen or dormant: have the bank open it again, or give another; the next run pays it",
    },
    "other": {
        "zh-Hans": "由镇民政办向银行查明原因后重发",
        "en": "The office finds out at the bank why, then pays it again",
    },
}
"""The bank's reason by its code → what to do."""


@dataclass(frozen=True)
class Fate:
    """A payment in words. `on`: the day of what is said, where there is one; `trouble` while it waits for somebody."""

    payment: Payment
    state: Text
    on: dt.date | None = None
    why: Text | None = None
    to_do: Text | None = None

    @property
    def trouble(self) -> bool:
        return self.to_do is not None


def fates(awards: Iterable[int]) -> dict[int, list[Fate]]:
    """For each award its latest payment, and every earlier one that still waits to be put right, the latest first; in
    three queries, however many awards and payments there are."""
    ids = list(awards)
    paid = Payment.objects.filter(award__in=ids).exclude(state=PaymentState.CANCELLED)
    latest = paid.order_by("award_id", "-benefit_month", "-pk").distinct("award_id").values_list("pk", flat=True)
    wanted = list(
        Payment.objects.filter(Q(pk__in=list(latest)) | (OPEN & Q(award__in=ids)))
        .select_related("run", "payee", "account", "bank_return")
        .order_by("-benefit_month", "-pk")
    )
    booked = dict(
        Transfer.objects.filter(payment__in=wanted, kind__in=["sent", "paid", "given", "set_off"])
        .order_by("pk")
        .values_list("payment_id", "on")
    )
    found: dict[int, list[Fate]] = {pk: [] for pk in ids}
    for payment in wanted:
        found[payment.award_id].append(fate(payment, booked.get(payment.pk)))
    return found


def fate(payment: Payment, booked_on: dt.date | None = None) -> Fate:
    """One payment in words; `booked_on`: when it was last handed over, by the ledger."""
    return {
        PaymentState.COMPUTED: _computed,
        PaymentState.HELD: _held,
        PaymentState.SENT: _sent,
        PaymentState.PAID: _paid,
        PaymentState.RETURNED: _returned,
        PaymentState.CANCELLED: _cancelled,
        PaymentState.AGREED: _agreed,
        PaymentState.SET_OFF: _set_off,
    }[PaymentState(payment.state)](payment, booked_on)


def _computed(payment: Payment, _on: dt.date | None) -> Fate:
    following = NEXT.get((RunState(payment.run.state), payment.run.in_kind))
    said = following[1] if following else NOTHING
    state = {"zh-Hans": "已列入发放批次，还没有发出", "en": "In a payment run, not sent yet"}
    if said:
        state = {
            "zh-Hans": f"{state['zh-Hans']}；接下来：{said['zh-Hans']}",
            "en": f"{state['en']}; next: {said['en'].lower()}",
        }
    return Fate(payment, state)


def _held(payment: Payment, _on: dt.date | None) -> Fate:
    whys, to_do = [], []
    for token in payment.state_reason.split(";"):
        own_words = ({"zh-Hans": token, "en": token}, {"zh-Hans": "查明后发放", "en": "Clear it up, then it is paid"})
        why, remedy = HELD.get(token.partition(":")[0], own_words)
        whys.append(why)
        to_do.append(remedy)
    return Fate(payment, {"zh-Hans": "暂缓发放", "en": "Held"}, why=_joined(whys), to_do=_joined(to_do))


def _sent(payment: Payment, on: dt.date | None) -> Fate:
    return Fate(payment, {"zh-Hans": "已送银行，等银行入账", "en": "With the bank, not booked yet"}, on)


def _paid(payment: Payment, on: dt.date | None) -> Fate:
    if payment.in_kind:
        return Fate(payment, {"zh-Hans": "已领取实物", "en": "Goods handed out"}, on)
    end = payment.account.masked[-4:] if payment.account else ""
    account = {"zh-Hans": f"，账号尾号 {end}", "en": f", account ending in {end}"} if end else {"zh-Hans": "", "en": ""}
    return Fate(payment, {"zh-Hans": f"已到账{account['zh-Hans']}", "en": f"Paid{account['en']}"}, on)


def _returned(payment: Payment, _on: dt.date | None) -> Fate:
    returned = getattr(payment, "bank_return", None)
    on = returned.returned_on if returned else None
    reason = {"zh-Hans": payment.state_reason, "en": payment.state_reason}
    if returned and returned.repaired_on:
        state = {
            "zh-Hans": "银行退回过，已更正，下一批次重发",
            "en": "Returned, put right: the next run pays it",
        }
        return Fate(payment, state, on, why=reason)
    to_do = RETURNED.get(returned.code if returned else "other", RETURNED["other"])
    return Fate(payment, {"zh-Hans": "被银行退回", "en": "Returned by the bank"}, on, why=reason, to_do=to_do)


def _cancelled(payment: Payment, _on: dt.date | None) -> Fate:
    return Fate(
        payment, {"zh-Hans": "本批次没有发，应发的随下一批次", "en": "Not in this run; the next has what is owed"}
    )


def _agreed(payment: Payment, _on: dt.date | None) -> Fate:
    return Fate(
        payment,
        {"zh-Hans": "按本人同意书抵扣多发款项，其余到账后记入", "en": "To be set off as agreed, once the rest is paid"},
    )


def _set_off(payment: Payment, on: dt.date | None) -> Fate:
    return Fate(payment, {"zh-Hans": "已按本人同意书抵扣多发款项", "en": "Set off as agreed in writing"}, on)


def _joined(texts: list[Text]) -> Text:
    return {"zh-Hans": "；".join(t["zh-Hans"] for t in texts), "en": "; ".join(t["en"] for t in texts)}
