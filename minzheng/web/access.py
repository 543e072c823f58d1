"""Every view says who may open it: `@needs("cases.view")`, `@signed_in`, or `@everyone` with the reason.

The rule stands on the view as `access_rule`; a test walks all routes and fails on one without it. These rules open
pages; what an act needs is checked again, for its own area, in the action.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from minzheng.access import perms, roles
from minzheng.core.errors import pick, refuse

View = Callable[..., HttpResponseBase]


def needs(*permissions: str) -> Callable[[View], View]:
    """The page opens for a signed-in user who holds one of these permissions in some area."""
    unknown = set(permissions) - roles.load().permissions()
    if unknown:
        raise ValueError(f"no role in policies/roles.yaml has {sorted(unknown)}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(perms.may(request.user, permission) for permission in permissions):
                raise _forbidden(request, permissions)
            return view(request, *args, **kwargs)

        guarded.access_rule = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """The page opens for every signed-in user."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.access_rule = ("signed in",)  # type: ignore[attr-defined]
    return guarded


def everyone(reason: str) -> Callable[[View], View]:
    """The page opens without signing in, for this reason; it shows nobody's data."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        guarded.access_rule = ("everyone", reason)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _forbidden(request: HttpRequest, permissions: tuple[str, ...]) -> Exception:
    holders = [role.name for role in roles.load().roles.values() if role.permissions & set(permissions)]
    return refuse(
        "access.forbidden",
        zh="您的角色不能打开这一页。",
        en="Your role may not open this page.",
        remedy_zh="可以打开的角色：{holders_zh}；需要授权请找管理员。",
        remedy_en="Roles that may: {holders_en}. An administrator can assign one.",
        holders_zh="、".join(pick(name, "zh-Hans") for name in holders),
        holders_en=", ".join(pick(name, "en") for name in holders),
    )
