"""One paper of many cases at once: kept with each case, given as one file or as a folder (zip), as Word or as PDF."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from minzheng.access.models import User
from minzheng.cases.models import Case
from minzheng.cases.papers import registers
from minzheng.cases.papers.making import make
from minzheng.core import clock, documents
from minzheng.core.errors import Refused, refuse
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import catalogue, joining, pdf

MOST = 300
ZIP, PDF = "application/zip", "application/pdf"
WAYS = ("word", "zip", "pdf")


@dataclass(frozen=True)
class Batch:
    """What was made: the file, and for which cases the paper could not be made and why."""

    content: bytes
    name: str
    media_type: str
    made: int
    skipped: Sequence[tuple[Case, Refused]] = field(default_factory=tuple)


@transaction.atomic
def batch(*, by: User, cases: Sequence[Case], kind: str, way: str = "word") -> Batch:
    """A paper for each of these cases. One that has no content for it yet is left out and named; where that is all of
    them, or LibreOffice is missing for a PDF, nothing is made at all."""
    form = catalogue.form(kind)
    if not cases or way not in WAYS or len(cases) > MOST:
        raise refuse(
            "paper.batch",
            zh="一次可以生成 1 至 {most} 份，这里是 {n} 份。",
            en="A batch has 1 to {most} papers; this has {n}.",
            remedy_zh="请先勾选办件，较多时分几次生成；格式为 Word、PDF 或压缩包。",
            remedy_en="Tick the cases first, in several batches where there are many; as Word, PDF or zip.",
            most=MOST,
            n=len(cases),
        )
    if way == "pdf":
        pdf.needed()
    if form.group == registers.GROUP:
        whole, listed, skipped = registers.write(by=by, form=form, cases=cases)
        return _given(whole, f"{form.title['zh-Hans']} {clock.today():%Y%m%d}", way, listed, skipped)
    papers: list[tuple[str, bytes]] = []
    skipped = []
    for case in cases:
        try:
            document = make(by=by, case=case, kind=kind)
        except Refused as why:
            skipped.append((case, why))
        else:
            papers.append((document.title, documents.content(document)))
    if not papers:
        raise skipped[0][1]
    title = f"{form.title['zh-Hans']} {clock.today():%Y%m%d}（{len(papers)}份）"
    if way == "zip":
        return Batch(_zipped(papers), f"{title}.zip", ZIP, len(papers), skipped)
    return _given(joining.join([content for _title, content in papers]), title, way, len(papers), skipped)


def _given(whole: bytes, title: str, way: str, made: int, skipped: Sequence[tuple[Case, Refused]]) -> Batch:
    """One Word file, as it is or as PDF."""
    if way == "pdf":
        return Batch(pdf.to_pdf(whole), f"{title}.pdf", PDF, made, skipped)
    return Batch(whole, f"{title}.docx", MEDIA_TYPE, made, skipped)


def _zipped(papers: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as folder:  # a .docx is packed already
        for title, content in papers:
            folder.writestr(f"{title}.docx", content)
    return buffer.getvalue()
