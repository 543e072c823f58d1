"""Notices: what is up, ending, ended, published, by village; sheets for the board, photos, answers to objections."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import actions as access
from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards import publishing
from minzheng.cases import actions, board, papers, proof
from minzheng.cases.models import Moment, Objection, Posting, PostingKind, PostingPhoto
from minzheng.core import clock, documents
from minzheng.core.errors import pick
from minzheng.papers import catalogue, pdf
from minzheng.web import daily, names
from minzheng.web.access import needs
from minzheng.web.excel import download, list_or_excel
from minzheng.web.forms import Day, Filters, Form, offer, with_any
from minzheng.web.languages import language
from minzheng.web.links import page_of
from minzheng.web.places import chosen_area, own_area, parts, user_of
from minzheng.web.reads import postings_page as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table

POSTS, ENDS, OBJECTS = "cases.post", "cases.end_posting", "cases.object"


class PostingFilters(Filters):
    """By village, programme and state."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    state = forms.ChoiceField(label=gettext_lazy("状态"))

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        offer(self, "area", with_any(parts(user)))
        offer(self, "programme", with_any([(code, names.programme_name(code)) for code in names.programmes()]))
        offer(self, "state", [("" if state == "up" else state, _(label)) for state, label in reads.STATES.items()])
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


class PhotoForm(Form):
    """A photo of the board, taken on a phone or chosen from it."""

    photo = forms.FileField(
        label=gettext_lazy("公示栏照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-photo": ""}),
        help_text=gettext_lazy("照片里的拍摄地点和设备信息不保存。"),
    )
    moment = forms.ChoiceField(label=gettext_lazy("哪时拍的"), choices=Moment.choices)
    taken_on = Day(label=gettext_lazy("拍摄日期"))

    def __init__(self, data: Any, files: Any = None, *, today: dt.date, moment: str = Moment.START) -> None:
        super().__init__(data, files, initial={"taken_on": today, "moment": moment})
        offer(self, "moment", [(value, _(str(label))) for value, label in Moment.choices])


class AnswerForm(Form):
    """What is answered to whoever objected."""

    answer = forms.CharField(label=gettext_lazy("答复"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


@needs("cases.view")
def postings(request: HttpRequest) -> HttpResponse:
    """The list; a POST does something with the notices that are ticked."""
    user = user_of(request)
    today = clock.today()
    daily.begin(user)
    if request.method == "POST":
        return _bulk(request, user)
    filters = PostingFilters(request.GET, user)
    state = filters.values.get("state") or "up"
    rows = reads.notices(chosen_area(request), today)
    if programme := filters.values.get("programme"):
        rows = rows.filter(programme=programme)
    counted = reads.counts(rows, today)
    may_post, may_end = perms.may(user, POSTS), perms.may(user, ENDS)
    table = Table(
        request,
        rows.filter(reads.conditions(today)[state]).order_by("area_id", "programme", "posted_on", "pk"),
        _columns(today, state),
        title=_(reads.STATES[state]),
        unit=_("张"),
        empty=_("这里没有公示。案件测算符合条件后，在案件页张贴。") if state == "up" else _("没有符合条件的公示。"),
        row_link=lambda row: page_of("cases.posting", row.pk),
        select=(lambda row: row.pk) if may_post or may_end else None,
    )
    context = {
        "filters": filters,
        "table": table,
        "tiles": _tiles(request, counted, state),
        "state": state,
        "may_post": may_post,
        "may_end": may_end and state in ("up", "ended"),
        "phone": user.office.phone,
        "photo_form": PhotoForm(None, today=today, moment=Moment.END if state == "ended" else Moment.START)
        if may_post and state != "published"
        else None,
        "board_url": _board_url(request, state),
    }
    return list_or_excel(request, "postings/list.html", context)


def _columns(today: dt.date, state: str) -> list[Column]:
    columns = [
        Column("name", _("公示内容"), lambda row: row.shown_name, order="shown_name", main=True,
               link=lambda row: page_of("cases.posting", row.pk)),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("programme", _("项目"), lambda row: names.programme_name(row.programme), order="programme"),
        Column("people", _("人数"), lambda row: row.shown_people, kind="number", order="shown_people", total=True),
        Column("amount", _("金额（元）"), lambda row: row.shown_amount, kind="money", order="shown_amount"),
        Column("posted", _("张贴"), lambda row: row.posted_on, kind="day", order="posted_on"),
    ]  # fmt: skip
    if state != "published":
        columns += [
            Column("ends", _("最后一日"), lambda row: row.ends_on, kind="day", order="ends_on"),
            Column("state", _("状态"), lambda row: reads.state_of(row, today)),
            Column("photos", _("照片"), lambda row: reads.photos_of(row, today),
                   tone=lambda row: "bad" if reads.lacks_photos(row, today) else ""),
        ]  # fmt: skip
    return [*columns, Column("number", _("编号"), lambda row: row.number, order="number", wide=False)]


def _tiles(request: HttpRequest, counted: dict[str, int], state: str) -> list[dict[str, object]]:
    tiles = []
    for key, label in reads.STATES.items():
        if key == "past":  # found by the filter; nothing is to be done with it
            continue
        query = request.GET.copy()
        query.pop("page", None)
        query["state"] = "" if key == "up" else key
        late = key in ("ended", "objections") and counted[key]
        tone = "on" if key == state else "late" if late else ""
        tiles.append({"label": _(label), "value": counted[key], "url": "?" + query.urlencode(), "tone": tone})
    return tiles


def _board_url(request: HttpRequest, state: str) -> str:
    """The page to print, where one village is chosen."""
    area = chosen_area(request)
    kind = PostingKind.PUBLICATION if state == "published" else PostingKind.POSTING
    return reverse("posting-board", args=[area, kind]) if len(area) >= 12 else ""


def _bulk(request: HttpRequest, user: User) -> HttpResponse:
    chosen = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    rows = list(Posting.objects.filter(pk__in=chosen).select_related("case").order_by("pk"))
    what = request.POST.get("what", "")
    if not rows:
        messages.error(request, _("请先勾选公示。"))
    elif what in ("sheets", "sheets_pdf"):
        return _sheets(user, rows, request.POST.get("phone", ""), as_pdf=what == "sheets_pdf")
    elif what == "end":
        _end(request, user, rows)
    elif what == "photo":
        _photo(request, user, rows)
    return redirect(request.get_full_path())


def _sheets(user: User, rows: list[Posting], phone: str, *, as_pdf: bool) -> HttpResponse:
    """One file for the villages of the notices that are ticked. Publications are brought in line with the roster
    before they are printed."""
    access.set_phone(by=user, phone=phone[:60])
    villages, kind = sorted({row.area_id for row in rows}), rows[0].kind
    if kind == PostingKind.PUBLICATION:
        for village in villages:
            publishing.keep_up_area(by=user, area=village)
    programmes = {row.programme for row in rows}
    content = papers.sheets(by=user, villages=villages, kind=kind, programmes=programmes)
    name = f"{PostingKind(kind).label}单-{clock.today():%Y%m%d}"
    if as_pdf:
        return download(pdf.to_pdf(content), f"{name}.pdf", "application/pdf")
    return download(content, f"{name}.docx", papers.WORD)


def _end(request: HttpRequest, user: User, rows: list[Posting]) -> None:
    """Each that has ended goes on to the county; what is refused says why, and the others go on."""
    done, refused = 0, []
    for row in rows:
        if row.case is None:
            continue
        with attempt() as tried:
            actions.end_posting(by=user, case=row.case, note="公示期满无异议")
        if tried.refusal is None:
            done += 1
        else:
            refused.append(f"{row.shown_name}：{tried.refusal.message}")
    if done:
        messages.success(request, _("已确认期满并上报：%(n)s 件") % {"n": done})
    for text in refused[:10]:
        messages.error(request, text)


def _photo(request: HttpRequest, user: User, rows: list[Posting]) -> None:
    form = PhotoForm(request.POST, request.FILES, today=clock.today())
    if not form.is_valid():
        messages.error(request, _("请拍摄或选择一张照片，并填写拍摄日期。"))
        return
    with attempt() as tried:
        values = form.cleaned_data
        actions.add_photo(
            by=user,
            postings=rows,
            content=values["photo"].read(),
            moment=values["moment"],
            taken_on=values["taken_on"],
        )
    if tried.refusal is None:
        messages.success(request, _("照片已保存。"))
    else:
        messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")


@needs("cases.view")
def posting(request: HttpRequest, posting_id: int) -> HttpResponse:
    """One notice: what it shows, its photos, objections and their answers; a POST adds a photo or an answer."""
    user = user_of(request)
    today = clock.today()
    found: Any = get_object_or_404(reads.notices(own_area(user), today), pk=posting_id)
    answer_form = AnswerForm(request.POST if "objection" in request.POST else None)
    if request.method == "POST":
        if "objection" in request.POST:
            _answer(request, user, found, answer_form)
        else:
            _photo(request, user, [found])
        return redirect("posting", posting_id)
    over = found.kind == PostingKind.POSTING and proof.is_over(found)
    kinds = [("posting_sheet", True), ("posting_proof", over)] if found.case is not None else []
    context = {
        "posting": found,
        "programme": names.programme_name(found.programme),
        "state": reads.state_of(found, today),
        "lacks": reads.lacks_photos(found, today),
        "photos": list(found.photos.order_by("moment", "taken_on", "pk")),
        "objections": list(found.objections.order_by("pk")),
        "may_answer": perms.may(user, OBJECTS, found.area_id),
        "answer_form": answer_form,
        "photo_form": PhotoForm(None, today=today, moment=Moment.END if over or found.has_start else Moment.START)
        if found.kind == PostingKind.POSTING and perms.may(user, POSTS, found.area_id)
        else None,
        "can_make": [
            (form.kind, pick(form.title, language()))
            for form in (catalogue.form(kind) for kind, possible in kinds if possible)
            if any(perms.may(user, one, found.area_id) for one in form.permissions)
        ],
        "case_url": page_of("case", found.case_id),
    }
    return render(request, "postings/posting.html", context)


def _answer(request: HttpRequest, user: User, found: Posting, form: AnswerForm) -> None:
    number = request.POST["objection"]
    objection = get_object_or_404(Objection, posting=found, pk=int(number) if number.isdecimal() else 0)
    if not form.is_valid():
        messages.error(request, _("请写明答复。"))
        return
    with attempt() as tried:
        actions.answer_objection(by=user, objection=objection, answer=form.cleaned_data["answer"])
    if tried.refusal is None:
        messages.success(request, _("答复已保存。"))
    else:
        messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")


@needs("cases.view")
def photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    """A photo of a board, to be looked at."""
    found = get_object_or_404(PostingPhoto.objects.select_related("document"), pk=photo_id)
    response = HttpResponse(documents.content(found.document), content_type=found.document.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@needs("cases.view")
def print_board(request: HttpRequest, area: str, kind: str) -> HttpResponse:
    """The sheets of a village as a page to print."""
    user = user_of(request)
    found = board.boards(villages=[area], kind=kind, phone=user.office.phone) if kind in PostingKind.values else []
    sheets = [{"board": one, "notes": board.notes(one)} for one in found]
    return render(request, "postings/board.html", {"sheets": sheets, "area": area})
