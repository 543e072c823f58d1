"""Small worlds that tests start from."""

import datetime as dt

import pytest

from minzheng.access import actions as access
from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.areas.models import Area
from minzheng.core import clock

AREAS = [
    ("99", "示例省", "province"),
    ("9901", "示例市", "prefecture"),
    ("990101", "示例县", "county"),
    ("990101101", "安和镇", "township"),
    ("990101102", "平川镇", "township"),
    ("990101101201", "柳庄村", "community"),
    ("990101101202", "河湾村", "community"),
    ("990101102201", "东岭村", "community"),
]
"""Invented divisions: code, name, level."""


class Robot:
    """Sets things up where no user exists yet."""

    pk = 0

    def get_full_name(self) -> str:
        return "系统"


@pytest.fixture
def areas(db) -> dict[str, Area]:
    """The invented divisions, by name."""
    rows = [Area(code=code, name=name, level=level, parent_code=_parent(code)) for code, name, level in AREAS]
    Area.objects.bulk_create(rows)
    return {area.name: area for area in rows}


@pytest.fixture
def on_day(db):
    """Set the office's date: `on_day(dt.date(2025, 3, 3))`."""
    return clock.set_today


@pytest.fixture
def users(areas, on_day) -> dict[str, User]:
    """One user for each role, in the invented county; today is 2025-03-03."""
    on_day(dt.date(2025, 3, 3))
    robot, since = Robot(), dt.date(2020, 1, 1)
    with scope([EVERYWHERE]):
        access.store_conflicts()
        town = access.add_office(by=robot, name="安和镇民政办", area="990101101")
        county = access.add_office(by=robot, name="示例县民政局", area="990101")
        wanted = [
            ("village_worker", "柳庄村专干", town, "990101101201"),
            ("handler", "经办人", town, "990101101"),
            ("leader", "分管领导", town, "990101101"),
            ("reviewer", "审核人", county, "990101"),
            ("approver", "审批人", county, "990101"),
            ("finance", "财务", county, "990101"),
            ("administrator", "管理员", county, "990101"),
        ]
        made = {}
        for role, name, office, area in wanted:
            user = access.add_user(by=robot, username=role, name=name, office=office, password="correct horse")
            access.assign(by=robot, user=user, role=role, area=area, since=since)
            made[role] = user
    return made


@pytest.fixture
def seen_everywhere(db):
    """A scope that sees every row, for tests that look at the result."""
    with scope([EVERYWHERE]):
        yield


def _parent(code: str) -> str | None:
    shorter = [n for n in (2, 4, 6, 9, 12) if n < len(code)]
    return code[: shorter[-1]] if shorter else None
