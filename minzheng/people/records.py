"""What was recorded of a whole family last: a merging, a splitting, a move out of the county."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from minzheng.people.models import Household, Membership, Succession, SuccessionKind

MOVED_OUT = "moved_out"


@dataclass(frozen=True)
class Record:
    """What was recorded of a family: `merged` or `split` with the two files, `moved_out` with the one that it closed.
    `since`: from when on the database knows it."""

    kind: str
    files: tuple[Household, ...]
    on: dt.date
    since: dt.datetime
    link: Succession | None = None

    @property
    def word(self) -> str:
        """What it is called (a word to be translated)."""
        return {"merged": "并户", "split": "分户"}.get(self.kind, "迁出本县")

    @property
    def reason(self) -> str:
        """What its memberships say."""
        return "moved" if self.kind == MOVED_OUT else self.kind


def record_about(household: Household) -> Record | None:
    """The newest merging, splitting or move out of the county of a file, if nothing else has happened to it, or to the
    other file, since."""
    link = _links(household).select_related("before", "after").order_by("-pk").first()
    goes_on = _links(household).filter(before=household).exclude(kind=SuccessionKind.SPLIT).exists()
    if household.dissolved_on is not None and not goes_on:
        left = Membership.objects.filter(
            household=household, superseded_at=None, reason="moved", valid_to=household.dissolved_on
        )
        first = left.order_by("recorded_at").first()
        return Record(MOVED_OUT, (household,), household.dissolved_on, first.recorded_at) if first else None
    if link is None or link.kind not in (SuccessionKind.MERGED, SuccessionKind.SPLIT):
        return None
    if _links(link.before, link.after).filter(pk__gt=link.pk).exists():
        return None
    return Record(link.kind, (link.before, link.after), link.on, link.recorded_at, link)


def _links(*files: Household) -> QuerySet[Succession]:
    return Succession.objects.filter(Q(before__in=files) | Q(after__in=files), superseded_at=None)
