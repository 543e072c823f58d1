"""Signing in and out, and the language."""

import json
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from minzheng.access import perms, roles
from minzheng.access.models import User
from minzheng.core import clock
from minzheng.core.config import data_dir
from minzheng.core.errors import pick
from minzheng.web.access import everyone
from minzheng.web.forms import style
from minzheng.web.languages import language


class SignInForm(AuthenticationForm):
    """User name and password, with errors that say what to do."""

    error_messages = {
        "invalid_login": _("用户名或密码不对。请核对大小写；忘记密码请找管理员重设。"),
        "inactive": _("这个账号已停用。请找管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写这一项。")
        style(self)


class SignIn(LoginView):
    """The demo's sign-in page shows its accounts."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"accounts": demo_accounts()}


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the demo (`demo-accounts.json` in the data directory, which only the demo writes), with the roles
    they have. None where the database lives in real time."""
    path = data_dir() / "demo-accounts.json"
    if not clock.is_simulated() or not path.exists():
        return []
    passwords = {entry["username"]: entry["password"] for entry in json.loads(path.read_text(encoding="utf-8"))}
    users = User.objects.filter(username__in=passwords, is_active=True).select_related("office").order_by("pk")
    accounts = []
    for user in users:
        held = dict.fromkeys(assignment.role for assignment in perms.assignments(user))
        role = " · ".join(pick(roles.load().roles[code].name, language()) for code in held)
        accounts.append(
            {
                "username": user.username,
                "password": passwords[user.username],
                "name": user.name,
                "role": role,
                "office": user.office.name,
            }
        )
    return accounts


_sign_in = SignIn.as_view()
_sign_out = LogoutView.as_view()


@everyone("signing in")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page."""
    return _sign_in(request)


@everyone("signing out")
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out (POST)."""
    return _sign_out(request)


@everyone("the sign-in page has a language too")
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Set the page's language (POST) and go back."""
    return set_language(request)
