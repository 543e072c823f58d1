"""What `minzheng policy check` can say: every remark by its code, how serious it is, and its words."""

from dataclasses import dataclass
from enum import StrEnum

from minzheng.policy.errors import PolicyError


class Level(StrEnum):
    """grave: the file cannot be used. warning: the check fails. remark: worth knowing, nothing fails."""

    GRAVE = "grave"
    WARNING = "warning"
    REMARK = "remark"


@dataclass(frozen=True)
class Remark:
    """Something a policy officer should see to: where, and what, by language."""

    code: str
    level: Level
    file: str
    line: int
    name: str
    zh: str
    en: str

    @property
    def where(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.name}".strip()

    def as_dict(self) -> dict[str, object]:
        return {
            **{"level": str(self.level), "code": self.code, "file": self.file, "line": self.line, "name": self.name},
            **{"zh-Hans": self.zh, "en": self.en},
        }


REMARKS: dict[str, tuple[Level, str, str]] = {
    # ---- what a formula lacks
    "no_basis": (Level.WARNING, "没有自己的依据（basis）", "has no basis of its own"),
    "no_mark": (Level.REMARK, "依据“{title}”没有标明是否见过原文（mark）", "the basis “{title}” has no mark"),
    "no_label": (Level.REMARK, "没有说明（label）", "has no label"),
    "no_otherwise": (
        Level.REMARK,
        "没有写不符合时的说法（otherwise）",
        "does not say what it means when it is unmet (otherwise)",
    ),
    "no_timing": (Level.REMARK, "没有写发放时间（timing）", "timing is missing"),
    "negative": (
        Level.WARNING,
        "按事实的范围，金额可能为负；请用 max(…, 0)",
        "within the bounds of the facts the amount may be negative: use max(…, 0)",
    ),
    # ---- declarations
    "unused_fact": (Level.WARNING, "声明了，但没有公式用到", "is declared but no formula uses it"),
    "unused_rate": (Level.WARNING, "声明了，但没有公式用到", "is declared but no formula uses it"),
    "no_values": (Level.REMARK, "没有列出取值", "does not list its values"),
    "fact_of_none": (Level.REMARK, "词汇表里有，但没有项目用到", "is in the vocabulary, but no programme uses it"),
    # ---- entries of rates
    "no_source": (Level.WARNING, "没有来源（source）", "has no source"),
    "before_first": (
        Level.REMARK,
        "有 {count} 条（最早从 {since} 起）早于用到它的第一个版本（{first}），从那天起才用得上",
        "has {count} entries (the earliest from {since}) before the first version that uses it ({first}); they count "
        "from that day only",
    ),
    # ---- gaps
    "no_entry": (
        Level.WARNING,
        "从 {first} 起的版本要用，但一条也没有；由各地自定的，请写明 {name}: []",
        "is used by the version from {first}, but there is no entry; where each place sets its own write {name}: []",
    ),
    "late_start": (
        Level.REMARK,
        "版本从 {first} 起，最早的一条从 {since} 起；此前各月无标准可用",
        "the version starts on {first}, the earliest entry on {since}; the months before have no value",
    ),
    "lost": (
        Level.WARNING,
        "地区 {area}（{residence_zh}）在 {day} 之前有标准，从这天的版本起没有了",
        "the place {area} ({residence}) has a value until {day} and none in the version of that day",
    ),
    "residence_gap": (
        Level.WARNING,
        "地区 {area} 从 {day} 起有{found_zh}的标准，没有{lacking_zh}的",
        "the place {area} has a value for {found} from {day}, but none for {lacking}",
    ),
    "category_gap": (
        Level.REMARK,
        "地区 {area} 没有这些类别的标准：{lacking}",
        "the place {area} has no value for the categories {lacking}",
    ),
    "place_gap": (
        Level.REMARK,
        "地区 {area} 有一些标准，但没有：{lacking}；当地的户会按出错处理",
        "the place {area} has some rates, but none of {lacking}: households there are in error",
    ),
    "table_low": (
        Level.REMARK,
        "第一档从 {low} 起，而数值可能低到 {least}；更低的会按出错处理，请确认公式已排除",
        "its first row starts at {low}, but the value may be as low as {least}: below the row is an error, unless the "
        "formula excludes it",
    ),
    "no_programme": (
        Level.WARNING,
        "没有项目 {name}，它的费率不会用到",
        "there is no programme {name}: its rates are not used",
    ),
    # ---- overlaps
    "superseded": (
        Level.WARNING,
        "从来不生效：第 {other} 行的同一条在任何版本用到它之前就取代了它",
        "is never in force: the same entry of line {other} replaces it before any version uses it",
    ),
    "too_late": (
        Level.WARNING,
        "从来不生效：从 {since} 起，那时已没有版本使用 {name}",
        "is never in force: it starts on {since}, when no version uses {name} any more",
    ),
    "impossible_category": (
        Level.WARNING,
        "类别“{category}”不可能出现：{reason_zh}",
        "no household has the category “{category}”: {reason}",
    ),
    "shadowed": (
        Level.WARNING,
        "被更具体的条目完全遮住（如第 {other} 行），没有哪一户会用到",
        "is hidden entirely by nearer entries (as line {other}): no household is given it",
    ),
    "row_unreached": (
        Level.WARNING,
        "从 {low} 起的一档够不着：数值最高到 {most}",
        "its row from {low} is out of reach: the value is at most {most}",
    ),
}


def remark(code: str, *, file: str = "", line: int = 0, name: str = "", **values: object) -> Remark:
    level, zh, en = REMARKS[code]
    return Remark(code, level, file, line, name, zh.format(name=name, **values), en.format(name=name, **values))


def grave(error: PolicyError) -> Remark:
    """A file that the loader refuses."""
    place = (error.file, error.line, error.step)
    zh, en = (f"{error.cause[lang]} {error.remedy_in(lang)}" for lang in ("zh-Hans", "en"))
    return Remark(error.code.removeprefix("policy."), Level.GRAVE, *place, zh, en)
