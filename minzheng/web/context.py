"""What every page shows of the office it is in."""

from django.http import HttpRequest


def office(request: HttpRequest) -> dict[str, object]:
    """The signed-in user's office."""
    user = request.user
    return {"office": user.office} if user.is_authenticated else {"office": None}
