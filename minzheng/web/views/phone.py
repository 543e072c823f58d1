"""The telephone card: what whoever answers the telephone needs to say, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from minzheng.access import perms
from minzheng.core import clock
from minzheng.people.models import Household, Person
from minzheng.web.access import needs
from minzheng.web.places import user_of
from minzheng.web.reads.phone_card import Card, card


@needs("people.view")
def of_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """The card of a person, with the household they live in."""
    person = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    return _page(request, card(clock.today(), person=person), person.area_id)


@needs("people.view")
def of_household(request: HttpRequest, household_id: int) -> HttpResponse:
    """The card of a household."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    return _page(request, card(clock.today(), household=household), household.area_id)


def _page(request: HttpRequest, found: Card, area: str) -> HttpResponse:
    user = user_of(request)
    context = {
        "card": found,
        "household": found.household,
        "may_reveal": perms.may(user, "people.reveal", area),
        "may_apply": perms.may(user, "cases.apply", area),
        "may_repair": perms.may(user, "payments.view", area),
    }
    return render(request, "phone/card.html", context)
