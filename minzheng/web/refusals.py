"""A refusal as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from minzheng.core.errors import Refused, pick


def refusal_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """403 for a missing permission, 409 for everything else that a rule refuses."""
    language = "en" if (get_language() or "").startswith("en") else "zh-Hans"
    values = dict(refused.values or {})
    context = {
        "message": pick(refused.message, language).format(**values),
        "remedy": pick(refused.remedy, language).format(**values),
        "rule": refused.rule,
    }
    status = 403 if refused.code == "access.forbidden" else 409
    return render(request, "refused.html", context, status=status)
