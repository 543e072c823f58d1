"""The one door through which every act of a case goes: it locks the case, asks the table of transitions, writes the
step, and brings stage, due date and task up to date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import engine, procedure, refusals, unmet
from minzheng.cases.actions import overtaken
from minzheng.cases.models import Assessment, Case, CaseKind, CaseStep, Outcome, Visit
from minzheng.cases.overtaken import Overtaken, what_overtook
from minzheng.core import audit, clock, tasks, workdays
from minzheng.core.errors import pick, refuse
from minzheng.people import queries as people

PROJECTED = ("stage", "due_on", "closed_on", "outcome", "procedure_hash", "procedure_from")
ACCEPTS = "cases.accept"
MERGED = "household_merged"


@dataclass
class Matter:
    """A locked case with its procedure and its steps."""

    case: Case
    procedure: procedure.Procedure
    steps: list[CaseStep]
    _looked_at: dict[int, Overtaken | None] = field(default_factory=dict)

    def done(self) -> tuple[engine.Done, ...]:
        return as_done(self.steps)

    def state(
        self, *, today: dt.date, note: str = "", visited: bool = False, latest: Assessment | None = None
    ) -> engine.State:
        """The case as the engine sees it. latest: its latest assessment, where that has been read."""
        done = self.done()
        latest = latest or latest_assessment(self.case)
        total = engine.total_due(self.procedure, self.case.stage, done, workdays)
        return engine.State(
            stage=self.case.stage,
            steps=done,
            today=today,
            reason=self.case.reason,
            papers=frozenset(
                self.case.papers.exclude(received_on=None).order_by("kind").values_list("kind", flat=True)
            ),
            visited=visited,
            eligible=latest.eligible if latest else None,
            posting_ends=engine.posting_end(done),
            note=note,
            total_due=total.on if total else None,
            lowers=latest is not None and lowers(self.case, latest),
            overtaken=self._may_recall() and self.what_overtook(latest) is not None,
        )

    def what_overtook(self, latest: Assessment | None) -> Overtaken | None:
        """What has happened since the latest assessment; looked at once while the case is locked."""
        if latest is None:
            return None
        if latest.pk not in self._looked_at:
            self._looked_at[latest.pk] = what_overtook(self.case, latest)
        return self._looked_at[latest.pk]

    def _may_recall(self) -> bool:
        rows = (row for row in self.procedure.acts if self.case.stage in row.stages)
        return any(not overtaken.RECALLS.isdisjoint(row.requires) for row in rows)


def lowers(case: Case, assessment: Assessment) -> bool:
    """Whether what a change comes to is less than what was in force: the last amount that the law gave this party
    before (by a decision, a new standard, a birthday, the roster that was carried over). Where none is known, it may
    be less."""
    if case.kind != CaseKind.CHANGE or not assessment.eligible:
        return False
    files = [case.household_id]
    if case.household is not None:
        files += [link.before_id for link in people.files_before(case.household)]
    parties = [Q(household__in=files) if case.household_id else Q(person=case.person_id)]
    if case.reason == MERGED:  # two families received something: both amounts count
        parties = [Q(household=file) for file in files]
    known = [amount for party in parties if (amount := _amount_before(case, assessment, party)) is not None]
    return not known or (assessment.amount or 0) < sum(known)


def _amount_before(case: Case, assessment: Assessment, party: Q) -> int | None:
    in_force = Q(case=None) | Q(case__outcome__in=(Outcome.GRANT, Outcome.CHANGE))
    return (
        Assessment.objects.filter(in_force, party, programme=case.programme, eligible=True)
        .filter(pk__lt=assessment.pk)
        .exclude(case=case.pk)
        .order_by("-on", "-pk")
        .values_list("amount", flat=True)
        .first()
    )


def unchanged(case: Case, *, steps_seen: int) -> None:
    """Lock a case and refuse where it has gone further since somebody looked at it, with so many steps: what may be
    done again (an assessment, a return) is not done twice by two who looked at the same page, nor by a second press."""
    matter = lock(case)
    if len(matter.steps) == steps_seen:
        return
    latest = matter.steps[-1]
    words = next((row.label for row in matter.procedure.acts if row.act == latest.act), matter.procedure.name)
    raise refuse(
        "case.changed_since",
        zh="您打开这张表单之后，{who}在 {on} 办了“{act}”，现处于“{stage}”。",
        en="Since this form was opened, {who} did “{act_en}” on {on}; the case is at “{stage_en}”.",
        remedy_zh="内容还在表单里，请看最新情况，仍要办理的再提交一次。",
        remedy_en="What you entered is still in the form: look at how the case stands, and send it again if it holds.",
        who=latest.actor.name,
        on=latest.on,
        act=pick(words, "zh-Hans"),
        act_en=pick(words, "en"),
        stage=pick(matter.procedure.stage(matter.case.stage).label, "zh-Hans"),
        stage_en=pick(matter.procedure.stage(matter.case.stage).label, "en"),
    )


def as_done(steps: list[CaseStep]) -> tuple[engine.Done, ...]:
    return tuple(engine.Done(step.act, step.on, step.stage_after, step.data) for step in steps)


def latest_assessment(case: Case) -> Assessment | None:
    """The assessment that counts: the last one since the case was last sent back or visited."""
    return case.assessments.order_by("-pk").first()


def lock(case: Case) -> Matter:
    """The case as it stands now, locked until the end of the transaction: two people cannot act at once."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    steps = list(fresh.steps.select_related("actor").order_by("pk"))
    _name_procedure(fresh, steps)
    return Matter(fresh, procedure.of_case(fresh), steps)


def perform(
    matter: Matter,
    *,
    by: User,
    act: str,
    on: dt.date,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    outcome: str = "",
    visited: bool = False,
) -> CaseStep:
    """Do one act: permission, turn, requirements, step, projection, task, audit. The database adds its own refusals."""
    row = check(matter, by=by, act=act, on=on, note=note, outcome=outcome, visited=visited)
    found = matter.what_overtook(latest_assessment(matter.case)) if overtaken.rests(row) else None
    if found is not None:
        raise overtaken.refusal(matter.case, found, row, by=by)
    kept = dict(data or {})
    if act == ACCEPTS:
        kept |= _fix_procedure(matter, on)
    after = engine.next_stage(matter.case.stage, row)
    return take_step(matter, by=by, act=act, after=after, on=on, note=note, data=kept)


def check(
    matter: Matter,
    *,
    by: User,
    act: str,
    on: dt.date,
    note: str = "",
    outcome: str = "",
    visited: bool = False,
) -> procedure.Act:
    """The row of the table that the act is here and now; refuses who may not, a day out of order, an act whose turn it
    is not, and one that still waits for something."""
    perms.require(by, act, matter.case.area_id)
    check_day(matter, on)
    state = matter.state(today=on, note=note, visited=visited)
    possible = engine.find(matter.procedure, state, act, outcome)
    if possible is None:
        raise refusals.not_at_this_stage(matter.procedure, state, act, already(matter, act))
    if possible.unmet:
        raise unmet.refusal(matter.procedure, state, possible)
    return possible.act


def take_step(
    matter: Matter, *, by: User, act: str, after: str, on: dt.date, note: str = "", data: Mapping[str, Any]
) -> CaseStep:
    """Write a step that is known to be allowed, with all that follows from it."""
    case = matter.case
    step = CaseStep.objects.create(
        case=case,
        area_id=case.area_id,
        act=act,
        stage_before=matter.steps[-1].stage_after if matter.steps else "",
        stage_after=after,
        on=on,
        actor=by,
        note=note,
        data=dict(data),
    )
    matter.steps.append(step)
    projection = project(matter)
    update_task(matter, projection, by)
    detail = {"stage": after, "on": on.isoformat(), "step": step.pk}
    audit.record(act, by=by, subject=case, area=case.area_id, detail=detail)
    return step


def project(matter: Matter) -> engine.Projection:
    """Write into the case what follows from its steps."""
    projection = projection_of(matter)
    case = matter.case
    case.stage = projection.stage
    case.due_on = projection.due.on if projection.due else None
    case.closed_on = projection.closed_on
    case.outcome = projection.outcome
    case.save(update_fields=list(PROJECTED))
    return projection


def projection_of(matter: Matter) -> engine.Projection:
    """Stage, due date, closing and outcome from the steps, and the version of the procedure that they name."""
    if _name_procedure(matter.case, matter.steps):
        matter.procedure = procedure.of_case(matter.case)
    return engine.project(matter.procedure, matter.done(), workdays)


def _name_procedure(case: Case, steps: list[CaseStep]) -> bool:
    """The version of the procedure is the one that the last step that names one names. True where it is another."""
    named = [step.data["procedure"] for step in steps if "procedure" in step.data]
    before = (case.procedure_hash, case.procedure_from)
    if named:
        case.procedure_hash, case.procedure_from = named[-1]["sha256"], dt.date.fromisoformat(named[-1]["from"])
    return before != (case.procedure_hash, case.procedure_from)


def update_task(matter: Matter, projection: engine.Projection, by: User) -> None:
    """One open task for a case: what is to be done at its stage. A case of a list has none; the list has."""
    case, stage = matter.case, matter.procedure.stage(projection.stage)
    if case.case_list_id is not None and not stage.outcome:
        return
    open_kinds = set(open_tasks(case))
    for kind in open_kinds - {stage.act}:
        tasks.close_tasks(subject=case, by=by, kind=kind)
    if stage.closed and not _still_to_do(matter, stage):
        tasks.close_tasks(subject=case, by=by)
        return
    tasks.open_task(
        stage.act,
        subject=case,
        area=case.area_id,
        label=stage.next,
        permission=stage.act,
        due_on=projection.due.on if projection.due else None,
        rule=projection.due.rule if projection.due else "",
        programme=case.programme,
        stage=stage.name,
        who=who(case),
        people=case.members.count(),
    )


def _still_to_do(matter: Matter, stage: procedure.Stage) -> bool:
    """A closed case may still have a letter to be served."""
    if not stage.act:
        return False
    possible = engine.find(matter.procedure, matter.state(today=matter.steps[-1].on), stage.act)
    return possible is not None and not possible.unmet


def open_tasks(case: Case) -> list[str]:
    from minzheng.core.models import Task

    return list(
        Task.objects.filter(subject_type=Case._meta.label_lower, subject_id=case.pk, done_on=None)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def who(case: Case) -> str:
    """The name a case goes by: the person's, or the household's head's."""
    if case.person is not None:
        return case.person.name
    assert case.household is not None
    head = people.head(case.household, clock.today())
    if head is None:
        last = case.household.memberships.filter(relation="head").select_related("person").order_by("-pk").first()
        head = last.person if last else None
    return head.name if head else case.household.number


def visits_since_return(case: Case, since: dt.date) -> bool:
    """True where a visit was made on or after a day."""
    return Visit.objects.filter(case=case, visited_on__gte=since).exists()


def take_down(matter: Matter, on: dt.date) -> None:
    """The notices of a case are down from this day."""
    matter.case.postings.filter(taken_down_on=None).update(taken_down_on=on)


def copy_projection(matter: Matter, into: Case) -> None:
    """Bring the caller's own object up to date."""
    for name in PROJECTED:
        setattr(into, name, getattr(matter.case, name))


def check_day(matter: Matter, on: dt.date) -> None:
    """An act is entered on its day: not in the future, and not before the step it follows."""
    today = clock.today()
    last = matter.steps[-1].on if matter.steps else None
    if on > today or (last is not None and on < last):
        raise refuse(
            "case.day",
            zh="办理日期 {on} 不在上一步（{last}）与今天（{today}）之间。",
            en="The day {on} is not between the step before ({last}) and today ({today}).",
            remedy_zh="请填写实际办理日期。",
            remedy_en="Enter the day on which it was done.",
            rule="办理日期依次：case.day",
            on=on,
            last=last or "—",
            today=today,
        )


def already(matter: Matter, act: str) -> tuple[dt.date, str] | None:
    """When and by whom the act was done, if it is what brought the case where it stands or further."""
    done = [step for step in matter.steps if step.act == act]
    return (done[-1].on, done[-1].actor.name) if done else None


def _fix_procedure(matter: Matter, on: dt.date) -> dict[str, Any]:
    """A case keeps the version that is in force when it is accepted."""
    file = procedure.load(matter.case.programme)
    current = file.on(on, matter.case.kind)
    procedure.keep(file)
    return {"procedure": {"sha256": file.sha256, "from": current.valid_from.isoformat()}}
