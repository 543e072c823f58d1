"""A stop or a reduction was annulled: from its first month on the award owes what it would without it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from minzheng.awards import assessing, overlaps, publishing, refusals, rows, timing
from minzheng.awards.actions.hold import add_token, flag, settle_one
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.awards.rows import Segment
from minzheng.cases import appeals
from minzheng.cases.models import Decision, Outcome
from minzheng.core import audit, clock
from minzheng.people import queries as people
from minzheng.people.models import Person

By = Any
MADE_BY_DECISION = (Outcome.GRANT, Outcome.CHANGE, Outcome.STOP)


@transaction.atomic
def restore(*, by: By, decision: Decision) -> Award:
    """Resume what an annulled decision ended or lowered, from its first month on: whom the award covered and what it
    owed as we knew it before, with every new standard and birthday since; up to the month before a later decision
    begins to work. Who has died meanwhile is left out as after any death. Publications follow.

    Refuses a decision by which another benefit began in the place of this one, and cover that excludes another's.
    """
    if decision.outcome not in (Outcome.CHANGE, Outcome.STOP) or decision.in_place_of:
        raise refusals.not_restorable(decision)
    award = _award_of(decision)
    first, known_at = max(decision.first_month, award.first_month), _before(award, decision)
    later = _begins_later(decision)
    until = timing.shift(later, -1) if later is not None else None
    if until is not None and until < first:
        raise refusals.replaced_already(decision)
    then = _reaching(_known(award.amounts.all(), known_at), first, until)
    if not then:
        raise refusals.nothing_to_restore(decision)
    lasts = [row.last_month for row in then]
    end = until if None in lasts else min(max(last for last in lasts if last is not None), until or dt.date.max)
    ended = award.last_month is not None
    after = [] if until is None else _reaching(rows.current_amounts([award.pk]).get(award.pk, []), later or first, None)
    if ended and not after:
        _resume(award, end)
    _cover(award, _reaching(_known(award.members.all(), known_at), first, until), first, until)
    kept = [_clipped(row, first, until) for row in then]
    rows.write_amounts({award: (first, [*kept, *(_clipped(row, later or first, None) for row in after)])})
    _keep_up_with_the_law(by, award, then, first, end)
    _leave_out_the_dead(by, award)
    detail = {
        "decision": decision.number,
        "first_month": first.isoformat(),
        "until": end.isoformat() if end else "",
        "amounts": [row.amount for row in then],
    }
    audit.record("awards.restore", by=by, subject=award, area=award.area_id, detail=detail)
    publishing.keep_up(by=by, awards=[award])
    return award


def _award_of(decision: Decision) -> Award:
    """The award that the decision changed or ended, in whichever file the family's is now; locked."""
    party = _party(decision)
    found = Award.objects.select_for_update().filter(party, programme=decision.programme).exclude(end_reason="once")
    if decision.outcome == Outcome.CHANGE or decision.grace:
        found = found.filter(pk__in=AwardAmount.objects.filter(decision=decision).values("award"))
    else:
        found = found.filter(last_month=timing.shift(decision.first_month, -1), entered_on__lte=decision.decided_on)
    award = found.order_by("-pk").first()
    if award is None:
        raise refusals.nothing_to_restore(decision)
    return award


def _before(award: Award, decision: Decision) -> dt.datetime:
    """The moment before the decision; where what was known then rests on a decision that was annulled, too, the moment
    before that one."""
    moment = decision.recorded_at
    while True:
        annulled = [
            row.decision.recorded_at
            for row in _known(award.amounts.all(), moment)
            if row.decision.recorded_at < moment
            and row.decision.outcome == Outcome.CHANGE
            and row.decision.case is not None
            and row.decision.case.steps.filter(act=appeals.ANNUL).exists()
        ]
        if not annulled:
            return moment
        moment = min(annulled)


def _party(decision: Decision) -> Q:
    """Whose decisions and awards these are: the person's, or the family's in this file and those that went on from
    it."""
    if decision.household is None:
        return Q(person=decision.person_id)
    files, looked = [decision.household], 0
    while looked < len(files):
        files += [link.after for link in people.files_after(files[looked]) if link.after not in files]
        looked += 1
    return Q(household__in=files)


def _begins_later(decision: Decision) -> dt.date | None:
    """The first month of the next decision on the same benefit of the party that still stands."""
    later = Decision.objects.filter(_party(decision), programme=decision.programme, outcome__in=MADE_BY_DECISION)
    later = later.filter(recorded_at__gt=decision.recorded_at).exclude(case__steps__act=appeals.ANNUL)
    return later.order_by("first_month").values_list("first_month", flat=True).first()


def _known(found: Any, at: dt.datetime) -> list[Any]:
    """The rows that were current at a moment."""
    then = found.filter(Q(superseded_at=None) | Q(superseded_at__gte=at), recorded_at__lt=at)
    return list(then.order_by("first_month", "pk"))


def _reaching(found: Iterable[Any], first: dt.date, until: dt.date | None) -> list[Any]:
    """Of these rows those that hold in one of the months."""
    return [
        row
        for row in found
        if (row.last_month is None or row.last_month >= first) and (until is None or row.first_month <= until)
    ]


def _clipped(row: AwardAmount, first: dt.date, until: dt.date | None) -> Segment:
    last = min((one for one in (row.last_month, until) if one is not None), default=None)
    return Segment(max(row.first_month, first), last, row.amount, row.reason, row.assessment, row.decision)


def _resume(award: Award, last: dt.date | None) -> None:
    """The award runs again, or to a later month."""
    award.last_month, award.left_on = last, timing.last_day(last) if last is not None else None
    if last is None:
        award.end_reason = ""
    award.save(update_fields=["last_month", "left_on", "end_reason"])


def _cover(award: Award, then: Sequence[AwardMember], first: dt.date, until: dt.date | None) -> None:
    """In these months the award covers whom it covered then; before and after it stays as it is."""
    at = timezone.now()
    current = list(AwardMember.objects.filter(award=award, superseded_at=None).order_by("pk"))
    kept = [(row, row.first_month, min(row.last_month or dt.date.max, timing.shift(first, -1))) for row in current]
    spans = [(row, a, b) for row, a, b in kept if a <= b]
    spans += [(row, max(row.first_month, first), _least(row.last_month, until)) for row in then]
    if until is not None:
        following = timing.shift(until, 1)
        spans += [
            (row, max(row.first_month, following), row.last_month or dt.date.max)
            for row in current
            if row.last_month is None or row.last_month >= following
        ]
    new: list[AwardMember] = []
    for row, begins, ends in sorted(spans, key=lambda span: (span[0].person_id, span[1])):
        last = None if ends == dt.date.max else ends
        before = new[-1] if new and new[-1].person_id == row.person_id else None
        if before is not None and before.last_month is not None and timing.shift(before.last_month, 1) == begins:
            before.last_month, before.left_on = last, _left_on(row, last)
            continue
        new.append(
            AwardMember(
                award=award,
                area_id=award.area_id,
                person_id=row.person_id,
                first_month=begins,
                last_month=last,
                entered_on=row.entered_on,
                left_on=_left_on(row, last),
                recorded_at=at,
            )
        )
    overlaps.check(award.programme, {row.person_id for row in then}, first, until, besides=award.pk)
    AwardMember.objects.filter(pk__in=[row.pk for row in current]).update(superseded_at=at)
    try:
        with transaction.atomic():
            AwardMember.objects.bulk_create(new)
    except IntegrityError as error:
        raise overlaps.refused_by_database(error, award.programme) or error from error


def _least(last: dt.date | None, until: dt.date | None) -> dt.date:
    return min(last or dt.date.max, until or dt.date.max)


def _left_on(row: AwardMember, last: dt.date | None) -> dt.date | None:
    return None if last is None else row.left_on or timing.last_day(last)


def _keep_up_with_the_law(
    by: By, award: Award, then: Sequence[AwardAmount], first: dt.date, end: dt.date | None
) -> None:
    """A new standard or a birthday since the annulled decision: it moved every award that went on, and moves this one,
    by the facts that were known before the decision. An amount that the law does not give (taken over from a roster,
    a grace period) stays."""
    basis = then[-1]
    if basis.assessment is None or rows.in_grace(then, first):
        return
    start = max(basis.first_month, first)
    horizon = min(max(start, timing.first_of(clock.today())), end or dt.date.max)
    months = timing.months(start, horizon)
    members = rows.current_members([award.pk])
    worked = assessing.by_month(
        award.programme,
        {award: months},
        members,
        given=assessing.given_of([award]),
        known_at={award.pk: basis.assessment.recorded_at},
    )
    if worked[award.pk, start].amount != basis.amount:
        return
    found = [_clipped(basis, start, end)]
    for month in months[1:]:
        one = worked[award.pk, month]
        if not one.pays:
            flag(by=by, award=award, month=month, worked=one)
            break
        if one.amount == found[-1].amount:
            continue
        assert one.amount is not None
        assessment = one.record()
        assessment.save()
        before = found.pop()
        found.append(replace(before, last=timing.shift(month, -1)))
        found.append(Segment(month, end, one.amount, AmountReason.STANDARD_CHANGED, assessment, basis.decision))
    if len(found) > 1:
        after = _reaching(rows.current_amounts([award.pk])[award.pk], timing.shift(end, 1), None) if end else []
        rows.write_amounts({award: (start, [*found, *(_clipped(row, row.first_month, None) for row in after)])})


def _leave_out_the_dead(by: By, award: Award) -> None:
    """A death since the end of the award passed it by: a verified one is settled now, a reported one holds it."""
    covered = AwardMember.objects.filter(award=award, superseded_at=None).values("person")
    payee = Q(pk=award.payee_id) if award.payee_id else Q(pk__in=[])
    for person in Person.objects.filter(Q(pk__in=covered) | payee, died_on__isnull=False).order_by("died_on", "pk"):
        if person.death_verified_on is None:
            add_token(by=by, award=award, token=f"death:{person.pk}")
        else:
            settle_one(by=by, award=award, person=person)
