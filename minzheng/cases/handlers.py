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


def register() -> None:
    """Called at start-up."""
    subscribe("household.succeeded", succeeded)
