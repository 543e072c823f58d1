"""Opening and closing tasks. A stage opens a task when something falls due and closes it when it is done."""

import datetime as dt

from django.db import models

from minzheng.core import clock
from minzheng.core.audit import Actor
from minzheng.core.errors import Text
from minzheng.core.models import Task


def open_task(
    kind: str,
    *,
    subject: models.Model,
    area: str,
    label: Text,
    permission: str,
    due_on: dt.date | None = None,
    rule: str = "",
    programme: str = "",
    stage: str = "",
    who: str = "",
    people: int | None = None,
) -> Task:
    """Open a task, or bring the open one of this kind up to date (there is never more than one)."""
    task, _ = Task.objects.update_or_create(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        done_on=None,
        defaults={
            "label": dict(label),
            "permission": permission,
            "area_code": area,
            "due_on": due_on,
            "rule": rule,
            "programme": programme,
            "stage": stage,
            "who": who,
            "people": people,
        },
        create_defaults={
            "label": dict(label),
            "permission": permission,
            "area_code": area,
            "due_on": due_on,
            "rule": rule,
            "programme": programme,
            "stage": stage,
            "who": who,
            "people": people,
            "opened_on": clock.today(),
        },
    )
    return task


def close_tasks(*, subject: models.Model, by: Actor, kind: str | None = None) -> int:
    """Close the open tasks of a subject (of one kind, or all). Returns how many there were."""
    open_ones = Task.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk, done_on=None)
    if kind is not None:
        open_ones = open_ones.filter(kind=kind)
    return open_ones.update(done_on=clock.today(), done_by=by.pk)
