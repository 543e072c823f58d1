"""A township's published year-end figures: the file, read exactly and checked.

Numbers are read as they are written, never through a float: money in yuan with at most two decimals becomes integer
fen, mu with at most two decimals become hundredths. Everything that is wrong is said at once, with its place.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Refused

KINDS = ("rainstorm", "drought", "wind_hail", "typhoon", "earthquake", "landslide", "snow_frost", "other")
DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Stock:
    """Households and the people in them."""

    households: int
    persons: int


@dataclass(frozen=True)
class Dibao:
    """Who came, who went, who was there at the end, and what they were paid (fen)."""

    added: Stock
    removed: Stock
    year_end: Stock
    paid: int

    @property
    def opening(self) -> Stock:
        """In force when the year began: what is not in the file but follows from it."""
        return Stock(
            self.year_end.households - self.added.households + self.removed.households,
            self.year_end.persons - self.added.persons + self.removed.persons,
        )


@dataclass(frozen=True)
class Line:
    """Distinct people (or households) and what they were paid, or the value of the goods (fen)."""

    number: int
    paid: int


@dataclass(frozen=True)
class Medical:
    persons: int
    paid: int
    until: tuple[int, int]
    """Month and day up to which settlements count."""


@dataclass(frozen=True)
class Disaster:
    month: int
    kind: str
    crops_hundredths_mu: int
    collapsed: int
    """Households whose houses collapsed; each has applied for the rebuilding grant."""


@dataclass(frozen=True)
class LeftBehind:
    children: int
    women: int
    elderly: int


@dataclass(frozen=True)
class Figures:
    """All the figures of a file. Money is fen."""

    dibao: Dibao
    festival_goods: Line
    temporary_cash: Line
    medical: Medical
    old_age: Line
    retrenched: Line
    disaster: Disaster
    new_in_homes: int
    dispersed: Line
    left_behind: LeftBehind
    special_care: Line
    conscripts: Line
    army_day_gifts: int
    next_year: tuple[str, ...]


STOCK = {"households": "count", "persons": "count"}
SHAPE: dict[str, Any] = {
    "assistance": {
        "dibao_rural": {"added": STOCK, "removed": STOCK, "year_end": STOCK, "paid": "money"},
        "temporary_assistance": {
            "spring_festival_in_kind": {"households": "count", "value": "money"},
            "cash": {"households": "count", "paid": "money"},
        },
        "medical_assistance": {"persons": "count", "paid": "money", "until": "day"},
        "old_age_allowance": {"persons": "count", "paid": "money"},
        "retrenched_workers": {"persons": "count", "paid": "money"},
    },
    "disaster": {
        "month": "month",
        "kind": "kind",
        "crops_affected_mu": "mu",
        "households_with_collapsed_houses": "count",
    },
    "welfare": {
        "tekun": {"new_in_homes": "count", "dispersed": {"persons": "count", "paid": "money"}},
        "left_behind": {"children": "count", "women": "count", "elderly": "count"},
    },
    "veterans": {
        "special_care": {"persons": "count", "paid": "money"},
        "conscript_families": {"conscripts": "count", "paid": "money"},
        "army_day_gifts": "money",
    },
    "next_year": "texts",
}
"""The form of the file: what stands where. Every key is needed and no other is known."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file: where it stands and what it is."""

    place: str
    line: int
    zh: str
    en: str


def load_figures(path: Path | str) -> Figures:
    """Read and check a figures file. Refuses (`figures.unreadable`, `figures.invalid`) with every fault."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from error
    return parse_figures(text, name=path.name)


def parse_figures(text: str, *, name: str = "figures") -> Figures:
    """The same from text."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _unreadable(name, str(error)) from error
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    _walk(root, SHAPE, "", values, problems)
    if problems:
        raise _invalid(name, problems)
    figures = _build(values)
    problems = check(figures)
    if problems:
        raise _invalid(name, problems)
    return figures


def check(figures: Figures) -> list[Problem]:
    """What contradicts itself in figures that are each well-formed."""
    found: list[Problem] = []

    def wrong(place: str, zh: str, en: str) -> None:
        found.append(Problem(place, 0, zh, en))

    dibao, place = figures.dibao, "assistance.dibao_rural"
    for name, stock in (("added", dibao.added), ("removed", dibao.removed), ("year_end", dibao.year_end)):
        _check_stock(f"{place}.{name}", stock, wrong)
    opening = dibao.opening
    for what_zh, what_en, number in (("户", "households", opening.households), ("人", "persons", opening.persons)):
        if number < 0:
            wrong(
                f"{place}.year_end.{what_en}",
                f"年末数减新增数加退出数得年初 {number} {what_zh}，不能为负",
                f"year_end - added + removed makes an opening of {number} {what_en}, below zero",
            )
    if opening.households >= 0 and opening.persons >= 0:
        _check_stock(f"{place} (year_end - added + removed)", opening, wrong)
    lines = [
        ("assistance.temporary_assistance.spring_festival_in_kind", figures.festival_goods),
        ("assistance.temporary_assistance.cash", figures.temporary_cash),
        ("assistance.medical_assistance", Line(figures.medical.persons, figures.medical.paid)),
        ("assistance.old_age_allowance", figures.old_age),
        ("assistance.retrenched_workers", figures.retrenched),
        ("welfare.tekun.dispersed", figures.dispersed),
        ("veterans.special_care", figures.special_care),
        ("veterans.conscript_families", figures.conscripts),
    ]
    for place, line in lines:
        if line.number and not line.paid:
            wrong(place, f"有 {line.number} 个对象却没有金额", f"{line.number} recipients but nothing paid")
        if line.paid and not line.number:
            wrong(place, "有金额却没有对象", "money was paid but to nobody")
    return found


def _check_stock(place: str, stock: Stock, wrong: Any) -> None:
    if stock.persons < stock.households:
        wrong(
            place,
            f"{stock.households} 户至少有 {stock.households} 人，却写着 {stock.persons} 人",
            f"{stock.households} households have at least {stock.households} persons, not {stock.persons}",
        )
    if stock.persons and not stock.households:
        wrong(place, f"{stock.persons} 人却没有一户", f"{stock.persons} persons in no household")


def _walk(node: yaml.Node | None, shape: Any, place: str, values: dict[str, Any], problems: list[Problem]) -> None:
    line = node.start_mark.line + 1 if node is not None else 1
    if not isinstance(shape, dict):
        assert node is not None
        _leaf(node, shape, place, line, values, problems)
        return
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(place, line, f"应包含：{'、'.join(shape)}", f"must have the keys {', '.join(shape)}"))
        return
    seen: set[str] = set()
    for key_node, child in node.value:
        key, at = str(key_node.value), key_node.start_mark.line + 1
        here = f"{place}.{key}" if place else key
        if key not in shape:
            problems.append(
                Problem(here, at, f"不认识的项（可用：{'、'.join(shape)}）", f"unknown key (known: {', '.join(shape)})")
            )
        elif key in seen:
            problems.append(Problem(here, at, "重复", "stands twice"))
        else:
            _walk(child, shape[key], here, values, problems)
        seen.add(key)
    for key in shape:
        if key not in seen:
            problems.append(Problem(f"{place}.{key}" if place else key, line, "缺少此项", "is missing"))


def _leaf(node: yaml.Node, kind: str, place: str, line: int, values: dict[str, Any], problems: list[Problem]) -> None:
    if kind == "texts":
        if isinstance(node, yaml.SequenceNode) and all(isinstance(n, yaml.ScalarNode) and n.value for n in node.value):
            values[place] = tuple(str(item.value) for item in node.value)
        else:
            problems.append(Problem(place, line, "应为文字的列表", "must be a list of texts"))
        return
    text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
    try:
        values[place] = _READERS[kind](text)
    except ValueError as error:
        zh, en = error.args
        problems.append(Problem(place, line, f"{zh}，写的是“{text}”", f"{en}, not “{text}”"))


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,7}", text):
        raise ValueError("应为不小于 0 的整数", "must be a whole number from 0 up")
    return int(text)


def _hundredths(text: str) -> int:
    if not (match := re.fullmatch(r"(\d{1,11})(?:\.(\d{1,2}))?", text)):
        raise ValueError("应为不小于 0、最多两位小数的数", "must be a number from 0 up with at most two decimals")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _month(text: str) -> int:
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise ValueError("应为 1 到 12 的月份", "must be a month from 1 to 12")
    return int(text)


def _day(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= DAYS_IN_MONTH[int(match[1]) - 1]:
        raise ValueError("应为“月-日”，如 10-31", "must be month-day, like 10-31")
    return int(match[1]), int(match[2])


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"应为下列之一：{'、'.join(KINDS)}", f"must be one of {', '.join(KINDS)}")
    return text


_READERS: dict[str, Any] = {
    "count": _count,
    "money": _hundredths,
    "mu": _hundredths,
    "month": _month,
    "day": _day,
    "kind": _kind,
}


def _build(values: dict[str, Any]) -> Figures:
    def stock(place: str) -> Stock:
        return Stock(values[f"{place}.households"], values[f"{place}.persons"])

    def line(place: str, number: str = "persons", paid: str = "paid") -> Line:
        return Line(values[f"{place}.{number}"], values[f"{place}.{paid}"])

    dibao, temporary = "assistance.dibao_rural", "assistance.temporary_assistance"
    medical, left = "assistance.medical_assistance", "welfare.left_behind"
    return Figures(
        dibao=Dibao(
            stock(f"{dibao}.added"), stock(f"{dibao}.removed"), stock(f"{dibao}.year_end"), values[f"{dibao}.paid"]
        ),
        festival_goods=line(f"{temporary}.spring_festival_in_kind", "households", "value"),
        temporary_cash=line(f"{temporary}.cash", "households"),
        medical=Medical(values[f"{medical}.persons"], values[f"{medical}.paid"], values[f"{medical}.until"]),
        old_age=line("assistance.old_age_allowance"),
        retrenched=line("assistance.retrenched_workers"),
        disaster=Disaster(
            values["disaster.month"],
            values["disaster.kind"],
            values["disaster.crops_affected_mu"],
            values["disaster.households_with_collapsed_houses"],
        ),
        new_in_homes=values["welfare.tekun.new_in_homes"],
        dispersed=line("welfare.tekun.dispersed"),
        left_behind=LeftBehind(values[f"{left}.children"], values[f"{left}.women"], values[f"{left}.elderly"]),
        special_care=line("veterans.special_care"),
        conscripts=line("veterans.conscript_families", "conscripts"),
        army_day_gifts=values["veterans.army_day_gifts"],
        next_year=values["next_year"],
    )


def _unreadable(name: object, detail: str) -> Refused:
    return Refused(
        "figures.unreadable",
        {"zh-Hans": "数据文件 {name} 无法读取：{detail}", "en": "The figures file {name} cannot be read: {detail}"},
        {"zh-Hans": "请检查路径和 YAML 格式。", "en": "Check its path and that it is YAML."},
        {"name": name, "detail": detail},
    )


def _invalid(name: str, problems: list[Problem]) -> Refused:
    def listed(language: str) -> str:
        rows = []
        for problem in problems:
            at = (
                (f"（第 {problem.line} 行）" if language == "zh" else f" (line {problem.line})") if problem.line else ""
            )
            rows.append(f"{problem.place}{at}: {problem.zh if language == 'zh' else problem.en}")
        return ("；" if language == "zh" else "; ").join(rows)

    return Refused(
        "figures.invalid",
        {"zh-Hans": "数据文件 {name} 有误：{faults_zh}。", "en": "The figures file {name} is wrong: {faults_en}."},
        {"zh-Hans": "请改正后重新运行。", "en": "Correct it and run again."},
        {"name": name, "faults_zh": listed("zh"), "faults_en": listed("en")},
    )
