"""The work list: what runs out next, for this user, in this user's area. It reads no more for a county with 100,000
open cases than for a township: what is shown is cut off, what is counted is counted up to a limit, and the kinds to
filter by are asked for along an index."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from minzheng.access import perms, roles
from minzheng.access.models import User
from minzheng.areas.queries import within
from minzheng.core import clock, workdays
from minzheng.core.errors import Text
from minzheng.core.models import Task

SHOWN = 30
"""How many tasks a group shows before “all”."""
PAGE = 200
"""How many of one group a page shows."""
COUNTED = 1000
"""Up to here tasks are counted; more are “1,000+”: nobody reads further, and counting would read every row."""


@dataclass
class Group:
    """Tasks whose clock runs out in the same stretch of days."""

    key: str
    label: str
    count: int
    tasks: list[Task]
    page: int = 0
    """From 1 where the group is shown alone; 0: its first tasks among the other groups."""

    @property
    def said(self) -> str:
        return count_said(self.count)

    @property
    def rest(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > (self.page or 1) * (PAGE if self.page else SHOWN)


def count_said(count: int) -> str:
    """`312`, or `1,000+`."""
    return f"{count:,}" if count <= COUNTED else f"{COUNTED:,}+"


def mine(user: User) -> Q:
    """The condition that a task is on this user's list: the permission it needs, in its area; or its clock has run out
    and they supervise whose it is."""
    condition = Q(pk__in=[])
    for area, permissions in _held(user):
        condition |= within(area, "area_code") & Q(permission__in=permissions)
    for area, permissions, days in _supervised(user):
        late = Q(due_on__lt=workdays.add_working_days(clock.today(), -days))
        condition |= within(area, "area_code") & Q(permission__in=permissions) & late
    return condition


def _of_others(user: User) -> Q:
    """The condition that a task in sight needs a permission which this user's role there has not. The permissions are
    named one by one, for the index: “all but mine” would read every task of a user who does nearly everything."""
    every = roles.load().permissions()
    condition = Q(pk__in=[])
    for area, permissions in _held(user):
        condition |= within(area, "area_code") & Q(permission__in=sorted(every - set(permissions)))
    return condition


def _held(user: User) -> list[tuple[str, list[str]]]:
    """(area, permissions there) of each assignment."""
    known = roles.load().roles
    return [(one.area_id, sorted(known[one.role].permissions)) for one in perms.assignments(user)]


def _supervised(user: User) -> list[tuple[str, list[str], int]]:
    """(area, permissions of a supervised role, working days after which what is late comes up) of each assignment."""
    law = roles.load()
    return [
        (one.area_id, sorted(law.roles[role].permissions), days)
        for one in perms.assignments(user)
        for role, days in law.supervision.get(one.role, {}).items()
    ]


def whose(user: User, task: Task) -> Text | None:
    """Of a task that stands on this user's list because it is late: the role whose it is. None for their own."""
    if perms.may(user, task.permission, task.area_code):
        return None
    supervised = [roles.load().supervision.get(one.role, {}) for one in perms.assignments(user)]
    known = roles.load().roles
    holders = [known[role] for one in supervised for role in one if task.permission in known[role].permissions]
    return next((role.name for role in holders), None)


def open_tasks(user: User, *, others: bool = False, filters: Mapping[str, str] | None = None) -> QuerySet[Task]:
    """Open tasks of this user (or, with `others`, those in sight that somebody else has to do)."""
    tasks = Task.objects.filter(done_on=None)
    tasks = tasks.filter(_of_others(user)).exclude(mine(user)) if others else tasks.filter(mine(user))
    for name, value in (filters or {}).items():
        if value:
            tasks = tasks.filter(within(value, "area_code") if name == "area" else Q(**{name: value}))
    return tasks


def spans(today: dt.date) -> dict[str, tuple[str, Q]]:
    """The groups, in the order of the page: key → words, condition."""
    week = today + dt.timedelta(days=7)
    return {
        "late": (_("已超期"), Q(due_on__lt=today)),
        "today": (_("今天到期"), Q(due_on=today)),
        "week": (_("七天内到期"), Q(due_on__gt=today, due_on__lte=week)),
        "later": (_("以后"), Q(due_on__gt=week)),
        "undated": (_("没有期限"), Q(due_on=None)),
    }


def counts(tasks: QuerySet[Task], today: dt.date, waiting: QuerySet[Task] | None = None) -> dict[str, int]:
    """How many tasks each group holds, and how many wait for others (`waiting`, as `others`), each up to one more than
    is counted; in one query."""
    counted = {key: tasks.filter(condition) for key, (_label, condition) in spans(today).items()}
    if waiting is not None:
        counted["others"] = waiting
    parts: list[str] = []
    values: list[Any] = []
    for key, rows in counted.items():
        # In the order of the index where no span of days leads to one: heaps begin with years of tasks that are done.
        rows = rows.order_by("due_on", "pk") if key == "others" else rows.order_by()
        sql, parameters = rows.values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(select count(*) from ({sql}) counted)")  # noqa: S608 - Django's own SQL
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", values)
        row = cursor.fetchone()
    assert row is not None
    return dict(zip(counted, row, strict=True))


def groups(
    tasks: QuerySet[Task], today: dt.date, counted: Mapping[str, int], only: str = "", page: int = 1
) -> list[Group]:
    """The groups that hold something, each with its first tasks; `only` one group: a page of its tasks. One query."""
    found, wanted = [], []
    for key, (label, condition) in spans(today).items():
        if not counted[key] or (only and key != only):
            continue
        ordered = tasks.filter(condition).order_by(F("due_on").asc(nulls_last=True), "pk")
        wanted.append(ordered[(page - 1) * PAGE : page * PAGE] if only else ordered[:SHOWN])
        found.append(Group(key, label, counted[key], [], page if only else 0))
    if not wanted:
        return found
    by_key = {group.key: group.tasks for group in found}
    rows = wanted[0].union(*wanted[1:], all=True) if len(wanted) > 1 else wanted[0]
    for task in sorted(rows, key=lambda one: (one.due_on or dt.date.max, one.pk)):
        by_key[span_of(task.due_on, today)].append(task)
    return found


def span_of(due_on: dt.date | None, today: dt.date) -> str:
    """The group that a day belongs to, as `spans` has it in SQL."""
    if due_on is None:
        return "undated"
    left = (due_on - today).days
    return "late" if left < 0 else "today" if left == 0 else "week" if left <= 7 else "later"


def kinds(user: User, *, others: bool = False) -> list[tuple[str, str]]:
    """The programmes and stages that occur in the list, for its filters: one look into an index for each kind."""
    parts: list[str] = []
    values: list[Any] = []
    for area, permissions in _held(user):
        parts.append(f"(k.permission {'<> all' if others else '= any'}(%s) and t.area_code >= %s and t.area_code < %s)")
        values += [permissions, area, area + ":"]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(KINDS.format(mine=" or ".join(parts)), values)
        return [(programme, stage) for programme, stage in cursor.fetchall()]


KINDS = """
select distinct k.programme, k.stage from mz_task_kinds() k
cross join lateral (select from core_task t where t.done_on is null and t.permission = k.permission
                    and t.programme = k.programme and t.stage = k.stage and ({mine}) limit 1) one
order by 1, 2
"""
"""With a limit instead of `exists`, which the planner would turn into a join over every task."""
