"""Events go against the arrow as data: a later stage subscribes at start-up (`AppConfig.ready`), and its handler runs
in the transaction that publishes the event. One failing handler takes the whole event back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction

from minzheng.core.audit import Actor
from minzheng.core.models import Event

Handler = Callable[[Event, Actor], None]
_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(kind: str, handler: Handler) -> None:
    """Run `handler(event, by)` whenever an event of this kind is published. Subscribing twice is the same as once."""
    if handler not in _handlers[kind]:
        _handlers[kind].append(handler)


@transaction.atomic
def publish(
    kind: str,
    *,
    by: Actor,
    on: dt.date,
    subject: models.Model,
    area: str,
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Record an event and let every stage that subscribed act on it."""
    event = Event.objects.create(
        kind=kind,
        on=on,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        area_code=area,
        payload=dict(payload or {}),
        actor_id=by.pk,
    )
    for handler in _handlers[kind]:
        handler(event, by)
    return event
