"""What the files of many cases hold, read in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from minzheng.cases import drawing, ending, procedure, sometimes, verification
from minzheng.cases.models import (
    Case,
    CaseStep,
    Decision,
    Objection,
    Outcome,
    Paper,
    Posting,
    PostingPhoto,
    Visit,
)
from minzheng.core import clock
from minzheng.core.models import Document

STEPS = {
    "accepted": ("cases.accept", "cases.evaluate"),
    "verified": ("cases.cross_check",),
    "assessed": ("cases.assess",),
    "posting_ended": ("cases.end_posting",),
    "reviewed": ("cases.review",),
}
"""Which act is the day of what; the last one counts, for a case that was sent back goes the way again."""


@dataclass(frozen=True)
class Facts:
    """One case's file."""

    case: Case
    days: Mapping[str, dt.date]
    states: frozenset[str]
    """Which of the rules' `when` hold."""
    papers: Mapping[str, Paper]
    made: Mapping[str, int]
    """The papers that the office made, by kind: the latest document's id."""
    acts: frozenset[str]
    photos: frozenset[str]
    served: bool
    posting: Posting | None
    objected: bool
    posting_days: int
    decision: Decision | None
    people: int
    unsigned_visits: Sequence[dt.date] = field(default_factory=tuple)
    unauthorised: Sequence[str] = field(default_factory=tuple)
    """Who was verified without an authorisation on record."""


def of_cases(cases: Iterable[Case]) -> list[Facts]:
    """The files of these cases, in their order."""
    rows = list(cases)
    ids = [case.pk for case in rows]
    steps = _by_case(CaseStep.objects.filter(case__in=ids).order_by("pk"))
    papers = _by_case(Paper.objects.filter(case__in=ids, received_on__isnull=False).order_by("pk"))
    visits = _by_case(Visit.objects.filter(case__in=ids).order_by("pk"))
    postings = _by_case(Posting.objects.filter(case__in=ids).order_by("pk"))
    decisions = _by_case(Decision.objects.filter(case__in=ids).select_related("assessment").order_by("pk"))
    last: dict[int, Posting] = {case: found[-1] for case, found in postings.items()}
    hung = [posting.pk for posting in last.values()]
    photos: dict[int, set[str]] = {}
    for shown, moment in PostingPhoto.objects.filter(posting__in=hung).values_list("posting_id", "moment"):
        photos.setdefault(shown, set()).add(moment)
    objected = set(Objection.objects.filter(posting__in=hung).values_list("posting_id", flat=True))
    people = dict(Case.objects.filter(pk__in=ids).annotate(n=Count("members")).values_list("pk", "n"))
    made = _made(ids)
    return [
        _facts(
            case,
            steps=steps.get(case.pk, []),
            papers=papers.get(case.pk, []),
            visits=visits.get(case.pk, []),
            board=_board(last.get(case.pk), photos, objected),
            decision=decisions[case.pk][-1] if case.pk in decisions else None,
            made=made.get(case.pk, {}),
            people=people.get(case.pk, 0),
        )
        for case in rows
    ]


@dataclass(frozen=True)
class _Board:
    """The last posting of a case, the photos of it, and whether somebody objected."""

    posting: Posting | None
    photos: frozenset[str] = frozenset()
    objected: bool = False


def _board(posting: Posting | None, photos: Mapping[int, set[str]], objected: set[int]) -> _Board:
    if posting is None:
        return _Board(None)
    return _Board(posting, frozenset(photos.get(posting.pk, ())), posting.pk in objected)


def _facts(
    case: Case,
    *,
    steps: Sequence[CaseStep],
    papers: Sequence[Paper],
    visits: Sequence[Visit],
    board: _Board,
    decision: Decision | None,
    made: Mapping[str, int],
    people: int,
) -> Facts:
    rules = procedure.of_case(case)
    posting = board.posting
    days = {"applied": case.opened_on}
    for name, acts in STEPS.items():
        if done := [step.on for step in steps if step.act in acts]:
            days[name] = done[-1]
    own = [visit for visit in visits if not visit.by_county]
    if own:
        days["visited"] = own[-1].visited_on
    if posting:
        days["posted"] = posting.posted_on
    if decision:
        days["decided"] = decision.decided_on
    proofs = [step.data["served_on"] for step in steps if step.act == sometimes.SERVE and step.data.get("served_on")]
    if proofs:
        days["served"] = dt.date.fromisoformat(proofs[-1])
    return Facts(
        case=case,
        days=days,
        states=frozenset(_states(rules, case, steps, days, board, decision)),
        papers={paper.kind: paper for paper in papers},
        made=made,
        acts=frozenset(step.act for step in steps),
        photos=board.photos,
        served=any(step.act == sometimes.SERVE for step in steps),
        posting=posting,
        objected=board.objected,
        posting_days=rules.posting.days if rules.posting else 0,
        decision=decision,
        people=people,
        unauthorised=_unauthorised(steps) if rules.verification else (),
        unsigned_visits=tuple(visit.visited_on for visit in visits if not visit.met.strip()),
    )


def _states(
    rules: procedure.Procedure,
    case: Case,
    steps: Sequence[CaseStep],
    days: Mapping[str, dt.date],
    board: _Board,
    decision: Decision | None,
) -> Iterable[str]:
    posting = board.posting
    yield "always"
    yield from (name for name in ("accepted", "verified", "visited", "assessed", "posted", "decided") if name in days)
    if posting and not board.objected and (posting.ends_on is None or posting.ends_on < clock.today()):
        yield "posted_over"
    if any(step.data.get("kinship") for step in steps):
        yield "kinship"
    calls = rules.county_visit.after if rules.county_visit else ()
    called = any(step.act in calls or step.data.get("kinship") or drawing.for_check(step) for step in steps)
    if decision and called and rules.county_visit:
        yield "county_visit"
    if any("votes" in step.data for step in steps):
        yield "meeting"
    if any("conference" in step.data for step in steps):
        yield "conference"
    asked = any("verification_request" in step.data or "verification" in step.data for step in steps)
    if asked and any(step.data.get("authorisations") for step in steps):
        yield "authorised"
    endings = [step for step in steps if step.data.get("outcome") in ending.OUTCOMES]
    if endings:
        yield "ended"
    if rules.service and any(not step.data.get("nobody_to_serve") for step in endings):
        yield "unfavourable"
    if any(step.act == sometimes.HEAR for step in steps):
        yield "hearing"
    if decision is None:
        return
    if decision.grace:
        yield "grace"
    if decision.outcome == Outcome.STOP:
        yield "stopped"
    serves = any(row.act == sometimes.SERVE for row in rules.acts)
    lowered = any(step.data.get("lowers") for step in steps)
    exempt = rules.service is not None and case.reason in rules.service.not_for
    if serves and not exempt and (decision.outcome in (Outcome.REFUSE, Outcome.STOP) or lowered):
        yield "unfavourable"


def _unauthorised(steps: Sequence[CaseStep]) -> tuple[str, ...]:
    now = verification.standing(steps)
    signed = {one["name"] for one in now.authorisations}
    return tuple(name for name in (now.result or {}).get("found", ()) if name not in signed)


def _made(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = Document.objects.filter(subject_type=Case._meta.label_lower, subject_id__in=ids, kind__startswith="cases.")
    found: dict[int, dict[str, int]] = {}
    for case, kind, pk in rows.order_by("pk").values_list("subject_id", "kind", "pk"):
        found.setdefault(case, {})[kind.removeprefix("cases.")] = pk
    return found


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found
