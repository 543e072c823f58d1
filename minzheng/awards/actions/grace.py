"""Carrying out a grace period (渐退期): dated amounts with the reason GRACE, then what the decision says, or the end.

While it runs its amounts stay as they were decided: a new standard or a birthday moves what comes after it alone. What
ends it early (a death, a move, property) is an act of its own that writes over the months left.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from minzheng.awards import refusals, rows, timing
from minzheng.awards.models import AmountReason, Award, AwardAmount
from minzheng.awards.rows import Segment
from minzheng.cases.grace import stepped
from minzheng.cases.models import Assessment, Decision
from minzheng.policy import subjects
from minzheng.policy.registry import programme

OwedIn = Callable[[dt.date], Fraction]
"""Fen owed for a month, exact."""


def last_month(decision: Decision) -> dt.date:
    """The last benefit month of the grace period that a decision grants."""
    return dt.date.fromisoformat(decision.grace["last_month"])


def segments(award: Award, decision: Decision, after: Sequence[Segment]) -> list[Segment]:
    """The amounts from the decision's first month on: its grace, then `after` (empty: the award ends with the grace).
    Refuses where nothing falls away."""
    first, shares = decision.first_month, [Fraction(share) for share in decision.grace["shares"]]
    before, then = _sides(award, decision, after)
    months = timing.months(first, last_month(decision))
    paid = [
        stepped(before(month), then(month), share, decision.grace["unit"])
        for month, share in zip(months, shares, strict=True)
    ]
    if all(before(month) <= then(month) for month in months):
        raise refusals.nothing_falls_away(decision)
    found: list[Segment] = []
    for month, amount in zip(months, paid, strict=True):
        if found and found[-1].amount == amount:
            found[-1] = replace(found[-1], last=month)
        else:
            found.append(Segment(month, month, amount, AmountReason.GRACE, decision.assessment, decision))
    return found + [
        replace(segment, first=max(segment.first, timing.shift(months[-1], 1)))
        for segment in after
        if segment.last is None or segment.last > months[-1]
    ]


def reopen(award: Award) -> None:
    """An award that was to end with its grace period goes on: a decision made meanwhile says that it is owed. Whom it
    covered to that end they are covered on."""
    rows.extend_cover(award)
    award.last_month, award.left_on, award.end_reason = None, None, ""
    award.save(update_fields=["last_month", "left_on", "end_reason"])


def _sides(award: Award, decision: Decision, after: Sequence[Segment]) -> tuple[OwedIn, OwedIn]:
    """What was owed before the event and what is owed now, for each month."""
    amounts = rows.current_amounts([award.pk]).get(award.pk, [])
    if "after_death" in decision.grace:
        return _after_death(award, decision, amounts)
    then = [(segment.first, segment.last, segment.amount) for segment in after]
    known = [(row.first_month, row.last_month, row.amount) for row in amounts]
    return lambda month: _in(known, month), lambda month: _in(then, month)


def _after_death(award: Award, decision: Decision, amounts: Sequence[AwardAmount]) -> tuple[OwedIn, OwedIn]:
    """The base of the month of the death goes on, at most the standard times those who remain; supplements are those of
    the survivors in both."""
    rule, event = decision.grace["after_death"], dt.date.fromisoformat(decision.grace["event_on"])
    month = timing.first_of(event)
    row = next((r for r in amounts if r.first_month <= month <= (r.last_month or month)), None)
    if row is None or row.assessment_id is None or decision.assessment is None:
        raise refusals.no_base(decision)
    before = _steps(Assessment.objects.get(pk=row.assessment_id))
    now = _steps(decision.assessment)
    law, kept = programme(award.programme), decision.assessment
    subject = subjects.restored(award.programme, kept.inputs, kept.on)
    cap = Fraction(law.rate(rule["cap"], subject, kept.on)) * int(now[rule["heads"]])
    supplements = now[rule["supplements"]]
    old = min(before[rule["base"]], cap) + supplements
    new = now[rule["base"]] + supplements
    return lambda _: old, lambda _: new


def _steps(assessment: Assessment) -> dict[str, Fraction]:
    """Every step of an assessment by name, exact, worked out again from its frozen inputs."""
    law = programme(assessment.programme)
    subject = subjects.restored(assessment.programme, assessment.inputs, assessment.on)
    (result,) = law.assess([subject], assessment.on)
    return {name: Fraction(value) for name, value in result.steps.items() if isinstance(value, int | Fraction)}


def _in(known: Iterable[tuple[dt.date, dt.date | None, int]], month: dt.date) -> Fraction:
    return Fraction(next((fen for first, last, fen in known if first <= month <= (last or month)), 0))
