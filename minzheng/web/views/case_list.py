"""The list of cases."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.cases import queries, verification
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.languages import language
from minzheng.web.links import page_of
from minzheng.web.places import chosen_area, parts, user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.tables import Column, Table
from minzheng.web.views import batches


class CaseFilters(Filters):
    """Open cases by village, programme, stage; closed ones too."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[
            ("", gettext_lazy("在办")),
            ("overdue", gettext_lazy("已超期")),
            ("to_serve", gettext_lazy("待送达")),
            ("closed", gettext_lazy("已办结")),
        ],
    )

    def __init__(self, data: Any, places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        offer(self, "programme", with_any([(c, pick(p.name, language())) for c, p in names.programmes().items()]))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("cases.view")
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases in my area, what runs out first first."""
    user = user_of(request)
    filters = CaseFilters(request.GET, parts(user))
    area, programme = chosen_area(request), filters.values.get("programme") or ""
    state = filters.values.get("state") or ""
    if state == "closed":
        rows = queries.closed_cases(area, programme=programme)
    elif state == "to_serve":
        rows = queries.to_serve(area, programme=programme)
    elif state == "overdue":
        rows = queries.overdue(area)
        rows = rows.filter(programme=programme) if programme else rows
    else:
        rows = queries.open_cases(area, programme=programme)
    today = clock.today()
    columns = [
        Column("number", _("编号"), lambda row: row.number, order="number", link=lambda row: page_of("case", row.pk)),
        Column("who", _("对象"), lambda row: row.who, main=True, link=lambda row: page_of("case", row.pk)),
        Column("people", _("保障人数"), lambda row: row.people, kind="number"),
        Column("programme", _("项目"), lambda row: names.programme_name(row.programme), order="programme"),
        Column("kind", _("类别"), lambda row: _(row.get_kind_display()), order="kind"),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("opened", _("提出"), lambda row: row.opened_on, kind="day", order="opened_on"),
        Column("stage", _("环节"), lambda row: names.stage_name(row.programme, row.stage), order="stage"),
    ]
    if state == "closed":
        columns.append(Column("closed", _("办结"), lambda row: row.closed_on, kind="day", order="closed_on"))
    else:
        columns.append(
            Column(
                "due",
                _("期限"),
                lambda row: row.due_on,
                kind="day",
                order="due_on",
                tone=lambda row: "bad" if row.due_on and row.due_on < today else "",
            )
        )
    table = Table(
        request,
        rows,
        columns,
        title=_("办件"),
        unit=_("件"),
        empty=_("没有符合条件的办件。"),
        prepare=reads.name_cases,
        row_link=lambda row: page_of("case", row.pk),
        select=(lambda row: row.pk) if (kinds := batches.kinds(user)) else None,
    )
    usual = "decision_letter" if state in ("to_serve", "closed") else ""
    may = {"may_apply": perms.may(user, "cases.apply"), "may_verify": perms.may(user, verification.RESULT)}
    context = {"table": table, "filters": filters, "kinds": kinds, "usual": usual, **may}
    return list_or_excel(request, "cases/list.html", context)
