"""The demo year, lived through: what happens, in the order of its days, through the actions of the screens."""

import datetime as dt
import random
from collections.abc import Callable

from minzheng.demo import closing, dibao_year, money, opening, others_year, registers_year
from minzheng.demo.cast import make_cast
from minzheng.demo.figures import Figures
from minzheng.demo.solve.plan import YearPlan
from minzheng.demo.tariffs import Tariffs
from minzheng.demo.world import World
from minzheng.scenario.office import Office
from minzheng.scenario.schedule import Schedule, nth_working

Report = Callable[[dt.date], None]


def make_world(figures: Figures, plan: YearPlan, tariffs: Tariffs, office: Office, *, year: int, seed: int) -> World:
    """The world on the last day of the year before: people invented, nothing registered yet."""
    cast = make_cast(figures, plan, tariffs, year=year, seed=seed)
    schedule = Schedule(dt.date(year, 12, 31))
    return World(year, figures, plan, cast, tariffs, office, schedule, random.Random(seed))


def open_year(world: World) -> None:
    """Register the people and take over the rosters as they stood on 31 December."""
    world.move_to(dt.date(world.year - 1, 12, 31))
    opening.register_people(world)
    opening.carry_over(world)


def live(world: World, on_day: Report) -> None:
    """The year from its first working day to 31 December; `on_day` hears of each new day."""
    world.schedule.at(nth_working(world.year, 1, 1), money.open_funds(world), rank=0)
    dibao_year.plan_families(world)
    others_year.plan_others(world)
    others_year.raise_standards(world)
    others_year.birthdays(world)
    others_year.plan_runs(world)
    registers_year.plan_registers(world)
    closing.plan_open_cases(world)

    def move(day: dt.date) -> None:
        world.move_to(day)
        on_day(day)

    world.schedule.live(move)
    world.move_to(world.schedule.close)
