"""What only some cases have that is put on paper: an authorised verification, a case conference, what was told to be
missing, an ending without a decision."""

import datetime as dt
from typing import Any

from minzheng.cases import ending, verification
from minzheng.cases.papers.words.common import ZH, Words, day, named, said
from minzheng.cases.queries import CaseView, Entry
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import FactSource

PROPOSED = {"grant": "予以确认", "refuse": "不予确认"}


def asked(view: CaseView) -> Entry | None:
    """The one time that what is missing was told."""
    return next((entry for entry in view.timeline if entry.act == ending.ASK_PAPERS), None)


def ended(view: CaseView) -> Entry | None:
    """The step that ended the case without a decision."""
    return next((entry for entry in view.timeline if entry.data.get("outcome") in ending.OUTCOMES), None)


def verified(view: CaseView) -> bool:
    """There is a result of the verification."""
    return view.procedure.verification is not None and verification.standing(view.timeline[::-1]).result is not None


def of_missing(view: CaseView) -> Words:
    """What was told stays as it was told; before that the list as it stands."""
    told = asked(view)
    labels = {paper.kind: pick(paper.label, ZH) for paper in view.papers}
    lines = (
        [labels.get(kind, kind) for kind in told.data["asked"]] + list(told.data["also"])
        if told
        else [labels[paper.kind] for paper in view.missing_papers]
    )
    return {
        "缺少材料": [{"序号": str(place), "名称": line} for place, line in enumerate(lines, 1)],
        "已告知": told is not None,
        "告知日期": told.on if told else clock.today(),
    }


def of_ending(view: CaseView) -> Words:
    """Why it is not accepted or goes no further."""
    entry = ended(view)
    rule = view.procedure.endings.get(entry.act) if entry else None
    if entry is None or rule is None:
        return {}
    letter = pick(rule.letter, ZH)
    ground = rule.grounds.get(entry.data["ground"])
    return {
        "终结标题": letter,
        "终结决定": letter.removesuffix("通知书"),
        "终结日期": entry.on,
        "终结依据": rule.rule,
        "终结理由": pick(ground.label, ZH) if ground else entry.data["ground"],
        "终结说明": entry.note,
    }


def of_verification(view: CaseView) -> Words:
    """Who authorised the verification, what was looked at of whom, what was found, until when it holds."""
    rule, steps = view.procedure.verification, view.timeline[::-1]
    now = verification.standing(steps)
    words: Words = {
        "授权": [
            {"姓名": one["name"], "签署日期": day(one["signed_on"]), "签署人": one["by"] or "本人"}
            for one in now.authorisations
        ]
    }
    if rule is None or now.result is None:
        return words
    verified_on = day(now.result["on"])
    return words | {
        "核对日期": verified_on,
        "核对有效至": verification.expires_on(rule, now.result),
        "核对依据": rule.rule,
        "核对内容": [
            {
                "姓名": name,
                "已核对": "、".join(pick(one.label, ZH) for key, one in rule.classes.items() if key in found),
                "未核对": "、".join(pick(one.label, ZH) for key, one in rule.classes.items() if key not in found),
            }
            for name, found in now.result["found"].items()
        ],
        "核对结果": _findings(view, rule, verified_on),
        "核对异议": [_dispute(entry) for entry in steps if _is_dispute(entry)],
    }


def _findings(view: CaseView, rule: verification.VerificationRule, on: dt.date) -> list[Words]:
    """The verified facts of the family that the classes of data make."""
    known = people.facts(on=on, household=view.case.household, person=view.case.person)
    names = [one.fact for one in rule.classes.values() if one.fact in known]
    return [
        {"项目": pick(vocabulary.label(name), ZH), "结果": _found(name, known[name].value)}
        for name in names
        if known[name].source == FactSource.VERIFIED
    ]


def _found(name: str, value: Any) -> str:
    return ("有" if value else "无") if isinstance(value, bool) else said(name, value)


def _is_dispute(entry: Entry) -> bool:
    return bool(entry.data.get("verification_dispute")) or entry.act == verification.AGAIN


def _dispute(entry: Entry) -> Words:
    """An objection to the result, or what the second look at it came to."""
    if entry.data.get("verification_dispute"):
        return {"日期": entry.on, "事项": f"异议（{entry.data['by_whom']}）", "内容": entry.note}
    outcome = "维持原结果" if entry.data["verification"].get("upheld") else "登记新的结果"
    return {"日期": entry.on, "事项": "复核", "内容": f"{outcome}。{entry.note}"}


def of_conference(view: CaseView) -> Words:
    """一事一议: who came, what was proposed and why, how they voted; and what the decision took from it."""
    rested = next((entry.data["rests_on"] for entry in view.timeline if "rests_on" in entry.data), None)
    words: Words = {"依一事一议": rested is not None}
    if rested is not None:
        words |= {
            "研究日期": day(rested["held_on"]),
            "研究不适用": rested["departs_from"],
            "研究理由": rested["why"],
        }
    held = next((entry.data["conference"] for entry in view.timeline if "conference" in entry.data), None)
    rule = view.procedure.conference
    if held is None or rule is None:
        return words
    votes = held["votes"]
    return words | {
        "会议日期": day(held["held_on"]),
        "会议地点": held["place"],
        "会议建议": PROPOSED[held["proposal"]],
        "会议不适用": held["departs_from"],
        "另作认定": [
            {"项目": pick(vocabulary.label(name), ZH), "内容": said(name, value)}
            for name, value in held["counts"].items()
        ],
        "会议理由": held["why"],
        "参会人数": str(len(held["participants"])),
        "参会同意": str(votes["agree"]),
        "参会反对": str(votes["disagree"]),
        "参会弃权": str(votes["abstain"]),
        "会议结果": "通过" if held["carried"] else "没有通过",
        "会议依据": rule.rule,
        "参会人员": [
            {"姓名": one["name"], "身份": named(rule.capacities, one["capacity"])} for one in held["participants"]
        ],
    }
