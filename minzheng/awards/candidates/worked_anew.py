"""Awards that would owe something else if worked out anew: a birthday, a card that has run out, a new standard."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.areas.queries import within
from minzheng.awards import timing
from minzheng.awards.candidates.candidate import Candidate, from_to, programmes
from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.queries.roster import head_names
from minzheng.awards.reworking import Reworked, rework
from minzheng.core.errors import Text
from minzheng.people import queries as people
from minzheng.people.models import Fact
from minzheng.policy import registry

STANDARD_MONTHS = 12
"""How far back a new standard that nobody has applied is still looked for."""


def birthdays(area: str, month: dt.date) -> list[Candidate]:
    """Awards whose amount changes by a birthday of this month or the one before."""
    lines = _reworked(area, month, _born(month))
    return _of_awards("birthday", lines, {"zh-Hans": "年龄变化", "en": "An age has changed"})


def certificates(area: str, month: dt.date) -> list[Candidate]:
    """Facts with an end (a disability card, a sick note) that ran out by this month and that nobody has renewed, where
    an award owes something else without them."""
    eve = timing.shift(month, -1)
    ended = Fact.objects.filter(
        within(area), superseded_at=None, valid_to__gt=eve, valid_to__lt=timing.shift(month, 1)
    ).order_by("pk")
    facts = [fact for fact in ended if not _renewed(fact)]
    persons = {fact.person_id for fact in facts if fact.person_id}
    households = {fact.household_id for fact in facts if fact.household_id}
    covering = AwardMember.objects.filter(person__in=persons, superseded_at=None)
    # An award with a birthday is worked out with it: what has run out is in that amount already.
    awards = Award.objects.filter(Q(pk__in=covering.values("award")) | Q(household__in=households))
    lines = _reworked(area, month, awards.exclude(pk__in=_born(month)).values("pk"), as_decided=False)
    text = {"zh-Hans": "证件或情况已到期，没有续期", "en": "A card or a fact has run out and is not renewed"}
    return _of_awards("certificate", lines, text)


def standards(area: str, month: dt.date) -> list[Candidate]:
    """Programmes with a new standard that awards do not owe yet: one candidate for a programme."""
    found = []
    for code in programmes(area, month):
        since = _last_new_standard(code, area, month)
        if since is None:
            continue
        older = AwardAmount.objects.filter(superseded_at=None, first_month__lt=since, award__programme=code).filter(
            Q(last_month=None) | Q(last_month__gte=since)
        )
        lines = [line for line in rework(code, _of(code, area, since, older.values("award")), since) if not line.same]
        rising = [line for line in lines if not any(one.error for _, one in line.wanted)]
        if not rising:
            continue
        text = {
            "zh-Hans": f"{since:%Y-%m} 起的新标准还没有执行，涉及 {len(rising)} 份待遇",
            "en": f"The standard in force from {since:%Y-%m} is not applied yet; {len(rising)} awards",
        }
        found.append(
            Candidate(
                key=f"standard:{code}:{since:%Y-%m}",
                kind="standard",
                programme=code,
                who="",
                area=area,
                effect=sum(line.after - line.before for line in rising if not line.bad),
                since=since,
                text=text,
                url_of=("", 0),
                permission="awards.apply_standard",
            )
        )
    return found


def _of(code: str, area: str, month: dt.date, among: Any) -> list[Award]:
    """As the actions choose them: in force in a month or later, of these."""
    reaching = Q(last_month=None) | Q(last_month__gte=month)
    chosen = Award.objects.filter(within(area), reaching, programme=code, pk__in=among).exclude(end_reason="once")
    return list(chosen.select_related("person", "household").order_by("pk"))


def _born(month: dt.date) -> Any:
    """The ids of awards that cover somebody with a birthday in a month or the one before (as `refresh_birthdays`)."""
    born = Q(person__birth_date__month=month.month) | Q(person__birth_date__month=timing.shift(month, -1).month)
    return AwardMember.objects.filter(born, superseded_at=None).values("award")


def _reworked(area: str, month: dt.date, among: Any, *, as_decided: bool = True) -> list[Reworked]:
    """Of these awards those that would owe something else. What cannot be worked out is said on the work list, and what
    is held for a decision already is no news."""
    found = []
    for code in programmes(area, month):
        for line in rework(code, _of(code, area, month, among), month, as_decided=as_decided):
            waits = line.bad is not None and "ineligible" in line.award.held_reason.split(";")
            if not line.same and not waits and not any(one.error for _, one in line.wanted):
                found.append(line)
    return found


def _of_awards(kind: str, lines: Sequence[Reworked], why: Text) -> list[Candidate]:
    """A candidate for each award; what no longer meets the conditions is held until somebody decides."""
    heads = head_names([line.award for line in lines])
    found = []
    for line in lines:
        text = from_to(why, line.before, line.after)
        if line.bad:
            text = {
                "zh-Hans": why["zh-Hans"] + "，不再符合条件：缓发，等决定",
                "en": why["en"] + ", conditions are no longer met: held for a decision",
            }
        found.append(
            Candidate(
                key=f"{kind}:{line.award.pk}",
                kind=kind,
                programme=line.award.programme,
                who=heads.get(line.award.pk, ""),
                area=line.award.area_id,
                effect=line.after - line.before,
                since=line.wanted[0][0],
                text=text,
                url_of=("award", line.award.pk),
                permission="cases.change",
            )
        )
    return found


def _last_new_standard(code: str, area: str, month: dt.date) -> dt.date | None:
    """The first month of the latest rates or rules of a programme that came into force in the last year, for a place
    in this area."""
    law = registry.programme(code)
    entries = [
        entry.since
        for entry in law.rates.entries.values()
        if entry.area == "*" or area.startswith(entry.area) or entry.area.startswith(area)
    ]
    days = [*entries, *(version.starts_on for version in law.policy.versions)]
    months = [timing.first_of(day) if day.day == 1 else timing.shift(day, 1) for day in days]
    return max((one for one in months if timing.shift(month, -STANDARD_MONTHS) < one <= month), default=None)


def _renewed(fact: Fact) -> bool:
    """Whether the same is known from any source for the time after it ended."""
    assert fact.valid_to is not None
    owner = Q(person=fact.person_id) if fact.person_id else Q(household=fact.household_id)
    return Fact.objects.filter(owner, people.holding(fact.valid_to), name=fact.name).exists()
