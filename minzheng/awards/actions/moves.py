"""A family moves: inside the county what it receives goes on in its new township, outside it ends."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.awards import publishing, rows, timing
from minzheng.awards.actions import family_changes
from minzheng.awards.actions.change import end
from minzheng.awards.models import Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Assessment, Decision, Outcome
from minzheng.core import audit, clock
from minzheng.people.models import Household
from minzheng.policy.registry import programme

By = Any
HANDED_OVER = "handed_over"


def running_of(household: int, persons: Sequence[int], since: dt.date) -> list[Award]:
    """What a family and its people receive for a month or later; what is paid once is done."""
    party = Q(household=household) | Q(person__in=list(persons))
    return list(
        Award.objects.select_for_update(of=("self",))
        .filter(party, Q(last_month=None) | Q(last_month__gte=since))
        .exclude(end_reason="once")
        .select_related("household", "person", "decision")
        .order_by("pk")
    )


def hand_over(
    *, by: By, before: int, after: Household, persons: Sequence[int], on: dt.date
) -> list[tuple[Award, Award]]:
    """The old township pays the month of the move and everything before it, the new one every month from the next on:
    the same people, the same amounts, the same payee, none missing and none twice. Returns each award with the one that
    goes on from it."""
    since = timing.shift(on, 1)
    pairs = []
    for old in running_of(before, persons, since):
        amounts = rows.current_amounts([old.pk]).get(old.pk, [])
        covered = rows.current_members([old.pk]).get(old.pk, [])
        last, ends = old.last_month, (old.last_month, old.left_on, old.end_reason)
        first = max(since, old.first_month)
        end(award=old, last_month=timing.first_of(on), left_on=on, reason=HANDED_OVER)
        new = _go_on(by, old, after, first, amounts[-1].assessment if amounts else None, ends)
        for row in covered:
            if row.last_month is None or row.last_month >= first:
                rows.cover(new, [row.person_id], max(first, row.first_month), on)
        segments = [
            Segment(
                max(first, row.first_month),
                row.last_month,
                row.amount,
                row.reason,
                _copy(row.assessment, new),
                new.decision,
            )
            for row in amounts
            if row.last_month is None or row.last_month >= first
        ]
        rows.write_amounts({new: (first, segments)})
        detail = {"before": old.pk, "first_month": first.isoformat(), "last_month": last.isoformat() if last else ""}
        audit.record("awards.hand_over", by=by, subject=new, area=new.area_id, detail=detail)
        pairs.append((old, new))
    publishing.keep_up(by=by, awards=[award for pair in pairs for award in pair])
    return pairs


def move_out(*, by: By, household: Household, persons: Sequence[int], on: dt.date, to: str) -> list[Award]:
    """What a family that has left the county receives is to end. Where the programme's procedure knows the reason, a
    change is opened for each award, which is held until that is decided; an award whose end is decided already, or of
    a programme that decides no changes, ends by the programme's rule for the month of such an event. Returns those."""
    ended = []
    for award in running_of(household.pk, persons, timing.first_of(on)):
        if runs_on(award) and family_changes.is_decided(award.programme, family_changes.MOVED_OUT):
            family_changes.ask_about_a_move(by=by, award=award, on=on, to=to)
            continue
        last = timing.last_month(programme(award.programme).timing_on(on).month_of_ending_event, on)
        end(award=award, last_month=last, left_on=clock.today(), reason="moved")
        detail = {"last_month": last.isoformat(), "reason": "moved"}
        audit.record("awards.stop", by=by, subject=award, area=award.area_id, detail=detail)
        ended.append(award)
    publishing.keep_up(by=by, awards=ended)
    return ended


def runs_on(award: Award) -> bool:
    """Whether no end is decided yet, or only one with a grace period, which a move ends early."""
    if award.last_month is None:
        return True
    return rows.in_grace(rows.current_amounts([award.pk]).get(award.pk, []), award.last_month)


def _go_on(
    by: By,
    old: Award,
    after: Household,
    first: dt.date,
    assessment: Assessment | None,
    ends: tuple[dt.date | None, dt.date | None, str],
) -> Award:
    """The award in the new township, on a decision that names the old one's."""
    household = after if old.household_id else None
    decision = Decision(
        area_id=after.area_id,
        number=f"{old.decision.number}-Y{old.pk}",
        programme=old.programme,
        person=old.person,
        household=household,
        outcome=Outcome.GRANT,
        origin=HANDED_OVER,
        reason=f"由原户籍乡镇移交，原决定 {old.decision.number}",
        decided_on=clock.today(),
        first_month=first,
        decided_by=by,
    )
    if assessment is not None:
        decision.assessment = _frozen(assessment, after.area_id, household)
    decision.save()
    new = Award(
        area_id=after.area_id,
        programme=old.programme,
        person=old.person,
        household=household,
        residence=after.residence if household else old.residence,
        category=old.category,
        payee=old.payee,
        origin=HANDED_OVER,
        first_month=first,
        last_month=ends[0],
        entered_on=clock.today(),
        left_on=ends[1],
        end_reason=ends[2],
        held_reason=old.held_reason,
        decision=decision,
    )
    new.save()
    return new


def _copy(assessment: Assessment | None, award: Award) -> Assessment | None:
    return _frozen(assessment, award.area_id, award.household) if assessment is not None else None


def _frozen(assessment: Assessment, area: str, household: Household | None) -> Assessment:
    """An assessment as it was, where the new township can read it: the old row stays with the old file."""
    full = Assessment.objects.get(pk=assessment.pk)
    full.pk, full.case, full.area_id = None, None, area
    if household is not None:
        full.household = household
    full.save(force_insert=True)
    return full
