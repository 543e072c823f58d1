"""Two families become one, or one becomes two: what they receive is worked out anew from the month after."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from minzheng.awards import assessing, publishing, rows, terms, timing
from minzheng.awards.actions import family_changes
from minzheng.awards.actions.change import end, work_anew
from minzheng.awards.actions.hold import add_token, goes_on
from minzheng.awards.actions.moves import running_of, runs_on
from minzheng.awards.models import AmountReason, Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Decision, Outcome
from minzheng.core import audit, clock
from minzheng.people import queries as people
from minzheng.people.models import Household
from minzheng.policy.subjects import Party

By = Any


def merge(*, by: By, before: int, into: Household, on: dt.date) -> list[Award]:
    """What two families received one receives: where both did, the award of the file that is closed ends with the month
    and its people are covered by the other from the next; where only the closed one did, its award goes on. Each is
    worked out anew for the whole family, and held where one of the two was. Where the programme's procedure knows the
    reason, a change is opened that decides it, and what was paid to both goes on until then. Returns what goes on as it
    was worked out at once."""
    since = timing.shift(on, 1)
    leaving, there = ({award.programme: award for award in running_of(file, [], since)} for file in (before, into.pk))
    for programme in sorted({*leaving, *there}):
        both = [one[programme] for one in (leaving, there) if programme in one]
        if any(map(runs_on, both)) and family_changes.is_decided(programme, family_changes.MERGED):
            family_changes.ask_about_a_merging(by=by, awards=both, into=into, on=on)
            leaving.pop(programme, None)
            there.pop(programme, None)
    ended = []
    for old in leaving.values():
        target = there.get(old.programme)
        if target is None:
            old.household = into
            old.save(update_fields=["household"])
            there[old.programme] = old
            continue
        covered = rows.covered_in(rows.current_members([old.pk]).get(old.pk, []), since)
        end(award=old, last_month=timing.first_of(on), left_on=on, reason="merged")
        ended.append(old)
        audit.record("awards.merge", by=by, subject=old, area=old.area_id, detail={"into": target.pk})
        rows.cover(target, covered, max(since, target.first_month), on)
        for token in goes_on(old.held_reason):
            add_token(by=by, award=target, token=token)
    for award in there.values():
        _anew(by, award, since, AmountReason.MEMBER_ADDED)
    publishing.keep_up(by=by, awards=[*there.values(), *ended])
    return list(there.values())


def split(
    *, by: By, before: int, after: Household, persons: Sequence[int], on: dt.date
) -> list[tuple[Award, Award | None]]:
    """What a family received two receive: who went is covered by the new family's award, the old one goes on for those
    who stayed, each worked out anew by its own means. A new family that does not meet the conditions gets none; where
    the old award is held, the new one is, too. Where the programme's procedure knows the reason, changes are opened
    that decide it, and what was paid goes on until then; elsewhere it is so from the month after. Returns each award
    that is changed at once with the new family's."""
    since = timing.shift(on, 1)
    pairs: list[tuple[Award, Award | None]] = []
    for old in running_of(before, [], since):
        if runs_on(old) and family_changes.is_decided(old.programme, family_changes.SPLIT):
            family_changes.ask_about_a_splitting(by=by, award=old, after=after, persons=persons, on=on)
            continue
        covered = rows.covered_in(rows.current_members([old.pk]).get(old.pk, []), since)
        going = [person for person in covered if person in persons]
        in_grace = rows.in_grace(rows.current_amounts([old.pk]).get(old.pk, []), since)
        term = old.last_month if old.end_reason == terms.TERM else None
        if going and len(going) == len(covered):
            end(award=old, last_month=timing.first_of(on), left_on=on, reason="split")
        else:
            if going:
                rows.end_cover(old, timing.first_of(on), on, going)
            _anew(by, old, since, AmountReason.MEMBER_LEFT)
        new = _own(by, old, after, going, since, term) if going and not in_grace else None
        detail = {"going": going, "new": new.pk if new else None}
        audit.record("awards.split", by=by, subject=old, area=old.area_id, detail=detail)
        pairs.append((old, new))
    touched = [award for pair in pairs for award in pair if award is not None]
    publishing.keep_up(by=by, awards=touched)
    return pairs


def _anew(by: By, award: Award, since: dt.date, reason: str) -> None:
    if not rows.in_grace(rows.current_amounts([award.pk]).get(award.pk, []), since):
        work_anew(by=by, award=award, from_month=max(since, award.first_month), reason=reason)


def _own(
    by: By, old: Award, after: Household, covered: list[int], since: dt.date, term: dt.date | None
) -> Award | None:
    """The new family's own award, where the law gives it one; it ends when the family's would have ended."""
    first = max(since, old.first_month)
    worked = assessing.work_out(old.programme, [Party(household=after, covered=covered)], first)[0]
    if not worked.pays:
        return None
    assert worked.amount is not None
    assessment = worked.record()
    assessment.save()
    decision = Decision.objects.create(
        area_id=after.area_id,
        number=f"{old.decision.number}-F{after.pk}",
        programme=old.programme,
        household=after,
        outcome=Outcome.GRANT,
        origin="split",
        reason=f"分户，原决定 {old.decision.number}",
        decided_on=clock.today(),
        first_month=first,
        assessment=assessment,
        decided_by=by,
    )
    new = Award.objects.create(
        area_id=after.area_id,
        programme=old.programme,
        household=after,
        residence=worked.residence,
        category=worked.category,
        payee=people.head(after, clock.today()),
        origin="split",
        first_month=first,
        last_month=term,
        entered_on=clock.today(),
        held_reason=";".join(goes_on(old.held_reason)),
        left_on=timing.last_day(term) if term else None,
        end_reason=terms.TERM if term else "",
        decision=decision,
    )
    rows.cover(new, covered, first, clock.today())
    segment = Segment(first, term, worked.amount, AmountReason.GRANTED, assessment, decision)
    rows.write_amounts({new: (first, [segment])})
    return new
