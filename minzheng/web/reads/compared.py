"""Declared, verified and surveyed side by side, for the people of a case: where they differ, and the explanation of it
drafted: which fact, from what to what, entered by whom, since when, and what it does to the amount."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from minzheng.cases.actions.assessing import day_for
from minzheng.cases.models import Assessment, Case
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.people import queries as people
from minzheng.people.models import Fact, FactSource, Household, Person
from minzheng.policy import Result, registry, subjects
from minzheng.policy.errors import PolicyError
from minzheng.web import names
from minzheng.web.templatetags.mz import yuan

SOURCES = (FactSource.DECLARED, FactSource.VERIFIED, FactSource.SURVEYED, FactSource.CARRIED_OVER)
CLAIMED = (FactSource.DECLARED, FactSource.CARRIED_OVER, FactSource.SURVEYED)
"""What a difference is told from: what the family said itself, if it said anything."""


@dataclass(frozen=True)
class Cell:
    """What one source says."""

    text: str
    since: dt.date
    used: bool
    """Whether this is the value that the law is applied to."""


@dataclass
class Line:
    """One fact of a party. `columns`: each source with what it says, None where it says nothing."""

    name: str
    label: str
    columns: list[tuple[str, Cell | None]]
    differs: bool
    said: str = ""
    """The drafted explanation, where the sources differ."""


@dataclass
class Party:
    """The household, or one of its people."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Compared:
    """The whole card. `sources` are the columns: those of which anything is known."""

    sources: list[str]
    parties: list[Party]

    @property
    def drafted(self) -> list[str]:
        return [line.said for party in self.parties for line in party.lines if line.said]


@dataclass(frozen=True)
class _Difference:
    """Where one party's sources do not say the same: the value claimed and the value used."""

    member: int | None
    """The place in the family; None: the household's (or the person's) own."""
    claimed: Fact
    used: Fact


def compared(
    case: Case, family: Sequence[Person], assessment: Assessment | None, *, verified: bool, today: dt.date
) -> Compared:
    """The facts of a case's household (or person) and of each of its people; of a closed case as they were known when
    it was assessed.

    verified: whether the reader may see what other registers said. Only who may is told what a difference does to the
    amount, for that would say it.
    """
    closed = case.closed_on is not None and assessment is not None
    known_at = assessment.recorded_at if closed and assessment is not None else None
    day = assessment.on if closed and assessment is not None else _day(case, today)
    of_household, of_person = people.side_by_side_of_many(
        on=day,
        persons=[person.pk for person in family],
        household=case.household_id,
        verified=verified,
        known_at=known_at,
    )
    tables: list[tuple[int | None, str, Mapping[str, Mapping[str, Fact]]]] = []
    if case.household_id is not None:
        tables.append((None, _("本户"), of_household))
    for number, person in enumerate(family):
        own = None if case.household_id is None else number
        tables.append((own, person.name, of_person.get(person.pk, {})))
    there = {source for _place, _name, table in tables for by_source in table.values() for source in by_source}
    columns = [source.value for source in SOURCES if source in there]
    differences = [
        _Difference(place, _claimed(by_source), people.most_trusted(by_source))
        for place, _name, table in tables
        for by_source in table.values()
        if _differ(by_source)
    ]
    effects = _effects(case, family, differences, day, known_at) if verified else {}
    actors = _actors(differences)
    parties = []
    for place, name, table in tables:
        lines = [_line(columns, fact_name, by_source) for fact_name, by_source in table.items()]
        for line in lines:
            for difference in differences:
                if difference.member == place and difference.used.name == line.name:
                    line.said = _said(name, difference, actors) + effects.get(difference.used.pk, "")
        parties.append(Party(name, sorted(lines, key=lambda line: (not line.differs, line.label))))
    return Compared(columns, parties)


def _day(case: Case, today: dt.date) -> dt.date:
    """The day whose facts an assessment made now would take."""
    try:
        return day_for(case, today)
    except (Refused, PolicyError):
        return today


def _differ(by_source: Mapping[str, Fact]) -> bool:
    return any(fact.value != people.most_trusted(by_source).value for fact in by_source.values())


def _claimed(by_source: Mapping[str, Fact]) -> Fact:
    """The value that the used one is held against: what the family declared, else another that is not the same."""
    used = people.most_trusted(by_source)
    others = [by_source[source] for source in CLAIMED if source in by_source and by_source[source].value != used.value]
    return others[0]


def _line(columns: Iterable[str], name: str, by_source: Mapping[str, Fact]) -> Line:
    used = people.most_trusted(by_source)
    cells = [(source, _cell(by_source.get(source), used)) for source in columns]
    return Line(name, names.fact_label(name), cells, _differ(by_source))


def _cell(fact: Fact | None, used: Fact) -> Cell | None:
    return Cell(names.fact_value(fact.name, fact.value), fact.valid_from, fact.pk == used.pk) if fact else None


def _said(who: str, difference: _Difference, actors: Mapping[int, str]) -> str:
    """Which fact, from what to what, entered by whom, since when."""
    claimed, used = difference.claimed, difference.used
    return _("%(who)s · %(fact)s：%(claimed)s，%(used)s。测算%(source)s。") % {
        "who": who,
        "fact": names.fact_label(used.name),
        "claimed": _value_said(claimed, actors),
        "used": _value_said(used, actors),
        "source": _by(used),
    }


def _by(fact: Fact) -> str:
    """The source in a sentence: “as declared”."""
    return {
        FactSource.DECLARED: pgettext("source", "按申报"),
        FactSource.VERIFIED: pgettext("source", "按核对"),
        FactSource.SURVEYED: pgettext("source", "按入户"),
        FactSource.CARRIED_OVER: pgettext("source", "按结转"),
    }[FactSource(fact.source)]


def _value_said(fact: Fact, actors: Mapping[int, str]) -> str:
    by = actors.get(fact.pk, "")
    since = f"{fact.valid_from:%Y-%m-%d}"
    return _("%(source)s %(value)s（%(since)s起，%(by)s录入）") % {
        "source": _by(fact),
        "value": names.fact_value(fact.name, fact.value) or "—",
        "since": since,
        "by": by or "—",
    }


def _actors(differences: Iterable[_Difference]) -> dict[int, str]:
    """Who entered each of these facts, by fact: as the audit has it, in one query."""
    facts = [fact for one in differences for fact in (one.claimed, one.used)]
    if not facts:
        return {}
    owners = {_owner(fact) for fact in facts}
    rows = AuditEntry.objects.filter(
        action="people.record_fact",
        subject_id__in={pk for _kind, pk in owners},
        detail__name__in={f.name for f in facts},
    ).order_by("pk")
    by_entry = {
        (row.subject_type, row.subject_id, row.detail["name"], row.detail["source"], row.detail["from"]): row.actor_name
        for row in rows
    }
    found = {}
    for fact in facts:
        kind, pk = _owner(fact)
        found[fact.pk] = by_entry.get((kind, pk, fact.name, fact.source, fact.valid_from.isoformat()), "")
    return found


def _owner(fact: Fact) -> tuple[str, int]:
    if fact.person_id is not None:
        return Person._meta.label_lower, fact.person_id
    assert fact.household_id is not None
    return Household._meta.label_lower, fact.household_id


def _effects(
    case: Case,
    family: Sequence[Person],
    differences: Sequence[_Difference],
    day: dt.date,
    known_at: dt.datetime | None,
) -> dict[int, str]:
    """What each difference does to the amount, by the fact that is used: the law applied once as it stands and once
    with the value that was claimed. Nothing where the law cannot be applied yet."""
    if not differences or case.given:
        return {}
    programme = registry.programme(case.programme)
    covered = list(case.members.order_by("pk").values_list("person_id", flat=True)) if case.household_id else []
    try:
        version = programme.policy.version_on(day)
        asked = [
            one
            for one in differences
            if one.used.name in (version.facts if one.member is None else version.member_facts)
        ]
        subject = subjects.subject(
            case.programme,
            on=day,
            household=case.household,
            person=case.person,
            covered=covered,
            known_at=known_at,
        )
        inputs = subjects.stored_inputs(subject)
        places = _places(case, family, day, known_at) if len(inputs["members"]) else {}
        what_if = [subjects.restored(case.programme, _with(inputs, one, places), day) for one in asked]
        now, *others = programme.assess([subject, *what_if], day)
    except (Refused, PolicyError):
        return {}
    cycle = names.cycle_name(names.pay_cycle(case.programme, day))
    return {one.used.pk: _effect_said(one, other, now, cycle) for one, other in zip(asked, others, strict=True)}


def _places(case: Case, family: Sequence[Person], day: dt.date, known_at: dt.datetime | None) -> dict[int, int]:
    """From a member's place on the page to their place among the inputs, which stand as they came into the family."""
    if case.household is None:
        return {}
    order = [row.person_id for row in people.members(case.household, day, known_at)]
    return {place: order.index(person.pk) for place, person in enumerate(family) if person.pk in order}


def _with(inputs: Mapping[str, Any], difference: _Difference, places: Mapping[int, int]) -> dict[str, Any]:
    """The inputs with the value that was claimed."""
    name, value = difference.claimed.name, difference.claimed.value
    if difference.member is None:
        return {**inputs, "facts": {**inputs["facts"], name: value}}
    members = [dict(member) for member in inputs["members"]]
    place = places.get(difference.member)
    if place is not None and place < len(members):
        members[place][name] = value
    return {**inputs, "members": members}


def _effect_said(difference: _Difference, other: Result, now: Result, cycle: str) -> str:
    if other.error or now.error:
        return ""
    if (other.eligible, other.amount) == (now.eligible, now.amount):
        return _("不影响金额。")
    said = _("%(claimed)s%(other)s，%(used)s%(now)s") % {
        "claimed": _by(difference.claimed),
        "other": _result_said(other, cycle),
        "used": _by(difference.used),
        "now": _result_said(now, cycle),
    }
    if not (other.eligible and now.eligible):
        return said + _("。")
    change = (now.amount or 0) - (other.amount or 0)
    words = _("，%(cycle)s多 %(amount)s 元。") if change > 0 else _("，%(cycle)s少 %(amount)s 元。")
    return said + words % {"cycle": cycle, "amount": yuan(abs(change))}


def _result_said(result: Result, cycle: str) -> str:
    if not result.eligible:
        return _("不符合条件")
    return _("%(cycle)s %(amount)s 元") % {"cycle": cycle, "amount": yuan(result.amount or 0)}
