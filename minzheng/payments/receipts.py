"""What was paid, when, for what: of a household or a person, by the ledger. For the slip that the office prints, and
for the resident who looks it up (`shown`: names and accounts masked)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from minzheng.cases.masking import masked
from minzheng.core import clock
from minzheng.payments.models import PaymentKind, Transfer
from minzheng.people import queries as people
from minzheng.people.models import Household, Person

ARRIVED = ("paid", "given")
"""Kinds of transfer by which money or goods have reached somebody."""


@dataclass(frozen=True)
class Receipt:
    """One payment that arrived. `account`: the last four digits of where; amount in fen."""

    on: dt.date
    programme: str
    month: dt.date
    kind: str
    amount: int
    in_kind: bool
    payee: str
    account: str

    @property
    def kind_label(self) -> str:
        return str(PaymentKind(self.kind).label)


@dataclass(frozen=True)
class Year:
    """What arrived in a calendar year: each payment, and by the month in which it arrived."""

    year: int
    receipts: tuple[Receipt, ...]

    @property
    def money(self) -> int:
        return sum(one.amount for one in self.receipts if not one.in_kind)

    @property
    def goods(self) -> int:
        return sum(one.amount for one in self.receipts if one.in_kind)

    @property
    def months(self) -> list[tuple[dt.date, int]]:
        """(month, fen of money), the earliest first."""
        found: dict[dt.date, int] = {}
        for one in self.receipts:
            if not one.in_kind:
                found[one.on.replace(day=1)] = found.get(one.on.replace(day=1), 0) + one.amount
        return sorted(found.items())


def of_household(household: Household, first: dt.date, last: dt.date) -> list[Receipt]:
    """What reached a household from the first day to the last: its own benefits, and those of who belongs to it today
    or was last in its file. The earliest first."""
    day = min(clock.today(), household.dissolved_on - dt.timedelta(days=1)) if household.dissolved_on else clock.today()
    members = list(people.members(household, day).values_list("person_id", flat=True))
    owner = Q(payment__award__household=household) | Q(payment__award__person__in=members)
    return _receipts(owner, first, last)


def of_person(person: Person, first: dt.date, last: dt.date) -> list[Receipt]:
    """What reached a person: benefits of their own, what was paid to them, and what reached the family they live in."""
    owner = Q(payment__award__person=person) | Q(payment__payee=person)
    if family := people.family_of(person, clock.today()):
        owner |= Q(payment__award__household=family)
    return _receipts(owner, first, last)


def by_year(receipts: Iterable[Receipt]) -> list[Year]:
    """The same by the year in which they arrived, the latest year first."""
    found: dict[int, list[Receipt]] = {}
    for one in receipts:
        found.setdefault(one.on.year, []).append(one)
    return [Year(year, tuple(found[year])) for year in sorted(found, reverse=True)]


def shown(receipts: Iterable[Receipt]) -> list[Receipt]:
    """The same for a page that the office does not read: who was paid by family name only."""
    return [replace(one, payee=masked(one.payee, "given_name") if one.payee else "") for one in receipts]


def _receipts(owner: Q, first: dt.date, last: dt.date) -> list[Receipt]:
    rows = (
        Transfer.objects.filter(owner, kind__in=ARRIVED, on__range=(first, last))
        .select_related("payment__payee", "payment__account")
        .order_by("on", "payment__benefit_month", "pk")
    )
    return [
        Receipt(
            on=row.on,
            programme=row.payment.programme,
            month=row.payment.benefit_month,
            kind=row.payment.kind,
            amount=row.amount,
            in_kind=row.payment.in_kind,
            payee=row.payment.payee.name if row.payment.payee else "",
            account=row.payment.account.masked[-4:] if row.payment.account else "",
        )
        for row in rows
        if row.payment is not None
    ]
