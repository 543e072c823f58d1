"""Candidates about people: a death that is not verified, a benefit that a birthday entitles to."""

import datetime as dt
from dataclasses import replace

from django.db.models import Q

from minzheng.areas.queries import within
from minzheng.awards import assessing, rows, timing
from minzheng.awards.candidates.candidate import Candidate, running
from minzheng.awards.models import Award, AwardMember
from minzheng.awards.reworking import amount_in
from minzheng.cases.models import Case
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.policy import registry
from minzheng.policy import subjects as parties
from minzheng.policy.subjects import Party


def deaths(area: str, month: dt.date) -> list[Candidate]:
    """Reported and not verified: what each award of theirs would owe without them."""
    dead = list(Person.objects.filter(within(area), died_on__isnull=False, death_verified_on=None).order_by("pk"))
    found = []
    for person in dead:
        covering = Q(members__person=person, members__superseded_at=None)
        awards = running(area, month).filter(Q(person=person) | covering).distinct()
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
