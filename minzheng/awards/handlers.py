"""What awards do when something happens elsewhere; each handler runs in the transaction of the event."""

from typing import Any

from minzheng.awards import actions, anew, notices, transfers
from minzheng.cases.models import Case, Decision, Outcome
from minzheng.core.events import subscribe
from minzheng.core.models import Event
from minzheng.people.models import Household, Person, SuccessionKind


def applied(event: Event, by: Any) -> None:
    """Somebody applies: a family that was to be told to has done so."""
    case = Case.objects.select_related("household").get(pk=_subject(event))
    if case.household is not None:
        anew.applied(by=by, household=case.household, programme=case.programme)


def decided(event: Event, by: Any) -> None:
    """A decision takes effect; a refusal has none."""
    decision = Decision.objects.select_related("case", "assessment", "person", "household").get(pk=_subject(event))
    why = decision.case.reason if decision.case is not None else ""
    if decision.outcome == Outcome.GRANT:
        award = actions.grant(by=by, decision=decision)
        if why == actions.SPLIT_OFF:
            actions.hold_as_before(by=by, award=award, decision=decision)
        return
    if why == actions.MERGED and decision.outcome in (Outcome.CHANGE, Outcome.STOP):
        actions.end_what_merged(by=by, decision=decision)
    if decision.outcome == Outcome.CHANGE:
        award = actions.change(by=by, decision=decision)
        if why == actions.MERGED:
            actions.hold_as_before(by=by, award=award, decision=decision)
        if why == actions.SPLIT:
            actions.pay_the_new_family(by=by, award=award, decision=decision)
    elif decision.outcome == Outcome.STOP:
        award = actions.stop(by=by, decision=decision)
        if why == actions.MOVED_OUT:
            actions.end_of_a_move(by=by, award=award, decision=decision)
            transfers.taken_along(by=by, award=award)


def annulled(event: Event, by: Any) -> None:
    """A stop or a reduction was annulled: what was owed before is owed again, and the family is told so."""
    decision = Decision.objects.select_related("case", "person", "household").get(pk=_subject(event))
    award = actions.restore(by=by, decision=decision)
    notices.restored(by=by, award=award, decision=decision, anew=event.payload["anew"], on=event.payload["on"])


def died(event: Event, by: Any) -> None:
    """Somebody is said to have died: what covers or pays them is held until it is verified."""
    actions.hold_for_death(by=by, person=Person.objects.get(pk=_subject(event)))


def death_verified(event: Event, by: Any) -> None:
    """The death is certain: awards end, or are worked out anew for those who remain."""
    actions.settle_death(by=by, person=Person.objects.get(pk=_subject(event)))


def death_refuted(event: Event, by: Any) -> None:
    """The person is alive: nothing is held for the death any more."""
    actions.end_hold_for_death(by=by, person=Person.objects.get(pk=_subject(event)))


def succeeded(event: Event, by: Any) -> None:
    """A family goes on in another file: what it receives goes with it, and it is told so."""
    after = Household.objects.get(pk=_subject(event))
    if event.payload["kind"] != SuccessionKind.HEAD_DIED:
        return
    payee = Person.objects.get(pk=event.payload["payee"])
    died = Person.objects.get(pk=event.payload["died"])
    awards = actions.follow_file(by=by, before=event.payload["before"], after=after, payee=payee)
    for award in awards:
        notices.survivors(by=by, award=award, died=died)


def head_changed(event: Event, by: Any) -> None:
    """Another is the head of a family: what was paid to the old one is paid to the new one, and the family is told."""
    household = Household.objects.get(pk=_subject(event))
    before, after = (Person.objects.get(pk=event.payload[key]) for key in ("before", "after"))
    paid = actions.follow_head(by=by, household=household, before=before, after=after)
    running = [award for award in paid if award.last_month is None or award.last_month >= event.on.replace(day=1)]
    if running:
        notices.head_changed(by=by, household=household, before=before, after=after, awards=running, on=event.on)


def handed_over(event: Event, by: Any) -> None:
    """A family moved to another township: what it receives goes on there, and both offices have the paper that says
    what was handed over."""
    after = Household.objects.get(pk=_subject(event))
    before, persons = event.payload["before"], event.payload["persons"]
    pairs = actions.hand_over(by=by, before=before, after=after, persons=persons, on=event.on)
    transfers.handed_over(by=by, before=Household.objects.get(pk=before), after=after, pairs=pairs, on=event.on)


def moved_out(event: Event, by: Any) -> None:
    """A family left the county: what it receives ends, by a decision with its letter where the procedure has one for
    it; of what ends at once it has the letter and the paper for its new place now."""
    household = Household.objects.get(pk=_subject(event))
    to, persons = event.payload["to"], event.payload["persons"]
    ended = actions.move_out(by=by, household=household, persons=persons, on=event.on, to=to)
    if ended:
        transfers.moved_out(by=by, household=household, awards=ended, to=to, on=event.on)


def merged(event: Event, by: Any) -> None:
    """Two families became one: what they receive is one award of each programme, worked out anew."""
    into = Household.objects.get(pk=_subject(event))
    for award in actions.merge(by=by, before=event.payload["before"], into=into, on=event.on):
        notices.joined(by=by, award=award, on=event.on, why="并户")


def split(event: Event, by: Any) -> None:
    """One family became two: each receives by its own means."""
    after = Household.objects.get(pk=_subject(event))
    before, persons = event.payload["before"], event.payload["persons"]
    for old, new in actions.split(by=by, before=before, after=after, persons=persons, on=event.on):
        notices.joined(by=by, award=old, on=event.on, why="分户")
        notices.split_off(by=by, household=after, old=old, new=new, on=event.on)


def put_back(event: Event, by: Any) -> None:
    """A record about a family was a mistake: what it receives goes on as if it had not been entered."""
    payload = event.payload
    actions.put_back(by=by, kind=payload["kind"], files=payload["files"], persons=payload["persons"], on=event.on)


def minors_left(event: Event, by: Any) -> None:
    """Only minors are left of a family: the paper that refers them to the children's line."""
    household = Household.objects.get(pk=_subject(event))
    guardian = Person.objects.get(pk=event.payload["guardian"])
    transfers.referral(by=by, household=household, guardian=guardian, note=event.payload["note"])


def _subject(event: Event) -> int:
    assert event.subject_id is not None
    return event.subject_id


def register() -> None:
    """Called at start-up."""
    subscribe("case.applied", applied)
    subscribe("case.decided", decided)
    subscribe("case.annulled", annulled)
    subscribe("person.died", died)
    subscribe("person.death_verified", death_verified)
    subscribe("person.death_refuted", death_refuted)
    subscribe("household.succeeded", succeeded)
    subscribe("household.head_changed", head_changed)
    subscribe("household.minors_left", minors_left)
    subscribe("household.handed_over", handed_over)
    subscribe("household.moved_out", moved_out)
    subscribe("household.merged", merged)
    subscribe("household.split", split)
    subscribe("household.put_back", put_back)
