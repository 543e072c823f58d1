"""A family whose benefit a death has ended, though others are left: its office is asked to tell them to apply anew. The
task stands until somebody applies for them, in this file or the one that follows."""

from typing import Any

from django.db.models import Q

from minzheng.awards.models import Award
from minzheng.core import tasks
from minzheng.core.errors import Text
from minzheng.core.models import Task
from minzheng.people import queries as people
from minzheng.people.models import Household

KIND = "awards.apply_anew"


def ask(*, award: Award, who: str, label: Text) -> Task:
    """Open the task. Part of an action."""
    return tasks.open_task(
        KIND,
        subject=award,
        area=award.area_id,
        label=label,
        permission="cases.apply",
        programme=award.programme,
        who=who,
    )


def applied(*, by: Any, household: Household, programme: str) -> None:
    """Somebody has applied for the family: the task is done. Part of an action."""
    for award in _awards(household).filter(programme=programme, pk__in=_open().values("subject_id")):
        tasks.close_tasks(subject=award, by=by, kind=KIND)


def asked(household: Household) -> list[Task]:
    """What the family is still to be told to apply for."""
    return list(_open().filter(subject_id__in=_awards(household).values("pk")).order_by("pk"))


def _open() -> Any:
    return Task.objects.filter(kind=KIND, subject_type=Award._meta.label_lower, done_on=None)


def _awards(household: Household) -> Any:
    files = [link.before_id for link in people.files_before(household)]
    return Award.objects.filter(Q(household=household) | Q(household__in=files)).order_by("pk")
