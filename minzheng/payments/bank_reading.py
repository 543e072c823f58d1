"""The bank's files read: its answer, and one of ours again as the bank reads it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, load_workbook

from minzheng.core.errors import Refused, refuse
from minzheng.core.sheets import EXCEL as EXCEL_FILES
from minzheng.payments.bank_layout import ANSWERS, CSV, EXCEL, Column, Layout, Record, Returns
from minzheng.payments.bank_values import amount_of

NOT_SAID = "银行没有写明原因"
"""The reason of a failure for which the bank gave none."""

EXACT_IN_EXCEL = 10**15

Cell = Callable[[str], str]
"""What a row says of one of our fields, by its name; empty where it does not."""


@dataclass(frozen=True)
class Returned:
    """One line of the bank's answer that was not paid. `account` and `amount` (fen) where the answer has them."""

    line: int
    reason: str
    account: str = ""
    amount: int | None = None


@dataclass(frozen=True)
class Line:
    """One payment as it stands in a file of ours. Amount in fen."""

    line: int
    account: str
    holder: str
    amount: int


def read_returns(layout: Layout, content: bytes) -> list[Returned]:
    """The failures in a bank's answer: an Excel file, CSV (UTF-8 or GB 18030), or records of fixed width where the
    layout says so. Titles may stand anywhere at the top; lines that were paid and totals are passed over. Refuses a
    file without the columns it needs, and records of another width."""
    returns = layout.returns
    if returns.columns and not content.startswith(EXCEL_FILES):
        has_status = any(column.value == "status" for column in returns.columns)
        return list(_failures(returns, _placed(layout, content), has_status))
    rows = _excel(content) if content.startswith(EXCEL_FILES) else _csv(content, layout.delimiter)
    found = ((place, titles) for place, row in enumerate(rows) if (titles := _titles(returns, row)) is not None)
    place, titles = next(found, (0, None))
    if titles is None:
        raise refuse(
            "bank.no_titles",
            zh="回盘文件里找不到需要的列：{columns}。",
            en="The bank's answer has no line with the columns that are needed: {columns}.",
            remedy_zh="请确认是这家银行的回盘文件，或在 policies/bank/{layout}.yaml 的 returns 中补上列名。",
            remedy_en="Make sure it is this bank's answer, or add its titles to policies/bank/{layout}.yaml.",
            columns=" / ".join(returns.line + returns.reason),
            layout=layout.code,
        )
    return list(_failures(returns, (_titled(titles, row) for row in rows[place + 1 :]), "status" in titles))


def read(layout: Layout, content: bytes) -> list[Line]:
    """A file of ours as its layout says it is to be read. Refuses one that is not written by it."""
    if layout.format == EXCEL:
        records = iter(_excel(content))
    elif layout.format == CSV:
        records = iter(_csv(content, layout.delimiter, layout.encoding, quotes=layout.quotes))
    else:
        records = _records(layout, content, layout.columns, len(layout.head), len(layout.foot))
        return [_line(layout, record) for record in records]
    rows = list(records)
    return [_line(layout, row) for row in rows[layout.first_line : len(rows) - len(layout.foot)]]


def _line(layout: Layout, row: Sequence[str]) -> Line:
    if len(row) < len(layout.columns):
        raise _short(layout, row)
    said = {column.value: (text, column) for column, text in zip(layout.columns, row, strict=False)}
    return Line(int(said["line"][0]), said["account"][0], said["holder"][0], amount_of(*said["amount"]))


def _failures(returns: Returns, rows: Iterable[Cell], has_status: bool) -> Iterator[Returned]:
    amounts = next((column for column in returns.columns if column.value == "amount"), Column())
    for cell in rows:
        line, reason, status = cell("line"), cell("reason"), cell("status")
        paid = status in returns.paid if has_status else not reason
        if paid or not line.isdecimal():
            continue
        amount = cell("amount")
        yield Returned(
            int(line), reason or status or NOT_SAID, cell("account"), amount_of(amount, amounts) if amount else None
        )


def _titled(titles: dict[str, int], row: Sequence[str]) -> Cell:
    def cell(field: str) -> str:
        place = titles.get(field)
        return row[place].strip() if place is not None and place < len(row) else ""

    return cell


def _titles(returns: Returns, row: Sequence[str]) -> dict[str, int] | None:
    found = {}
    for field in ANSWERS:
        names = getattr(returns, field)
        place = next((place for place, text in enumerate(row) if text.strip() in names), None)
        if place is not None:
            found[field] = place
    return found if "line" in found and "reason" in found else None


def _placed(layout: Layout, content: bytes) -> Iterator[Cell]:
    """The records of an answer of fixed width. A number of line that is none is a wrong layout, not a total."""
    returns = layout.returns
    titles = {column.value: place for place, column in enumerate(returns.columns) if column.value}
    for record in _records(layout, content, returns.columns, returns.head_lines, returns.foot_lines):
        cell = _titled(titles, record)
        if not cell("line").isdecimal():
            raise _wrong_record(layout, record[titles["line"]])
        yield cell


def _records(layout: Layout, content: bytes, columns: Record, head: int, foot: int) -> Iterator[list[str]]:
    """The fields of each record of fixed width between head and foot. An editor may have cut blanks off the last."""
    records = [line.removesuffix(b"\r") for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    while records and not records[-1].strip(b" \x1a"):
        records.pop()
    width = sum(column.width for column in columns)
    cut = columns[-1].align == "left" and columns[-1].pad == " "
    for place, record in enumerate(records[head : len(records) - foot], start=head + 1):
        whole = record.ljust(width) if cut and len(record) >= width - columns[-1].width else record
        if len(whole) != width:
            raise refuse(
                "bank.record_width",
                zh="文件第 {place} 行有 {size} 个字节，格式 {layout} 是 {width} 个。",
                en="Record {place} of the file has {size} bytes; the layout {layout} has {width}.",
                remedy_zh="请上传银行给的原文件，不要用编辑器另存；还不对的，改 policies/bank/{layout}.yaml 的宽度。",
                remedy_en="Upload the bank's own file, not one saved by an editor; else correct the widths in"
                " policies/bank/{layout}.yaml.",
                place=place,
                size=len(record),
                width=width,
                layout=layout.code,
            )
        yield _cut(layout, whole, columns, place)


def _cut(layout: Layout, record: bytes, columns: Record, place: int) -> list[str]:
    fields, start = [], 0
    for column in columns:
        data, start = record[start : start + column.width], start + column.width
        pad = column.pad.encode()
        if not (column.number and column.pad == "0"):
            data = data.rstrip(pad) if column.align == "left" else data.lstrip(pad)
        try:
            fields.append(data.decode(layout.encoding))
        except UnicodeDecodeError as error:
            raise refuse(
                "bank.record_cut",
                zh="文件第 {place} 行的{title}处切断了一个字：宽度或编码（{encoding}）不对。",
                en="In record {place}, {title} cuts a character in two: width or encoding ({encoding}) is wrong.",
                remedy_zh="请核对 policies/bank/{layout}.yaml 的 width 和 encoding，宽度按字节计。",
                remedy_en="Correct width and encoding in policies/bank/{layout}.yaml; a width is in bytes.",
                place=place,
                title=column.title or column.value,
                encoding=layout.encoding,
                layout=layout.code,
            ) from error
    return fields


def _csv(content: bytes, delimiter: str, encoding: str = "", *, quotes: bool = True) -> list[list[str]]:
    """Rows of a CSV file; without an encoding of its own UTF-8, else GB 18030."""
    try:
        text = content.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    stream = io.StringIO(text, newline="")
    if quotes:
        return list(csv.reader(stream, delimiter=delimiter))
    return list(csv.reader(stream, delimiter=delimiter, quoting=csv.QUOTE_NONE))


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
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(cell: object) -> str:
    """A cell as text; Excel keeps `3` and `200` as floating numbers, and money to two decimals is exact in print. A
    longer number (an account that was not kept as text) has lost its last digits: it says nothing."""
    if isinstance(cell, float) and abs(cell) >= EXACT_IN_EXCEL:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.2f}"
    return str(cell)


def _short(layout: Layout, row: Sequence[str]) -> Refused:
    return refuse(
        "bank.short_line",
        zh="“{row}”少了列：格式 {layout} 每行 {count} 列。",
        en="“{row}” lacks columns: a line of {layout} has {count}.",
        remedy_zh="请用系统生成的原文件。",
        remedy_en="Use the file as it was made.",
        row=" ".join(row[:1]),
        layout=layout.code,
        count=len(layout.columns),
    )


def _wrong_record(layout: Layout, text: str) -> Refused:
    return refuse(
        "bank.no_line_number",
        zh="回盘文件里“{text}”不是序号。",
        en="In the bank's answer “{text}” is no number of a line.",
        remedy_zh="请确认是这家银行的回盘；头尾各有几行，写在 policies/bank/{layout}.yaml 的 head_lines、foot_lines。",
        remedy_en="Make sure it is this bank's answer; head_lines and foot_lines in policies/bank/{layout}.yaml say how"
        " many lines stand before and after.",
        text=text,
        layout=layout.code,
    )
