"""Registers: one paper about many cases, with a row for each (备用金领取登记簿)."""

from collections.abc import Sequence
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases.actions import door
from minzheng.cases.models import Case, Decision, Outcome
from minzheng.cases.papers import words
from minzheng.cases.papers.making import fill
from minzheng.core import audit, clock
from minzheng.core.errors import Refused, refuse
from minzheng.papers.catalogue import Form
from minzheng.papers.values import money

GROUP = "register"


def write(*, by: User, form: Form, cases: Sequence[Case]) -> tuple[bytes, int, list[tuple[Case, Refused]]]:
    """The register of what these cases granted, in order of day; how many it lists, and which case has no place in it.
    It is a print of what the cases hold, so it is not kept."""
    listed: list[Decision] = []
    skipped: list[tuple[Case, Refused]] = []
    for case in cases:
        perms.require(by, form.permissions[0], case.area_id, *form.permissions[1:])
        decision = case.decisions.select_related("assessment", "decided_by").filter(outcome=Outcome.GRANT).last()
        if decision is None or case.programme not in form.programmes:
            skipped.append((case, _not_listed(form)))
        else:
            listed.append(decision)
    if not listed:
        raise skipped[0][1]
    listed.sort(key=lambda one: (one.decided_on, one.pk))
    audit.record("cases.print_register", by=by, subject=by, area=by.office.area_id, detail={"rows": len(listed)})
    first = listed[0].case
    assert first is not None
    return fill(form, first.area_id, _words(listed, first)), len(listed), skipped


def _words(listed: Sequence[Decision], first: Case) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    total = 0
    for number, decision in enumerate(listed, 1):
        case = decision.case
        assert case is not None
        amount = (decision.assessment.amount if decision.assessment else None) or 0
        total += amount
        rows.append({
            "序号": str(number),
            "日期": decision.decided_on,
            "编号": case.number,
            "姓名": door.who(case),
            "村居": areas.name(case.area_id),
            "事由": "、".join(words.said(name, value) for name, value in case.given.items() if isinstance(value, str)),
            "金额": money(amount),
            "累计": money(total),
            "批准人": decision.decided_by.name,
        })  # fmt: skip
    return {
        "单位": words.office(first.area_id),
        "项目": words.programme_name(first),
        "开始日期": listed[0].decided_on,
        "结束日期": listed[-1].decided_on,
        "名单": rows,
        "合计": money(total),
        "今日": clock.today(),
    }


def _not_listed(form: Form) -> Refused:
    return refuse(
        "paper.not_listed",
        zh="这个办件没有批准，或者不属于“{title}”登记的项目。",
        en="The case granted nothing, or “{title_en}” does not list its programme.",
        remedy_zh="请在列表里按项目筛选已批准的办件。",
        remedy_en="Filter the list by programme for cases that were granted.",
        title=form.title["zh-Hans"],
        title_en=form.title["en"],
    )
