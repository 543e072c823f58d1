"""Opening a case, taking in papers, and the acts that have no form of their own."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import ending, procedure, renewal, sometimes, verification
from minzheng.cases.actions import by_record, door, drawing, letters, overtaken, together
from minzheng.cases.actions import verification as verifying
from minzheng.cases.models import Case, CaseKind, CaseMember, CaseStep, Paper
from minzheng.cases.procedure import Procedure, ProcedureFile
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, events
from minzheng.core.errors import Text, pick, refuse
from minzheng.core.models import Document
from minzheng.people import queries as people
from minzheng.people.models import Household, Person
from minzheng.policy import registry

OWN_FORM = (
    "cases.visit",
    "cases.county_visit",
    "cases.assess",
    "cases.post",
    "cases.object",
    "cases.complain",
    "cases.declare",
    "cases.hear",
    "cases.confer",
    "cases.appeal",
    "cases.appeal_result",
    "cases.reopen",
    "cases.annul",
    ending.ASK_PAPERS,
    "cases.decline",
    "cases.terminate",
    verification.AUTHORISE,
    verification.REQUEST,
    verification.AGAIN,
    verification.DISPUTE,
    "cases.decide",
    "cases.decide_delegated",
)
"""Acts that need more than a note: `record_visit`, `assess`, `post`, `object_to`, `complain`, `decide` …"""

TAKES_DOWN = ("cases.end_posting", overtaken.RECALL, by_record.WITHDRAW)
"""Acts after which nothing of the case hangs on the board any more."""


@casework
def open_case(
    *,
    by: User,
    programme: str,
    kind: str = CaseKind.APPLICATION,
    household: Household | None = None,
    person: Person | None = None,
    on: dt.date | None = None,
    covered: Sequence[Person] = (),
    reason: str = "",
    event_on: dt.date | None = None,
    given: Mapping[str, Any] | None = None,
    note: str = "",
    with_it: Case | None = None,
) -> Case:
    """Open a case of a programme about a household or a person (whichever its policy is about).

    kind: application or change; a change says its `reason` (one of the procedure's) and, for a death or a move,
    `event_on`. covered: whom it asks to cover, of the family (all of them where none are named). given: facts of this
    matter alone. with_it: another case that is decided with this one (`actions.together`). Refuses a second open case
    of the same kind, an application for what is received already, somebody covered who is not of the family, and a day
    in the future.
    """
    on = on or clock.today()
    file = procedure.load(programme)
    rules = file.on(on, kind)
    party = _party(programme, household, person)
    perms.require(by, rules.opens, party.area_id)
    _check_opening(rules, on, reason, party)
    if kind == CaseKind.APPLICATION:
        renewal.check(programme, party, on)
    family = _family(household, person, on)
    asked = list(covered) or family
    _check_covered(asked, family)
    procedure.keep(file)
    [(pk, number)] = numbers(rules, on, 1)
    case = Case(
        pk=pk,
        area_id=party.area_id,
        number=number,
        kind=kind,
        programme=programme,
        household=household,
        person=person,
        reason=reason,
        event_on=event_on,
        given=dict(given or {}),
        procedure_hash=file.sha256,
        procedure_from=rules.valid_from,
        opened_on=on,
        stage=rules.first,
    )
    case.save(force_insert=True)
    CaseMember.objects.bulk_create(CaseMember(case=case, person=p, area_id=case.area_id) for p in asked)
    matter = door.Matter(case, rules, [])
    data: dict[str, Any] = {"procedure": version_named(file, rules)}
    if event_on is not None:
        data["event_on"] = event_on.isoformat()
    if with_it is not None:
        data[together.KEY] = with_it.pk
    door.take_step(matter, by=by, act=rules.opens, after=rules.first, on=on, note=note, data=data)
    if kind == CaseKind.APPLICATION:
        events.publish("case.applied", by=by, on=on, subject=case, area=case.area_id, payload={"programme": programme})
    return case


@casework
def act(
    *,
    by: User,
    case: Case,
    act: str,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    papers: Iterable[str] = (),
    on: dt.date | None = None,
) -> CaseStep:
    """Do an act that needs no form of its own (accept, cross_check, end_posting, review, return, serve, extend …).

    papers: kinds of paper that came with it. Refuses what the stage, the papers, a clock of the posting or the
    separation of duties do not allow, with the name of the rule.
    """
    on = on or clock.today()
    matter = door.lock(case)
    if act in OWN_FORM or (act == sometimes.EVALUATE and matter.procedure.meeting is not None):
        raise refuse(
            "case.own_form",
            zh="“{act}”须在专用表单中办理。",
            en="“{act}” has a form of its own.",
            remedy_zh="请打开事项页面，在该环节的表单中填写。",
            remedy_en="Use the form of this stage on the case's page.",
            act=act,
        )
    perms.require(by, act, case.area_id)
    take_in(matter, by, papers, on)
    kept = _kept(matter, act, data or {}, on)
    step = door.perform(matter, by=by, act=act, on=on, note=note, data=kept)
    if act in TAKES_DOWN:
        door.take_down(matter, on)
    if act == by_record.WITHDRAW:
        by_record.take_back(matter, by=by, note=note)
    door.copy_projection(matter, case)
    return step


def _kept(matter: door.Matter, act: str, data: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """What a step keeps besides what is given: the proof of service, who has authorised the verification, its
    result."""
    if act == sometimes.SERVE:
        return letters.proof(matter, data, on)
    data = {**data, **drawing.draw(matter, act, on)}
    if act == verification.RESULT and matter.procedure.verification is not None:
        return {"verification": verifying.result(matter, {}, on)} | dict(data)
    return verifying.with_acceptance(matter, act, data, on)


@casework
def receive_papers(*, by: User, case: Case, kinds: Iterable[str], on: dt.date | None = None) -> list[Paper]:
    """Enter that papers have come (seen, or filed on paper)."""
    matter = door.lock(case)
    perms.require(by, matter.procedure.opens, case.area_id)
    return take_in(matter, by, kinds, on or clock.today())


@casework
def receive_paper(
    *, by: User, case: Case, kind: str, on: dt.date | None = None, document: Document | None = None
) -> Paper:
    """Enter that one paper has come, with its scan where there is one."""
    paper = receive_papers(by=by, case=case, kinds=[kind], on=on)[0]
    if document is not None:
        paper.document = document
        paper.save(update_fields=["document"])
    return paper


@casework
def rebuild(*, by: User, case: Case) -> Case:
    """Work out stage, due date, closing and outcome of a case from its steps again. For repair and for the proof that
    they are projections."""
    matter = door.lock(case)
    perms.require(by, "cases.view", case.area_id)
    door.project(matter)
    audit.record("cases.rebuild", by=by, subject=case, area=case.area_id)
    door.copy_projection(matter, case)
    return case


def version_named(file: ProcedureFile, rules: Procedure) -> dict[str, str]:
    """How a step names the version of the procedure."""
    return {"sha256": file.sha256, "from": rules.valid_from.isoformat()}


def take_in(matter: door.Matter, by: User, kinds: Iterable[str], on: dt.date) -> list[Paper]:
    """Enter papers that come with an act; refuses a kind that the procedure does not know."""
    received = []
    for kind in dict.fromkeys(kinds):
        if kind not in matter.procedure.papers:
            raise refuse(
                "case.unknown_paper",
                zh="本程序没有材料“{kind}”。",
                en="This procedure knows no paper “{kind}”.",
                remedy_zh="可登记的材料：{known}。",
                remedy_en="Its papers are: {known}.",
                rule=matter.procedure.basis,
                kind=kind,
                known="、".join(_named({n: row.label for n, row in matter.procedure.papers.items()})) or "—",
            )
        received.append(Paper(case=matter.case, kind=kind, received_on=on, area_id=matter.case.area_id))
    if received:
        received = Paper.objects.bulk_create(
            received, update_conflicts=True, unique_fields=["case", "kind"], update_fields=["received_on"]
        )
        detail = {"papers": [paper.kind for paper in received]}
        audit.record("cases.receive_papers", by=by, subject=matter.case, area=matter.case.area_id, detail=detail)
    return received


def _named(labels: Mapping[str, Text]) -> list[str]:
    return [f"{name}（{pick(label, 'zh-Hans')}）" for name, label in labels.items()]


def _party(programme: str, household: Household | None, person: Person | None) -> Household | Person:
    unit = registry.programme(programme).unit
    given = "household" if household is not None else "person"
    if (household is None) == (person is None) or given != unit:
        raise refuse(
            "case.wrong_party",
            zh="“{programme}”以{unit_zh}为对象办理。",
            en="“{programme}” is about one {unit}.",
            remedy_zh="请选择一{unit_zh}后再立案。",
            remedy_en="Choose one {unit} and open the case again.",
            programme=programme,
            unit=unit,
            unit_zh="户" if unit == "household" else "人",
        )
    party = household if household is not None else person
    assert party is not None
    return party


def _check_opening(rules: Procedure, on: dt.date, reason: str, party: Household | Person) -> None:
    if on > clock.today():
        raise refuse(
            "case.day",
            zh="立案日期 {on} 在今天之后。",
            en="The day {on} is after today.",
            remedy_zh="请填写实际日期。",
            remedy_en="Enter the day on which it was done.",
            rule="办理日期依次：case.day",
            on=on,
        )
    if rules.reasons and reason not in rules.reasons:
        raise refuse(
            "case.unknown_reason",
            zh="动态变更须写明事由，“{reason}”不是可用的事由。",
            en="A change says its reason; “{reason}” is none.",
            remedy_zh="可用的事由：{known}。",
            remedy_en="The reasons are: {known_en}.",
            rule=rules.basis,
            reason=reason,
            known="、".join(_named(rules.reasons)),
            known_en=", ".join(rules.reasons),
        )
    if isinstance(party, Person) and party.died_on is not None and rules.kind == CaseKind.APPLICATION:
        raise refuse(
            "case.applicant_died",
            zh="{person}已登记死亡，不能立案申请。",
            en="{person} is recorded as having died; no application can be opened.",
            remedy_zh="如登记有误，请先更正死亡信息。",
            remedy_en="If that is wrong, correct the death first.",
            person=party.name,
        )


def _family(household: Household | None, person: Person | None, on: dt.date) -> list[Person]:
    if household is None:
        assert person is not None
        return [person]
    family = people.members(household, on) if household.dissolved_on is None else people.last_members(household)
    return [membership.person for membership in family]


def _check_covered(asked: Sequence[Person], family: Sequence[Person]) -> None:
    strangers = [person.name for person in asked if person not in family]
    if strangers or not asked:
        raise refuse(
            "case.covered_not_of_family",
            zh="保障对象须是共同生活的家庭成员；不属于本户：{names}。",
            en="Who is covered belongs to the family; not of it: {names}.",
            remedy_zh="请先在“人员与圈层”中登记其加入本户，或从保障对象中去掉。",
            remedy_en="Let them join the household first, or leave them out.",
            rule="民发〔2021〕57号第七条",
            names="、".join(strangers) or "—",
        )


def numbers(rules: Procedure, on: dt.date, count: int) -> list[tuple[int, str]]:
    """Keys of new cases with their file numbers: prefix, year, and the key, which nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence('cases_case', 'id')) from generate_series(1, %s)", [count]
        )
        return [(serial, f"{rules.prefix}{on.year}-{serial:06d}") for (serial,) in cursor.fetchall()]
