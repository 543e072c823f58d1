"""What awards know of a party, as facts of a policy: what it received this year, which benefit it is covered by."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.timing import first_of
from minzheng.policy.subjects import Party, provide

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
    """Whom the living allowance, the support in extreme difficulty or a borderline family covers on the day; of others
    it is recorded."""
    month = first_of(on)
    rows = AwardMember.objects.filter(
        Q(last_month=None) | Q(last_month__gte=month),
        person__in=[one.key for one in parties if one.person],
        superseded_at=None,
        first_month__lte=month,
        award__programme__in=("borderline", "dibao", "tekun"),
    )
    # In this order the one that helps more comes last, and stays.
    return dict(rows.order_by("award__programme").values_list("person", "award__programme"))


def register() -> None:
    """Called at start-up."""
    provide("aid_this_year", temporary_aid)
    provide("medical_aid_paid", medical_aid)
    provide("self_pay_before", self_paid_before)
    provide("parcel_received", festival_parcel)
    provide("medical_category", medical_category)
