"""一事一议会议记录: who came, what was proposed and why, how they voted."""

import datetime as dt

from minzheng.cases.paper_words import ZH, programme, too_early
from minzheng.cases.queries import CaseView
from minzheng.core.errors import pick
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day
from minzheng.people import vocabulary

PROPOSED = {"grant": "予以确认", "refuse": "不予确认"}


def write(sheet: Sheet, view: CaseView) -> None:
    held = next((entry.data["conference"] for entry in view.timeline if "conference" in entry.data), None)
    rule = view.procedure.conference
    if held is None or rule is None:
        raise too_early("一事一议", "a case conference")
    sheet.title(f"{programme(view)}一事一议会议记录")
    sheet.number(view.case.number)
    sheet.table(
        [
            ["申请人", view.who, "会议日期", written_day(dt.date.fromisoformat(held["held_on"]))],
            ["地点", held["place"], "建议", PROPOSED[held["proposal"]]],
        ]
    )
    sheet.text(f"不适用的规定：{held['departs_from']}。")
    for name, value in held["counts"].items():
        shown = f"{format_yuan(value)}元" if vocabulary.load()[name]["type"] == "money" else str(value)
        shown = {"True": "是", "False": "否"}.get(shown, shown)
        sheet.text(f"另作认定：{pick(vocabulary.label(name), ZH)}按{shown}计，只用于本事项。")
    sheet.text(f"意见和理由：{held['why']}")
    votes = held["votes"]
    outcome = "通过" if held["carried"] else "没有通过"
    sheet.text(
        f"表决：参加{len(held['participants'])}人，同意{votes['agree']}、不同意{votes['disagree']}、"
        f"弃权{votes['abstain']}，{outcome}。依据：{rule.rule}。"
    )
    rows = [[one["name"], pick(rule.capacities[one["capacity"]], ZH), ""] for one in held["participants"]]
    sheet.table([["姓名", "身份", "签字"], *rows], head=True, widths=(46, 60, 50))
    sheet.signature(dt.date.fromisoformat(held["held_on"]))
