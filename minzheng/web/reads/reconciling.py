"""A run reconciled to zero: the approved list, the bank's file, what came back, what arrived and the ledger, each
figure with the rows behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.payments import queries
from minzheng.payments.models import Payment, PaymentState, Run, RunState, Transfer

LEDGER = {"sent": ("sent", "given"), "returned": ("returned",), "paid": ("paid", "given"), "set_off": ("set_off",)}
"""What the page calls a figure of the ledger → the kinds of transfer that it sums."""


@dataclass(frozen=True)
class Figure:
    """One figure (fen) with how many it counts and where its rows are."""

    label: str
    fen: int
    count: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Equation:
    """What has to be equal: the first figure, and what the others make together."""

    left: Figure
    right: tuple[Figure, ...]
    to_do: str
    """What to do while they are not."""

    @property
    def gap(self) -> int:
        return self.left.fen - sum(figure.fen for figure in self.right)


def equations(run: Run) -> list[Equation]:
    """Those that have to hold before a run is closed; goods have no file, what was given stands in its place."""
    found = queries.reconciliation(run)
    states = Payment.objects.filter(run=run).aggregate(
        listed=Count("pk"),
        held=Count("pk", filter=Q(state=PaymentState.HELD)),
        cancelled=Count("pk", filter=Q(state=PaymentState.CANCELLED)),
        returned=Count("pk", filter=Q(state=PaymentState.RETURNED)),
        paid=Count("pk", filter=Q(state=PaymentState.PAID)),
        set_off=Count("pk", filter=Q(state__in=[PaymentState.AGREED, PaymentState.SET_OFF])),
    )
    amounts = {state: fen for state, (_count, fen) in queries.run_view(run).by_state.items()}
    booked = Transfer.objects.filter(run=run).aggregate(
        **{name: Count("pk", filter=Q(kind__in=kinds)) for name, kinds in LEDGER.items()}
    )
    filed_count = booked["sent"] if run.in_kind else sum(file.count for file in run.bank_files.all())

    def lines(label: str, state: str, name: str) -> Figure:
        return Figure(label, amounts.get(state, 0), states[name], _lines_url(run, state))

    def ledger(label: str, name: str, fen: int) -> Figure:
        return Figure(label, fen, booked[name], reverse("run-ledger", args=[run.pk, name]))

    file_label = _("发放物资") if run.in_kind else _("银行文件")
    filed = Figure(file_label, found.filed, filed_count, "" if run.in_kind else "#files")
    listed = Figure(_("审批花名册"), found.listed, states["listed"], _lines_url(run))
    returned = lines(_("银行退回"), PaymentState.RETURNED, "returned")
    paid = lines(_("已到账"), PaymentState.PAID, "paid")
    kept_back = [lines(_("缓发"), PaymentState.HELD, "held"), lines(_("撤销"), PaymentState.CANCELLED, "cancelled")]
    with_the_bank = run.state in (RunState.SENT, RunState.RETURNS_BOOKED)
    sent_off = with_the_bank or run.state in (RunState.PAID, RunState.CLOSED)
    not_sent = _("还没有送银行。") if not run.in_kind else _("还没有发放。")
    waits = _("登记银行回盘，没有退回的确认到账。") if with_the_bank else _ledger_wrong()
    more = []
    if found.set_off:
        set_off = Figure(_("抵扣"), found.set_off, states["set_off"], _lines_url(run, kind="set_off"))
        kept_back.append(set_off)
        booked_later = run.state not in (RunState.PAID, RunState.CLOSED)
        to_do = _("确认到账时一并入账。") if booked_later else _ledger_wrong()
        more = [Equation(set_off, (ledger(_("台账：抵扣"), "set_off", found.ledger_set_off),), to_do)]
    return [
        Equation(listed, (filed, *kept_back), _ledger_wrong() if sent_off else not_sent),
        Equation(filed, (returned, paid), waits),
        Equation(filed, (ledger(_("台账：送出"), "sent", found.ledger_sent),), _ledger_wrong()),
        Equation(returned, (ledger(_("台账：退回"), "returned", found.ledger_returned),), _ledger_wrong()),
        Equation(paid, (ledger(_("台账：到账"), "paid", found.ledger_paid),), _ledger_wrong()),
        *more,
    ]


def _ledger_wrong() -> str:
    return _("台账和名单不符：请运行 minzheng ledger verify，不要办结，告诉管理员。")


def _lines_url(run: Run, state: str = "", kind: str = "") -> str:
    url, chosen = reverse("run", args=[run.pk]), {"state": state, "kind": kind}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{url}?{query}#lines" if query else f"{url}#lines"
