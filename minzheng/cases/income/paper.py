"""收入核算表: every line with its working, the entry of the table it rests on, and the sum; to be signed."""

import datetime as dt
from typing import Any

from minzheng.areas import queries as areas
from minzheng.cases.income.working import Line, Source, Worked
from minzheng.cases.models import Case
from minzheng.cases.papers import WORD, office_of
from minzheng.cases.papers.making import fill
from minzheng.core.errors import pick
from minzheng.core.paper import written_day
from minzheng.papers import catalogue
from minzheng.papers.values import money
from minzheng.people import queries as people
from minzheng.people.models import Household, Relation

__all__ = ["TITLE", "WORD", "source", "working", "write"]

TITLE = "家庭收入核算表"
ZH = "zh-Hans"
KIND = "income_statement"


def write(household: Household, worked: Worked, on: dt.date, case: Case | None) -> bytes:
    """The paper as a Word file, from the template of the household's area."""
    family = list(people.members(household, on))
    words = {
        "单位": office_of(household.area_id),
        "编号": case.number if case else household.number,
        "户主": next((row.person.name for row in family if row.relation == Relation.HEAD), ""),
        "家庭人口": str(len(family)),
        "村居": areas.name(household.area_id),
        "核算日期": on,
        "计入": _lines(worked, "counted"),
        "计入合计": money(worked.counted),
        "扣减": _lines(worked, "deducted"),
        "扣减合计": money(worked.deducted),
        "不计入": _lines(worked, "left_out"),
        "家庭年收入": money(worked.income),
        "月均收入": money(worked.income // 12),
    }
    return fill(catalogue.form(KIND), household.area_id, words)


def _lines(worked: Worked, outcome: str) -> list[dict[str, Any]]:
    return [
        {
            "项目": _named(line),
            "算式": "\n".join(working(line)),
            "金额": money(line.net if outcome == "left_out" else line.amount),
            "依据": "\n".join(source(one) for one in line.sources) or "按申报",
        }
        for line in worked.lines
        if line.outcome == outcome
    ]


def working(line: Line, language: str = ZH) -> list[str]:
    """The arithmetic of a line, as it can be checked with a pencil."""
    return [
        f"{pick(step.label, language)}：{pick(step.filled, language)}"
        + ("" if step.filled == step.result else f" = {pick(step.result, language)}")
        for step in line.steps
    ]


def source(one: Source) -> str:
    """The entry of the table that a line rests on, since when, and where it stands."""
    since = f"，{written_day(dt.date.fromisoformat(one.since))}起" if one.since else ""
    return f"{pick(one.label, ZH)} {pick(one.value, ZH)}{since}（{one.title}）"


def _named(line: Line) -> str:
    who = f"（{line.who}）" if line.who else ""
    return "\n".join(part for part in (pick(line.what, ZH) + who, line.note, pick(line.remark, ZH)) if part)
