"""The pictures of a home visit: photos of the home, and the signed forms."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import actions, sometimes
from minzheng.cases.actions.visit_papers import MAY_ADD
from minzheng.cases.models import Visit
from minzheng.core import documents
from minzheng.core.models import Document
from minzheng.web.access import needs
from minzheng.web.forms import Form, offer
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt

SUBJECT = "cases.visit"
WORDS = {
    "photo": gettext_lazy("入户照片"),
    "form": gettext_lazy("签字的入户调查表"),
    "neighbours": gettext_lazy("签字的邻里访问记录"),
}


class VisitPaperForm(Form):
    """A picture of the visit, taken on a phone or chosen from it."""

    picture = forms.FileField(
        label=gettext_lazy("照片或扫描件"),
        widget=forms.FileInput(attrs={"accept": "image/*", "data-photo": ""}),
        help_text=gettext_lazy("照片里的拍摄地点和设备信息不保存。"),
    )
    what = forms.ChoiceField(label=gettext_lazy("是什么"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", [(kind, str(words)) for kind, words in WORDS.items()])


def pictures(visits: list[Visit], user: User) -> dict[int, dict[str, object]]:
    """For the page of a case: of each visit its pictures, and the form to add one for who may."""
    kept: dict[int, list[dict[str, object]]] = {visit.pk: [] for visit in visits}
    days = {visit.pk: visit.visited_on for visit in visits}
    rows = Document.objects.filter(subject_type=SUBJECT, subject_id__in=list(kept)).defer("content").order_by("pk")
    for row in rows:
        if row.subject_id is not None:
            words = WORDS[row.kind.removeprefix(f"{SUBJECT}_")]
            kept[row.subject_id].append({"pk": row.pk, "words": f"{words} {days[row.subject_id]:%Y-%m-%d}"})
    return {
        visit.pk: {"pictures": kept[visit.pk], "form": VisitPaperForm() if _may_add(visit, user) else None}
        for visit in visits
    }


def _may_add(visit: Visit, user: User) -> bool:
    wanted = (sometimes.COUNTY_VISIT,) if visit.by_county else MAY_ADD
    return any(perms.may(user, one, visit.area_id) for one in wanted)


@needs("cases.view")
def add(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Keep a picture with a visit (POST)."""
    visit = get_object_or_404(Visit, pk=visit_id)
    form = VisitPaperForm(request.POST, request.FILES)
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            actions.add_visit_paper(
                by=user_of(request),
                visit=visit,
                what=form.cleaned_data["what"],
                content=form.cleaned_data["picture"].read(),
            )
        if tried.refusal is None:
            messages.success(request, _("照片已保存。"))
        else:
            messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")
    elif request.method == "POST":
        messages.error(request, _("请拍摄或选择一张照片。"))
    return redirect("case", visit.case_id)


@needs("cases.view")
def picture(request: HttpRequest, document_id: int) -> HttpResponse:
    """A picture of a visit, to be looked at."""
    found = get_object_or_404(Document, pk=document_id, subject_type=SUBJECT)
    response = HttpResponse(documents.content(found), content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
