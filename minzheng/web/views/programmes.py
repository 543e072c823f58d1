"""A programme's roster: in force, added, removed, changed in a month."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.awards import queries as awards
from minzheng.awards.queries import RosterLine
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.people.models import Residence
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.languages import language
from minzheng.web.places import chosen_area, own_area, parts, user_of
from minzheng.web.tables import Column, Table
from minzheng.web.templatetags.mz import counted, unit_word, yuan

VIEWS = {
    "in_force": gettext_noop("在册"),
    "added": gettext_noop("新增"),
    "removed": gettext_noop("退出"),
    "changed": gettext_noop("变更"),
}


class RosterFilters(Filters):
    """By month, village, residence, category."""

    month = forms.CharField(
        label=gettext_lazy("月份"), widget=forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}"})
    )
    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    residence = forms.ChoiceField(label=gettext_lazy("城乡"))
    category = forms.ChoiceField(label=gettext_lazy("类别"))

    def __init__(self, data: Any, *, places: list[tuple[str, str]], categories: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        offer(self, "residence", with_any([(value, _(label)) for value, label in Residence.choices]))
        offer(self, "category", with_any(categories))
        if not categories:
            del self.fields["category"]
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})

    @property
    def active(self) -> bool:
        """The month is always chosen."""
        return any(value for name, value in self.values.items() if name != "month")


@needs("awards.view")
def roster(request: HttpRequest, code: str) -> HttpResponse:
    """Who is on the roster in a month, and who came, went or changed."""
    known = names.programmes().get(code)
    if known is None:
        raise Http404(code)
    user = user_of(request)
    month = asked_month(request.GET.get("month", ""))
    categories = _categories(code, own_area(user), month)
    data = request.GET.copy()
    data["month"] = f"{month:%Y-%m}"
    filters = RosterFilters(data, places=parts(user), categories=categories)
    found = awards.roster(
        code,
        chosen_area(request),
        month,
        residence=filters.values.get("residence") or None,
        category=filters.values.get("category") or None,
    )
    view = request.GET.get("view", "in_force")
    view = view if view in VIEWS else "in_force"
    lines: list[RosterLine] = getattr(found, view)
    household_unit = known.unit == "household"
    name = pick(known.name, language())
    table = Table(
        request,
        lines,
        _columns(view, household_unit, bool(categories), names.cycle_name(names.pay_cycle(code, month))),
        title=f"{name} {month:%Y-%m} {_(VIEWS[view])}",
        unit=_("户") if household_unit else _("人"),
        empty=_("这个月没有符合条件的记录。换一个月份，或清除筛选。"),
        row_link=_page,
        page_size=100,
    )
    tiles = [
        {
            "label": _(label),
            "value": f"{len(getattr(found, key)):,}",
            "unit": unit_word("户" if household_unit else "人", len(getattr(found, key))),
            "note": _note(getattr(found, key), household_unit),
            "url": table.url(view=key, page=None, sort=None),
            "tone": "on" if key == view else "",
        }
        for key, label in VIEWS.items()
    ]
    context = {
        "table": table,
        "filters": filters,
        "tiles": tiles,
        "name": name,
        "view": view,
        "view_label": _(VIEWS[view]),
        "cycle": names.cycle_name(names.pay_cycle(code, month)),
        "month": month,
    }
    return list_or_excel(request, "programmes/roster.html", context)


def asked_month(text: str) -> dt.date:
    """`2025-06` as its first day; this month where it cannot be read."""
    try:
        month = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return clock.today().replace(day=1)
    return month if 1990 <= month.year <= 2100 else clock.today().replace(day=1)


def _note(lines: list[RosterLine], household_unit: bool) -> str:
    people = sum(line.people for line in lines)
    fen = sum(line.amount for line in lines)
    said = counted(people, "人") + " · " if household_unit else ""
    return f"{said}{yuan(fen)} " + _("元")


def _page(line: RosterLine) -> str:
    if line.household_id:
        return reverse("household-tab", args=[line.household_id, "money"])
    return reverse("person", args=[line.person_id]) if line.person_id else ""


def _columns(view: str, household_unit: bool, has_categories: bool, cycle: str) -> list[Column]:
    columns = [
        Column("name", _("户主") if household_unit else _("姓名"), lambda line: line.name, main=True, link=_page),
        Column("village", _("村（社区）"), lambda line: line.village),
        Column("people", _("保障人数"), lambda line: line.people, kind="number", total=True),
        Column("residence", _("城乡"), lambda line: _(dict(Residence.choices).get(line.residence, ""))),
    ]
    if has_categories:
        columns.append(Column("category", _("类别"), lambda line: names.category_name(line.category)))
    columns += [
        Column("since", _("起享月"), lambda line: line.since, kind="month"),
        Column("reason", _("原因"), lambda line: names.reason_name(line.reason)),
    ]
    if view == "removed":
        columns.append(Column("until", _("末月"), lambda line: line.until, kind="month"))
    if view == "changed":
        columns += [
            Column("before", _("原金额（元）"), lambda line: line.before, kind="money", total=True),
            Column(
                "difference", _("增减（元）"), lambda line: line.amount - (line.before or 0), kind="money", total=True
            ),
        ]
    columns.append(
        Column(
            "amount", _("%(cycle)s金额（元）") % {"cycle": cycle}, lambda line: line.amount, kind="money", total=True
        )
    )
    if view == "in_force":
        columns.append(Column("held", _("备注"), lambda line: _("缓发") if line.held else "", kind="badge"))
    return columns


def _categories(code: str, area: str, month: dt.date) -> list[tuple[str, str]]:
    found = awards.in_force(code, area, month).order_by().values_list("category", flat=True).distinct()
    return [(category, names.category_name(category)) for category in sorted(set(found)) if category]
