"""Lists (名单) that are decided as a whole: festival parcels, army-day gifts, settlements."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.cases import actions
from minzheng.cases.models import Case, CaseList
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Form
from minzheng.web.links import page_of
from minzheng.web.places import user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table


class DecideForm(Form):
    """The decision on a list; who is ticked in the list below is refused."""

    note = forms.CharField(label=gettext_lazy("说明（有不予批准的须写理由）"), required=False, max_length=500)


@needs("cases.view")
def case_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """A list with its lines; whoever decides approves it as a whole, or without those ticked."""
    found = get_object_or_404(CaseList.objects.select_related("area"), pk=list_id)
    user = user_of(request)
    form = DecideForm(request.POST or None)
    refusal = None
    may = found.decided_on is None and any(
        perms.may(user, permission, found.area_id) for permission in ("cases.decide", "cases.decide_delegated")
    )
    if request.method == "POST" and form.is_valid():
        chosen = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal()]
        without = list(Case.objects.filter(pk__in=chosen, case_list=found))
        with attempt() as tried:
            actions.decide_list(by=user, case_list=found, without=without, note=form.cleaned_data["note"])
        if tried.succeeded:
            messages.success(request, _("名单已审定。"))
            return redirect("case-list-lines", found.pk)
        refusal = tried.refusal
    rows = Case.objects.filter(case_list=found).select_related("person", "household", "area").order_by("area_id", "pk")
    columns: list[Any] = [
        Column("number", _("编号"), lambda row: row.number, order="number", link=lambda row: page_of("case", row.pk)),
        Column("who", _("对象"), lambda row: row.who, main=True, link=lambda row: page_of("case", row.pk)),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("stage", _("环节"), lambda row: names.stage_name(row.programme, row.stage), order="stage"),
    ]
    table = Table(
        request,
        rows,
        columns,
        title=found.title,
        unit=_("户（人）"),
        empty=_("名单是空的。"),
        prepare=reads.name_cases,
        row_link=lambda row: page_of("case", row.pk),
        select=(lambda row: row.pk) if may else None,
        page_size=200,
    )
    context = {
        "list": found,
        "table": table,
        "form": form,
        "refusal": refusal,
        "may": may,
        "programme": names.programme_name(found.programme),
    }
    return list_or_excel(request, "cases/lines.html", context)
