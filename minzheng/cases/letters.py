"""The sentences of a decision's letter that speak of months and money: 增发、减发、停发、渐退告知书. Pure."""

import datetime as dt

from minzheng.cases.effects import Effect
from minzheng.cases.models import Decision, Outcome
from minzheng.cases.timing import month
from minzheng.core.money import format_yuan

DAYS_TO_RECONSIDERATION = 60
MONTHS_TO_COURT = 6
"""行政复议法 article 20 and 行政诉讼法 article 46 [K]."""
DECIDED = {
    Outcome.GRANT: ("确认通知书", "予以确认"),
    Outcome.REFUSE: ("不予确认通知书", "不予确认"),
    Outcome.CHANGE: ("调整告知书", "调整保障金额"),
    Outcome.STOP: ("停发告知书", "停止发放"),
}
"""By outcome: what the letter is called, and what it decides."""


def titled(decision: Decision, effect: Effect | None) -> tuple[str, str]:
    """A letter's title and verb: a change is named by whether more or less is paid."""
    if decision.outcome != Outcome.CHANGE or effect is None or effect.lasting == effect.before:
        return DECIDED[Outcome(decision.outcome)]
    return ("增发告知书", "增发") if effect.lasting > effect.before else ("减发告知书", "减发")


def difference(decision: Decision, effect: Effect, cycle: str) -> str:
    """From what to what, and by how much."""
    change = effect.lasting - effect.before
    if change == 0:
        return f"金额不变，每{cycle}{format_yuan(effect.before)}元。"
    verb = "增发" if change > 0 else "减发"
    return (
        f"原每{cycle}{format_yuan(effect.before)}元，自{month_words(lasting_from(decision))}起改为每{cycle}"
        f"{format_yuan(effect.lasting)}元，每{cycle}{verb}{format_yuan(abs(change))}元。"
    )


def lasting_from(decision: Decision) -> dt.date:
    """The first month of what lasts: the decision's own, or the one after its grace period."""
    if not decision.grace:
        return decision.first_month
    return month(dt.date.fromisoformat(decision.grace["last_month"]), 1)


def months(effect: Effect, cycle: str) -> list[list[str]]:
    """A row for each amount of the grace period: months, amount, and what it is."""
    return [
        [
            f"{month_words(paid.first)}至{month_words(paid.last)}" if paid.last else month_words(paid.first),
            format_yuan(paid.amount),
            "与原金额相同" if paid.amount == effect.before else f"原每{cycle}{format_yuan(effect.before)}元",
        ]
        for paid in effect.after
        if paid.grace
    ]


def after_grace(decision: Decision, effect: Effect, cycle: str) -> str:
    """What comes once the grace period is over."""
    since = month_words(lasting_from(decision))
    if decision.outcome == Outcome.STOP:
        return f"自{since}起停止发放。"
    return f"自{since}起每{cycle}发放{format_yuan(effect.lasting)}元。"


def month_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月"
