"""Two families become one, or one becomes two."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from minzheng.core import clock
from minzheng.people import actions, queries
from minzheng.people.models import Circle, Household, Membership, Relation
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, Yuan, offer
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt
from minzheng.web.templatetags.mz import relation_word
from minzheng.web.views.families import page


class MergeForm(Form):
    """Which family this one joins, what its people are to the head there, and the income of all of them."""

    number = forms.CharField(label=gettext_lazy("并入哪一户（档案号）"), max_length=40)
    income = Yuan(label=gettext_lazy("并户后全家年收入（元）"))
    houses = forms.IntegerField(
        label=gettext_lazy("并户后住房（套）"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("两户都有住房的须填写：同住的一处只算一套。"),
    )
    on = Day(label=gettext_lazy("并户日期"))

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(one.value, relation_word(one)) for one in Relation if one != Relation.HEAD]
        for row in members:
            label = _("%(name)s 与新户主关系") % {"name": row.person.name}
            field = forms.ChoiceField(label=label, choices=words, initial=Relation.OTHER)
            field.widget.attrs["class"] = "form-select"
            self.fields[f"relation_{row.person_id}"] = field

    def means(self) -> dict[str, int]:
        """What is known of the whole family, by the names of facts."""
        given = {"annual_income": self.cleaned_data["income"], "houses": self.cleaned_data["houses"]}
        return {name: value for name, value in given.items() if value is not None}

    def relation(self) -> dict[int, str]:
        """To the head of the family they join, by person."""
        given = self.cleaned_data.items()
        return {int(key.removeprefix("relation_")): value for key, value in given if key.startswith("relation_")}

    def clean_number(self) -> Household:
        number = self.cleaned_data["number"].strip()
        found = Household.objects.filter(circle=Circle.FAMILY, number=number, dissolved_on=None).first()
        if found is None:
            raise forms.ValidationError(_("没有这个档案号，或已注销。"))
        return found


class SplitForm(Form):
    """Who sets up a household of their own, under which head, and the income of both."""

    persons = forms.MultipleChoiceField(label=gettext_lazy("谁分出去"), widget=forms.CheckboxSelectMultiple)
    head = forms.ChoiceField(label=gettext_lazy("新户的户主"))
    income = Yuan(label=gettext_lazy("新户年收入（元）"))
    left = Yuan(label=gettext_lazy("留下的一户年收入（元）"))
    on = Day(label=gettext_lazy("分户日期"))

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(row.person_id): row.person for row in members if row.relation != Relation.HEAD}
        choices = [(key, person.name) for key, person in self.people.items()]
        offer(self, "persons", choices)
        offer(self, "head", choices)


@needs("people.edit")
def merge(request: HttpRequest, household_id: int) -> HttpResponse:
    """Let a family join another; its file is closed."""
    household, members = _family(household_id)
    form, refusal = MergeForm(request.POST or None, members=members, initial={"on": clock.today()}), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            actions.merge(
                by=user_of(request),
                household=household,
                into=given["number"],
                means=form.means(),
                relation=form.relation(),
                on=given["on"],
            )
        if tried.succeeded:
            messages.success(request, _("已并户，待遇已立案，请核实、测算后报县级决定；决定前照原标准发放。"))
            return redirect("household", given["number"].pk)
        refusal = tried.refusal
    consequence = _(
        "本档注销，并入另一户；待遇立案，由县级决定，自决定的次月起两户合为一份，按全家人口和收入核算，人不重、月不重；决定前照原标准发放。"
    )
    return page(request, household, form, refusal, pgettext("办理", "并户"), consequence)


@needs("people.edit")
def split(request: HttpRequest, household_id: int) -> HttpResponse:
    """Let some of a family set up a household of their own; the old file goes on."""
    household, members = _family(household_id)
    form, refusal = SplitForm(request.POST or None, members=members, initial={"on": clock.today()}), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            after = actions.split(
                by=user_of(request),
                household=household,
                persons=[form.people[key] for key in given["persons"]],
                head=form.people[given["head"]],
                means={"annual_income": given["income"]},
                left={"annual_income": given["left"]},
                on=given["on"],
            )
        if tried.succeeded:
            said = _("已分户，两户的待遇已立案，请分别核实、测算后报县级一并决定；决定前照原标准发放。")
            messages.success(request, said)
            return redirect("household", after.pk)
        refusal = tried.refusal
    consequence = _(
        "分出的人另立新档；两户待遇各立一案，按各自的人口和收入测算，由县级一并决定，自决定的次月起执行；决定前照原标准发放。"
    )
    return page(request, household, form, refusal, pgettext("办理", "分户"), consequence)


def _family(household_id: int) -> tuple[Household, list[Membership]]:
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    return household, list(queries.members(household, clock.today()))
