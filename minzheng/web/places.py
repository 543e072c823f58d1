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


def own_area(user: User) -> str:
    """The code of the user's own area: their office's, where they have an assignment in it, else their first one."""
    codes = [assignment.area_id for assignment in perms.assignments(user)]
    return user.office.area_id if user.office.area_id in codes or not codes else codes[0]


def chosen_area(request: HttpRequest) -> str:
    """The area asked for (`?area=`), where it lies in the user's own; else the user's own."""
    own = own_area(user_of(request))
    asked = request.GET.get("area", "")
    return asked if asked.isdigit() and asked.startswith(own) else own


def parts(user: User) -> list[tuple[str, str]]:
    """The parts of the user's area to filter by: villages; above a township its townships."""
    own = own_area(user)
    if len(own) >= 9:
        return [(code, name) for code, name in villages([own]) if code != own]
    return list(Area.objects.filter(parent_code=own).order_by("code").values_list("code", "name"))
