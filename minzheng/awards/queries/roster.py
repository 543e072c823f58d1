"""The roster of a programme: who is on it in a benefit month, who came, went or changed. Months, not days: what the
office prints and what a run pays; the days that a year's report counts by are in `stock`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from minzheng.areas.models import Area
from minzheng.areas.queries import within
from minzheng.awards import rows, timing
from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.people import queries as people


@dataclass(frozen=True)
class RosterLine:
    """One award as the office prints it. `amount` is fen for one pay cycle; `before`, where it changed, what it was;
    `people` how many it covers in the month (when it left: in its last); `since` the first month."""

    award_id: int
    name: str
    area_code: str
    village: str
    people: int
    amount: int
    reason: str
    category: str
    residence: str
    since: dt.date
    until: dt.date | None
    held: bool
    household_id: int | None
    person_id: int | None
    before: int | None = None
    people_before: int | None = None


@dataclass(frozen=True)
class Roster:
    """A programme's roster of the months from `first` to `last`; `in_force` is that of the last."""

    programme: str
    area: str
    first: dt.date
    last: dt.date
    in_force: list[RosterLine] = field(default_factory=list)
    added: list[RosterLine] = field(default_factory=list)
    removed: list[RosterLine] = field(default_factory=list)
    changed: list[RosterLine] = field(default_factory=list)

    @staticmethod
    def people(lines: Iterable[RosterLine]) -> int:
        return sum(line.people for line in lines)

    @staticmethod
    def amount(lines: Iterable[RosterLine]) -> int:
        """Fen for one pay cycle."""
        return sum(line.amount for line in lines)


def in_force(
    programme: str, area: str, month: dt.date, *, residence: str | None = None, category: str | None = None
) -> QuerySet[Award]:
    """The awards in force in a benefit month."""
    month = timing.first_of(month)
    return _of(programme, area, residence, category).filter(
        Q(last_month=None) | Q(last_month__gte=month), first_month__lte=month
    )


def roster(
    programme: str,
    area: str,
    month: dt.date | tuple[dt.date, dt.date],
    *,
    residence: str | None = None,
    category: str | None = None,
) -> Roster:
    """The roster of a month, or of the months from one to another. Added: who is on it from one of these months on, by
    a decision (not carried over). Removed: who is no longer from one of them on. Changed: who stays with another amount
    or other people than in the month before. What is paid once is added, and never removed.

    A number of queries that does not depend on how many awards there are.
    """
    first, last = month if isinstance(month, tuple) else (month, month)
    first, last = timing.first_of(first), timing.first_of(last)
    eve = timing.shift(first, -1)
    reaching = Q(last_month=None) | Q(last_month__gte=eve)
    awards = list(
        _of(programme, area, residence, category)
        .filter(reaching, first_month__lte=last)
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )
    known = _Known(awards)
    found = Roster(programme, area, first, last)
    for award in awards:
        once = award.end_reason == "once"
        ends_before = award.last_month is not None and award.last_month < last
        if award.first_month <= last and not ends_before:
            found.in_force.append(known.line(award, last))
        if first <= award.first_month and award.origin != "carried_over" and not _never(award):
            found.added.append(known.line(award, min(last, award.last_month or last)))
        if ends_before and award.last_month is not None and not once and not _never(award):
            found.removed.append(known.line(award, award.last_month, reason=award.end_reason))
        if award.first_month < first and not ends_before:
            was, now = known.line(award, eve), known.line(award, last)
            if known.started(award, eve) and (was.amount, was.people) != (now.amount, now.people):
                found.changed.append(known.line(award, last, was=was))
    return found


class _Known:
    """Amounts, people and names of many awards, each asked for once."""

    def __init__(self, awards: Sequence[Award]) -> None:
        ids = [award.pk for award in awards]
        self.amounts: dict[int, list[AwardAmount]] = {}
        for amount in AwardAmount.objects.filter(award__in=ids, superseded_at=None).order_by("first_month"):
            self.amounts.setdefault(amount.award_id, []).append(amount)
        self.members: dict[int, list[AwardMember]] = {}
        for member in AwardMember.objects.filter(award__in=ids, superseded_at=None):
            self.members.setdefault(member.award_id, []).append(member)
        self.names = head_names(awards)
        self.villages = dict(Area.objects.filter(pk__in={award.area_id for award in awards}).values_list("pk", "name"))

    def started(self, award: Award, month: dt.date) -> bool:
        """Whether its amounts are known from this month or earlier (not carried over since)."""
        known = self.amounts.get(award.pk, [])
        return any(row.first_month <= month for row in known)

    def line(self, award: Award, month: dt.date, *, was: RosterLine | None = None, reason: str = "") -> RosterLine:
        month = max(month, award.first_month)
        holding = next(
            (
                row
                for row in self.amounts.get(award.pk, [])
                if row.first_month <= month and (row.last_month is None or row.last_month >= month)
            ),
            None,
        )
        return RosterLine(
            award_id=award.pk,
            name=self.names.get(award.pk, ""),
            area_code=award.area_id,
            village=self.villages.get(award.area_id, award.area_id),
            people=len(set(rows.covered_in(self.members.get(award.pk, []), month))),
            amount=holding.amount if holding else 0,
            reason=reason or (holding.reason if holding else ""),
            category=award.category,
            residence=award.residence,
            since=award.first_month,
            until=award.last_month,
            held=bool(award.held_reason),
            household_id=award.household_id,
            person_id=award.person_id,
            before=was.amount if was else None,
            people_before=was.people if was else None,
        )


def head_names(awards: Sequence[Award]) -> dict[int, str]:
    """The name that each award stands under: the person's, or the household's head when it came on the roster (who may
    have died since), by award id; two queries at most. Awards come with their person."""
    households = {award.household_id for award in awards if award.household_id}
    if not households:
        return {award.pk: award.person.name for award in awards if award.person}
    latest = max(max(award.entered_on, award.first_month) for award in awards)
    heads = people.heads_on(households, latest, min(award.entered_on for award in awards))
    return {
        award.pk: award.person.name if award.person else getattr(heads.get(award.household_id or 0), "name", "")
        for award in awards
    }


def _never(award: Award) -> bool:
    """It ended before it began: nothing was ever owed."""
    return award.last_month is not None and award.last_month < award.first_month


def _of(programme: str, area: str, residence: str | None, category: str | None) -> QuerySet[Award]:
    awards = Award.objects.filter(within(area), programme=programme)
    if residence is not None:
        awards = awards.filter(residence=residence)
    return awards if category is None else awards.filter(category=category)
