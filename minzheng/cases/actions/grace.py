"""Granting a grace period with a decision: what is checked before it, and what the decision keeps of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from minzheng.cases import timing
from minzheng.cases.actions import door
from minzheng.cases.grace import GraceRule
from minzheng.cases.models import Case, Decision, Outcome
from minzheng.core.errors import Refused, pick, refuse

Grace = Mapping[str, Any]
"""As asked for: {"way": a way of the rule, "months": how many (all of the way's, if left out)}."""


def rule_of(matter: door.Matter) -> GraceRule | None:
    """The programme's rule as it holds in the case's area; None where it grants none."""
    rule = matter.procedure.grace
    return rule.in_area(matter.case.area_id) if rule is not None else None


def granted(matter: door.Matter, wanted: Grace, outcome: str, begins: dt.date, decided_on: dt.date) -> dict[str, Any]:
    """What the decision keeps: the way, each month's share (text, exact), the event, the unit. Refuses what the rule
    does not allow; whether anything falls away is known to awards alone, which refuse in the same transaction."""
    case, rule = matter.case, rule_of(matter)
    if rule is None or outcome not in (Outcome.CHANGE, Outcome.STOP):
        raise _refused(
            "grace.not_here", "本事项不适用渐退期", "no grace period is granted here", matter.procedure.basis
        )
    _check_reason(rule, case)
    of_death = case.reason not in rule.reasons
    if case.event_on is None:
        raise _refused(
            "grace.no_event", "没有登记发生日期（就业或去世之日）", "the day of the event is not entered", rule.rule,
            "请在立案时填写发生日期；同一次就业只给一次渐退期，须能认出是哪一次。",
            "Open the change with its day: it is granted once an event, which must be known.",
        )  # fmt: skip
    if not of_death and begins != timing.month(decided_on, 1):
        raise _refused(
            "grace.first_month", "渐退期自作出决定的次月起算", "it counts from the month after the decision", rule.rule,
            "请把起始月留空，由系统推定。", "Leave the first month to the rule.",
        )  # fmt: skip
    way = rule.ways.get(str(wanted.get("way", "")))
    if way is None:
        known = "、".join(f"{name}（{pick(one.label, 'zh-Hans')}）" for name, one in rule.ways.items())
        raise _refused(
            "grace.way", f"没有这种渐退方式（可用：{known}）", f"the ways are {', '.join(rule.ways)}", rule.rule
        )
    months = int(wanted.get("months") or min(len(way.shares), rule.most_months))
    if not 1 <= months <= min(len(way.shares), rule.most_months):
        most = min(len(way.shares), rule.most_months)
        raise _refused(
            "grace.too_long", f"渐退期须为 1 至 {most} 个月", f"it lasts 1 to {most} months", rule.rule,
            "请缩短月数。", "Grant fewer months.",
        )  # fmt: skip
    _refuse_second(case, begins, rule)
    kept: dict[str, Any] = {
        "way": way.name,
        "shares": [str(share) for share in way.shares[:months]],
        "last_month": timing.month(begins, months - 1).isoformat(),
        "event_on": case.event_on.isoformat(),
        "unit": rule.unit,
        "rule": rule.rule,
    }
    if of_death and rule.after_death is not None:
        death = rule.after_death
        kept["after_death"] = {
            "base": death.base, "cap": death.cap, "heads": death.heads, "supplements": death.supplements,
        }  # fmt: skip
    return kept


def _check_reason(rule: GraceRule, case: Case) -> None:
    death = rule.after_death
    if death is not None and case.reason in death.reasons and not death.allowed:
        raise _refused(
            "grace.county_option", "本县没有设定去世后也给渐退期", "this county grants none after a death", rule.rule,
            "由县里在 procedure.yaml 的 grace.areas 中设定后再办。",
            "The county sets it under grace.areas in procedure.yaml first.",
        )  # fmt: skip
    if not rule.ways_for(case.reason):
        raise _refused(
            "grace.reason",
            "渐退期只给因就业收入增加而减发、停发的家庭",
            "it is for a rise of income from work only",
            rule.rule,
        )


def _refuse_second(case: Case, begins: dt.date, rule: GraceRule) -> None:
    """Once an event; and while one runs no other begins (what it pays is no amount to step down from)."""
    earlier = Decision.objects.filter(
        programme=case.programme, household=case.household_id, person=case.person_id
    ).exclude(grace={})
    for decision in earlier:
        same = decision.grace.get("event_on") == (case.event_on.isoformat() if case.event_on else "")
        if same or dt.date.fromisoformat(decision.grace["last_month"]) >= begins:
            raise _refused(
                "grace.once",
                f"决定 {decision.number} 已给过渐退期（至 {decision.grace['last_month'][:7]}）",
                f"decision {decision.number} granted one already (to {decision.grace['last_month'][:7]})",
                rule.rule,
                "同一次就业只给一次；请不带渐退期作出决定。",
                "It is granted once an event: decide without it.",
            )


def _refused(
    code: str,
    zh: str,
    en: str,
    rule: str,
    remedy_zh: str = "请不带渐退期作出决定，或核对变更事由。",
    remedy_en: str = "Decide without a grace period, or check the reason of the change.",
) -> Refused:
    return refuse(
        code,
        zh="不能给渐退期：{why}。",
        en="No grace period: {why_en}.",
        remedy_zh=remedy_zh,
        remedy_en=remedy_en,
        rule=rule,
        why=zh,
        why_en=en,
    )
