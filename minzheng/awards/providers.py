"""What awards know of a party, as facts of a policy: what it received this year, which benefit it is covered by."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.timing import first_of
from minzheng.people import queries as people
from minzheng.people.models import Circle, Membership
from minzheng.policy.subjects import Party, provide

STATUSES = ("rigid_expenditure", "borderline", "dibao", "tekun")
"""What a person is recognised as; the one that helps more comes later."""

SELF_PAID = "medical_self_paid"
"""The fact of one settlement: what was left to pay (fen)."""


def _in_year(party: str, code: str, parties: Sequence[Party], on: dt.date) -> Mapping[int, int]:
    """Fen granted once, in the calendar year of `on`, by the party's key; 0 where nothing was."""
    rows = AwardAmount.objects.filter(
        **{f"award__{party}__in": [one.key for one in parties]},
        superseded_at=None,
        award__programme=code,
        award__end_reason="once",
        first_month__year=on.year,
    )
    sums = dict(rows.values_list(f"award__{party}").annotate(total=Sum("amount")))
    return {one.key: int(sums.get(one.key, 0)) for one in parties}


def temporary_aid(parties: Sequence[Party], on: dt.date) -> Mapping[int, int]:
    """Temporary assistance that a household received this year."""
    return _in_year("household", "temporary_assistance", [one for one in parties if one.household], on)


def medical_aid(parties: Sequence[Party], on: dt.date) -> Mapping[int, int]:
    """Medical assistance that a person received this year."""
    return _in_year("person", "medical_assistance", [one for one in parties if one.person], on)


def self_paid_before(parties: Sequence[Party], on: dt.date) -> Mapping[int, int]:
    """What a person paid themselves in the settlements imported this year."""
    persons = [one for one in parties if one.person]
    rows = Award.objects.filter(
        person__in=[one.key for one in persons], programme="medical_assistance", decision__assessment__on__year=on.year
    ).annotate(
        paid=Cast(
            KeyTextTransform(SELF_PAID, KeyTextTransform("facts", "decision__assessment__inputs")), BigIntegerField()
        )
    )
    sums: dict[int, int] = dict(rows.values_list("person").annotate(total=Sum("paid")))
    return {one.key: int(sums.get(one.key) or 0) for one in persons}


def festival_parcel(parties: Sequence[Party], on: dt.date) -> Mapping[int, bool]:
    """Whether a household was given this festival's goods."""
    households = [one for one in parties if one.household]
    served = set(
        Award.objects.filter(
            household__in=[one.key for one in households], programme="festival_relief", first_month__year=on.year
        ).values_list("household", flat=True)
    )
    return {one.key: one.key in served for one in households}


def medical_category(parties: Sequence[Party], on: dt.date) -> Mapping[int, str]:
    """Whom the living allowance or the support in extreme difficulty covers on the day, or a borderline or a
    rigid-expenditure family; of others it is recorded."""
    return _status([one.key for one in parties if one.person], on, STATUSES)


def support_now(parties: Sequence[Party], on: dt.date) -> Mapping[int, str]:
    """What covers somebody of those asked for on the day: the living allowance, the support in extreme difficulty, a
    borderline family; `none`."""
    homes = {party.key: set(party.covered) for party in parties if party.household}
    whole = [key for key, covered in homes.items() if not covered]
    members = Membership.objects.filter(people.holding(on), household__in=whole, circle=Circle.FAMILY)
    for household, person in members.values_list("household", "person"):
        homes[household].add(person)
    by_person = _status({person for covered in homes.values() for person in covered}, on, STATUSES[1:])
    return {
        key: max((by_person[one] for one in covered if one in by_person), key=STATUSES.index, default="none")
        for key, covered in homes.items()
    }


def _status(persons: Collection[int], on: dt.date, among: Sequence[str]) -> dict[int, str]:
    """What covers each of these in the month of a day, of these programmes; who has none is left out."""
    month = first_of(on)
    rows = AwardMember.objects.filter(
        Q(last_month=None) | Q(last_month__gte=month),
        person__in=list(persons),
        superseded_at=None,
        first_month__lte=month,
        award__programme__in=among,
    )
    found = rows.values_list("person", "award__programme")
    return dict(sorted(found, key=lambda row: STATUSES.index(row[1])))


def register() -> None:
    """Called at start-up."""
    provide("aid_this_year", temporary_aid)
    provide("medical_aid_paid", medical_aid)
    provide("self_pay_before", self_paid_before)
    provide("parcel_received", festival_parcel)
    provide("medical_category", medical_category)
    provide("support_now", support_now)
