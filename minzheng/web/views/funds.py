"""Funds: what they hold, their ledger, and money coming in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.payments import actions, queries
from minzheng.payments.models import AccountKind, Fund
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Day, Form, Yuan
from minzheng.web.languages import language
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import runs as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table


class AllocateForm(Form):
    """Money into a fund."""

    amount = Yuan(label=gettext_lazy("金额（元）"))
    on = Day(label=gettext_lazy("到账日期"))
    memo = forms.CharField(label=gettext_lazy("文号或说明"), max_length=200)


@needs("payments.view")
def funds(request: HttpRequest) -> HttpResponse:
    """The funds of a year with what they hold, what is under way and what is spent."""
    user = user_of(request)
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == 4 else clock.today().year
    rows = queries.funds(own_area(user), chosen)
    columns = [
        Column(
            "name", _("专项资金"), lambda row: pick(row["fund"].account.name, language()), main=True, link=_fund_page
        ),
        Column("area", _("地区"), lambda row: row["fund"].area.name),
        Column("source", _("来源"), lambda row: names.source_of_funds(row["fund"].source)),
        Column("purpose", _("用途"), lambda row: "、".join(names.programme_name(code) for code in row["fund"].purpose)),
        Column("allocated", _("已拨入（元）"), lambda row: row["allocated"], kind="money", total=True),
        Column("spent", _("已发放（元）"), lambda row: row["spent"], kind="money", total=True),
        Column("under_way", _("在途（元）"), lambda row: row["under_way"], kind="money", total=True),
        Column("balance", _("结余（元）"), lambda row: row["balance"], kind="money", total=True),
    ]
    table = Table(
        request,
        rows,
        columns,
        title=_("专项资金") + f" {chosen}",
        unit=_("项"),
        empty=_("这一年还没有专项资金，由财务人员设立。"),
        row_link=_fund_page,
    )
    return list_or_excel(
        request, "payments/funds.html", {"table": table, "year": chosen, "previous": chosen - 1, "next": chosen + 1}
    )


def _fund_page(row: dict[str, Any]) -> str:
    return reverse("fund", args=[row["fund"].pk])


@needs("payments.view")
def fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """A fund's ledger, and money coming in."""
    found = get_object_or_404(Fund.objects.select_related("account", "area"), pk=fund_id)
    user = user_of(request)
    may_allocate = perms.may(user, "payments.fund", found.area_id) and found.account.kind == AccountKind.FUND
    form = AllocateForm(request.POST or None, initial={"on": clock.today()})
    refusal = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            actions.allocate(by=user, fund=found, **form.cleaned_data)
        if tried.succeeded:
            messages.success(request, _("已办：%(act)s") % {"act": _("资金到账")})
            return redirect("fund", found.pk)
        refusal = tried.refusal
    table = Table(
        request,
        queries.fund_ledger(found),
        reads.ledger_columns(found),
        title=pick(found.account.name, language()),
        unit=_("笔"),
        empty=_("还没有收支。"),
        row_link=lambda row: reverse("run", args=[row.run_id]) if row.run_id else "",
    )
    summary = next((row for row in queries.funds(found.area_id, found.year) if row["fund"].pk == found.pk), None)
    context = {
        "fund": found,
        "name": pick(found.account.name, language()),
        "summary": summary,
        "table": table,
        "form": form,
        "refusal": refusal,
        "may_allocate": may_allocate,
        "funds_url": reverse("funds") + f"?year={found.year}",
        "tiles": [
            {"label": _("已拨入（元）"), "value": reads.yuan(summary["allocated"] if summary else 0)},
            {"label": _("已发放（元）"), "value": reads.yuan(summary["spent"] if summary else 0)},
            {"label": _("在途（元）"), "value": reads.yuan(summary["under_way"] if summary else 0)},
            {"label": _("结余（元）"), "value": reads.yuan(summary["balance"] if summary else 0)},
        ],
    }
    return list_or_excel(request, "payments/fund.html", context)
