"""Rows with two times, written in bulk: what is in the way is superseded, what stays owed is written again.

`recorded_at` of the new rows is `superseded_at` of the old ones, so that at every moment exactly one of them is known.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from minzheng.awards import timing
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.cases.models import Assessment, Decision

Row = TypeVar("Row", AwardAmount, AwardMember)


@dataclass(frozen=True)
class Segment:
    """An amount (fen for one pay cycle) from one benefit month to another (None: until further notice)."""

    first: dt.date
    last: dt.date | None
    amount: int
    reason: str
    assessment: Assessment | None
    decision: Decision


def current_amounts(awards: Iterable[int]) -> dict[int, list[AwardAmount]]:
    """What the awards owe as we know it now, by award, in order of month."""
    found: dict[int, list[AwardAmount]] = {}
    rows = AwardAmount.objects.filter(award__in=list(awards), superseded_at=None).order_by("award_id", "first_month")
    heavy = ("assessment__explanation", "assessment__inputs", "assessment__files", "assessment__unmet")
    for row in rows.select_related("assessment", "decision").defer(*heavy):
        found.setdefault(row.award_id, []).append(row)
    return found


def current_members(awards: Iterable[int]) -> dict[int, list[AwardMember]]:
    """Whom the awards cover and covered as we know it now, by award."""
    found: dict[int, list[AwardMember]] = {}
    rows = AwardMember.objects.filter(award__in=list(awards), superseded_at=None).order_by("award_id", "pk")
    for row in rows:
        found.setdefault(row.award_id, []).append(row)
    return found


def covered_in(members: Iterable[AwardMember], month: dt.date) -> list[int]:
    """The ids of those covered in a benefit month."""
    return [
        row.person_id
        for row in members
        if row.first_month <= month and (row.last_month is None or row.last_month >= month)
    ]


def in_grace(amounts: Iterable[AwardAmount], month: dt.date) -> bool:
    """Whether a grace period is paid for a month."""
    return any(
        row.reason == AmountReason.GRACE and row.first_month <= month <= (row.last_month or month) for row in amounts
    )


def write_amounts(changes: Mapping[Award, tuple[dt.date, list[Segment]]]) -> None:
    """For each award: from this month on its amounts are these segments (none: it owes nothing from then on). What it
    owes for the months before stays."""
    if not changes:
        return
    at = timezone.now()
    since = {award.pk: month for award, (month, _) in changes.items()}
    old = _in_the_way(AwardAmount.objects.all(), since)
    kept = [
        AwardAmount(
            award_id=row.award_id,
            area_id=row.area_id,
            first_month=row.first_month,
            last_month=timing.shift(since[row.award_id], -1),
            amount=row.amount,
            reason=row.reason,
            assessment_id=row.assessment_id,
            decision_id=row.decision_id,
            recorded_at=at,
        )
        for row in old
        if row.first_month < since[row.award_id]
    ]
    new = [
        AwardAmount(
            award=award,
            area_id=award.area_id,
            first_month=segment.first,
            last_month=segment.last,
            amount=segment.amount,
            reason=segment.reason,
            assessment=segment.assessment,
            decision=segment.decision,
            recorded_at=at,
        )
        for award, (_, segments) in changes.items()
        for segment in segments
    ]
    AwardAmount.objects.filter(pk__in=[row.pk for row in old]).update(superseded_at=at)
    AwardAmount.objects.bulk_create(kept + new, batch_size=1000)


def cover(award: Award, persons: Iterable[int], first: dt.date, entered_on: dt.date) -> None:
    """These people are covered from a benefit month on."""
    AwardMember.objects.bulk_create(
        AwardMember(
            award=award,
            area_id=award.area_id,
            person_id=person,
            first_month=first,
            last_month=award.last_month,
            entered_on=entered_on,
            left_on=award.left_on,
        )
        for person in persons
    )


def end_cover(award: Award, last: dt.date, left_on: dt.date, persons: Iterable[int] | None = None) -> None:
    """These people (all, if None) are covered to this month at the latest. Who already left keeps the day they did."""
    at = timezone.now()
    rows = AwardMember.objects.filter(award=award)
    if persons is not None:
        rows = rows.filter(person__in=list(persons))
    old = _in_the_way(rows, {award.pk: timing.shift(last, 1)})
    new = [
        AwardMember(
            award=award,
            area_id=row.area_id,
            person_id=row.person_id,
            first_month=row.first_month,
            last_month=last,
            entered_on=row.entered_on,
            left_on=min(row.left_on or left_on, left_on),
            recorded_at=at,
        )
        for row in old
        if row.first_month <= last
    ]
    AwardMember.objects.filter(pk__in=[row.pk for row in old]).update(superseded_at=at)
    AwardMember.objects.bulk_create(new)


def extend_cover(award: Award) -> None:
    """Whoever is covered to the award's last month is covered on without an end."""
    at = timezone.now()
    old = AwardMember.objects.filter(award=award, superseded_at=None, last_month=award.last_month)
    kept = list(old.order_by("pk").values_list("person_id", "first_month", "entered_on"))
    old.update(superseded_at=at)
    AwardMember.objects.bulk_create(
        AwardMember(
            award=award, area_id=award.area_id, person_id=person, first_month=first, entered_on=entered, recorded_at=at
        )
        for person, first, entered in kept
    )


def _in_the_way(rows: QuerySet[Row], since: Mapping[int, dt.date]) -> list[Row]:
    """The current rows that reach into the months from `since` (by award) on, locked."""
    found = (
        rows.filter(Q(last_month=None) | Q(last_month__gte=min(since.values())))
        .filter(award__in=list(since), superseded_at=None)
        .select_for_update()
        .order_by("pk")
    )
    return [row for row in found if row.last_month is None or row.last_month >= since[row.award_id]]
