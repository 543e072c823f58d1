"""The demo's town in the suite's database: invented divisions, the law with the demo's rates, staff."""

import datetime as dt
from pathlib import Path

import pytest

from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.areas.models import Area
from minzheng.awards.actions import store_overlaps
from minzheng.core import clock
from minzheng.demo import year
from minzheng.demo.figures import parse_figures
from minzheng.demo.solve.plan import solve_year
from minzheng.demo.tariffs import OVERLAY, Law, Tariffs
from minzheng.policy import registry
from minzheng.scenario import office, places

TOWN = (Path(__file__).parent / "town.yaml").read_text(encoding="utf-8")


@pytest.fixture
def lived(db):
    """Live through the year of a figures file (its text): `lived(text)` gives the world and its figures."""

    def live(text: str, until: dt.date | None = None):
        figures = parse_figures(text)
        tariffs = Tariffs(Law(2025))
        plan = solve_year(figures, tariffs, seed=7)
        with scope([EVERYWHERE]):
            Area.objects.bulk_create(
                Area(code=one.code, name=one.name, level=one.level, parent_code=one.parent)
                for one in places.divisions()
            )
            access.store_conflicts()
            registry.store_files(OVERLAY)
        store_overlaps()
        clock.set_today(dt.date(2024, 12, 31))
        world = year.make_world(figures, plan, tariffs, office.set_up(dt.date(2020, 1, 1)), year=2025, seed=7)
        if until is not None:
            world.schedule.close = until
        year.open_year(world)
        year.live(world, lambda day: None)
        return world, figures

    return live
