"""A new application: find or register the family, then open the case with what it declares."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import actions as cases
from minzheng.cases import procedure, renewal
from minzheng.cases.models import Case, CaseKind
from minzheng.core import clock
from minzheng.core.errors import Refused, pick, refuse
from minzheng.people import actions as people_actions
from minzheng.people import queries as people
from minzheng.people.models import Circle, FactSource, Household, Person, Relation, Residence
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.fact_forms import FactForm
from minzheng.web.forms import Day, Form, offer, villages
from minzheng.web.languages import language
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.templatetags.mz import relation_word

MEMBERS = 6
"""How many people the form for a new family takes; more join later."""


@needs("cases.apply")
def start(request: HttpRequest) -> HttpResponse:
    """Find who applies; or register a new family."""
    return render(request, "cases/apply_start.html", found_families(request) | {"target": "apply"})


def found_families(request: HttpRequest) -> dict[str, Any]:
    """What was searched for, and the people found with their families."""
    user = user_of(request)
    text = request.GET.get("q", "").strip()
    persons = list(people.search(text).select_related("area")[:30]) if text else []
    today = clock.today()
    found = [
        (person, people.family_of(person, today), people.age(person, min(today, person.died_on or today)))
        for person in persons
    ]
    return {"text": text, "found": found, "may_register": perms.may(user, "people.edit", own_area(user))}


class FamilyForm(Form):
    """A new family: the head first, then up to five more."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    address = forms.CharField(label=gettext_lazy("住址"), max_length=200)
    residence = forms.ChoiceField(label=gettext_lazy("城乡"))
    number = forms.CharField(label=gettext_lazy("档案号"), max_length=40, help_text=gettext_lazy("与纸质档案一致。"))
    phone = forms.CharField(
        label=gettext_lazy("户主电话"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"data-private": ""}),
    )
    account = forms.CharField(
        label=gettext_lazy("户主账号（一卡通）"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"data-private": ""}),
    )

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        offer(self, "area", villages([own_area(user)]))
        offer(self, "residence", [(value, _(label)) for value, label in reversed(Residence.choices)])


class MemberForm(Form):
    """One member of a new family. Without an identity number the birth date, the sex and the reason are needed."""

    name = forms.CharField(label=gettext_lazy("姓名"), required=False, max_length=60)
    relation = forms.ChoiceField(label=gettext_lazy("与户主关系"), required=False)
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"data-private": ""}),
    )
    birth_date = Day(label=gettext_lazy("出生日期（无证时）"), required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("性别（无证时）"),
        required=False,
        choices=[("", "—"), ("male", gettext_lazy("男")), ("female", gettext_lazy("女"))],
    )
    no_number_reason = forms.CharField(label=gettext_lazy("无证原因"), required=False, max_length=100)

    def __init__(self, data: Any, place: int) -> None:
        super().__init__(data, prefix=f"m{place}")
        offer(self, "relation", [(value, relation_word(value)) for value in Relation.values])
        self.fields["relation"].initial = (
            Relation.HEAD if place == 0 else Relation.SPOUSE if place == 1 else Relation.SON
        )
        if place == 0:
            self.fields["name"].required = True


@needs("people.edit")
def register_family(request: HttpRequest) -> HttpResponse:
    """Register the people of a new family, then go on to its application."""
    user = user_of(request)
    form = FamilyForm(request.POST or None, user)
    rows = [MemberForm(request.POST or None, place) for place in range(MEMBERS)]
    refusal = None
    if request.method == "POST" and all([form.is_valid(), *(row.is_valid() for row in rows)]):
        household: Household | None = None
        with attempt() as tried:
            household = _register(user, form.cleaned_data, [row.cleaned_data for row in rows])
        if household is not None and tried.succeeded:
            return redirect(reverse("apply") + f"?household={household.pk}")
        refusal = tried.refusal
    return render(request, "cases/family_form.html", {"form": form, "rows": rows, "refusal": refusal})


def _register(user: User, values: dict[str, Any], rows: list[dict[str, Any]]) -> Household:
    members: list[tuple[Person, str]] = []
    for place, row in enumerate(rows):
        if not row["name"]:
            if any(row.get(key) for key in ("id_number", "birth_date", "no_number_reason")):
                raise refuse(
                    "family.name",
                    zh="第 {place} 行没有姓名。",
                    en="Row {place} has no name.",
                    remedy_zh="请补填姓名，或清空这一行。",
                    remedy_en="Enter the name, or clear the row.",
                    place=place + 1,
                )
            continue
        head = place == 0
        person = people_actions.register_person(
            by=user,
            name=row["name"],
            area=values["area"],
            id_number=row["id_number"].strip() or None,
            birth_date=row["birth_date"],
            sex=row["sex"] or None,
            no_number_reason=row["no_number_reason"],
            address=values["address"],
            phone=values["phone"] or None if head else None,
            account=values["account"] or None if head else None,
        )
        members.append((person, row["relation"]))
    return people_actions.form_household(
        by=user,
        circle=Circle.FAMILY,
        area=values["area"],
        residence=values["residence"],
        number=values["number"],
        formed_on=clock.today(),
        members=members,
        address=values["address"],
    )


class ApplicationForm(Form):
    """What is applied for, for whom, with which papers."""

    programme = forms.ChoiceField(label=gettext_lazy("申请项目"), widget=forms.Select(attrs={"data-reload": ""}))
    covered = forms.MultipleChoiceField(label=gettext_lazy("申请保障的人"), widget=forms.CheckboxSelectMultiple)
    person = forms.ChoiceField(
        label=gettext_lazy("申请人"), required=False, widget=forms.Select(attrs={"data-reload": ""})
    )
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("已收到的材料"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opened_on = Day(label=gettext_lazy("申请日期"))
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=1000)


@needs("cases.apply")
def apply(request: HttpRequest) -> HttpResponse:
    """The application of a family or of one of its people."""
    user, today = user_of(request), clock.today()
    asked = request.GET.get("household", "")
    if not asked.isdecimal():
        return redirect("apply-start")
    household = get_object_or_404(Household.objects.select_related("area"), pk=int(asked))
    family = reads.family_of_party(household, None, today)
    offered = programmes_to_apply_for()
    code = request.POST.get("programme") or request.GET.get("programme") or (offered[0][0] if offered else "")
    if code not in dict(offered):
        code = offered[0][0]
    of_household = names.programmes()[code].unit == "household"
    person = next(
        (one for one in family if str(one.pk) == (request.POST.get("person") or request.GET.get("person"))), None
    )
    person = person or (family[0] if family and not of_household else None)
    form = _application_form(request, code, family, of_household, person)
    facts = FactForm(
        request.POST or None,
        programme=code,
        day=today,
        household=household if of_household else None,
        person=None if of_household else person,
        members=family if of_household else [],
    )
    refusal = _received_already(code, household if of_household else person, today)
    if request.method == "POST" and form.is_valid() and facts.is_valid():
        opened: Case | None = None
        with attempt() as tried:
            opened = _open(user, code, household, person, family, form.cleaned_data, facts)
        if opened is not None and tried.succeeded:
            return redirect("case", opened.pk)
        refusal = tried.refusal
    context = {
        "household": household,
        "head": family[0] if family else None,
        "form": form,
        "facts": facts,
        "refusal": refusal,
        "code": code,
        "of_household": of_household,
        "may_record": perms.may(user, "people.edit", household.area_id),
        "back": reverse("household", args=[household.pk]),
    }
    return render(request, "cases/apply.html", context)


def _received_already(code: str, party: Household | Person | None, today: dt.date) -> Refusal | None:
    """Said before anything is filled in: the same is received already, or is not near its end."""
    if party is None:
        return None
    with attempt() as tried:
        renewal.check(code, party, today)
    return tried.refusal


def programmes_to_apply_for() -> list[tuple[str, str]]:
    """The programmes whose procedure begins with an application."""
    offered = []
    for code, known in names.programmes().items():
        try:
            rules = procedure.load(code).on(clock.today(), CaseKind.APPLICATION)
        except Refused:
            continue
        if rules.opens == "cases.apply":
            offered.append((code, pick(known.name, language())))
    return offered


def _application_form(
    request: HttpRequest, code: str, family: list[Person], of_household: bool, person: Person | None
) -> ApplicationForm:
    initial = {
        "programme": code,
        "opened_on": clock.today(),
        "covered": [str(one.pk) for one in family],
        "person": str(person.pk) if person else "",
    }
    form = ApplicationForm(request.POST or None, initial=initial)
    offer(form, "programme", programmes_to_apply_for())
    people_choices = [(str(one.pk), one.name) for one in family]
    offer(form, "covered", people_choices)
    offer(form, "person", people_choices)
    rules = procedure.load(code).on(clock.today(), CaseKind.APPLICATION)
    wanted = [
        (kind, pick(paper.label, language()))
        for kind, paper in rules.papers.items()
        if paper.required_at == "cases.accept"
    ]
    offer(form, "papers", wanted)
    del form.fields["person" if of_household else "covered"]
    if not wanted:
        del form.fields["papers"]
    return form


def _open(
    user: User,
    code: str,
    household: Household,
    person: Person | None,
    family: list[Person],
    values: dict[str, Any],
    facts: FactForm,
) -> Case:
    """Open the case and record what was declared. What is paid once rests on facts of the matter alone: they stay with
    the case."""
    of_household = person is None or names.programmes()[code].unit == "household"
    once = names.pay_cycle(code, clock.today()) == "once"
    declared = facts.values(changed_only=not once)
    opened = cases.open_case(
        by=user,
        programme=code,
        household=household if of_household else None,
        person=None if of_household else person,
        on=values["opened_on"],
        covered=[one for one in family if str(one.pk) in values.get("covered", [])],
        given=declared if once else None,
        note=values["note"],
    )
    if not once and perms.may(user, "people.edit", household.area_id):
        day = values["opened_on"]
        for name, value in declared.items():
            people_actions.record_fact(
                by=user,
                name=name,
                value=value,
                source=FactSource.DECLARED,
                valid_from=day,
                household=household if of_household else None,
                person=None if of_household else person,
            )
        for member, member_values in facts.member_values(changed_only=True).items():
            for name, value in member_values.items():
                people_actions.record_fact(
                    by=user, name=name, value=value, source=FactSource.DECLARED, valid_from=day, person=member
                )
    if values.get("papers"):
        cases.receive_papers(by=user, case=opened, kinds=values["papers"], on=values["opened_on"])
    return opened
