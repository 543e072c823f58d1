"""What the pages of reviews show: tabs of a list, its columns, words for contacts, and what may be opened."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards.reviews import queries as reviews
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Kind, Rules
from minzheng.core.errors import pick
from minzheng.core.models import Document
from minzheng.people import queries as people
from minzheng.web import names
from minzheng.web.languages import language
from minzheng.web.tables import Column

TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": (gettext_noop("待核查"), (LineState.OPEN,)),
    "warned": (gettext_noop("已书面通知"), (LineState.WARNED,)),
    "suspended": (gettext_noop("已暂停"), (LineState.SUSPENDED,)),
    "done": (gettext_noop("已核查"), (LineState.VERIFIED, LineState.CHANGED, LineState.RETURNED)),
    "gone": (gettext_noop("去世、退出"), (LineState.DEAD, LineState.ENDED)),
    "all": (gettext_noop("全部"), tuple(LineState.values)),
}
"""The tabs of a village's list: words, and the states of its lines."""
CONTACTS = {
    "home_visit": gettext_noop("入户调查"),
    "served_letter": gettext_noop("当面送达文书"),
    "decision": gettext_noop("本期作出决定"),
    "other_check": gettext_noop("另一项核查"),
}
ACTS = {
    "verified": gettext_noop("核查"),
    "returned": gettext_noop("核实后恢复"),
    "cleared": gettext_noop("数据比对通过"),
    "gone": gettext_noop("不再需要核查"),
    "changed": gettext_noop("发现情况有变"),
    "died": gettext_noop("登记去世"),
    "taken_back": gettext_noop("撤回"),
    "warned": gettext_noop("书面通知"),
    "served": gettext_noop("送达"),
    "suspended": gettext_noop("暂停发放"),
}


@dataclass(frozen=True)
class Tab:
    """One tab of a list with how many lines it holds."""

    key: str
    label: str
    count: int
    url: str
    active: bool


def tabs(states: dict[str, int], chosen: str) -> list[Tab]:
    """The tabs that hold something, and the one that is open."""
    found = []
    for key, (label, of) in TABS.items():
        count = sum(states.get(state, 0) for state in of)
        if count or key in (chosen, "open", "all"):
            found.append(Tab(key, _(label), count, f"?tab={key}", key == chosen))
    return found


def round_name(review: ReviewRound) -> str:
    """高龄津贴 · 生存认证 2025-01 — 2025-06."""
    said = f"{names.programme_name(review.programme)} · {pick(review.label, language())}"
    return f"{said} {review.first_day:%Y-%m} — {review.last_day:%Y-%m}"


def methods(rules: Rules, kind: Kind) -> list[tuple[str, str]]:
    """The ways to verify a line by hand, in their order."""
    return [
        (key, pick(rules.methods[key].label, language())) for key in kind.methods if not rules.methods[key].automatic
    ]


def how(line: ReviewLine, rules: Rules) -> str:
    """How a line was verified; of a data match what the contact was."""
    return _contact(line.evidence) or method_name(line.method, rules)


def _contact(data: dict[str, Any]) -> str:
    contact = str(data.get("contact", ""))
    return f"{_(CONTACTS.get(contact, contact))} {data.get('on', '')}" if contact else ""


def letters(review: ReviewRound) -> list[Document]:
    """The warnings that were written in a round, the latest first."""
    return list(
        Document.objects.filter(subject_type="awards.reviewround", subject_id=review.pk, kind="reviews.warning")
        .only("pk", "title", "on")
        .order_by("-pk")
    )


def method_name(method: str, rules: Rules) -> str:
    return pick(rules.methods[method].label, language()) if method in rules.methods else ""


def line_columns(review: ReviewRound, rules: Rules, tab: str, *, many_villages: bool) -> list[Column]:
    """The columns of a tab of a list, in the order of the paper one; nothing that would stand empty."""
    columns = [
        Column(
            "who", _("姓名"), lambda line: line.who, main=True, order="who",
            link=lambda line: reverse("review-line", args=[line.pk]),
        ),
        Column(
            "age", _("年龄"), lambda line: people.age(line.person, review.listed_on) if line.person else None,
            kind="number",
        ),
    ]  # fmt: skip
    if many_villages:
        columns.append(Column("area", _("村（社区）"), lambda line: line.area.name, order="area_id"))
    columns.append(Column("address", _("住址"), lambda line: line.address, order="route"))
    if rules.kind(review.kind).classes:
        columns.append(Column("class", _("类别"), lambda line: class_name(line, rules), order="review_class"))
    if tab == "open":
        return columns
    if tab != "warned":
        columns += _settled_columns(rules)
    if tab in ("warned", "suspended"):
        columns += [
            Column("warned", _("书面通知"), lambda line: line.warned_on, kind="day", order="warned_on"),
            Column("served", _("送达"), lambda line: line.served_on, kind="day", order="served_on"),
            Column("wait", _("通知期满"), lambda line: line.wait_until, kind="day", order="wait_until"),
        ]
    return columns


def _settled_columns(rules: Rules) -> list[Column]:
    return [
        Column("state", _("状态"), lambda line: _(line.get_state_display()), kind="badge", order="state"),
        Column("how", _("核查方式"), lambda line: how(line, rules)),
        Column("on", _("日期"), lambda line: line.settled_on, kind="day", order="settled_on"),
        Column("by", _("经办"), lambda line: line.settled_by.name if line.settled_by else "", wide=False),
    ]


def class_name(line: ReviewLine, rules: Rules) -> str:
    """A family's class for reviews, in words."""
    label = rules.classes.labels.get(line.review_class) if rules.classes else None
    return pick(label, language()) if label else line.review_class


def may_open(user: User, area: str, today: dt.date) -> list[tuple[str, str]]:
    """The rounds that this user may open today: (programme:kind, words). Those a township has had are left out."""
    opened = set(ReviewRound.objects.filter(area=area).values_list("programme", "kind", "first_day"))
    found = []
    for one in reviews.openable(today):
        needed = "reviews.sample" if one.kind.is_sample else "reviews.open"
        if not perms.may(user, needed, area) or (one.programme, one.kind.key, one.first_day) in opened:
            continue
        label = f"{names.programme_name(one.programme)} · {pick(one.kind.label, language())}"
        found.append((f"{one.programme}:{one.kind.key}", f"{label} {one.first_day:%Y-%m} — {one.last_day:%Y-%m}"))
    return found


def steps(line: ReviewLine, rules: Rules) -> list[dict[str, Any]]:
    """What was done with a line, the latest first."""
    return [
        {
            "on": step.on,
            "title": " · ".join(filter(None, [_(ACTS.get(step.act, step.act)), method_name(step.method, rules)])),
            "who": step.actor.name,
            "text": step.note or _contact(step.data),
        }
        for step in line.steps.select_related("actor").order_by("-pk")
    ]
