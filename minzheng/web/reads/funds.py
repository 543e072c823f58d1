"""What the pages of funds show besides the stage's own queries: columns, tiles, charts, links to a figure's rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.areas import queries as areas
from minzheng.core.errors import pick
from minzheng.payments.books import MonthOfFund, Movement
from minzheng.payments.forecast import Ahead, Forecast
from minzheng.payments.models import Budget, Fund, Transfer
from minzheng.payments.shares import Group
from minzheng.payments.warnings import FundWarning
from minzheng.web import names
from minzheng.web.languages import language, listed
from minzheng.web.places import LENGTHS
from minzheng.web.tables import Column
from minzheng.web.templatetags.mz import yuan

TRANSFERS = {
    "allocation": gettext_noop("拨入"),
    "withdrawn": gettext_noop("收回"),
    "passed_on": gettext_noop("下拨"),
    "passed_back": gettext_noop("缴回"),
    "carried_over": gettext_noop("结转"),
    "sent": gettext_noop("送银行"),
    "paid": gettext_noop("到账"),
    "returned": gettext_noop("退回"),
    "set_off": gettext_noop("抵扣"),
    "recovered": gettext_noop("追回"),
    "received": gettext_noop("物资入库"),
    "given": gettext_noop("物资发放"),
}


def fund_name(fund: Fund) -> str:
    return pick(fund.account.name, language())


def purpose(fund: Fund) -> str:
    return listed(names.programme_name(code) for code in fund.purpose)


def fund_page(row: Mapping[str, Any]) -> str:
    return reverse("fund", args=[row["fund"].pk])


def fund_columns(rows: Sequence[Mapping[str, Any]], ahead: bool) -> list[Column]:
    """The columns of the list of funds (all amounts in yuan); with what is still needed where it is known."""
    columns = [
        Column(
            "name",
            _("专项资金"),
            lambda row: fund_name(row["fund"]),
            main=True,
            link=fund_page,
            hint=lambda row: purpose(row["fund"]),
        ),
        Column("source", _("来源、地区"), _whence),
        Column("budget", _("预算"), lambda row: row["budget"], kind="money", total=True),
        Column("came", _("已拨入"), lambda row: row["allocated"] + row["carried"], kind="money", total=True),
        Column("spent", _("已发放"), lambda row: row["spent"], kind="money", total=True),
        Column("under_way", _("在途"), lambda row: row["under_way"], kind="money", total=True),
        Column("balance", _("结余"), lambda row: row["balance"], kind="money", total=True),
    ]
    if any(row["passed"] for row in rows):
        columns.insert(4, Column("passed", _("上下级划转"), lambda row: row["passed"], kind="money", total=True))
    if ahead:
        columns += [
            Column("need", _("预计还需"), lambda row: row["ahead"].need, kind="money", total=True, link=_ahead_of),
            Column(
                "left_over",
                _("预计年底结余"),
                lambda row: row["ahead"].left_over,
                kind="money",
                total=True,
                tone=lambda row: "bad" if row["ahead"].left_over < 0 else "",
            ),
        ]
    return columns


def _whence(row: Mapping[str, Any]) -> str:
    return f"{names.source_of_funds(row['fund'].source)} · {row['fund'].area.name}"


def _ahead_of(row: Mapping[str, Any]) -> str:
    return ahead_url(row["fund"].year, fund=row["fund"].pk) if row["ahead"].need else ""


def ledger_columns(fund: Fund | None = None) -> list[Column]:
    """The columns of a fund's ledger (or, of several, with the fund): money in and money out, newest first."""

    def other(row: Transfer) -> str:
        if row.payment and row.payment.payee:
            return row.payment.payee.name
        end = row.credit if fund and row.debit_id == fund.account_id else row.debit
        between = pick(end.name, language()) if fund and end.kind in ("fund", "goods") and not row.payment else ""
        return " · ".join(word for word in (between, row.memo) if word)

    columns = [
        Column("on", _("日期"), lambda row: row.on, kind="day", order="on"),
        Column("kind", _("事由"), lambda row: _(TRANSFERS.get(row.kind, row.kind)), main=True, order="kind"),
        Column("programme", _("项目"), lambda row: _programme(row.programme), order="programme"),
        Column("run", _("批次号"), lambda row: row.run.number if row.run else "", link=run_of),
        Column("payee", _("收款人或说明"), other),
        Column("in", _("收入（元）"), lambda row: row.inward, kind="money", order="inward", total=True),
        Column("out", _("支出（元）"), lambda row: row.outward, kind="money", order="outward", total=True),
    ]
    if fund is None:
        columns.insert(1, Column("area", _("地区"), lambda row: areas.name(row.area_id), order="area_id"))
    return columns


def _programme(code: str) -> str:
    return names.programme_name(code) if code else ""


def run_of(row: Transfer) -> str:
    return reverse("run", args=[row.run_id]) if row.run_id else ""


# ---- from a figure to its rows


def rows_url(year: int, **wanted: Any) -> str:
    """What people got from the funds of a year: of a programme, area, month."""
    return (
        reverse("fund-rows") + "?" + urlencode({"year": year, **{key: value for key, value in wanted.items() if value}})
    )


def ahead_url(year: int, **wanted: Any) -> str:
    """What a year's forecast is made of: of a fund, programme, area."""
    return (
        reverse("fund-ahead")
        + "?"
        + urlencode({"year": year, **{key: value for key, value in wanted.items() if value}})
    )


def own_rows_url(fund: Fund, **wanted: Any) -> str:
    """The entries of one fund's ledger: what people got, of a programme, area, month."""
    query = urlencode({key: value for key, value in wanted.items() if value})
    return reverse("fund", args=[fund.pk]) + f"?{query}#ledger"


# ---- figures


def level_below(area: str) -> int:
    """Digits of the codes of an area's parts: of townships in a county, of villages in a township."""
    return next((digits for digits in LENGTHS if digits > len(area)), LENGTHS[-1])


def parts(
    kind: str,
    digits: int,
    moved: Iterable[Movement],
    ahead: Iterable[Ahead],
    budgets: Iterable[Budget],
    url: Callable[[str], str],
    later_url: Callable[[str], str],
) -> list[dict[str, Any]]:
    """What was budgeted, what was paid and what will be, by `programme` or `area` (its code cut to so many digits), the
    largest first, each figure with its rows."""
    used, later, budget = (defaultdict[str, int](int) for _each in range(3))

    def code_of(one: Movement | Ahead | Budget) -> str:
        return one.programme if kind == "programme" else str(getattr(one, "area_id", None) or one.area)[:digits]

    for paid in moved:
        used[code_of(paid)] += paid.used
    for needed in ahead:
        later[code_of(needed)] += needed.fen
    for line in budgets:
        budget[code_of(line)] += line.amount
    codes = [code for code in {*used, *later, *budget} if used[code] or later[code] or budget[code]]
    label = names.programme_name if kind == "programme" else areas.name
    # What is of the area as a whole, and of none of its parts, has no address of its own.
    found = [
        {
            "label": label(code),
            "budget": budget[code] or None,
            "used": used[code],
            "ahead": later[code],
            "year": used[code] + later[code],
            "url": url(code) if used[code] and (kind == "programme" or len(code) == digits) else "",
            "ahead_url": later_url(code) if later[code] and (kind == "programme" or len(code) == digits) else "",
        }
        for code in codes
    ]
    return sorted(found, key=lambda one: (-one["year"], one["label"]))


def bars(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Paid so far, and the whole year, of each part, for a chart whose bars lead to the rows."""
    rows = [row for row in rows if row["year"]]
    return {
        "labels": [row["label"] for row in rows],
        "before": [row["used"] for row in rows],
        "after": [row["year"] for row in rows],
        "urls": [row["url"] or row["ahead_url"] for row in rows],
        "words": [_("已支出"), _("全年预计")],
        "unit": _("元"),
    }


def month_rows(fund: Fund, months: Sequence[MonthOfFund], ahead: Forecast | None) -> list[dict[str, Any]]:
    """The months of a fund: those that were, as they were; those to come, as they are forecast."""
    rows = [
        {
            "month": one.month,
            "opening": one.opening,
            "came": one.came,
            "went": one.went,
            "used": one.used,
            "need": 0,
            "closing": one.closing,
            "url": own_rows_url(fund, month=f"{one.month:%Y-%m}"),
        }
        for one in months
    ]
    known = {row["month"]: row for row in rows}
    left = ahead.balance if ahead else 0
    for month, need in sorted(ahead.by_month().items()) if ahead else ():
        row = known.get(month)
        if row is None:
            row = {"month": month, "opening": left, "came": 0, "went": 0, "used": 0, "url": ""}
            rows.append(row)
        left -= need
        row |= {"need": need, "closing": left, "short": left < 0}
    return sorted(rows, key=lambda row: row["month"])


def month_bars(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was paid in each month and what is still to be paid in it, for a chart."""
    return {
        "labels": [f"{row['month']:%Y-%m}" for row in rows],
        "before": [row["used"] for row in rows],
        "after": [row["need"] for row in rows],
        "urls": [row["url"] for row in rows],
        "words": [_("已支出"), _("预计还需")],
        "unit": _("元"),
    }


def warning_rows(found: Mapping[int, Sequence[FundWarning]], funds: Mapping[int, Fund]) -> list[dict[str, Any]]:
    """The warnings in the order in which they have to be seen to."""
    rows = [
        {
            "fund": fund_name(funds[pk]),
            "url": reverse("fund", args=[pk]),
            "label": pick(one.label, language()),
            "due_on": one.due_on,
        }
        for pk, warnings in found.items()
        for one in warnings
    ]
    return sorted(rows, key=lambda row: (row["due_on"] or dt.date.max, row["fund"]))


def tiles(rows: Sequence[Mapping[str, Any]], ahead: bool) -> list[dict[str, Any]]:
    """The figures of a year at a glance."""

    def total(key: str) -> int:
        return sum(row[key] or 0 for row in rows)

    shown = [
        {"label": _("预算（元）"), "value": yuan(total("budget"))},
        {"label": _("已拨入（元）"), "value": yuan(total("allocated") + total("carried") + max(total("passed"), 0))},
        {
            "label": _("已支出（元）"),
            "value": yuan(total("used")),
            "note": _("其中在途 %(yuan)s") % {"yuan": yuan(total("under_way"))},
        },
        {"label": _("结余（元）"), "value": yuan(total("balance"))},
    ]
    if ahead:
        need = sum(row["ahead"].need for row in rows)
        left = total("balance") - need
        shown.append({"label": _("全年预计支出（元）"), "value": yuan(total("used") + need)})
        shown.append({"label": _("预计年底结余（元）"), "value": yuan(left), "tone": "late" if left < 0 else ""})
    return shown


def group_row(group: Group) -> dict[str, Any]:
    """What each level owes for programmes that share funds, with its totals."""
    levels = [
        {
            "source": names.source_of_funds(level.source),
            "should": level.should,
            "provided": level.provided,
            "missing": max(level.missing, 0),
            "more": max(-level.missing, 0),
            "whole_year": level.whole_year,
        }
        for level in group.levels
    ]
    return {
        "programmes": listed(names.programme_name(code) for code in group.programmes),
        "cost": group.cost,
        "unshared": group.unshared,
        "levels": levels,
        "total": {
            key: sum(level[key] for level in levels) for key in ("should", "provided", "missing", "more", "whole_year")
        },
    }


def ahead_columns(rosters: bool) -> list[Column]:
    """The columns of what a forecast is made of; with links to the rosters for who may open them."""
    return [
        Column("month", _("月份"), lambda row: row["month"], kind="month"),
        Column(
            "programme",
            _("项目"),
            lambda row: names.programme_name(row["programme"]),
            main=True,
            link=_roster if rosters else None,
        ),
        Column("area", _("地区"), lambda row: areas.name(row["area"])),
        Column("fen", _("预计还需（元）"), lambda row: row["fen"], kind="money", total=True),
    ]


def _roster(row: Mapping[str, Any]) -> str:
    return reverse("programme", args=[row["programme"]])


def ahead_rows(ahead: Iterable[Ahead], programme: str, area: str) -> list[dict[str, Any]]:
    """What is forecast for a programme and area, by month."""
    return [
        {"month": one.month, "programme": one.programme, "area": one.area, "fen": one.fen}
        for one in sorted(ahead, key=lambda one: (one.month, one.programme, one.area))
        if programme in ("", one.programme) and one.area.startswith(area)
    ]
