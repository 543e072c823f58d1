"""What a family, or a person, receives in a month."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from minzheng.awards import timing
from minzheng.awards.models import Award, AwardAmount
from minzheng.awards.queries.due import cycle_length
from minzheng.people import queries as people
from minzheng.people.models import Household, Person


@dataclass(frozen=True)
class Received:
    """One award in force: fen for a pay cycle of `cycle` months (`once`: the whole of it in this month), and what that
    is a month, rounded half up."""

    award_id: int
    programme: str
    category: str
    person_id: int | None
    household_id: int | None
    amount: int
    cycle: int
    once: bool
    monthly: int
    held: bool


def household_total(party: Household | Person, month: dt.date) -> list[Received]:
    """What a household (its own awards, and those of the people who live in it) or a person (their own, and the
    household awards that cover them) receives in a month, by programme; in three queries."""
    month = timing.first_of(month)
    if isinstance(party, Household):
        persons = list(
            people.members(party, timing.shift(month, 1) - dt.timedelta(days=1)).values_list("person", flat=True)
        )
        theirs = Q(household=party) | Q(person__in=persons)
    else:
        covered = Q(members__person=party, members__superseded_at=None, members__first_month__lte=month) & (
            Q(members__last_month=None) | Q(members__last_month__gte=month)
        )
        theirs = Q(person=party) | covered
    awards = Award.objects.filter(
        theirs, Q(last_month=None) | Q(last_month__gte=month), first_month__lte=month
    ).distinct()
    amounts = dict(
        AwardAmount.objects.filter(
            Q(last_month=None) | Q(last_month__gte=month),
            award__in=[award.pk for award in awards],
            superseded_at=None,
            first_month__lte=month,
        ).values_list("award", "amount")
    )
    return [_received(award, amounts.get(award.pk, 0), month) for award in sorted(awards, key=_order)]


def monthly_total(received: list[Received]) -> int:
    """Fen a month of what runs on; what is paid once is not in it."""
    return sum(one.monthly for one in received if not one.once)


def _order(award: Award) -> tuple[str, int]:
    return award.programme, award.pk


def _received(award: Award, amount: int, month: dt.date) -> Received:
    length = cycle_length(award.programme, month)
    once = award.end_reason == "once"
    return Received(
        award_id=award.pk,
        programme=award.programme,
        category=award.category,
        person_id=award.person_id,
        household_id=award.household_id,
        amount=amount,
        cycle=length,
        once=once,
        monthly=amount if once else timing.due_in_cycle([amount], length),
        held=bool(award.held_reason),
    )
