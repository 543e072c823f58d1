"""The work list: what runs out next, for this user, in this user's area."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from minzheng.access import perms, roles
from minzheng.access.models import User
from minzheng.areas.queries import within
from minzheng.core import clock, workdays
from minzheng.core.errors import Text
from minzheng.core.models import Task

SHOWN = 30
"""How many tasks a group shows before “all”."""


@dataclass
class Group:
    """Tasks whose clock runs out in the same stretch of days."""

    key: str
    label: str
    count: int
    tasks: list[Task]

    @property
    def rest(self) -> int:
        return self.count - len(self.tasks)


def mine(user: User) -> Q:
    """The condition that a task is on this user's list: the permission it needs, in its area; or its clock has run out
    and they supervise whose it is."""
    known = roles.load().roles
    condition = Q(pk__in=[])
    for assignment in perms.assignments(user):
        here = within(assignment.area_id, "area_code")
        condition |= here & Q(permission__in=known[assignment.role].permissions)
        for role, days in roles.load().supervision.get(assignment.role, {}).items():
            late = Q(due_on__lt=workdays.add_working_days(clock.today(), -days))
            condition |= here & late & Q(permission__in=known[role].permissions)
    return condition


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
    tasks = Task.objects.filter(done_on=None).filter(~mine(user) if others else mine(user))
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


def counts(tasks: QuerySet[Task], today: dt.date) -> dict[str, int]:
    """How many tasks each group holds, in one query."""
    return tasks.aggregate(**{key: Count("pk", filter=condition) for key, (_label, condition) in spans(today).items()})


def groups(tasks: QuerySet[Task], today: dt.date, counted: Mapping[str, int], only: str = "") -> list[Group]:
    """The groups that hold something, each with its first tasks; `only` one group, with all of its tasks."""
    found = []
    for key, (label, condition) in spans(today).items():
        if not counted[key] or (only and key != only):
            continue
        ordered = tasks.filter(condition).order_by(F("due_on").asc(nulls_last=True), "area_code", "pk")
        found.append(Group(key, label, counted[key], list(ordered if only else ordered[:SHOWN])))
    return found


def choices(tasks: QuerySet[Task], name: str) -> list[str]:
    """The values that occur in the list, for its filter."""
    return sorted(value for value in tasks.order_by().values_list(name, flat=True).distinct() if value)
