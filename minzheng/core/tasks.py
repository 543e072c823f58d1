"""Opening and closing tasks. A stage opens a task when something falls due and closes it when it is done."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

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


# `{lines}` is a query of the calling package, never user input; values are parameters.
_OPEN_EACH = """
insert into core_task (kind, permission, subject_type, opened_on, rule,
                       subject_id, area_code, label, programme, stage, who)
select %s, %s, %s, %s, '', wanted.*
from ({lines}) as wanted (subject_id, area_code, label, programme, stage, who)
on conflict (subject_type, subject_id, kind) where done_on is null do update
set permission = excluded.permission, area_code = excluded.area_code, label = excluded.label, due_on = null, rule = '',
    programme = excluded.programme, stage = excluded.stage, who = excluded.who, people = null
"""


def open_each(kind: str, *, of: type[models.Model], permission: str, lines: str, parameters: Sequence[Any]) -> int:
    """`open_task` for many records at once: for each row of a query that gives `subject_id, area_code, label,
    programme, stage, who`. Returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN_EACH.format(lines=lines), [kind, permission, of._meta.label_lower, clock.today(), *parameters]
        )
        return int(cursor.rowcount)


def close_tasks(*, subject: models.Model, by: Actor, kind: str | None = None) -> int:
    """Close the open tasks of a subject (of one kind, or all). Returns how many there were."""
    open_ones = Task.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk, done_on=None)
    if kind is not None:
        open_ones = open_ones.filter(kind=kind)
    return open_ones.update(done_on=clock.today(), done_by=by.pk)
