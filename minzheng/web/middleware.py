"""One transaction and one scope for each request, around the view and the rendering of its response."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from minzheng.access.scope import acting
from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.web.refusals import refusal_page


class ScopedTransaction:
    """Runs the view in a transaction with the user's scope. A refusal rolls everything back and becomes a page that
    says what to do; a response is rendered inside, for outside no row would be visible."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse:
        try:
            with transaction.atomic(), clock.remembered():
                if request.user.is_authenticated:
                    with acting(request.user):
                        return _rendered(view(request, *args, **kwargs))
                return _rendered(view(request, *args, **kwargs))
        except Refused as refused:
            return refusal_page(request, refused)


def _rendered(response: HttpResponse) -> HttpResponse:
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    return response
