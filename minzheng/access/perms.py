"""Who may do what, where."""

from minzheng.access import roles
from minzheng.access.models import Assignment, User
from minzheng.core import clock
from minzheng.core.errors import pick, refuse


def assignments(user: User) -> list[Assignment]:
    """The user's assignments in force today (asked for once per user object)."""
    cached: tuple[object, list[Assignment]] | None = getattr(user, "_assignments_today", None)
    day = clock.today()
    if cached is not None and cached[0] == day:
        return cached[1]
    found = [
        a
        for a in user.assignments.order_by("role", "area_id")
        if a.valid_from <= day and (a.valid_to is None or day <= a.valid_to)
    ]
    user._assignments_today = (day, found)  # type: ignore[attr-defined]
    return found


def areas_where(user: User, permission: str) -> list[str]:
    """The areas in which the user holds the permission, by code."""
    known = roles.load().roles
    return sorted({a.area_id for a in assignments(user) if permission in known[a.role].permissions})


def may(user: User, permission: str, area: str | None = None) -> bool:
    """True where one of the user's roles has the permission, in an area that holds `area` (anywhere if None)."""
    held = areas_where(user, permission)
    return bool(held) if area is None else any(area.startswith(code) for code in held)


def require(user: User, permission: str, area: str, *or_else: str) -> None:
    """Refuse an act that the user's roles do not allow in this area; any one of several permissions may do."""
    if any(may(user, one, area) for one in (permission, *or_else)):
        return
    holders = [role.name for role in roles.load().roles.values() if permission in role.permissions]
    raise refuse(
        "access.forbidden",
        zh="{user}在此区划没有“{permission}”的权限。",
        en="{user} may not do “{permission}” in this area.",
        remedy_zh="可以办理的角色：{holders_zh}；需要授权请找管理员。",
        remedy_en="Roles that may: {holders_en}. An administrator can assign one.",
        user=user.name,
        permission=permission,
        holders_zh="、".join(pick(name, "zh-Hans") for name in holders) or "无",
        holders_en=", ".join(pick(name, "en") for name in holders) or "none",
    )
