"""Every list goes to Excel with the columns it shows on the screen."""

import datetime as dt
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from minzheng.core import clock
from minzheng.web.tables import Column, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_or_excel(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of `context["table"]`, or with `?format=xlsx` its rows as a workbook."""
    table: Table = context["table"]
    if request.GET.get("format") == "xlsx":
        return download(workbook(table), f"{table.title}-{clock.today():%Y%m%d}.xlsx", MEDIA_TYPE)
    return render(request, template, context)


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to save, under its Chinese name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def workbook(table: Table) -> bytes:
    """A workbook of all rows: title, unit, heads, rows, total; ready to print on A4 across."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    formats = _formats(book)
    columns = table.columns
    sheet.merge_range(0, 0, 0, max(len(columns) - 1, 1), table.title, formats["title"])
    sheet.write(1, 0, _note(), formats["note"])
    for place, column in enumerate(columns):
        sheet.write(2, place, column.label, formats["head"])
    rows = table.prepared(table.sorted_rows)
    for line, row in enumerate(rows, start=3):
        for place, column in enumerate(columns):
            _write(sheet, line, place, column, column.value(row), formats)
    if totals := table.totals:
        line = 3 + len(rows)
        for place, cell in enumerate(totals):
            _write(sheet, line, place, cell.column, cell.value, formats, total=True)
        if not columns[0].total:
            sheet.write(line, 0, _("合计"), formats["total_text"])
    _lay_out(sheet, columns, rows)
    book.close()
    return buffer.getvalue()


def _write(
    sheet: Any, line: int, place: int, column: Column, value: Any, formats: dict[str, Any], total: bool = False
) -> None:
    suffix = "total_" if total else ""
    if value is None:
        sheet.write_blank(line, place, None, formats[suffix + "text"])
    elif column.kind == "money":
        # Excel knows only binary numbers; two decimals of yuan are exact to the fen below 10^13 yuan.
        sheet.write_number(line, place, int(value) / 100, formats[suffix + "money"])
    elif column.kind == "number":
        sheet.write_number(line, place, value, formats[suffix + "number"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(
            line,
            place,
            dt.datetime(value.year, value.month, value.day),  # noqa: DTZ001 - a day in a cell has no zone
            formats["month" if column.kind == "month" else "day"],
        )
    else:
        sheet.write_string(line, place, str(value), formats[suffix + "text"])


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    cell = base | {"border": 1, "border_color": "#999999"}
    total = cell | {"bold": True, "bg_color": "#f2f2f2"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16, "align": "center"}),
        "note": book.add_format(base | {"font_size": 10, "font_color": "#555555"}),
        "head": book.add_format(cell | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#e9eef5"}),
        "text": book.add_format(cell),
        "number": book.add_format(cell | {"num_format": "#,##0"}),
        "money": book.add_format(cell | {"num_format": "#,##0.00"}),
        "day": book.add_format(cell | {"num_format": "yyyy-mm-dd"}),
        "month": book.add_format(cell | {"num_format": "yyyy-mm"}),
        "total_text": book.add_format(total),
        "total_number": book.add_format(total | {"num_format": "#,##0"}),
        "total_money": book.add_format(total | {"num_format": "#,##0.00"}),
    }


def _note() -> str:
    parts = [_("单位：元、人"), _("导出日期：") + f"{clock.today():%Y-%m-%d}"]
    if clock.is_simulated():
        parts.append(_("演示数据，人物与金额均为虚构"))
    return "　".join(parts)


def _lay_out(sheet: Any, columns: Any, rows: list[Any]) -> None:
    sheet.set_row(0, 28)
    sheet.freeze_panes(3, 0)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(columns) - 1)
    for place, column in enumerate(columns):
        longest = max((_width(column.value(row), column.kind) for row in rows[:500]), default=0)
        sheet.set_column(place, place, min(max(longest, _width(column.label, "text")) + 3, 42))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C&P / &N")


def _width(value: Any, kind: str) -> int:
    if value is None:
        return 0
    if kind == "money":
        return len(f"{int(value) / 100:,.2f}")
    return sum(2 if ord(letter) > 255 else 1 for letter in str(value))
