"""Two families become one, or one becomes two: their files name one another, their means are entered anew."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.core import audit, clock, events
from minzheng.core.errors import refuse
from minzheng.people import queries, relations, vocabulary
from minzheng.people.actions.facts import record_fact
from minzheng.people.actions.files import chain, close, move_members, open_after
from minzheng.people.actions.heads import next_number
from minzheng.people.models import Circle, FactSource, Household, Membership, Person, Relation, SuccessionKind

By = Any
INCOME = "annual_income"
MAY_BE_ONE = ("houses",)
"""What both families may have counted, though it is one: the home that they share."""


@transaction.atomic
def merge(
    *,
    by: By,
    household: Household,
    into: Household,
    means: Mapping[str, Any],
    relation: Mapping[int, str] | None = None,
    on: dt.date | None = None,
) -> None:
    """Everybody of one family joins another (并户: a marriage, children who come home): its file is closed and names
    the other's. means: what is known of the whole family from now on, its yearly income at least, and its homes where
    both have some; what is not given is put together from both. What they receive is decided anew under the one file
    (`household.merged`)."""
    perms.require(by, "people.edit", household.area_id)
    perms.require(by, "people.edit", into.area_id)
    on = on or clock.today()
    rows = _whole(household, on)
    _whole(into, on)
    if household.pk == into.pk or household.area_id[:9] != into.area_id[:9]:
        raise refuse(
            "household.merge_place",
            zh="{household} 与 {into} 不是同一乡镇的两户。",
            en="{household} and {into} are not two families of one township.",
            remedy_zh="不同乡镇的，先把档案移交过来，再并户。",
            remedy_en="Hand the file over first, then merge.",
            household=household.number,
            into=into.number,
        )
    _require_income(means)
    together = _together(household, into, on, means) | dict(means)
    to_head = {row.person_id: (relation or {}).get(row.person_id, str(Relation.OTHER)) for row in rows}
    chain(before=household, after=into, kind=SuccessionKind.MERGED, on=on)
    move_members(by=by, before=household, after=into, rows=rows, relation=to_head, on=on, reason="merged")
    close(by=by, household=household, on=on, reason="merged")
    _record(by, into, together, on)
    payload = {"before": household.pk, "persons": [row.person_id for row in rows]}
    events.publish("household.merged", by=by, on=on, subject=into, area=into.area_id, payload=payload)


@transaction.atomic
def split(
    *,
    by: By,
    household: Household,
    persons: Sequence[Person],
    head: Person,
    means: Mapping[str, Any],
    left: Mapping[str, Any],
    relation: Mapping[int, str] | None = None,
    number: str = "",
    on: dt.date | None = None,
) -> Household:
    """Some of a family set up a household of their own (分户), under a head of theirs: the new file names the old one,
    which goes on. means, left: what is known of the new family and of those who stay, the yearly income of each at
    least. What they receive is decided anew for both (`household.split`)."""
    perms.require(by, "people.edit", household.area_id)
    on = on or clock.today()
    rows = _whole(household, on)
    going = [row for row in rows if row.person in persons]
    leads = next((row for row in going if row.person_id == head.pk), None)
    if (
        leads is None
        or len(going) != len(persons)
        or len(going) == len(rows)
        or any(row.relation == Relation.HEAD for row in going)
        or queries.is_minor(head, on)
    ):
        raise refuse(
            "household.split_people",
            zh="分出的须是本户除户主以外的部分成员，其中一名成年人作新户主。",
            en="Who splits off are some of the family, without its head, under an adult of theirs.",
            remedy_zh="户主要分出去的，先办理户主变更；全户迁走的办理迁移。",
            remedy_en="Change the head first where the head goes; record a move where everybody does.",
        )
    for one in (means, left):
        _require_income(one)
    to_head = {
        row.person_id: str(Relation.HEAD)
        if row.person_id == head.pk
        else (relation or {}).get(row.person_id) or relations.anew(leads.relation, row.relation)
        for row in going
    }
    after = open_after(
        by=by, before=household, kind=SuccessionKind.SPLIT, number=number or next_number(household), on=on
    )
    move_members(by=by, before=household, after=after, rows=going, relation=to_head, on=on, reason="split")
    _record(by, after, means, on)
    _record(by, household, left, on)
    payload = {"before": household.pk, "persons": [row.person_id for row in going]}
    events.publish("household.split", by=by, on=on, subject=after, area=after.area_id, payload=payload)
    return after


def _whole(household: Household, on: dt.date) -> list[Membership]:
    """A family as it stands, with a head, nobody's death unverified, on a day of its time."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    rows = list(queries.members(household, clock.today()))
    headless = all(row.relation != Relation.HEAD for row in rows)
    reported = any(row.person.died_on is not None for row in rows)
    day = rows and max(row.valid_from for row in rows) <= on <= clock.today()
    if household.dissolved_on is not None or household.circle != Circle.FAMILY or headless or reported or not day:
        raise refuse(
            "household.cannot_join",
            zh="{household} 现在不能并户、分户：已注销、没有户主、有死亡未核实，或日期 {on} 不对。",
            en="{household} cannot be merged or split: closed, no head, a death not verified, or a wrong day ({on}).",
            remedy_zh="请先核实死亡、确定户主，日期填实际发生的那天。",
            remedy_en="Verify the death and name the head first; enter the day on which it happened.",
            household=household.number,
            on=on,
        )
    return rows


def _require_income(means: Mapping[str, Any]) -> None:
    if INCOME not in means:
        raise refuse(
            "household.means_missing",
            zh="没有填写并户（分户）以后的家庭年收入。",
            en="The yearly income after the change is missing.",
            remedy_zh="请按核实的情况填写；分户的，两户分别填写。",
            remedy_en="Enter it as it was found; for a split, of both families.",
        )


def _together(one: Household, other: Household, on: dt.date, means: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of both families as of one: amounts and counts added, a yes of either a yes; the rest stays.
    Refuses to add homes, which may be one and the same."""
    first, second = (queries.facts(on=on, household=each) for each in (one, other))
    found: dict[str, Any] = {}
    for name in first.keys() & second.keys():
        kind = vocabulary.load()[name]["type"]
        if name in MAY_BE_ONE and name not in means and first[name].value and second[name].value:
            raise refuse(
                "household.homes_of_both",
                zh="两户都登记有住房（{first} 套、{second} 套），没有写明并户后几套。",
                en="Both families have a home ({first} and {second}); how many there are after the merging is missing.",
                remedy_zh="同一处住房只算一套：请核实后填写并户后的住房套数。",
                remedy_en="A home that they share counts once: find out how many there are, and enter it.",
                first=first[name].value,
                second=second[name].value,
            )
        if kind in ("money", "int"):
            found[name] = first[name].value + second[name].value
        elif kind == "bool":
            found[name] = first[name].value or second[name].value
    return found


def _record(by: By, household: Household, means: Mapping[str, Any], on: dt.date) -> None:
    """As found by the office, in place of what the most trusted source said before."""
    known = queries.facts(on=on, household=household)
    for name, value in means.items():
        source = known[name].source if name in known else FactSource.SURVEYED
        record_fact(by=by, name=name, value=value, source=source, valid_from=on, household=household)
    detail = {"names": sorted(means), "on": on.isoformat(), "place": areas.name(household.area_id)}
    audit.record("people.enter_means", by=by, subject=household, area=household.area_id, detail=detail)
