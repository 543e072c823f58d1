"""A refusal as a page, and as a message on the form it was sent from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from minzheng.core.errors import Refused, pick
from minzheng.web.languages import language


@dataclass
class Refusal:
    """What a form shows above its fields: the message, what to do, the rule."""

    code: str
    message: str
    remedy: str
    rule: str

    @classmethod
    def of(cls, refused: Refused) -> "Refusal":
        """The refusal in the page's language."""
        values = dict(refused.values or {})
        return cls(
            refused.code,
            pick(refused.message, language()).format(**values),
            pick(refused.remedy, language()).format(**values),
            refused.rule,
        )


class Attempt:
    """Whether an action went through, and what it said where it did not."""

    refusal: Refusal | None = None

    @property
    def succeeded(self) -> bool:
        return self.refusal is None


@contextmanager
def attempt() -> Iterator[Attempt]:
    """Run an action from a form: a refusal takes back what the action began and is kept for the form to show.

    `with attempt() as tried: actions.act(…)`, then `if tried.succeeded: return redirect(…)`.
    """
    tried = Attempt()
    try:
        with transaction.atomic():
            yield tried
    except Refused as refused:
        tried.refusal = Refusal.of(refused)


def refusal_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """403 for a missing permission, 503 for a fault of the machine, 409 for everything else that a rule refuses."""
    refusal = Refusal.of(refused)
    status = 503 if refused.code.startswith("outage.") else 403 if refused.code == "access.forbidden" else 409
    return render(request, "refused.html", {"refusal": refusal}, status=status)
