"""Reading disasters, and the measures made of their reports."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from minzheng.areas.queries import within
from minzheng.indicators.measures import Period, Records, Row, register_kind
from minzheng.people.queries import heads
from minzheng.planning.sentences import register
from minzheng.sectors.disaster.models import Damage, Disaster, DisasterKind, HouseDamage, LossReport


def disasters(area: str, period: Period) -> QuerySet[Disaster]:
    """Disasters that began in the period, the latest first."""
    return (
        Disaster.objects.filter(within(area), began_on__range=(period.first, period.last))
        .select_related("area")
        .order_by("-began_on", "pk")
    )


def counting_reports(area: str, period: Period) -> QuerySet[LossReport]:
    """The last report of each village for each disaster of the period: it is the one that counts."""
    newest = (
        LossReport.objects.filter(disaster=OuterRef("disaster"), area=OuterRef("area"))
        .order_by("-reported_at", "-pk")
        .values("pk")[:1]
    )
    return (
        LossReport.objects.filter(
            within(area), disaster__began_on__range=(period.first, period.last), pk=Subquery(newest)
        )
        .select_related("disaster", "area")
        .order_by("disaster__began_on", "area_id")
    )


def houses(area: str, period: Period, damage: str | None = None) -> QuerySet[HouseDamage]:
    """The damaged houses of the disasters of the period."""
    sheets = HouseDamage.objects.filter(
        within(area), disaster__began_on__range=(period.first, period.last)
    ).select_related("disaster", "household", "area")
    if damage:
        sheets = sheets.filter(damage=damage)
    return sheets.order_by("area_id", "pk")


def _crops(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Hundredths of a mu of crops affected."""
    reports = counting_reports(area, period).filter(crops_affected_mu__gt=0)
    return Records(reports.annotate(contributes=Cast(F("crops_affected_mu") * 100, IntegerField())), _read_reports)


def _read_reports(reports: QuerySet[LossReport]) -> list[Row]:
    return [
        Row(
            who=report.area.name,
            area_code=report.area_id,
            detail=f"{report.disaster.name} {report.get_stage_display()}",
            value=report.contributes,  # type: ignore[attr-defined]
            on=report.reported_at.date(),
            link=("disaster", report.disaster_id),
        )
        for report in reports
    ]


def _damaged(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    sheets = houses(area, period, parameters["damage"])
    return Records(sheets.annotate(contributes=Value(1, output_field=IntegerField())), _read_houses)


def _read_houses(sheets: QuerySet[HouseDamage]) -> list[Row]:
    rows = list(sheets)
    names = heads([sheet.household_id for sheet in rows], max(sheet.reported_on for sheet in rows)) if rows else {}
    return [
        Row(
            who=names[sheet.household_id].name if sheet.household_id in names else "",
            area_code=sheet.area_id,
            detail=f"{Damage(sheet.damage).label} {sheet.rooms} 间",
            value=1,
            on=sheet.reported_on,
            link=("household", sheet.household_id),
        )
        for sheet in rows
    ]


def sentence(area: str, period: Period) -> str:
    """What happened, for the report: “6月遭遇暴雨洪涝灾害，” for each disaster of the period."""
    found = disasters(area, period).order_by("began_on", "pk")
    if not found:
        return "全年未发生自然灾害。"
    return "".join(f"{event.began_on.month}月遭遇{DisasterKind(event.kind).label}灾害，" for event in found)


def register_kinds() -> None:
    """Called at start-up."""
    register_kind("disaster.crops", _crops)
    register_kind("disaster.houses", _damaged)
    register("disaster.sentence", sentence)
