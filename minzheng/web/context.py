"""What every page shows: the office, the day, whether it is the demo, where one can go."""

from django.http import HttpRequest

from minzheng.access.models import User
from minzheng.core import clock
from minzheng.web.languages import language
from minzheng.web.menu import menu


def office(request: HttpRequest) -> dict[str, object]:
    """The signed-in user's office, and what the frame of the page needs."""
    user = request.user if isinstance(request.user, User) and request.user.is_authenticated else None
    return {
        "office": user.office if user else None,
        "language": language(),
        "today": clock.today(),
        "simulated": clock.is_simulated(),
        "menu": menu(user, request.path) if user else [],
    }
