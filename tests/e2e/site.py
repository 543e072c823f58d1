"""A site of the end-to-end tests' own: `python -m tests.e2e.site DATA PORT` makes a database, a town, and serves it."""

import datetime as dt
import json
import sys
from pathlib import Path

from minzheng.core.installation import migrate, running

PASSWORD = "correct horse"
STAFF = [
    ("village_worker", "王专干", "990101101"),
    ("handler", "李经办", "990101101"),
    ("leader", "张镇长", "990101101"),
    ("reviewer", "陈审核", "990101"),
    ("approver", "刘局长", "990101"),
    ("finance", "周会计", "990101"),
]


def main(data: Path, port: int) -> None:
    with running(data, durable=False):
        migrate()
        if not (data / "demo-accounts.json").exists():  # else it was stopped and starts again
            seed(data)
        from granian import Granian
        from granian.constants import Interfaces

        Granian(
            "minzheng.web.wsgi:application",
            address="127.0.0.1",
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=4,
        ).serve()


def seed(data: Path) -> None:
    """Staff, three families, a fund; the day is 2025-03-03."""
    from minzheng.access import actions as access
    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.areas.models import Area
    from minzheng.core import clock
    from tests.fixtures import AREAS, Robot, _parent
    from tests.web.town import Town

    Area.objects.bulk_create(Area(code=c, name=n, level=level, parent_code=_parent(c)) for c, n, level in AREAS)
    clock.set_today(dt.date(2025, 3, 3))
    robot, users = Robot(), {}
    with scope([EVERYWHERE]):
        access.store_conflicts()
        offices = {
            "990101101": access.add_office(by=robot, name="安和镇民政办", area="990101101"),
            "990101": access.add_office(by=robot, name="示例县民政局", area="990101"),
        }
        for role, name, area in STAFF:
            user = access.add_user(by=robot, username=role, name=name, office=offices[area], password=PASSWORD)
            access.assign(by=robot, user=user, role=role, area=area, since=dt.date(2020, 1, 1))
            users[role] = user
    accounts = [{"username": role, "password": PASSWORD} for role, _name, _area in STAFF]
    (data / "demo-accounts.json").write_text(json.dumps(accounts), encoding="utf-8")
    town = Town(users)
    town.fund()
    town.family("赵大山", "钱秀英", "赵小宝")
    for name in ("孙福", "周桂兰"):
        household = town.family(name)
        town.means(household, 2400)
        town.accept(town.apply(household))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
