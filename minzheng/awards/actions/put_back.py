"""A record about a family is taken back (`household.put_back`): what it receives is again as before. Nothing has been
decided of it; what a programme without such decisions has carried out at once is not undone here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.awards import publishing, timing
from minzheng.awards.actions import family_changes
from minzheng.awards.actions.hold import drop_tokens
from minzheng.awards.models import Award
from minzheng.awards.overlaps import name_of
from minzheng.core import audit
from minzheng.core.errors import pick, refuse
from minzheng.people import queries as people
from minzheng.people.models import Household

By = Any
REASONS = {
    "merged": family_changes.MERGED,
    "split": family_changes.SPLIT,
    "moved_out": family_changes.MOVED_OUT,
}


def put_back(*, by: By, kind: str, files: Sequence[int], persons: Sequence[int], on: dt.date) -> list[Award]:
    """What was held because a family had left is paid again, and an award that went to another file with its people is
    its old file's. Returns the awards touched. Refuses where a benefit was worked out anew, or ended, at once."""
    of_files = Q(household__in=files)
    party = of_files | Q(person__in=persons) if kind == "moved_out" else of_files
    awards = list(Award.objects.select_for_update(of=("self",)).filter(party).select_related("decision").order_by("pk"))
    for award in awards:
        if _carried_out(award, kind, on):
            raise _too_late(award)
    for award in awards:
        drop_tokens(by=by, award=award, starting=family_changes.MOVED_OUT)
    gone = [] if kind == "moved_out" else _back_to(by, awards, files)
    publishing.keep_up(by=by, awards=awards)
    return gone


def _carried_out(award: Award, kind: str, on: dt.date) -> bool:
    """Whether the record has changed this award by itself: its programme decides nothing of the kind, and it runs on or
    has ended with the record."""
    if award.end_reason == "once" or family_changes.is_decided(award.programme, REASONS[kind]):
        return False
    return award.last_month is None or award.last_month >= timing.first_of(on)


def _back_to(by: By, awards: Sequence[Award], files: Sequence[int]) -> list[Award]:
    """Awards that followed their people into the other file: known by the file that they were granted under."""
    before, after = (Household.objects.get(pk=pk) for pk in files)
    own = {before.pk, *(link.before_id for link in people.files_before(before))}
    gone = [one for one in awards if one.household_id == after.pk and one.decision.household_id in own]
    for award in gone:
        award.household = before
        award.save(update_fields=["household"])
        detail = {"before": after.pk, "after": before.number}
        audit.record("awards.follow_file", by=by, subject=award, area=award.area_id, detail=detail)
    return gone


def _too_late(award: Award) -> Exception:
    name = name_of(award.programme)
    return refuse(
        "award.carried_out_at_once",
        zh="“{name_zh}”已经按登记重新核算或停止，登记不能撤销。",
        en="“{name_en}” was worked out anew, or ended, when this was recorded; the record cannot be taken back.",
        remedy_zh="请按现在的情况重新并户、分户，或者重新申请。",
        remedy_en="Merge or split anew, or apply again, as things are now.",
        name_zh=pick(name, "zh-Hans"),
        name_en=pick(name, "en"),
    )
