"""One act for many cases at once: each by itself, through its own door. What is refused stays as it is, with its
reason; the others are done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from minzheng.access.models import User
from minzheng.cases import procedure, refusals
from minzheng.cases.actions import door
from minzheng.cases.actions.assessing import assess
from minzheng.cases.actions.deciding import review
from minzheng.cases.actions.door import who
from minzheng.cases.actions.opening import act
from minzheng.cases.actions.postings import end_posting, post
from minzheng.cases.models import Case
from minzheng.core import clock
from minzheng.core.errors import Refused, refuse


@dataclass(frozen=True)
class Together:
    """What is entered once for all of them."""

    note: str = ""
    papers_came: bool = False
    """The papers that the act waits for have come, for every one of these cases."""


@dataclass(frozen=True)
class Done:
    """One case of many: done, or refused with the reason."""

    who: str
    refused: Refused | None = None


def _with_papers(name: str) -> Callable[[User, Case, Together], object]:
    def do(by: User, case: Case, how: Together) -> object:
        wanted = procedure.of_case(case).papers
        came = [kind for kind, paper in wanted.items() if paper.required_at == name] if how.papers_came else []
        there = set(case.papers.exclude(received_on=None).values_list("kind", flat=True))
        return act(by=by, case=case, act=name, note=how.note, papers=[kind for kind in came if kind not in there])

    return do


IN_BULK: Mapping[str, Callable[[User, Case, Together], object]] = {
    "cases.accept": _with_papers("cases.accept"),
    "cases.cross_check": _with_papers("cases.cross_check"),
    "cases.assess": lambda by, case, how: assess(by=by, case=case),
    "cases.post": lambda by, case, how: post(by=by, case=case),
    "cases.end_posting": lambda by, case, how: end_posting(by=by, case=case),
    "cases.review": lambda by, case, how: review(by=by, case=case, note=how.note),
}
"""Act → how it is done for one of many. What has a form that differs from case to case (a visit, a meeting, a decision)
is not here."""

TAKES_PAPERS = frozenset({"cases.accept", "cases.cross_check"})
TAKES_NOTE = frozenset({"cases.accept", "cases.cross_check", "cases.review"})


def act_on_many(*, by: User, act: str, cases: Iterable[Case], how: Together | None = None) -> list[Done]:
    """Do one act for each of these cases. A case that is refused stays as it is, the others are done."""
    if act not in IN_BULK:
        raise refuse(
            "case.not_in_bulk",
            zh="这个环节须逐件办理。",
            en="This act is done case by case.",
            remedy_zh="请逐件打开办理；可以批量办的有受理、登记核对结果、测算、张贴公示、公示期满报县级、审核。",
            remedy_en="Open each case; accepting, entering the verification, assessing, posting, ending a posting and"
            " reviewing can be done for many.",
        )
    how = how or Together()
    outcomes = []
    for case in sorted(cases, key=lambda one: one.pk):  # always in one order: two officers never wait in a circle
        name = who(case)
        try:
            with transaction.atomic():
                _check_turn(case, act)
                IN_BULK[act](by, case, how)
        except Refused as refused:
            outcomes.append(Done(name, refused))
        else:
            outcomes.append(Done(name))
    return outcomes


def _check_turn(case: Case, act: str) -> None:
    """What the list offers for a row is the usual act of its stage, and no act that can be repeated is done again for
    whoever pressed second: looked at once the case is locked."""
    matter = door.lock(case)
    if matter.procedure.stage(matter.case.stage).act != act:
        state = matter.state(today=clock.today())
        raise refusals.not_at_this_stage(matter.procedure, state, act, door.already(matter, act))
