"""What an award was paid too much: entered, paid back, set off with consent, written off."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards.models import Award
from minzheng.core import clock
from minzheng.core.errors import refuse
from minzheng.payments import actions, recoveries
from minzheng.payments.models import Receivable
from minzheng.payments.set_offs.consents import in_force
from minzheng.payments.set_offs.floors import floor_of
from minzheng.payments.set_offs.models import Consent
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, Yuan
from minzheng.web.places import user_of
from minzheng.web.reads import recoveries as reads
from minzheng.web.reads import runs as run_reads
from minzheng.web.refusals import attempt

SCANS = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
LARGEST = 10 * 1024 * 1024


class ClaimForm(Form):
    """Why it was paid too much; the months and the amount are worked out."""

    reason = forms.CharField(label=gettext_lazy("多发的原因（写入追回告知书）"), max_length=300)


class PayBackForm(Form):
    """So much came back, on a day."""

    amount = Yuan(label=gettext_lazy("退回金额（元）"))
    on = Day(label=gettext_lazy("退回日期"))
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=300)


class ConsentForm(Form):
    """The written consent, as it lies on the table."""

    number = forms.CharField(label=gettext_lazy("同意书文号"), max_length=60)
    signed_by = forms.CharField(label=gettext_lazy("签字人"), max_length=60)
    signed_on = Day(label=gettext_lazy("签字日期"))
    monthly = Yuan(label=gettext_lazy("每月抵扣（元）"))
    scan = forms.FileField(
        label=gettext_lazy("扫描件"), required=False, help_text=gettext_lazy("PDF 或照片，10 MB 以内。")
    )


class WithdrawForm(Form):
    """The consent is taken back."""

    on = Day(label=gettext_lazy("撤回日期"))
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=300)


class WriteOffForm(Form):
    """Why so much is given up."""

    amount = Yuan(label=gettext_lazy("核销金额（元）"))
    note = forms.CharField(label=gettext_lazy("核销的理由和依据"), max_length=300)


@needs("payments.view")
def recover(request: HttpRequest, award_id: int) -> HttpResponse:
    """An award's overpaid months; each claim with its letter, its consent, what came back and what is left; and what
    may be done about them."""
    award = get_object_or_404(Award.objects.select_related("household", "person", "area"), pk=award_id)
    user = user_of(request)
    claims = reads.claims_of(award)
    open_one = next((one.receivable for one in claims if one.left), None)
    offered = _forms(request, user, award, open_one)
    refusal = None
    asked = request.POST.get("act", "")
    form = next((one["form"] for one in offered if one["act"] == asked), None)
    if request.method == "POST" and form is not None and form.is_valid():
        with attempt() as tried:
            _do(user, asked, award, open_one, form.cleaned_data)
        if tried.succeeded:
            messages.success(request, _("已登记。"))
            return redirect("award-recover", award.pk)
        refusal = tried.refusal
    context = {
        "award": award,
        "who": run_reads.award_names([award])[award.pk],
        "programme": names.programme_name(award.programme),
        "overpaid": recoveries.overpaid(award),
        "claims": claims,
        "offered": offered,
        "floor": reads.floor_words(floor_of(award.programme, award.area_id, clock.today())),
        "refusal": refusal,
        "may_read": perms.may(user, "people.view", award.area_id),
        "back": run_reads.award_page(award),
    }
    return render(request, "payments/recover.html", context)


def _forms(request: HttpRequest, user: User, award: Award, open_one: Receivable | None) -> list[dict[str, Any]]:
    """What this user can do next, each as a form of its own; the one that was sent holds what was typed."""
    prepares = perms.may(user, "payments.prepare", award.area_id)
    wanted: list[tuple[str, type[Form], dict[str, Any]]] = []
    if prepares and recoveries.open_amount(award):
        wanted.append(("claim", ClaimForm, {}))
    if open_one is not None:
        left = f"{recoveries.remaining(open_one) / 100:.2f}"
        today = clock.today()
        if perms.may(user, "payments.book_returns", award.area_id):
            wanted.append(("pay_back", PayBackForm, {"on": today}))
        if prepares and in_force(open_one) is not None:
            wanted.append(("withdraw", WithdrawForm, {"on": today}))
        elif prepares and floor_of(award.programme, award.area_id, today) is not None:
            wanted.append(("consent", ConsentForm, {"signed_on": today}))
        if perms.may(user, "payments.approve", award.area_id):
            wanted.append(("write_off", WriteOffForm, {"amount": left}))
    asked = request.POST.get("act", "")
    return [
        {
            "act": act,
            "form": form(*((request.POST, request.FILES) if act == asked else ()), initial=initial, prefix=act),
            "label": _(reads.ACTS[act]),
            "consequence": _(reads.CONSEQUENCES[act]),
        }
        for act, form, initial in wanted
    ]


def _do(user: User, act: str, award: Award, open_one: Receivable | None, given: dict[str, Any]) -> None:
    if act == "claim":
        actions.claim(by=user, award=award, reason=given["reason"])
    elif open_one is None:
        return
    elif act == "pay_back":
        actions.pay_back(by=user, receivable=open_one, amount=given["amount"], on=given["on"], note=given["note"])
    elif act == "consent":
        actions.consent(
            by=user,
            receivable=open_one,
            number=given["number"],
            signed_on=given["signed_on"],
            signed_by=given["signed_by"],
            monthly=given["monthly"],
            scan=_scan(given["scan"]),
        )
    elif act == "withdraw":
        actions.withdraw_consent(by=user, consent=_consent(open_one), on=given["on"], note=given["note"])
    else:
        actions.write_off(by=user, receivable=open_one, amount=given["amount"], note=given["note"])


def _consent(receivable: Receivable) -> Consent:
    return get_object_or_404(Consent, receivable=receivable, withdrawal=None)


def _scan(upload: UploadedFile | None) -> actions.Scan | None:
    """The scanned paper; refuses what is no picture or PDF, and what is too large to keep."""
    if upload is None:
        return None
    media_type = SCANS.get(PurePath(upload.name or "").suffix.lower())
    if media_type is None or (upload.size or 0) > LARGEST:
        raise refuse(
            "web.consent_scan",
            zh="“{name}”不是 PDF、JPG 或 PNG，或超过 10 MB。",
            en="“{name}” is no PDF, JPG or PNG, or is larger than 10 MB.",
            remedy_zh="请重新扫描或拍照后上传；也可以先不附扫描件。",
            remedy_en="Scan or photograph it again; it may also be recorded without a scan.",
            name=upload.name or "",
        )
    return actions.Scan(media_type, upload.read())
