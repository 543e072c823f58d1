"""A form that was accepted has no draft any more: forgotten in the transaction of the act itself."""

from django.contrib.messages import ERROR, get_messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from minzheng.access.models import User
from minzheng.core import drafts

FIELD = "_draft"
"""The hidden field in which a form says its own name when it is sent."""
COOKIE = "mz-accepted"
"""Tells the page which form was accepted: then it drops its own copy."""


def settle(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A form that is answered by going on to another page was accepted; one that comes back was not, and neither was
    one whose page says what went wrong."""
    name = request.POST.get(FIELD, "") if request.method == "POST" else ""
    if not name or not 300 <= response.status_code < 400 or not isinstance(request.user, User) or _went_wrong(request):
        return response
    drafts.forget(by=request.user, form=name)
    response.set_cookie(COOKIE, name, max_age=600, samesite="Lax")
    return response


def _went_wrong(request: HttpRequest) -> bool:
    """Whether the next page is going to say so. Read where they wait: asking for them would count them as shown."""
    waiting = getattr(get_messages(request), "_queued_messages", [])
    return any(message.level >= ERROR for message in waiting)
