"""One benefit takes the place of another (转保: the living allowance and the support in extreme difficulty)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from minzheng.awards import notices, overlaps, publishing, refusals, rows, timing
from minzheng.awards.actions.change import end, work_anew
from minzheng.awards.models import AmountReason, Award
from minzheng.cases.models import Decision
from minzheng.core import audit

By = Any
CHANGED_OVER = "changed_over"


def change_over(*, by: By, decision: Decision, covered: Sequence[int], first: dt.date) -> list[Award]:
    """What these people receive of the programme that a decision takes the place of ends with the month before its
    first: no month without either, none with both. A family's award goes on for the others, worked out anew, and ends
    with its last. Part of the action that carries out the decision, before its own cover begins; returns what ended or
    changed. Refuses programmes that do not change over into one another."""
    replaced = decision.in_place_of
    pair = overlaps.excluding(decision.programme).get(replaced)
    if pair is None or not pair.changes_over:
        raise refusals.no_changing_over(decision.programme, replaced)
    covers = overlaps.conflicts(decision.programme, covered, first, None)
    leaving: dict[int, list[int]] = {}
    for person, cover in covers.items():
        if cover.award.programme == replaced:
            leaving.setdefault(cover.award_id, []).append(person)
    found = list(Award.objects.select_for_update(of=("self",)).filter(pk__in=leaving).order_by("pk"))
    for award in found:
        _leave(by, decision, award, leaving[award.pk], first)
        notices.changed_over(by=by, award=award, decision=decision, persons=leaving[award.pk], first=first)
    publishing.keep_up(by=by, awards=found)
    return found


def _leave(by: By, decision: Decision, award: Award, persons: Sequence[int], first: dt.date) -> None:
    last, left_on = timing.shift(first, -1), decision.decided_on
    staying = [
        person
        for person in rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), first)
        if person not in persons
    ]
    in_grace = rows.in_grace(rows.current_amounts([award.pk]).get(award.pk, []), first)
    if award.person_id is not None or not staying or in_grace:  # another benefit ends a grace period, too
        end(award=award, last_month=last, left_on=left_on, reason=CHANGED_OVER)
    else:
        rows.end_cover(award, last, left_on, persons)
        since = max(first, award.first_month)
        work_anew(by=by, award=award, from_month=since, reason=AmountReason.MEMBER_LEFT)
    detail = {"decision": decision.number, "persons": list(persons), "last_month": last.isoformat()}
    audit.record("awards.change_over", by=by, subject=award, area=award.area_id, detail=detail)
