"""A family goes on in another file: its open cases go with it."""

from typing import Any

from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseMember
from minzheng.core import audit
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
