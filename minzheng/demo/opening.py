"""Before the year begins: the people that the office knows, and the rosters that it takes over."""

import datetime as dt
from collections.abc import Sequence

from minzheng.awards.actions import RosterRow, carry_over_roster
from minzheng.demo.cast import Recipient
from minzheng.demo.people import BANK, FamilyRow
from minzheng.demo.world import World
from minzheng.people.intake import FamilyEntry, PersonEntry, take_over
from minzheng.scenario.office import as_user

FORMED = dt.date(2015, 1, 1)
"""Since when the invented families live together; younger members since their birth."""


def register_people(world: World) -> None:
    """Take over the office's list of families, each township by its handler."""
    close = dt.date(world.year - 1, 12, 31)
    for handler, prefix in (("handler", "AH"), ("handler2", "PC")):
        rows = [family for family in world.cast.families if family.number.startswith(prefix)]
        with as_user(world.office.staff[handler]) as user:
            taken = take_over(
                by=user,
                families=[_entry(family) for family in rows],
                formed_on=FORMED,
                known_from=dt.date(world.year - 1, 1, 1),
            )
        for family, one in zip(rows, taken, strict=True):
            world.households[family.number] = one.household
            for (person, _), registered in zip(family.members, one.persons, strict=True):
                world.persons[person.number] = registered
    world.move_to(close)


def _entry(family: FamilyRow) -> FamilyEntry:
    return FamilyEntry(
        number=family.number,
        area=family.village,
        address=family.address,
        facts=family.facts,
        members=[
            (
                PersonEntry(
                    name=person.name,
                    id_number=person.number,
                    address=person.address,
                    account=person.account,
                    account_note={"bank": BANK, "holder": person.name},
                    phone=person.phone,
                    facts=person.facts,
                ),
                relation,
            )
            for person, relation in family.members
        ],
    )


def carry_over(world: World) -> None:
    """Take over the rosters as they stood on 31 December: a decision, an assessment and an award for each row."""
    rosters = {
        "dibao": [
            RosterRow(first_month=_since(world, i), household=world.household(one.family), line=i)
            for i, one in enumerate((one for one in world.cast.dibao if one.year.origin == "opening"), 1)
        ],
        "old_age_allowance": _persons(world, world.cast.old_age),
        "tekun": _persons(world, [*world.cast.dispersed], [world.person(person) for person in world.cast.in_home]),
        "special_care": _persons(world, world.cast.special_care),
        "retrenched_workers": _persons(world, world.cast.retrenched),
    }
    for programme, rows in rosters.items():
        if not rows:
            continue
        with as_user(world.office.handler) as user:
            carry_over_roster(
                by=user,
                programme=programme,
                rows=rows,
                as_of=dt.date(world.year - 1, 12, 31),
                evidence=f"{world.year - 1}年末花名册",
            )


def _persons(world: World, recipients: Sequence[Recipient], more: Sequence[object] = ()) -> list[RosterRow]:
    """Those who are on the roster when the year begins."""
    people = [world.person(one.person) for one in recipients if one.path.first == 1]
    return [
        RosterRow(first_month=_since(world, i), person=person, line=i)  # type: ignore[arg-type]
        for i, person in enumerate([*people, *more], 1)
    ]


def _since(world: World, line: int) -> dt.date:
    """Since when somebody has been on the roster: spread over the three years before."""
    months = line * 7 % 36
    return dt.date(world.year - 1 - months // 12, 12 - months % 12, 1)
