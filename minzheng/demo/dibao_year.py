"""The families on dibao through the year: applications, changes of income and members, deaths, ends."""

import datetime as dt

from minzheng.cases import actions as cases
from minzheng.core import clock
from minzheng.demo import facts
from minzheng.demo.cast import DibaoFamily, yearly_income
from minzheng.demo.people import BANK, FamilyRow, PersonRow
from minzheng.demo.world import World
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.scenario import places
from minzheng.scenario.casework import Script, handle
from minzheng.scenario.office import as_user
from minzheng.scenario.schedule import Process, later, nth_working, working

PROGRAMME = "dibao"
WHY_ENDED = ("家庭收入增加，超过标准", "子女就业，家庭收入超过标准", "户籍迁出本镇", "家庭自愿退出")


def plan_families(world: World) -> None:
    """Put every family's year into the schedule."""
    for place, one in enumerate(world.cast.dibao):
        first, last = one.year.first, one.year.last
        if one.year.origin == "added":
            start = nth_working(world.year, first - 1, 1 + place % 3)
            world.schedule.at(start, apply(world, one.family, yearly_income(one.year.spells[0])))
        if one.year.leaves:
            _plan_leaving(world, one, last, place)
        if one.year.change:
            _plan_change(world, one, place)


def _plan_leaving(world: World, one: DibaoFamily, last: int, place: int) -> None:
    """A person alone has died (mostly), or the family is no longer entitled."""
    alone = len(one.year.spells[-1].traits) == 1
    if alone and place % 5 < 3:
        died = world.day(last, 18 + place % 7)
        world.schedule.at(later(died, 1), die(world, one.family.head, died))
    else:
        why = WHY_ENDED[place % len(WHY_ENDED)]
        world.schedule.at(nth_working(world.year, last, 2 + place % 4), end(world, one.family, why))


def _plan_change(world: World, one: DibaoFamily, place: int) -> None:
    before = one.year.spells[1].first - 1
    match one.year.change:
        case "income_changed":
            income = yearly_income(one.year.spells[1])
            world.schedule.at(nth_working(world.year, before, 2 + place % 3), change_income(world, one.family, income))
        case "member_died":
            died = world.day(before, 18 + place % 6)
            assert one.dies is not None
            world.schedule.at(later(died, 1), die(world, one.dies, died))
        case "member_added":
            assert one.joins is not None
            start = max(nth_working(world.year, before, 6), working(one.joins.birth + dt.timedelta(1)))
            world.schedule.at(start, add_member(world, one.family, one.joins))


def apply(world: World, family: FamilyRow, income: int, script: Script | None = None) -> Process:
    """An application through the whole procedure: what the family declares, and what the visit sees."""
    household = world.household(family)
    means = facts.means(income)
    with as_user(world.office.holder("handler", family.village)) as user:
        for name, value in means.items():
            people.record_fact(
                by=user, name=name, value=value, source="declared", valid_from=clock.today(), household=household
            )
        case = cases.open_case(by=user, programme=PROGRAMME, household=household)
    surveyed = {facts.INCOME: income}
    yield from handle(world.office, case, script or Script(facts=surveyed))


def end(world: World, family: FamilyRow, why: str) -> Process:
    """A family leaves the roster by a decision."""
    with as_user(world.office.handler) as user:
        case = cases.open_case(
            by=user, programme=PROGRAMME, household=world.household(family), kind="change", reason="stopped", note=why
        )
    yield from handle(world.office, case, Script(outcome="stop", note=why))


def change_income(world: World, family: FamilyRow, income: int) -> Process:
    """A changed income: verified, worked out anew, decided; it counts from the next month."""
    household = world.household(family)
    with as_user(world.office.handler) as user:
        case = cases.open_case(
            by=user, programme=PROGRAMME, household=household, kind="change", reason="income_changed"
        )
        people.record_fact(
            by=user, name=facts.INCOME, value=income, source="verified", valid_from=clock.today(), household=household
        )
    yield from handle(world.office, case, Script(outcome="change", note="收入经核对发生变化"))


def add_member(world: World, family: FamilyRow, joins: PersonRow) -> Process:
    """A child is born into a family on the roster."""
    household = world.household(family)
    with as_user(world.office.handler) as user:
        child = _register(user, joins)
        world.persons[joins.number] = child
        relation = "son" if joins.sex == "male" else "daughter"
        people.join(by=user, household=household, person=child, relation=relation, on=joins.birth, reason="born")
        covered = [*_covered(world, family, household), child]
        case = cases.open_case(
            by=user, programme=PROGRAMME, household=household, kind="change", reason="member_added", covered=covered
        )
    yield from handle(world.office, case, Script(outcome="change", note="新生儿落户"))


def _covered(world: World, family: FamilyRow, household: Household) -> list[Person]:
    return [world.person(person) for person, _ in family.members]


def _register(user: object, row: PersonRow) -> Person:
    return people.register_person(
        by=user,
        name=row.name,
        area=row.village,
        id_number=row.number,
        address=row.address,
        account=row.account,
        account_note={"bank": BANK, "holder": row.name},
    )


def die(world: World, who: PersonRow, died: dt.date) -> Process:
    """A death is reported (every benefit is held), and verified on the next working day (they end)."""
    person = world.person(who)
    handler = world.office.holder("handler", places.TOWN)
    with as_user(handler) as user:
        people.record_death(by=user, person=person, on=died)
    yield later(clock.today(), 1)
    with as_user(handler) as user:
        person.refresh_from_db()
        people.verify_death(by=user, person=person)
