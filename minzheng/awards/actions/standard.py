"""What changes many awards at once: a new standard, a birthday. Facts stay those that were decided; only rates and ages
move."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.awards import publishing, rows, timing
from minzheng.awards.actions.hold import flag
from minzheng.awards.assessing import Worked
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.awards.reworking import Reworked, rework
from minzheng.awards.rows import Segment
from minzheng.cases.models import Assessment
from minzheng.core import clock
from minzheng.core.errors import refuse
from minzheng.core.models import AuditEntry
from minzheng.policy.registry import programme as law_of

By = Any


@dataclass(frozen=True)
class Change:
    """One award's amount for a pay cycle before and after, in fen."""

    award: Award
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """What an act on many awards has done: those that changed, how many were looked at, and those that are held because
    they no longer meet the conditions. Totals are fen for one pay cycle, over all that were looked at."""

    month: dt.date
    looked_at: int
    changed: tuple[Change, ...]
    held: tuple[Award, ...]
    before: int
    after: int


@transaction.atomic
def apply_standard(*, by: By, programme: str, area: str, month: dt.date) -> Effect:
    """Work out every award of a programme in an area anew for the rates in force from a benefit month on: all or
    nothing.

    Amounts that differ get rows with the reason standard_changed; a month back in time supersedes what was owed, and
    the rise shows as arrears. Awards that no longer meet the conditions are held, with a task. Refuses as a whole where
    an amount cannot be worked out (a rate is missing for the area).
    """
    perms.require(by, "awards.apply_standard", area)
    month = timing.first_of(month)
    awards = list(_running(programme, area, month))
    effect = _rework(by, programme, awards, month, AmountReason.STANDARD_CHANGED)
    _audit(by, "awards.apply_standard", area, programme, effect)
    return effect


@transaction.atomic
def refresh_birthdays(
    *, by: By, programme: str, area: str, month: dt.date, only: Iterable[int] | None = None
) -> Effect:
    """Bring awards up to date whose people have a birthday in this month or the one before (an age counts from the
    month of the birthday or from the first of the next, as the policy says). Somebody who enters an age group for the
    first time applies, by a case. only: of these awards (ids)."""
    perms.require(by, "cases.change", area)
    month = timing.first_of(month)
    born = Q(person__birth_date__month=month.month) | Q(person__birth_date__month=timing.shift(month, -1).month)
    covering = AwardMember.objects.filter(born, superseded_at=None, award__programme=programme)
    found = _running(programme, area, month).filter(pk__in=covering.values("award"))
    awards = list(found if only is None else found.filter(pk__in=list(only)))
    effect = _rework(by, programme, awards, month, AmountReason.BIRTHDAY)
    _audit(by, "awards.refresh_birthdays", area, programme, effect)
    return effect


def _running(programme: str, area: str, month: dt.date) -> Any:
    """The awards in force in a month or later, one after another, locked; those paid once are done."""
    return (
        Award.objects.select_for_update(of=("self",))
        .filter(areas.within(area), Q(last_month=None) | Q(last_month__gte=month), programme=programme)
        .exclude(end_reason="once")
        .select_related("person", "household")
        .order_by("pk")
    )


def _rework(by: By, programme: str, awards: Sequence[Award], month: dt.date, reason: str) -> Effect:
    """The awards' amounts from `month` on, and for each later month in which one begins already."""
    lines = rework(programme, awards, month)
    _refuse_errors(programme, [worked for line in lines for _, worked in line.wanted])
    changed, held, news = [], [], {}
    for line in lines:
        if line.bad is not None:
            bad, worked = line.bad
            flag(by=by, award=line.award, month=bad, worked=worked)
            held.append(line.award)
        elif not line.same:
            news[line.award] = _segments(line, reason)
            changed.append(Change(line.award, line.before, line.after))
    made = [segment.assessment for segments in news.values() for segment in segments if segment.assessment is not None]
    # A grace period keeps its own.
    Assessment.objects.bulk_create([one for one in made if one.pk is None], batch_size=500)
    rows.write_amounts({award: (segments[0].first, segments) for award, segments in news.items()})
    publishing.keep_up(by=by, awards=news)
    before = sum(line.before for line in lines)
    after = sum(line.before if line.bad else line.after for line in lines)
    return Effect(month, len(lines), tuple(changed), tuple(held), before, after)


def _segments(line: Reworked, reason: str) -> list[Segment]:
    reasons = {row.first_month: row.reason for row in line.amounts}
    decision = line.amounts[-1].decision
    found: list[Segment] = []
    for place, (month, worked) in enumerate(line.wanted):
        last = timing.shift(line.wanted[place + 1][0], -1) if place + 1 < len(line.wanted) else line.award.last_month
        assert worked.amount is not None
        why = reason if place == 0 else reasons[month]
        found.append(Segment(month, last, worked.amount, why, worked.record(), decision))
    return _with_grace(found, line.amounts)


def _with_grace(found: list[Segment], amounts: Sequence[AwardAmount]) -> list[Segment]:
    """The new segments, with the grace period that lies between them as it was."""
    kept = [
        Segment(row.first_month, row.last_month, row.amount, row.reason, row.assessment, row.decision)
        for row in amounts
        if row.reason == AmountReason.GRACE and row.first_month > found[0].first
    ]
    if not kept:
        return found
    ordered = sorted([*found, *kept], key=lambda segment: segment.first)
    lasts = [timing.shift(later.first, -1) for later in ordered[1:]]
    return [replace(one, last=last) for one, last in zip(ordered, [*lasts, ordered[-1].last], strict=True)]


def _refuse_errors(programme: str, worked: Iterable[Worked]) -> None:
    wrong = [one for one in worked if one.error]
    if not wrong:
        return
    raise refuse(
        "award.standard_error",
        zh="“{programme}”有 {count} 份待遇无法核算（{error}，例如 {who}），未作任何改动。",
        en="{count} awards of “{programme}” cannot be worked out ({error}, for example {who}); nothing was changed.",
        remedy_zh="请先补齐缺少的事实或标准（policies 与本地 rates），再执行调标。",
        remedy_en="Complete the missing facts or rates first, then apply the standard again.",
        programme=law_of(programme).name.get("zh-Hans", programme),
        count=len(wrong),
        error=wrong[0].error,
        who=wrong[0].party.person or wrong[0].party.household,
    )


def _audit(by: By, action: str, area: str, programme: str, effect: Effect) -> None:
    """One row for the act, and one for each award that changed."""
    today = clock.today()
    common = {"on": today, "actor_id": by.pk, "actor_name": by.get_full_name(), "action": action}
    whole = {
        "programme": programme,
        "month": effect.month.isoformat(),
        "looked_at": effect.looked_at,
        "changed": len(effect.changed),
        "before": effect.before,
        "after": effect.after,
    }
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(**common, subject_type="awards.programme", subject_id=None, area_code=area, detail=whole),
            *(
                AuditEntry(
                    **common,
                    subject_type="awards.award",
                    subject_id=change.award.pk,
                    area_code=change.award.area_id,
                    detail={"month": effect.month.isoformat(), "before": change.before, "after": change.after},
                )
                for change in effect.changed
            ),
        ]
    )
