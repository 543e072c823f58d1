"""One transaction and one scope for each request, around the view and the rendering of its response."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from minzheng.access.models import User
from minzheng.access.scope import acting
from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.core.outages import explained
from minzheng.web import drafts, names
from minzheng.web.refusals import refusal_page

View = Callable[..., HttpResponseBase]


class ScopedTransaction:
    """Runs the view in a transaction with the user's scope. A refusal rolls everything back and becomes a page that
    says what to do; a response is rendered inside, for outside no row would be visible."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if any("\0" in text for texts in request.GET.lists() for text in texts[1]):
            return HttpResponseBadRequest("400")
        try:
            return in_scope(request, lambda: drafts.settle(request, view(request, *args, **kwargs)))
        except Refused as refused:
            # Bound to a name of its own: an `except` clause deletes its name before the page is rendered.
            refusal = refused
        except (DatabaseError, OSError) as error:
            fault = explained(error)
            if fault is None:
                raise
            if connection.connection is not None and connection.connection.broken:
                connection.close()  # the page that says so needs one that works
            refusal = fault
        # The refusal's own page is rendered in a scope of its own: the first one was rolled back with what it began.
        return in_scope(request, lambda: refusal_page(request, refusal))


def in_scope(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Make and render a response in one transaction with the scope of the request's user."""
    with clock.remembered(), names.remembered():
        if isinstance(request.user, User) and request.user.is_authenticated:
            with acting(request.user):  # opens the transaction
                return _finished(make())
        with transaction.atomic():
            return _finished(make())


def _finished(response: HttpResponseBase) -> HttpResponseBase:
    if response.streaming and not getattr(response, "file_to_stream", None):
        raise TypeError("a streamed response is read outside the transaction, where no row is visible")
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    return response
