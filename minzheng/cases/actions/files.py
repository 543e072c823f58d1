"""A family goes on in another file: its open cases go with it. Where it moves, nothing is open and its papers go."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseMember
from minzheng.core import audit, documents
from minzheng.core.errors import refuse
from minzheng.core.models import Document
from minzheng.people.models import Household


def follow_file(*, by: Any, before: int, after: Household) -> int:
    """The open cases of a closed file are the new one's from now on; those of its people that the case asks to cover
    and who are in another file are not asked for any more. What is closed stays in the file it was handled under.
    Returns how many cases went."""
    open_ones = Case.objects.select_for_update().filter(household=before, closed_on=None).order_by("pk")
    here = after.memberships.filter(superseded_at=None, valid_to=None).values("person")
    for case in (found := list(open_ones)):
        case.household = after
        case.save(update_fields=["household"])
        CaseMember.objects.filter(case=case).exclude(person__in=here).delete()
        matter = door.lock(case)
        door.update_task(matter, door.projection_of(matter), by)
        detail = {"before": before, "after": after.number}
        audit.record("cases.follow_file", by=by, subject=case, area=case.area_id, detail=detail)
    return len(found)


def leave_nothing_open(*, household: int, persons: Sequence[int]) -> None:
    """Refuse a move, a merging, a splitting while a case of the family or of its people is open: it would go on about a
    family that is no more."""
    party = Q(household=household) | Q(person__in=list(persons))
    open_one = Case.objects.filter(party, closed_on=None).order_by("pk").first()
    if open_one is not None:
        raise refuse(
            "case.open_on_move",
            zh="事项 {number} 还没有办结，不能办理迁移、并户、分户，也不能撤销这些登记。",
            en="The case {number} is open; the family cannot be moved, merged or split, nor such a record taken back.",
            remedy_zh="请先办结，或由申请人撤回，办好以后再申请。",
            remedy_en="Finish it, or let the applicant withdraw it and apply again afterwards.",
            number=open_one.number,
        )


def hand_papers_over(*, by: Any, before: int, after: Household) -> int:
    """The papers of a family's cases, and those kept with its file, are in the new file too."""
    cases = Case.objects.filter(household=before).values("pk")
    kept = Q(subject_type="people.household", subject_id=before) | Q(subject_type="cases.case", subject_id__in=cases)
    return documents.copy(Document.objects.filter(kept), by=by, subject=after, area=after.area_id)
