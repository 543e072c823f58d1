"""Changes that the record of a fact has opened (并户, 分户, 迁出本县). Such a case is withdrawn where the record was a
mistake, or came to nothing: then the record is taken back, with all that it has opened."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.cases.actions import door
from minzheng.cases.actions.files import leave_nothing_open
from minzheng.cases.models import Case, CaseKind
from minzheng.core import clock
from minzheng.core.errors import refuse
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.people.records import record_about

WITHDRAW = "cases.withdraw"
REASONS = {
    "merged": ("household_merged",),
    "split": ("household_split", "split_off"),
    "moved_out": ("moved_out",),
}
"""The reasons of the cases that each kind of record opens."""
OF_FILES = (*REASONS["merged"], *REASONS["split"])
"""Those that only a record opens: without it there are no two files."""
OPENED = tuple(reason for reasons in REASONS.values() for reason in reasons)


def take_back(matter: door.Matter, *, by: Any, note: str) -> None:
    """The case that was just withdrawn rests on a record: it is taken back. Others are withdrawn, and that is all."""
    case = matter.case
    if case.kind != CaseKind.CHANGE or case.reason not in OPENED:
        return
    file = case.household or (_file_left(case.person) if case.person is not None else None)
    if file is not None and _still_so(case, file):
        people.take_back(by=by, household=file, note=note)


def withdraw_what_was_opened(
    *, by: Any, kind: str, files: Sequence[int], persons: Sequence[int], event_on: dt.date, note: str
) -> None:
    """What a record has opened is withdrawn, whichever of its cases was withdrawn first. Refuses where one of them is
    decided, and where anything else about these families is open."""
    party = Q(household__in=files) | Q(person__in=persons)
    of_record = Case.objects.filter(party, kind=CaseKind.CHANGE, reason__in=REASONS[kind], event_on=event_on)
    if (decided := of_record.exclude(closed_on=None).exclude(outcome="withdrawn").first()) is not None:
        raise refuse(
            "case.record_decided",
            zh="事项 {number} 已经决定，登记不能撤销。",
            en="The case {number} is decided; the record cannot be taken back.",
            remedy_zh="对决定不服的登记复议、诉讼；情况又变了的，按现在的情况另行办理。",
            remedy_en="Enter an appeal where the decision is contested; handle what has changed again as it is now.",
            number=decided.number,
        )
    for case in of_record.filter(closed_on=None).order_by("pk"):
        matter = door.lock(case)
        door.perform(matter, by=by, act=WITHDRAW, on=clock.today(), note=note)
        door.take_down(matter, clock.today())
    for file in files:
        leave_nothing_open(household=file, persons=persons if kind == "moved_out" else [])


def _file_left(person: Person) -> Household | None:
    """The file of a family that has left the county with this person."""
    left = person.memberships.filter(superseded_at=None, reason="moved").exclude(valid_to=None)
    row = left.select_related("household").order_by("-valid_to", "-pk").first()
    return row.household if row else None


def _still_so(case: Case, file: Household) -> bool:
    """Whether the record behind a case stands (a case that was opened by hand for the same reason has none)."""
    record = record_about(file)
    return record is not None and case.reason in REASONS[record.kind] and record.on == case.event_on
