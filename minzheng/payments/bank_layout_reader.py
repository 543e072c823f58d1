"""Reading a bank layout: every fault names the file, the key in it, the cause and the remedy."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Refused, refuse
from minzheng.payments.bank_layout import (
    AMOUNTS,
    ANSWERS,
    CSV,
    EXCEL,
    FIELDS,
    FIXED,
    FORMATS,
    NEEDED,
    VALUES,
    Column,
    Layout,
    Record,
    Returns,
)
from minzheng.payments.bank_layout_faults import FAULTS

ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "gb2312")
LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
ALWAYS = ("name", "format", "file_name", "columns", "returns")
OWN: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    CSV: (("encoding", "line_end", "delimiter"), ("head", "foot", "quotes")),
    FIXED: (("encoding", "line_end"), ("head", "foot")),
    EXCEL: ((), ("head", "foot", "sheet")),
}
"""Format → the keys it needs besides, and those it may have."""
WIDEST = 1000


def read(path: Path) -> Layout:
    """The layout in this file; refuses one that cannot be used."""
    return _Reader(path).layout()


class _Reader:
    """Reads one file; `at` is the key that a fault is reported for."""

    kind = CSV
    encoding = "utf-8"

    def __init__(self, path: Path) -> None:
        self.path = path

    def fault(self, at: str, code: str, known: Sequence[str] = (), **values: object) -> Refused:
        cause_zh, cause_en, do_zh, do_en = (
            text.format(known=joint.join(known), **values)
            for text, joint in zip(FAULTS[code], ("、", ", ") * 2, strict=True)
        )
        return refuse(
            "bank.bad_layout",
            zh="银行文件格式 {file} 不能使用：{at}{cause_zh}。",
            en="The bank layout {file} cannot be used: {at}{cause_en}.",
            remedy_zh="{do_zh}。写法见 docs/bank-layouts.md。",
            remedy_en="{do_en}. docs/bank-layouts.md shows how it is written.",
            file=self.path.name,
            at=f"{at} " if at else "",
            cause_zh=cause_zh,
            cause_en=cause_en,
            do_zh=do_zh,
            do_en=do_en,
        )

    def layout(self) -> Layout:
        data = self.data()
        self.kind = self.choice(data.get("format"), "format", FORMATS)
        needs, may = OWN[self.kind]
        self.keys(data, "", needs=(*ALWAYS, *needs), may=may)
        self.encoding = self.choice(data.get("encoding", "utf-8"), "encoding", ENCODINGS)
        if self.kind == FIXED and self.encoding == "utf-8-sig":
            raise self.fault("encoding", "byte_order_mark")
        head, foot = (self.records(data.get(part) or [], part) for part in ("head", "foot"))
        columns = self.columns(data["columns"], "columns", VALUES)
        missing = [value for value in NEEDED if value not in {column.value for column in columns}]
        if missing:
            raise self.fault("columns", "incomplete", value=missing[0])
        return Layout(
            code=self.path.stem,
            name=self.name(data["name"]),
            format=self.kind,
            encoding=self.encoding,
            line_end=LINE_ENDS[self.choice(data.get("line_end", "crlf"), "line_end", tuple(LINE_ENDS))],
            delimiter=self.delimiter(data.get("delimiter", ",")),
            quotes=bool(data.get("quotes", True)),
            sheet=self.sheet(str(data.get("sheet", "Sheet1"))),
            file_name=self.file_name(data["file_name"]),
            head=head,
            columns=columns,
            foot=foot,
            returns=self.returns(data["returns"]),
        )

    def data(self) -> dict[str, Any]:
        try:
            data = yaml.safe_load(self.path.read_text(encoding="utf-8-sig"))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            raise self.fault("", "yaml", detail=" ".join(str(error).split())) from error
        if not isinstance(data, dict):
            raise self.fault("", "empty")
        return data

    def keys(self, data: Any, at: str, *, needs: Sequence[str], may: Sequence[str]) -> None:
        known = (*needs, *may)
        if not isinstance(data, dict):
            raise self.fault(at, "no_keys", known)
        dot = f"{at}." if at else ""
        for key in data:
            if key not in known:
                raise self.fault(f"{dot}{key}", "unknown_key", known)
        for key in needs:
            if data.get(key) is None:
                raise self.fault(f"{dot}{key}", "missing")

    def choice(self, value: Any, at: str, known: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise self.fault(at, "not_known", known, value=value)
        return value

    def name(self, value: Any) -> dict[str, str]:
        self.keys(value, "name", needs=("zh-Hans", "en"), may=())
        return {language: str(text) for language, text in value.items()}

    def delimiter(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) != 1 or not (value == "\t" or value.isprintable()) or value == '"':
            raise self.fault("delimiter", "delimiter")
        return value

    def sheet(self, value: str) -> str:
        if not 1 <= len(value) <= 31 or any(letter in "[]:*?/\\" for letter in value):
            raise self.fault("sheet", "sheet", value=value)
        return value

    def file_name(self, value: Any) -> str:
        text = self.text(value, "file_name")
        if any(letter in '/\\:*?"<>|' for letter in text) or not ("{sequence}" in text or "{number}" in text):
            raise self.fault("file_name", "file_name", value=text)
        return text

    def text(self, value: Any, at: str) -> str:
        """A text with {fields}; refuses an unknown field, and a character that the encoding does not have."""
        text = str(value)
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError:
            parts = [("", "{", "", None)]
        for _literal, name, spec, conversion in parts:
            if name is not None and (name not in FIELDS or spec or conversion):
                raise self.fault(at, "field", [f"{{{one}}}" for one in FIELDS], value=text, name=name)
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise self.fault(at, "encoding", value=text, encoding=self.encoding) from error
        if any(ord(letter) < 32 for letter in text):
            raise self.fault(at, "control")
        return text

    def records(self, lines: Any, at: str) -> tuple[Record, ...]:
        if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
            raise self.fault(at, "no_lines")
        return tuple(
            tuple(self.cell(cell, f"{at}[{i}][{j}]") for j, cell in enumerate(line)) for i, line in enumerate(lines)
        )

    def cell(self, value: Any, at: str) -> Column:
        """A field of head or foot: a text, in fixed width with its width."""
        if not isinstance(value, dict) and self.kind != FIXED:
            return Column(text=self.text(value, at))
        self.keys(value, at, needs=("text",), may=("width", "align", "pad", "title"))
        title = self.text(value.get("title", ""), f"{at}.title")
        return self.placed(value, at, Column(title=title, text=self.text(value["text"], f"{at}.text")))

    def columns(self, rows: Any, at: str, values: Sequence[str]) -> Record:
        if not isinstance(rows, list) or not rows:
            raise self.fault(at, "no_columns")
        columns = tuple(self.column(row, f"{at}[{i}]", values) for i, row in enumerate(rows))
        for part in ("value", "title"):
            given = [getattr(column, part) for column in columns]
            for i, one in enumerate(given):
                if one and one in given[:i]:
                    raise self.fault(f"{at}[{i}].{part}", "twice", value=one)
        return columns

    def column(self, row: Any, at: str, values: Sequence[str]) -> Column:
        self.keys(row, at, needs=(), may=("title", "value", "text", "width", "align", "pad", "amount", "words"))
        if ("value" in row) == ("text" in row):
            raise self.fault(at, "value_or_text", values)
        if self.kind != FIXED and not row.get("title"):
            raise self.fault(f"{at}.title", "missing")
        words = row.get("words", {})
        if not isinstance(words, dict):
            raise self.fault(f"{at}.words", "no_keys", ("dibao: 低保金",))
        if words and row.get("value") not in ("programme", "kind"):
            raise self.fault(f"{at}.words", "words")
        column = Column(
            title=self.text(row.get("title", ""), f"{at}.title"),
            value=self.choice(row["value"], f"{at}.value", values) if "value" in row else "",
            text=self.text(row.get("text", ""), f"{at}.text"),
            amount=self.choice(row.get("amount", "yuan"), f"{at}.amount", AMOUNTS),
            words={str(ours): self.text(theirs, f"{at}.words.{ours}") for ours, theirs in words.items()},
        )
        return self.placed(row, at, column)

    def placed(self, row: Mapping[str, Any], at: str, column: Column) -> Column:
        """The same column with its width, side and pad."""
        width, pad = row.get("width", 0), str(row.get("pad", " "))
        align = self.choice(row.get("align", "left"), f"{at}.align", ("left", "right"))
        if type(width) is not int or not 0 <= width <= WIDEST or (self.kind == FIXED and not width):
            raise self.fault(f"{at}.width", "width", value=width)
        if len(pad) != 1 or not " " <= pad <= "~":
            raise self.fault(f"{at}.pad", "pad", value=pad)
        if column.number and not (pad == " " or (pad == "0" and align == "right")):
            raise self.fault(f"{at}.pad", "pads_number", value=pad)
        return replace(column, width=width, align=align, pad=pad)

    def returns(self, data: Any) -> Returns:
        self.keys(
            data, "returns", needs=("paid", "codes"), may=(*ANSWERS, "columns", "head_lines", "foot_lines")
        )  # fmt: skip
        placed = data.get("columns")
        if placed is not None and self.kind != FIXED:
            raise self.fault("returns.columns", "fixed_only")
        columns = self.columns(placed, "returns.columns", ANSWERS) if placed is not None else ()
        titles = {part: self.texts(data.get(part) or [], f"returns.{part}") for part in ANSWERS}
        for part in ("line", "reason"):
            if not titles[part] and part not in {column.value for column in columns}:
                raise self.fault(f"returns.{part}", "missing")
        if not isinstance(data["codes"], list):
            raise self.fault("returns.codes", "no_list")
        return Returns(
            **titles,
            paid=frozenset(self.texts(data["paid"], "returns.paid")),
            codes=tuple(self.code(row, f"returns.codes[{i}]") for i, row in enumerate(data["codes"])),
            columns=columns,
            head_lines=self.lines(data, "head_lines"),
            foot_lines=self.lines(data, "foot_lines"),
        )

    def lines(self, data: Mapping[str, Any], key: str) -> int:
        value = data.get(key, 0)
        if type(value) is not int or value < 0:
            raise self.fault(f"returns.{key}", "lines", value=value)
        return value

    def texts(self, value: Any, at: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self.fault(at, "no_list")
        return tuple(str(one) for one in value)

    def code(self, row: Any, at: str) -> tuple[str, tuple[str, ...]]:
        self.keys(row, at, needs=("code", "contains"), may=())
        return str(row["code"]), self.texts(row["contains"], f"{at}.contains")
