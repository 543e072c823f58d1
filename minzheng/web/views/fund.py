"""One fund: what it got, paid and will pay, its budgets, who owes it, its runs and ledger; what is booked on it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.payments import books, budgets, queries, shares, warnings
from minzheng.payments.forecast import Forecast, Year, forecasts
from minzheng.payments.models import AccountKind, Budget, Fund
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import funds as reads
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.tables import Table
from minzheng.web.views.fund_forms import ACTS, ActForm, offered
from minzheng.web.views.payments import run_columns
from minzheng.web.views.programmes import asked_month


@needs("payments.view")
def fund(request: HttpRequest, fund_id: int) -> HttpResponse:
    """A fund's page."""
    return _page(request, _found(fund_id))


@needs("payments.fund")
def fund_act(request: HttpRequest, fund_id: int, name: str) -> HttpResponse:
    """Book something on a fund (POST)."""
    found, user = _found(fund_id), user_of(request)
    act = next((one for one in ACTS if one.name == name), None)
    if act is None:
        raise Http404(name)
    if request.method != "POST":
        return redirect("fund", fund_id)
    form = act.form(request.POST, act=name, fund=found, others=act.others(found) if act.others else [])
    refusal = None
    if form.is_valid():
        with attempt() as tried:
            act.do(by=user, fund=found, **form.values())
        if tried.succeeded:
            messages.success(request, _("已办：%(act)s") % {"act": _(act.label)})
            return redirect("fund", fund_id)
        refusal = tried.refusal
    return _page(request, _found(fund_id), tried_act=name, bound=form, refusal=refusal)


def _found(fund_id: int) -> Fund:
    return get_object_or_404(Fund.objects.select_related("account", "area"), pk=fund_id)


def _page(
    request: HttpRequest,
    found: Fund,
    tried_act: str = "",
    bound: ActForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    user, today = user_of(request), clock.today()
    # Who sees only a part of the fund's area sees what it holds; what it paid elsewhere is not for them.
    whole = perms.may(user, "payments.view", found.area_id)
    context: dict[str, Any] = {
        "fund": found,
        "name": reads.fund_name(found),
        "source": names.source_of_funds(found.source),
        "purpose": reads.purpose(found),
        "whole": whole,
        "funds_url": reverse("funds") + f"?year={found.year}",
        "tried_act": tried_act,
        "refusal": refusal,
        "acts": _acts(user, found, today, tried_act, bound),
        "runs": _runs(request, found),
        "table": _ledger(request, found),
        "filtered": _filtered(request),
        "tiles": [{"label": _("结余（元）"), "value": reads.yuan(found.account.balance)}],
    }
    if whole:
        own = own_area(user)
        context |= _figures(found, own if perms.may(user, "payments.view", own) else found.area_id, today)
    return list_or_excel(request, "payments/fund.html", context)


def _figures(found: Fund, area: str, today: dt.date) -> dict[str, Any]:
    """What only they are shown who see all of the fund's area. `area`: as far as they see, for funds that share with
    this one."""
    rows = books.funds(area, found.year)
    year = forecasts(area, found.year)
    own = next(row for row in rows if row["fund"].pk == found.pk)
    ahead = year.funds[found.pk] if found.year == today.year else None
    own["ahead"] = ahead or Forecast(own["balance"])
    lines = list(budgets.lines(found))
    in_force = [line for line in lines if line.superseded_at is None]
    moved = books.movements([found])
    months = reads.month_rows(found, books.months(moved), ahead)
    found_warnings = warnings.of_funds(area, [own], year)
    return {
        "tiles": reads.tiles([own], ahead is not None),
        "ahead": ahead,
        "warnings": reads.warning_rows(found_warnings, {found.pk: found}),
        "months": months,
        "month_chart": reads.month_bars(months) if any(row["used"] or row["need"] for row in months) else None,
        "budgets": lines,
        **_parts(found, moved, own["ahead"], in_force),
        "group": _group(found, area, rows, year, today),
    }


def _parts(found: Fund, moved: list[books.Movement], ahead: Forecast, in_force: list[Budget]) -> dict[str, Any]:
    digits = reads.level_below(found.area_id)

    def later(**wanted: Any) -> str:
        return reads.ahead_url(found.year, fund=found.pk, **wanted)

    by_programme = reads.parts(
        "programme", digits, moved, ahead.ahead, in_force,
        lambda code: reads.own_rows_url(found, programme=code, used=1), lambda code: later(programme=code),
    )  # fmt: skip
    by_area = reads.parts(
        "area", digits, moved, ahead.ahead, in_force,
        lambda code: reads.own_rows_url(found, area=code, used=1), lambda code: later(area=code),
    )  # fmt: skip
    return {
        "by_programme": by_programme,
        "by_area": by_area,
        "programme_chart": reads.bars(by_programme),
        "area_chart": reads.bars(by_area),
    }


def _group(found: Fund, area: str, rows: list[dict[str, Any]], year: Year, today: dt.date) -> dict[str, Any] | None:
    """What each level still owes for the programmes that this fund pays."""
    groups = shares.matching(rows, year, shares.known(area), today, of=found)
    return reads.group_row(groups[0]) if groups else None


def _acts(user: User, found: Fund, today: dt.date, tried_act: str, bound: ActForm | None) -> list[dict[str, Any]]:
    if not perms.may(user, "payments.fund", found.area_id) or found.account.kind != AccountKind.FUND:
        return []
    return [
        {
            "name": act.name,
            "label": _(act.label),
            "consequence": _(act.consequence),
            "form": bound if bound and act.name == tried_act else act.form(act=act.name, fund=found, others=others),
            "open": act.name == tried_act,
        }
        for act, others in offered(found, today)
    ]


def _runs(request: HttpRequest, found: Fund) -> Table:
    return Table(
        request,
        queries.runs_of(found),
        run_columns(),
        title=_("发放批次"),
        unit=_("个批次"),
        empty=_("还没有批次由这项资金发放。"),
        row_link=lambda run: reverse("run", args=[run.pk]),
        prefix="runs_",
        export=False,
        page_size=12,
    )


def _ledger(request: HttpRequest, found: Fund) -> Table:
    """The entries that the address asks for: of a programme, area, month."""
    month = request.GET.get("month", "")
    rows = books.fund_ledger(
        found,
        used=bool(request.GET.get("used")),
        programme=request.GET.get("programme", ""),
        area=request.GET.get("area", ""),
        month=asked_month(month) if month else None,
    )
    return Table(
        request,
        rows,
        reads.ledger_columns(found),
        title=reads.fund_name(found),
        unit=_("笔"),
        empty=_("没有这样的收支。"),
        row_link=reads.run_of,
        page_size=20,
    )


def _filtered(request: HttpRequest) -> str:
    """What of the ledger is shown, in words."""
    programme, area, month = (request.GET.get(key, "") for key in ("programme", "area", "month"))
    words = [names.programme_name(programme) if programme else "", areas.name(area) if area else "", month]
    return " · ".join(word for word in words if word)
