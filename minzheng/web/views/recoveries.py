"""What an award was paid too much: entered, paid back, written off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.awards.models import Award
from minzheng.core import clock
from minzheng.payments import actions, recoveries
from minzheng.payments.models import Receivable
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, Yuan
from minzheng.web.places import user_of
from minzheng.web.reads import runs as reads
from minzheng.web.refusals import attempt


class ClaimForm(Form):
    """Why it was paid too much; the months and the amount are worked out."""

    reason = forms.CharField(label=gettext_lazy("多发的原因（写入追回告知书）"), max_length=300)


class PayBackForm(Form):
    """So much came back, on a day."""

    amount = Yuan(label=gettext_lazy("退回金额（元）"))
    on = Day(label=gettext_lazy("退回日期"))
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=300)


class WriteOffForm(Form):
    """Why the rest is given up."""

    note = forms.CharField(label=gettext_lazy("核销的理由和依据"), max_length=300)


@needs("payments.view")
def recover(request: HttpRequest, award_id: int) -> HttpResponse:
    """An award's overpaid months, its receivables, and what may be done about them."""
    award = get_object_or_404(Award.objects.select_related("household", "person", "area"), pk=award_id)
    user = user_of(request)
    claims = [_line(one) for one in Receivable.objects.filter(award=award).order_by("pk")]
    open_one = next((one["receivable"] for one in claims if one["left"]), None)
    claimable = recoveries.open_amount(award)
    form, act = _form(request, award, open_one, claimable)
    refusal = None
    if request.method == "POST" and form is not None and form.is_valid():
        with attempt() as tried:
            _do(user, act, award, open_one, form.cleaned_data)
        if tried.succeeded:
            messages.success(request, _("已登记。"))
            return redirect("award-recover", award.pk)
        refusal = tried.refusal
    context = {
        "award": award,
        "who": reads.award_names([award])[award.pk],
        "programme": names.programme_name(award.programme),
        "overpaid": recoveries.overpaid(award),
        "claims": claims,
        "claimable": claimable,
        "form": form,
        "act": act,
        "refusal": refusal,
        "back": reads.award_page(award),
    }
    return render(request, "payments/recover.html", context)


def _line(receivable: Receivable) -> dict[str, Any]:
    settled = list(receivable.recoveries.select_related("booked_by").order_by("pk"))
    return {"receivable": receivable, "left": recoveries.remaining(receivable), "settled": settled}


def _form(request: HttpRequest, award: Award, open_one: Receivable | None, claimable: int) -> tuple[Form | None, str]:
    """The one thing that this user can do next."""
    user, data = user_of(request), request.POST or None
    if claimable and perms.may(user, "payments.prepare", award.area_id):
        return ClaimForm(data), "claim"
    if open_one is not None and perms.may(user, "payments.book_returns", award.area_id):
        return PayBackForm(data, initial={"on": clock.today()}), "pay_back"
    if open_one is not None and perms.may(user, "payments.approve", award.area_id):
        return WriteOffForm(data), "write_off"
    return None, ""


def _do(user: Any, act: str, award: Award, open_one: Receivable | None, given: dict[str, Any]) -> None:
    if act == "claim":
        actions.claim(by=user, award=award, reason=given["reason"])
    elif open_one is not None and act == "pay_back":
        actions.pay_back(by=user, receivable=open_one, amount=given["amount"], on=given["on"], note=given["note"])
    elif open_one is not None:
        actions.write_off(by=user, receivable=open_one, note=given["note"])
