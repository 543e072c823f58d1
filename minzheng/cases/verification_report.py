"""The report of the verification centre (核对结果表), csv or xlsx: a row for each person and class of data, of one or
many cases. Reading it finds every fault by row and column; a file with one is not taken, not even in part."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from minzheng.cases import procedure, verification
from minzheng.cases.actions import door
from minzheng.cases.actions.verification import adults, family_of
from minzheng.cases.models import Case
from minzheng.cases.verification import DataClass, VerificationRule
from minzheng.core import idnumber, sheets
from minzheng.core.errors import Refused, Text, refuse
from minzheng.core.money import parse_yuan
from minzheng.people import queries as people
from minzheng.people import vocabulary

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "case": ("办件编号", "编号", "受理编号"),
    "name": ("姓名", "被核对人"),
    "number": ("身份证号", "身份证号码", "证件号码"),
    "class": ("核对类别", "类别", "数据类别"),
    "value": ("核对结果", "结果", "数值"),
    "day": ("核对日期", "报告日期"),
}
"""What a column is called, the usual title first."""

YES, NO = ("有", "是", "1"), ("无", "否", "没有", "0", "")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: `row` as Excel counts it, the column's title, the cause in both languages."""

    row: int
    column: str
    cause: Text


@dataclass
class CaseReport:
    """What a report says of one case."""

    case: Case
    row: int
    """The first row about it."""
    on: dt.date
    found: dict[str, list[str]] = field(default_factory=dict)
    """Classes of data by the name of the person."""
    facts: dict[str, Any] = field(default_factory=dict)
    """The facts of the household; only of classes that every adult was verified for."""


@dataclass(frozen=True)
class Line:
    """One row as it is understood."""

    row: int
    person: str
    kind: str
    value: Any


class CannotTake(Exception):
    """One cell that cannot be used."""

    def __init__(self, column: str, zh: str, en: str) -> None:
        self.column, self.cause = column, {"zh-Hans": zh, "en": en}


def read(content: bytes) -> tuple[list[CaseReport], list[Fault]]:
    """What the file says by case, and all its faults. Refuses a file that is no such table at all."""
    table = sheets.rows(content)
    head, titles = _titles(table)
    faults: list[Fault] = []
    cases: dict[str, tuple[CaseReport, VerificationRule, list[Line]]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for place, cells in enumerate(table[head + 1 :], head + 2):
        if not any(cells):
            continue
        row = {name: cells[at] if at < len(cells) else "" for name, at in titles.items()}
        try:
            if (first := seen.setdefault(tuple(row.values()), place)) != place:
                raise CannotTake("case", f"与第 {first} 行完全相同", f"is the same as row {first}")
            _take(row, place, cases)
        except CannotTake as fault:
            faults.append(Fault(place, COLUMNS[fault.column][0], fault.cause))
    for report, rule, lines in cases.values():
        report.facts = _facts(report, rule, lines)
    if not cases and not faults:
        raise _no_table("一行结果也没有", "has no row")
    return [report for report, _, _ in cases.values()], faults


def _take(
    row: Mapping[str, str], place: int, cases: dict[str, tuple[CaseReport, VerificationRule, list[Line]]]
) -> None:
    """One row into its case's report."""
    day = _day(row["day"])
    if row["case"] not in cases:
        case, rule = _case(row["case"])
        cases[row["case"]] = (CaseReport(case, place, day), rule, [])
    report, rule, lines = cases[row["case"]]
    if day != report.on:
        raise CannotTake(
            "day", f"与第 {report.row} 行（{report.on}）不是同一天", f"is not the day of row {report.row} ({report.on})"
        )
    person = _person(row, report.case, rule, day)
    kind = _class(row["class"], rule)
    lines.append(Line(place, person, kind, _value(row["value"], rule.classes[kind])))
    looked = report.found.setdefault(person, [])
    if kind not in looked:
        looked.append(kind)


def _case(number: str) -> tuple[Case, VerificationRule]:
    case = Case.objects.filter(number=number, closed_on=None).select_related("household", "person").first()
    if case is None:
        raise CannotTake("case", f"没有在办的办件“{number}”", f"there is no open case “{number}”")
    matter = door.Matter(case, procedure.of_case(case), list(case.steps.select_related("actor").order_by("pk")))
    rule = matter.procedure.verification
    if rule is None or not verification.standing(matter.done()).answer_due:
        raise CannotTake(
            "case", f"“{number}”没有待登记结果的核对", f"nothing is asked for in “{number}” that a result would answer"
        )
    return case, rule


def _person(row: Mapping[str, str], case: Case, rule: VerificationRule, on: dt.date) -> str:
    """A member of the family by number and name; a supporter who lives elsewhere by the name under their consent."""
    outside = verification.standing(list(case.steps.order_by("pk"))).consenting
    if row["name"] in outside:
        return row["name"]
    try:
        number = idnumber.check(row["number"]).normalised
    except Refused as refused:
        raise CannotTake("number", refused.text("zh-Hans"), refused.text("en")) from refused
    person = people.find_by_number(number)
    if person is None or person not in family_of(case, on):
        raise CannotTake("number", "不是本办件家庭的成员", "belongs to nobody of this case's family")
    if person.name != row["name"]:
        raise CannotTake(
            "name",
            f"与身份证号登记的姓名不一致（“{row['name']}”）",
            f"is not the name with this number (“{row['name']}”)",
        )
    return person.name


def _class(text: str, rule: VerificationRule) -> str:
    labels = {one.label["zh-Hans"]: name for name, one in rule.classes.items()}
    kind = text if text in rule.classes else labels.get(text)
    if kind is None:
        raise CannotTake(
            "class",
            f"没有类别“{text}”，可用：{'、'.join(labels)}",
            f"there is no class “{text}”; use {', '.join(labels)}",
        )
    return kind


def _value(text: str, kind: DataClass) -> Any:
    """The finding in the type of the fact that it makes; a class that makes none keeps nothing."""
    if not kind.fact:
        return None
    wanted = vocabulary.load()[kind.fact]["type"]
    if wanted == "bool":
        if text in (*YES, *NO):
            return text in YES
        raise CannotTake("value", f"“{text}”应填 有 或 无", f"“{text}” is neither 有 (yes) nor 无 (no)")
    if text in NO:
        return 0
    try:
        return parse_yuan(text) if wanted == "money" else _whole(text)
    except Refused as refused:
        raise CannotTake("value", refused.text("zh-Hans"), refused.text("en")) from refused


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
        raise CannotTake("value", f"“{text}”应填数目", f"“{text}” is no number of things")
    return int(text)


def _day(text: str) -> dt.date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text, re.ASCII)
    try:
        if found:
            return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise CannotTake("day", f"“{text}”不是日期，应写成 2025-03-04", f"“{text}” is no day; write 2025-03-04")


def _facts(report: CaseReport, rule: VerificationRule, lines: Sequence[Line]) -> dict[str, Any]:
    """Facts of the household, from the classes that every adult was verified for."""
    grown = {person.name for person in adults(report.case, rule, report.on)}
    facts = {}
    for name, kind in rule.classes.items():
        of_family = [line for line in lines if line.kind == name and line.person not in _outside(report, rule)]
        if kind.fact and grown and grown <= {line.person for line in of_family}:
            wanted = vocabulary.load()[kind.fact]["type"]
            facts[kind.fact] = verification.together(wanted, (line.value for line in of_family))
    return facts


def _outside(report: CaseReport, rule: VerificationRule) -> set[str]:
    """Supporters: what they have is not the family's."""
    return set(report.found) - {person.name for person in family_of(report.case, report.on)}


def _titles(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of titles, which may stand below a heading, and the place of each column."""
    nearest: set[str] = set(COLUMNS)
    for place, row in enumerate(table[:20]):
        found = {
            name: next(at for at, text in enumerate(row) if text in titles)
            for name, titles in COLUMNS.items()
            if any(text in titles for text in row)
        }
        if len(found) == len(COLUMNS):
            return place, found
        nearest = min(nearest, set(COLUMNS) - set(found), key=len)
    missing = [COLUMNS[name][0] for name in COLUMNS if name in nearest]
    raise _no_table(f"缺少列：{'、'.join(missing)}", f"lacks the columns {', '.join(missing)}")


def _no_table(zh: str, en: str) -> Refused:
    return refuse(
        "verification_report.no_table",
        zh="这不是核对结果表：{zh_cause}。",
        en="This is no report of verifications: it {en_cause}.",
        remedy_zh="首行（或标题下一行）须有这些列：{columns}。",
        remedy_en="Its first row, or the one below the heading, has the columns {columns}.",
        zh_cause=zh,
        en_cause=en,
        columns="、".join(titles[0] for titles in COLUMNS.values()),
    )


def refused(faults: Iterable[Fault]) -> Refused:
    """Nothing of a file is taken that has faults."""
    all_of_them = sorted(faults, key=lambda fault: fault.row)
    first = all_of_them[0]
    return refuse(
        "verification_report.faults",
        zh="核对结果表有 {count} 处错误，一行也没有登记。第 {row} 行“{column}”：{cause_zh}",
        en="The report has {count} faults; nothing of it was taken. Row {row}, {column}: {cause_en}",
        remedy_zh="请改正后整表重新上传。",
        remedy_en="Correct them and send the whole file again.",
        count=len(all_of_them),
        row=first.row,
        column=first.column,
        cause_zh=first.cause["zh-Hans"],
        cause_en=first.cause["en"],
        faults=all_of_them,
    )
