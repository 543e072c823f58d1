"""Reading runs, funds and payments. Amounts in fen. Every query shows what the caller's scope shows."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from minzheng.areas.queries import within
from minzheng.awards.models import Award
from minzheng.payments import bridge, compute
from minzheng.payments.models import (
    Account,
    AccountKind,
    BankFile,
    BankReturn,
    Fund,
    Payment,
    PaymentState,
    Run,
    RunStep,
    Transfer,
)
from minzheng.people.models import Household, Person

PAID_OUT = ("paid", "given")
"""Kinds of transfer by which money or goods have reached somebody."""


@dataclass(frozen=True)
class RunView:
    """What the page of a run shows. `steps` oldest first; `balance_after` as if everything payable had left the fund
    (once it has left, both are what the ledger says)."""

    run: Run
    bars: dict[str, dict[str, int]]
    reasons: dict[str, dict[str, int]]
    unexplained: int
    steps: list[RunStep]
    fund: Fund
    balance_before: int
    balance_after: int
    by_state: dict[str, tuple[int, int]]
    """For each state of payments how many and how much."""
    files: list[BankFile]
    left_out: tuple[int, int] = (0, 0)
    """Months, and fen, owed for an earlier year that the run's fund may not pay."""


def runs(area: str, programme: str | None = None) -> QuerySet[Run]:
    """The runs in an area and below, the latest first."""
    found = Run.objects.filter(within(area)).select_related("area", "fund__account")
    return (found if programme is None else found.filter(programme=programme)).order_by(
        "-month", "programme", "-ordinal"
    )


def run_view(run: Run) -> RunView:
    """Everything about a run but its lines (`lines`) and the rows behind its bars (`bridge_rows`)."""
    run = Run.objects.select_related("area", "fund__account").get(pk=run.pk)
    by_state = {
        row["state"]: (row["count"], row["fen"])
        for row in Payment.objects.filter(run=run)
        .values("state")
        .annotate(count=Count("pk"), fen=Sum("amount"))
        .order_by("state")
    }
    kinds = ("given",) if run.in_kind else ("sent",)
    gone = Transfer.objects.filter(run=run, kind__in=kinds).aggregate(fen=Sum("amount"))["fen"] or 0
    back = Transfer.objects.filter(run=run, kind="returned").aggregate(fen=Sum("amount"))["fen"] or 0
    balance = run.fund.account.balance
    to_go = 0 if gone else by_state.get(PaymentState.COMPUTED, (0, 0))[1]
    return RunView(
        run=run,
        bars=run.bridge.get("bars", {}),
        reasons=run.bridge.get("reasons", {}),
        unexplained=run.bridge.get("unexplained", 0),
        steps=list(RunStep.objects.filter(run=run).select_related("actor").order_by("pk")),
        fund=run.fund,
        balance_before=balance + gone - back,
        balance_after=balance - to_go,
        by_state=by_state,
        files=list(
            BankFile.objects.filter(run=run).select_related("document").defer("document__content").order_by("pk")
        ),
        left_out=compute.left_out(run),
    )


def lines(
    run: Run, *, page: int = 1, size: int = 50, state: str | None = None, kind: str | None = None
) -> list[Payment]:
    """One page of the run's lines, by village, with whom each is for and paid to."""
    found = Payment.objects.filter(run=run)
    if state is not None:
        found = found.filter(state=state)
    if kind is not None:
        found = found.filter(kind=kind)
    ordered = found.select_related("award__person", "award__household", "payee", "area").order_by("area_id", "pk")
    return list(ordered[(page - 1) * size : page * size])


@dataclass(frozen=True)
class BridgeRow:
    """One award behind a bar: what it was paid in the last period and now, and why it differs (a stable word)."""

    award: Award
    before: int
    now: int
    people_before: int
    people_now: int
    reason: str

    @property
    def change(self) -> int:
        return self.now - self.before


def bridge_rows(run: Run, bar: str) -> list[BridgeRow]:
    """The awards behind a bar of the bridge (`unexplained` too). Their sum is the bar: `before` for the opening, `now`
    for the closing, `change` for the others; `arrears` and `again` are lines (`lines(kind=…)`)."""
    found = bridge.differences(run, bridge.BEHIND.get(bar, "false"))
    awards = Award.objects.select_related("person", "household", "payee", "area").in_bulk(
        [one.award_id for one in found]
    )
    return [
        BridgeRow(awards[one.award_id], one.before, one.now, one.people_before, one.people_now, one.reason)
        for one in found
    ]


def payable(run: Run) -> int:
    """Fen of the lines that go out if nothing more is held."""
    return _fen(Payment.objects.filter(run=run, state=PaymentState.COMPUTED))


@dataclass(frozen=True)
class Reconciliation:
    """Approved list = held + cancelled + file; file = returned + paid = ledger. Each in fen."""

    listed: int
    held: int
    filed: int
    returned: int
    paid: int
    ledger_sent: int
    ledger_returned: int
    ledger_paid: int

    def gaps(self) -> dict[str, int]:
        """What does not agree, by name; empty where everything does."""
        found = {
            "list - held - file": self.listed - self.held - self.filed,
            "file - returned - paid": self.filed - self.returned - self.paid,
            "file - ledger sent": self.filed - self.ledger_sent,
            "returned - ledger returned": self.returned - self.ledger_returned,
            "paid - ledger paid": self.paid - self.ledger_paid,
        }
        return {name: fen for name, fen in found.items() if fen}

    @property
    def agrees(self) -> bool:
        return not self.gaps()


def reconciliation(run: Run) -> Reconciliation:
    """The run against its bank files and the ledger. Goods have no file: what was given stands in its place."""
    payments = Payment.objects.filter(run=run).aggregate(
        listed=Sum("amount"),
        held=Sum("amount", filter=Q(state__in=[PaymentState.HELD, PaymentState.CANCELLED])),
        returned=Sum("amount", filter=Q(state=PaymentState.RETURNED)),
        paid=Sum("amount", filter=Q(state=PaymentState.PAID)),
    )
    books = Transfer.objects.filter(run=run).aggregate(
        sent=Sum("amount", filter=Q(kind__in=["sent", "given"])),
        returned=Sum("amount", filter=Q(kind="returned")),
        paid=Sum("amount", filter=Q(kind__in=PAID_OUT)),
    )
    filed = books["sent"] if run.in_kind else BankFile.objects.filter(run=run).aggregate(fen=Sum("total"))["fen"]
    return Reconciliation(
        listed=payments["listed"] or 0,
        held=payments["held"] or 0,
        filed=filed or 0,
        returned=payments["returned"] or 0,
        paid=payments["paid"] or 0,
        ledger_sent=books["sent"] or 0,
        ledger_returned=books["returned"] or 0,
        ledger_paid=books["paid"] or 0,
    )


def funds(area: str, year: int) -> list[dict[str, Any]]:
    """The funds of a year in an area and below: {fund, balance, allocated, under_way, spent}, in two queries."""
    found = list(
        Fund.objects.filter(within(area), year=year)
        .select_related("account", "area")
        .order_by("area_id", "account__code")
    )
    parts = Account.objects.filter(belongs_to__in=[fund.account_id for fund in found]).order_by("pk")
    held: dict[tuple[int, str], int] = {}
    for part in parts:
        held[part.belongs_to_id or 0, part.kind] = part.balance
    rows = []
    for fund in found:
        under_way = held.get((fund.account_id, AccountKind.TRANSIT), 0)
        spent = held.get((fund.account_id, AccountKind.PAID), 0) + held.get((fund.account_id, AccountKind.GIVEN), 0)
        balance = fund.account.balance
        rows.append(
            {
                "fund": fund,
                "balance": balance,
                "allocated": balance + under_way + spent,
                "under_way": under_way,
                "spent": spent,
            }
        )
    return rows


def fund_ledger(fund: Fund) -> QuerySet[Transfer]:
    """Every transfer into and out of a fund's own account, the latest first."""
    found = Transfer.objects.filter(Q(debit=fund.account_id) | Q(credit=fund.account_id))
    return found.select_related("debit", "credit", "run", "payment__payee").order_by("-pk")


@dataclass(frozen=True)
class Paid:
    """What reached people in a period, by the ledger. `persons`: distinct people covered in the months paid."""

    fen: int
    awards: int
    persons: int
    rows: QuerySet[Transfer]


def paid(programme: str, area: str, first_day: dt.date, last_day: dt.date) -> Paid:
    """Money paid and goods given by a programme in an area and below, booked from the first day to the last."""
    rows = Transfer.objects.filter(
        within(area), programme=programme, kind__in=PAID_OUT, on__range=(first_day, last_day)
    ).order_by("area_id", "pk")
    counted = rows.aggregate(fen=Sum("amount"), awards=Count("payment__award", distinct=True))
    return Paid(
        fen=counted["fen"] or 0,
        awards=counted["awards"],
        persons=_persons(rows),
        rows=rows.select_related(
            "payment__award__person", "payment__award__household", "payment__run", "payment__payee"
        ),
    )


def payments_of(*, household: Household | None = None, person: Person | None = None) -> QuerySet[Payment]:
    """Every payment of a household's awards (or a person's), the latest month first, with state and run."""
    owner = Q(award__household=household) if household is not None else Q(award__person=person)
    found = Payment.objects.filter(owner).select_related("run", "award", "payee", "bank_return", "repeats")
    return found.order_by("-benefit_month", "-pk")


def failures(area: str) -> QuerySet[Payment]:
    """What has to be put right: payments held, and returned ones whose account nobody has corrected; oldest first."""
    returned = Q(state=PaymentState.RETURNED, bank_return__repaired_on=None)
    found = Payment.objects.filter(within(area), Q(state=PaymentState.HELD) | returned)
    return found.select_related("run", "award__person", "award__household", "payee", "bank_return", "area").order_by(
        "pk"
    )


def returns(bank_file: BankFile) -> QuerySet[BankReturn]:
    """What the bank returned of a file, in the file's order."""
    return (
        BankReturn.objects.filter(payment__bank_file=bank_file)
        .select_related("payment__payee")
        .order_by("payment__file_line")
    )


def _persons(transfers: QuerySet[Transfer]) -> int:
    """Distinct people behind transfers: the award's person, or those its members' rows cover in the month paid."""
    inner, parameters = transfers.order_by().values("payment_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct coalesce(a.person_id, m.person_id))"  # noqa: S608 - a query of Django's own
            f" from payments_payment p join awards_award a on a.id = p.award_id"
            " left join awards_member m on m.award_id = a.id and m.superseded_at is null"
            " and p.benefit_month between m.first_month and coalesce(m.last_month, 'infinity'::date)"
            f" where p.id in ({inner})",
            parameters,
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _fen(payments: QuerySet[Payment]) -> int:
    return int(payments.aggregate(fen=Sum("amount"))["fen"] or 0)
