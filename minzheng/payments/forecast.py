"""What a year's funds will have paid by December: what they have paid, and what the awards now in force owe for the
months that are not paid yet.

Plain on purpose: nobody who will apply is guessed at. A raised standard counts once it is applied to the awards; what
is granted once (temporary assistance) goes on at its monthly average, as policies/funds.yaml says. A programme is taken
to be paid by the fund that paid it last in that place, else by the one that a run would choose.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from minzheng.areas.queries import within
from minzheng.awards import queries as awards
from minzheng.awards import timing
from minzheng.core import clock
from minzheng.payments import fund_rules
from minzheng.payments.models import Fund, Run

K = TypeVar("K")
Key = tuple[str, str]
"""Programme and place."""
Covered = dict[tuple[str, str, dt.date], int]
"""(programme, village, benefit month) → fen."""
TOWNSHIP = 9
"""Digits of a township's code."""


@dataclass(frozen=True)
class Ahead:
    """What one programme will still need in one village for one month (what is late stands in the current month)."""

    month: dt.date
    programme: str
    area: str
    fen: int


@dataclass
class Forecast:
    """What a fund will still need this year."""

    balance: int
    ahead: list[Ahead] = field(default_factory=list)

    @property
    def need(self) -> int:
        return sum(one.fen for one in self.ahead)

    @property
    def left_over(self) -> int:
        """At the year's end, if nothing comes in any more; below zero: what is missing."""
        return self.balance - self.need

    @property
    def short_from(self) -> dt.date | None:
        """The first month that the fund cannot pay in full."""
        needs, left = self.by_month(), self.balance
        for month in sorted(needs):
            left -= needs[month]
            if left < 0:
                return month
        return None

    def missing_by(self, month: dt.date) -> int:
        """How much is missing when this month is paid; nothing where the fund holds enough."""
        return max(sum(one.fen for one in self.ahead if one.month <= month) - self.balance, 0)

    def by_month(self) -> dict[dt.date, int]:
        return _summed((one.month, one.fen) for one in self.ahead)

    def by_programme(self) -> dict[str, int]:
        return _summed((one.programme, one.fen) for one in self.ahead)

    def by_area(self) -> dict[str, int]:
        return _summed((one.area, one.fen) for one in self.ahead)


@dataclass(frozen=True)
class Year:
    """The forecasts of a year's funds by their ids, and what no fund may pay."""

    funds: dict[int, Forecast]
    unfunded: list[Ahead]


def forecasts(area: str, year: int) -> Year:
    """For the funds of a year in an area and below. Only the current year has months ahead. The caller's scope has to
    hold the whole area: what a fund above it needs for others is not in it."""
    found = list(Fund.objects.filter(within(area), year=year).select_related("account").order_by("pk"))
    known = {fund.pk: Forecast(fund.account.balance) for fund in found}
    today = clock.today()
    if year != today.year or not found:
        return Year(known, [])
    current = timing.first_of(today)
    unfunded = []
    payers = _Payers(area, year, found)
    covered = _covered(area, current)
    for one in [*_owed(area, current, covered), *_once(current, covered)]:
        fund = payers.of(one.programme, one.area)
        if fund is None:
            unfunded.append(one)
        elif fund in known:
            known[fund].ahead.append(one)
    return Year(known, unfunded)


def _covered(area: str, current: dt.date) -> Covered:
    """Fen of this year's months that have been sent or have reached people."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select programme, place, month, fen from mz_paid_by_month(%s, %s, %s)",
            [area, current.replace(month=1), current.replace(month=12)],
        )
        return {(programme, village, month): fen for programme, village, month, fen in cursor.fetchall()}


def _owed(area: str, current: dt.date, covered: Covered) -> list[Ahead]:
    """What awards owe for the year's months and nobody has sent yet; months that are over stand in the current one."""
    late: dict[tuple[dt.date, str, str], int] = defaultdict(int)
    owed = awards.owed_ahead(area, current.replace(month=1), current.replace(month=12))
    for (programme, village, month), fen in owed.items():
        open_fen = fen - covered.get((programme, village, month), 0)
        if open_fen > 0:
            late[max(month, current), programme, village] += open_fen
    return [Ahead(month, programme, village, fen) for (month, programme, village), fen in sorted(late.items())]


def _once(current: dt.date, covered: Covered) -> list[Ahead]:
    """What is granted once and was paid in most months goes on at its average, from the next month to December, by
    township: in one village nothing of the kind has an average."""
    over, left = current.month - 1, 12 - current.month
    paid: dict[Key, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for (programme, village, month), fen in covered.items():
        if month < current and left:
            paid[programme, village[:TOWNSHIP]][month] += fen
    enough = fund_rules.load().percent_of_months
    cycles = {programme: awards.pay_cycle(programme, current) for programme, _ in paid}
    return [
        Ahead(timing.shift(current, n), programme, township, sum(months.values()) // over)
        for (programme, township), months in sorted(paid.items())
        if cycles[programme] == "once" and len(months) * 100 >= over * enough
        for n in range(1, left + 1)
    ]


class _Payers:
    """Which fund pays a programme in a village: the one of the latest run there, else the nearest that may."""

    def __init__(self, area: str, year: int, found: Sequence[Fund]) -> None:
        first = dt.date(year, 1, 1)
        latest = (
            Run.objects.filter(within(area), month__gte=first, month__lt=dt.date(year + 1, 1, 1), fund__year=year)
            .order_by("programme", "area_id", "-month", "-ordinal")
            .distinct("programme", "area_id")
            .values_list("programme", "area_id", "fund_id")
        )
        self._runs: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for programme, code, fund in latest:
            self._runs[programme].append((code, fund))
        self._funds = [(fund.area_id, fund.pk, fund.purpose) for fund in [*found, *_above(area, year)]]
        self._known: dict[Key, int | None] = {}

    def of(self, programme: str, village: str) -> int | None:
        key = (programme, village)
        if key not in self._known:
            self._known[key] = self._by_run(programme, village) or self._nearest(programme, village)
        return self._known[key]

    def _by_run(self, programme: str, village: str) -> int | None:
        there = [one for one in self._runs[programme] if village.startswith(one[0]) or one[0].startswith(village)]
        return max(there, default=("", None), key=lambda one: len(one[0]))[1]

    def _nearest(self, programme: str, village: str) -> int | None:
        able = [
            (len(code), -pk, pk)
            for code, pk, purpose in self._funds
            if programme in purpose and village.startswith(code)
        ]
        return max(able)[2] if able else None


def _above(area: str, year: int) -> list[Fund]:
    """The funds above, which may pay here what no fund of the area may: their own need is not forecast here."""
    codes = [area[:n] for n in range(2, len(area))]
    return list(Fund.objects.filter(area_id__in=codes, year=year).order_by("pk"))


def _summed(pairs: Iterable[tuple[K, int]]) -> dict[K, int]:
    sums: dict[K, int] = defaultdict(int)
    for key, fen in pairs:
        sums[key] += fen
    return dict(sums)
