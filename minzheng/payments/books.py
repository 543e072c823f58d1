"""What came into funds, what went out of them, for what, where and when: from the ledger. Amounts in fen; what comes in
is positive, what goes out negative.

A fund's own account moves in two ways: money comes and goes between offices (`FLOWS`), and people are paid (all other
kinds). What people got, less what came back, is `used`: it is what is under way and what has reached them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Sum, When

from minzheng.areas.queries import within
from minzheng.awards.timing import shift
from minzheng.payments.models import Account, AccountKind, Budget, Fund, Transfer

FLOWS = ("allocation", "withdrawn", "passed_on", "passed_back", "carried_over", "received")
"""Kinds of transfer that pay nobody."""
VILLAGE = 12
"""Digits of a village's code."""


def funds(area: str, year: int) -> list[dict[str, Any]]:
    """The funds of a year in an area and below, in four queries: {fund, balance, allocated, passed, carried,
    carried_in, had, bought, under_way, spent, used, budget}.

    allocated + passed + carried - bought - used = balance; `had` is what came from its source, from above and from last
    year, whatever was passed on of it."""
    found = list(
        Fund.objects.filter(within(area), year=year)
        .select_related("account", "area")
        .order_by("area_id", "account__code")
    )
    accounts = [fund.account_id for fund in found]
    held = {
        (part.belongs_to_id, part.kind): part.balance
        for part in Account.objects.filter(belongs_to__in=accounts).order_by("pk")
    }
    flows = _flows(accounts, sorted({"", *(code for fund in found for code in fund.purpose)}))
    budgets = {
        row["fund"]: row["fen"]
        for row in Budget.objects.filter(fund__in=found, superseded_at=None)
        .values("fund")
        .annotate(fen=Sum("amount"))
        .order_by("fund")
    }
    return [_row(fund, held, flows, budgets.get(fund.pk)) for fund in found]


def _row(
    fund: Fund, held: dict[tuple[int | None, str], int], flows: dict[tuple[int, str, bool], int], budget: int | None
) -> dict[str, Any]:
    account = fund.account_id
    under_way = held.get((account, AccountKind.TRANSIT), 0)
    spent = held.get((account, AccountKind.PAID), 0) + held.get((account, AccountKind.GIVEN), 0)

    def inward(kind: str) -> int:
        return flows.get((account, kind, True), 0)

    def outward(kind: str) -> int:
        return flows.get((account, kind, False), 0)

    from_above = inward("passed_on") - outward("passed_back")
    to_below = outward("passed_on") - inward("passed_back")
    carried_in = inward("carried_over")
    allocated = inward("allocation") + inward("received") - outward("withdrawn")
    return {
        "fund": fund,
        "balance": fund.account.balance,
        "allocated": allocated,
        "passed": from_above - to_below,
        "carried": carried_in - outward("carried_over"),
        "carried_in": carried_in,
        "had": allocated + from_above + carried_in,
        "bought": outward("received"),
        "under_way": under_way,
        "spent": spent,
        "used": under_way + spent,
        "budget": budget,
    }


def _flows(accounts: Sequence[int], programmes: Sequence[str]) -> dict[tuple[int, str, bool], int]:
    """(account, kind, whether it came in) → fen, over the index by programme: what people are paid is not read."""
    if not accounts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select account, kind, came, sum(fen)::bigint from ("
            " select debit_id as account, kind, true as came, amount as fen from payments_transfer"
            "  where programme = any(%(programmes)s) and kind = any(%(kinds)s) and debit_id = any(%(accounts)s)"
            " union all select credit_id, kind, false, amount from payments_transfer"
            "  where programme = any(%(programmes)s) and kind = any(%(kinds)s) and credit_id = any(%(accounts)s)"
            ") moved group by account, kind, came",
            {"programmes": list(programmes), "kinds": list(FLOWS), "accounts": list(accounts)},
        )
        return {(account, kind, came): fen for account, kind, came, fen in cursor.fetchall()}


@dataclass(frozen=True)
class Movement:
    """What moved on a fund's own account in a month, of one kind, for one programme, in one area (cut to a level)."""

    fund: int
    month: dt.date
    kind: str
    programme: str
    area: str
    fen: int

    @property
    def used(self) -> int:
        """What people got by it: nothing where it went between offices."""
        return 0 if self.kind in FLOWS else -self.fen


def movements(funds: Iterable[Fund], digits: int = VILLAGE) -> list[Movement]:
    """All that moved on the funds' accounts, summed up by month, kind, programme and area (its code cut to so many
    digits). It reads the funds' whole ledger, once."""
    by_account = {fund.account_id: fund.pk for fund in funds}
    if not by_account:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select account, date_trunc('month', day)::date, kind, programme, left(area_code, %(digits)s),"
            " sum(fen)::bigint from ("
            '  select debit_id as account, "on" as day, kind, programme, area_code, amount as fen'
            "   from payments_transfer where debit_id = any(%(accounts)s)"
            '  union all select credit_id, "on", kind, programme, area_code, -amount'
            "   from payments_transfer where credit_id = any(%(accounts)s)"
            " ) moved group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5",
            {"digits": digits, "accounts": list(by_account)},
        )
        return [Movement(by_account[account], *rest) for account, *rest in cursor.fetchall()]


@dataclass(frozen=True)
class MonthOfFund:
    """A month of a fund: what it held, what came and went between offices, what people got, what it held then."""

    month: dt.date
    opening: int
    came: int
    went: int
    used: int

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went - self.used


def months(moved: Iterable[Movement]) -> list[MonthOfFund]:
    """The months of one fund, from its first movement to its last, without gaps."""
    by_month: dict[dt.date, list[Movement]] = defaultdict(list)
    for one in moved:
        by_month[one.month].append(one)
    found: list[MonthOfFund] = []
    month, last = min(by_month, default=dt.date.max), max(by_month, default=dt.date.min)
    while month <= last:
        rows = by_month[month]
        between = [one.fen for one in rows if one.kind in FLOWS]
        found.append(
            MonthOfFund(
                month,
                found[-1].closing if found else 0,
                sum(fen for fen in between if fen > 0),
                -sum(fen for fen in between if fen < 0),
                sum(one.used for one in rows),
            )
        )
        month = shift(month, 1)
    return found


def fund_ledger(fund: Fund, **wanted: Any) -> QuerySet[Transfer]:
    """Every transfer into (`inward`) and out of (`outward`) a fund's own account, the latest first; `wanted` as in
    `entries`."""
    return entries([fund], **wanted)


def entries(
    funds: Sequence[Fund], *, used: bool = False, programme: str = "", area: str = "", month: dt.date | None = None
) -> QuerySet[Transfer]:
    """The transfers on the own accounts of funds, the latest first, of a programme, area, month; `used`: only what
    people got and what came back of it, so that outward less inward is what they got. What passes between two of the
    funds stands as inward only."""
    own = [fund.account_id for fund in funds]
    found = Transfer.objects.filter(Q(debit__in=own) | Q(credit__in=own))
    if used:
        found = found.exclude(kind__in=FLOWS)
    if programme:
        found = found.filter(programme=programme)
    if area:
        found = found.filter(within(area))
    if month:
        found = found.filter(on__gte=month, on__lt=shift(month, 1))
    inward = Case(When(debit__in=own, then=F("amount")))
    outward = Case(When(Q(credit__in=own) & ~Q(debit__in=own), then=F("amount")))
    return (
        found.annotate(inward=inward, outward=outward)
        .select_related("debit", "credit", "run", "payment__payee")
        .order_by("-pk")
    )
