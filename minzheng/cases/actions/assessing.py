"""Applying the law to a case: inputs, files, result and explanation are frozen."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import coverage, timing
from minzheng.cases.actions import deaths, door
from minzheng.cases.models import Assessment, Case, CaseKind, CaseMember, Outcome
from minzheng.cases.refusals import casework
from minzheng.core import clock
from minzheng.core.errors import Refused, refuse
from minzheng.people import vocabulary
from minzheng.policy import Result, registry, subjects


@casework
def assess(
    *,
    by: User,
    case: Case,
    given: Mapping[str, Any] | None = None,
    others: Mapping[int, str] | None = None,
    on: dt.date | None = None,
) -> Assessment:
    """Apply the programme's law to what is known of the case's people, and keep inputs, files and explanation.

    given: facts of this matter alone, kept with the case. others: of the family's people (by key) who were not asked
    for, `cover` who is taken in after all, or the reason why they are left out. Refuses where a fact is missing, naming
    it, and an entitled family of which somebody is left out without a reason.
    """
    on = on or clock.today()
    matter = door.lock(case)
    perms.require(by, "cases.assess", case.area_id)
    if given:
        matter.case.given = {**matter.case.given, **given}
        matter.case.save(update_fields=["given"])
        case.given = matter.case.given
    day = day_for(matter.case, on)
    deaths.leave_out(matter.case, by=by, on=day)
    reasons = _others(matter, others or {}, day)
    made = compute(matter.case, on)
    coverage.check(matter.procedure, matter.case, made, reasons)
    made.save()
    data: dict[str, Any] = {"assessment": made.pk, "eligible": made.eligible, "amount": made.amount}
    if reasons:
        data["left_out"] = {str(person): reason for person, reason in reasons.items()}
    door.perform(matter, by=by, act="cases.assess", on=on, data=data)
    door.copy_projection(matter, case)
    return made


def _others(matter: door.Matter, said: Mapping[int, str], day: dt.date) -> dict[int, str]:
    """Take in who is covered after all; for the others the reasons, those of an earlier assessment still holding."""
    coverage.check_reasons(matter.procedure, said)
    out = {person.pk for person in coverage.not_covered(matter.case, day)}
    taken = [pk for pk, word in said.items() if word == coverage.COVER and pk in out]
    CaseMember.objects.bulk_create(
        CaseMember(case=matter.case, person_id=pk, area_id=matter.case.area_id) for pk in taken
    )
    known = {**coverage.left_out(matter.done()), **said}
    return {pk: word for pk, word in known.items() if word != coverage.COVER and pk in out}


def day_for(case: Case, on: dt.date) -> dt.date:
    """Whose law and facts count: the first day of the first benefit month if it were decided today, or today where that
    month has begun."""
    outcome = Outcome.CHANGE if case.kind == CaseKind.CHANGE else Outcome.GRANT
    return max(on, timing.first_month(case, on, outcome))


def compute(case: Case, on: dt.date) -> Assessment:
    """The assessment of a case as of today, unsaved. Refuses where it cannot be worked out."""
    programme = registry.programme(case.programme)
    day = day_for(case, on)
    covered = list(case.members.order_by("pk").values_list("person_id", flat=True))
    subject = subjects.subject(
        case.programme,
        on=day,
        household=case.household,
        person=case.person,
        covered=covered if case.household_id else (),
        given=case.given,
    )
    result = programme.assess([subject], day)[0]
    if result.error:
        raise cannot_assess(result.error, case)
    explanation = programme.explain(subject, day).as_dict()
    return frozen(case, day, subjects.stored_inputs(subject), programme.files, result, explanation)


def frozen(
    case: Case,
    day: dt.date,
    inputs: dict[str, Any],
    files: Mapping[str, Any],
    result: Result,
    explanation: dict[str, Any],
) -> Assessment:
    """The unsaved row of one assessment."""
    return Assessment(
        case=case,
        area_id=case.area_id,
        programme=case.programme,
        household_id=case.household_id,
        person_id=case.person_id,
        on=day,
        inputs=inputs,
        files=dict(files),
        eligible=result.eligible,
        unmet=list(result.unmet),
        amount=result.amount,
        error="",
        explanation=explanation,
    )


def cannot_assess(error: str, case: Case) -> Refused:
    """`code:step:fact` in words: what is missing and where to enter it."""
    code, step, fact = (*error.split(":", 2), "", "")[:3]
    label = vocabulary.label(fact)
    return refuse(
        "case.cannot_assess",
        zh="无法测算：缺少或不能使用“{fact_zh}”（{code}，{step}）。",
        en="It cannot be assessed: “{fact_en}” is missing or cannot be used ({code}, {step}).",
        remedy_zh="请在“情况”页补录“{fact_zh}”（或在入户时登记），再测算。",
        remedy_en="Enter “{fact_en}” among the facts (or with the visit), then assess again.",
        rule=f"policies/{case.programme}/policy.yaml",
        fact_zh=label.get("zh-Hans", fact),
        fact_en=label.get("en", fact),
        fact=fact,
        code=code,
        step=step,
    )
