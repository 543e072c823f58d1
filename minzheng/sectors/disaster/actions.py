"""Writing a disaster: the event, the loss reports of the villages, one sheet for each damaged house."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import audit
from minzheng.core.errors import refuse
from minzheng.people.models import Household
from minzheng.sectors.disaster.models import Damage, Disaster, DisasterKind, HouseDamage, LossReport, ReportStage

ORDER = [ReportStage.FIRST, ReportStage.FOLLOW_UP, ReportStage.VERIFIED]


@transaction.atomic
def record_disaster(*, by: Any, area: str, kind: str, name: str, began_on: dt.date) -> Disaster:
    """Open a disaster in a township; the reports of its villages hang on it."""
    perms.require(by, "disaster.report", area)
    disaster = Disaster.objects.create(area=areas.area(area), kind=DisasterKind(kind), name=name, began_on=began_on)
    audit.record("disaster.record", by=by, subject=disaster, area=area, detail={"kind": kind, "name": name})
    return disaster


@transaction.atomic
def report_loss(
    *,
    by: Any,
    disaster: Disaster,
    area: str,
    stage: str,
    reported_at: dt.datetime,
    people_affected: int = 0,
    people_dead: int = 0,
    people_missing: int = 0,
    people_moved: int = 0,
    crops_affected_mu: Decimal = Decimal(0),
    crops_ruined_mu: Decimal = Decimal(0),
    direct_loss: int = 0,
) -> LossReport:
    """A village's losses as known at one time. A later report replaces earlier ones in every count; a verified report
    closes the matter. `direct_loss` in fen, areas of land in mu."""
    perms.require(by, "disaster.report", area)
    if not area.startswith(disaster.area_id):
        raise refuse(
            "disaster.area",
            zh="{area} 不在受灾乡镇 {town} 之内。",
            en="{area} is not in the township of this disaster ({town}).",
            remedy_zh="请选择本乡镇的村。",
            remedy_en="Choose a village of this township.",
            area=area,
            town=disaster.area_id,
        )
    if crops_ruined_mu > crops_affected_mu:
        raise refuse(
            "disaster.crops",
            zh="绝收面积 {ruined} 亩大于受灾面积 {affected} 亩。",
            en="The ruined area ({ruined} mu) is larger than the affected area ({affected} mu).",
            remedy_zh="绝收面积包含在受灾面积内，请核对两项。",
            remedy_en="The ruined area is part of the affected area; check both.",
            ruined=crops_ruined_mu,
            affected=crops_affected_mu,
        )
    if LossReport.objects.filter(disaster=disaster, area_id=area, stage=ReportStage.VERIFIED).exists():
        raise refuse(
            "disaster.verified",
            zh="该村本次灾情已核报，不再接受新的报告。",
            en="This village's losses are verified; no further report is taken.",
            remedy_zh="数字有变时请用核报更正并附文字说明。",
            remedy_en="Correct a verified figure with a written note to the county.",
        )
    report = LossReport.objects.create(
        disaster=disaster,
        area=areas.area(area),
        stage=ReportStage(stage),
        reported_at=reported_at,
        people_affected=people_affected,
        people_dead=people_dead,
        people_missing=people_missing,
        people_moved=people_moved,
        crops_affected_mu=crops_affected_mu,
        crops_ruined_mu=crops_ruined_mu,
        direct_loss=direct_loss,
    )
    audit.record("disaster.report_loss", by=by, subject=report, area=area, detail={"stage": stage})
    return report


@transaction.atomic
def record_house_damage(
    *, by: Any, disaster: Disaster, household: Household, damage: str, rooms: int, only_home: bool, on: dt.date
) -> HouseDamage:
    """The sheet of one household (一户一表): what happened to its house."""
    perms.require(by, "disaster.report", household.area_id)
    if rooms < 1:
        raise refuse(
            "disaster.rooms",
            zh="倒损间数应为 1 或以上。",
            en="The number of damaged rooms is 1 or more.",
            remedy_zh="没有倒损房屋的户不用填表。",
            remedy_en="A household without a damaged house needs no sheet.",
        )
    sheet, made = HouseDamage.objects.get_or_create(
        disaster=disaster,
        household=household,
        defaults={
            "area_id": household.area_id,
            "damage": Damage(damage),
            "rooms": rooms,
            "only_home": only_home,
            "reported_on": on,
        },
    )
    if not made:
        raise refuse(
            "disaster.house_twice",
            zh="{household} 本次灾害已有一张倒损住房表。",
            en="{household} has a sheet for this disaster already.",
            remedy_zh="请打开原表核对。",
            remedy_en="Open the sheet that exists.",
            household=household.number,
        )
    audit.record("disaster.house", by=by, subject=sheet, area=sheet.area_id, detail={"damage": damage, "rooms": rooms})
    return sheet
