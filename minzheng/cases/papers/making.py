"""Making the papers of a case: the template that counts for its area, filled with what the case knows, and kept."""

from collections.abc import Callable, Mapping
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import board, proof, queries
from minzheng.cases.models import Case, Outcome
from minzheng.cases.papers import words
from minzheng.cases.papers.words import exceptional
from minzheng.cases.queries import CaseView
from minzheng.cases.refusals import casework
from minzheng.core import audit, documents
from minzheng.core.errors import Text, refuse
from minzheng.core.idnumber import INVENTED
from minzheng.core.models import Document
from minzheng.core.paper import DEMO_NOTE
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import catalogue, filling
from minzheng.papers import queries as templates
from minzheng.papers.catalogue import Form

ZH = "zh-Hans"
PROOF = "posting_proof"
GROUPS = ("case", "board")
"""Which papers of the catalogue are a case's."""


@casework
def make(*, by: User, case: Case, kind: str) -> Document:
    """Make one of the papers of a case and keep it with the case. Refuses what the case has no content for yet."""
    view = queries.case_view(case, user=by)
    content = write(by=by, view=view, kind=kind)
    document = documents.keep(
        by=by,
        kind=f"cases.{kind}",
        title=f"{catalogue.form(kind).title[ZH]} {case.number}",
        media_type=MEDIA_TYPE,
        content=content,
        subject=case,
        area=case.area_id,
    )
    audit.record("cases.make_paper", by=by, subject=case, area=case.area_id, detail={"kind": kind, "id": document.pk})
    return document


def write(*, by: User, view: CaseView, kind: str) -> bytes:
    """The paper as Word, not kept."""
    form = catalogue.form(kind)
    perms.require(by, form.permissions[0], view.case.area_id, *form.permissions[1:])
    if not _fits(form, view):
        raise _not_of_this_case(form)
    if form.after and not AFTER[form.after][0](view):
        raise _too_early(*AFTER[form.after][1:])
    if kind == PROOF:
        proof.check(view.postings[-1])
    found = words.of_board(board.board_of(view.postings[-1])) if form.group == "board" else words.of_case(view)
    return fill(form, view.case.area_id, found)


def fill(form: Form, area: str, found: Mapping[str, Any]) -> bytes:
    """The template that counts for an area, with these words in it."""
    return filling.fill(templates.in_force(form.kind, area).content, form, found, note=note_for(area))


def note_for(area: str) -> str:
    """What stands above every page of a paper about the demo's invented county."""
    return DEMO_NOTE if area.startswith(INVENTED) else ""


def possible(view: CaseView) -> list[tuple[str, Text]]:
    """The papers that can be made of this case now: (kind, title)."""
    return [
        (form.kind, form.title)
        for form in catalogue.forms().values()
        if _fits(form, view) and (not form.after or AFTER[form.after][0](view)) and (form.kind != PROOF or _over(view))
    ]


def issuable(view: CaseView, user: User) -> list[tuple[str, Text]]:
    """Those of them that this user issues."""
    area = view.case.area_id
    return [
        (kind, title)
        for kind, title in possible(view)
        if any(perms.may(user, one, area) for one in catalogue.form(kind).permissions)
    ]


def _fits(form: Form, view: CaseView) -> bool:
    case = view.case
    return (
        form.group in GROUPS
        and (not form.programmes or case.programme in form.programmes)
        and (not form.procedures or case.kind in form.procedures)
    )


def _did(*acts: str) -> Callable[[CaseView], bool]:
    return lambda view: any(entry.act in acts for entry in view.timeline)


def _over(view: CaseView) -> bool:
    return bool(view.postings) and proof.is_over(view.postings[-1])


AFTER: dict[str, tuple[Callable[[CaseView], bool], str, str]] = {
    "accepted": (_did("cases.accept", "cases.evaluate"), "受理", "the acceptance"),
    "missing": (
        lambda view: (bool(view.missing_papers) and view.case.closed_on is None) or exceptional.asked(view) is not None,
        "缺少材料的清单",
        "a list of what is missing",
    ),
    "kinship": (
        lambda view: any(entry.data.get("kinship") for entry in view.timeline),
        "近亲属登记",
        "a declared kinship",
    ),
    "ending": (
        lambda view: exceptional.ended(view) is not None,
        "不予受理或者终止",
        "a refusal to accept, or a termination",
    ),
    "verified": (exceptional.verified, "核对结果", "a result of the verification"),
    "conference": (
        lambda view: any("conference" in entry.data for entry in view.timeline),
        "一事一议",
        "a case conference",
    ),
    "meeting": (lambda view: any("votes" in entry.data for entry in view.timeline), "民主评议", "a meeting"),
    "posting": (lambda view: bool(view.postings), "公示", "a posting"),
    "posting_over": (  # that it is over, and has its photos, `proof.check` says
        lambda view: bool(view.postings),
        "公示",
        "a posting",
    ),
    "assessment": (lambda view: view.assessment is not None, "测算", "an assessment"),
    "hearing": (_did("cases.hear"), "听取意见", "a hearing"),
    "decision": (lambda view: view.decision is not None, "决定", "a decision"),
    "granted": (
        lambda view: view.decision is not None and view.decision.outcome in (Outcome.GRANT, Outcome.CHANGE),
        "确认的决定",
        "a decision that grants",
    ),
    "stopped": (
        lambda view: view.decision is not None and view.decision.outcome == Outcome.STOP,
        "停发的决定",
        "a decision to stop",
    ),
    "grace": (lambda view: view.decision is not None and bool(view.decision.grace), "渐退期", "a grace period"),
}
"""What a paper waits for: whether the case has it, and its name."""


def _too_early(zh: str, en: str) -> Exception:
    return refuse(
        "paper.too_early",
        zh="本事项还没有{zh_what}，不能生成这份文书。",
        en="The case has not come to {en_what} yet; this paper cannot be made.",
        remedy_zh="请先办理相应环节。",
        remedy_en="Do that step first.",
        zh_what=zh,
        en_what=en,
    )


def _not_of_this_case(form: Form) -> Exception:
    return refuse(
        "paper.not_of_this_case",
        zh="“{title}”不是这类办件的文书。",
        en="“{title_en}” is no paper of a case of this kind.",
        remedy_zh="可以生成的文书见办件页。",
        remedy_en="The papers that can be made are on the case's page.",
        title=form.title[ZH],
        title_en=form.title["en"],
    )
