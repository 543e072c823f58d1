"""The kinds of measure that stand on awards and on the ledger."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Value

from minzheng.areas.queries import within
from minzheng.awards import queries as roster
from minzheng.awards.models import Award
from minzheng.cases.models import Case
from minzheng.indicators.measures import Period, Records, Row, register_kind
from minzheng.payments.models import Transfer
from minzheng.people.models import Person
from minzheng.people.queries import heads_on

ONE = Value(1, output_field=IntegerField())
PAID_OUT = ("paid", "given")
"""Kinds of transfer by which money or goods have reached somebody."""


def entered(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Awards that came on the roster in the period by a decision (not carried over), or the people they covered."""
    awards = roster.entered(
        parameters["programme"],
        area,
        period.first,
        period.last,
        residence=parameters.get("residence"),
        category=parameters.get("category"),
    )
    return _counted(awards, parameters)


def left(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Awards that left the roster in the period, or the people they covered when they left."""
    awards = roster.left(
        parameters["programme"],
        area,
        period.first,
        period.last,
        residence=parameters.get("residence"),
        category=parameters.get("category"),
    )
    return _counted(awards, parameters)


def in_force(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Awards on the roster on the last day of the period, or the people they cover."""
    awards = roster.in_force_on(
        parameters["programme"],
        area,
        period.last,
        residence=parameters.get("residence"),
        category=parameters.get("category"),
    )
    return _counted(awards, parameters)


def paid(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Fen that reached people (or goods given, at their value) in the period, by the ledger."""
    return Records(_paid_out(area, period, parameters).annotate(contributes=F("amount")), _read_transfers)


def recipients(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Distinct people, or households, that something was paid or given to at least once in the period."""
    transfers = _paid_out(area, period, parameters)
    if parameters["of"] == "person":
        ids = transfers.values("payment__award__person_id")
        people = Person.objects.filter(pk__in=ids).annotate(contributes=ONE).order_by("area_id", "pk")
        return Records(people, _read_people)
    paid_awards = transfers.values("payment__award_id")
    one_each = Award.objects.filter(pk__in=paid_awards).order_by("household_id", "pk").distinct("household_id")
    awards = Award.objects.filter(pk__in=one_each.values("pk"))
    return Records(awards.annotate(contributes=ONE).order_by("area_id", "pk"), _read_awards)


def applied_for(area: str, period: Period, parameters: Mapping[str, Any]) -> Records:
    """Applications made in the period for which nothing has been decided by its end."""
    cases = Case.objects.filter(
        within(area),
        Q(closed_on=None) | Q(closed_on__gt=period.last),
        programme=parameters["programme"],
        kind="application",
        opened_on__range=(period.first, period.last),
    )
    return Records(cases.annotate(contributes=ONE).order_by("area_id", "number"), _read_cases)


def _counted(awards: QuerySet[Award], parameters: Mapping[str, Any]) -> Records:
    counts = ONE if parameters["count"] == "awards" else F("people")
    return Records(awards.annotate(contributes=counts), _read_awards)


def _paid_out(area: str, period: Period, parameters: Mapping[str, Any]) -> QuerySet[Transfer]:
    transfers = Transfer.objects.filter(
        within(area),
        programme=parameters["programme"],
        kind__in=PAID_OUT,
        on__range=(period.first, period.last),
    )
    if "residence" in parameters:
        transfers = transfers.filter(payment__award__residence=parameters["residence"])
    if "category" in parameters:
        transfers = transfers.filter(payment__award__category=parameters["category"])
    return transfers.order_by("area_id", "pk")


def _read_awards(awards: QuerySet[Award]) -> list[Row]:
    rows = list(awards.select_related("person", "household"))
    by_household = _heads([award.household_id for award in rows], rows)
    return [
        Row(
            who=award.person.name if award.person else by_household.get(award.household_id or 0, ""),
            area_code=award.area_id,
            detail=award.household.number if award.household else award.category,
            value=award.contributes,  # type: ignore[attr-defined]
            on=award.left_on or award.entered_on,
            link=("household", award.household_id) if award.household_id else ("person", award.person_id or 0),
        )
        for award in rows
    ]


def _read_transfers(transfers: QuerySet[Transfer]) -> list[Row]:
    rows = list(transfers.select_related("payment__award__person", "payment__award__household", "payment__run"))
    awards = [transfer.payment.award for transfer in rows if transfer.payment]
    by_household = _heads([award.household_id for award in awards], awards)
    read = []
    for transfer in rows:
        award = transfer.payment.award if transfer.payment else None
        who = ""
        if award is not None:
            who = award.person.name if award.person else by_household.get(award.household_id or 0, "")
        read.append(
            Row(
                who=who,
                area_code=transfer.area_id,
                detail=f"{transfer.payment.benefit_month:%Y-%m}" if transfer.payment else "",
                value=transfer.amount,
                on=transfer.on,
                link=("run", transfer.run_id) if transfer.run_id else None,
            )
        )
    return read


def _read_people(people: QuerySet[Person]) -> list[Row]:
    return [
        Row(person.name, person.area_id, f"{person.birth_date:%Y-%m-%d}", 1, link=("person", person.pk))
        for person in people
    ]


def _read_cases(cases: QuerySet[Case]) -> list[Row]:
    rows = list(cases.select_related("person"))
    by_household = _heads([case.household_id for case in rows], rows)
    return [
        Row(
            who=case.person.name if case.person else by_household.get(case.household_id or 0, ""),
            area_code=case.area_id,
            detail=case.number,
            value=1,
            on=case.opened_on,
            link=("case", case.pk),
        )
        for case in rows
    ]


def _heads(household_ids: list[int | None], awards: list[Any]) -> dict[int, str]:
    """Names of the heads as they were when each household's record began (they may have died since)."""
    wanted = {key for key in household_ids if key is not None}
    if not wanted:
        return {}
    days = [getattr(record, "entered_on", None) or getattr(record, "opened_on", None) for record in awards]
    known = [day for day in days if day is not None]
    return {key: person.name for key, person in heads_on(wanted, max(known), min(known)).items()}


def register() -> None:
    """Called at start-up."""
    for name, kind in {
        "awards.entered": entered,
        "awards.left": left,
        "awards.in_force": in_force,
        "payments.paid": paid,
        "payments.recipients": recipients,
        "cases.applied_for": applied_for,
    }.items():
        register_kind(name, kind)
