"""What was paid and is not owed (应追回): entered as a receivable against the award, with its letter, and paid back by
the person or written off. It is never taken from what somebody lives on without their consent, so no run nets it by
itself; with it, `set_offs`."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards import notices
from minzheng.awards import queries as awards
from minzheng.awards.models import Award
from minzheng.awards.queries.roster import head_names
from minzheng.cases.models import Decision
from minzheng.core import audit, clock, tasks
from minzheng.core.audit import Actor
from minzheng.core.errors import refuse
from minzheng.core.events import subscribe
from minzheng.core.models import Event
from minzheng.payments import funds
from minzheng.payments.amounts import yuan
from minzheng.payments.models import (
    AccountKind,
    Fund,
    Payment,
    PaymentState,
    Receivable,
    Recovery,
    RecoveryWay,
)
from minzheng.payments.refusals import action
from minzheng.payments.set_offs.floors import floor_of
from minzheng.payments.set_offs.models import SetOff

RECOVER = "payments.recover"
REACHED = (PaymentState.SENT, PaymentState.PAID, PaymentState.SET_OFF)
"""States in which the money is with the person or has paid what they owed."""


@dataclass(frozen=True)
class Overpaid:
    """One benefit month of an award, in fen: what went out and what is owed now."""

    month: dt.date
    paid: int
    owed: int

    @property
    def too_much(self) -> int:
        return self.paid - self.owed


def listen() -> None:
    """Subscribe to what may end or lower a benefit back in time; awards have worked it out before."""
    subscribe("case.decided", on_decided)
    subscribe("person.death_verified", on_death)


def overpaid(award: Award) -> list[Overpaid]:
    """The months for which more went out than is owed now, the oldest first. A returned payment did not go out; the one
    that repeated it did."""
    rows = (
        Payment.objects.filter(award=award, state__in=REACHED, in_kind=False)
        .values("benefit_month")
        .annotate(fen=Sum("amount"))
        .order_by("benefit_month")
    )
    paid: dict[dt.date, int] = {row["benefit_month"]: row["fen"] for row in rows}
    if not paid:
        return []
    owed = _owed(award, min(paid), max(paid))
    found = [Overpaid(month, fen, owed.get(month, 0)) for month, fen in paid.items()]
    return [one for one in found if one.too_much > 0]


def open_amount(award: Award) -> int:
    """Fen that were paid too much and are in no receivable yet."""
    entered = Receivable.objects.filter(award=award).aggregate(fen=Sum("amount"))["fen"] or 0
    return max(sum(one.too_much for one in overpaid(award)) - entered, 0)


def remaining(receivable: Receivable) -> int:
    """Fen of a receivable that are neither paid back nor written off."""
    settled = Recovery.objects.filter(receivable=receivable).aggregate(fen=Sum("amount"))["fen"] or 0
    return receivable.amount - int(settled)


def origin(receivable: Receivable) -> Fund | None:
    """The fund that paid the last of the months concerned, into which comes what comes back; None where none of them
    is confirmed as paid."""
    months = [row["month"] for row in receivable.months]
    paid = Payment.objects.filter(award=receivable.award_id, state=PaymentState.PAID, benefit_month__in=months)
    last = paid.filter(in_kind=False).select_related("run__fund__account").order_by("-benefit_month", "-pk").first()
    return last.run.fund if last else None


@action
def claim(*, by: User, award: Award, reason: str) -> Receivable:
    """Enter what an award was paid too much as a receivable: the months and the amount are worked out, not typed.
    Refuses where nothing is (or is entered already)."""
    perms.require(by, "payments.prepare", award.area_id)
    award = Award.objects.select_for_update().get(pk=award.pk)
    amount = open_amount(award)
    if amount <= 0 or not reason.strip():
        raise refuse(
            "payments.nothing_to_recover",
            zh="这项待遇没有多发的款项（或已登记追回），或者没有写明原因。",
            en="Nothing was paid too much of this award (or it is entered already), or no reason is given.",
            remedy_zh="请核对发放记录和待遇金额；原因将写入追回告知书。",
            remedy_en="Compare the payments with what is owed; the reason goes into the letter.",
        )
    months = [{"month": one.month.isoformat(), "paid": one.paid, "owed": one.owed} for one in overpaid(award)]
    lines = [(one.month, one.paid, one.owed) for one in overpaid(award)]
    number = _next_number()
    letter = notices.claimed(
        by=by,
        award=award,
        number=f"ZH-{number}",
        lines=lines,
        amount=amount,
        reason=reason.strip(),
        may_set_off=floor_of(award.programme, award.area_id, clock.today()) is not None and award.last_month is None,
    )
    made = Receivable.objects.create(
        pk=number, award=award, area_id=award.area_id, amount=amount, months=months, reason=reason.strip(),
        letter=letter, opened_on=clock.today(), opened_by=by,
    )  # fmt: skip
    tasks.close_tasks(subject=award, by=by, kind=RECOVER)
    audit.record("payments.claim", by=by, subject=made, area=made.area_id, detail={"yuan": yuan(amount)})
    return made


@action
def pay_back(*, by: User, receivable: Receivable, amount: int, on: dt.date, note: str = "") -> Recovery:
    """The person has paid back so much (fen): the money is in the fund it came from again. Refuses more than is left,
    and a day in the future."""
    perms.require(by, "payments.book_returns", receivable.area_id)
    lock(receivable)
    _check(receivable, amount, on)
    fund = origin(receivable)
    if fund is None:
        raise refuse(
            "payments.not_confirmed",
            zh="多发的款项还没有确认到账，不能登记退款。",
            en="What was paid too much is not confirmed as paid yet; nothing can be paid back.",
            remedy_zh="请先确认到账；银行退回的，登记退回即可。",
            remedy_en="Confirm the payment first; where the bank returned it, book the return.",
        )
    paid = fund.account.parts.get(kind=AccountKind.PAID)
    funds.post_one(
        fund=fund, debit=fund.account, credit=paid, amount=amount, kind="recovered", on=on,
        memo=f"追回 {receivable.pk}", programme=receivable.award.programme,
    )  # fmt: skip
    return settle(by, receivable, RecoveryWay.PAID_BACK, amount, on, note)


@action
def write_off(*, by: User, receivable: Receivable, note: str, amount: int | None = None) -> Recovery:
    """So much (fen; None: all that is left) is given up, by whoever approves payments, with the reason."""
    perms.require(by, "payments.approve", receivable.area_id)
    lock(receivable)
    given_up = remaining(receivable) if amount is None else amount
    if not note.strip():
        raise refuse(
            "payments.write_off_note",
            zh="核销须写明理由和依据。",
            en="Writing off needs its reason and authority.",
            remedy_zh="例如：本人死亡且无遗产，某年某月某日会议决定。",
            remedy_en="For example: died without an estate, decided in the meeting of that day.",
        )
    _check(receivable, given_up, clock.today())
    return settle(by, receivable, RecoveryWay.WRITTEN_OFF, given_up, clock.today(), note)


def on_decided(event: Event, by: Actor) -> None:
    """A decision may have lowered or ended a benefit back in time."""
    decision = Decision.objects.get(pk=event.subject_id or 0)
    own = Award.objects.filter(programme=decision.programme, household=decision.household_id, person=decision.person_id)
    _ask(own.exclude(end_reason="once"))


def on_death(event: Event, by: Actor) -> None:
    """A death found late ended a benefit months ago."""
    person = event.subject_id or 0
    covered = Q(members__person=person, members__superseded_at=None)
    _ask(Award.objects.filter(Q(person=person) | covered).exclude(end_reason="once").distinct())


def _ask(found: Iterable[Award]) -> None:
    for award in found:
        fen = open_amount(award)
        if fen > 0:
            tasks.open_task(
                RECOVER,
                subject=award,
                area=award.area_id,
                label={
                    "zh-Hans": f"多发 {yuan(fen)} 元：登记追回",
                    "en": f"{yuan(fen)} yuan were paid too much: recover them",
                },
                permission="payments.prepare",
                programme=award.programme,
                who=head_names([award])[award.pk],
            )


def _next_number() -> int:
    """The number of the next claim: its letter says it, and is there before the claim, which is never changed."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('payments_receivable', 'id'))")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _owed(award: Award, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    sql, parameters = awards.due_sql(
        programme=award.programme, area=award.area_id, first=first, last=last, award=award.pk
    )
    with connection.cursor() as cursor:
        cursor.execute(f"select benefit_month, amount from ({sql}) owed", parameters)  # noqa: S608 - our own text
        return dict(cursor.fetchall())


def lock(receivable: Receivable) -> None:
    """Two who book at once wait for each other: on the award, for receivables are never changed."""
    Award.objects.select_for_update().get(pk=receivable.award_id)


def _check(receivable: Receivable, amount: int, on: dt.date) -> None:
    left = remaining(receivable)
    if not 0 < amount <= left or not receivable.opened_on <= on <= clock.today():
        raise refuse(
            "payments.recovery_amount",
            zh="追回金额 {amount} 元或日期 {on} 不对：还应追回 {left} 元。",
            en="{amount} yuan on {on} does not fit: {left} yuan are left to be recovered.",
            remedy_zh="金额不超过剩余，日期在登记之后、今天及以前。",
            remedy_en="Not more than is left, on a day from the claim to today.",
            amount=yuan(amount),
            left=yuan(left),
            on=on,
        )


def settle(
    by: User, receivable: Receivable, way: str, amount: int, on: dt.date, note: str, set_off: SetOff | None = None
) -> Recovery:
    """Keep that so much came back or was given up. The money itself has been booked before."""
    made = Recovery.objects.create(
        receivable=receivable,
        area_id=receivable.area_id,
        way=way,
        amount=amount,
        on=on,
        note=note.strip(),
        booked_by=by,
        set_off=set_off,
    )
    detail: dict[str, Any] = {"way": way, "yuan": yuan(amount), "left": yuan(remaining(receivable))}
    audit.record("payments.recover", by=by, subject=receivable, area=receivable.area_id, detail=detail)
    return made
