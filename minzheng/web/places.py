"""In which area a page looks: the user's own, or a part of it that they choose."""

from django.http import HttpRequest

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas.models import Area
from minzheng.web.forms import villages


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a page behind `needs` or `signed_in`."""
    assert isinstance(request.user, User)
    return request.user


LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a division's code, by level."""


def own_area(user: User) -> str:
    """The code of the user's own area: that of their assignments; where they have several, the smallest division that
    holds them all (row-level security shows only their own parts of it)."""
    codes = [assignment.area_id for assignment in perms.assignments(user)] or [user.office.area_id]
    if len(codes) == 1:
        return codes[0]
    holding = [codes[0][:n] for n in (0, *LENGTHS) if all(code.startswith(codes[0][:n]) for code in codes)]
    return holding[-1]


def chosen_area(request: HttpRequest) -> str:
    """The area asked for (`?area=`), where it lies in the user's own; else the user's own."""
    own = own_area(user_of(request))
    asked = request.GET.get("area", "")
    return asked if asked.isdigit() and asked.startswith(own) else own


def parts(user: User) -> list[tuple[str, str]]:
    """The parts of the user's area to filter by: villages; above a township its townships."""
    own = own_area(user)
    codes = tuple(assignment.area_id for assignment in perms.assignments(user))
    if len(own) >= 9:
        return [(code, name) for code, name in villages([own]) if code != own and code.startswith(codes)]
    return list(Area.objects.filter(parent_code=own).order_by("code").values_list("code", "name"))
