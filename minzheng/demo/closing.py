"""What is still open when the year closes: applications at every stage, so that the work list is alive."""

import datetime as dt

from minzheng.demo.dibao_year import apply
from minzheng.demo.tariffs import Tariffs
from minzheng.demo.world import World
from minzheng.scenario.casework import Script
from minzheng.scenario.schedule import last_working, later

OPEN_AT = (
    ("cases.decide", 22),
    ("cases.review", 16),
    ("cases.end_posting", 9),
    ("cases.end_posting", 6),
    ("cases.post", 4),
    ("cases.visit", 5),
    ("cases.cross_check", 3),
    ("cases.cross_check", 2),
    ("cases.accept", 1),
)
"""Before which act each application has come to a halt, and how many working days before the close it was made: one is
overdue, one due on the closing day, the others in the days after."""


def plan_open_cases(world: World) -> None:
    """Applications of the last weeks, and one of the neighbouring township."""
    close = last_working(world.year, 12)
    income = typical_income(world.tariffs)
    for family, (act, days) in zip(world.cast.applicants, OPEN_AT, strict=False):
        start = _working_days_before(close, days)
        script = Script(facts={"annual_income": income * len(family.members)}, stop_before=act)
        world.schedule.at(start, apply(world, family, income * len(family.members), script))
    for family in world.cast.neighbours[:2]:
        start = _working_days_before(close, 2)
        world.schedule.at(start, apply(world, family, income, Script(stop_before="cases.cross_check")))


def typical_income(tariffs: Tariffs) -> int:
    """Fen a year for one person with about half of the standard."""
    return tariffs.dibao.standard[11] * 12 * 11 // 20 // 1200 * 1200


def _working_days_before(day: dt.date, number: int) -> dt.date:
    found = day - dt.timedelta(days=number * 2 + 10)
    while later(found, number) < day:
        found += dt.timedelta(days=1)
    return later(found, 0)
