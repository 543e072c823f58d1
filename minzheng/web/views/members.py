"""Who comes into a family and who leaves it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.core import clock
from minzheng.people import actions, queries
from minzheng.people.models import Household, Relation
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt
from minzheng.web.templatetags.mz import relation_word


class JoinForm(Form):
    """Somebody who joins: found by their number, or registered with it."""

    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), max_length=30, widget=forms.TextInput(attrs={"data-private": ""})
    )
    name = forms.CharField(label=gettext_lazy("姓名（没有登记过的人填写）"), max_length=60, required=False)
    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"))
    on = Day(label=gettext_lazy("进户日期"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        joining = [one for one in Relation if one != Relation.HEAD]
        self.fields["relation"].choices = [(one.value, relation_word(one)) for one in joining]  # type: ignore[attr-defined]


class LeaveForm(Form):
    """Somebody who leaves."""

    person = forms.ChoiceField(label=gettext_lazy("谁离开"))
    on = Day(label=gettext_lazy("离开日期"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = queries.members(household, clock.today()).exclude(relation=Relation.HEAD)
        self.people = {str(one.person_id): one.person for one in current}
        self.fields["person"].choices = [(key, one.name) for key, one in self.people.items()]  # type: ignore[attr-defined]


@needs("people.edit")
def join(request: HttpRequest, household_id: int) -> HttpResponse:
    """Take somebody into a family; what that means for its benefits is worked out by a change case."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    form = JoinForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            user = user_of(request)
            person = queries.find_by_number(given["id_number"]) or actions.register_person(
                by=user, name=given["name"], area=household.area_id, id_number=given["id_number"]
            )
            actions.join(
                by=user,
                household=household,
                person=person,
                relation=given["relation"],
                on=given["on"],
                reason=given["reason"],
            )
        if tried.succeeded:
            return _done(request, household)
        refusal = tried.refusal
    context = {"household": household, "form": form, "refusal": refusal, "title": _("增加家庭成员")}
    return render(request, "households/change_member.html", context)


@needs("people.edit")
def leave(request: HttpRequest, household_id: int) -> HttpResponse:
    """Let somebody leave a family: married, moved, a household of their own. A death is recorded as such."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    form = LeaveForm(request.POST or None, household=household)
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            actions.leave(
                by=user_of(request),
                household=household,
                person=form.people[given["person"]],
                on=given["on"],
                reason=given["reason"],
            )
        if tried.succeeded:
            return _done(request, household)
        refusal = tried.refusal
    context = {"household": household, "form": form, "refusal": refusal, "title": _("减少家庭成员")}
    return render(request, "households/change_member.html", context)


def _done(request: HttpRequest, household: Household) -> HttpResponse:
    messages.success(request, _("家庭成员已更新。正在享受待遇的，请在“待遇与发放”中办理变更。"))
    return redirect("household", household.pk)
