"""Cases through their procedures: each act by whom the procedure names, on the day on which it can be done.

The way is not written here but read from the programme's procedure: from stage to stage by the act that each one asks
for, until the decision.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions, drawing, procedure, sometimes
from minzheng.cases.actions.door import open_tasks
from minzheng.cases.models import Case
from minzheng.cases.shapes import Act, Procedure, Stage
from minzheng.core import clock
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.scenario.office import Office, as_user
from minzheng.scenario.schedule import Process, later, working

PACE = {"cases.accept": 0, "cases.assess": 0, "cases.visit": 2, "cases.review": 2, "cases.decide": 2}
"""Working days before an act; the others are done on the next working day."""
DECISIONS = ("cases.decide", "cases.decide_delegated")


@dataclass(frozen=True)
class Script:
    """How one case goes: to which outcome, what the visit sees, what only this matter knows."""

    outcome: str = "grant"
    given: Mapping[str, Any] | None = None
    others: Mapping[int, str] | None = None
    """Of the family's people who were not asked for (by key): taken in after all, or why they are left out."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    member_facts: Mapping[Person, Mapping[str, Any]] = field(default_factory=dict)
    findings: str = "与申报情况一致"
    note: str = ""
    stop_before: str = ""
    """An act that is not done any more: the case stays open."""
    slack: int = 0
    """So many working days more before each act."""
    visited_on: dt.date | None = None
    """The day of the visit, where it is not entered on its day."""
    met: str = ""
    """Who signed at the visit; the head (or the person) where nobody is named."""
    neighbours: Mapping[str, str] = field(default_factory=dict)
    """What neighbours said at the visit, by who they are."""
    grace: Mapping[str, Any] | None = None
    """The grace period that goes with the decision: its way and months."""
    in_place_of: str = ""
    """The programme whose benefit the decision takes the place of."""
    second: User | None = None
    """The second visitor; the village's worker where nobody is named."""


def handle(office: Office, case: Case, script: Script) -> Process:
    """Take an open case to its decision (or to where the script stops), act by act."""
    while True:
        rules = procedure.of_case(case)
        stage = rules.stage(case.stage)
        if stage.closed:
            _serve_letter(office, case, rules, stage)
            return
        if stage.act in DECISIONS:
            _look_into(office, case, rules)
        if stage.act == script.stop_before:
            return
        row = _act_for(rules, stage, case, script.outcome)
        wait = PACE.get(row.act, 1)
        day = later(clock.today(), wait + (script.slack if wait else 0))
        user = office.holder(row.role, case.area_id)
        day = _after_posting(user, case, row, day)
        if day > clock.today():
            yield day
        do(office, case, row.act, script, by=user, papers=papers_for(rules, row.act))


def _look_into(office: Office, case: Case, rules: Procedure) -> None:
    """A case that was drawn for a check is visited by two of the county before it is decided."""
    reviewer, second = office.holder("reviewer", case.area_id), office.holder("approver", case.area_id)
    with as_user(reviewer) as user:
        steps = list(case.steps.order_by("pk"))
        if any(map(drawing.for_check, steps)) and not sometimes.county_visit_done(rules, steps):
            actions.record_county_visit(
                by=user,
                case=case,
                second_visitor=second,
                visited_on=clock.today(),
                met=who_signs(case),
                findings="抽查核实，与乡镇调查一致",
            )


def do(office: Office, case: Case, act: str, script: Script, *, by: User, papers: list[str]) -> None:
    """One act as its user, with the papers that come with it."""
    with as_user(by) as user:
        if act == "cases.visit":
            actions.record_visit(
                by=user,
                case=case,
                second_visitor=script.second or office.village_worker(case.area_id),
                visited_on=script.visited_on or clock.today(),
                met=script.met or who_signs(case),
                findings=script.findings,
                facts=script.facts,
                member_facts=script.member_facts,
                neighbours=[actions.Neighbour(who, said) for who, said in script.neighbours.items()],
            )
        elif act == "cases.assess":
            if papers:
                actions.receive_papers(by=user, case=case, kinds=papers)
            actions.assess(by=user, case=case, given=script.given, others=script.others)
        elif act == "cases.post":
            actions.post(by=user, case=case)
        elif act in DECISIONS:
            actions.decide(
                by=user,
                case=case,
                outcome=script.outcome,
                note=script.note,
                grace=script.grace,
                in_place_of=script.in_place_of,
            )
        else:
            actions.act(by=user, case=case, act=act, note=script.note, papers=papers)


def rules_of(case: Case) -> Procedure:
    """The procedure that a case keeps (a file that has changed since is kept in the database)."""
    with scope([EVERYWHERE]):
        return procedure.of_case(case)


def papers_for(rules: Procedure, act: str) -> list[str]:
    """The papers that must be there before an act."""
    return [kind for kind, paper in rules.papers.items() if paper.required_at == act]


def role_for(case: Case, act: str) -> str:
    """Whose act it is in this case's procedure; the handler's, where it does not know the act (and refuses it)."""
    rows = [row for row in procedure.of_case(case).acts if row.act == act]
    return rows[0].role if rows else "handler"


def who_signs(case: Case) -> str:
    """The person, or the household's head; where that one has died another of the family; nobody in an empty one."""
    if case.person is not None:
        return case.person.name
    assert case.household is not None
    today = clock.today()
    head = people.head(case.household, today)
    if head is not None:
        return head.name
    another = people.members(case.household, today).first()
    return another.person.name if another else ""


def _act_for(rules: Procedure, stage: Stage, case: Case, outcome: str) -> Act:
    """The row of the table by which the stage is left (by a decision: to this outcome)."""
    rows = [
        row
        for row in rules.acts
        if row.act == stage.act and stage.name in row.stages and (not row.reasons or case.reason in row.reasons)
    ]
    return next(row for row in rows if not row.outcome or row.outcome == outcome)


def _serve_letter(office: Office, case: Case, rules: Procedure, stage: Stage) -> None:
    """The letter of a reduction or a stop is handed over on the day of the decision."""
    if not stage.act:
        return
    row = next(row for row in rules.acts if row.act == stage.act and stage.name in row.stages)
    with as_user(office.holder(row.role, case.area_id)) as user:
        if stage.act in open_tasks(case):
            actions.serve(by=user, case=case)


def _after_posting(user: User, case: Case, row: Act, day: dt.date) -> dt.date:
    if "posting_ended" not in row.requires:
        return day
    with as_user(user):
        posting = case.postings.order_by("-pk").first()
    ends_on = posting.ends_on if posting else None
    return max(day, working(ends_on + dt.timedelta(days=1))) if ends_on else day
