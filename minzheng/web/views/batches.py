"""One paper for many cases of a list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import papers
from minzheng.cases.models import Case
from minzheng.cases.papers import registers
from minzheng.cases.papers.making import GROUPS
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.papers import catalogue
from minzheng.web.access import needs
from minzheng.web.excel import download
from minzheng.web.languages import language
from minzheng.web.places import user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.refusals import Refusal, attempt


def kinds(user: User) -> list[tuple[str, str]]:
    """The papers of cases that this user issues: (kind, title)."""
    return [
        (form.kind, pick(form.title, language()))
        for form in catalogue.forms().values()
        if form.group in (*GROUPS, registers.GROUP) and any(perms.may(user, one) for one in form.permissions)
    ]


@needs("cases.view")
def case_papers(request: HttpRequest) -> HttpResponse:
    """Make a paper of the cases that are ticked (POST), as one file or a folder; who was left out is said next."""
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/cases"
    if request.method != "POST":
        return redirect("cases")
    chosen = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    rows = list(
        Case.objects.filter(pk__in=chosen).select_related("area", "household", "person").order_by("area_id", "pk")
    )
    with attempt() as tried:
        made = papers.batch(
            by=user_of(request), cases=rows, kind=request.POST.get("kind", ""), way=request.POST.get("way", "word")
        )
    if tried.refusal is not None:
        messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")
        return redirect(back)
    for case, why in made.skipped[:10]:
        messages.warning(
            request,
            f"{case.number} {reads.party_name(case.household, case.person, clock.today())}：{Refusal.of(why).message}",
        )
    if made.skipped:
        messages.warning(request, _("没有出文书的办件：%(n)d 件") % {"n": len(made.skipped)})
    return download(made.content, made.name, made.media_type)
