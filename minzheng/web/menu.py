"""Where one can go from every page."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.languages import language


@dataclass
class Entry:
    """One line of the navigation."""

    label: str
    url: str
    icon: str = ""
    active: bool = False
    children: list["Entry"] = field(default_factory=list)


ENTRIES: list[dict[str, Any]] = [
    {"label": gettext_noop("工作清单"), "icon": "checklist", "route": "work-list", "permissions": ["work.list"]},
    {"label": gettext_noop("家庭档案"), "icon": "folders", "route": "households", "permissions": ["people.view"]},
    {"label": gettext_noop("办件"), "icon": "file-text", "route": "cases", "permissions": ["cases.view"]},
    {"label": gettext_noop("收入核算"), "icon": "cash", "route": "income-start", "permissions": ["people.edit"]},
    {"label": gettext_noop("公示"), "icon": "paperclip", "route": "postings", "permissions": ["cases.view"]},
    {
        "label": gettext_noop("项目花名册"),
        "icon": "clipboard-list",
        "route": "programme",
        "permissions": ["awards.view"],
    },
    {"label": gettext_noop("本月核对"), "icon": "circle-check", "route": "month", "permissions": ["awards.view"]},
    {"label": gettext_noop("核查"), "icon": "search", "route": "reviews", "permissions": ["awards.view"]},
    {"label": gettext_noop("本期发放"), "icon": "cash", "route": "payments", "permissions": ["payments.view"]},
    {"label": gettext_noop("专项资金"), "icon": "building-bank", "route": "funds", "permissions": ["payments.view"]},
    {
        "label": gettext_noop("留守人员"),
        "icon": "users",
        "route": "left-behind",
        "permissions": ["registers.edit", "reports.view"],
    },
    {"label": gettext_noop("灾情"), "icon": "cloud-storm", "route": "disasters", "permissions": ["reports.view"]},
    {"label": gettext_noop("工作总结"), "icon": "report", "route": "report-latest", "permissions": ["reports.view"]},
    {
        "label": gettext_noop("政策测算"),
        "icon": "eye",
        "route": "simulation",
        "permissions": ["planning.simulate"],
    },
    {
        "label": gettext_noop("文书模板"),
        "icon": "file-text",
        "route": "paper-templates",
        "permissions": ["papers.templates"],
    },
]
"""Label, icon, route, the permission that opens it, the paths below it; in the order of the office's day."""


BELOW = {
    "work-list": ("/search", "/phone"),
    "households": ("/persons", "/identifiers"),
    "cases": ("/apply", "/lists", "/awards", "/files"),
    "payments": ("/runs",),
}
"""Where else an entry's pages lie."""


def menu(user: User, path: str) -> list[Entry]:
    """The entries this user may open, the one they are in marked."""
    entries = []
    for entry in ENTRIES:
        if not any(perms.may(user, permission) for permission in entry["permissions"]):
            continue
        if entry["route"] == "programme":
            entries.append(_programmes(entry, path))
            continue
        url = reverse(entry["route"])
        active = (
            path == url or (url != "/" and path.startswith(url)) or path.startswith(BELOW.get(entry["route"], ("//",)))
        )
        entries.append(Entry(_(entry["label"]), url, entry["icon"], active))
    return entries


def _programmes(entry: dict[str, Any], path: str) -> Entry:
    children = []
    for code, programme in names.programmes().items():
        url = reverse("programme", args=[code])
        children.append(Entry(pick(programme.name, language()), url, active=path.startswith(url)))
    return Entry(_(entry["label"]), "", entry["icon"], any(child.active for child in children), children)
