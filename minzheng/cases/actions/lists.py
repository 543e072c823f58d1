"""Lists: many parties of a short procedure handled together (festival relief, army-day gifts). One person draws the
list up, another decides it; each line is a case of its own, with its steps, its assessment and its decision."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases import engine, procedure, timing
from minzheng.cases.actions import assessing, deaths, deciding, door
from minzheng.cases.actions.opening import numbers, version_named
from minzheng.cases.models import (
    Assessment,
    Case,
    CaseKind,
    CaseList,
    CaseMember,
    CaseStep,
    Decision,
    Outcome,
)
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, tasks, workdays
from minzheng.core.errors import refuse
from minzheng.people.models import Household, Membership, Person
from minzheng.people.queries import holding
from minzheng.policy import registry, subjects

ROWS = 1000


@casework
def draw_up_list(
    *,
    by: User,
    programme: str,
    area: str,
    title: str,
    parties: Sequence[Household] | Sequence[Person],
    given: Mapping[int, Mapping[str, Any]] | None = None,
    on: dt.date | None = None,
    note: str = "",
) -> CaseList:
    """Draw up a list: one case for each party, opened and accepted. Only for procedures without visit and posting.

    given: facts of a line alone (which parcel, which group), by the party's key.
    Refuses an empty list, a party twice, and one that has an open case of this programme.
    """
    on = on or clock.today()
    file = procedure.load(programme)
    rules = file.on(on, CaseKind.APPLICATION)
    for permission in (rules.opens, door.ACCEPTS):
        perms.require(by, permission, area)
    accepted = _accepted_stage(rules)
    _check_parties(rules, parties, on)
    procedure.keep(file)
    serial = _next_list()
    drawn = CaseList.objects.create(
        number=f"{rules.prefix}M{on.year}-{serial:04d}", programme=programme, title=title, drawn_on=on,
        area=areas.area(area),
    )  # fmt: skip
    named = version_named(file, rules)
    done = (engine.Done(rules.opens, on, rules.first), engine.Done(door.ACCEPTS, on, accepted))
    due = engine.due_on(rules, accepted, done, workdays)
    cases = [
        Case(
            pk=pk,
            area_id=party.area_id,
            number=number,
            kind=CaseKind.APPLICATION,
            programme=programme,
            household=party if isinstance(party, Household) else None,
            person=party if isinstance(party, Person) else None,
            case_list=drawn,
            given=dict((given or {}).get(party.pk, {})),
            procedure_hash=file.sha256,
            procedure_from=rules.valid_from,
            opened_on=on,
            stage=accepted,
            due_on=due.on if due else None,
        )
        for party, (pk, number) in zip(parties, numbers(rules, on, len(parties)), strict=True)
    ]
    Case.objects.bulk_create(cases, batch_size=ROWS)
    CaseMember.objects.bulk_create(_members(cases, on), batch_size=ROWS)
    for act, before, after in ((rules.opens, "", rules.first), (door.ACCEPTS, rules.first, accepted)):
        CaseStep.objects.bulk_create(
            (_step(case, act, before, after, on, by, note, {"procedure": named}) for case in cases), batch_size=ROWS
        )
    stage = rules.stage(accepted)
    tasks.open_task(
        stage.act,
        subject=drawn,
        area=area,
        label={"zh-Hans": f"{stage.next['zh-Hans']}：{title}", "en": f"{stage.next['en']}: {title}"},
        permission=stage.act,
        due_on=due.on if due else None,
        rule=due.rule if due else rules.basis,
        programme=programme,
        stage=accepted,
        who=title,
        people=len(cases),
    )
    audit.record("cases.draw_up_list", by=by, subject=drawn, area=area, detail={"cases": len(cases)})
    return drawn


@casework
def decide_list(
    *,
    by: User,
    case_list: CaseList,
    first_month: dt.date | None = None,
    without: Collection[Case] = (),
    note: str = "",
    on: dt.date | None = None,
) -> list[Decision]:
    """Decide a list: each party is assessed and granted; those in `without` are refused, with the reason in `note`.

    Refused as a whole where one of the rest is not eligible or cannot be assessed (it is named), where somebody of a
    line is said to have died or a family is left without a head, and where the one who drew the list up decides it.
    """
    on = on or clock.today()
    held = CaseList.objects.select_for_update().get(pk=case_list.pk)
    cases = list(
        Case.objects.select_for_update(of=("self",))
        .filter(case_list=held, closed_on=None)
        .select_related("household", "person")
        .order_by("pk")
    )
    if held.decided_on is not None or not cases:
        raise refuse(
            "case.list_decided",
            zh="名单 {number} 已于 {on} 审定，不能重复提交。",
            en="The list {number} was decided on {on} already.",
            remedy_zh="需要增补的请另立名单。",
            remedy_en="Draw up another list for those who are to be added.",
            rule="同一名单只审定一次：case.list_decided",
            number=held.number,
            on=held.decided_on or "—",
        )
    refused = {case.pk for case in without}
    granted = [case for case in cases if case.pk not in refused]
    first = door.Matter(cases[0], procedure.of_case(cases[0]), list(cases[0].steps.order_by("pk")))
    act = deciding.deciding_act(first, on, Outcome.GRANT)
    perms.require(by, act, held.area_id)
    door.check_day(first, on)
    deaths.check_list(granted, by=by)
    deaths.require_heads(granted, on)
    assessments = _assess(granted, on)
    decisions = _grant(first, granted, assessments, by=by, act=act, on=on, first_month=first_month, note=note)
    for case in cases:
        if case.pk in refused:
            decisions.append(deciding.decide(by=by, case=case, outcome=Outcome.REFUSE, note=note, on=on))
    held.decided_on = case_list.decided_on = on
    held.save(update_fields=["decided_on"])
    tasks.close_tasks(subject=held, by=by)
    detail = {"granted": len(granted), "refused": len(refused)}
    audit.record("cases.decide_list", by=by, subject=held, area=held.area_id, detail=detail)
    return decisions


def _grant(
    first: door.Matter,
    cases: Sequence[Case],
    assessments: Sequence[Assessment],
    *,
    by: User,
    act: str,
    on: dt.date,
    first_month: dt.date | None,
    note: str,
) -> list[Decision]:
    if not cases:
        return []
    row = next(row for row in first.procedure.acts if row.act == act and row.outcome == Outcome.GRANT)
    begins = timing.check_first_month(cases[0], first_month, on) if first_month else timing.first_month(cases[0], on)
    CaseStep.objects.bulk_create(
        (_step(case, act, case.stage, row.to, on, by, note, {"outcome": Outcome.GRANT}) for case in cases),
        batch_size=ROWS,
    )
    for case in cases:
        case.stage, case.due_on, case.closed_on, case.outcome = row.to, None, on, Outcome.GRANT
    Case.objects.bulk_update(cases, ["stage", "due_on", "closed_on", "outcome"], batch_size=ROWS)
    decisions = Decision.objects.bulk_create(
        Decision(**deciding.fields(case, Outcome.GRANT, made, begins, on, by, note.strip()))
        for case, made in zip(cases, assessments, strict=True)
    )
    for decision in decisions:
        deciding.publish(decision, by=by)
    return decisions


def _assess(cases: Sequence[Case], on: dt.date) -> list[Assessment]:
    """All of them at once, by the law of one day."""
    if not cases:
        return []
    programme = registry.programme(cases[0].programme)
    day = assessing.day_for(cases[0], on)
    parties = [subjects.Party(household=case.household, person=case.person, given=case.given) for case in cases]
    people = subjects.subjects(programme.code, on=day, parties=parties)
    made = []
    for case, subject, result in zip(cases, people, programme.assess(people, day), strict=True):
        if result.error:
            raise assessing.cannot_assess(result.error, case)
        if not result.eligible:
            raise refuse(
                "case.list_not_eligible",
                zh="名单中的“{who}”（{number}）不符合条件：{unmet}。",
                en="“{who}” ({number}) on the list is not eligible: {unmet}.",
                remedy_zh="请将其列入不予批准，或退回名单更正。",
                remedy_en="Refuse them by name, or correct what is recorded of them.",
                rule=f"policies/{case.programme}/policy.yaml",
                who=door.who(case),
                number=case.number,
                unmet="、".join(result.unmet),
            )
        explanation = programme.explain(subject, day).as_dict()
        made.append(assessing.frozen(case, day, subjects.stored_inputs(subject), programme.files, result, explanation))
    return Assessment.objects.bulk_create(made, batch_size=ROWS)


def _accepted_stage(rules: procedure.Procedure) -> str:
    """Where acceptance leads, if the decision may follow it at once."""
    accepts = [row for row in rules.acts if row.act == door.ACCEPTS and rules.first in row.stages and not row.requires]
    for row in accepts:
        if any(other.outcome == Outcome.GRANT and row.to in other.stages for other in rules.acts):
            return row.to
    raise refuse(
        "case.no_list",
        zh="“{programme}”的程序不能按名单办理。",
        en="The procedure of “{programme}” cannot be handled by a list.",
        remedy_zh="请逐户（人）立案办理。",
        remedy_en="Open a case for each party.",
        rule=rules.basis,
        programme=rules.programme,
    )


def _check_parties(rules: procedure.Procedure, parties: Sequence[Household] | Sequence[Person], on: dt.date) -> None:
    unit = registry.programme(rules.programme).unit
    wanted = Household if unit == "household" else Person
    keys = [party.pk for party in parties]
    if not keys or len(set(keys)) != len(keys) or any(not isinstance(party, wanted) for party in parties):
        raise refuse(
            "case.list_parties",
            zh="名单须至少一{unit_zh}，不得重复，且对象须是{unit_zh}。",
            en="A list has at least one {unit}, none twice, and nothing else.",
            remedy_zh="请检查名单：共 {count} 行，不重复 {distinct} 行。",
            remedy_en="Check the list: {count} rows, {distinct} of them different.",
            rule=rules.basis,
            unit=unit,
            unit_zh="户" if unit == "household" else "人",
            count=len(keys),
            distinct=len(set(keys)),
        )


def _members(cases: Sequence[Case], on: dt.date) -> list[CaseMember]:
    homes = {case.household_id: case for case in cases if case.household_id}
    rows = Membership.objects.filter(holding(on), household__in=list(homes)).order_by("pk")
    members = [
        CaseMember(case=homes[row.household_id], person_id=row.person_id, area_id=homes[row.household_id].area_id)
        for row in rows
    ]
    return members + [
        CaseMember(case=case, person_id=case.person_id, area_id=case.area_id) for case in cases if case.person_id
    ]


def _step(
    case: Case, act: str, before: str, after: str, on: dt.date, by: User, note: str, data: dict[str, object]
) -> CaseStep:
    return CaseStep(
        case=case, area_id=case.area_id, act=act, stage_before=before, stage_after=after, on=on, actor=by, note=note,
        data=data,
    )  # fmt: skip


def _next_list() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('cases_list', 'id'))")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
