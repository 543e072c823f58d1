"""The cases of a party in words, many at once: where each stands, what is next and by when, which papers are
missing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from minzheng.cases import engine, procedure
from minzheng.cases.actions.door import as_done
from minzheng.cases.models import Case, CaseStep, Paper
from minzheng.cases.procedure import Procedure
from minzheng.core import workdays
from minzheng.core.errors import Text
from minzheng.people.models import Household

RECENTLY = dt.timedelta(days=90)
"""For so long a closed case is still asked about."""


@dataclass(frozen=True)
class Outline:
    """One case. `missing`: the papers that the acts of its stage wait for; `due`: by when, by which rule."""

    case: Case
    name: Text
    stage: Text
    next: Text
    due: engine.Due | None
    missing: tuple[Text, ...]

    @property
    def open(self) -> bool:
        return self.case.closed_on is None


def outlines(household: Household | None, persons: Iterable[int], today: dt.date) -> list[Outline]:
    """The open cases about a household or these people, and those closed lately; open ones first, what runs out first
    before the rest. Three queries, and one for each earlier version of a procedure that one of them still keeps."""
    theirs = Q(person__in=list(persons))
    if household is not None:
        theirs |= Q(household=household)
    found = Case.objects.filter(theirs, Q(closed_on=None) | Q(closed_on__gte=today - RECENTLY)).prefetch_related(
        Prefetch("steps", CaseStep.objects.order_by("pk")),
        Prefetch("papers", Paper.objects.exclude(received_on=None).order_by("kind")),
    )
    kept: dict[tuple[str, str, dt.date, str], Procedure] = {}
    lines = []
    for case in found.order_by("pk"):
        version = (case.programme, case.procedure_hash, case.procedure_from, case.kind)
        if version not in kept:
            kept[version] = procedure.of_case(case)
        lines.append(_outline(case, kept[version]))
    return sorted(lines, key=lambda line: (not line.open, line.due is None, line.due.on if line.due else today))


def _outline(case: Case, rules: Procedure) -> Outline:
    stage = rules.stage(case.stage)
    received = {paper.kind for paper in case.papers.all()}
    here = {row.act for row in rules.acts if case.stage in row.stages and "papers" in row.requires}
    absent = [paper for kind, paper in rules.papers.items() if kind not in received]
    missing = [paper.label for paper in absent if paper.required_at in here]
    due = engine.due_on(rules, case.stage, as_done(list(case.steps.all())), workdays)
    return Outline(case, rules.name, stage.label, stage.next, due, tuple(missing))
