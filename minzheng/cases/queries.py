"""Reading cases: what is open, how one stands, what may be done next and why not the rest."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet

from minzheng.access import perms, roles
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases import engine, procedure, refusals, sometimes, unmet
from minzheng.cases.actions import door, overtaken
from minzheng.cases.models import (
    Assessment,
    Case,
    CaseList,
    CaseStep,
    Decision,
    Objection,
    Posting,
    Visit,
)
from minzheng.cases.overtaken import Overtaken
from minzheng.cases.public import Shown, on_notice, published
from minzheng.cases.shapes import Procedure
from minzheng.core import clock, workdays
from minzheng.core.errors import Refused, Text
from minzheng.core.models import Task

__all__ = [
    "ActView",
    "CaseView",
    "ClockView",
    "Entry",
    "PaperView",
    "Shown",
    "StageView",
    "case_view",
    "closed_cases",
    "of_household",
    "of_person",
    "on_notice",
    "open_cases",
    "open_lists",
    "overdue",
    "published",
    "refuse_conflict",
    "stepper",
    "timeline",
    "to_serve",
]


@dataclass(frozen=True)
class StageView:
    """One place of the stepper: done (with day and actor), current, or still to come."""

    name: str
    label: Text
    state: str
    """done, current, ahead."""
    on: dt.date | None = None
    actor: str = ""


@dataclass(frozen=True)
class ClockView:
    """The clock that runs: how many working days are left (negative: run out), by which rule; `warn`: time to hurry."""

    due_on: dt.date
    working_days_left: int
    rule: str
    warn: bool
    provisional: bool
    """True where the calendar of the due year has not been published."""


@dataclass(frozen=True)
class ActView:
    """An act of this stage for one user. `why_not` is None where they may do it now."""

    name: str
    act: str
    outcome: str
    label: Text
    rule: str
    why_not: Refused | None

    @property
    def possible(self) -> bool:
        return self.why_not is None


@dataclass(frozen=True)
class PaperView:
    kind: str
    label: Text
    required_at: Text
    received_on: dt.date | None
    document_id: int | None
    due_now: bool
    """True where an act of this stage waits for it."""


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    on: dt.date
    label: Text
    actor: str
    note: str
    stage: Text
    act: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseView:
    """All that a case's page shows."""

    case: Case
    procedure: Procedure
    who: str
    people: int
    stage: Text
    next: Text
    stages: Sequence[StageView]
    clock: ClockView | None
    total: ClockView | None
    acts: Sequence[ActView]
    papers: Sequence[PaperView]
    assessment: Assessment | None
    visits: Sequence[Visit]
    postings: Sequence[Posting]
    publications: Sequence[Posting]
    objections: Sequence[Objection]
    decision: Decision | None
    timeline: Sequence[Entry] = field(default_factory=tuple)
    hearing_wanted: bool = False
    """The decision that the assessment points to waits for a hearing."""
    overtaken: Overtaken | None = None
    """What has happened since the assessment, where the case stands at an act that rests on it."""

    @property
    def missing_papers(self) -> Sequence[PaperView]:
        return [paper for paper in self.papers if paper.received_on is None]


def open_cases(area: str, *, programme: str = "", stage: str = "") -> QuerySet[Case]:
    """The cases not yet closed in an area and below, what runs out first first."""
    cases = Case.objects.filter(areas.within(area), closed_on=None).select_related("person", "household", "area")
    if programme:
        cases = cases.filter(programme=programme)
    if stage:
        cases = cases.filter(stage=stage)
    return cases.annotate(people=Count("members")).order_by(F("due_on").asc(nulls_last=True), "pk")


def closed_cases(area: str, *, programme: str = "") -> QuerySet[Case]:
    """The closed cases in an area and below, the latest first."""
    cases = Case.objects.filter(areas.within(area), closed_on__isnull=False)
    if programme:
        cases = cases.filter(programme=programme)
    return (
        cases.select_related("person", "household", "area")
        .annotate(people=Count("members"))
        .order_by("-closed_on", "-pk")
    )


def to_serve(area: str, *, programme: str = "") -> QuerySet[Case]:
    """The cases whose letter is still to be served, closed or not, what runs out first first."""
    waiting = Task.objects.filter(kind=sometimes.SERVE, done_on=None, subject_type=Case._meta.label_lower)
    cases = Case.objects.filter(areas.within(area), pk__in=waiting.values("subject_id"))
    if programme:
        cases = cases.filter(programme=programme)
    cases = cases.select_related("person", "household", "area").annotate(people=Count("members"))
    return cases.order_by(F("due_on").asc(nulls_last=True), "pk")


def overdue(area: str, on: dt.date | None = None) -> QuerySet[Case]:
    """The open cases whose clock has run out."""
    return open_cases(area).filter(due_on__lt=on or clock.today())


def kinships(area: str) -> QuerySet[CaseStep]:
    """The register of declared kinships (近亲属备案) in an area and below: the steps that declared one, the latest
    first; `data["kinship"]` says with whom, which, between whom."""
    return (
        CaseStep.objects.filter(areas.within(area), data__has_key="kinship")
        .select_related("case", "actor")
        .order_by("-on", "-pk")
    )


def of_household(household_id: int) -> QuerySet[Case]:
    """Every case about a household, the newest first."""
    return Case.objects.filter(household=household_id).order_by("-opened_on", "-pk")


def of_person(person_id: int) -> QuerySet[Case]:
    """Every case about a person or that asked to cover them, the newest first."""
    return Case.objects.filter(members__person=person_id).distinct().order_by("-opened_on", "-pk")


def open_lists(area: str) -> QuerySet[CaseList]:
    """Lists that wait for their decision."""
    return (
        CaseList.objects.filter(areas.within(area), decided_on=None).annotate(lines=Count("cases")).order_by("drawn_on")
    )


def case_view(case: Case, *, user: User, on: dt.date | None = None) -> CaseView:
    """How a case stands and what this user may do next. Reads only; a fixed number of queries."""
    day = on or clock.today()
    steps = list(case.steps.select_related("actor").order_by("pk"))
    rules = procedure.of_case(case)
    matter = door.Matter(case, rules, steps)
    latest = door.latest_assessment(case)
    state = matter.state(today=day, latest=latest)
    stage = rules.stage(case.stage)
    done = matter.done()
    due = engine.due_on(rules, case.stage, done, workdays)
    total = engine.total_due(rules, case.stage, done, workdays)
    received = {paper.kind: paper for paper in case.papers.order_by("kind")}
    reachable = _reachable(rules, state)
    waits = not stage.closed and any(overtaken.rests(possible.act) for possible in reachable)
    found = matter.what_overtook(latest) if waits else None
    return CaseView(
        case=case,
        procedure=rules,
        who=door.who(case),
        people=case.members.count(),
        stage=stage.label,
        next=stage.next,
        stages=stepper(rules, steps),
        clock=_clock(due, day) if due else None,
        total=_clock(total, day) if total else None,
        acts=[_act_view(matter, state, possible, user, found) for possible in reachable],
        papers=[
            PaperView(
                kind=kind,
                label=paper.label,
                required_at=next(
                    (row.label for row in rules.acts if row.act == paper.required_at), {"en": paper.required_at}
                ),
                received_on=received[kind].received_on if kind in received else None,
                document_id=received[kind].document_id if kind in received else None,
                due_now=any(
                    row.act == paper.required_at and case.stage in row.stages and "papers" in row.requires
                    for row in rules.acts
                ),
            )
            for kind, paper in rules.papers.items()
        ],
        assessment=latest,
        visits=list(case.visits.select_related("first_visitor", "second_visitor").order_by("pk")),
        postings=list(case.postings.order_by("pk")),
        publications=list(Posting.objects.filter(decision__case=case).order_by("pk")),
        objections=list(Objection.objects.filter(posting__case=case).order_by("pk")),
        decision=case.decisions.select_related("decided_by__office").order_by("-pk").first(),
        timeline=timeline(rules, steps),
        hearing_wanted=engine.hearing_wanted(rules, state),
        overtaken=found,
    )


def stepper(rules: Procedure, steps: Sequence[CaseStep]) -> list[StageView]:
    """The stages that the case has been through since it was last sent back, where it stands, and the usual way on."""
    passed: list[CaseStep] = []
    for step in steps:
        earlier = next((i for i, one in enumerate(passed) if one.stage_after == step.stage_after), None)
        if earlier is None:
            passed.append(step)
        elif step.stage_after == passed[-1].stage_after:
            continue
        else:
            passed = [*passed[:earlier], step]
    views = [
        StageView(step.stage_after, rules.stage(step.stage_after).label, "done", step.on, step.actor.name)
        for step in passed[:-1]
    ]
    current = rules.stage(passed[-1].stage_after)
    state = "done" if current.closed else "current"
    views.append(StageView(current.name, current.label, state, passed[-1].on, passed[-1].actor.name))
    return views + [StageView(stage.name, stage.label, "ahead") for stage in _ahead(rules, current.name, steps)]


def _ahead(rules: Procedure, name: str, steps: Sequence[CaseStep]) -> list[procedure.Stage]:
    """The usual way from a stage to its end: by each stage's own act, the first row that leads on."""
    ahead: list[procedure.Stage] = []
    seen = {name}
    while not rules.stage(name).closed:
        stage = rules.stage(name)
        onward = [row.to for row in rules.acts if row.act == stage.act and name in row.stages and row.to not in seen]
        following = next((to for to in onward if to), None)
        if following is None:
            break
        ahead.append(rules.stage(following))
        seen.add(following)
        name = following
    return ahead


def timeline(rules: Procedure, steps: Sequence[CaseStep]) -> list[Entry]:
    """Every step, the latest first, in words."""
    entries = []
    for step in steps:
        row = _row_of(rules, step)
        label = row.label if row else rules.name
        entries.append(
            Entry(step.on, label, step.actor.name, step.note, rules.stage(step.stage_after).label, step.act, step.data)
        )
    return entries[::-1]


def _row_of(rules: Procedure, step: CaseStep) -> procedure.Act | None:
    rows = [row for row in rules.acts if row.act == step.act and step.stage_before in row.stages]
    exact = [row for row in rows if (row.to or step.stage_before) == step.stage_after]
    return next(iter(exact or rows), None)


def _reachable(rules: Procedure, state: engine.State) -> list[engine.Possible]:
    """One row for an act and its outcome: the one that is ready, else the first."""
    chosen: dict[tuple[str, str], engine.Possible] = {}
    for possible in engine.offered(rules, state):
        key = (possible.act.act, possible.act.outcome)
        if key not in chosen or len(possible.unmet) < len(chosen[key].unmet):
            chosen[key] = possible
    return list(chosen.values())


OWN_EVIDENCE = {"cases.visit": ("visit",), "cases.assess": ("assessment",)}
"""What the form of the act itself brings: its absence is no reason why the act cannot be begun."""


def _act_view(
    matter: door.Matter, state: engine.State, possible: engine.Possible, user: User, found: Overtaken | None
) -> ActView:
    row = possible.act
    why: Refused | None = None
    own = (*OWN_EVIDENCE.get(row.act, ()), "reason", "ineligible_or_reason")
    waits = tuple(name for name in possible.unmet if name not in own)
    try:
        perms.require(user, row.act, matter.case.area_id)
        refuse_conflict(matter, user, row.act)
    except Refused as refused:
        why = refused
    if why is None and found is not None and overtaken.rests(row):
        why = overtaken.refusal(matter.case, found, row, by=user)
    if why is None and waits:
        why = unmet.refusal(matter.procedure, state, engine.Possible(row, waits))
    return ActView(row.name, row.act, row.outcome, row.label, row.rule, why)


def refuse_conflict(matter: door.Matter, user: User, act: str) -> None:
    """Say beforehand what the database would refuse: another act of this person in this case stands against it."""
    own = {step.act for step in matter.steps if step.actor_id == user.pk}
    for first, second in roles.load().conflicts:
        other = second if act == first else first if act == second else None
        if other in own:
            raise refusals.act_conflict(other, act)


def _clock(due: engine.Due, day: dt.date) -> ClockView:
    left = workdays.working_days_between(day, due.on)
    return ClockView(due.on, left, due.rule, left <= due.warn, workdays.is_provisional(due.on))
