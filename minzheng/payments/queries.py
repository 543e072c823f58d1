"""Reading runs, funds and payments. Amounts in fen. Every query shows what the caller's scope shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from minzheng.areas.queries import within
from minzheng.awards.models import Award
from minzheng.core import documents
from minzheng.core.errors import refuse
from minzheng.payments import bridge, compute
from minzheng.payments.bank_layout import layout
from minzheng.payments.bank_reading import read
from minzheng.payments.books import fund_ledger as fund_ledger
from minzheng.payments.books import funds as funds
from minzheng.payments.models import (
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
    """What the page of a run shows. `steps` oldest first; `balance_before` when its money was released
    (before that as it is now), `balance_after` once what is payable has left and what was returned is back."""

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


def run_by_number(number: str) -> Run:
    """The run of this number; refuses an unknown one."""
    found = Run.objects.select_related("area", "fund__account").filter(number=number).first()
    if found is None:
        raise refuse(
            "payments.no_such_run",
            zh="没有编号为 {number} 的发放批次。",
            en="There is no run numbered {number}.",
            remedy_zh="批次号在“发放”页面的列表里，例如 dibao-330109101-202506-1。",
            remedy_en="The list of runs on the page of payments shows the numbers (dibao-330109101-202506-1).",
            number=number,
        )
    return found


def runs_of(fund: Fund) -> QuerySet[Run]:
    """The runs that a fund pays, the latest first."""
    return Run.objects.filter(fund=fund).select_related("area", "fund__account").order_by("-month", "programme", "-pk")


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
    to_go = 0 if gone else by_state.get(PaymentState.COMPUTED, (0, 0))[1]
    before = run.fund.account.balance if run.balance is None else run.balance
    return RunView(
        run=run,
        bars=run.bridge.get("bars", {}),
        reasons=run.bridge.get("reasons", {}),
        unexplained=run.bridge.get("unexplained", 0),
        steps=list(RunStep.objects.filter(run=run).select_related("actor").order_by("pk")),
        fund=run.fund,
        balance_before=before,
        balance_after=before - gone + back - to_go,
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
    """One award behind a bar: what it was paid in the last period and now, why it differs (a stable word), and the case
    in which that was decided, where there was one."""

    award: Award
    bar: str
    before: int
    now: int
    people_before: int
    people_now: int
    reason: str
    case_id: int | None = None

    @property
    def change(self) -> int:
        return self.now - self.before

    @property
    def word(self) -> str:
        """The reason, or that there is none."""
        return self.reason or ("" if self.bar == "same" else "unexplained")


def bridge_rows(run: Run, bar: str) -> list[BridgeRow]:
    """The awards behind a bar of the bridge (`unexplained` too, and `changes`: all that differ). Their sum is the bar:
    `before` for the opening, `now` for the closing, `change` for the others; `arrears`, `raise`, `again` and `set_off`
    are lines (`lines(kind=…)`)."""
    found = bridge.differences(run, bridge.BEHIND.get(bar, "false"))
    awards = Award.objects.select_related("person", "household", "payee", "area").in_bulk(
        [one.award_id for one in found]
    )
    decided = _cases(run, [one.award_id for one in found if one.bar != "same" and one.reason not in WITHOUT_CASE])
    return [
        BridgeRow(
            awards[one.award_id], one.bar, one.before, one.now, one.people_before, one.people_now, one.reason,
            decided.get(one.award_id),
        )
        for one in found
    ]  # fmt: skip


WITHOUT_CASE = (
    "",
    "standard_changed",
    "birthday",
    "carried_over",
    "held_before",
    "paid_before",
    "died",
    "term",
    "once",
)
"""Reasons that no case decides."""


def _cases(run: Run, awards: Sequence[int]) -> dict[int, int]:
    """For each award the case of the latest decision about its party and programme that the run knew."""
    if not awards:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (a.id) a.id, d.case_id from awards_award a join cases_decision d"
            " on d.programme = a.programme and (d.household_id = a.household_id or d.person_id = a.person_id)"
            " where a.id = any(%s) and d.case_id is not null and d.recorded_at <= %s"
            " order by a.id, d.recorded_at desc, d.id desc",
            [list(awards), run.computed_at],
        )
        return dict(cursor.fetchall())


def payable(run: Run) -> int:
    """Fen of the lines that go out if nothing more is held."""
    return _fen(Payment.objects.filter(run=run, state=PaymentState.COMPUTED))


@dataclass(frozen=True)
class Reconciliation:
    """Approved list = held + cancelled + set off + file; file = returned + paid = ledger. Each in fen."""

    listed: int
    held: int
    filed: int
    returned: int
    paid: int
    ledger_sent: int
    ledger_returned: int
    ledger_paid: int
    set_off: int = 0
    ledger_set_off: int = 0

    def gaps(self) -> dict[str, int]:
        """What does not agree, by name; empty where everything does."""
        found = {
            "list - held - set off - file": self.listed - self.held - self.set_off - self.filed,
            "set off - ledger set off": self.set_off - self.ledger_set_off,
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
        set_off=Sum("amount", filter=Q(state__in=[PaymentState.AGREED, PaymentState.SET_OFF])),
    )
    books = Transfer.objects.filter(run=run).aggregate(
        sent=Sum("amount", filter=Q(kind__in=["sent", "given"])),
        returned=Sum("amount", filter=Q(kind="returned")),
        paid=Sum("amount", filter=Q(kind__in=PAID_OUT)),
        set_off=Sum("amount", filter=Q(kind="set_off")),
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
        set_off=payments["set_off"] or 0,
        ledger_set_off=books["set_off"] or 0,
    )


@dataclass(frozen=True)
class FileRead:
    """A bank file read again from its bytes, against what was booked of it. Amounts in fen."""

    file: BankFile
    count: int
    total: int
    booked: int
    """Its payments as the run has them."""
    unlike: tuple[int, ...] = ()
    """Lines whose amount is another in the file than in the run, or that are in one of them only; the first fifty."""

    @property
    def agrees(self) -> bool:
        return not self.unlike and (self.count, self.total) == (self.file.count, self.file.total)


def files_read(run: Run) -> list[FileRead]:
    """Each bank file of a run, read as the bank reads it and compared line by line."""
    found = []
    for bank_file in BankFile.objects.filter(run=run).select_related("document").order_by("pk"):
        lines = read(layout(bank_file.layout), documents.content(bank_file.document))
        listed = Payment.objects.filter(bank_file=bank_file).values_list("file_line", "amount")
        booked = {line or 0: amount for line, amount in listed}
        filed = {line.line: line.amount for line in lines}
        unlike = sorted(line for line in filed.keys() | booked.keys() if filed.get(line) != booked.get(line))
        found.append(FileRead(bank_file, len(lines), sum(filed.values()), sum(booked.values()), tuple(unlike[:50])))
    return found


def last_layout(area: str) -> str:
    """The layout of the last file that this area sent; the one-card platform's before the first."""
    last = BankFile.objects.filter(area=area).order_by("-pk").values_list("layout", flat=True).first()
    return last or "one_card"


def transfers(run: Run, kinds: Sequence[str]) -> QuerySet[Transfer]:
    """The rows of the ledger behind a run, of these kinds, in their order."""
    found = Transfer.objects.filter(run=run, kind__in=kinds)
    return found.select_related("payment__payee", "payment__award", "debit", "credit").order_by("pk")


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
