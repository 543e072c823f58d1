"""The home visit by two."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import sometimes
from minzheng.cases.actions import door
from minzheng.cases.models import Case, Visit
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock
from minzheng.core.errors import refuse
from minzheng.people import actions as people
from minzheng.people.models import FactSource, Person

SENT_BACK = ("cases.object", "cases.return")
TOWNSHIP = ("cases.visit_second", "cases.visit")
COUNTY = (sometimes.COUNTY_VISIT,)
"""Who may be the second visitor, by permission."""


@dataclass(frozen=True)
class Neighbour:
    """What somebody said who lives nearby: who, and in which relation to the family."""

    who: str
    said: str


@casework
def record_visit(
    *,
    by: User,
    case: Case,
    second_visitor: User,
    visited_on: dt.date,
    met: str,
    findings: str = "",
    facts: Mapping[str, Any] | None = None,
    member_facts: Mapping[Person, Mapping[str, Any]] | None = None,
    neighbours: Sequence[Neighbour] = (),
    on: dt.date | None = None,
) -> Visit:
    """Enter a home visit: who went (two people; `by` is the first), whom they met and who signed, what they saw, what
    neighbours said.

    facts: of the case's household (or person), member_facts: of its members, in the vocabulary's types; both are
    recorded as surveyed from the day of the visit. The database refuses one visitor, and a day in the future.
    """
    on = on or clock.today()
    matter = door.lock(case)
    perms.require(by, "cases.visit", case.area_id)
    visit = _enter(matter, by, second_visitor, visited_on, met, findings, TOWNSHIP, neighbours)
    _record_facts(matter, by, visited_on, facts or {}, member_facts or {})
    _step(matter, by, visit, "cases.visit", on)
    door.copy_projection(matter, case)
    return visit


@casework
def record_county_visit(
    *,
    by: User,
    case: Case,
    second_visitor: User,
    visited_on: dt.date,
    met: str,
    findings: str = "",
    on: dt.date | None = None,
) -> Visit:
    """Enter the county's own home visit, by two of the county. The case stays where it is; what the county finds
    otherwise than the township is looked into by a return."""
    on = on or clock.today()
    matter = door.lock(case)
    perms.require(by, sometimes.COUNTY_VISIT, case.area_id)
    visit = _enter(matter, by, second_visitor, visited_on, met, findings, COUNTY)
    _step(matter, by, visit, sometimes.COUNTY_VISIT, on)
    door.copy_projection(matter, case)
    return visit


def _enter(
    matter: door.Matter,
    by: User,
    second_visitor: User,
    visited_on: dt.date,
    met: str,
    findings: str,
    seconds: tuple[str, ...],
    neighbours: Sequence[Neighbour] = (),
) -> Visit:
    """The row of a visit; refuses a second visitor who may not be one, a day before its time, and no signature."""
    case = matter.case
    _check_second(matter, second_visitor, seconds)
    _check_day(matter, visited_on)
    if not met.strip():
        raise refuse(
            "case.visit_unsigned",
            zh="没有填写在场并签字的家庭成员。",
            en="Nobody of the family is named as present and signing.",
            remedy_zh="请填写签字成员的姓名；家中无人的，请另约时间。",
            remedy_en="Name who signed; if nobody was at home, visit again.",
            rule="民发〔2021〕57号第十六条：由调查人员和在场的家庭成员分别签字",
        )
    if any(not (one.who.strip() and one.said.strip()) for one in neighbours):
        raise refuse(
            "case.neighbour_unnamed",
            zh="邻里访问要写明被访问人和所说的情况。",
            en="Of a talk with a neighbour both who and what they said are needed.",
            remedy_zh="请补填姓名（可写与该户关系）和内容；没有访问的，两项都留空。",
            remedy_en="Enter the name, or their relation to the family, and what was said; leave both empty otherwise.",
            rule="民发〔2021〕57号第十六条：入户调查、邻里访问",
        )
    return Visit.objects.create(
        case=case,
        area_id=case.area_id,
        household=case.household,
        visited_on=visited_on,
        first_visitor=by,
        second_visitor=second_visitor,
        met=met.strip(),
        findings=findings,
        neighbours=[{"who": one.who.strip(), "said": one.said.strip()} for one in neighbours],
        by_county=seconds == COUNTY,
    )


def _step(matter: door.Matter, by: User, visit: Visit, act: str, on: dt.date) -> None:
    data = {
        "visit": visit.pk,
        "visited_on": visit.visited_on.isoformat(),
        "second_visitor": visit.second_visitor_id,
    }
    door.perform(matter, by=by, act=act, on=on, note=visit.findings, data=data, visited=True)
    audit.record("cases.record_visit", by=by, subject=visit, area=matter.case.area_id, detail=data)


def _check_second(matter: door.Matter, second: User, permissions: tuple[str, ...]) -> None:
    area = matter.case.area_id
    if any(perms.may(second, permission, area) for permission in permissions):
        return
    county = permissions == COUNTY
    raise refuse(
        "case.second_visitor",
        zh="{user}不能作为本区划的第二调查人。",
        en="{user} cannot be the second visitor in this area.",
        remedy_zh="请选择县级的另一名审核、审批人员。" if county else "请选择本村专干或乡镇经办人。",
        remedy_en="Choose another officer of the county."
        if county
        else "Choose the village worker or another handler of this area.",
        rule="民发〔2021〕57号第十六条：每组调查人员不得少于2人",
        user=second.name,
    )


def _check_day(matter: door.Matter, visited_on: dt.date) -> None:
    """The visit belongs to this case, and after an objection or a return it is a new one."""
    since = max([matter.case.opened_on, *(step.on for step in matter.steps if step.act in SENT_BACK)])
    if visited_on < since:
        raise refuse(
            "case.visit_too_early",
            zh="入户日期 {visited_on} 早于 {since}（立案、异议或退回之日）。",
            en="The visit of {visited_on} is before {since} (the opening, objection or return).",
            remedy_zh="请重新入户，并填写实际日期。",
            remedy_en="Visit again and enter the day of that visit.",
            rule="民发〔2021〕57号第十六、十九条",
            visited_on=visited_on,
            since=since,
        )


def _record_facts(
    matter: door.Matter,
    by: User,
    visited_on: dt.date,
    facts: Mapping[str, Any],
    member_facts: Mapping[Person, Mapping[str, Any]],
) -> None:
    case = matter.case
    for name, value in facts.items():
        people.record_fact(
            by=by,
            name=name,
            value=value,
            source=FactSource.SURVEYED,
            valid_from=visited_on,
            household=case.household,
            person=case.person,
        )
    for person, values in member_facts.items():
        for name, value in values.items():
            people.record_fact(
                by=by, name=name, value=value, source=FactSource.SURVEYED, valid_from=visited_on, person=person
            )
