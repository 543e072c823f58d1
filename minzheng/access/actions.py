"""Writing users and assignments."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from minzheng.access import roles
from minzheng.access.models import ActConflict, Assignment, Office, User
from minzheng.areas import queries as areas
from minzheng.core import audit, clock
from minzheng.core.audit import Actor
from minzheng.core.errors import refuse


@transaction.atomic
def add_office(*, by: Actor, name: str, area: str, kind: str = "civil_affairs") -> Office:
    """Set up an office."""
    office, made = Office.objects.get_or_create(name=name, area=areas.area(area), defaults={"kind": kind})
    if made:
        audit.record("access.add_office", by=by, subject=office, area=area)
    return office


@transaction.atomic
def set_phone(*, by: User, phone: str) -> None:
    """The telephone of one's own office, as it is printed on notices."""
    office = by.office
    if phone.strip() == office.phone:
        return
    office.phone = phone.strip()
    office.save(update_fields=["phone"])
    audit.record("access.set_phone", by=by, subject=office, area=office.area_id, detail={"phone": office.phone})


@transaction.atomic
def add_user(*, by: Actor, username: str, name: str, office: Office, password: str) -> User:
    """Add somebody who can sign in; they may do nothing until a role is assigned."""
    user = User(username=username, name=name, office=office)
    user.set_password(password)
    user.save()
    audit.record("access.add_user", by=by, subject=user, area=office.area_id, detail={"username": username})
    return user


@transaction.atomic
def assign(*, by: Actor, user: User, role: str, area: str, since: dt.date) -> Assignment:
    """Give a user a role in an area."""
    if role not in roles.load().roles:
        raise refuse(
            "access.unknown_role",
            zh="没有角色“{role}”。",
            en="There is no role “{role}”.",
            remedy_zh="可用的角色见 policies/roles.yaml：{known}。",
            remedy_en="The roles are in policies/roles.yaml: {known}.",
            role=role,
            known=", ".join(roles.load().roles),
        )
    assignment, _ = Assignment.objects.get_or_create(user=user, role=role, area=areas.area(area), valid_from=since)
    audit.record("access.assign", by=by, subject=user, area=area, detail={"role": role})
    return assignment


@transaction.atomic
def store_conflicts() -> int:
    """Bring the database's pairs of conflicting acts up to date with roles.yaml. Returns how many there are."""
    wanted = {tuple(sorted(pair)) for pair in roles.load().conflicts}
    ActConflict.objects.all().delete()
    ActConflict.objects.bulk_create(ActConflict(first=a, second=b) for a, b in sorted(wanted))
    return len(wanted)


class Installer:
    """Who acts where no user exists yet: whoever runs the command on the machine itself."""

    pk = 0

    def get_full_name(self) -> str:
        return "安装程序"


@transaction.atomic
def add_first_user(*, username: str, name: str, role: str, area: str, office: str, password: str) -> User:
    """A user with a role and an office, by the installer. Refuses a name that is taken and a password that is weak."""
    by = Installer()
    if User.objects.filter(username=username).exists():
        raise refuse(
            "access.username",
            zh="账号“{username}”已存在。",
            en="The user name “{username}” is taken.",
            remedy_zh="请换一个账号名。",
            remedy_en="Choose another name.",
            username=username,
        )
    try:
        validate_password(password)
    except ValidationError as error:
        raise refuse(
            "access.password",
            zh="密码不符合要求：{why}",
            en="The password is too weak: {why}",
            remedy_zh="请换一个更长、不常见的密码。",
            remedy_en="Choose a longer, less common one.",
            why=" ".join(error.messages),
        ) from error
    user = add_user(
        by=by, username=username, name=name, password=password, office=add_office(by=by, name=office, area=area)
    )
    assign(by=by, user=user, role=role, area=area, since=clock.today())
    return user
