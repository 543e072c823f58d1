"""发放明细单: what a household or a person was paid in a year, as a Word file from the template of their area."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases.papers import WORD, office_of
from minzheng.cases.papers.making import fill
from minzheng.core import audit, clock
from minzheng.core.errors import pick
from minzheng.papers import catalogue
from minzheng.papers.values import money
from minzheng.payments import receipts
from minzheng.payments.receipts import Receipt, Year
from minzheng.people import queries as people
from minzheng.people.models import Household, Person, Relation
from minzheng.policy import registry

__all__ = ["KIND", "WORD", "of_household", "of_person"]

KIND = "payment_slip"
ZH = "zh-Hans"


def of_household(*, by: User, household: Household, year: int) -> bytes:
    """The slip of a household."""
    perms.require(by, "payments.view", household.area_id)
    family = people.members(household, clock.today()).filter(relation=Relation.HEAD).first()
    found = receipts.of_household(household, dt.date(year, 1, 1), dt.date(year, 12, 31))
    audit.record("payments.print_slip", by=by, subject=household, area=household.area_id, detail={"year": year})
    name = family.person.name if family else household.number
    return _filled(household.area_id, name, household.number, household.address, year, found)


def of_person(*, by: User, person: Person, year: int) -> bytes:
    """The slip of a person."""
    perms.require(by, "payments.view", person.area_id)
    found = receipts.of_person(person, dt.date(year, 1, 1), dt.date(year, 12, 31))
    audit.record("payments.print_slip", by=by, subject=person, area=person.area_id, detail={"year": year})
    return _filled(person.area_id, person.name, "", person.address, year, found)


def _filled(area: str, name: str, number: str, address: str, year: int, found: Sequence[Receipt]) -> bytes:
    whole = Year(year, tuple(found))
    words: dict[str, Any] = {
        "单位": office_of(area),
        "姓名": name,
        "档号": number,
        "村居": areas.name(area),
        "住址": address,
        "年度": str(year),
        "今日": clock.today(),
        "笔数": str(len(found)),
        "明细": [_row(place, one) for place, one in enumerate(found, 1)],
        "各月": [{"月份": f"{month:%Y年}{month.month}月", "金额": money(fen)} for month, fen in whole.months],
        "资金合计": money(whole.money),
        "实物合计": money(whole.goods) if whole.goods else None,
    }
    return fill(catalogue.form(KIND), area, words)


def _row(place: int, one: Receipt) -> dict[str, Any]:
    return {
        "序号": str(place),
        "到账日期": f"{one.on:%Y-%m-%d}",
        "项目": pick(registry.programme(one.programme).policy.name, ZH),
        "所属月份": f"{one.month:%Y-%m}",
        "性质": one.kind_label + ("（实物）" if one.in_kind else ""),
        "收款人": one.payee,
        "账号尾号": one.account,
        "金额": money(one.amount),
    }
