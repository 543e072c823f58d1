"""The files of cases: which are incomplete, and the whole of one in the order in which it is bound."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.areas.queries import within
from minzheng.cases.files import binding
from minzheng.cases.files.checking import Report
from minzheng.cases.models import Case
from minzheng.cases.papers import WORD
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.languages import language, listed
from minzheng.web.links import page_of
from minzheng.web.places import chosen_area, parts, user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.tables import Column, Table
from minzheng.web.views.documents import in_form

MOST = 500
"""So many files of a list are checked at once, the latest first; a village or a programme makes it fewer."""


class FileFilters(Filters):
    """By village, programme, year, and whether the case is closed."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    year = forms.ChoiceField(label=gettext_lazy("年度"))
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[("", gettext_lazy("已办结")), ("open", gettext_lazy("在办"))],
    )

    def __init__(self, data: Any, places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        this = clock.today().year
        offer(self, "area", with_any(places))
        offer(self, "programme", with_any([(c, pick(p.name, language())) for c, p in names.programmes().items()]))
        offer(self, "year", with_any([(str(year), str(year)) for year in range(this, this - 6, -1)]))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("cases.view")
def incomplete(request: HttpRequest) -> HttpResponse:
    """The files that lack something or contradict themselves."""
    filters = FileFilters(request.GET, parts(user_of(request)))
    closed = filters.values.get("state") != "open"
    cases = Case.objects.filter(within(chosen_area(request)), closed_on__isnull=not closed, case_list=None)
    cases = cases.exclude(outcome="withdrawn")
    if programme := filters.values.get("programme"):
        cases = cases.filter(programme=programme)
    if year := filters.values.get("year"):
        cases = cases.filter(opened_on__year=int(year))
    rows = list(cases.select_related("area", "household", "person").order_by("-opened_on", "-pk")[: MOST + 1])
    reads.name_cases(rows)
    found = [report for report in binding.reports(rows[:MOST]) if not report.complete]
    columns = [
        Column("number", _("编号"), lambda row: row.facts.case.number, link=_page, main=True),
        Column("who", _("对象"), lambda row: row.facts.case.who, link=_page),
        Column("programme", _("项目"), lambda row: names.programme_name(row.facts.case.programme)),
        Column("area", _("村（社区）"), lambda row: row.facts.case.area.name),
        Column("opened", _("提出"), lambda row: row.facts.case.opened_on, kind="day"),
        Column("missing", _("缺少"), _missing),
        Column(
            "contradictions", _("前后矛盾"), lambda row: "；".join(pick(one, language()) for one in row.contradictions)
        ),
    ]
    table = Table(
        request, found, columns, title=_("不齐全的档案"), unit=_("卷"), empty=_("没有不齐全的档案。"), row_link=_page
    )  # fmt: skip
    context = {"table": table, "filters": filters, "checked": min(len(rows), MOST), "more": len(rows) > MOST}
    return list_or_excel(request, "files/incomplete.html", context)


@needs("cases.view")
def case_file(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case's whole file to print, as Word or (`?as=pdf`) as PDF."""
    case = get_object_or_404(Case.objects.select_related("area", "household", "person"), pk=case_id)
    content = binding.bind(by=user_of(request), case=case)
    return in_form(request, content, f"{_('归档')} {case.number}.docx", WORD)


@needs("cases.view")
def make_missing(request: HttpRequest, case_id: int) -> HttpResponse:
    """Make the papers of a case that its file lacks (POST)."""
    case = get_object_or_404(Case.objects.select_related("area", "household", "person"), pk=case_id)
    if request.method == "POST":
        made = binding.make_missing(by=user_of(request), case=case)
        titles = listed(document.title.partition(" ")[0] for document in made)
        if made:
            messages.success(request, _("已生成：%(titles)s") % {"titles": titles})
        else:
            messages.warning(request, _("现在没有可以由您生成的文书。"))
    return redirect("case", case_id)


def _page(row: Report) -> str | None:
    return page_of("case", row.facts.case.pk)


def _missing(row: Report) -> str:
    return listed(pick(one.item.label, language()) for one in row.missing)


def _contradictions(row: Report) -> str:
    return "；".join(pick(one, language()) for one in row.contradictions)
