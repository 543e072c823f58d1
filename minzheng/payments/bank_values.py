"""What of a payment stands in a field of a bank's file, and what a file cannot carry: refused with its line and what to
do, for a field that the bank reads differently pays the wrong person or nobody."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minzheng.core.errors import Refused, refuse
from minzheng.payments.amounts import fen, yuan
from minzheng.payments.bank_layout import CSV, EXCEL, FIXED, Column, Layout


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


UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control characters, and those that nobody sees on paper: at the bank the name would be another."""
PLAIN = re.compile("[0-9A-Za-z_一-龥]+")
"""What needs no further look, and is nearly every name: every encoding but gb2312 has it, everybody sees it."""
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""What a spreadsheet takes for a formula."""

CANNOT: dict[str, tuple[str, str, str, str]] = {
    "character": (
        "有 {encoding} 编码里没有的字", "has a character that {encoding} does not have",
        "请改用另一种银行文件格式（如 gb18030），或按银行预留户名更正账户的户名",
        "Use another layout (gb18030, say), or correct the holder's name to the one that the bank has",
    ),
    "unseen": (
        "有看不见的字符（控制字符、零宽字符）", "has a character that nobody sees (a control character, a zero width)",
        "请在个人档案里重新录入，不要从别处粘贴", "Enter it again in the person's file instead of pasting it",
    ),
    "formula": (
        "会被表格软件当成公式", "would be taken for a formula by a spreadsheet",
        "请按银行预留户名更正，开头不能是 = + - @", "Correct it to what the bank has; it may not begin with = + - @",
    ),
    "too_long": (
        "太长：占 {size}，最多 {width}", "is too long: {size} of at most {width}",
        "请按银行预留的写法缩短；放得下而格式写窄了的，改 policies/bank/{layout}.yaml 的 width",
        "Shorten it to what the bank has; where the layout is too narrow, correct width in policies/bank/{layout}.yaml",
    ),
    "padding": (
        "以补位字符“{pad}”开头或结尾，银行分不清",
        "begins or ends with the padding “{pad}”; the bank could not tell them apart",
        "请核对是否录入了多余的空格或 0", "Check it for a blank or a 0 too many",
    ),
    "separator": (
        "含有分隔符或引号，这种文件里会错列",
        "contains the delimiter or a quotation mark, and this layout does not quote",
        "请更正，或在 policies/bank/{layout}.yaml 里写 quotes: true（先问银行认不认引号）",
        "Correct it, or say quotes: true in policies/bank/{layout}.yaml (ask the bank whether it reads them)",
    ),
    "fen": (
        "不是整元，而这种文件只写整元", "is no whole number of yuan, and this layout has no fen",
        "请改用带角分的格式", "Use a layout that has fen",
    ),
    "no_word": (
        "在这家银行的用词里没有", "is not among the bank's words",
        "请在 policies/bank/{layout}.yaml 的 words 里补上", "Add it to words in policies/bank/{layout}.yaml",
    ),
    "empty": ("是空的", "is empty", "请在个人档案里补录", "Enter it in the person's file"),
    "account": (
        "不全是数字", "is not digits only", "请在个人档案里更正账号", "Correct the account in the person's file",
    ),
}  # fmt: skip

MOST_IN_A_CELL = 32_767
"""Characters, of Excel."""


class Fields:
    """The fields of a layout's records as text; refuses what the file cannot carry."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.most = MOST_IN_A_CELL if layout.format == EXCEL else 0
        separated = layout.format == CSV and not layout.quotes and PLAIN.fullmatch(layout.delimiter) is not None
        self._plain = layout.encoding != "gb2312" and not separated
        self._months: dict[dt.date, str] = {}

    def fitting(self, column: Column, constants: dict[str, str]) -> Callable[[Entry], str]:
        """The same as `maker`; refuses what is too long for the column."""
        make = self.maker(column, constants)
        if not (column.width or self.most):
            return make
        return lambda entry: self.fits(make(entry), column, entry.line)

    def maker(self, column: Column, constants: dict[str, str]) -> Callable[[Entry], str]:
        """How the text of a column comes from an entry."""
        if not column.value:
            always = column.text.format(**constants)
            self.check(always, column, 0)
            return lambda _: always
        amounts: dict[str, Callable[[Entry], str]] = {
            "yuan": lambda entry: yuan(entry.amount),
            "fen": lambda entry: str(entry.amount),
            "whole_yuan": lambda entry: self.whole_yuan(entry, column),
        }
        return {
            "line": lambda entry: str(entry.line),
            "amount": amounts[column.amount],
            "month": lambda entry: self._months.get(entry.month) or self.month(entry.month),
            "account": lambda entry: self.account(entry, column),
            "programme": lambda entry: self.word(entry, entry.programme, column),
            "kind": lambda entry: self.word(entry, entry.kind, column),
        }.get(column.value, lambda entry: self.words(entry, str(getattr(entry, column.value)), column))

    def whole_yuan(self, entry: Entry, column: Column) -> str:
        if entry.amount % 100:
            raise self.cannot("fen", yuan(entry.amount), column, entry.line)
        return str(entry.amount // 100)

    def month(self, month: dt.date) -> str:
        return self._months.setdefault(month, f"{month:%Y%m}")

    def account(self, entry: Entry, column: Column) -> str:
        if not (entry.account.isascii() and entry.account.isdecimal()):
            raise self.cannot("account", entry.account, column, entry.line)
        return entry.account

    def word(self, entry: Entry, ours: str, column: Column) -> str:
        if not column.words:
            return self.words(entry, ours, column)
        theirs = column.words.get(ours)
        if theirs is None:
            raise self.cannot("no_word", ours, column, entry.line)
        return theirs

    def words(self, entry: Entry, text: str, column: Column) -> str:
        if not text:
            raise self.cannot("empty", text, column, entry.line)
        self.check(text, column, entry.line)
        return text

    def check(self, text: str, column: Column, line: int) -> None:
        """Refuse letters that the file cannot carry. Its length is the writer's matter."""
        if self._plain and PLAIN.fullmatch(text):
            return
        layout = self.layout
        if UNSEEN.search(text):
            raise self.cannot("unseen", UNSEEN.sub("□", text), column, line)
        if layout.format != FIXED and FORMULA.match(text):
            raise self.cannot("formula", text, column, line)
        if layout.format == CSV and not layout.quotes and (layout.delimiter in text or '"' in text):
            raise self.cannot("separator", text, column, line)
        if layout.format != EXCEL and not text.isascii():
            try:
                same = text.encode(layout.encoding).decode(layout.encoding) == text
            except UnicodeEncodeError:
                same = False
            if not same:
                raise self.cannot("character", text, column, line)

    def size(self, text: str) -> int:
        """How much room a text takes: bytes, in Excel characters."""
        if self.layout.format == EXCEL or text.isascii():
            return len(text)
        return len(text.encode("utf-8" if self.layout.encoding == "utf-8-sig" else self.layout.encoding))

    def fits(self, text: str, column: Column, line: int) -> str:
        """The same text; refuses one that is too long for its column."""
        most = column.width or self.most
        if most and len(text) * 4 > most and (size := self.size(text)) > most:
            raise self.cannot("too_long", text, column, line, size=size, width=most)
        return text

    def padded(self, column: Column) -> Callable[[str, int], bytes]:
        """How the bytes of a field of fixed width come from its text and the line it is in."""
        encoding, width, pad, number = self.layout.encoding, column.width, column.pad.encode(), column.number
        ends, padding = (bytes.endswith, bytes.ljust) if column.align == "left" else (bytes.startswith, bytes.rjust)

        def field(text: str, line: int) -> bytes:
            data = text.encode(encoding)
            if len(data) > width:
                raise self.cannot("too_long", text, column, line, size=len(data), width=width)
            if not number and ends(data, pad):
                raise self.cannot("padding", text, column, line)
            return padding(data, width, pad)

        return field

    def cannot(self, cause: str, text: str, column: Column, line: int, **values: Any) -> Refused:
        zh, en, remedy_zh, remedy_en = CANNOT[cause]
        if column.value == "account":
            text = "*" * max(len(text) - 4, 0) + text[-4:]
        where_zh = f"第 {line} 笔的" if line else "文件头尾的"
        where_en = f"line {line}, " if line else "in head or foot, "
        return refuse(
            f"bank.{cause}",
            zh="银行文件无法生成：{where_zh}{title}“{text}”" + zh + "。",
            en="The bank file cannot be made: {where_en}{title} “{text}” " + en + ".",
            remedy_zh=remedy_zh + "。",
            remedy_en=remedy_en + ".",
            where_zh=where_zh,
            where_en=where_en,
            title=column.title or column.value or column.text,
            text=text,
            encoding=self.layout.encoding,
            layout=self.layout.code,
            pad=column.pad,
            **values,
        )


def amount_of(text: str, column: Column) -> int:
    """The fen that a field says, as the column writes them; refuses what is no amount."""
    if column.amount != "fen":
        return fen(text)
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal()):
        raise refuse(
            "bank.not_fen",
            zh="“{text}”不是以分为单位的金额。",
            en="“{text}” is not an amount in fen.",
            remedy_zh="这一列只有数字；带小数点的，把格式里的 amount 改为 yuan。",
            remedy_en="The column has digits only; where there is a point, say amount: yuan in the layout.",
            text=text,
        )
    return int(plain)
