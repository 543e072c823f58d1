"""Drafts: the page keeps what is typed (POST) and asks for it when a form is opened (GET)."""

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import drafts
from minzheng.core.errors import Refused
from minzheng.web.access import signed_in
from minzheng.web.places import user_of

FORM = re.compile(r"[a-z0-9_-]{1,100}", flags=re.ASCII)
MOST_FIELDS = 600


@signed_in
def kept(request: HttpRequest) -> HttpResponse:
    """GET `?form=…&form=…`: what was kept of these forms. POST `{"form": …, "fields": […]}`: keep it."""
    user = user_of(request)
    if request.method == "POST":
        return _keep(request, user)
    forms = [name for name in request.GET.getlist("form")[:60] if _is_name(name)]
    found = drafts.find(by=user, forms=forms) if forms else {}
    answer = {name: {"fields": one.fields, "at": one.kept_at.isoformat()} for name, one in found.items()}
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def _keep(request: HttpRequest, user: User) -> HttpResponse:
    try:
        sent = json.loads(request.body)
    except (ValueError, UnicodeDecodeError):
        sent = None
    if not isinstance(sent, dict) or not _is_name(sent.get("form")) or not _are_fields(sent.get("fields")):
        return HttpResponseBadRequest("400")
    area = next((one.area_id for one in perms.assignments(user)), user.office.area_id)
    try:
        drafts.keep(by=user, area=area, form=sent["form"], fields=sent["fields"])
    except Refused as refused:
        return JsonResponse({"code": refused.code}, status=413)
    return HttpResponse(status=204)


def _is_name(form: Any) -> bool:
    return isinstance(form, str) and FORM.fullmatch(form) is not None


def _are_fields(fields: Any) -> bool:
    """[[name, value, ticked or null], …], as the page writes them."""
    return (
        isinstance(fields, list)
        and len(fields) <= MOST_FIELDS
        and all(
            isinstance(field, list)
            and len(field) == 3
            and isinstance(field[0], str)
            and isinstance(field[1], str)
            and (field[2] is None or isinstance(field[2], bool))
            for field in fields
        )
    )
