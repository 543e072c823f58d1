"""What a decision has done to an award's amounts: the months and the money that its letter says."""

import datetime as dt

from django.db.models import Min, Q

from minzheng.awards import timing
from minzheng.awards.models import AmountReason, Award, AwardAmount
from minzheng.cases.effects import Effect, Paid
from minzheng.cases.models import Decision, Outcome


def effect_of(decision: Decision) -> Effect | None:
    """The amounts before and after a decision to change or stop, as they were written with it."""
    if decision.outcome not in (Outcome.CHANGE, Outcome.STOP):
        return None
    award = (
        Award.objects.filter(
            programme=decision.programme, person=decision.person_id, household=decision.household_id,
            entered_on__lte=decision.decided_on,
        ).order_by("-pk").first()
    )  # fmt: skip
    if award is None:
        return None
    known_then = Q(recorded_at__lte=decision.recorded_at) & (
        Q(superseded_at=None) | Q(superseded_at__gt=decision.recorded_at)
    )
    ended = Q(award__end_reason="merged", award__last_month=timing.shift(decision.first_month, -1))
    with_it = ended & Q(award__household__followed_by__after=decision.household_id, award__programme=decision.programme)
    known = AwardAmount.objects.filter(Q(award=award) | with_it).filter(known_then)
    before = known.filter(_in(decision.first_month)).distinct()
    written = award.amounts.filter(decision=decision)
    at = written.aggregate(at=Min("recorded_at"))["at"]
    after = written.filter(recorded_at=at).order_by("first_month") if at else AwardAmount.objects.none()
    return Effect(
        before=sum(row.amount for row in before),
        after=tuple(
            Paid(row.first_month, row.last_month, row.amount, row.reason == AmountReason.GRACE) for row in after
        ),
    )


def _in(month: dt.date) -> Q:
    return Q(first_month__lte=month) & (Q(last_month=None) | Q(last_month__gte=month))
