"""A table that somebody sends: the first sheet of an Excel file, or CSV in UTF-8 or GB 18030, as rows of text."""

import csv
import datetime as dt
import io
from pathlib import PurePath

from python_calamine import CalamineError, load_workbook

from minzheng.core.errors import refuse

EXCEL = (b"PK", b"\xd0\xcf\x11\xe0")
"""How an xlsx and an xls file begin."""


def rows(content: bytes, *, most: int = 20_000) -> list[list[str]]:
    """Every row, cells without the blanks around them; a number of Excel as it was typed, a day as 2025-03-04."""
    read = _excel(content) if content.startswith(EXCEL) else _csv(content)
    if len(read) > most:
        raise refuse(
            "sheet.too_long",
            zh="表格有 {count} 行，一次最多 {most} 行。",
            en="The table has {count} rows; at most {most} are taken at once.",
            remedy_zh="请分成几个文件。",
            remedy_en="Split it into several files.",
            count=len(read),
            most=most,
        )
    return [[cell.strip() for cell in row] for row in read]


def media_type(name: str) -> str:
    """Of a file by its name, as it is kept."""
    known = {
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xls": "application/vnd.ms-excel",
    }
    return known.get(PurePath(name).suffix.lower(), "text/csv")


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            cause = error
    raise _unreadable(cause)


def _excel(content: bytes) -> list[list[str]]:
    try:
        sheet = load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
    except CalamineError as error:
        raise _unreadable(error) from error
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def _unreadable(cause: Exception) -> Exception:
    return refuse(
        "sheet.unreadable",
        zh="这个文件打不开：{cause}。",
        en="This file cannot be read: {cause}.",
        remedy_zh="请在 Excel 里另存为 xlsx，或者存成 UTF-8 的 CSV 再上传。",
        remedy_en="Save it as xlsx in Excel, or as CSV in UTF-8, and send it again.",
        cause=cause,
    )
