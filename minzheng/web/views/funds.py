"""Funds: those of a year with what they hold and what they will need, the rows behind each figure, opening one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.payments import actions, books, warnings
from minzheng.payments.forecast import Forecast, Year, forecasts
from minzheng.payments.models import Budget, Fund
from minzheng.policy import registry
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import funds as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Table
from minzheng.web.views.fund_forms import OpenForm
from minzheng.web.views.programmes import asked_month


def asked_year(request: HttpRequest) -> int:
    """`?year=`; this year where it cannot be read."""
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 and text[0] != "0" else clock.today().year


@needs("payments.view")
def funds(request: HttpRequest) -> HttpResponse:
    """The funds of a year: what they should get, got, paid, hold and will need."""
    user, year = user_of(request), asked_year(request)
    area = own_area(user)
    rows = books.funds(area, year)
    whole = perms.may(user, "payments.view", area)
    current = whole and year == clock.today().year
    ahead = forecasts(area, year) if current else Year({}, [])
    for row in rows:
        row["ahead"] = ahead.funds.get(row["fund"].pk, Forecast(row["balance"]))
    by_pk = {row["fund"].pk: row["fund"] for row in rows}
    found = warnings.of_funds(area, rows, ahead if current else None) if whole else {}
    table = Table(
        request,
        rows,
        reads.fund_columns(rows, current),
        title=_("专项资金") + f" {year}",
        unit=_("项"),
        empty=_("这一年还没有专项资金，由财务人员设立。"),
        row_link=reads.fund_page,
    )
    context = {
        "table": table,
        "year": year,
        "previous": year - 1,
        "next": year + 1,
        "may_open": perms.may(user, "payments.fund"),
        "tiles": reads.tiles(rows, current),
        "warnings": reads.warning_rows(found, by_pk),
        "unfunded": reads.parts(
            "programme", 2, [], ahead.unfunded, [], lambda _code: "", lambda code: reads.ahead_url(year, programme=code)
        ),
        **_parts(area, year, list(by_pk.values()), ahead),
    }
    return list_or_excel(request, "payments/funds.html", context)


def _parts(area: str, year: int, found: list[Fund], ahead: Year) -> dict[str, Any]:
    """By programme and by area, with the charts."""
    digits = reads.level_below(area)
    moved = books.movements(found)
    later = [one for forecast in ahead.funds.values() for one in forecast.ahead]
    budgets = list(Budget.objects.filter(fund__in=found, superseded_at=None))
    by_programme = reads.parts(
        "programme", digits, moved, later, budgets,
        lambda code: reads.rows_url(year, programme=code), lambda code: reads.ahead_url(year, programme=code),
    )  # fmt: skip
    by_area = reads.parts(
        "area", digits, moved, later, budgets,
        lambda code: reads.rows_url(year, area=code), lambda code: reads.ahead_url(year, area=code),
    )  # fmt: skip
    return {
        "by_programme": by_programme,
        "by_area": by_area,
        "programme_chart": reads.bars(by_programme),
        "area_chart": reads.bars(by_area),
    }


@needs("payments.view")
def fund_rows(request: HttpRequest) -> HttpResponse:
    """The entries behind a figure: what people got from the funds of a year, and what came back of it."""
    user, year = user_of(request), asked_year(request)
    programme, area, month = (request.GET.get(key, "") for key in ("programme", "area", "month"))
    found = list(Fund.objects.filter(areas.within(own_area(user)), year=year).order_by("pk"))
    table = Table(
        request,
        books.entries(found, used=True, programme=programme, area=area, month=asked_month(month) if month else None),
        reads.ledger_columns(),
        title=_("资金支出") + f" {year}",
        unit=_("笔"),
        empty=_("没有这样的收支。"),
        row_link=reads.run_of,
    )
    context = {"table": table, "year": year, "wanted": _wanted(programme, area, month), "net": _net(table)}
    return list_or_excel(request, "payments/fund_rows.html", context)


def _net(table: Table) -> int:
    """Out less in: the figure that led here."""
    totals = {cell.column.key: cell.value or 0 for cell in table.totals or []}
    return int(totals.get("out", 0)) - int(totals.get("in", 0))


@needs("payments.view")
def fund_ahead(request: HttpRequest) -> HttpResponse:
    """What a forecast is made of, by month, programme and area."""
    user, year = user_of(request), asked_year(request)
    own = own_area(user)
    perms.require(user, "payments.view", own)
    programme, area, fund = (request.GET.get(key, "") for key in ("programme", "area", "fund"))
    known = forecasts(own, year)
    if fund:
        chosen = known.funds.get(int(fund) if fund.isdecimal() else 0)
        ahead = list(chosen.ahead) if chosen else []
    else:
        ahead = [one for forecast in known.funds.values() for one in forecast.ahead] + known.unfunded
    table = Table(
        request,
        reads.ahead_rows(ahead, programme, area),
        reads.ahead_columns(perms.may(user, "awards.view")),
        title=_("预计还需") + f" {year}",
        unit=_("条"),
        empty=_("今年没有还要发放的月份。"),
    )
    context = {"table": table, "year": year, "wanted": _wanted(programme, area, "")}
    return list_or_excel(request, "payments/fund_ahead.html", context)


def _wanted(programme: str, area: str, month: str) -> str:
    words = [names.programme_name(programme) if programme else "", areas.name(area) if area else "", month]
    return " · ".join(word for word in words if word)


@needs("payments.fund")
def open_fund(request: HttpRequest) -> HttpResponse:
    """Open a fund; `?from=` one of last year: the same for the next year."""
    user = user_of(request)
    form = OpenForm(request.POST or None, user=user, initial=_initial(request))
    refusal = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            made = _open(user, form.cleaned_data)
        if tried.succeeded:
            messages.success(request, _("已设立资金。接着登记预算和到账。"))
            return redirect("fund", made.pk)
        refusal = tried.refusal
    return render(request, "payments/fund_open.html", {"form": form, "refusal": refusal, "back": reverse("funds")})


def _initial(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("from", "")
    before = Fund.objects.select_related("account").filter(pk=int(asked)).first() if asked.isdecimal() else None
    if before is None:
        return {"year": clock.today().year, "earlier_years": True}
    return {
        "name": before.account.name.get("zh-Hans", "").replace(str(before.year), str(before.year + 1)),
        "name_en": before.account.name.get("en", "").replace(str(before.year), str(before.year + 1)),
        "year": before.year + 1,
        "source": before.source,
        "area": before.area_id,
        "purpose": before.purpose,
        "department": before.department.get("zh-Hans", ""),
        "earlier_years": before.earlier_years,
    }


def _open(user: User, values: dict[str, Any]) -> Fund:
    name = {"zh-Hans": values["name"].strip(), "en": values["name_en"].strip() or values["name"].strip()}
    department = values["department"].strip()
    return actions.open_fund(
        by=user,
        area=values["area"],
        year=values["year"],
        name=name,
        source=values["source"],
        purpose=values["purpose"],
        department={"zh-Hans": department} if department else registry.programme(values["purpose"][0]).department,
        earlier_years=values["earlier_years"],
    )
