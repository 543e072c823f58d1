"""Reading `reviews.yaml`: every fault is refused with the file, the place in it, the cause and the remedy."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import yaml

from minzheng.awards.reviews.rules import (
    CONTACTS,
    DATA,
    MONTHS,
    AbleToWork,
    Classes,
    Kind,
    Method,
    Rectify,
    Rules,
    RulesFile,
    Warning,
)
from minzheng.cases.reader import Reader
from minzheng.core.errors import Refused, refuse
from minzheng.people import vocabulary

WITHOUT_FACT = ("labour", "stable")
"""The two classes of families that have none of their own."""


class ReviewReader(Reader):
    """Reads one file, with the words and checks that procedure files are read by."""

    def rules_file(self) -> RulesFile:
        try:
            data = yaml.safe_load(self.text)
        except yaml.YAMLError as error:
            raise self.fault("", f"不是有效的 YAML：{error}", f"not valid YAML: {error}") from error
        self.mapping(data, "", needs=("programme", "versions"), may=())
        if data["programme"] != self.programme:
            raise self.fault("programme", f"写的是“{data['programme']}”", f"says “{data['programme']}”", self.programme)
        entries = self.many(data["versions"], "versions")
        versions = tuple(self.version(entry, f"versions[{place}]") for place, entry in enumerate(entries))
        days = [version.since for version in versions]
        if days != sorted(set(days)):
            raise self.fault("versions", "版本未按日期排列", "are not in order of date", "from")
        return RulesFile(self.programme, self.path, self.sha256, self.text, versions)

    def version(self, entry: Any, at: str) -> Rules:
        self.mapping(entry, at, needs=("from", "basis", "methods", "contacts", "kinds"), may=("classes",))
        if not isinstance(entry["from"], dt.date):
            raise self.fault(f"{at}.from", "不是日期", "is not a date", "2021-07-01")
        for place, basis in enumerate(self.many(entry["basis"], f"{at}.basis")):
            self.mapping(basis, f"{at}.basis[{place}]", needs=("title", "mark"), may=("ref", "articles"))
            self.one_of(basis["mark"], ("S", "K"), f"{at}.basis[{place}].mark")
        methods = {
            str(key): self.method(str(key), row, f"{at}.methods.{key}")
            for key, row in self.some(entry["methods"], f"{at}.methods").items()
        }
        for contact, who in self.some(entry["contacts"], f"{at}.contacts").items():
            self.one_of(contact, CONTACTS, f"{at}.contacts")
            self.one_of(who, ("person", "household"), f"{at}.contacts.{contact}")
        classes = self.classes(entry["classes"], f"{at}.classes") if entry.get("classes") else None
        kinds = {
            str(key): self.kind(str(key), row, methods, classes, f"{at}.kinds.{key}")
            for key, row in self.some(entry["kinds"], f"{at}.kinds").items()
        }
        return Rules(
            self.programme, entry["from"], self.sha256, methods, dict(entry["contacts"]), classes, kinds
        )  # fmt: skip

    def method(self, key: str, row: Any, at: str) -> Method:
        self.mapping(row, at, needs=("label", "proves"), may=("automatic",))
        automatic = row.get("automatic", False)
        if automatic is not (key == DATA):
            raise self.fault(
                f"{at}.automatic", "只有 data 是自动的", "only data is automatic", "data: {automatic: true}"
            )
        return Method(
            key, self.words(row["label"], f"{at}.label"), self.words(row["proves"], f"{at}.proves"), automatic
        )

    def classes(self, row: Any, at: str) -> Classes:
        self.mapping(row, at, needs=("fact", "able_to_work", "labels"), may=())
        able = row["able_to_work"]
        self.mapping(able, f"{at}.able_to_work", needs=("ages", "not_disabled_to", "not_ill"), may=())
        for name, place in ((row["fact"], "fact"), (able["not_ill"], "able_to_work.not_ill")):
            if name not in vocabulary.load():
                raise self.fault(f"{at}.{place}", f"没有事实“{name}”", f"there is no fact “{name}”", "facts.yaml")
        ages = able["ages"]
        if not isinstance(ages, list) or len(ages) != 2 or not 0 < self.count(ages[0], at) <= self.count(ages[1], at):
            raise self.fault(f"{at}.able_to_work.ages", "应为起止周岁", "must be a first and a last age", "[16, 59]")
        labels = {
            str(key): self.words(text, f"{at}.labels.{key}")
            for key, text in self.some(row["labels"], f"{at}.labels").items()
        }
        values = vocabulary.load()[row["fact"]].get("values") or {}
        if missing := {*map(str, values), *WITHOUT_FACT} - labels.keys():
            raise self.fault(f"{at}.labels", f"缺少“{min(missing)}”", f"lacks “{min(missing)}”", f"{min(missing)}: …")
        grade = self.count(able["not_disabled_to"], f"{at}.able_to_work.not_disabled_to")
        return Classes(row["fact"], AbleToWork(ages[0], ages[1], grade, able["not_ill"]), labels)

    def kind(self, key: str, row: Any, methods: Mapping[str, Method], classes: Classes | None, at: str) -> Kind:
        self.mapping(
            row,
            at,
            needs=("label", "every", "methods", "due", "rule"),
            may=("classes", "warning", "shares", "rectify"),
        )
        self.one_of(row["every"], tuple(MONTHS), f"{at}.every")
        for name in self.many(row["methods"], f"{at}.methods"):
            self.one_of(name, tuple(methods), f"{at}.methods")
        for name in row.get("classes", ()):
            self.one_of(name, tuple(classes.labels) if classes else (), f"{at}.classes")
        self.mapping(row["due"], f"{at}.due", needs=("days_before_end",), may=())
        days = self.count(row["due"]["days_before_end"], f"{at}.due.days_before_end")
        if days >= MONTHS[row["every"]] * 28:
            raise self.fault(f"{at}.due", "早于本期开始", "lies before the period begins", "days_before_end: 30")
        if bool(row.get("shares")) != bool(row.get("rectify")):
            raise self.fault(
                at, "抽查须同时写 shares 和 rectify", "a sample needs both shares and rectify", "shares, rectify"
            )
        return Kind(
            key=key,
            label=self.words(row["label"], f"{at}.label"),
            every=row["every"],
            classes=tuple(map(str, row.get("classes", ()))),
            methods=tuple(row["methods"]),
            days_before_end=days,
            warning=Warning(*self.days(row["warning"], f"{at}.warning")) if row.get("warning") else None,
            shares=self.shares(row.get("shares") or [], f"{at}.shares"),
            rectify=Rectify(*self.days(row["rectify"], f"{at}.rectify")) if row.get("rectify") else None,
            rule=str(row["rule"]),
        )

    def days(self, row: Any, at: str) -> tuple[int, str]:
        self.mapping(row, at, needs=("days", "rule"), may=())
        if not self.count(row["days"], f"{at}.days"):
            raise self.fault(f"{at}.days", "须在 1 天以上", "must be at least one", "15")
        return row["days"], str(row["rule"])

    def shares(self, rows: Any, at: str) -> tuple[tuple[str, int], ...]:
        found: dict[str, int] = {}
        for place, row in enumerate(rows):
            here = f"{at}[{place}]"
            self.mapping(row, here, needs=("area", "share"), may=())
            share = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))?%", str(row["share"]), flags=re.ASCII)
            value = int(share[1]) * 100 + int((share[2] or "0").ljust(2, "0")) if share else 0
            if not 0 < value <= 10000:
                raise self.fault(f"{here}.share", "不是百分比", "is no percentage", "30%")
            if not re.fullmatch(r"\d*", str(row["area"])) or row["area"] in found:
                raise self.fault(f"{here}.area", "区划不对或重复", "is no area, or stands twice", '"990101"')
            found[str(row["area"])] = value
        if found and "" not in found:
            raise self.fault(at, "缺少适用于各地的比例", "lacks the share for everywhere", 'area: ""')
        return tuple(sorted(found.items()))

    def many(self, value: Any, at: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise self.fault(at, "应为非空列表", "must be a list that is not empty", "[…]")
        return value

    def some(self, value: Any, at: str) -> dict[Any, Any]:
        if not isinstance(value, dict) or not value:
            raise self.fault(at, "应为键值对", "must be a mapping", "key: …")
        return value

    def one_of(self, value: Any, known: tuple[str, ...], at: str) -> None:
        if value not in known:
            raise self.fault(at, f"不认识“{value}”", f"has an unknown “{value}”", known or "classes")

    def count(self, value: Any, at: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 400:
            raise self.fault(at, f"“{value}”不是 0 到 400 的整数", f"“{value}” is no whole number up to 400", "30")
        return value

    def fault(self, at: str, zh: str, en: str, remedy: Any = "") -> Refused:
        wanted = remedy if isinstance(remedy, str) else ", ".join(map(str, remedy))
        return refuse(
            "review.broken",
            zh="核查规则文件 {path} 的 {at}：{cause_zh}。",
            en="Review file {path} at {at}: {cause_en}.",
            remedy_zh="应为：{wanted}" if wanted else "请按 policies/ 中其他 reviews.yaml 的写法改正。",
            remedy_en="Expected: {wanted}" if wanted else "Correct it after another reviews.yaml in policies/.",
            path=self.path,
            at=at or "/",
            cause_zh=zh,
            cause_en=en,
            wanted=wanted,
        )
