"""What an application would probably give, before there is one: the programme's own law on what was declared."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from minzheng.cases import coverage, procedure, timing
from minzheng.cases.models import Assessment, Case, CaseKind
from minzheng.cases.shapes import PaperRule, Procedure
from minzheng.people import queries as people
from minzheng.people.models import Household, Person
from minzheng.policy import Version, registry, subjects

INCOME_FACT = "annual_income"


@dataclass(frozen=True)
class Likely:
    """The answer, never stored, and the papers that acceptance will ask for."""

    assessment: Assessment
    papers: Mapping[str, PaperRule]
    whole: str = ""
    """The rule by which an entitled family is taken whole, where somebody of it was not asked for and nobody may apply
    alone."""


def likely(
    programme: str,
    *,
    household: Household,
    covered: Sequence[Person],
    facts: Mapping[str, Any],
    member_facts: Mapping[int, Mapping[str, Any]],
    on: dt.date,
) -> Likely:
    """As if it were applied for today: by the law of the first month that would be paid.

    facts, member_facts: what was declared, before what is known already; `facts` holds the income.
    """
    law = registry.programme(programme)
    rules = procedure.load(programme).on(on, CaseKind.APPLICATION)
    day = max(on, timing.first_month(Case(programme=programme, household=household, opened_on=on), on))
    subject = subjects.subject(
        programme, on=day, household=household, covered=[person.pk for person in covered], given=facts
    )
    version = law.policy.version_on(day)
    family = [row.person_id for row in people.members(household, day)]
    members = [
        {**known, **_given(version, member_facts.get(pk, {}))}
        for pk, known in zip(family, subject.members, strict=True)
    ]
    subject = replace(subject, members=members)
    result = law.assess([subject], day)[0]
    assessment = Assessment(
        area_id=household.area_id,
        programme=programme,
        household=household,
        on=day,
        inputs=subjects.stored_inputs(subject),
        files=dict(law.files),
        eligible=None if result.error else result.eligible,
        unmet=list(result.unmet),
        amount=result.amount,
        error=result.error or "",
        explanation=law.explain(subject, day).as_dict(),
    )
    wanted = {kind: paper for kind, paper in rules.papers.items() if paper.required_at == "cases.accept"}
    return Likely(assessment, wanted, _whole(rules, assessment, len(covered) < len(family)))


def _whole(rules: Procedure, assessment: Assessment, in_part: bool) -> str:
    rule = rules.coverage
    asks = rule is not None and in_part and assessment.eligible and not coverage.applies_alone(rule, assessment)
    return rule.rule if rule is not None and asks else ""


def _given(version: Version, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was declared of a member, typed; what was not leaves what is known."""
    return {name: value for name, value in subjects.typed_values(version, True, facts).items() if value is not None}
