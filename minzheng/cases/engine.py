"""The procedure engine: small, pure, without a database. A case is a `State` made of its steps; this module says which
acts are possible, why the others are not, where an act leads, and when what is to be done next falls due.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from minzheng.cases import appeals, conference, sometimes, verification
from minzheng.cases.shapes import AFTER_POSTING, Act, Clock, Pause, PostingRule, Procedure

EXTEND = "cases.extend"
OBJECT = "cases.object"
POST = "cases.post"
CALLED_FOR = frozenset({"objected", "contested"})
"""What an act waits for that may never come: until then nobody is shown it."""


class Calendar(Protocol):
    """Working days; `core.workdays` is one."""

    def add_working_days(self, day: dt.date, count: int, /) -> dt.date: ...

    def is_working_day(self, day: dt.date, /) -> bool: ...

    def working_days_between(self, start: dt.date, end: dt.date, /) -> int: ...


@dataclass(frozen=True)
class Done:
    """One step of a case, as the engine sees it."""

    act: str
    on: dt.date
    after: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """All that the engine knows of a case."""

    stage: str
    steps: tuple[Done, ...]
    today: dt.date
    reason: str = ""
    papers: frozenset[str] = frozenset()
    """Kinds of paper that are there."""
    visited: bool = False
    """A visit has been recorded since the case came to this stage."""
    eligible: bool | None = None
    """What the latest assessment says; None without one."""
    posting_ends: dt.date | None = None
    note: str = ""
    total_due: dt.date | None = None
    """When the whole has to be done; None where no such clock runs."""
    lowers: bool = False
    """The latest assessment gives less than what was in force before it."""
    overtaken: bool = False
    """Since the latest assessment somebody who counts in it has died, somebody joined the family or left it, or a fact
    that it read is another."""


@dataclass(frozen=True)
class Possible:
    """An act of this stage; `unmet` names what it still waits for (empty: it can be done now)."""

    act: Act
    unmet: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """When what is to be done next falls due, by which rule."""

    on: dt.date
    rule: str
    warn: int


@dataclass(frozen=True)
class Projection:
    """What a case's own columns repeat of its steps."""

    stage: str
    due: Due | None
    closed_on: dt.date | None
    outcome: str


def _papers_met(procedure: Procedure, state: State, act: Act) -> bool:
    return not missing_papers(procedure, state.papers, act.act)


def _heard(procedure: Procedure, state: State, act: Act) -> bool:
    needed = sometimes.hearing_needed(procedure, outcome=act.outcome, reason=state.reason, lowers=state.lowers)
    return not needed or sometimes.hearing_done(state.steps)


MET: Mapping[str, Callable[[Procedure, State, Act], bool]] = {
    "papers": _papers_met,
    "visit": lambda _, state, __: state.visited,
    "assessment": lambda _, state, __: state.eligible is not None,
    "eligible": lambda _, state, __: state.eligible is True,
    "ineligible": lambda _, state, __: state.eligible is False,
    "ineligible_or_reason": lambda _, state, __: state.eligible is False or bool(state.note.strip()),
    "posting_ended": lambda _, state, __: state.posting_ends is not None and state.today > state.posting_ends,
    "reason": lambda _, state, __: bool(state.note.strip()),
    "county_visit": lambda procedure, state, _: sometimes.county_visit_done(procedure, state.steps),
    "meeting": lambda procedure, state, _: sometimes.meeting_done(procedure, state.steps),
    "heard": lambda procedure, state, act: _heard(procedure, state, act),
    "unserved": lambda procedure, state, _: sometimes.letter_unserved(procedure, state.steps, reason=state.reason),
    "overtaken": lambda _, state, __: state.overtaken,
    "death": lambda _, state, __: state.overtaken,
    "objected": lambda _, state, __: objected(state.steps),
    "contested": lambda _, state, __: appeals.pending(state.steps) is not None,
    "ineligible_or_conference": lambda _, state, act: (
        state.eligible is False or conference.against_assessment(state.steps, act.outcome) is not None
    ),
    "extendable": lambda _, state, __: (
        not any(step.act == EXTEND for step in state.steps)
        and (state.total_due is None or state.today <= state.total_due)
    ),
    "requested": lambda procedure, state, _: verification.asked(procedure.verification, state.steps),
    "unrequested": lambda _, state, __: not verification.standing(state.steps).answer_due,
    "verified": lambda procedure, state, _: verification.in_force(procedure.verification, state.steps, state.today),
    "undisputed": lambda procedure, state, _: verification.undisputed(procedure.verification, state.steps),
}


def allowed_acts(procedure: Procedure, state: State) -> list[Possible]:
    """The acts of this stage in the order of the table, each with what it still waits for."""
    rows = [
        act for act in procedure.acts if state.stage in act.stages and (not act.reasons or state.reason in act.reasons)
    ]
    return [Possible(act, tuple(name for name in act.requires if not MET[name](procedure, state, act))) for act in rows]


def offered(procedure: Procedure, state: State) -> list[Possible]:
    """Those to be shown: not what only a second objection calls for, where nobody has objected, nor the result of an
    appeal, where none is pending."""
    return [one for one in allowed_acts(procedure, state) if CALLED_FOR.isdisjoint(one.unmet)]


def find(procedure: Procedure, state: State, act: str, outcome: str = "") -> Possible | None:
    """The row of the table that this act (with this outcome) is at this stage; one that is ready before one that
    is not; None where the stage does not know the act."""
    rows = [p for p in allowed_acts(procedure, state) if p.act.act == act and p.act.outcome == outcome]
    return min(rows, key=lambda possible: len(possible.unmet), default=None)


def hearing_wanted(procedure: Procedure, state: State) -> bool:
    """Whether the case stands where somebody can be heard, and the decision that the assessment points to (the one that
    asks for nothing but a hearing) waits for it."""
    if not any(row.act == sometimes.HEAR and state.stage in row.stages for row in procedure.acts):
        return False
    return any(
        [name for name in row.requires if not MET[name](procedure, state, row)] == ["heard"]
        for row in procedure.acts
        if not row.reasons or state.reason in row.reasons
    )


def next_stage(stage: str, act: Act) -> str:
    """Where the act leads; an act without a `to` leaves the case where it is."""
    return act.to or stage


def missing_papers(procedure: Procedure, present: Iterable[str], act: str = "") -> list[str]:
    """The kinds of paper that are not there (for one act, or for the whole procedure)."""
    there = set(present)
    return [
        kind for kind, paper in procedure.papers.items() if kind not in there and (not act or paper.required_at == act)
    ]


def due_on(procedure: Procedure, stage: str, steps: Sequence[Done], calendar: Calendar) -> Due | None:
    """The earlier of the stage's clock and the clock of the whole procedure; None where neither runs. While something
    is looked into (`pauses`), its own limit is the only one that runs."""
    if procedure.stage(stage).closed:
        return None
    open_since = _open_pauses(procedure, steps)
    if open_since:
        pause, since = min(open_since, key=lambda one: calendar.add_working_days(one[1], one[0].days))
        return Due(calendar.add_working_days(since, pause.days), pause.rule, pause.warn)
    decided = bool(procedure.stage(stage).outcome)  # then the whole is done, though a letter may be due
    total = None if decided else procedure.total
    clocks = [clock for clock in (procedure.clocks.get(stage), total) if clock is not None]
    running = [due for clock in clocks if (due := _runs_out(procedure, clock, steps, calendar)) is not None]
    return min(running, key=lambda due: due.on, default=None)


def total_due(procedure: Procedure, stage: str, steps: Sequence[Done], calendar: Calendar) -> Due | None:
    """When the whole has to be done; None where it is, or where no such clock runs."""
    if procedure.total is None or procedure.stage(stage).closed or procedure.stage(stage).outcome:
        return None
    if _open_pauses(procedure, steps):
        return None
    return _runs_out(procedure, procedure.total, steps, calendar)


def _runs_out(procedure: Procedure, clock: Clock, steps: Sequence[Done], calendar: Calendar) -> Due | None:
    since = _since(clock, steps, calendar)
    if since is None:
        return None
    extended = clock.extended is not None and any(step.act == EXTEND for step in steps)
    length = clock.extended if extended and clock.extended is not None else clock.days
    for pause in procedure.pauses:
        for began, ended in _spans(pause, steps):
            if began >= since and ended is not None:
                length += calendar.working_days_between(began, ended) if clock.working else (ended - began).days
    on = calendar.add_working_days(since, length) if clock.working else since + dt.timedelta(days=length)
    return Due(on, clock.rule, clock.warn)


def _spans(pause: Pause, steps: Sequence[Done]) -> list[tuple[dt.date, dt.date | None]]:
    """From when to when a pause has lasted, each time; the last one may still be open (None)."""
    spans: list[tuple[dt.date, dt.date | None]] = []
    for step in steps:
        still_open = bool(spans) and spans[-1][1] is None
        if step.act == pause.since and not still_open:
            spans.append((step.on, None))
        elif step.act == pause.until and still_open:
            spans[-1] = (spans[-1][0], step.on)
    return spans


def _open_pauses(procedure: Procedure, steps: Sequence[Done]) -> list[tuple[Pause, dt.date]]:
    """What is being looked into, and since when."""
    last = [(pause, spans[-1]) for pause in procedure.pauses if (spans := _spans(pause, steps))]
    return [(pause, began) for pause, (began, ended) in last if ended is None]


def _since(clock: Clock, steps: Sequence[Done], calendar: Calendar) -> dt.date | None:
    """The day whose next day is the first that counts. A clock of the whole procedure starts once; a stage's again each
    time the act is done again."""
    if AFTER_POSTING in clock.since:
        ends = posting_end(steps)
        return ends if ends is not None else None
    days = [step.on for step in steps if step.act in clock.since]
    if not days:
        return None
    return days[0] if clock.stage == "*" else days[-1]


def posting_end(steps: Sequence[Done]) -> dt.date | None:
    """The last day of the latest posting, None where there is none or an objection has ended it."""
    for step in reversed(steps):
        if step.act == OBJECT:
            return None
        if step.act == POST:
            return dt.date.fromisoformat(step.data["ends_on"])
    return None


def objected(steps: Sequence[Done]) -> bool:
    """An objection took the latest notice down, and no other has been put up since."""
    return next((step.act for step in reversed(steps) if step.act in (POST, OBJECT)), "") == OBJECT


def last_day_of_posting(rule: PostingRule, posted_on: dt.date, calendar: Calendar) -> dt.date:
    """The last day of a posting put up on `posted_on`; where the rule says so, a last day that is no working day gives
    way to the next one that is."""
    last = posted_on + dt.timedelta(days=rule.days - (1 if rule.counts_day_of_posting else 0))
    if rule.roll_over == "next_working_day":
        while not calendar.is_working_day(last):
            last += dt.timedelta(days=1)
    return last


def project(procedure: Procedure, steps: Sequence[Done], calendar: Calendar) -> Projection:
    """Stage, due date, closing and outcome as they follow from the steps alone."""
    last = steps[-1]
    outcome, closed_on = "", None
    for step in steps:
        stage = procedure.stage(step.after)
        outcome = stage.outcome
        closed_on = (closed_on or step.on) if stage.closed else None  # a letter served afterwards changes nothing
    return Projection(last.after, due_on(procedure, last.after, steps, calendar), closed_on, outcome)
