"""A case's whole file in the order in which it is bound: cover, contents, the papers, the note at the end."""

import datetime as dt
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases import queries
from minzheng.cases.actions import door
from minzheng.cases.files import facts as reading
from minzheng.cases.files import rules
from minzheng.cases.files.checking import Checked, Report, check
from minzheng.cases.models import Case
from minzheng.cases.papers.making import fill, issuable, make, possible, write
from minzheng.cases.papers.words import ZH, office, programme_name
from minzheng.core import audit, clock, documents
from minzheng.core.errors import Refused, pick
from minzheng.core.models import Document
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import catalogue, joining
from minzheng.papers.values import Photo

PICTURES = ("image/jpeg", "image/png")


def report_of(case: Case) -> Report:
    """One case's file, checked."""
    return reports([case])[0]


def reports(cases: list[Case]) -> list[Report]:
    """The files of many cases, checked; the number of queries does not grow with them."""
    return [check(rules.load(), found) for found in reading.of_cases(cases)]


@transaction.atomic
def make_missing(*, by: User, case: Case) -> list[Document]:
    """Make the papers that the office should have made and has not, those that this user issues; what cannot be made
    yet (a posting without its photos) stays missing."""
    view = queries.case_view(case, user=by)
    mine = {kind for kind, _title in issuable(view, by)}
    made = []
    for one in report_of(case).missing:
        if one.item.makes in mine:
            with suppress(Refused):
                made.append(make(by=by, case=case, kind=one.item.makes))
    return made


def bind(*, by: User, case: Case) -> bytes:
    """The file as one Word document. What was made and kept stands in it as it was kept; what the office would make
    and has not is made now from what the case knows; a scan that is no picture is named in the contents alone."""
    perms.require(by, "cases.view", case.area_id)
    view = queries.case_view(case, user=by)
    report = report_of(case)
    able = {kind for kind, _title in possible(view)}
    papers: list[bytes] = []
    rows: list[dict[str, Any]] = []
    for one in report.items:
        content, day, remark = _paper(by, view, one, able)
        if one.state != "there" and content is None:
            continue
        rows.append(_row(len(rows) + 1, one, case, day, remark))
        if content is not None:
            papers.append(content)
    words = _words(case, report, rows, by)
    whole = [*(_filled(case, kind, words) for kind in ("file_cover", "file_contents")), *papers]
    audit.record("cases.bind_file", by=by, subject=case, area=case.area_id, detail={"papers": len(papers)})
    return joining.join([*whole, _filled(case, "file_notes", words)])


def _paper(by: User, view: queries.CaseView, one: Checked, able: set[str]) -> tuple[bytes | None, dt.date | None, str]:
    """What is printed in an item's place, its day, and what is to be remarked of it."""
    if one.document_id is not None:
        document = Document.objects.get(pk=one.document_id)
        if document.media_type == MEDIA_TYPE:
            return documents.content(document), document.on, ""
        if document.media_type in PICTURES:
            words = {"题名": one.item.label[ZH], "图片": Photo(partial(documents.content, document), 220)}
            return _filled(view.case, "file_scan", words), document.on, ""
        return None, document.on, "扫描件另附"
    came = {paper.kind: paper.received_on for paper in view.papers} if one.item.way == "paper" else {}
    received = came.get(one.item.what)
    if one.item.prints in able and one.state in ("there", "missing"):
        try:
            return (
                write(by=by, view=view, kind=one.item.prints),
                received,
                "" if one.state == "there" else "补制，待签字",
            )
        except Refused:
            return None, received, "原件"  # somebody else issues it, or its photos are missing
    return None, received, "原件" if one.item.way == "paper" else ""


def _row(number: int, one: Checked, case: Case, day: dt.date | None, remark: str) -> dict[str, Any]:
    return {
        "序号": str(number),
        "文号": case.number if one.item.way == "made" else "",
        "责任者": office(case.area_id) if one.item.way != "paper" else "申请人",
        "题名": one.item.label[ZH],
        "日期": day,
        "备注": remark,
    }


def _words(case: Case, report: Report, rows: list[dict[str, Any]], by: User) -> dict[str, Any]:
    named = {area.level: area.name for area in areas.path(case.area_id)}
    decision = report.facts.decision
    return {
        "单位": office(case.area_id),
        "项目": programme_name(case),
        "户主": door.who(case),
        "村居": named.get("community", ""),
        "乡镇": named.get("township", ""),
        "县": named.get("county", ""),
        "编号": case.number,
        "年度": str(case.opened_on.year),
        "开始日期": case.opened_on,
        "结束日期": case.closed_on,
        "结果": decision.get_outcome_display() if decision else "",
        "件数": str(len(rows)),
        "目录": rows,
        "缺少": [{"名称": one.item.label[ZH]} for one in report.missing],
        "矛盾": [{"内容": pick(text, ZH)} for text in report.contradictions],
        "齐全": report.complete,
        "立卷人": by.get_full_name(),
        "今日": clock.today(),
    }


def _filled(case: Case, kind: str, words: dict[str, Any]) -> bytes:
    return fill(catalogue.form(kind), case.area_id, words)
