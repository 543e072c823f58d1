"""A family goes on under another head: after a death in a new file, else in the same; minors alone are referred."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards import anew
from minzheng.awards.models import Award
from minzheng.awards.queries import going_on
from minzheng.cases import actions as cases
from minzheng.cases.models import Case, CaseKind
from minzheng.core import clock
from minzheng.people import actions, queries
from minzheng.people.models import Household, Membership, Person, Relation
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Form, offer
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt
from minzheng.web.templatetags.mz import relation_word


class HeadForm(Form):
    """Who is the head from now on; what the others are to them, where it does not follow by itself."""

    head = forms.ChoiceField(label=gettext_lazy("新户主"))

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(row.person_id): row.person for row in members}
        may_lead = [
            row.person
            for row in members
            if row.relation != Relation.HEAD and not queries.is_minor(row.person, clock.today())
        ]
        offer(self, "head", [(str(person.pk), person.name) for person in may_lead])
        words = [(one.value, relation_word(one)) for one in Relation if one != Relation.HEAD]
        for row in members:
            label = _("%(name)s 与新户主关系") % {"name": row.person.name}
            field = forms.ChoiceField(label=label, required=False, choices=[("", _("按原关系推算")), *words])
            field.widget.attrs["class"] = "form-select"
            self.fields[f"relation_{row.person_id}"] = field

    def chosen(self) -> Person:
        return self.people[self.cleaned_data["head"]]

    def relation(self) -> dict[int, str]:
        """To the new head, by person, as far as it was said by hand."""
        given = {int(key): self.cleaned_data[f"relation_{key}"] for key in self.people}
        return {key: value for key, value in given.items() if value}


class SucceedForm(HeadForm):
    """After the head's death: also who is paid, and whether the means are verified anew."""

    payee = forms.ChoiceField(label=gettext_lazy("领款人"), required=False)
    number = forms.CharField(
        label=gettext_lazy("新档案号"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("留空则在原档案号后加序号。"),
    )
    verify = forms.BooleanField(
        label=gettext_lazy("同时登记动态变更，重新核实收入和财产（可能增发）"), required=False, initial=True
    )

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, members=members, **kwargs)
        adults = [(key, one.name) for key, one in self.people.items() if not queries.is_minor(one, clock.today())]
        offer(self, "payee", [("", _("新户主")), *adults])


class ReferForm(Form):
    """Only minors are left: who looks after them and is paid for them."""

    id_number = forms.CharField(
        label=gettext_lazy("监护人身份证号"), max_length=30, widget=forms.TextInput(attrs={"data-private": ""})
    )
    name = forms.CharField(label=gettext_lazy("姓名（没有登记过的人填写）"), max_length=60, required=False)
    note = forms.CharField(
        label=gettext_lazy("监护和照料情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@needs("people.edit")
def head(request: HttpRequest, household_id: int) -> HttpResponse:
    """Name another head of a family; after the death of the one there was the new file is opened here."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    members = list(queries.members(household, clock.today()))
    if any(row.relation == Relation.HEAD for row in members):
        return _change(request, household, members)
    if members and all(queries.is_minor(row.person, clock.today()) for row in members):
        return _refer(request, household)
    return _succeed(request, household, members)


def _succeed(request: HttpRequest, household: Household, members: list[Membership]) -> HttpResponse:
    form, refusal = SucceedForm(request.POST or None, members=members), None
    if request.method == "POST" and form.is_valid():
        user, given = user_of(request), form.cleaned_data
        with attempt() as tried:
            after = actions.succeed(
                by=user,
                household=household,
                head=form.chosen(),
                payee=form.people[given["payee"]] if given["payee"] else None,
                relation=form.relation(),
                number=given["number"].strip(),
            )
            if given["verify"]:
                _verify_means(user, after)
        if tried.succeeded:
            if anew.asked(after):
                messages.warning(
                    request, _("渐退期已因去世结束的待遇没有可以变更的金额，须为新档重新申请，已列入工作清单。")
                )
            messages.success(request, _("新档已建立，缓发的款项随下一批次补发；告知书在“材料”中。"))
            return redirect("household", after.pk)
        refusal = tried.refusal
    consequence = _("保存后旧档注销、新档接续；待遇不断档，改付新领款人，按剩余人口重新核算。")
    return page(request, household, form, refusal, _("确定新户主，转立新档"), consequence)


def _verify_means(user: User, household: Household) -> None:
    """A change for each benefit that depends on the family's means: what it has now is verified, the amount follows.
    One that the death has ended with its grace period is applied for anew instead: its task came along."""
    link = queries.files_before(household)[0]
    for award in Award.objects.filter(going_on(clock.today()), household=household).order_by("pk"):
        open_ones = Case.objects.filter(household=household, programme=award.programme, kind=CaseKind.CHANGE)
        if not names.knows_changes(award.programme) or open_ones.filter(closed_on=None).exists():
            continue
        if perms.may(user, "cases.change", household.area_id):
            cases.open_case(
                by=user,
                programme=award.programme,
                kind=CaseKind.CHANGE,
                household=household,
                reason="member_died",
                event_on=link.on,
                note=f"{link.note}去世，重新核实收入财产（原档 {link.before_number}）",
            )


def _refer(request: HttpRequest, household: Household) -> HttpResponse:
    form, refusal = ReferForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            user = user_of(request)
            guardian = queries.find_by_number(given["id_number"]) or actions.register_person(
                by=user, name=given["name"], area=household.area_id, id_number=given["id_number"]
            )
            after = actions.refer_minors(by=user, household=household, guardian=guardian, note=given["note"])
        if tried.succeeded:
            messages.success(request, _("已转介，转介单在“材料”中；待遇由监护人代领，不停发。"))
            return redirect("household", after.pk)
        refusal = tried.refusal
    consequence = _("保存后生成《转介单》，新档以最年长的未成年人立户，待遇由监护人代领，继续发放。")
    return page(request, household, form, refusal, _("转介儿童福利"), consequence)


def _change(request: HttpRequest, household: Household, members: list[Membership]) -> HttpResponse:
    form, refusal = HeadForm(request.POST or None, members=members), None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            actions.change_head(by=user_of(request), household=household, head=form.chosen(), relation=form.relation())
        if tried.succeeded:
            messages.success(request, _("户主已变更，原由户主领取的待遇改付新户主。"))
            return redirect("household", household.pk)
        refusal = tried.refusal
    consequence = _("没有人去世的户主变更：档案号不变，金额不变，原由户主领取的待遇改付新户主，告知书在“材料”中。")
    return page(request, household, form, refusal, _("户主变更"), consequence)


def page(
    request: HttpRequest, household: Household, form: Form, refusal: Any, title: str, consequence: str
) -> HttpResponse:
    """A form about a family, with what it leads to."""
    context = {
        "household": household,
        "head": queries.head(household, clock.today()),
        "form": form,
        "refusal": refusal,
        "title": title,
        "consequence": consequence,
    }
    return render(request, "households/change_member.html", context)
