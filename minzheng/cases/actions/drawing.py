"""Drawing a case for the county's check, when it comes up from the township."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q

from minzheng.areas.queries import within
from minzheng.cases import drawing
from minzheng.cases.actions import door
from minzheng.cases.models import CaseStep
from minzheng.core import crypto

TOWNSHIP = 9
MARK = 8
"""Bytes of a digest that make a mark."""


def draw(matter: door.Matter, act: str, on: dt.date) -> Mapping[str, Any]:
    """What the step keeps of the draw; nothing where this act draws none. The mark is a digest with the installation's
    own key: the township cannot know it, and it is the same whenever it is worked out again."""
    visits, case = matter.procedure.county_visit, matter.case
    rule = visits.draw if visits else None
    if rule is None or not drawing.due(rule, act, matter.steps):
        return {}
    steps = CaseStep.objects.filter(
        within(case.area_id[:TOWNSHIP]), case__programme=case.programme, act__in=rule.at, on__year=on.year,
        data__has_key=drawing.KEY,
    )  # fmt: skip
    counted = steps.aggregate(before=Count("pk"), hit=Count("pk", filter=Q(data__drawn__is=True)))
    digest = crypto.digest(case.number, purpose="drawing")[:MARK]
    mark = Fraction(int.from_bytes(digest), 1 << (8 * MARK))
    return {drawing.KEY: {"is": drawing.drawn(rule, mark=mark, **counted), "mark": digest.hex(), **counted}}
