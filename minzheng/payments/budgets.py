"""Budgets of funds (预算): how much a fund should get for a programme and area, by which document, by when."""

import datetime as dt

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import audit, clock
from minzheng.core.errors import refuse
from minzheng.payments import warnings
from minzheng.payments.amounts import yuan
from minzheng.payments.models import Budget, Fund
from minzheng.payments.refusals import action


@action
def set_budget(
    *,
    by: User,
    fund: Fund,
    programme: str,
    amount: int,
    on: dt.date,
    document: str,
    area: str | None = None,
    expected_by: dt.date | None = None,
) -> Budget:
    """Set (or set anew: 调整) what a fund should get in its year for a programme, in its area or a part of it. `on`:
    the day of the document; `expected_by`: by when the money should have come, where it says so."""
    perms.require(by, "payments.fund", fund.area_id)
    place = areas.area(area or fund.area_id)
    if programme not in fund.purpose or not place.code.startswith(fund.area_id):
        raise refuse(
            "payments.budget_purpose",
            zh="资金“{fund}”不用于 {area} 的项目 {programme}。",
            en="The fund “{fund}” does not serve {programme} in {area}.",
            remedy_zh="预算只能列资金用途中的项目、资金所在地区以内的地方。",
            remedy_en="A budget is for a programme of the fund's purpose, in the fund's area or a part of it.",
            rule="专款专用",
            fund=fund.account.code,
            area=place.name,
            programme=programme,
        )
    _refuse_unusable(fund, amount, on, document, expected_by)
    _one_at_a_time(fund)
    before = Budget.objects.filter(fund=fund, area=place, programme=programme, superseded_at=None)
    before.update(superseded_at=timezone.now())
    made = Budget.objects.create(
        fund=fund, area=place, programme=programme, amount=amount, on=on, document=document.strip(),
        expected_by=expected_by, entered_by=by,
    )  # fmt: skip
    detail: dict[str, object] = {"programme": programme, "area": place.code, "yuan": yuan(amount), "document": document}
    audit.record("payments.set_budget", by=by, subject=fund, area=fund.area_id, detail=detail)
    warnings.keep_up(by=by, fund=fund)
    return made


def lines(fund: Fund) -> QuerySet[Budget]:
    """The budgets of a fund, those in force first, each followed by what it took the place of."""
    return (
        Budget.objects.filter(fund=fund)
        .select_related("area", "entered_by")
        .order_by("programme", "area_id", "-recorded_at")
    )


def _refuse_unusable(fund: Fund, amount: int, on: dt.date, document: str, expected_by: dt.date | None) -> None:
    if (
        amount >= 0
        and on <= clock.today()
        and document.strip()
        and (expected_by is None or expected_by.year == fund.year)
    ):
        return
    raise refuse(
        "payments.budget_unusable",
        zh="预算没有登记：金额 {amount} 元，文件日期 {on}。",
        en="The budget was not entered: {amount} yuan, by a document of {on}.",
        remedy_zh="金额不小于零，文件日期不晚于今天，文号必填，应到位日期在 {year} 年内。",
        remedy_en="An amount not below zero, a document that is not of tomorrow, its number, and a day within {year}.",
        amount=yuan(amount),
        on=on,
        year=fund.year,
    )


def _one_at_a_time(fund: Fund) -> None:
    """Two who set a budget of one fund wait for each other: funds are never changed, so their rows cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(72300004, %s)", [fund.pk % 2_147_483_648])
