"""The audit row that every action leaves, in its own transaction."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db import models

from minzheng.core import clock
from minzheng.core.models import AuditEntry


class Actor(Protocol):
    """Whoever acts: a user of the office."""

    pk: Any

    def get_full_name(self) -> str: ...


def record(
    action: str, *, by: Actor, subject: models.Model, area: str, detail: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Leave the audit row of one action. `detail` is JSON and holds no identity, account or phone number."""
    return AuditEntry.objects.create(
        on=clock.today(),
        actor_id=by.pk,
        actor_name=by.get_full_name(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        area_code=area,
        detail=dict(detail or {}),
    )
