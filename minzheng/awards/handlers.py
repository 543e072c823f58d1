"""What awards do when something happens elsewhere; each handler runs in the transaction of the event."""

from typing import Any

from minzheng.awards import actions, anew, notices
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
    if decision.outcome == Outcome.GRANT:
        actions.grant(by=by, decision=decision)
    elif decision.outcome == Outcome.CHANGE:
        actions.change(by=by, decision=decision)
    elif decision.outcome == Outcome.STOP:
        actions.stop(by=by, decision=decision)


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
    """Another is the head of a family: what was paid to the old one is paid to the new one."""
    household = Household.objects.get(pk=_subject(event))
    before, after = (Person.objects.get(pk=event.payload[key]) for key in ("before", "after"))
    actions.follow_head(by=by, household=household, before=before, after=after)


def handed_over(event: Event, by: Any) -> None:
    """A family moved to another township: what it receives goes on there, and both offices have the paper that says
    what was handed over."""
    after = Household.objects.get(pk=_subject(event))
    before, persons = event.payload["before"], event.payload["persons"]
    pairs = actions.hand_over(by=by, before=before, after=after, persons=persons, on=event.on)
    notices.handed_over(by=by, before=Household.objects.get(pk=before), after=after, pairs=pairs, on=event.on)


def moved_out(event: Event, by: Any) -> None:
    """A family left the county: what it receives ends, with a letter and the paper for its new place."""
    household = Household.objects.get(pk=_subject(event))
    ended = actions.move_out(by=by, household=household, persons=event.payload["persons"], on=event.on)
    notices.moved_out(by=by, household=household, awards=ended, to=event.payload["to"], on=event.on)


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


def minors_left(event: Event, by: Any) -> None:
    """Only minors are left of a family: the paper that refers them to the children's line."""
    household = Household.objects.get(pk=_subject(event))
    guardian = Person.objects.get(pk=event.payload["guardian"])
    notices.referral(by=by, household=household, guardian=guardian, note=event.payload["note"])


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
