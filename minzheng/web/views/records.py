"""Records that have no page of their own open where they belong; deaths and payments that failed are put right here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.awards.models import Award
from minzheng.awards.queries import ended_by_death
from minzheng.core import clock
from minzheng.payments import actions as payments
from minzheng.payments.fates import fate
from minzheng.payments.models import Payment
from minzheng.payments.repairs import by_the_account
from minzheng.people import actions as people
from minzheng.people.models import Person
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form
from minzheng.web.places import user_of
from minzheng.web.reads import runs as reads
from minzheng.web.refusals import attempt


@needs("awards.view", "people.view")
def award(request: HttpRequest, award_id: int) -> HttpResponse:
    """The page that shows an award: its household's money, or its person."""
    return redirect(reads.award_page(get_object_or_404(Award, pk=award_id)))


class DeathForm(Form):
    """When somebody died."""

    on = Day(label=gettext_lazy("死亡日期"))


@needs("people.edit")
def death(request: HttpRequest, person_id: int) -> HttpResponse:
    """Record a death, confirm one that was reported, or take back what was reported by mistake."""
    person = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    user = user_of(request)
    form = DeathForm(request.POST or None)
    refusal = None
    if request.method == "POST" and (person.died_on is not None or form.is_valid()):
        with attempt() as tried:
            if "alive" in request.POST:
                people.refute_death(by=user, person=person, note=request.POST.get("note", ""))
            elif person.died_on is None:
                people.record_death(by=user, person=person, on=form.cleaned_data["on"])
            else:
                people.verify_death(by=user, person=person)
        if tried.succeeded:
            return redirect("person", person.pk)
        refusal = tried.refusal
        person.refresh_from_db()
    return render(request, "households/death.html", _death_context(person, form, refusal))


def _death_context(person: Person, form: DeathForm, refusal: Any) -> dict[str, Any]:
    """Whose grace period the death ends is said before anybody presses."""
    ending = [] if person.death_verified_on else ended_by_death(person, clock.today())
    return {"person": person, "form": form, "refusal": refusal, "in_grace": [str(award.household) for award in ending]}


class AccountForm(Form):
    """The account that a payment goes to from now on."""

    account = forms.CharField(
        label=gettext_lazy("新账号（本人的）"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"data-private": "", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("账户已经更正、或银行已经解冻的，不填。"),
    )
    bank = forms.CharField(label=gettext_lazy("开户银行"), required=False, max_length=60)
    passbook = forms.BooleanField(label=gettext_lazy("存折账号，不是银行卡号（不检查校验位）"), required=False)
    note = forms.CharField(label=gettext_lazy("怎样更正的"), required=False, max_length=300)


@needs("payments.view")
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment; one that is held for its account, or came back, is put right here and paid with the next run."""
    found = get_object_or_404(
        Payment.objects.select_related("award__person", "award__household", "payee", "run", "area"), pk=payment_id
    )
    user = user_of(request)
    returned = getattr(found, "bank_return", None)
    to_do = fate(found).to_do
    may = to_do is not None and by_the_account(found) and perms.may(user, "payments.prepare", found.area_id)
    form = AccountForm(request.POST or None)
    refusal = None
    if request.method == "POST" and may and form.is_valid():
        given = form.cleaned_data
        with attempt() as tried:
            count = payments.pay_again(
                by=user,
                payment=found,
                account=given["account"],
                bank_name=given["bank"],
                passbook=given["passbook"],
                note=given["note"],
            )
        if tried.succeeded:
            messages.success(request, _("%(n)s 笔已安排，随下一批次补发。") % {"n": count})
            return redirect("payment", found.pk)
        refusal = tried.refusal
    context = {
        "payment": found,
        "who": reads.award_names([found.award])[found.award_id],
        "programme": names.programme_name(found.programme),
        "returned": returned,
        "may": may,
        "form": form,
        "refusal": refusal,
        "reason": names.reason_name(found.state_reason),
        "to_do": to_do,
        "payee": found.award.payee or found.payee,
        "may_edit": perms.may(user, "people.edit", found.area_id),
        "party_url": reads.award_page(found.award),
    }
    return render(request, "payments/payment.html", context)
