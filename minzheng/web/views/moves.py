"""A family moves: to another village of the county, or out of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from minzheng.areas.models import Area, Level
from minzheng.areas.queries import within
from minzheng.core import clock
from minzheng.people import actions
from minzheng.people.models import Household
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, offer
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt
from minzheng.web.views.families import page

COUNTY = 6


class MoveForm(Form):
    """Where to: a village of the county, or a place outside it."""

    to_area = forms.ChoiceField(label=gettext_lazy("迁往本县哪个村（社区）"), required=False)
    to = forms.CharField(
        label=gettext_lazy("或者迁往县外（省、市、县）"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("两项只填一项。"),
    )
    on = Day(label=gettext_lazy("迁移日期"))
    address = forms.CharField(label=gettext_lazy("新住址"), required=False, max_length=200)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        county = Area.objects.filter(within(household.area_id[:COUNTY], "code"))
        towns = dict(county.filter(level=Level.TOWNSHIP).values_list("code", "name"))
        villages = county.filter(level=Level.COMMUNITY).exclude(code=household.area_id).order_by("code")
        named = [
            (code, f"{towns.get(code[:9], '')} {name}".strip()) for code, name in villages.values_list("code", "name")
        ]
        offer(self, "to_area", [("", "—"), *named])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("to_area")) == bool((given.get("to") or "").strip()):
            raise forms.ValidationError(_("请选本县的村（社区），或者填写县外的去处，两项只填一项。"))
        return given


@needs("people.edit")
def move(request: HttpRequest, household_id: int) -> HttpResponse:
    """Hand a family's file over to another township, or close it when the family leaves the county."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    form, refusal = MoveForm(request.POST or None, household=household, initial={"on": clock.today()}), None
    if request.method == "POST" and form.is_valid():
        given, user = form.cleaned_data, user_of(request)
        with attempt() as tried:
            if given["to_area"]:
                actions.hand_over(
                    by=user, household=household, to_area=given["to_area"], on=given["on"], address=given["address"]
                )
            else:
                actions.move_out(by=user, household=household, to=given["to"], on=given["on"])
        if tried.succeeded:
            inside, outside = _("迁移已办理，交接单在“材料”中。"), _("迁出已登记，停发已立案，请查验证明后报县级。")
            messages.success(request, inside if given["to_area"] else outside)
            return redirect("household", household.pk)
        refusal = tried.refusal
    consequence = _(
        "县内：档案、待遇移交新乡镇，本月及以前由原乡镇发放，下月起由新乡镇发放，不断月、不重月。县外：注销档案，待遇缓发，并立案由县级决定停发。"
    )
    return page(request, household, form, refusal, pgettext("办理", "迁移"), consequence)


class TakeBackForm(Form):
    """Why a record is taken back."""

    note = forms.CharField(
        label=gettext_lazy("撤销的原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如：登记错了户；说要迁走，没有迁成。"),
    )  # fmt: skip


@needs("people.edit")
def take_back(request: HttpRequest, household_id: int) -> HttpResponse:
    """Take back a merging, a splitting or a move out of the county that was a mistake or came to nothing."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    form, refusal = TakeBackForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            actions.take_back(by=user_of(request), household=household, note=form.cleaned_data["note"])
        if tried.succeeded:
            messages.success(request, _("登记已撤销，档案、人员和待遇恢复原状。"))
            return redirect("household", household.pk)
        refusal = tried.refusal
    consequence = _(
        "撤销最近一次并户、分户或迁出本县的登记：档案、人员、收入财产恢复到登记以前，因此立的案一并撤销，缓发的补发。已经作出决定的不能撤销。"
    )
    return page(request, household, form, refusal, _("撤销登记"), consequence)


@needs("people.edit")
def receive(request: HttpRequest, household_id: int) -> HttpResponse:
    """The new office has looked through a file that was handed over."""
    household = get_object_or_404(Household, pk=household_id)
    if request.method == "POST":
        actions.receive_file(by=user_of(request), household=household)
        messages.success(request, _("已接收。"))
    return redirect("household", household.pk)
