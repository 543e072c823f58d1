"""Papers and files, opened from the record they belong to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from minzheng.access import perms
from minzheng.core import documents
from minzheng.core.errors import refuse
from minzheng.core.models import Document
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import pdf
from minzheng.web.access import needs
from minzheng.web.excel import download
from minzheng.web.places import user_of

ENDINGS = {
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    MEDIA_TYPE: ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
NEEDS = {
    "payments.run": "payments.view",
    "payments.receivable": "payments.view",
    "cases.case": "cases.view",
    "cases.posting": "cases.view",
    "cases.visit": "cases.view",
    "awards.reviewround": "awards.view",
}
"""Which permission opens the papers of a kind of record; of others people.view."""


@needs("people.view", "cases.view", "payments.view")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """A document as a file to save."""
    found = get_object_or_404(Document, pk=document_id)
    user = user_of(request)
    # A bank file holds accounts in full: for whoever sends it.
    wanted = "payments.send" if found.kind == "bank_file" else NEEDS.get(found.subject_type, "people.view")
    if not perms.may(user, wanted, found.area_code):
        raise refuse(
            "access.forbidden",
            zh="您的角色不能打开这份文件。",
            en="Your role may not open this file.",
            remedy_zh="需要查看请找经办人或管理员。",
            remedy_en="Ask the handler or an administrator.",
        )
    ending = ENDINGS.get(found.media_type, "")
    name = found.title if found.title.endswith(ending) else found.title + ending
    return in_form(request, documents.content(found), name, found.media_type)


def in_form(request: HttpRequest, content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to save; a Word file as PDF where the address asks for it (`?as=pdf`)."""
    if request.GET.get("as") == "pdf" and media_type == MEDIA_TYPE:
        return download(pdf.to_pdf(content), name.removesuffix(".docx") + ".pdf", "application/pdf")
    return download(content, name, media_type)
