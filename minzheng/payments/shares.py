"""Matching shares (分担比例): which level bears how much of what a programme costs, and what it still owes for it.

A run is paid by one fund, whoever bears the cost; what each level should have provided follows from the shares in force
when people were paid. Funds that serve several programmes are taken together with all that these programmes cost.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import audit
from minzheng.core.errors import refuse
from minzheng.payments import books
from minzheng.payments.forecast import Year
from minzheng.payments.models import CostShare, Fund, FundSource
from minzheng.payments.refusals import action
from minzheng.policy import registry

WHOLE = 10_000
"""All of the cost, in hundredths of a per cent."""


@action
def set_shares(
    *, by: User, programme: str, area: str, since: dt.date, parts: Mapping[str, int], document: str
) -> CostShare:
    """Set which source bears how many hundredths of a per cent of a programme's cost in an area, from a day on."""
    perms.require(by, "payments.fund", area)
    place = areas.area(area)
    registry.programme(programme)
    kept = {source: part for source, part in parts.items() if part}
    unknown = sorted(set(kept) - set(FundSource.values))
    if unknown or sum(kept.values()) != WHOLE or min(kept.values()) < 0 or not document.strip():
        raise refuse(
            "payments.shares",
            zh="分担比例合计 {sum}%，应为 100%；来源和文号不能缺。",
            en="The shares add up to {sum} %, not to 100 %, or a source or the document is missing.",
            remedy_zh="请按文件填写各级比例（最多两位小数），合计正好 100%，并填写文号。",
            remedy_en="Enter each level's share as its document has it (two decimals at most), 100 % in all.",
            sum=f"{sum(kept.values()) // 100}.{sum(kept.values()) % 100:02d}",
        )
    made = CostShare.objects.create(
        programme=programme, area=place, since=since, parts=kept, document=document.strip(), entered_by=by
    )
    detail: dict[str, object] = {
        "programme": programme,
        "since": f"{since}",
        "parts": kept,
        "document": document,
    }
    audit.record("payments.set_shares", by=by, subject=made, area=area, detail=detail)
    return made


def known(area: str) -> QuerySet[CostShare]:
    """The shares that hold in an area or a part of it, the latest first."""
    above = [area[:n] for n in range(2, len(area))]
    found = CostShare.objects.filter(areas.within(area)) | CostShare.objects.filter(area_id__in=above)
    return found.select_related("area", "entered_by").order_by("programme", "area_id", "-since", "-pk")


@dataclass(frozen=True)
class Level:
    """One source. Fen: what it should have provided for what was paid so far, what it has provided, what it should for
    the whole year by the forecast."""

    source: str
    should: int
    provided: int
    whole_year: int

    @property
    def missing(self) -> int:
        """Below zero: provided more than its share so far."""
        return self.should - self.provided


@dataclass(frozen=True)
class Group:
    """Programmes that share funds, with those funds. `unshared`: fen that were paid for a programme without shares."""

    programmes: tuple[str, ...]
    funds: tuple[int, ...]
    cost: int
    unshared: int
    levels: tuple[Level, ...]


def matching(
    rows: Sequence[Mapping[str, Any]],
    year: Year,
    shares: Iterable[CostShare],
    today: dt.date,
    *,
    of: Fund | None = None,
) -> list[Group]:
    """What each level should have provided for the funds of a year (`rows`: `books.funds`), has provided, and will have
    to. Groups without any shares are left out; `of`: only the group of this fund."""
    laws = list(shares)
    shared = {law.programme for law in laws}
    by_fund = {row["fund"].pk: row["fund"] for row in rows}
    groups = [
        (programmes, funds)
        for programmes, funds in _together(by_fund.values())
        if shared & set(programmes) and (of is None or of.pk in funds)
    ]
    costs: dict[int, list[tuple[str, dt.date, int]]] = defaultdict(list)
    for one in books.movements(by_fund[fund] for _, funds in groups for fund in sorted(funds)):
        if one.used:
            costs[one.fund].append((one.programme, one.month, one.used))
    return [
        _group(programmes, [row for row in rows if row["fund"].pk in funds], costs, year, laws, today)
        for programmes, funds in groups
    ]


def share_on(laws: Sequence[CostShare], programme: str, area: str, day: dt.date) -> CostShare | None:
    """The shares in force: the nearest area's, of these the latest by that day, of one day the last entered."""
    fitting = [law for law in laws if law.programme == programme and law.since <= day and area.startswith(law.area_id)]
    return max(fitting, key=lambda law: (len(law.area_id), law.since, law.pk), default=None)


def apportioned(fen: int, parts: Mapping[str, int]) -> dict[str, int]:
    """An amount by shares, to the fen: what rounding leaves goes to the largest remainders, so that the parts add up.

    >>> apportioned(100, {"central": 3334, "county": 3333, "provincial": 3333})
    {'central': 34, 'county': 33, 'provincial': 33}
    """
    exact = {source: divmod(fen * part, WHOLE) for source, part in sorted(parts.items())}
    found = {source: whole for source, (whole, _) in exact.items()}
    left = fen - sum(found.values())
    for source in sorted(exact, key=lambda source: -exact[source][1])[:left]:
        found[source] += 1
    return found


def _group(
    programmes: tuple[str, ...],
    rows: Sequence[Mapping[str, Any]],
    costs: Mapping[int, Sequence[tuple[str, dt.date, int]]],
    year: Year,
    laws: Sequence[CostShare],
    today: dt.date,
) -> Group:
    should: dict[str, int] = defaultdict(int)
    ahead: dict[str, int] = defaultdict(int)
    provided: dict[str, int] = defaultdict(int)
    cost = unshared = 0
    for row in rows:
        fund: Fund = row["fund"]
        provided[fund.source] += row["allocated"] + row["passed"] + row["carried_in"]
        for programme, month, fen in costs.get(fund.pk, ()):
            cost += fen
            law = share_on(laws, programme, fund.area_id, month)
            unshared += 0 if law else fen
            _add(should, fen, law)
        for one in year.funds[fund.pk].ahead if fund.pk in year.funds else ():
            _add(ahead, one.fen, share_on(laws, one.programme, fund.area_id, today))
    sources = [source for source in FundSource.values if should[source] or ahead[source] or provided[source]]
    levels = tuple(Level(one, should[one], provided[one], should[one] + ahead[one]) for one in sources)
    return Group(programmes, tuple(row["fund"].pk for row in rows), cost, unshared, levels)


def _add(sums: dict[str, int], fen: int, law: CostShare | None) -> None:
    for source, part in apportioned(fen, law.parts).items() if law else ():
        sums[source] += part


def _together(funds: Iterable[Fund]) -> list[tuple[tuple[str, ...], set[int]]]:
    """The funds parted into groups that have no programme in common with one another."""
    groups: list[tuple[set[str], set[int]]] = []
    for fund in funds:
        purpose, members = set(fund.purpose), {fund.pk}
        apart = []
        for known_purpose, known_members in groups:
            if known_purpose & purpose:
                purpose |= known_purpose
                members |= known_members
            else:
                apart.append((known_purpose, known_members))
        groups = [*apart, (purpose, members)]
    return [(tuple(sorted(purpose)), members) for purpose, members in groups]
