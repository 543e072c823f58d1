"""What awards do when something happens elsewhere; each handler runs in the transaction of the event."""

from typing import Any

from minzheng.awards import actions
from minzheng.cases.models import Decision, Outcome
from minzheng.core.events import subscribe
from minzheng.core.models import Event
from minzheng.people.models import Person


def decided(event: Event, by: Any) -> None:
    """A decision takes effect; a refusal has none."""
    decision = Decision.objects.select_related("case", "assessment", "person", "household").get(pk=_subject(event))
    if decision.outcome == Outcome.GRANT:
        actions.grant(by=by, decision=decision)
    elif decision.outcome == Outcome.CHANGE:
        actions.change(by=by, decision=decision)
    elif decision.outcome == Outcome.STOP:
        actions.stop(by=by, decision=decision)


def died(event: Event, by: Any) -> None:
    """Somebody is said to have died: what covers or pays them is held until it is verified."""
    actions.hold_for_death(by=by, person=Person.objects.get(pk=_subject(event)))


def death_verified(event: Event, by: Any) -> None:
    """The death is certain: awards end, or are worked out anew for those who remain."""
    actions.settle_death(by=by, person=Person.objects.get(pk=_subject(event)))


def _subject(event: Event) -> int:
    assert event.subject_id is not None
    return event.subject_id


def register() -> None:
    """Called at start-up."""
    subscribe("case.decided", decided)
    subscribe("person.died", died)
    subscribe("person.death_verified", death_verified)
