"""收入核算表: every line with its working, the entry of the table it rests on, and the sum; to be signed."""

import datetime as dt
import io

from minzheng.areas import queries as areas
from minzheng.cases.income.working import Line, Source, Worked
from minzheng.cases.models import Case
from minzheng.cases.papers import WORD, office_of
from minzheng.core.errors import pick
from minzheng.core.idnumber import INVENTED
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day
from minzheng.people import queries as people
from minzheng.people.models import Household, Relation

__all__ = ["TITLE", "WORD", "write"]

TITLE = "家庭收入核算表"
ZH = "zh-Hans"
WIDTHS = (32, 46, 28, 50)


def write(household: Household, worked: Worked, on: dt.date, case: Case | None) -> bytes:
    """The paper as a Word file."""
    sheet = Sheet(office_of(household.area_id), invented=household.area_id.startswith(INVENTED))
    sheet.title(TITLE)
    sheet.number(case.number if case else household.number)
    family = list(people.members(household, on))
    head = next((row.person.name for row in family if row.relation == Relation.HEAD), "")
    sheet.table(
        [
            ["户主（申请人）", head, "共同生活家庭人数", str(len(family))],
            ["村（居）", areas.name(household.area_id), "核算日期", written_day(on)],
        ]
    )
    sheet.heading("一、计入的收入")
    _lines(sheet, [line for line in worked.lines if line.outcome == "counted"], "合计", worked.counted)
    deducted = [line for line in worked.lines if line.outcome == "deducted"]
    if deducted:
        sheet.heading("二、扣减的支出")
        _lines(sheet, deducted, "合计", worked.deducted)
    left_out = [line for line in worked.lines if line.outcome == "left_out"]
    if left_out:
        sheet.heading("三、不计入的收入" if deducted else "二、不计入的收入")
        _lines(sheet, left_out, "", None)
    sheet.text(f"家庭年收入：{format_yuan(worked.income)}元（平均每月{format_yuan(worked.income // 12)}元）。")
    sheet.text("以上由申请家庭申报，按当地规定核算；核对和入户调查的结果不一致的，以核实的为准。")
    sheet.table([["申报人签字", "", "经办人签字", ""]])
    sheet.signature(on)
    buffer = io.BytesIO()
    sheet.word.save(buffer)
    return buffer.getvalue()


def _lines(sheet: Sheet, lines: list[Line], total: str, amount: int | None) -> None:
    rows = [
        [
            _named(line),
            "\n".join(working(line)),
            format_yuan(line.amount if line.outcome != "left_out" else line.net),
            "\n".join(source(one) for one in line.sources) or "按申报",
        ]
        for line in lines
    ]
    if amount is not None:
        rows.append([total, "", format_yuan(amount), ""])
    sheet.table([["项目", "算式", "一年（元）", "依据"], *rows], head=True, widths=WIDTHS)


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
