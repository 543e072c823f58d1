"""The other programmes through the year: support in extreme difficulty, old age, special care, lists, small cases."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from minzheng.awards import actions as awards
from minzheng.cases import actions as cases
from minzheng.cases.models import Case
from minzheng.core import clock
from minzheng.demo import facts
from minzheng.demo.cast import Recipient
from minzheng.demo.dibao_year import die
from minzheng.demo.money import pay
from minzheng.demo.people import FamilyRow, PersonRow
from minzheng.demo.tariffs import self_pay_for, spending_for
from minzheng.demo.world import World
from minzheng.payments import actions as payments
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.scenario import places
from minzheng.scenario.casework import Script, handle
from minzheng.scenario.office import as_user
from minzheng.scenario.schedule import Process, last_working, later, nth_working, working


def plan_others(world: World) -> None:
    """Put the year of every other programme into the schedule."""
    _plan_tekun(world)
    for programme, recipients in (
        ("old_age_allowance", world.cast.old_age),
        ("special_care", world.cast.special_care),
        ("retrenched_workers", world.cast.retrenched),
    ):
        _plan_part_years(world, programme, recipients)
    _plan_temporary(world)
    if world.cast.festival:
        world.schedule.at(nth_working(world.year, 1, 3), festival(world))
    if world.cast.gifts:
        world.schedule.at(nth_working(world.year, 7, 10), gifts(world))
    for place, one in enumerate(world.cast.conscripts):
        start = nth_working(world.year, 9, 3 + place % 12)
        world.schedule.at(start, apply(world, "conscript_families", one.person))
    for month in range(1, world.figures.medical.until[0] + 1):
        world.schedule.at(_settled_on(world, month), medical(world, month))


def _plan_tekun(world: World) -> None:
    """New ones in homes apply in the months from January on; the odd one at home who comes later or dies."""
    for place, person in enumerate(world.cast.new_in_home):
        start = nth_working(world.year, 1 + place * 10 // max(len(world.cast.new_in_home), 1), 2 + place % 3)
        world.schedule.at(start, apply(world, "tekun", person))
    for one in world.cast.dispersed:
        if one.path.first > 1:
            world.schedule.at(nth_working(world.year, one.path.first - 1, 1), apply(world, "tekun", one.person))
        if one.path.last < 12:
            world.schedule.at(_after(world, one.path.last), die(world, one.person, _month_end(world, one.path.last)))


def _plan_part_years(world: World, programme: str, recipients: Sequence[Recipient]) -> None:
    """Those who begin within the year apply in their first month; those who end die on the last day of their last."""
    for one in recipients:
        if one.path.first > 1:
            start = max(nth_working(world.year, one.path.first, 1), _birthday(world, one.person, one.path.first))
            world.schedule.at(working(start), apply(world, programme, one.person))
        if one.path.last < 12:
            world.schedule.at(_after(world, one.path.last), die(world, one.person, _month_end(world, one.path.last)))


def _birthday(world: World, person: PersonRow, month: int) -> dt.date:
    """The day after the birthday, where it is in this month."""
    born = person.birth
    return world.day(month, born.day + 1) if born.month == month else world.day(month, 1)


def _month_end(world: World, month: int) -> dt.date:
    return world.day(month + 1, 1) - dt.timedelta(1)


def _after(world: World, month: int) -> dt.date:
    return nth_working(world.year, month + 1, 1)


def apply(world: World, programme: str, who: PersonRow) -> Process:
    """One person's application to its decision."""
    person = world.person(who)
    with as_user(world.office.handler) as user:
        if who.facts.get("registered_here") is False:  # has moved here this month
            moved = clock.today().replace(day=1)
            people.record_fact(
                by=user, name="registered_here", value=True, source="verified", valid_from=moved, person=person
            )
        case = cases.open_case(by=user, programme=programme, person=person)
    yield from handle(world.office, case, Script())


def _plan_temporary(world: World) -> None:
    """Cases spread over the year, each decided a few days before the month's run."""
    number = len(world.cast.temporary)
    for place, (family, amount) in enumerate(world.cast.temporary):
        month = 1 + place * 12 // max(number, 1)
        start = nth_working(world.year, month, 2 + place * 5 % 9)
        world.schedule.at(start, help_once(world, family, amount))


def help_once(world: World, family: FamilyRow, amount: int) -> Process:
    """Temporary assistance for one family: the spending that the policy turns into exactly this amount."""
    rate = world.tariffs.law.rate
    month = clock.today().month
    own_part = int(rate("temporary_assistance", "own_part", month))
    share = Fraction(rate("temporary_assistance", "share", month))
    given = facts.temporary(spending_for(amount, own_part, share))
    with as_user(world.office.handler) as user:
        case = cases.open_case(
            by=user, programme="temporary_assistance", household=world.household(family), given=given
        )
    yield from handle(world.office, case, Script(given=given, note="突发困难，情况属实"))


def festival(world: World) -> Process:
    """Spring Festival goods: taken into stock, listed, decided, handed out before the festival."""
    parcels: dict[str, int] = {}
    for family in world.cast.festival:
        parcels[family.facts["parcel"]] = parcels.get(family.facts["parcel"], 0) + 1
    prices = {kind.code: kind.amounts[0] for kind in world.tariffs.parcels}
    with as_user(world.office.finance) as user:
        for parcel, number in parcels.items():
            receipt = payments.receive_goods(
                by=user,
                area=places.TOWN,
                item=PARCEL_NAMES.get(parcel, parcel),
                quantity=number,
                unit_value=prices[parcel],
                on=clock.today(),
                source="donation",
            )
    yield later(clock.today(), 1)
    households = [world.household(family) for family in world.cast.festival]
    yield from _by_list(world, "festival_relief", f"{world.year}年春节慰问物资名单", households)
    with as_user(world.office.handler) as user:
        run = payments.prepare_run(
            by=user, programme="festival_relief", area=places.TOWN, month=world.day(1, 1), fund=receipt.fund
        )
        payments.submit(by=user, run=run)
    yield later(clock.today(), 1)
    with as_user(world.office.approver) as user:
        payments.approve(by=user, run=run)
    yield later(clock.today(), 1)
    with as_user(world.office.handler) as user:
        payments.give(by=user, run=run, note="由村干部陪同入户发放，本人签收")
    with as_user(world.office.finance) as user:
        payments.close(by=user, run=run)


PARCEL_NAMES = {
    "rice_flour_oil": "米面油慰问包",
    "rice_oil": "米油慰问包",
    "rice": "大米",
    "oil": "食用油",
    "coat": "棉衣",
    "quilt": "棉被",
    "rice_oil_quilt": "米油棉被慰问包",
}


def gifts(world: World) -> Process:
    """Army Day gifts: a list drawn up and decided in July, paid before 1 August."""
    visited = [world.person(person) for person, _ in world.cast.gifts]
    yield from _by_list(world, "army_day_gifts", f"{world.year}年八一慰问名单", visited)
    yield from pay(world, "army_day_gifts", 7)


def _by_list(world: World, programme: str, title: str, parties: Sequence[Household] | Sequence[Person]) -> Process:
    with as_user(world.office.handler) as user:
        drawn = cases.draw_up_list(by=user, programme=programme, area=places.TOWN, title=title, parties=parties)
    yield later(clock.today(), 2)
    with as_user(world.office.approver) as user:
        cases.decide_list(by=user, case_list=drawn)
    yield later(clock.today(), 1)


def _settled_on(world: World, month: int) -> dt.date:
    """The day of a month's settlement list: the sixteenth or after, but within the months that are counted."""
    day = working(world.day(month, 16))
    month_until, day_until = world.figures.medical.until
    if month == month_until:
        while day + dt.timedelta(6) > world.day(month, day_until) and day > world.day(month, 2):
            day -= dt.timedelta(1)
        day = working(day)
    return day


def medical(world: World, month: int) -> Process:
    """The list that the healthcare-security office hands over for a month: imported, then paid."""
    rows = []
    for patient in world.cast.patients:
        before = 0
        for settlement in sorted(patient.settlements, key=lambda s: s.month):
            cost = _self_paid(world, patient.category, settlement.month, settlement.paid, before)
            before += cost
            if settlement.month == month:
                number = f"YB{world.year}{month:02d}{settlement.person:05d}"
                rows.append((patient.person, number, cost, settlement.paid))
    if not rows:
        return
    with as_user(world.office.with_permission("awards.settle", places.TOWN)) as user:
        awards.settle(
            by=user,
            source_file=f"{world.year}年{month}月医疗救助结算清单",
            rows=[
                awards.SettlementRow(
                    line=line,
                    id_number=person.number,
                    settlement_number=number,
                    on=clock.today() - dt.timedelta(1),
                    eligible_cost=cost * 3,
                    insurance_paid=cost * 2,
                    self_pay=cost,
                    aid=aid,
                )
                for line, (person, number, cost, aid) in enumerate(rows, 1)
            ],
        )
    yield later(clock.today(), 1)
    yield from pay(world, "medical_assistance", month)


def _self_paid(world: World, category: str, month: int, paid: int, before: int) -> int:
    """The self-paid cost from which the policy pays exactly this, after what was borne before in the year."""
    rate = world.tariffs.law.rate
    deductible = int(rate("medical_assistance", "deductible", month, category))
    left = max(deductible - before, 0)
    return self_pay_for(paid, left, Fraction(rate("medical_assistance", "ratio", month, category)))


def raise_standards(world: World) -> None:
    """Where a programme's rates change within the year, the county applies them on the first working day."""
    for programme in ("dibao", "tekun", "old_age_allowance", "special_care"):
        rates = world.tariffs.law.programme(programme)[1]
        months = sorted({day.month for day in rates.dates() if day.year == world.year and day.month > 1})
        for month in months:
            world.schedule.do(nth_working(world.year, month, 1), _apply_standard, world, programme, month, rank=1)


def _apply_standard(world: World, programme: str, month: int) -> None:
    with as_user(world.office.approver) as user:
        awards.apply_standard(by=user, programme=programme, area=places.TOWN, month=world.day(month, 1))


def birthdays(world: World) -> None:
    """Each month the handler brings the old-age roster up to date with the birthdays."""
    for month in range(2, 13):
        world.schedule.do(nth_working(world.year, month, 2), _refresh, world, month, rank=2)


def _refresh(world: World, month: int) -> None:
    with as_user(world.office.handler) as user:
        awards.refresh_birthdays(by=user, programme="old_age_allowance", area=places.TOWN, month=world.day(month, 1))


def plan_runs(world: World) -> None:
    """The runs of the year: dibao in the first days of each month, the others towards its end."""
    year, put = world.year, world.schedule.at
    for month in range(1, 13):
        put(nth_working(year, month, 3), pay(world, "dibao", month, returns=RETURNS.get(month, 0)), rank=7)
        late = last_working(year, month, before=4)
        put(late, pay(world, "old_age_allowance", month, returns=1 if month == 5 else 0), rank=7)
        for programme in ("special_care", "retrenched_workers"):
            put(late, pay(world, programme, month), rank=7)
        put(last_working(year, month, before=6), pay(world, "temporary_assistance", month), rank=7)
        if month % 3 == 0:
            put(last_working(year, month, before=7), pay(world, "tekun", month), rank=7)
    put(last_working(year, 9, before=3), pay(world, "conscript_families", 9), rank=7)


RETURNS = {3: 2, 6: 1, 9: 2}
"""In which months the bank returns how many payments of dibao."""


def rebuild(world: World, case: Case) -> Process:
    """A rebuilding grant up to the township's examination; the county has not decided by the year's end."""
    yield from handle(world.office, case, Script(stop_before="cases.decide", slack=1))
