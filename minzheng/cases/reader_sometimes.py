"""Reading the rules of a procedure for what only some cases need: kinship, the county's own visit, evaluation meetings,
hearings, proof of service."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from minzheng.cases.shapes import (
    ROLL_OVERS,
    Act,
    CountyVisitRule,
    CoverageRule,
    DrawRule,
    HearingRule,
    KinshipRule,
    Manner,
    MeetingRule,
    Pause,
    ServiceRule,
)
from minzheng.core.errors import Text

if TYPE_CHECKING:
    from minzheng.cases.reader import Reader

SECTIONS = {
    "county_visit": "county_visit",
    "meeting": "meeting",
    "heard": "hearing",
    "unserved": "service",
    "ineligible_or_conference": "conference",
    "requested": "verification",
    "unrequested": "verification",
    "verified": "verification",
    "undisputed": "verification",
}
"""Which section of the procedure a requirement reads."""


def kinship(reader: "Reader", row: Any, at: str) -> KinshipRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("of", "relations", "rule"), may=())
    return KinshipRule(_words(reader, row, "of", at), _words(reader, row, "relations", at), row["rule"])


def county_visit(reader: "Reader", row: Any, acts: tuple[Act, ...], at: str) -> CountyVisitRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("after", "rule"), may=("draw",))
    draw = _draw(reader, row["draw"], acts, f"{at}.draw") if row.get("draw") else None
    return CountyVisitRule(_acts(reader, row["after"], acts, f"{at}.after"), row["rule"], draw)


def _draw(reader: "Reader", row: Any, acts: tuple[Act, ...], at: str) -> DrawRule:
    reader.mapping(row, at, needs=("share", "at", "rule"), may=())
    percent = str(row["share"])
    try:
        share = Fraction(percent.removesuffix("%")) / 100
    except ValueError:
        share = Fraction(0)
    if not percent.endswith("%") or not 0 < share <= 1:
        raise reader.fault(
            f"{at}.share", "抽查比例须写成 0 到 100 之间的百分数", "must be a percentage up to 100%", "30%"
        )
    return DrawRule(share, _acts(reader, row["at"], acts, f"{at}.at"), row["rule"])


def meeting(reader: "Reader", row: Any, acts: tuple[Act, ...], at: str) -> MeetingRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("representatives", "capacities", "rule"), may=("at_least", "always_after"))
    try:
        share = Fraction(str(row["representatives"]))
    except (ValueError, ZeroDivisionError):
        share = Fraction(2)
    if not 0 <= share <= 1:
        raise reader.fault(
            f"{at}.representatives", "代表所占比例须是 0 到 1 之间的分数", "must be a fraction from 0 to 1", "2/3"
        )
    least = row.get("at_least", 1)
    _count(reader, least, f"{at}.at_least", least=1)
    always = _acts(reader, row.get("always_after", ()), acts, f"{at}.always_after")
    return MeetingRule(share, least, always, _words(reader, row, "capacities", at), row["rule"])


def conference(reader: "Reader", row: Any, at: str) -> MeetingRule | None:
    """Like an evaluation meeting, without representatives."""
    if row is None:
        return None
    reader.mapping(row, at, needs=("at_least", "capacities", "rule"), may=())
    _count(reader, row["at_least"], f"{at}.at_least", least=2)
    capacities = _words(reader, row, "capacities", at)
    name = {"zh-Hans": "一事一议", "en": "case conference"}
    return MeetingRule(Fraction(0), row["at_least"], (), capacities, row["rule"], name)


def coverage(reader: "Reader", row: Any, at: str) -> CoverageRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("alone", "reasons", "rule"), may=())
    return CoverageRule(str(row["alone"]), _words(reader, row, "reasons", at), row["rule"])


def hearing(reader: "Reader", entry: Mapping[str, Any], at: str) -> HearingRule | None:
    row = entry.get("hearing")
    if row is None:
        return None
    reader.mapping(row, at, needs=("not_for", "rule"), may=())
    return HearingRule(_reasons(reader, row["not_for"], entry, f"{at}.not_for"), row["rule"])


def service(reader: "Reader", entry: Mapping[str, Any], at: str) -> ServiceRule | None:
    row = entry.get("service")
    if row is None:
        return None
    reader.mapping(
        row, at, needs=("manners", "reconsideration_days", "court_months", "roll_over", "rule"), may=("not_for",)
    )
    for key in ("reconsideration_days", "court_months"):
        _count(reader, row[key], f"{at}.{key}", least=1)
    if row["roll_over"] not in ROLL_OVERS:
        raise reader.fault(f"{at}.roll_over", "未知的顺延规则", "is no known rule", ROLL_OVERS)
    manners = _words(reader, row, "manners", at, "label")
    for name, one in row["manners"].items():
        reader.mapping(one, f"{at}.manners.{name}", needs=("label",), may=("witness", "days"))
        _count(reader, one.get("days", 0), f"{at}.manners.{name}.days", least=0)
    return ServiceRule(
        {
            name: Manner(label, bool(row["manners"][name].get("witness")), row["manners"][name].get("days", 0))
            for name, label in manners.items()
        },
        row["reconsideration_days"],
        row["court_months"],
        row["roll_over"],
        _reasons(reader, row.get("not_for", ()), entry, f"{at}.not_for"),
        row["rule"],
    )


def pauses(reader: "Reader", rows: Any, acts: tuple[Act, ...], at: str) -> tuple[Pause, ...]:
    found = []
    for name, row in (rows or {}).items():
        place = f"{at}.{name}"
        reader.mapping(row, place, needs=("from", "until", "working_days", "rule"), may=("warn",))
        since, until = _acts(reader, (row["from"], row["until"]), acts, place)
        _count(reader, row["working_days"], f"{place}.working_days", least=1)
        found.append(Pause(since, until, row["working_days"], row["rule"], row.get("warn", 1)))
    return tuple(found)


def check(reader: "Reader", entry: Mapping[str, Any], acts: tuple[Act, ...], at: str) -> None:
    """A requirement that reads a section of the file needs that section."""
    for act in acts:
        for requirement in act.requires:
            section = SECTIONS.get(requirement)
            if section and not entry.get(section):
                raise reader.fault(
                    f"{at}.{section}",
                    f"动作“{act.name}”要求 {requirement}，而没有此项规则",
                    f"is missing, yet the act “{act.name}” requires {requirement}",
                    f"{section}: …",
                )


def _acts(reader: "Reader", names: Any, acts: tuple[Act, ...], at: str) -> tuple[str, ...]:
    known = {act.act for act in acts}
    if unknown := set(names) - known:
        word = min(unknown)
        raise reader.fault(at, f"没有动作“{word}”", f"there is no act “{word}”", sorted(known))
    return tuple(names)


def _reasons(reader: "Reader", names: Any, entry: Mapping[str, Any], at: str) -> tuple[str, ...]:
    known = entry.get("reasons") or {}
    if unknown := set(names) - set(known):
        word = min(unknown)
        raise reader.fault(at, f"没有事由“{word}”", f"there is no reason “{word}”", sorted(known))
    return tuple(names)


def _count(reader: "Reader", value: Any, at: str, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise reader.fault(
            at, f"须是不小于 {least} 的整数", f"must be a whole number of at least {least}", str(max(least, 7))
        )


def _words(reader: "Reader", row: Mapping[str, Any], key: str, at: str, label: str = "") -> dict[str, Text]:
    """Listed values, each with its words in both languages (or under `label`); at least one."""
    reader.mapping(row[key], f"{at}.{key}", needs=())
    if not row[key]:
        raise reader.fault(f"{at}.{key}", "至少写一项", "needs at least one entry", "{zh-Hans: …, en: …}")
    return {
        name: reader.words((words or {}).get(label) if label else words, f"{at}.{key}.{name}")
        for name, words in row[key].items()
    }
