"""Setting off in a run: somebody has it so for the consents in force; it is booked once the rest has reached the
household, and given up where it has not."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from minzheng.access.models import User
from minzheng.areas.queries import within
from minzheng.awards.queries.due import cycle_length
from minzheng.core import audit, clock
from minzheng.core.errors import refuse
from minzheng.payments import compute, ledger, recoveries, states
from minzheng.payments.amounts import yuan
from minzheng.payments.models import AccountKind, Fund, Payment, PaymentKind, PaymentState, Recovery, RecoveryWay, Run
from minzheng.payments.refusals import action
from minzheng.payments.set_offs.floors import floor_of
from minzheng.payments.set_offs.models import Consent, SetOff

_MOVED = """
select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::bigint[], %s::bigint[],
                     %s::text[], %s::text[], %s::text[])
"""


@dataclass(frozen=True)
class Possible:
    """What could be set off of one award in a run: in fen, with what would be left to the household."""

    consent: Consent
    amount: int
    left: int
    floor: int
    months: int


def possible(run: Run) -> list[Possible]:
    """For each consent in force whose award the run pays for its own month: how much could be set off. Nothing where
    the floor leaves no room, or where the line is held."""
    months = cycle_length(run.programme, run.month)
    lines = _amounts(run)
    found = []
    for consent in consents_of(run).filter(receivable__award__in=lines):
        floor = floor_of(run.programme, consent.area_id, run.month)
        due = lines.pop(consent.receivable.award_id, 0)
        if floor is None or not due:
            continue
        kept = floor.of(due, months)
        amount = min(consent.monthly * months, _open(consent, run), due - kept)
        if amount > 0:
            found.append(Possible(consent, amount, due - amount, kept, months))
    return found


def consents_of(run: Run) -> QuerySet[Consent]:
    """The consents in force in the run's programme and area, the oldest claim first."""
    return (
        Consent.objects.filter(within(run.area_id), withdrawal=None, receivable__award__programme=run.programme)
        .select_related("receivable__award__person", "receivable__award__household")
        .order_by("receivable_id", "pk")
    )


@action
def set_off(*, by: User, run: Run, note: str = "") -> list[SetOff]:
    """Set off in this run what the consents in force allow: each line is parted into what is sent and what is kept
    back. The run is computed again with it. Refused where nothing can be set off."""
    run = states.require("payments.set_off", by=by, run=run)
    SetOff.objects.filter(run=run).delete()
    compute.refresh(run)
    wanted = possible(run)
    if not wanted:
        raise refuse(
            "payments.nothing_to_set_off",
            zh="批次 {number} 没有可以抵扣的：没有有效的同意书，或扣后低于底线，或该笔缓发。",
            en="Nothing can be set off in {number}: no consent in force, no room above the floor, or the line is held.",
            remedy_zh="请核对追回页面上的同意书；底线见 policies/recoveries.yaml。",
            remedy_en="See the consents on the pages of the claims; the floors are in policies/recoveries.yaml.",
            number=run.number,
        )
    made = [
        SetOff.objects.create(
            run=run,
            award_id=one.consent.receivable.award_id,
            area_id=one.consent.area_id,
            consent=one.consent,
            amount=one.amount,
            floor=one.floor,
            months=one.months,
            ordered_by=by,
        )
        for one in wanted
    ]
    compute.refresh(run)
    detail: dict[str, object] = {"count": len(made), "yuan": yuan(sum(one.amount for one in made))}
    states.record("payments.set_off", by=by, run=run, note=note, detail=detail)
    return made


def book(*, by: User, run: Run) -> int:
    """Once the run is paid: what is set off leaves its fund as paid and comes back to the fund of the claim, as two
    transfers of one batch. Where the rest did not reach the household, the consent was withdrawn or the claim is
    settled, nothing is: the line is cancelled, and owed in the next run. Returns how many were booked."""
    lines = list(
        Payment.objects.select_for_update()
        .filter(run=run, kind=PaymentKind.SET_OFF, state=PaymentState.AGREED)
        .order_by("pk")
    )
    if not lines:
        return 0
    orders = {one.award_id: one for one in SetOff.objects.filter(run=run).select_related("consent__receivable__award")}
    reached = set(
        Payment.objects.filter(
            run=run, kind=PaymentKind.REGULAR, state=PaymentState.PAID, benefit_month=run.month
        ).values_list("award_id", flat=True)
    )
    booked = []
    for line in lines:
        order = orders[line.award_id]
        fund = _goes_to(order) if line.award_id in reached else None
        if fund is not None:
            booked.append((line, order, fund))
    _move(run, booked)
    ids = [line.pk for line, _, _ in booked]
    Payment.objects.filter(pk__in=ids).update(state=PaymentState.SET_OFF)
    given_up = Payment.objects.filter(pk__in=[line.pk for line in lines]).exclude(pk__in=ids)
    count = given_up.update(state=PaymentState.CANCELLED, state_reason="not_set_off", cancelled_at=timezone.now())
    for line, order, _ in booked:
        receivable = order.consent.receivable
        recoveries.settle(by, receivable, RecoveryWay.SET_OFF, line.amount, clock.today(), run.number, order)
    if count:
        audit.record("payments.not_set_off", by=by, subject=run, area=run.area_id, detail={"lines": count})
    return len(booked)


def _goes_to(order: SetOff) -> Fund | None:
    """The fund into which what is set off comes; None where it may not be set off any more."""
    receivable = order.consent.receivable
    recoveries.lock(receivable)
    withdrawn = hasattr(order.consent, "withdrawal")
    if withdrawn or recoveries.remaining(receivable) < order.amount:
        return None
    return recoveries.origin(receivable)


def _move(run: Run, booked: Iterable[tuple[Payment, SetOff, Fund]]) -> None:
    """Both transfers of each line: from the run's fund to paid, and from paid to the fund of the claim."""
    rows: list[tuple[object, ...]] = []
    today, own = clock.today(), run.fund.account
    for line, order, fund in booked:
        to, memo = fund.account, f"追回 {order.consent.receivable_id}"
        rows.append(
            (_paid(run.fund), own.pk, line.amount, "set_off", today, run.pk, line.pk, run.programme, line.area_id, memo)
        )
        rows.append(
            (to.pk, _paid(fund), line.amount, "recovered", today, None, None, run.programme, fund.area_id, memo)
        )
    if rows:
        ledger.write(_MOVED, [list(column) for column in zip(*rows, strict=True)])


def _paid(fund: Fund) -> int:
    return int(fund.account.parts.get(kind=AccountKind.PAID).pk)


def _amounts(run: Run) -> dict[int, int]:
    """What the run pays each award for its own month, in fen: the line that is sent and what is set off of it. Without
    those that are held."""
    own = Payment.objects.filter(run=run, benefit_month=run.month, kind__in=[PaymentKind.REGULAR, PaymentKind.SET_OFF])
    claimed = consents_of(run).values("receivable__award_id")
    rows = (
        own.filter(award__in=claimed)
        .values("award_id")
        .annotate(fen=Sum("amount"), sent=Sum("amount", filter=Q(state=PaymentState.COMPUTED)))
        .filter(sent__gt=0)
    )
    return {row["award_id"]: row["fen"] for row in rows}


def _open(consent: Consent, run: Run) -> int:
    """Fen of the claim that are neither settled nor under way to be set off in another run."""
    under_way = Payment.objects.filter(
        kind=PaymentKind.SET_OFF,
        state=PaymentState.AGREED,
        award=consent.receivable.award_id,
        run__in=SetOff.objects.filter(consent__receivable=consent.receivable).exclude(run=run).values("run_id"),
    ).aggregate(fen=Sum("amount"))["fen"]
    return recoveries.remaining(consent.receivable) - int(under_way or 0)


def set_off_so_far(consent: Consent) -> int:
    """Fen that came back under a consent."""
    return int(Recovery.objects.filter(set_off__consent=consent).aggregate(fen=Sum("amount"))["fen"] or 0)
