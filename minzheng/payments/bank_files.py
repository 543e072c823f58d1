"""The bank's files: one built from a layout, its answer read back."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from python_calamine import CalamineError, load_workbook

from minzheng.core.errors import refuse
from minzheng.payments.amounts import fen, yuan
from minzheng.payments.bank_layout import Layout, Returns


@dataclass(frozen=True)
class Entry:
    """One payment as the bank gets it. Amount in fen."""

    line: int
    account: str
    holder: str
    amount: int
    programme: str
    month: dt.date
    kind: str
    area: str
    payment: int

    def text(self, value: str) -> str:
        if value == "amount":
            return yuan(self.amount)
        if value == "month":
            return f"{self.month:%Y%m}"
        return str(getattr(self, value))


@dataclass(frozen=True)
class Built:
    name: str
    content: bytes
    count: int
    total: int


def build(layout: Layout, entries: Sequence[Entry], *, number: str, sequence: int, day: dt.date) -> Built:
    """The whole file of a list that is at hand."""
    out, total = io.BytesIO(), sum(entry.amount for entry in entries)
    name = write(layout, entries, out, count=len(entries), total=total, number=number, sequence=sequence, day=day)
    return Built(name, out.getvalue(), len(entries), total)


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
    """Write the file: head, titles, one line for each entry as it comes, foot, in the layout's encoding. Returns its
    name. Refuses a character that the encoding does not have, naming the line."""
    fields = {
        "number": number,
        "sequence": f"{sequence:04d}",
        "count": str(count),
        "total": yuan(total),
        "day": f"{day:%Y%m%d}",
    }
    text = io.TextIOWrapper(out, encoding=layout.encoding, newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator=layout.line_end)
    writer.writerows([[cell.format(**fields) for cell in line] for line in layout.head])
    writer.writerow([column.title for column in layout.columns])
    values = [column.value for column in layout.columns]
    for entry in entries:
        _refuse_unwritable(layout, entry)
        writer.writerow([entry.text(value) for value in values])
    writer.writerows([[cell.format(**fields) for cell in line] for line in layout.foot])
    text.flush()
    text.detach()
    return layout.file_name.format(**fields)


@dataclass(frozen=True)
class Returned:
    """One line of the bank's answer that was not paid. `account` and `amount` (fen) where the answer has them."""

    line: int
    reason: str
    account: str = ""
    amount: int | None = None


def read_returns(layout: Layout, content: bytes) -> list[Returned]:
    """The failures in a bank's answer: CSV (UTF-8 or GB 18030) or an Excel file. The line of titles may stand anywhere
    at the top; lines that were paid and totals are passed over. Refuses a file without the columns it needs."""
    rows = _excel(content) if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0" else _csv(layout, content)
    heads = ((place, _titles(layout.returns, row)) for place, row in enumerate(rows))
    place, titles = next(((place, found) for place, found in heads if found is not None), (0, None))
    if titles is None:
        raise refuse(
            "bank.no_titles",
            zh="回盘文件里找不到需要的列：{columns}。",
            en="The bank's answer has no line with the columns that are needed: {columns}.",
            remedy_zh="请确认是这家银行的回盘文件，或在 policies/bank/{layout}.yaml 的 returns 中补上列名。",
            remedy_en="Make sure it is this bank's answer, or add its titles to policies/bank/{layout}.yaml.",
            columns=" / ".join(layout.returns.line + layout.returns.reason),
            layout=layout.code,
        )
    return list(_failures(layout.returns, titles, rows[place + 1 :]))


def _failures(returns: Returns, titles: dict[str, int], rows: Iterable[Sequence[str]]) -> Iterable[Returned]:
    def cell(row: Sequence[str], field: str) -> str:
        place = titles.get(field)
        return row[place].strip() if place is not None and place < len(row) else ""

    for row in rows:
        line, reason = cell(row, "line"), cell(row, "reason")
        paid = cell(row, "status") in returns.paid if "status" in titles else not reason
        if paid or not line.isdecimal():
            continue
        amount = cell(row, "amount")
        yield Returned(int(line), reason or cell(row, "status"), cell(row, "account"), fen(amount) if amount else None)


def _titles(returns: Returns, row: Sequence[str]) -> dict[str, int] | None:
    found = {}
    for field in ("line", "account", "amount", "reason", "status"):
        names = getattr(returns, field)
        place = next((place for place, text in enumerate(row) if text.strip() in names), None)
        if place is not None:
            found[field] = place
    return found if "line" in found and "reason" in found else None


def _csv(layout: Layout, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return list(csv.reader(io.StringIO(text), delimiter=layout.delimiter))


def _excel(content: bytes) -> list[list[str]]:
    try:
        sheet = load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
    except CalamineError as error:
        raise refuse(
            "bank.not_excel",
            zh="这个 Excel 文件打不开：{cause}。",
            en="This Excel file cannot be opened: {cause}.",
            remedy_zh="请在 Excel 里另存为 xlsx，或改交 CSV。",
            remedy_en="Save it as xlsx in Excel, or give a CSV file.",
            cause=error,
        ) from error
    return [[_text(cell) for cell in row] for row in sheet.to_python()]


def _text(cell: object) -> str:
    """A cell as text; Excel keeps `3` and `200` as floating numbers, and money to two decimals is exact in print."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.2f}"
    return str(cell)


def _refuse_unwritable(layout: Layout, entry: Entry) -> None:
    try:
        entry.holder.encode(layout.encoding)
    except UnicodeEncodeError as error:
        raise refuse(
            "bank.character",
            zh="户名“{holder}”中的字在 {encoding} 编码里没有，银行文件无法生成。",
            en="The name “{holder}” has a character that {encoding} does not have; the bank file cannot be made.",
            remedy_zh="请改用另一种银行文件格式，或按银行预留户名更正账户的户名。",
            remedy_en="Use another layout, or correct the holder's name to the one the bank has.",
            holder=entry.holder,
            encoding=layout.encoding,
        ) from error
