"""The slip of what a household or a person was paid in a year: to read, to print, as Word."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.core import clock
from minzheng.payments import receipts, slip
from minzheng.payments.receipts import Receipt, Year
from minzheng.people.models import Household, Person
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.places import user_of
from minzheng.web.reads.household_file import household_file
from minzheng.web.views.documents import in_form

EARLIEST = 2000


@needs("payments.view")
def of_household(request: HttpRequest, household_id: int) -> HttpResponse:
    """The slip of a household."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    year = _year(request)
    head = household_file(household, clock.today()).head
    name = head.name if head else household.number
    if "word" in request.GET:
        content = slip.of_household(by=user_of(request), household=household, year=year)
        return _word(request, content, name, year)
    found = receipts.of_household(household, dt.date(year, 1, 1), dt.date(year, 12, 31))
    back = reverse("household-tab", args=[household.pk, "money"])
    return _page(
        request, found, year, {"name": name, "where": f"{household.number} · {household.area.name}", "back": back}
    )


@needs("payments.view")
def of_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """The slip of a person."""
    person = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    year = _year(request)
    if "word" in request.GET:
        return _word(request, slip.of_person(by=user_of(request), person=person, year=year), person.name, year)
    found = receipts.of_person(person, dt.date(year, 1, 1), dt.date(year, 12, 31))
    return _page(
        request, found, year,
        {"name": person.name, "where": person.area.name, "back": reverse("person", args=[person.pk])},
    )  # fmt: skip


def _page(request: HttpRequest, found: list[Receipt], year: int, of: dict[str, Any]) -> HttpResponse:
    whole = Year(year, tuple(found))
    context = of | {
        "year": year,
        "earlier": year - 1,
        "later": year + 1 if year < clock.today().year else None,
        "receipts": [(one, names.programme_name(one.programme)) for one in found],
        "whole": whole,
        "today": clock.today(),
    }
    return render(request, "payments/slip.html", context)


def _word(request: HttpRequest, content: bytes, name: str, year: int) -> HttpResponse:
    return in_form(request, content, f"{name} {year} {_('发放明细单')}.docx", slip.WORD)


def _year(request: HttpRequest) -> int:
    asked, today = request.GET.get("year", ""), clock.today()
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today.year
    return min(max(year, EARLIEST), today.year)
