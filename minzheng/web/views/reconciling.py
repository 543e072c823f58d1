"""A run reconciled to zero, and the rows of the ledger behind its figures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.payments import queries
from minzheng.payments.models import Run, Transfer
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.reads import reconciling as reads
from minzheng.web.reads.funds import TRANSFERS
from minzheng.web.tables import Column, Table


@needs("payments.view")
def reconciliation(request: HttpRequest, run_id: int) -> HttpResponse:
    """Approved list = file + what was held; file = returned + paid; each as the ledger has it."""
    found = get_object_or_404(Run.objects.select_related("area"), pk=run_id)
    equations = reads.equations(found)
    context = {
        "run": found,
        "programme": names.programme_name(found.programme),
        "equations": equations,
        "agrees": queries.reconciliation(found).agrees,
        "files": found.bank_files.order_by("pk"),
        "files_read": queries.files_read(found) if "read" in request.GET else None,
    }
    return render(request, "payments/reconciliation.html", context)


@needs("payments.view")
def run_ledger(request: HttpRequest, run_id: int, which: str) -> HttpResponse:
    """The transfers of a run of one kind: what was sent, came back, arrived."""
    found = get_object_or_404(Run.objects.select_related("area"), pk=run_id)
    if which not in reads.LEDGER:
        raise Http404(which)
    table = Table(
        request,
        queries.transfers(found, reads.LEDGER[which]),
        _columns(),
        title=f"{found.number} {_('台账')}",
        unit=_("笔"),
        empty=_("台账里还没有这一类记录。"),
        row_link=lambda row: reverse("payment", args=[row.payment_id]) if row.payment_id else "",
    )
    return list_or_excel(request, "payments/run_ledger.html", {"table": table, "run": found})


def _columns() -> list[Column]:
    def payee(row: Transfer) -> str:
        return row.payment.payee.name if row.payment and row.payment.payee else row.memo

    return [
        Column("id", _("台账序号"), lambda row: row.pk, order="pk"),
        Column("on", _("日期"), lambda row: row.on, kind="day", order="on"),
        Column("kind", _("事由"), lambda row: _(TRANSFERS.get(row.kind, row.kind))),
        Column("payee", _("收款人"), payee, main=True),
        Column(
            "month", _("所属月"), lambda row: row.payment.benefit_month if row.payment else None, kind="month",
            order="payment__benefit_month",
        ),
        Column("amount", _("金额（元）"), lambda row: row.amount, kind="money", order="amount", total=True),
    ]  # fmt: skip
