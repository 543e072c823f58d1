"""The shared vocabulary of facts (policies/facts.yaml): what may be known of a person or a household, and its type."""

import datetime as dt
from functools import lru_cache
from typing import Any

import yaml

from minzheng.core.errors import Text, pick, refuse
from minzheng.core.files import policies_dir
from minzheng.core.money import format_yuan

KINDS = {"money": int, "int": int, "rate": str, "bool": bool, "date": str, "code": str}
"""How a fact of each type is stored as JSON: money in fen, a rate and a date as text."""


@lru_cache
def load() -> dict[str, dict[str, Any]]:
    """The entries by name."""
    return dict(yaml.safe_load((policies_dir() / "facts.yaml").read_text(encoding="utf-8")))


def label(name: str) -> Text:
    """The words for a fact."""
    entry = load().get(name)
    return entry["label"] if entry else {"zh-Hans": name, "en": name}


def derived(name: str) -> bool:
    """Whether nobody records it: it comes from the register."""
    return "derived" in load().get(name, {})


def said(name: str, value: Any, language: str = "zh-Hans") -> str:
    """A value of a fact in words: money in yuan, yes or no, a code by its label."""
    chinese = language.startswith("zh")
    entry = load().get(name, {})
    if value is None:
        return "未登记" if chinese else "not entered"
    if entry.get("type") == "money":
        return f"{format_yuan(value)}元" if chinese else f"{format_yuan(value)} yuan"
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    labels = entry.get("values")
    label = labels.get(value) if isinstance(labels, dict) else None
    return pick(label, language) if isinstance(label, dict) else str(value)


def check(name: str, value: Any, of: str) -> None:
    """Refuse a fact that the vocabulary does not know, of the wrong party, or of the wrong type."""
    entry = load().get(name)
    if entry is None:
        raise refuse(
            "fact.unknown",
            zh="事实词表里没有“{name}”。",
            en="The vocabulary has no fact “{name}”.",
            remedy_zh="可用的名称见 policies/facts.yaml。",
            remedy_en="The names are in policies/facts.yaml.",
            name=name,
        )
    wanted = KINDS[entry["type"]]
    right = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    if right and entry["type"] == "date":
        right = _is_date(value)
    if entry["type"] == "code" and entry.get("values"):
        right = right and value in entry["values"]
    if right and entry["type"] in ("money", "int"):
        _check_bounds(entry, value)
    if entry["of"] not in (of, "any") or not right:
        raise refuse(
            "fact.wrong_type",
            zh="“{label}”应填{type}（属于{of}），收到的是 {value!r}。",
            en="“{label}” takes a value of type {type} (of a {of}), not {value!r}.",
            remedy_zh="金额以分为整数，日期写成 2025-06-18，代码限于：{codes}。",
            remedy_en="Money is an integer of fen, a date is written 2025-06-18, a code is one of: {codes}.",
            codes=", ".join(map(str, entry.get("values") or [])) or "—",
            label=entry["label"]["zh-Hans"],
            type=entry["type"],
            of=entry["of"],
            value=value,
        )


def _check_bounds(entry: dict[str, Any], value: int) -> None:
    """The vocabulary's own bounds, which are in yuan for money."""
    unit = 100 if entry["type"] == "money" else 1
    lowest, highest = entry.get("min"), entry.get("max")
    if (lowest is not None and value < int(lowest) * unit) or (highest is not None and value > int(highest) * unit):
        raise refuse(
            "fact.bounds",
            zh="“{label}”应在 {lowest} 与 {highest} 之间。",
            en="“{label}” lies between {lowest} and {highest}.",
            remedy_zh="请核对后重填，金额以元计。",
            remedy_en="Check it and enter it again; amounts are in yuan.",
            label=entry["label"]["zh-Hans"],
            lowest=lowest if lowest is not None else "-",
            highest=highest if highest is not None else "-",
        )


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True
