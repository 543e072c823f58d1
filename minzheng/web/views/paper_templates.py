"""The office's own Word templates: which counts, taking and trying one, and going back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.cases.papers import WORD
from minzheng.core.errors import pick
from minzheng.core.paper import DEMO_NOTE
from minzheng.papers import actions, catalogue, filling, queries
from minzheng.papers.catalogue import Word
from minzheng.papers.queries import InForce
from minzheng.web.access import needs
from minzheng.web.excel import download, list_or_excel
from minzheng.web.forms import Form
from minzheng.web.languages import language
from minzheng.web.places import own_area, user_of
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.tables import Column, Table

KINDS = {
    "text": gettext_lazy("文字"),
    "day": gettext_lazy("日期"),
    "money": gettext_lazy("金额"),
    "flag": gettext_lazy("是否"),
    "photo": gettext_lazy("照片"),
    "rows": gettext_lazy("清单"),
}


class TemplateForm(Form):
    """An office's own file."""

    file = forms.FileField(
        label=gettext_lazy("Word 模板（.docx）"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=gettext_lazy("不超过 1 MB，不带宏；先检查、试填，再启用。"),
    )


@needs(actions.PERMISSION)
def templates(request: HttpRequest) -> HttpResponse:
    """Every paper, and whose template counts for it here."""
    area = own_area(user_of(request))
    columns = [
        Column("title", _("文书"), lambda row: pick(row.form.title, language()), main=True, link=_page_of),
        Column("whose", _("现用模板"), lambda row: _whose(row, area)),
        Column("file", _("文件"), lambda row: row.own.file_name if row.own else ""),
        Column("on", _("启用"), lambda row: row.own.put_on if row.own else None, kind="day"),
        Column("by", _("谁上传的"), lambda row: row.own.put_by_name if row.own else ""),
    ]
    rows = queries.all_in_force(area)
    table = Table(
        request, rows, columns, title=_("文书模板"), unit=_("份"), empty=_("没有文书。"), row_link=_page_of
    )  # fmt: skip
    return list_or_excel(request, "papers/templates.html", {"table": table})


@needs(actions.PERMISSION)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """One paper: its words, its template, and (POST) another file or going back."""
    user = user_of(request)
    area = own_area(user)
    form_of = catalogue.form(kind)
    upload = TemplateForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST":
        if request.POST.get("what") == "back":
            with attempt() as tried:
                actions.back_to_shipped(by=user, kind=kind, area=area)
            if tried.refusal is None:
                messages.success(request, _("已恢复。"))
                return redirect("paper-template", kind)
            refusal = tried.refusal
        elif upload.is_valid():
            given = upload.cleaned_data["file"]
            odd: list[Any] = []
            with attempt() as tried:
                _row, odd = actions.put_template(
                    by=user, kind=kind, area=area, content=given.read(), file_name=given.name
                )
            if tried.refusal is None:
                messages.success(request, _("模板已启用。"))
                for one in odd:
                    messages.warning(request, pick(one, language()))
                return redirect("paper-template", kind)
            refusal = tried.refusal
    found = queries.in_force(kind, area)
    context = {
        "kind": kind,
        "title": pick(form_of.title, language()),
        "whose": _whose(found, area),
        "own": found.own,
        "is_ours": found.own is not None and found.own.area_code == area,
        "may_put": perms.may(user, actions.PERMISSION, area),
        "form": upload,
        "refusal": refusal,
        "required": form_of.required,
        "how": _how(),
        "words": [
            (_mark(word), word.means, KINDS[word.kind], list(word.columns.values())) for word in form_of.words.values()
        ],
        "history": list(queries.history(kind, area)[:20]),
    }
    return render(request, "papers/template.html", context)


@needs(actions.PERMISSION)
def template_file(request: HttpRequest, kind: str, which: str) -> HttpResponse:
    """The template to save: `current`, `shipped`, or `tried` (the current one, filled with an invented case)."""
    found = queries.in_force(kind, own_area(user_of(request)))
    title = found.form.title["zh-Hans"]
    if which == "tried":
        content = filling.fill(found.content, found.form, found.form.sample(), note=DEMO_NOTE)
        return download(content, f"{title}（{_('试填')}）.docx", WORD)
    content = found.form.shipped() if which == "shipped" else found.content
    return download(content, f"{title}（{_('模板')}）.docx", WORD)


def _page_of(row: InForce) -> str:
    return reverse("paper-template", args=[row.form.kind])


def _whose(row: InForce, area: str) -> str:
    """Whose template counts: the system's, our own, or that of an area above."""
    if row.own is None:
        return _("系统提供")
    return _("本地区") if row.own.area_code == area else areas.name(row.own.area_code)


def _mark(word: Word) -> str:
    """How a template says it."""
    return f"{{%p for 行 in {word.name} %}}" if word.kind == "rows" else f"{{{{ {word.name} }}}}"


def _how() -> str:
    """The marks besides words, for whoever edits a template."""
    return _(
        "清单用循环填写：段落里以 %(start)s 开始、以 %(end)s 结束，各占一段；表格里用 %(row)s，各占一行。"
        "按条件显示用 %(when)s 和 %(done)s。金额大写是 %(capitals)s。"
    ) % {
        "start": "{%p for 行 in 清单 %}",
        "end": "{%p endfor %}",
        "row": "{%tr for 行 in 清单 %}",
        "when": "{%p if 条件 %}",
        "done": "{%p endif %}",
        "capitals": "{{ 金额|大写 }}",
    }
