"""Bank layouts as data: policies/bank/<code>.yaml. What a layout is; `bank_layout_reader` reads and checks one.
docs/bank-layouts.md is for whoever writes a layout for their bank."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir

CSV, FIXED, EXCEL = "csv", "fixed", "excel"
FORMATS = (CSV, FIXED, EXCEL)
VALUES = ("line", "account", "holder", "amount", "programme", "month", "kind", "area", "payment")
"""What may stand in a column."""
NEEDED = ("line", "account", "holder", "amount")
"""What every file has: without one of them the bank cannot pay, or its answer cannot be matched."""
FIELDS = ("number", "sequence", "count", "total", "total_fen", "day")
"""What the texts of head, foot and file name may use."""
ANSWERS = ("line", "account", "amount", "reason", "status")
"""What the bank's answer may say of a payment."""
AMOUNTS = ("yuan", "fen", "whole_yuan")
"""1024.50 yuan as `1024.50` or `102450`; 1024.00 as `1024` (refused where there are fen)."""


@dataclass(frozen=True)
class Column:
    """One field of a record. `value`: what of the payment stands there; without it always `text`, with its {fields}."""

    title: str = ""
    value: str = ""
    text: str = ""
    width: int = 0
    """Fixed width: the bytes it takes. CSV: the bytes it may take at most; Excel: the characters. 0: any."""
    align: str = "left"
    pad: str = " "
    amount: str = "yuan"
    words: Mapping[str, str] = field(default_factory=dict)
    """The bank's words for ours (dibao → 低保金); none: ours."""

    @property
    def number(self) -> bool:
        """Whether it is a number, which zeros before it do not change and a pad must not make another of."""
        return self.value in ("line", "amount", "month", "payment") or "{" in self.text


@dataclass(frozen=True)
class Returns:
    """How the bank's answer is read: for each of our fields the titles it may stand under, or (fixed width) its place
    in the record."""

    line: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    paid: frozenset[str] = frozenset()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    columns: tuple[Column, ...] = ()
    head_lines: int = 0
    foot_lines: int = 0

    def code(self, reason: str) -> str:
        """Our word for the bank's reason; `other` where none fits."""
        return next((code for code, texts in self.codes if any(text in reason for text in texts)), "other")


Record = tuple[Column, ...]


@dataclass(frozen=True)
class Layout:
    code: str
    name: Text
    format: str
    encoding: str
    line_end: str
    delimiter: str
    quotes: bool
    """CSV: a value with the delimiter in it is quoted; else it is refused."""
    sheet: str
    file_name: str
    head: tuple[Record, ...]
    columns: Record
    foot: tuple[Record, ...]
    returns: Returns

    @property
    def media_type(self) -> str:
        return {
            CSV: "text/csv",
            FIXED: "text/plain",
            EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[self.format]

    @property
    def first_line(self) -> int:
        """How many lines stand before the first payment: the head, and but for fixed width the titles."""
        return len(self.head) + (self.format != FIXED)


def layouts() -> dict[str, Layout]:
    """All layouts of this installation, by code."""
    return {path.stem: load(path) for path in sorted((policies_dir() / "bank").glob("*.yaml"))}


def layout(code: str) -> Layout:
    """One layout; refuses an unknown code, and a file that cannot be used (naming it, the key and the remedy)."""
    path = policies_dir() / "bank" / f"{code}.yaml"
    if "/" in code or not path.is_file():
        raise refuse(
            "bank.unknown_layout",
            zh="没有银行文件格式“{code}”。",
            en="There is no bank layout “{code}”.",
            remedy_zh="可用的格式在 policies/bank/ 下：{known}。",
            remedy_en="The layouts are in policies/bank/: {known}.",
            code=code,
            known=", ".join(sorted(one.stem for one in path.parent.glob("*.yaml"))),
        )
    return load(path)


@lru_cache
def load(path: Path) -> Layout:
    """Read and check one layout file."""
    from minzheng.payments.bank_layout_reader import read

    return read(path)
