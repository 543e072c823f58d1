"""“This month”: the roster is carried over, and only what may have to change is shown, each with what it would do to
the amount. Finding reads; nothing changes before somebody accepts.

A finder answers for an area (a township, or a part of it) and a benefit month. Months are their first days.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from minzheng.areas.queries import within
from minzheng.awards import assessing, rows, terms, timing
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.awards.queries.roster import head_names
from minzheng.awards.queries.words import held_reasons_of
from minzheng.awards.reworking import Reworked, amount_in, rework
from minzheng.cases.models import Case, CaseKind
from minzheng.core.errors import Text
from minzheng.people import queries as people
from minzheng.people.models import Fact, Person
from minzheng.policy import registry
from minzheng.policy import subjects as parties
from minzheng.policy.subjects import Party

STANDARD_MONTHS = 12
"""How far back a new standard that nobody has applied is still looked for."""
DECIDED_ALREADY = (AmountReason.CARRIED_OVER, AmountReason.STANDARD_CHANGED, AmountReason.BIRTHDAY)
"""Reasons of an amount that no decision on a case stands behind."""


@dataclass(frozen=True)
class Candidate:
    """Something to confirm in a month. `effect`: fen that one pay cycle changes by from `since` on. `permission`: who
    may accept it, in its area. `accepts` False: one click is not enough; `url_of` is the record where it is done."""

    key: str
    kind: str
    programme: str
    who: str
    area: str
    effect: int
    since: dt.date
    text: Text
    url_of: tuple[str, int]
    permission: str
    accepts: bool = True


Finder = Callable[[str, dt.date], list[Candidate]]


def deaths(area: str, month: dt.date) -> list[Candidate]:
    """Reported and not verified: what each award of theirs would owe without them."""
    dead = list(Person.objects.filter(within(area), died_on__isnull=False, death_verified_on=None).order_by("pk"))
    found = []
    for person in dead:
        covering = Q(members__person=person, members__superseded_at=None)
        awards = _running(area, month).filter(Q(person=person) | covering).distinct()
        effects = [_without(award, person, month) for award in awards]
        if not effects:
            continue  # the work list asks for the verification; no money depends on it
        found.append(
            Candidate(
                key=f"death:{person.pk}",
                kind="death",
                programme=effects[0][0].programme if len(effects) == 1 else "",
                who=person.name,
                area=person.area_id,
                effect=sum(after - before for _, _, before, after in effects),
                since=min(since for _, since, _, _ in effects),
                text={
                    "zh-Hans": f"据报 {person.died_on} 去世，核实后停发或按其余的人重新计算",
                    "en": f"Said to have died on {person.died_on}; once verified, ended or worked out for the others",
                },
                url_of=("person", person.pk),
                permission="people.edit",
            )
        )
    return found


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
    for code in _programmes(area, month):
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


def ending(area: str, month: dt.date) -> list[Candidate]:
    """What ends by itself soon (`terms`) where nobody has applied for it anew."""
    near = [
        award
        for award in _running(area, month).filter(end_reason=terms.TERM)
        if award.last_month is not None and terms.near_its_end(award.last_month, month)
    ]
    awards = _not_applied_anew(near)
    amounts, heads = rows.current_amounts([award.pk for award in awards]), head_names(awards)
    return [
        Candidate(
            key=f"ending:{award.pk}",
            kind="ending",
            programme=award.programme,
            who=heads.get(award.pk, ""),
            area=award.area_id,
            effect=-amount_in(amounts.get(award.pk, ()), award.last_month),
            since=timing.shift(award.last_month, 1),
            text={
                "zh-Hans": f"有效至 {award.last_month:%Y-%m}，期满自动退出；仍有困难的请家庭重新申请",
                "en": f"Valid to {award.last_month:%Y-%m}; ask the family to apply anew if it still needs it",
            },
            url_of=("award", award.pk),
            permission="cases.apply",
        )
        for award in awards
        if award.last_month is not None
    ]


def held(area: str, month: dt.date) -> list[Candidate]:
    """Awards that are held for another reason than a death: what is not paid meanwhile. One that has ended, or gone on
    in another township or file, is held for the months it was not paid."""
    awards = [
        award
        for award in (*_running(area, month).exclude(held_reason=""), *_ended_and_held(area, month))
        if not award.held_reason.startswith("death:") and ";death:" not in award.held_reason
    ]
    amounts = rows.current_amounts([award.pk for award in awards])
    said, heads = held_reasons_of(awards), head_names(awards)
    found = []
    for award in awards:
        tokens = [token.partition(":")[0] for token in award.held_reason.split(";")]
        reasons = said[award.pk]
        accepts = not set(tokens) & {"payee", "ineligible", "error"}
        then = ("。解除后补发", ". Released, it is paid with arrears") if accepts else ("", "")
        found.append(
            Candidate(
                key=f"held:{award.pk}",
                kind="held",
                programme=award.programme,
                who=heads.get(award.pk, ""),
                area=award.area_id,
                effect=amount_in(amounts.get(award.pk, ()), month),
                since=month,
                text={
                    "zh-Hans": "缓发："
                    + "；".join(one["zh-Hans"] for one in reasons)
                    + _until(award, month)["zh-Hans"]
                    + then[0],
                    "en": "Held: " + "; ".join(one["en"] for one in reasons) + _until(award, month)["en"] + then[1],
                },
                url_of=("award", award.pk),
                permission="awards.hold",
                accepts=accepts,
            )
        )
    return found


def decided(area: str, month: dt.date) -> list[Candidate]:
    """What was decided and begins this month: new awards, other amounts, ends."""
    eve = timing.shift(month, -1)
    beginning = (
        AwardAmount.objects.filter(within(area), superseded_at=None, first_month=month)
        .exclude(reason__in=DECIDED_ALREADY)
        .values("award")
    )
    ended = Q(last_month=eve) & ~Q(end_reason="once")
    awards = list(
        Award.objects.filter(within(area))
        .filter(Q(pk__in=beginning) | ended)
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )
    amounts = rows.current_amounts([award.pk for award in awards])
    heads = head_names(awards)
    found = []
    for award in awards:
        before, after = (amount_in(amounts.get(award.pk, ()), one) for one in (eve, month))
        if before == after:
            continue
        what = ("停发", "ends") if not after else ("新增", "begins") if not before else ("变更", "changes")
        found.append(
            Candidate(
                key=f"decided:{award.pk}",
                kind="decided",
                programme=award.programme,
                who=heads.get(award.pk, ""),
                area=award.area_id,
                effect=after - before,
                since=month,
                text=_from_to(
                    {"zh-Hans": f"已决定{what[0]}，本月起生效", "en": f"Decided, {what[1]} this month"}, before, after
                ),
                url_of=("award", award.pk),
                permission="cases.change",
            )
        )
    return found


def entitled(area: str, month: dt.date) -> list[Candidate]:
    """People whom a birthday of this month entitles to a benefit that they do not have and have not applied for."""
    found = []
    last = timing.shift(month, 1) - dt.timedelta(days=1)
    for law in registry.programmes():
        version = law.policy.version_on(last)
        if law.unit != "person" or version.timing is None or "birthday" not in version.timing.starts:
            continue
        born = Person.objects.filter(within(area), birth_date__month=month.month, died_on=None)
        known = born.exclude(
            pk__in=AwardMember.objects.filter(award__programme=law.code, superseded_at=None).values("person")
        ).exclude(pk__in=Case.objects.filter(programme=law.code, closed_on=None, person__isnull=False).values("person"))
        asked = [Party(person=person) for person in known.order_by("area_id", "pk")]
        then = assessing.work_out(law.code, asked, month - dt.timedelta(days=1))
        now = assessing.work_out(law.code, asked, last)
        for before, after in zip(then, now, strict=True):
            person = after.party.person
            if before.pays or not after.pays or person is None:
                continue
            age = people.age(person, last)
            since = timing.shift(month, 1 if version.timing.starts == "month_after_birthday" else 0)
            found.append(
                Candidate(
                    key=f"entitled:{law.code}:{person.pk}",
                    kind="entitled",
                    programme=law.code,
                    who=person.name,
                    area=person.area_id,
                    effect=after.amount or 0,
                    since=since,
                    text={
                        "zh-Hans": f"本月满 {age} 岁，可以享受而没有申请；接受即代为提出申请",
                        "en": f"Turns {age} this month and has not applied: accepting opens the application",
                    },
                    url_of=("person", person.pk),
                    permission="cases.apply",
                )
            )
    return found


FINDERS: Mapping[str, Finder] = {
    "death": deaths,
    "standard": standards,
    "birthday": birthdays,
    "entitled": entitled,
    "certificate": certificates,
    "ending": ending,
    "held": held,
    "decided": decided,
}
"""Kind → finder, in the order of the page: what may be paid wrongly first."""


def _running(area: str, month: dt.date) -> QuerySet[Award]:
    """The awards in force in a month; those paid once are done."""
    return (
        Award.objects.filter(within(area), Q(last_month=None) | Q(last_month__gte=month), first_month__lte=month)
        .exclude(end_reason="once")
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )


def _ended_and_held(area: str, month: dt.date) -> QuerySet[Award]:
    """The awards that have ended, or were to be paid once, and are held still."""
    ended = Q(last_month__lt=month) | Q(end_reason="once", first_month__lte=month)
    return (
        Award.objects.filter(within(area), ended)
        .exclude(held_reason="")
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )


def _until(award: Award, month: dt.date) -> Text:
    """Of an award that has ended: that nothing is paid of the months before."""
    if award.last_month is None or (award.last_month >= month and award.end_reason != "once"):
        return {"zh-Hans": "", "en": ""}
    last = f"{award.last_month:%Y-%m}"
    return {
        "zh-Hans": f"（待遇已于 {last} 结束，此前缓发的月份没有发）",
        "en": f" (ended with {last}; months held before it are unpaid)",
    }


def _of(code: str, area: str, month: dt.date, among: Any) -> list[Award]:
    """As the actions choose them: in force in a month or later, of these."""
    reaching = Q(last_month=None) | Q(last_month__gte=month)
    chosen = Award.objects.filter(within(area), reaching, programme=code, pk__in=among).exclude(end_reason="once")
    return list(chosen.select_related("person", "household").order_by("pk"))


def _not_applied_anew(awards: Sequence[Award]) -> list[Award]:
    """Those of which no application waits, and none was granted already."""
    theirs = Q(household__in=[one.household_id for one in awards if one.household_id]) | Q(
        person__in=[one.person_id for one in awards if one.person_id]
    )
    waits = set(
        Case.objects.filter(theirs, kind=CaseKind.APPLICATION, closed_on=None).values_list(
            "programme", "household", "person"
        )
    )
    begun = Award.objects.filter(theirs, end_reason=terms.TERM).order_by("first_month")
    latest = {(one.programme, one.household_id, one.person_id): one.pk for one in begun}
    keys = {one.pk: (one.programme, one.household_id, one.person_id) for one in awards}
    return [one for one in awards if keys[one.pk] not in waits and latest[keys[one.pk]] == one.pk]


def _programmes(area: str, month: dt.date) -> list[str]:
    return sorted(_running(area, month).order_by().values_list("programme", flat=True).distinct())


def _born(month: dt.date) -> Any:
    """The ids of awards that cover somebody with a birthday in a month or the one before (as `refresh_birthdays`)."""
    born = Q(person__birth_date__month=month.month) | Q(person__birth_date__month=timing.shift(month, -1).month)
    return AwardMember.objects.filter(born, superseded_at=None).values("award")


def _reworked(area: str, month: dt.date, among: Any, *, as_decided: bool = True) -> list[Reworked]:
    """Of these awards those that would owe something else. What cannot be worked out is said on the work list, and what
    is held for a decision already is no news."""
    found = []
    for code in _programmes(area, month):
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
        text = _from_to(why, line.before, line.after)
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


def _from_to(why: Text, before: int, after: int) -> Text:
    amounts = f"{_yuan(before)} → {_yuan(after)}"
    return {"zh-Hans": f"{why['zh-Hans']}：{amounts} 元", "en": f"{why['en']}: {amounts} yuan"}


def _without(award: Award, person: Person, month: dt.date) -> tuple[Award, dt.date, int, int]:
    """(award, from when, before, after) once this person's death is verified: as `settle_death` will work it out, by
    the facts known now and without the person in the family."""
    assert person.died_on is not None
    law = registry.programme(award.programme)
    last = timing.last_month(law.timing_on(person.died_on).month_of_ending_event, person.died_on)
    since = max(month, timing.shift(last, 1), award.first_month)
    amounts = rows.current_amounts([award.pk]).get(award.pk, [])
    before = amount_in(amounts, since)
    members = rows.current_members([award.pk]).get(award.pk, [])
    remaining = [pk for pk in rows.covered_in(members, since) if pk != person.pk]
    if award.household is None or not remaining:
        return award, since, before, 0
    given = assessing.given_of([award]).get(award.pk)
    party = Party(household=award.household, covered=remaining, given=given)
    [subject] = parties.subjects(award.programme, on=since, parties=[party])
    family = list(people.members(award.household, since))
    left = [facts for facts, row in zip(subject.members, family, strict=False) if row.person_id != person.pk]
    [result] = law.assess([replace(subject, members=left if subject.members else [])], since)
    return award, since, before, (result.amount or 0) if result.eligible and not result.error else 0


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


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
