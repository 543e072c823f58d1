"""Payments that are held or came back: what to do for each, and paying the ones again that have been put right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.payments import actions, queries
from minzheng.payments.models import Payment
from minzheng.payments.repairs import by_the_account
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import runs as reads
from minzheng.web.refusals import Refusal
from minzheng.web.tables import Table


@needs("payments.view")
def failures(request: HttpRequest) -> HttpResponse:
    """What has to be put right, with what to do for each; a POST pays the ticked ones again."""
    user = user_of(request)
    area = own_area(user)
    if request.method == "POST":
        return _pay_again(request, user)
    may = perms.may(user, "payments.prepare", area)
    table = Table(
        request,
        queries.failures(area),
        reads.failure_columns(),
        title=_("缓发与退回"),
        unit=_("笔"),
        empty=_("没有缓发和退回的款项。"),
        prepare=reads.name_lines,
        row_link=reads.payment_page,
        select=(lambda line: line.pk if by_the_account(line) else None) if may else None,
    )
    return list_or_excel(request, "payments/failures.html", {"table": table, "payments_url": reverse("payments")})


def _pay_again(request: HttpRequest, user: User) -> HttpResponse:
    chosen = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    rows = list(Payment.objects.filter(pk__in=chosen).select_related("payee").order_by("pk"))
    if not rows:
        messages.error(request, _("请先勾选款项。"))
        return redirect("failures")
    outcomes = actions.pay_again_many(by=user, payments=rows, note=request.POST.get("note", "").strip())
    done = sum(outcome.refused is None for outcome in outcomes)
    if done:
        messages.success(request, _("%(n)s 笔已安排，随下一批次补发。") % {"n": done})
    for outcome in outcomes:
        if outcome.refused is not None:
            refusal = Refusal.of(outcome.refused)
            messages.error(request, f"{refusal.message} {refusal.remedy}")
    return redirect("failures")
