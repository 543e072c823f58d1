"""The offices and the people who work in them, and acting as one of them."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from minzheng.access import actions as access
from minzheng.access import perms
from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.scenario import places

PASSWORD = "minzheng-demo"
"""Of every account of the demo; printed when it starts."""

STAFF = (
    ("handler", "handler", "周文慧", "town", places.TOWN),
    ("leader", "leader", "韩立新", "town", places.TOWN),
    ("village1", "village_worker", "罗小满", "town", ""),
    ("village2", "village_worker", "田秋生", "town", ""),
    ("village3", "village_worker", "白玉珍", "town", ""),
    ("reviewer", "reviewer", "沈思远", "county", places.COUNTY),
    ("approver", "approver", "顾明川", "county", places.COUNTY),
    ("finance", "finance", "程若兰", "finance", places.COUNTY),
    ("admin", "administrator", "管理员", "county", places.COUNTY),
    ("handler2", "handler", "魏长河", "neighbour", places.NEIGHBOUR),
)
"""Account, role, invented name, office, area (village workers share the villages between them)."""

MORE_STAFF = (
    *STAFF,
    ("handler3", "handler", "苗青", "town", places.TOWN),
    ("approver2", "approver", "贺知秋", "county", places.COUNTY),
)
"""The same with a second person where a scenario needs two who may do the same."""


class Robot:
    """Sets things up before anybody is there."""

    pk = 0

    def get_full_name(self) -> str:
        return "系统"


@dataclass(frozen=True)
class Office:
    """Everybody by their account, and who works in which village."""

    staff: dict[str, User]
    villages: dict[str, User]

    def __getattr__(self, name: str) -> User:
        try:
            return self.staff[name]
        except KeyError:
            raise AttributeError(name) from None

    def village_worker(self, village: str) -> User:
        return self.villages[village]

    def with_permission(self, permission: str, area: str) -> User:
        """Somebody who may do this here; in the office's own order."""
        return next(user for user in self.staff.values() if perms.may(user, permission, area))

    def holder(self, role: str, area: str) -> User:
        """Who acts in this role for a case of this area."""
        if area.startswith(places.NEIGHBOUR) and role in ("handler", "village_worker"):
            return self.staff["handler2"]
        if role == "village_worker":
            return self.villages[area]
        return self.staff[role]


def set_up(since: dt.date, wanted: Sequence[tuple[str, str, str, str, str]] = STAFF) -> Office:
    """Offices, users, roles. The password of all of them is `minzheng-demo`."""
    robot = Robot()
    with scope([EVERYWHERE]):
        offices = {
            "town": access.add_office(by=robot, name=f"{places.TOWN_NAME}民政办", area=places.TOWN),
            "neighbour": access.add_office(by=robot, name="平川镇民政办", area=places.NEIGHBOUR),
            "county": access.add_office(by=robot, name="示例县民政局", area=places.COUNTY),
            "finance": access.add_office(by=robot, name="示例县财政局", area=places.COUNTY, kind="finance"),
        }
        staff: dict[str, User] = {}
        villages: dict[str, User] = {}
        for account, role, name, office, area in wanted:
            user = access.add_user(by=robot, username=account, name=name, office=offices[office], password=PASSWORD)
            staff[account] = user
            areas = [area] if area else _share(account)
            for code in areas:
                access.assign(by=robot, user=user, role=role, area=code, since=since)
            if not area:
                villages |= dict.fromkeys(areas, user)
    return Office(staff, villages)


def name_accounts(data: Path, wanted: Sequence[tuple[str, str, str, str, str]] = STAFF) -> None:
    """The accounts that the sign-in page of an invented office shows."""
    accounts = [{"username": account, "password": PASSWORD} for account, *_ in wanted]
    (data / "demo-accounts.json").write_text(json.dumps(accounts), encoding="utf-8")


def _share(account: str) -> list[str]:
    """Five villages each."""
    number = int(account[-1]) - 1
    codes = list(places.VILLAGES)
    return codes[number * 5 : number * 5 + 5]


@contextmanager
def as_user(user: User) -> Iterator[User]:
    """One transaction with this user's scope."""
    with acting(user):
        yield user
