"""What has happened since an assessment was made that it would not count the same any more: somebody died, joined the
family or left it, or a verified or surveyed fact that it read has another value. Reads only."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minzheng.cases.models import Assessment, Case
from minzheng.core import clock
from minzheng.core.errors import Text
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import Fact, FactSource, Person
from minzheng.policy import registry, subjects
from minzheng.policy.model import Version

CERTAIN = (FactSource.VERIFIED, FactSource.SURVEYED)
"""What was found out. A family that declares something else is verified and visited first."""


@dataclass(frozen=True)
class Changed:
    """A fact that is not what the assessment read. `of`: whose, where it is a member's."""

    name: str
    before: Any
    now: Any
    source: str
    of: Person | None = None


@dataclass(frozen=True)
class Overtaken:
    """What has overtaken an assessment; there is one only where something has."""

    died: Person | None = None
    joined: tuple[Person, ...] = ()
    left: tuple[Person, ...] = ()
    facts: tuple[Changed, ...] = ()

    def said(self, *, verified: bool) -> Text:
        """Who joined or left, and which fact from what to what, in words. Without `verified` what other registers said
        is not told: whoever may not see it learns only that something is different."""
        lines: list[tuple[str, str]] = []
        if self.died is not None:
            lines.append((f"{self.died.name}已登记死亡", f"{self.died.name} is recorded as having died"))
        for names, zh, en in ((self.joined, "加入家庭", "joined"), (self.left, "离开家庭", "left the family")):
            who = [person.name for person in names]
            if who:
                lines.append((f"{'、'.join(who)}已{zh}", f"{', '.join(who)} {en}"))
        told = [fact for fact in self.facts if verified or fact.source != FactSource.VERIFIED]
        lines += [_fact_said(fact) for fact in told]
        if len(told) < len(self.facts):
            lines.append(("信息核对的结果有变", "a verified fact is different"))
        return {"zh-Hans": "；".join(zh for zh, _ in lines), "en": "; ".join(en for _, en in lines)}


def what_overtook(case: Case, assessment: Assessment) -> Overtaken | None:
    """What has overtaken an assessment; None where everybody and every fact that it counted is the same now. Two or
    three queries, however many the family are.

    Counted now is the assessment's own day, or today where that is past: the benefit begins no earlier. A fact that
    begins later, that the policy does not read, or that was entered again with the same value overtakes nothing.
    """
    file = assessment.household_id or case.household_id
    rows = people.memberships({pk for pk in (file, case.household_id) if pk is not None}) if file else []
    then = [
        row for row in rows if row.household_id == file and people.holds(row, assessment.on, assessment.recorded_at)
    ]
    counted = [row.person for row in then] if file else [case.person] if case.person is not None else []
    died = min((person for person in counted if person.died_on), key=lambda person: person.pk, default=None)
    if died is not None:
        return Overtaken(died=died)
    day = max(assessment.on, clock.today())
    now = {
        row.person_id: row.person for row in rows if row.household_id == case.household_id and people.holds(row, day)
    }
    before = {person.pk: person for person in counted}
    joined = tuple(person for pk, person in now.items() if file and pk not in before and not person.died_on)
    left = tuple(person for pk, person in before.items() if file and pk not in now)
    changed = tuple(_changed(case, assessment, counted if file else [], now, day))
    if joined or left or changed:  # then, and only then, what the policy looks at has to be read
        version = registry.programme(case.programme).policy.version_on(assessment.on)
        if not version.uses_members:
            joined, left = (), _covered(case, left)
        changed = tuple(fact for fact in changed if _matters(version, fact))
    return Overtaken(joined=joined, left=left, facts=changed) if joined or left or changed else None


def _covered(case: Case, persons: tuple[Person, ...]) -> tuple[Person, ...]:
    """Those of them who are to be covered: they matter also where the policy does not look at the family."""
    asked = set(case.members.values_list("person_id", flat=True)) if persons else set()
    return tuple(person for person in persons if person.pk in asked)


def _changed(
    case: Case, made: Assessment, counted: list[Person], now: Mapping[int, Person], day: dt.date
) -> Iterable[Changed]:
    """The facts that were read and are written otherwise now."""
    home, persons = case.household_id, list(now)
    if case.person is not None:
        family = people.family_of(case.person, day)
        home, persons = family.pk if family else None, [case.person.pk]
    of_household, of_person = people.side_by_side_of_many(on=day, persons=persons, household=home)
    own = of_household | (of_person.get(case.person.pk, {}) if case.person is not None else {})
    own = {name: known for name, known in own.items() if name not in case.given}
    yield from _differences(made.inputs["facts"], own)
    read = made.inputs["members"]
    if len(read) == len(counted):
        for values, person in zip(read, counted, strict=True):
            if person.pk in now:
                yield from _differences(values, of_person.get(person.pk, {}), person)


def _differences(
    read: Mapping[str, Any], known: Mapping[str, Mapping[str, Fact]], of: Person | None = None
) -> Iterable[Changed]:
    """Of what was read and is found out, what is not the same. What the register or another stage says is left out."""
    for name, by_source in known.items():
        if name not in read or vocabulary.derived(name) or subjects.is_provided(name):
            continue
        fact = people.most_trusted(by_source)
        if fact.source in CERTAIN and fact.value != read[name]:
            yield Changed(name, read[name], fact.value, fact.source, of)


def _matters(version: Version, fact: Changed) -> bool:
    """Whether the policy reads it, and it is another value, not the same one written otherwise (0.5 and 1/2)."""
    then, now = (
        subjects.typed_values(version, fact.of is not None, {fact.name: value}) for value in (fact.before, fact.now)
    )
    return then.get(fact.name) != now.get(fact.name)


def _fact_said(fact: Changed) -> tuple[str, str]:
    label = vocabulary.label(fact.name)
    values = [[vocabulary.said(fact.name, value, language) for value in (fact.before, fact.now)] for language in _BOTH]
    zh = f"{fact.of.name}的" if fact.of else ""
    en = f" of {fact.of.name}" if fact.of else ""
    return (
        f"{zh}“{label['zh-Hans']}”由{values[0][0]}变为{values[0][1]}",
        f"“{label['en']}”{en} was {values[1][0]} and is {values[1][1]}",
    )


_BOTH = ("zh-Hans", "en")
