"""Whom of a family an application covers: all of it where the family is entitled, one alone where the law lets somebody
apply alone, and with a reason whoever is left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from minzheng.cases.models import Assessment, Case
from minzheng.cases.shapes import CoverageRule, Procedure
from minzheng.cases.sometimes import Step
from minzheng.core.errors import refuse
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.policy import registry, subjects

COVER = "cover"
"""Said of somebody who is taken in after all; any other word is one of the rule's reasons."""
ASSESS = "cases.assess"


def not_covered(case: Case, on: dt.date) -> list[Person]:
    """Who of the family, as it is on the day that the assessment counts, is not asked for; the earliest member first.
    Somebody who joined after the case was opened is one of them."""
    if case.household is None:
        return []
    asked = set(case.members.values_list("person_id", flat=True))
    family = people.members(case.household, on)
    return [row.person for row in family if row.person_id not in asked and row.person.died_on is None]


def left_out(steps: Sequence[Step]) -> dict[int, str]:
    """For whom a reason was given, as the last assessment had it."""
    for step in reversed(steps):
        if step.act == ASSESS and "left_out" in step.data:
            return {int(person): reason for person, reason in step.data["left_out"].items()}
    return {}


def check_reasons(procedure: Procedure, given: Mapping[int, str]) -> None:
    """Refuse a reason that the rule does not know."""
    known = procedure.coverage.reasons if procedure.coverage else {}
    for reason in given.values():
        if reason != COVER and reason not in known:
            raise refuse(
                "case.coverage_reason",
                zh="未纳入保障的理由“{reason}”不是可用的理由。",
                en="“{reason}” is no reason for leaving somebody out.",
                remedy_zh="可用的理由：{known}。",
                remedy_en="The reasons are: {known_en}.",
                rule=procedure.coverage.rule if procedure.coverage else procedure.basis,
                reason=reason,
                known="、".join(words["zh-Hans"] for words in known.values()) or "无",
                known_en=", ".join(known) or "none",
            )


def check(procedure: Procedure, case: Case, made: Assessment, reasons: Mapping[int, str]) -> None:
    """Refuse to take an entitled family member by member: whoever is left out has a reason, or the covered apply alone
    as the programme's own law has it (the step that the rule names)."""
    rule = procedure.coverage
    if rule is None or not made.eligible:
        return
    without = [person for person in not_covered(case, made.on) if person.pk not in reasons]
    if without and not applies_alone(rule, made):
        raise refuse(
            "case.whole_family",
            zh="全家符合条件，须整户纳入；{names}没有纳入，也没有写明理由。",
            en="The family is entitled and is taken whole; {names} are left out without a reason.",
            remedy_zh="测算时把他们纳入保障，或者逐人选择不纳入的理由（{known}）。",
            remedy_en="Take them in with the assessment, or choose for each why they are left out.",
            rule=rule.rule,
            names="、".join(person.name for person in without),
            known="、".join(words["zh-Hans"] for words in rule.reasons.values()),
        )


def applies_alone(rule: CoverageRule, made: Assessment) -> bool:
    """Whether the law that was applied lets those who are covered apply alone."""
    law = registry.programme(made.programme)
    if rule.alone not in law.policy.version_on(made.on).steps:
        return False
    result: Any = law.assess([subjects.restored(made.programme, made.inputs, made.on)], made.on)[0]
    return bool(result.steps.get(rule.alone))
