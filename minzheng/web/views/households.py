"""Households: the list, a household's file with its tabs, a person, and seeing a number in full."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.access.scope import areas_of
from minzheng.areas.queries import within
from minzheng.awards import anew
from minzheng.awards.models import Award
from minzheng.awards.queries import going_on
from minzheng.core import clock
from minzheng.core.models import Task
from minzheng.payments import recoveries
from minzheng.people import actions, queries
from minzheng.people.models import Circle, Household, Identifier, IdentifierKind, Membership, Person, Residence
from minzheng.people.records import record_about
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Filters, Form, offer, villages, with_any
from minzheng.web.languages import listed
from minzheng.web.places import user_of
from minzheng.web.reads import household_file as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table
from minzheng.web.views.registers import may_register
from minzheng.web.views.visits import pictures

TABS = {
    "people": gettext_noop("人员"),
    "money": gettext_noop("待遇与发放"),
    "facts": gettext_noop("情况"),
    "cases": gettext_noop("办件"),
    "visits": gettext_noop("入户"),
    "papers": gettext_noop("材料"),
    "timeline": gettext_noop("经过"),
}


class HouseholdFilters(Filters):
    """By village, circle, residence, benefit."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    residence = forms.ChoiceField(label=gettext_lazy("城乡"), choices=with_any(Residence.choices))
    receives = forms.ChoiceField(
        label=gettext_lazy("待遇"),
        choices=with_any([("yes", gettext_lazy("正在享受")), ("no", gettext_lazy("没有享受"))]),
    )

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        codes = [code for code in areas_of(user) if code != "*"]
        offer(self, "area", with_any(villages(codes)))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("people.view")
def household_list(request: HttpRequest) -> HttpResponse:
    """Families that live together, in my area."""
    assert isinstance(request.user, User)
    filters = HouseholdFilters(request.GET, request.user)
    rows = (
        Household.objects.filter(circle=Circle.FAMILY, dissolved_on=None)
        .select_related("area")
        .order_by("area_id", "number")
    )
    if area := filters.values.get("area"):
        rows = rows.filter(within(area))
    if residence := filters.values.get("residence"):
        rows = rows.filter(residence=residence)
    if receives := filters.values.get("receives"):
        running = Award.objects.filter(going_on(clock.today()), household__isnull=False).values("household_id")
        rows = rows.filter(pk__in=running) if receives == "yes" else rows.exclude(pk__in=running)
    table = Table(
        request,
        rows,
        household_columns(),
        title=_("家庭档案"),
        unit=_("户"),
        empty=_("没有符合条件的户。可以清除筛选，或按 / 查找。"),
        prepare=prepare_households,
        row_link=lambda row: reverse("household", args=[row.pk]),
    )
    return list_or_excel(request, "households/list.html", {"table": table, "filters": filters})


def household_columns() -> list[Column]:
    """The columns of a list of households; rows have been through `prepare_households`."""
    return [
        Column("number", _("档案号"), lambda row: row.number, order="number"),
        Column(
            "head",
            _("户主"),
            lambda row: row.head_name,
            main=True,
            link=lambda row: reverse("household", args=[row.pk]),
        ),
        Column("people", _("人口"), lambda row: row.people_count, kind="number"),
        Column("residence", _("城乡"), lambda row: _(row.get_residence_display()), order="residence"),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("address", _("住址"), lambda row: row.address, order="address"),
        Column("receives", _("正在享受"), lambda row: row.receives),
    ]


def prepare_households(rows: list[Household]) -> None:
    """Each household's head, number of people and programmes, in two queries."""
    today = clock.today()
    ids = [row.pk for row in rows]
    heads: dict[int, str] = {}
    counts: dict[int, int] = {}
    belongs: dict[int, int] = {}
    for membership in Membership.objects.filter(queries.holding(today), household__in=ids).select_related("person"):
        counts[membership.household_id] = counts.get(membership.household_id, 0) + 1
        belongs[membership.person_id] = membership.household_id
        if membership.relation == "head":
            heads[membership.household_id] = membership.person.name
    programmes: dict[int, set[str]] = {}
    running = Award.objects.filter(going_on(today))
    for award in running.filter(household__in=ids) | running.filter(person__in=belongs):
        household_id = award.household_id or belongs.get(award.person_id or 0, 0)
        if names.pay_cycle(award.programme, award.first_month) != "once":
            programmes.setdefault(household_id, set()).add(names.programme_name(award.programme))
    for row in rows:
        row.head_name = heads.get(row.pk, "")  # type: ignore[attr-defined]
        row.people_count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
        row.receives = listed(sorted(programmes.get(row.pk, ())))  # type: ignore[attr-defined]


@needs("people.view")
def household(request: HttpRequest, household_id: int, tab: str = "people") -> HttpResponse:
    """A household's file (一户一档)."""
    assert isinstance(request.user, User)
    found = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    if tab not in TABS:
        tab = "people"
    today = clock.today()
    file = reads.household_file(found, today)
    lines = reads.award_lines(reads.awards_of(file))
    numbers = reads.identifiers(file.person_ids)
    context: dict[str, Any] = {
        "file": file,
        "household": found,
        "tab": tab,
        "tabs": [(key, _(label), reverse("household-tab", args=[found.pk, key])) for key, label in TABS.items()],
        "receives": [(names.cycle_name(cycle), fen) for cycle, fen in reads.receives_now(lines, today)],
        "running": sorted({line.programme for line in lines if line.amount_on(today.replace(day=1))}),
        "phone": next((n for m in file.current for n in numbers.get(m.person_id, []) if n.kind == "phone"), None),
        "may_reveal": perms.may(request.user, "people.reveal", found.area_id),
        "may_edit": perms.may(request.user, "people.edit", found.area_id),
        "may_apply": perms.may(request.user, "cases.apply", found.area_id),
    }
    context |= _chain(file)
    return render(request, f"households/{tab}.html", context | _tab(tab, file, lines, numbers, request))


def _chain(file: reads.File) -> dict[str, Any]:
    """The files before and after this one, which of them the reader may open, and whether the family waits for a
    head."""
    before, after = queries.files_before(file.household), queries.files_after(file.household)
    ids = {link.before_id for link in before} | {link.after_id for link in after}
    headless = bool(file.current) and all(row.relation != "head" for row in file.current)
    return {
        "before": before,
        "after": after,
        "seen": set(Household.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set(),
        "headless": headless,
        "record": record_about(file.household),
        "anew": anew.asked(file.household),
        "receiving": Task.objects.filter(
            kind="people.receive_file",
            subject_type="people.household",
            subject_id=file.household.pk,
            done_on=None,
        ).exists(),
        "minors": headless and all(queries.is_minor(row.person, file.today) for row in file.current),
    }


def _tab(
    tab: str,
    file: reads.File,
    lines: list[reads.AwardLine],
    numbers: dict[int, list[Identifier]],
    request: HttpRequest,
) -> dict[str, Any]:
    """What the tab itself shows."""
    if tab == "people":
        return {
            "members": [_member(m, file, lines, numbers) for m in file.current],
            "former": [_member(m, file, lines, numbers) for m in file.former],
        }
    if tab == "money":
        payments = [payment for line in lines for payment in line.payments]
        payments.sort(key=lambda payment: (payment.benefit_month, payment.pk), reverse=True)
        may_change = perms.may(user_of(request), "cases.change", file.household.area_id)
        recover = {
            line.award.pk: recoveries.open_amount(line.award)
            + sum(recoveries.remaining(one) for one in line.award.receivables.all())
            for line in lines
            if line.payments
        }
        return {
            "lines": lines,
            "payments": payments[:60],
            "may_change": may_change,
            "may_slip": perms.may(user_of(request), "payments.view", file.household.area_id),
            "recover": recover,
        }
    if tab == "facts":
        verified = perms.may(user_of(request), "people.verified", file.household.area_id)
        people = [
            (m.person, reads.fact_lines(today=file.today, verified=verified, person=m.person)) for m in file.current
        ]
        return {
            "of_household": reads.fact_lines(today=file.today, verified=verified, household=file.household),
            "of_people": people,
        }
    if tab == "cases":
        return {"cases": _cases(file)}
    if tab == "visits":
        visits = reads.visits_of(file)
        return {"visits": visits, "pictures": pictures(visits, user_of(request))}
    if tab == "papers":
        return {"papers": reads.papers_of(file), "documents": reads.documents_of(file)}
    return {"entries": reads.timeline(file)}


def _member(
    membership: Membership, file: reads.File, lines: list[reads.AwardLine], numbers: dict[int, list[Identifier]]
) -> dict[str, Any]:
    person = membership.person
    covered = sorted(
        {line.programme for line in lines if person.name in line.covered and line.amount_on(file.today.replace(day=1))}
    )
    return {
        "membership": membership,
        "person": person,
        "age": queries.age(person, min(file.today, person.died_on or file.today)),
        "numbers": numbers.get(person.pk, []),
        "covered": covered,
    }


def _cases(file: reads.File) -> list[dict[str, Any]]:
    return [
        {
            "case": case,
            "programme": names.programme_name(case.programme),
            "stage": names.stage_name(case.programme, case.stage),
            "who": case.person.name if case.person else _("全户"),
        }
        for case in reads.cases_of(file)
    ]


@needs("people.view")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person at a glance: who, where, every benefit, the last payment and its state (the telephone card)."""
    assert isinstance(request.user, User)
    found = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    today = clock.today()
    lines = reads.award_lines(reads.awards_of_person(found), payments_each=6)
    numbers = reads.identifiers([found.pk]).get(found.pk, [])
    account = next((number for number in numbers if number.kind == IdentifierKind.ACCOUNT), None)
    context = {
        "person": found,
        "age": queries.age(found, min(today, found.died_on or today)),
        "family": queries.family_of(found, today),
        "numbers": [number for number in numbers if number != account],
        "account": account,
        "holder": account.note.get("holder", found.name) if account else "",
        "bank": account.note.get("bank", "") if account else "",
        "agreement": queries.agreement_of(account) if account else None,
        "today": today,
        "lines": lines,
        "month": today.replace(day=1),
        "facts": reads.fact_lines(
            today=today, verified=perms.may(request.user, "people.verified", found.area_id), person=found
        ),
        "may_edit": perms.may(request.user, "people.edit", found.area_id),
        "may_change": perms.may(request.user, "cases.change", found.area_id),
        "may_register": may_register(request, found),
        "may_reveal": perms.may(request.user, "people.reveal", found.area_id),
        "may_slip": perms.may(request.user, "payments.view", found.area_id),
    }
    return render(request, "households/person.html", context)


class RevealForm(Form):
    """Why somebody looks at a number."""

    reason = forms.CharField(
        label=gettext_lazy("为什么要看"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如“核对银行退回”。姓名、时间和理由会记入审计。"),
    )


@needs("people.reveal")
def reveal(request: HttpRequest, identifier_id: int) -> HttpResponse:
    """A number in full, for a reason that is recorded."""
    identifier = get_object_or_404(Identifier.objects.select_related("person"), pk=identifier_id)
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"identifier": identifier, "form": form, "refusal": None, "number": ""}
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            context["number"] = actions.reveal(
                by=request.user, identifier=identifier, reason=form.cleaned_data["reason"]
            )
        context["refusal"] = tried.refusal
    response = render(request, "households/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response
