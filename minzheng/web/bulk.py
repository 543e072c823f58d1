"""What is done on the work list for the ticked rows: one act for all of them, or the paper of each one's stage. A row
that cannot be done says why; the others are done."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from minzheng.access.models import User
from minzheng.cases import actions, papers
from minzheng.cases.actions import IN_BULK, Together
from minzheng.cases.models import Case
from minzheng.core import clock, documents
from minzheng.core.errors import Refused, refuse
from minzheng.core.models import Task
from minzheng.web import worklist

LABELS = {
    "cases.accept": _("受理"),
    "cases.cross_check": _("登记核对结果"),
    "cases.assess": pgettext_lazy("act", "测算"),
    "cases.post": _("张贴公示"),
    "cases.end_posting": _("公示期满，报县级"),
    "cases.review": _("审核"),
}
PAPER_OF = {
    "cases.accept": "missing_papers",
    "cases.cross_check": "acceptance_notice",
    "cases.visit": "visit_form",
    "cases.end_posting": "posting_sheet",
    "cases.review": "review_form",
    "cases.decide": "review_form",
    "cases.serve": "decision_letter",
}
"""What is to be done → the paper that is taken along to do it."""
PRINT = "papers"
"""Besides the acts: the paper of each ticked row."""
MOST = 200
"""How many rows a page can hold, and so can be ticked."""


@dataclass(frozen=True)
class Outcome:
    """One ticked row: done, or refused with the reason."""

    who: str
    refused: Refused | None = None


def of_case(task: Task) -> bool:
    return task.subject_type == Case._meta.label_lower


def can_tick(task: Task) -> bool:
    """Whether there is something to do for this row together with others."""
    return of_case(task) and (task.kind in IN_BULK or task.kind in PAPER_OF)


def do(user: User, act: str, ids: Iterable[int], how: Together) -> list[Outcome]:
    """Do one act for the ticked rows, in the order of their cases."""
    ready, refused = _ticked(user, ids, wanted=act)
    done = actions.act_on_many(by=user, act=act, cases=_cases(ready).values(), how=how)
    return [*(Outcome(one.who, one.refused) for one in done), *refused]


def make_papers(user: User, ids: Iterable[int]) -> tuple[bytes, int, list[Outcome]]:
    """The paper of each ticked row, together in one archive, how many there are, and those that could not be made."""
    ready, refused = _ticked(user, ids)
    cases = _cases(ready)
    buffer, made = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for task in ready:
            case, kind = cases[task.subject_id], PAPER_OF.get(task.kind)
            if kind is None:
                refused.append(Outcome(task.who, _no_paper()))
                continue
            try:
                with transaction.atomic():
                    document = papers.make(by=user, case=case, kind=kind)
            except Refused as reason:
                refused.append(Outcome(task.who, reason))
                continue
            made += 1
            archive.writestr(f"{made:03d} {task.who} {document.title}.docx", documents.content(document))
    return buffer.getvalue(), made, refused


def archive_name(made: int) -> str:
    return f"文书 {clock.today():%Y-%m-%d}（{made} 份）.zip"


def _cases(tasks: Iterable[Task]) -> Mapping[int, Case]:
    found = Case.objects.filter(pk__in=[task.subject_id for task in tasks])
    return {case.pk: case for case in found.select_related("household", "person").order_by("pk")}


def _ticked(user: User, ids: Iterable[int], wanted: str = "") -> tuple[list[Task], list[Outcome]]:
    """The ticked rows that can be done, and what stands against each of the others."""
    asked = sorted(set(ids))[:MOST]
    if not asked:
        raise refuse(
            "work.nothing_ticked",
            zh="没有勾选任何一项。",
            en="Nothing is ticked.",
            remedy_zh="请先勾选要一起办的事项。",
            remedy_en="Tick the rows that are to be done together.",
        )
    mine = {task.pk: task for task in worklist.open_tasks(user).filter(pk__in=asked)}
    ready, refused = [], []
    for task in Task.objects.filter(pk__in=asked).order_by("subject_id", "pk"):
        if task.pk not in mine:
            refused.append(Outcome(task.who, _done_before(task) if task.done_on else _not_yours()))
        elif not of_case(task) or (wanted and task.kind != wanted):
            refused.append(Outcome(task.who, _another_stage()))
        else:
            ready.append(task)
    return ready, refused


def _done_before(task: Task) -> Refused:
    by = User.objects.filter(pk=task.done_by or 0).values_list("name", flat=True).first()
    return refuse(
        "work.done_before",
        zh="已经由{by}在 {on} 办过。",
        en="{by} did it on {on}.",
        remedy_zh="清单已更新，没有重复办理。",
        remedy_en="The list is up to date now; nothing was done twice.",
        by=by or "—",
        on=task.done_on,
    )


def _not_yours() -> Refused:
    return refuse(
        "work.not_yours",
        zh="不是您办理的事项。",
        en="This is not yours to do.",
        remedy_zh="请由有权限的人员办理。",
        remedy_en="Somebody who holds the permission does it.",
    )


def _another_stage() -> Refused:
    return refuse(
        "work.another_stage",
        zh="不在这个环节。",
        en="It stands at another stage.",
        remedy_zh="请按它现在的环节办理；可以先按环节筛选。",
        remedy_en="Do what its own stage asks for; the list can be filtered by stage.",
    )


def _no_paper() -> Refused:
    return refuse(
        "work.no_paper",
        zh="这个环节没有要打印的文书。",
        en="This stage has no paper to print.",
        remedy_zh="其他文书请打开事项，在“文书”中生成。",
        remedy_en="Other papers are made on the case's page.",
    )
