"""The file for the bank, written from its layout: a stream of payments to a stream of bytes, however many there are.
What came back is read in `bank_reading`."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from minzheng.core.errors import Refused, refuse
from minzheng.payments.amounts import yuan
from minzheng.payments.bank_layout import CSV, FIXED, Column, Layout, Record
from minzheng.payments.bank_values import Entry, Fields

__all__ = ["Entry", "write"]

MOST_ROWS = 1_048_576
"""Of a sheet of Excel."""


def write(
    layout: Layout,
    entries: Iterable[Entry],
    out: BinaryIO,
    *,
    count: int,
    total: int,
    number: str,
    sequence: int,
    day: dt.date,
) -> str:
    """The file: head, titles, one line for each entry, foot. The same entries give the same bytes. Returns its name.

    `count` and `total` (fen) are said before the entries are known and have to be theirs. Refuses an entry that the
    file cannot carry, naming its line and the remedy; what was written by then is no file.
    """
    constants = {  # what the texts of head, foot and file name may use
        "number": number,
        "sequence": f"{sequence:04d}",
        "count": str(count),
        "total": yuan(total),
        "total_fen": str(total),
        "day": f"{day:%Y%m%d}",
    }
    counted = _counted(entries, count, total)
    writer = {CSV: _write_csv, FIXED: _write_fixed}.get(layout.format, _write_excel)
    writer(layout, counted, out, constants)
    return layout.file_name.format(**constants)


def _counted(entries: Iterable[Entry], count: int, total: int) -> Iterator[Entry]:
    """The same entries; refuses at their end where they are not so many, or not so much, as was said."""
    found = fen = 0
    for entry in entries:
        found += 1
        fen += entry.amount
        yield entry
    if (found, fen) != (count, total):
        raise refuse(
            "bank.not_the_total",
            zh="银行文件应有 {count} 笔 {total} 元，实际写出 {found} 笔 {sum} 元。",
            en="The bank file should have {count} payments of {total} yuan, but got {found} of {sum} yuan.",
            remedy_zh="名单在生成时变了，没有送出。请重新生成文件。",
            remedy_en="The list changed while the file was made; nothing was sent. Make the file again.",
            count=count,
            total=yuan(total),
            found=found,
            sum=yuan(fen),
        )


def _write_csv(layout: Layout, entries: Iterator[Entry], out: BinaryIO, constants: dict[str, str]) -> None:
    fields = Fields(layout)
    makers = [fields.fitting(column, constants) for column in layout.columns]
    stream = io.TextIOWrapper(out, encoding=layout.encoding, newline="")
    writer = csv.writer(
        stream,
        delimiter=layout.delimiter,
        lineterminator=layout.line_end,
        quoting=csv.QUOTE_MINIMAL if layout.quotes else csv.QUOTE_NONE,
        quotechar='"' if layout.quotes else None,
    )
    try:
        writer.writerows(_texts(fields, layout.head, constants))
        writer.writerow([column.title for column in layout.columns])
        writer.writerows([make(entry) for make in makers] for entry in entries)
        writer.writerows(_texts(fields, layout.foot, constants))
    finally:
        stream.detach()  # else it would close the caller's stream


def _write_fixed(layout: Layout, entries: Iterator[Entry], out: BinaryIO, constants: dict[str, str]) -> None:
    fields = Fields(layout)
    makers = [(fields.maker(column, constants), fields.padded(column)) for column in layout.columns]
    end = layout.line_end.encode()

    def constant(record: Record) -> bytes:
        return b"".join(fields.padded(cell)(_constant(fields, cell, constants), 0) for cell in record) + end

    out.writelines(constant(record) for record in layout.head)
    out.writelines(b"".join([pad(make(entry), entry.line) for make, pad in makers]) + end for entry in entries)
    out.writelines(constant(record) for record in layout.foot)


def _write_excel(layout: Layout, entries: Iterator[Entry], out: BinaryIO, constants: dict[str, str]) -> None:
    """Rows go to a temporary file as they come, and from there into the workbook."""
    if len(layout.head) + 1 + int(constants["count"]) + len(layout.foot) > MOST_ROWS:
        raise _too_many(constants["count"])
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    try:
        book.set_properties({"created": dt.datetime.fromisoformat(constants["day"])})
        _fill_sheet(book, layout, entries, constants)
    finally:
        book.close()  # takes its temporary file away, too


def _fill_sheet(book: xlsxwriter.Workbook, layout: Layout, entries: Iterator[Entry], constants: dict[str, str]) -> None:
    """Accounts, names and all other words are cells of text; line, amounts, count and total are numbers."""
    fields = Fields(layout)
    text, whole, money = (book.add_format({"num_format": form}) for form in ("@", "0", "0.00"))
    sheet = book.add_worksheet(layout.sheet)
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, _column_width(column))

    def constant(row: int, cells: Record) -> None:
        for place, cell in enumerate(cells):
            said = _constant(fields, cell, constants)
            if cell.text in ("{count}", "{total_fen}"):
                sheet.write_number(row, place, int(said), whole)
            elif cell.text == "{total}":
                sheet.write_number(row, place, _as_number(said), money)
            else:
                sheet.write_string(row, place, fields.fits(said, cell, 0), text)

    for row, cells in enumerate(layout.head):
        constant(row, cells)
    row = len(layout.head)
    for place, column in enumerate(layout.columns):
        sheet.write_string(row, place, column.title, text)
    makers = [(place, column, fields.fitting(column, constants)) for place, column in enumerate(layout.columns)]
    for entry in entries:
        row += 1
        for place, column, make in makers:
            said = make(entry)
            if column.value == "amount":
                sheet.write_number(row, place, _as_number(said), money if column.amount == "yuan" else whole)
            elif column.value == "line":
                sheet.write_number(row, place, entry.line, whole)
            else:
                sheet.write_string(row, place, said, text)
    for cells in layout.foot:
        row += 1
        constant(row, cells)


def _texts(fields: Fields, records: Iterable[Record], constants: dict[str, str]) -> Iterator[list[str]]:
    for record in records:
        yield [fields.fits(_constant(fields, cell, constants), cell, 0) for cell in record]


def _constant(fields: Fields, cell: Column, constants: dict[str, str]) -> str:
    text = cell.text.format(**constants)
    if cell.text != "{total}":
        fields.check(text, cell, 0)
    return text


def _as_number(text: str) -> Decimal:
    """Written with sixteen digits, as Excel keeps a number: exact to the fen below 10^13 yuan."""
    return Decimal(text)


def _column_width(column: Column) -> int:
    return {"account": 28, "holder": 24, "amount": 14, "line": 8}.get(column.value, 16)


def _too_many(count: str) -> Refused:
    return refuse(
        "bank.too_many_rows",
        zh="Excel 一张表放不下 {count} 笔。",
        en="A sheet of Excel has no room for {count} payments.",
        remedy_zh="请改用 CSV 或定长格式。",
        remedy_en="Use a CSV or fixed-width layout.",
        count=count,
    )
