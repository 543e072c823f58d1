"""Reading the rules of a procedure for what only some cases need: kinship, evaluation meeting."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from minzheng.cases.shapes import Act, CountyVisitRule, KinshipRule, MeetingRule
from minzheng.core.errors import Text

if TYPE_CHECKING:
    from minzheng.cases.reader import Reader

SECTIONS = {"county_visit": "county_visit", "meeting": "meeting"}
"""Which section of the procedure a requirement reads."""


def kinship(reader: "Reader", row: Any, at: str) -> KinshipRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("of", "relations", "rule"), may=())
    return KinshipRule(_words(reader, row, "of", at), _words(reader, row, "relations", at), row["rule"])


def county_visit(reader: "Reader", row: Any, acts: tuple[Act, ...], at: str) -> CountyVisitRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("after", "rule"), may=())
    return CountyVisitRule(_acts(reader, row["after"], acts, f"{at}.after"), row["rule"])


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
    if not isinstance(least, int) or isinstance(least, bool) or least < 1:
        raise reader.fault(f"{at}.at_least", "最少人数须为正整数", "must be a positive number", "7")
    always = _acts(reader, row.get("always_after", ()), acts, f"{at}.always_after")
    return MeetingRule(share, least, always, _words(reader, row, "capacities", at), row["rule"])


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


def _words(reader: "Reader", row: Mapping[str, Any], key: str, at: str) -> dict[str, Text]:
    """A listed value with its words in both languages; at least one."""
    reader.mapping(row[key], f"{at}.{key}", needs=())
    if not row[key]:
        raise reader.fault(f"{at}.{key}", "至少写一项", "needs at least one entry", "{zh-Hans: …, en: …}")
    return {name: reader.words(words, f"{at}.{key}.{name}") for name, words in row[key].items()}
