"""Registers: the left-behind, and disasters with their losses and houses."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.sectors.care import actions as care_actions
from minzheng.sectors.care import queries as care
from minzheng.sectors.care.models import LeftBehind, LeftBehindKind
from minzheng.sectors.disaster.models import Disaster, HouseDamage, LossReport
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Day, Filters, Form, offer, with_any
from minzheng.web.places import chosen_area, own_area, parts, user_of
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table
from minzheng.web.templatetags.mz import unit_word


class LeftBehindFilters(Filters):
    """By village and kind."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=with_any(LeftBehindKind.choices))

    def __init__(self, data: Any, places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        offer(self, "kind", with_any([(value, _(label)) for value, label in LeftBehindKind.choices]))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("registers.edit", "reports.view")
def left_behind(request: HttpRequest) -> HttpResponse:
    """The register of left-behind children, women and elders."""
    user = user_of(request)
    filters = LeftBehindFilters(request.GET, parts(user))
    today = clock.today()
    everybody = care.register_on(own_area(user), today)
    rows = care.register_on(chosen_area(request), today, filters.values.get("kind") or None)
    counted = {kind: sum(1 for entry in everybody if entry.kind == kind) for kind in LeftBehindKind.values}
    tiles = [
        {"label": _(label), "value": counted[kind], "unit": unit_word("人", counted[kind]), "url": f"?kind={kind}"}
        for kind, label in LeftBehindKind.choices
    ]
    columns = [
        Column("name", _("姓名"), lambda row: row.person.name, order="person__name", main=True),
        Column("kind", _("类别"), lambda row: _(row.get_kind_display()), order="kind"),
        Column("sex", _("性别"), lambda row: _(row.person.get_sex_display())),
        Column("age", _("年龄"), lambda row: people.age(row.person, today), kind="number", order="person__birth_date"),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("away", _("外出的人"), lambda row: row.who_is_away),
        Column("carer", _("照料人"), lambda row: row.carer),
        Column("needs", _("需要"), lambda row: row.needs),
        Column("since", _("登记日期"), lambda row: row.registered_on, kind="day", order="registered_on"),
    ]
    table = Table(
        request,
        rows,
        columns,
        title=_("留守人员登记"),
        unit=_("人"),
        empty=_("没有符合条件的人。从个人页面登记留守人员。"),
        row_link=lambda row: reverse("person", args=[row.person_id]),
    )
    context = {"table": table, "filters": filters, "tiles": tiles}
    return list_or_excel(request, "registers/left_behind.html", context)


class LeftBehindForm(Form):
    """A person comes on the register."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=LeftBehindKind.choices)
    who_is_away = forms.CharField(label=gettext_lazy("外出的人"), required=False, max_length=200)
    carer = forms.CharField(label=gettext_lazy("照料人"), required=False, max_length=200)
    needs = forms.CharField(label=gettext_lazy("需要"), required=False, max_length=500)
    on = Day(label=gettext_lazy("登记日期"))


@needs("registers.edit")
def register_left_behind(request: HttpRequest, person_id: int) -> HttpResponse:
    """Enter a person in the register."""
    person = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    form = LeftBehindForm(request.POST or None, initial={"on": clock.today()})
    offer(form, "kind", [(value, _(label)) for value, label in LeftBehindKind.choices])
    refusal = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            care_actions.register_left_behind(by=user_of(request), person=person, **form.cleaned_data)
        if tried.succeeded:
            return redirect("left-behind")
        refusal = tried.refusal
    return render(request, "registers/left_behind_form.html", {"person": person, "form": form, "refusal": refusal})


@needs("disaster.report", "reports.view")
def disasters(request: HttpRequest) -> HttpResponse:
    """The disasters of the area, the latest first, with what they cost."""
    rows = []
    found = (
        Disaster.objects.filter(areas.within(own_area(user_of(request)))).select_related("area").order_by("-began_on")
    )
    for disaster in found:
        losses = counting(disaster)
        rows.append(
            {
                "disaster": disaster,
                "people": sum(loss.people_affected for loss in losses),
                "mu": plain(sum(loss.crops_affected_mu for loss in losses)),
                "loss": sum(loss.direct_loss for loss in losses),
                "houses": disaster.houses.filter(damage="collapsed").count(),
            }
        )
    return render(request, "registers/disasters.html", {"rows": rows})


@needs("disaster.report", "reports.view")
def disaster(request: HttpRequest, disaster_id: int) -> HttpResponse:
    """One disaster: the losses by village as they count now, and the houses sheet by sheet."""
    found = get_object_or_404(Disaster.objects.select_related("area"), pk=disaster_id)
    losses = counting(found)
    houses = HouseDamage.objects.filter(disaster=found).select_related("household", "area").order_by("area_id", "pk")
    names = people.heads([house.household_id for house in houses], clock.today()) if houses else {}
    affected = sum(loss.people_affected for loss in losses)
    collapsed = sum(1 for house in houses if house.damage == "collapsed")
    tiles = [
        {"label": _("受灾人口"), "value": affected, "unit": unit_word("人", affected)},
        {"label": _("农作物受灾"), "value": plain(sum(loss.crops_affected_mu for loss in losses)), "unit": _("亩")},
        {"label": _("倒塌住房"), "value": collapsed, "unit": unit_word("户", collapsed)},
    ]
    loss_table = Table(
        request,
        losses,
        _loss_columns(),
        unit=_("个村"),
        empty=_("还没有灾情报告。"),
        export=False,
        prefix="l",
        title=found.name,
    )
    house_table = Table(
        request,
        list(houses),
        _house_columns(names),
        unit=_("户"),
        empty=_("没有登记受损住房。"),
        title=found.name + _("住房损失"),
        row_link=lambda house: reverse("household", args=[house.household_id]),
    )
    context = {"disaster": found, "tiles": tiles, "losses": loss_table, "table": house_table}
    return list_or_excel(request, "registers/disaster.html", context)


def counting(disaster: Disaster) -> list[LossReport]:
    """The last report of each village: the one that counts."""
    latest: dict[str, LossReport] = {}
    for loss in disaster.reports.select_related("area").order_by("reported_at", "pk"):
        latest[loss.area_id] = loss
    return [latest[code] for code in sorted(latest)]


def plain(mu: Decimal | int) -> Decimal | int:
    """A count of mu without idle decimals: 381.00 is 381."""
    return int(mu) if mu == int(mu) else Decimal(mu).normalize()


def _loss_columns() -> list[Column]:
    return [
        Column("area", _("村（社区）"), lambda loss: loss.area.name, main=True),
        Column("stage", _("报告"), lambda loss: _(loss.get_stage_display())),
        Column("at", _("时间"), lambda loss: loss.reported_at.date(), kind="day"),
        Column("affected", _("受灾人口"), lambda loss: loss.people_affected, kind="number", total=True),
        Column("moved", _("转移安置"), lambda loss: loss.people_moved, kind="number", total=True),
        Column("mu", _("农作物受灾（亩）"), lambda loss: plain(loss.crops_affected_mu), kind="number", total=True),
        Column("loss", _("直接经济损失（元）"), lambda loss: loss.direct_loss, kind="money", total=True),
    ]


def _house_columns(names: dict[int, Person]) -> list[Column]:
    return [
        Column(
            "head",
            _("户主"),
            lambda house: names[house.household_id].name if house.household_id in names else "",
            main=True,
        ),
        Column("number", _("档案号"), lambda house: house.household.number),
        Column("area", _("村（社区）"), lambda house: house.area.name),
        Column("damage", _("损坏程度"), lambda house: _(house.get_damage_display())),
        Column("rooms", _("间数"), lambda house: house.rooms, kind="number", total=True),
        Column("only", _("唯一住房"), lambda house: _("是") if house.only_home else _("否")),
        Column("on", _("登记日期"), lambda house: house.reported_on, kind="day"),
    ]


def may_register(request: HttpRequest, person: Person) -> bool:
    """Whether this user may enter the person in a register."""
    return (
        perms.may(user_of(request), "registers.edit", person.area_id)
        and not LeftBehind.objects.filter(person=person, ended_on=None).exists()
    )
