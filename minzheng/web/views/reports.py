"""The yearly work report: its text, and the rows behind each figure."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.core.word import MEDIA_TYPE
from minzheng.indicators.measures import Measure, Period, Row, load, measure
from minzheng.planning import docx
from minzheng.planning.report import UNIT_WORDS, Report, shown, work_report
from minzheng.web.access import needs
from minzheng.web.excel import download, list_or_excel
from minzheng.web.languages import language
from minzheng.web.links import page_of
from minzheng.web.places import own_area, user_of
from minzheng.web.tables import Column, Table
from minzheng.web.templatetags.mz import yuan


@needs("reports.view")
def latest(request: HttpRequest) -> HttpResponse:
    """The report of this year."""
    return redirect("report", clock.today().year)


@needs("reports.view")
def report(request: HttpRequest, year: int) -> HttpResponse:
    """The report as it will print, each figure a link to its rows; `?format=docx` is the Word file."""
    area = own_area(user_of(request))
    found = work_report(area, year)
    if request.GET.get("format") == "docx":
        return _word(found)
    context: dict[str, Any] = {
        "report": found,
        "year": year,
        "previous": year - 1,
        "next": year + 1 if year < clock.today().year else None,
        "figures": [
            {
                "measure": load()[name],
                "value": value,
                "text": yuan(value) if load()[name].unit == "fen" else shown(value, load()[name].unit),
                "unit": unit_word(load()[name]),
            }
            for name, value in found.figures.items()
        ],
    }
    return render(request, "reports/report.html", context)


@needs("reports.view")
def figure(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """The records behind one figure, and their sum."""
    if key not in load() or not 1990 <= year <= clock.today().year:
        raise Http404(key)
    wanted = measure(key)
    area = own_area(user_of(request))
    period = Period.year(year)
    rows = wanted.rows(area, period)
    value = wanted.value(area, period)
    context = {
        "measure": wanted,
        "year": year,
        "value": yuan(value) if wanted.unit == "fen" else shown(value, wanted.unit),
        "unit": unit_word(wanted),
        "sum": sum(row.value for row in rows),
        "agrees": sum(row.value for row in rows) == value,
        "first": period.first,
        "last": period.last,
        "table": _rows_table(request, wanted, rows, year),
        "report_url": reverse("report", args=[year]),
    }
    return list_or_excel(request, "reports/figure.html", context)


def unit_word(wanted: Measure) -> str:
    """户, 人, 元 …, in the page's language."""
    return _(UNIT_WORDS[wanted.unit])


def _rows_table(request: HttpRequest, wanted: Measure, rows: list[Row], year: int) -> Table:
    def link(row: Row) -> str:
        return page_of(row.link[0], row.link[1]) if row.link else ""

    if wanted.unit == "mu_hundredth":
        value = Column("value", unit_word(wanted), lambda row: shown(row.value, wanted.unit))
    else:
        kind = "money" if wanted.unit == "fen" else "number"
        value = Column("value", unit_word(wanted), lambda row: row.value, kind=kind, total=True)
    columns = [
        Column("who", _("对象"), lambda row: row.who or "—", link=link, main=True),
        Column("area", _("村（社区）"), lambda row: areas.name(row.area_code)),
        Column("detail", _("说明"), lambda row: row.detail),
        Column("on", _("日期"), lambda row: row.on, kind="day"),
        value,
    ]
    return Table(
        request,
        rows,
        columns,
        title=f"{year} {pick(wanted.label, language())}",
        unit=_("条"),
        empty=_("这个数字背后没有记录，所以是零。"),
        row_link=link,
        page_size=100,
    )


def _word(found: Report) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = docx.write(found, Path(folder) / "work-report.docx")
        return download(path.read_bytes(), f"{found.title}.docx", MEDIA_TYPE)
