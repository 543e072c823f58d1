"""A decision becomes an award."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.awards import assessing, overlaps, publishing, refusals, rows, terms, timing
from minzheng.awards.models import AmountReason, Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Assessment, Decision, Outcome
from minzheng.core import audit, clock
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.policy.registry import Programme, programme
from minzheng.policy.subjects import Party

By = Any
"""Whoever acts: a user of the office."""


@transaction.atomic
def grant(*, by: By, decision: Decision, payee: Person | None = None) -> Award:
    """Carry out a decision to grant: the award, whom it covers, what it owes from its first month on.

    It works from the decision's first month, which cases took from the programme's timing. payee: whose account is paid
    (the person; the household's head). A programme that pays once makes an award of one month, one with a term
    (`valid_months`) an award that ends by itself. Refuses a decision
    carried out before, one without an amount, and cover that another benefit excludes.
    """
    if decision.outcome != Outcome.GRANT:
        raise refusals.wrong_outcome(decision, Outcome.GRANT)
    if decision.awards.exists():
        raise refusals.already_executed(decision)
    assessment = decision.assessment
    if assessment is None or assessment.amount is None or not assessment.eligible:
        raise refusals.no_amount(decision)
    law = programme(decision.programme)
    first = timing.first_of(decision.first_month)
    rule = law.timing_on(decision.decided_on)
    once = rule.pay_cycle == "once"
    last = first if once else terms.last_month(rule, first)
    covered = people_of(decision, first)
    if decision.in_place_of:
        from minzheng.awards.actions.change_over import change_over

        change_over(by=by, decision=decision, covered=covered, first=first)
    overlaps.check(law.code, covered, first, last, once=once)
    award = Award(
        area_id=decision.area_id,
        programme=law.code,
        person=decision.person,
        household=decision.household,
        residence=assessment.inputs.get("residence") or "",
        category=assessing.category_of(law, assessment.on, assessment.inputs.get("facts", {})),
        payee=payee or payee_of(decision, first),
        origin=decision.origin,
        first_month=first,
        last_month=last,
        entered_on=_entered_on(decision, first),
        left_on=decision.decided_on if once else timing.last_day(last) if last else None,
        end_reason="once" if once else terms.TERM if last else "",
        decision=decision,
    )
    try:
        with transaction.atomic():
            award.save()
            rows.cover(award, covered, first, award.entered_on)
    except IntegrityError as error:
        if "one_running_award" in str(error):
            raise refusals.running_already(decision.household, law.code) from error
        raise overlaps.refused_by_database(error, law.code) or error from error
    party = Party(household=decision.household, person=decision.person, covered=covered, given=given_by(decision))
    segments = (
        granted(law, decision, party, first, AmountReason.GRANTED)
        if not once
        else [Segment(first, first, assessment.amount, AmountReason.GRANTED, assessment, decision)]
    )
    rows.write_amounts({award: (first, terms.until(segments, last))})
    audit.record(
        "awards.grant",
        by=by,
        subject=award,
        area=award.area_id,
        detail={
            "decision": decision.number,
            "first_month": first.isoformat(),
            "people": len(covered),
            "amount": segments[0].amount,
        },
    )
    publishing.keep_up(by=by, awards=[award])
    return award


def _entered_on(decision: Decision, first: dt.date) -> dt.date:
    """The day of the decision; of a renewal the day on which what it follows leaves the roster."""
    before = terms.of_party(decision).filter(last_month=timing.shift(first, -1)).order_by("-pk").first()
    return max(decision.decided_on, before.left_on) if before and before.left_on else decision.decided_on


def people_of(decision: Decision, month: dt.date) -> list[int]:
    """Whom the decision covers: whom the case names, else the person, or the whole family."""
    named = list(decision.case.members.order_by("pk").values_list("person_id", flat=True)) if decision.case else []
    if named:
        return named
    if decision.household is None:
        assert decision.person_id is not None
        return [decision.person_id]
    return [member.person_id for member in people.members(decision.household, max(month, decision.decided_on))]


def payee_of(decision: Decision, month: dt.date) -> Person | None:
    """Who is paid where nobody is named: the person, or the household's head."""
    if decision.household is None:
        return decision.person
    return people.head(decision.household, max(month, decision.decided_on))


def given_by(decision: Decision) -> dict[str, Any]:
    """The facts of the case alone that the decision rests on."""
    return dict(decision.case.given) if decision.case else {}


def granted(law: Programme, decision: Decision, party: Party, first: dt.date, reason: str) -> list[Segment]:
    """The amounts from `first` on: the decision's own, and where another month has another rate or another age counts,
    that month's, with an assessment of its own and the facts that the decision knew."""
    base = decision.assessment
    assert base is not None and base.amount is not None
    decided = timing.first_of(base.on)
    horizon = max(first, decided, timing.first_of(clock.today()))
    found: list[tuple[dt.date, int, Assessment]] = []
    for month in timing.months(first, horizon):
        amount, assessment = base.amount, base
        if month != decided:
            worked = assessing.work_out(law.code, [party], month, known_at=base.recorded_at)[0]
            if worked.pays and worked.amount != base.amount:
                assert worked.amount is not None
                amount, assessment = worked.amount, worked.record(decision.case_id)
        if not found or found[-1][1] != amount:
            found.append((month, amount, assessment))
    for _, _, assessment in found:
        if assessment.pk is None:
            assessment.save()
    lasts = [timing.shift(month, -1) for month, _, _ in found[1:]]
    return [
        Segment(month, last, amount, reason if month == first else AmountReason.STANDARD_CHANGED, assessment, decision)
        for (month, amount, assessment), last in zip(found, [*lasts, None], strict=True)
    ]
