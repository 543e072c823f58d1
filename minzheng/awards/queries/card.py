"""The benefits of a party, as whoever answers the telephone needs them: all at once, however many there are."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from minzheng.awards import timing
from minzheng.awards.models import Award, AwardAmount
from minzheng.awards.queries.words import held_reasons_of
from minzheng.awards.rows import current_members
from minzheng.core.errors import Text
from minzheng.people.models import Household

RECENTLY = 3
"""Months for which what has ended, or was paid once, is still asked about."""


@dataclass(frozen=True)
class Benefit:
    """One award: what it gives in a month (fen for a pay cycle; of one that has ended: what it gave last), whom it
    covers, and why it is held."""

    award: Award
    amount: int
    running: bool
    once: bool
    covered: tuple[int, ...]
    held: tuple[Text, ...]


def benefits(household: Household | None, persons: Iterable[int], month: dt.date) -> list[Benefit]:
    """Every award of a household and of these people, or that covers one of them, in force in a month or ended shortly
    before; those in force first. Four queries at most."""
    month = timing.first_of(month)
    people = list(persons)
    theirs = Q(person__in=people) | Q(members__person__in=people, members__superseded_at=None)
    if household is not None:
        theirs |= Q(household=household)
    reaching = Q(last_month=None) | Q(last_month__gte=timing.shift(month, -RECENTLY))
    found = (
        Award.objects.filter(theirs, reaching, first_month__lte=timing.shift(month, 1))
        .distinct()
        .select_related("person", "payee")
    )
    awards = [award for award in found.order_by("programme", "pk") if not _never_began(award)]
    amounts = _amounts(awards)
    members = current_members([award.pk for award in awards])
    held = held_reasons_of(awards)
    lines = [
        Benefit(
            award=award,
            amount=_amount_in(amounts.get(award.pk, ()), min(month, award.last_month or month)),
            running=award.last_month is None or award.last_month >= month,
            once=award.end_reason == "once",
            covered=tuple(row.person_id for row in members.get(award.pk, ()) if row.last_month == award.last_month),
            held=tuple(held[award.pk]),
        )
        for award in awards
    ]
    return sorted(lines, key=lambda line: not line.running)


def _never_began(award: Award) -> bool:
    return award.last_month is not None and award.last_month < award.first_month


def _amounts(awards: Sequence[Award]) -> dict[int, list[AwardAmount]]:
    found: dict[int, list[AwardAmount]] = {}
    ids = [award.pk for award in awards]
    for row in AwardAmount.objects.filter(award__in=ids, superseded_at=None).order_by("first_month"):
        found.setdefault(row.award_id, []).append(row)
    return found


def _amount_in(amounts: Iterable[AwardAmount], month: dt.date) -> int:
    """The amount of a month; of an award that begins later its first."""
    begun = [row for row in amounts if row.first_month <= month] or list(amounts)[:1]
    holding = [row for row in begun if row.last_month is None or row.last_month >= month]
    return holding[-1].amount if holding else 0
