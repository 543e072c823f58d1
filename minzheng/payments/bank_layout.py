"""Bank layouts as data: policies/bank/<code>.yaml, checked when they are loaded."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir

VALUES = ("line", "account", "holder", "amount", "programme", "month", "kind", "area", "payment")
"""What may stand in a column."""
FIELDS = ("number", "sequence", "count", "total", "day")
"""What the texts of head, foot and file name may use."""


@dataclass(frozen=True)
class Column:
    title: str
    value: str


@dataclass(frozen=True)
class Returns:
    """How the bank's answer is read: for each of our fields the titles it may stand under."""

    line: tuple[str, ...]
    account: tuple[str, ...]
    amount: tuple[str, ...]
    reason: tuple[str, ...]
    status: tuple[str, ...]
    paid: frozenset[str]
    codes: tuple[tuple[str, tuple[str, ...]], ...]

    def code(self, reason: str) -> str:
        """Our word for the bank's reason; `other` where none fits."""
        return next((code for code, texts in self.codes if any(text in reason for text in texts)), "other")


@dataclass(frozen=True)
class Layout:
    code: str
    name: Text
    encoding: str
    delimiter: str
    line_end: str
    file_name: str
    head: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    foot: tuple[tuple[str, ...], ...]
    returns: Returns


def layouts() -> dict[str, Layout]:
    """All layouts of this installation, by code."""
    return {path.stem: layout(path.stem) for path in sorted((policies_dir() / "bank").glob("*.yaml"))}


def layout(code: str) -> Layout:
    """One layout; refuses an unknown code, and a file that cannot be used (naming it, the place and the cause)."""
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
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _read(path.stem, data)
    except (KeyError, TypeError, ValueError, LookupError, yaml.YAMLError) as error:
        raise refuse(
            "bank.bad_layout",
            zh="银行文件格式 {file} 不能使用：{cause}。",
            en="The bank layout {file} cannot be used: {cause}.",
            remedy_zh="请对照 policies/bank/one_card.yaml 改正。",
            remedy_en="Compare it with policies/bank/one_card.yaml and correct it.",
            file=path.name,
            cause=f"{type(error).__name__} {error}",
        ) from error


def _read(code: str, data: dict[str, Any]) -> Layout:
    if data["format"] != "csv":
        raise ValueError(f"format: {data['format']} (known: csv)")
    "".encode(data["encoding"])
    columns = tuple(Column(one["title"], one["value"]) for one in data["columns"])
    for column in columns:
        if column.value not in VALUES:
            raise ValueError(f"columns: {column.value} (known: {', '.join(VALUES)})")
    for needed in ("line", "account", "holder", "amount"):
        if needed not in [column.value for column in columns]:
            raise ValueError(f"columns: {needed} is missing")
    head, foot = (tuple(tuple(map(str, line)) for line in data[part]) for part in ("head", "foot"))
    for text in (data["file_name"], *(text for line in (*head, *foot) for text in line)):
        text.format(**dict.fromkeys(FIELDS, ""))
    returns = data["returns"]
    return Layout(
        code=code,
        name=data["name"],
        encoding=data["encoding"],
        delimiter=data["delimiter"],
        line_end={"crlf": "\r\n", "lf": "\n"}[data["line_end"]],
        file_name=data["file_name"],
        head=head,
        columns=columns,
        foot=foot,
        returns=Returns(
            **{part: tuple(returns[part]) for part in ("line", "account", "amount", "reason", "status")},
            paid=frozenset(returns["paid"]),
            codes=tuple((one["code"], tuple(one["contains"])) for one in returns["codes"]),
        ),
    )
