"""What cases do when something happens to a family; each handler runs in the transaction of the event."""

from typing import Any

from minzheng.cases import actions
from minzheng.core.events import subscribe
from minzheng.core.models import Event
from minzheng.people.models import Household


def succeeded(event: Event, by: Any) -> None:
    """A family goes on in another file: what is applied for goes with it."""
    assert event.subject_id is not None
    after = Household.objects.get(pk=event.subject_id)
    actions.follow_file(by=by, before=event.payload["before"], after=after)


def handed_over(event: Event, by: Any) -> None:
    """A family moves to another township: its papers go with it. What is open is finished, or withdrawn, first."""
    assert event.subject_id is not None
    after = Household.objects.get(pk=event.subject_id)
    actions.leave_nothing_open(household=event.payload["before"], persons=event.payload["persons"])
    actions.hand_papers_over(by=by, before=event.payload["before"], after=after)


def moved_out(event: Event, by: Any) -> None:
    """A family leaves the county: nothing of it stays open."""
    assert event.subject_id is not None
    actions.leave_nothing_open(household=event.subject_id, persons=event.payload["persons"])


def joined(event: Event, by: Any) -> None:
    """Two families become one, or one two: what is open about the family that changes is finished first."""
    actions.leave_nothing_open(household=event.payload["before"], persons=[])


def put_back(event: Event, by: Any) -> None:
    """A record about a family was a mistake: what it has opened is withdrawn, and nothing else may be open."""
    actions.withdraw_what_was_opened(
        by=by,
        kind=event.payload["kind"],
        files=event.payload["files"],
        persons=event.payload["persons"],
        event_on=event.on,
        note=event.payload["note"],
    )


def register() -> None:
    """Called at start-up."""
    subscribe("household.succeeded", succeeded)
    subscribe("household.handed_over", handed_over)
    subscribe("household.moved_out", moved_out)
    subscribe("household.merged", joined)
    subscribe("household.split", joined)
    subscribe("household.put_back", put_back)
