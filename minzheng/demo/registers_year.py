"""The registers through the year: the left-behind, one disaster with its losses, and next year's plan."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from minzheng.cases import actions as cases
from minzheng.core import clock
from minzheng.demo import facts
from minzheng.demo.others_year import rebuild
from minzheng.demo.people import PersonRow
from minzheng.demo.solve.exact import apportion
from minzheng.demo.world import World
from minzheng.indicators.measures import load
from minzheng.people import actions as people
from minzheng.planning.actions import adopt_plan
from minzheng.scenario import places
from minzheng.scenario.office import as_user
from minzheng.scenario.schedule import Process, later, nth_working, working
from minzheng.sectors.care.actions import register_left_behind
from minzheng.sectors.disaster import actions as disasters
from minzheng.sectors.disaster.models import Disaster

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = {
    "rainstorm": "暴雨洪涝灾害",
    "drought": "旱灾",
    "wind_hail": "风雹灾害",
    "typhoon": "台风灾害",
    "earthquake": "地震灾害",
    "landslide": "滑坡泥石流灾害",
    "snow_frost": "低温冷冻和雪灾",
    "other": "灾害",
}
AWAY = {"child": "父母外出务工", "woman": "丈夫外出务工", "elder": "子女外出务工"}
CARERS = {"child": "（外）祖父母或母亲", "woman": "", "elder": "村民小组长结对关爱"}
NEEDS = ("定期走访", "学业辅导", "农忙帮扶", "健康随访", "心理关爱", "")

GOALS = {
    "screen every household in hardship through illness, accident, disaster or schooling": (
        "对因病、因灾、因学、因意外事故致困的家庭逐户排查，做到应保尽保、应救尽救",
        ("screening.hardship", "hardship_households"),
    ),
    "screen every lonely person from 58 to 60 up for support in extreme difficulty": (
        "对58至60周岁以上的孤寡人员逐人排查，符合条件的及时纳入特困供养",
        ("screening.lonely_58", "lonely_elders_58_60", "lonely_elders"),
    ),
}
"""What the published plan says, in the office's language, with the measures that would count its extent."""


def plan_registers(world: World) -> None:
    """Put the registers' year into the schedule."""
    people_ = world.cast.left_behind
    for place in range(0, len(people_), 12):
        day = nth_working(world.year, 2 + place // 12 % 2, 3 + place // 24 % 12)
        world.schedule.do(day, _register, world, people_[place : place + 12])
    if world.figures.disaster.crops_hundredths_mu or world.figures.disaster.collapsed:
        world.schedule.at(world.day(world.figures.disaster.month, 18), disaster(world))
    world.schedule.do(nth_working(world.year, 12, 18), _adopt_plan, world)


def _register(world: World, rows: list[tuple[PersonRow, str]]) -> None:
    """A round of the village workers: some people of one village after another."""
    for place, (row, kind) in enumerate(rows):
        with as_user(world.office.village_worker(row.village)) as user:
            register_left_behind(
                by=user,
                person=world.person(row),
                kind=kind,
                on=clock.today(),
                who_is_away=AWAY[kind],
                carer=CARERS[kind],
                needs=NEEDS[place % len(NEEDS)],
            )


def disaster(world: World) -> Process:
    """First report within hours, a follow-up, the verified one; a sheet for each house; the grants applied for."""
    wanted, began = world.figures.disaster, clock.today()
    villages = list(places.VILLAGES)[:11]
    final = dict(zip(villages, apportion(wanted.crops_hundredths_mu, places.SIZES[: len(villages)]), strict=True))
    collapsed: dict[str, int] = {}
    for family in world.cast.collapsed:
        collapsed[family.village] = collapsed.get(family.village, 0) + 1
        final.setdefault(family.village, 0)
    with as_user(world.office.handler) as user:
        event = disasters.record_disaster(
            by=user,
            area=places.TOWN,
            kind=wanted.kind,
            name=f"“{began.month}·{began.day}”{NAMES[wanted.kind]}",
            began_on=began,
        )
    _report(world, event, {v: mu * 3 // 5 for v, mu in final.items()}, "first", dt.time(20, 10), {})
    yield began + dt.timedelta(1)
    _report(world, event, {v: mu * 9 // 10 for v, mu in final.items()}, "follow_up", dt.time(9, 0), collapsed)
    yield working(began + dt.timedelta(6))
    _report(world, event, final, "verified", dt.time(16, 30), collapsed)
    with as_user(world.office.handler) as user:
        for place, family in enumerate(world.cast.collapsed):
            known = facts.collapsed(2 + place % 3, recognised=facts.INCOME in family.facts)
            household = world.household(family)
            disasters.record_house_damage(
                by=user,
                disaster=event,
                household=household,
                damage="collapsed",
                rooms=known["damaged_rooms"],
                only_home=True,
                on=clock.today(),
            )
            for name, value in known.items():
                people.record_fact(
                    by=user, name=name, value=value, source="surveyed", valid_from=clock.today(), household=household
                )
    late_in_year = clock.today().month >= 11
    yield later(clock.today(), 1 if late_in_year else 20)
    for place in range(len(world.cast.collapsed)):
        world.schedule.at(later(clock.today(), place % (2 if late_in_year else 6)), _apply_for_grant(world, place))


def _apply_for_grant(world: World, place: int) -> Process:
    family = world.cast.collapsed[place]
    with as_user(world.office.handler) as user:
        case = cases.open_case(by=user, programme="rebuilding_grant", household=world.household(family))
    yield from rebuild(world, case)


def _report(
    world: World, event: Disaster, crops: dict[str, int], stage: str, at: dt.time, collapsed: dict[str, int]
) -> None:
    """The villages' reports of one stage; land in hundredths of a mu."""
    reported = dt.datetime.combine(clock.today(), at, ZONE)
    with as_user(world.office.handler) as user:
        for village, hundredths in crops.items():
            houses = collapsed.get(village, 0)
            disasters.report_loss(
                by=user,
                disaster=event,
                area=village,
                stage=stage,
                reported_at=reported,
                people_affected=hundredths // 300 + 4 * houses,
                people_moved=3 * houses,
                crops_affected_mu=Decimal(hundredths) / 100,
                crops_ruined_mu=Decimal(hundredths // 8) / 100,
                direct_loss=hundredths // 100 * 60_000 + houses * 4_000_000,
            )


def _adopt_plan(world: World) -> None:
    """Next year's plan: the published goals, each with the measure that counts its extent where there is one."""
    known = load()
    items = []
    for goal in world.figures.next_year:
        chinese, measures = GOALS.get(goal, (goal, ()))
        indicator = next((name for name in measures if name in known), "")
        items.append(({"zh-Hans": chinese, "en": goal[:1].upper() + goal[1:]}, indicator))
    with as_user(world.office.handler) as user:
        adopt_plan(
            by=user,
            area=places.TOWN,
            year=world.year + 1,
            title=f"{places.TOWN_NAME}民政办{world.year + 1}年工作计划",
            on=clock.today(),
            items=items,
        )
