"""What every paper of a case says alike: the programme's name, the remedies; the refusal of one that is too early."""

import datetime as dt

from minzheng.cases import letters, sometimes
from minzheng.cases.queries import CaseView
from minzheng.core.errors import Refused, pick, refuse
from minzheng.core.paper import Sheet, written_day
from minzheng.policy import registry

ZH = "zh-Hans"


def programme(view: CaseView) -> str:
    return pick(registry.programme(view.case.programme).name, ZH)


def too_early(zh: str, en: str) -> Refused:
    return refuse(
        "paper.too_early",
        zh="本事项还没有{zh_what}，不能生成这份文书。",
        en="The case has not come to {en_what} yet; this paper cannot be made.",
        remedy_zh="请先办理相应环节。",
        remedy_en="Do that step first.",
        zh_what=zh,
        en_what=en,
    )


def remedies(sheet: Sheet, view: CaseView, on: dt.date, office: str = "") -> None:
    """What can be done against a decision, until when once it is served, and the proof of service."""
    rule = view.procedure.service
    days = rule.reconsideration_days if rule else letters.DAYS_TO_RECONSIDERATION
    months = rule.court_months if rule else letters.MONTHS_TO_COURT
    sheet.text(letters.remedies(days, months))
    served = next((entry for entry in view.timeline if entry.act == sometimes.SERVE and "manner" in entry.data), None)
    if served is None or rule is None:
        sheet.signature(on, office)
        sheet.receipt()
        return
    data = served.data
    until = {name: written_day(dt.date.fromisoformat(data[name])) for name in ("reconsideration_until", "court_until")}
    sheet.text(f"可以申请行政复议至{until['reconsideration_until']}，提起行政诉讼至{until['court_until']}。")
    sheet.signature(on, office)
    sheet.receipt(
        receiver=data["receiver"] + (f"（见证人：{data['witness']}）" if data["witness"] else ""),
        on=written_day(dt.date.fromisoformat(data["served_on"])),
        by=served.actor,
        manner=pick(rule.manners[data["manner"]].label, ZH),
    )
