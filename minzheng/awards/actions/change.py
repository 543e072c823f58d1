"""What an award owes changes, or it ends."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from minzheng.access import perms
from minzheng.awards import assessing, overlaps, publishing, refusals, rows, terms, timing
from minzheng.awards.actions import grace
from minzheng.awards.actions import grant as granting
from minzheng.awards.actions.hold import decided, flag
from minzheng.awards.models import AmountReason, Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Decision, Outcome
from minzheng.core import audit, clock
from minzheng.people.models import Person
from minzheng.policy.registry import programme
from minzheng.policy.subjects import Party

By = Any

REASONS = {
    "member_added": AmountReason.MEMBER_ADDED,
    "member_left": AmountReason.MEMBER_LEFT,
    "member_died": AmountReason.MEMBER_LEFT,
    "household_split": AmountReason.MEMBER_LEFT,
    "household_merged": AmountReason.MEMBER_ADDED,
    "income_changed": AmountReason.INCOME_CHANGED,
    "work_income": AmountReason.INCOME_CHANGED,
    "category_changed": AmountReason.CATEGORY_CHANGED,
    "standard_changed": AmountReason.STANDARD_CHANGED,
    "birthday": AmountReason.BIRTHDAY,
}
"""Why a change was sought (`Case.reason`) → the reason its amount carries."""


def running(decision: Decision) -> Award:
    """The award that a decision changes or stops: the party's running one, locked; one that is to end with a grace
    period or a term runs until then. Of two (the second renews the first) the one in force. Refuses where there is
    none."""
    in_grace = Q(
        last_month__gte=decision.first_month,
        amounts__superseded_at=None,
        amounts__reason=AmountReason.GRACE,
        amounts__last_month=F("last_month"),
    )
    of_party = Award.objects.filter(
        programme=decision.programme, person=decision.person, household=decision.household
    ).filter(Q(last_month=None) | in_grace | Q(end_reason=terms.TERM, last_month__gte=decision.first_month))
    found = list(Award.objects.select_for_update().filter(pk__in=of_party.values("pk")).order_by("-pk"))
    if not found:
        raise refusals.none_running(decision)
    return next((award for award in found if award.first_month <= decision.first_month), found[0])


@transaction.atomic
def change(*, by: By, decision: Decision) -> Award:
    """Carry out a decision to change: from its first month on the award covers whom the case names and owes what the
    decision's assessment says; what it owed before stays. A month back in time is corrected, so that arrears show."""
    if decision.outcome != Outcome.CHANGE:
        raise refusals.wrong_outcome(decision, Outcome.CHANGE)
    assessment = decision.assessment
    if assessment is None or assessment.amount is None or not assessment.eligible:
        raise refusals.no_amount(decision)
    award = running(decision)
    _refuse_repeated(award, decision)
    first = decision.first_month
    if first < award.first_month:
        raise refusals.before_it_began(award, f"{first:%Y-%m}")
    if award.last_month is not None and award.end_reason != terms.TERM:
        grace.reopen(award)
    covered = granting.people_of(decision, first)
    if decision.in_place_of:
        from minzheng.awards.actions.change_over import change_over

        change_over(by=by, decision=decision, covered=covered, first=first)
    _cover_from(award, covered, first, decision.decided_on)
    law = programme(award.programme)
    award.category = assessing.category_of(law, assessment.on, assessment.inputs.get("facts", {})) or award.category
    award.save(update_fields=["category"])
    party = Party(household=award.household, person=award.person, covered=covered, given=granting.given_by(decision))
    reason = REASONS.get(decision.case.reason if decision.case else decision.reason, AmountReason.INCOME_CHANGED)
    segments = granting.granted(law, decision, party, first, reason)
    if decision.grace:
        segments = grace.segments(award, decision, segments)
    segments = terms.until(segments, award.last_month)
    rows.write_amounts({award: (first, segments)})
    decided(by=by, award=award)
    audit.record(
        "awards.change",
        by=by,
        subject=award,
        area=award.area_id,
        detail={
            "decision": decision.number,
            "first_month": first.isoformat(),
            "people": len(covered),
            "amount": segments[0].amount,
            "reason": reason,
        },
    )
    publishing.keep_up(by=by, awards=[award])
    return award


@transaction.atomic
def stop(
    *,
    by: By,
    decision: Decision | None = None,
    award: Award | None = None,
    last_month: dt.date | None = None,
    reason: str = "",
) -> Award:
    """End an award with a benefit month: by a decision (which works from its first month, so the month before is the
    last), or directly, with the last month and the reason. Refuses what would make an ended award run longer."""
    if decision is not None:
        if decision.outcome != Outcome.STOP:
            raise refusals.wrong_outcome(decision, Outcome.STOP)
        award = running(decision)
        last_month = timing.shift(decision.first_month, -1)
        reason = reason or (decision.case.reason if decision.case else "") or decision.reason or "stopped"
        left_on = decision.decided_on
        decided(by=by, award=award)
        for renewed in terms.of_party(decision).filter(first_month__gt=decision.first_month).exclude(pk=award.pk):
            end(award=renewed, last_month=last_month, left_on=left_on, reason=reason)
        if decision.grace:
            return _end_with_grace(by, award, decision, reason)
    else:
        assert award is not None and last_month is not None and reason
        perms.require(by, "cases.decide", award.area_id)
        left_on = clock.today()
    end(award=award, last_month=timing.first_of(last_month), left_on=left_on, reason=reason)
    audit.record(
        "awards.stop",
        by=by,
        subject=award,
        area=award.area_id,
        detail={
            "last_month": award.last_month.isoformat() if award.last_month else "",
            "reason": reason,
            "decision": decision.number if decision else "",
        },
    )
    publishing.keep_up(by=by, awards=[award])
    return award


def _end_with_grace(by: By, award: Award, decision: Decision, reason: str) -> Award:
    """The award goes on for its grace period, and ends with its last month."""
    _refuse_repeated(award, decision)
    last = min(grace.last_month(decision), award.last_month or dt.date.max)
    segments = terms.until(grace.segments(award, decision, []), last)
    rows.end_cover(award, last, timing.last_day(last))
    rows.write_amounts({award: (decision.first_month, segments)})
    award.last_month, award.left_on, award.end_reason = last, timing.last_day(last), reason
    award.save(update_fields=["last_month", "left_on", "end_reason"])
    detail = {
        "decision": decision.number,
        "last_month": last.isoformat(),
        "reason": reason,
        "way": decision.grace["way"],
        "amounts": [segment.amount for segment in segments],
    }
    audit.record("awards.grace", by=by, subject=award, area=award.area_id, detail=detail)
    publishing.keep_up(by=by, awards=[award])
    return award


def end(*, award: Award, last_month: dt.date, left_on: dt.date, reason: str) -> None:
    """The award's rows end with a month (before its first: it never owed anything). Part of an action, which leaves the
    audit row."""
    if award.last_month is not None and award.last_month < last_month:
        raise refusals.ended_already(award)
    last_month = max(last_month, timing.shift(award.first_month, -1))
    rows.write_amounts({award: (timing.shift(last_month, 1), [])})
    rows.end_cover(award, last_month, left_on)
    award.left_on = min(award.left_on or left_on, left_on)  # an end set ahead, with a grace period, comes earlier
    award.last_month = last_month
    award.end_reason = reason
    award.save(update_fields=["last_month", "left_on", "end_reason"])


@transaction.atomic
def reassess(*, by: By, award: Award, from_month: dt.date, reason: str) -> list[Segment] | None:
    """Work an award out anew from a benefit month on, month by month to today's, by what is known now. What it owes for
    earlier months stays; where a past month comes out otherwise, its row is superseded, and the difference to what was
    paid shows as arrears. Returns the new amounts.

    Where a month is in error or the conditions are no longer met nothing is changed and nothing more is paid: the award
    is held, a task asks for a decision, and None is returned.
    """
    perms.require(by, "cases.change", award.area_id)
    amounts = rows.current_amounts([award.pk]).get(award.pk, [])
    if any(rows.in_grace(amounts, max(row.first_month, timing.first_of(from_month))) for row in amounts):
        raise refusals.in_grace(award)
    return work_anew(by=by, award=award, from_month=from_month, reason=reason)


def work_anew(*, by: By, award: Award, from_month: dt.date, reason: str) -> list[Segment] | None:
    """`reassess` for those who act by an event (a verified death)."""
    from_month = timing.first_of(from_month)
    if from_month < award.first_month:
        raise refusals.before_it_began(award, f"{from_month:%Y-%m}")
    amounts = rows.current_amounts([award.pk]).get(award.pk, [])
    members = rows.current_members([award.pk])
    horizon = max(from_month, timing.first_of(clock.today()), amounts[-1].first_month)
    horizon = min(horizon, award.last_month or horizon)
    months = timing.months(from_month, horizon)
    worked = assessing.by_month(award.programme, {award: months}, members, given=assessing.given_of([award]))
    for month in months:
        if not worked[award.pk, month].pays:
            flag(by=by, award=award, month=month, worked=worked[award.pk, month])
            return None
    decision = amounts[-1].decision
    known_reasons = {row.first_month: row.reason for row in amounts}
    found: list[Segment] = []
    for month in months:
        amount = worked[award.pk, month].amount
        assert amount is not None
        if found and found[-1].amount == amount:
            continue
        if found:
            found[-1] = _until(found[-1], timing.shift(month, -1))
        assessment = worked[award.pk, month].record()
        assessment.save()
        why = reason if month == from_month else known_reasons.get(month, reason)
        found.append(Segment(month, award.last_month, amount, why, assessment, decision))
    rows.write_amounts({award: (from_month, found)})
    audit.record(
        "awards.reassess",
        by=by,
        subject=award,
        area=award.area_id,
        detail={"from": from_month.isoformat(), "reason": reason, "amounts": [segment.amount for segment in found]},
    )
    publishing.keep_up(by=by, awards=[award])
    return found


@transaction.atomic
def change_payee(*, by: By, award: Award, payee: Person) -> Award:
    """Pay another person's account from now on; an award held because who was paid had died is released."""
    from minzheng.awards.actions.files import pay_to

    perms.require(by, "people.edit", award.area_id)
    pay_to(by=by, award=award, payee=payee)
    return award


def _cover_from(award: Award, covered: list[int], first: dt.date, entered_on: dt.date) -> None:
    """From a month on the award covers exactly these people."""
    before = rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), first)
    gone = [person for person in before if person not in covered]
    new = [person for person in covered if person not in before]
    if gone:
        rows.end_cover(award, timing.shift(first, -1), entered_on, gone)
    if new:
        overlaps.check(award.programme, new, first, award.last_month, besides=award.pk)
        try:
            with transaction.atomic():
                rows.cover(award, new, first, entered_on)
        except IntegrityError as error:
            raise overlaps.refused_by_database(error, award.programme) or error from error


def _refuse_repeated(award: Award, decision: Decision) -> None:
    if award.amounts.filter(decision=decision).exists():
        raise refusals.already_executed(decision)


def _until(segment: Segment, last: dt.date) -> Segment:
    return Segment(segment.first, last, segment.amount, segment.reason, segment.assessment, segment.decision)
