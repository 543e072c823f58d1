"""核对报告: who authorised the verification, what was looked at of whom, what was found, until when it holds."""

import datetime as dt
from typing import Any

from minzheng.cases import verification
from minzheng.cases.paper_words import ZH, programme, too_early
from minzheng.cases.queries import CaseView
from minzheng.core.errors import pick
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import FactSource


def write(sheet: Sheet, view: CaseView) -> None:
    rule = view.procedure.verification
    now = verification.standing(view.timeline[::-1])
    if rule is None or now.result is None:
        raise too_early("核对结果", "a result of the verification")
    verified_on = dt.date.fromisoformat(now.result["on"])
    sheet.title(f"{programme(view)}家庭经济状况核对报告")
    sheet.number(view.case.number)
    sheet.text(
        f"受理单位提出，经家庭成员授权，于{written_day(verified_on)}核对{view.who}家庭的经济状况。"
        f"本报告有效至{written_day(verification.expires_on(rule, now.result))}。依据：{rule.rule}。"
    )
    sheet.heading("授权")
    rows = [[one["name"], _day(one["signed_on"]), one["by"] or "本人"] for one in now.authorisations]
    sheet.table([["姓名", "签署日期", "签署人"], *rows], head=True, widths=(52, 52, 52))
    sheet.heading("核对内容")
    labels = [pick(one.label, ZH) for one in rule.classes.values()]
    looked = [
        [name, *("已核对" if one in found else "—" for one in rule.classes)]
        for name, found in now.result["found"].items()
    ]
    sheet.table([["姓名", *labels], *looked], head=True)
    sheet.heading("核对结果")
    sheet.table([["项目", "结果"], *_findings(view, rule, verified_on)], head=True, widths=(100, 56))
    for entry in view.timeline[::-1]:
        if entry.data.get("verification_dispute"):
            sheet.text(f"异议（{written_day(entry.on)}，{entry.data['by_whom']}）：{entry.note}")
        elif entry.act == verification.AGAIN:
            outcome = "维持原结果" if entry.data["verification"].get("upheld") else "登记新的结果"
            sheet.text(f"复核（{written_day(entry.on)}）：{outcome}。{entry.note}")
    sheet.signature(verified_on)


def _findings(view: CaseView, rule: verification.VerificationRule, on: dt.date) -> list[list[str]]:
    """The verified facts of the family that the classes of data make."""
    known = people.facts(on=on, household=view.case.household, person=view.case.person)
    rows = []
    for one in rule.classes.values():
        fact = known.get(one.fact)
        if fact is not None and fact.source == FactSource.VERIFIED:
            rows.append([pick(vocabulary.label(one.fact), ZH), _written(one.fact, fact.value)])
    return rows or [["没有登记数值", "—"]]


def _written(name: str, value: Any) -> str:
    kind = vocabulary.load()[name]["type"]
    if kind == "money":
        return f"{format_yuan(value)}元"
    if kind == "bool":
        return "有" if value else "无"
    return str(value)


def _day(text: str) -> str:
    return written_day(dt.date.fromisoformat(text))
