"""Writing plans."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import audit
from minzheng.core.errors import Text, refuse
from minzheng.indicators.measures import measure
from minzheng.planning.models import Plan, PlanItem


@transaction.atomic
def adopt_plan(*, by: Any, area: str, year: int, title: str, on: dt.date, items: Sequence[tuple[Text, str]]) -> Plan:
    """Adopt the plan of a year: goals in words, each with the measure that counts its extent (or none).

    Refuses a second plan of the same year and a measure that does not exist.
    """
    perms.require(by, "planning.edit", area)
    if Plan.objects.filter(area_id=area, year=year).exists():
        raise refuse(
            "plan.twice",
            zh="{year} 年的工作计划已经存在。",
            en="There is a plan for {year} already.",
            remedy_zh="请打开已有的计划进行修改。",
            remedy_en="Open the plan that exists.",
            year=year,
        )
    plan = Plan.objects.create(area=areas.area(area), year=year, title=title, adopted_on=on)
    for position, (goal, indicator) in enumerate(items, 1):
        if indicator:
            measure(indicator)
        PlanItem.objects.create(plan=plan, area_id=area, position=position, goal=dict(goal), indicator=indicator)
    audit.record("planning.adopt", by=by, subject=plan, area=area, detail={"year": year, "items": len(items)})
    return plan
