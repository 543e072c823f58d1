"""Every figure of the file counted again by plain SQL from ledger, rosters and registers, without the indicators."""

from dataclasses import dataclass

from django.db import connection

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.errors import Refused
from minzheng.demo.figures import Figures
from minzheng.scenario import places

ROSTER = """
select count(*), coalesce(sum((select count(*) from awards_member m where m.award_id = a.id and m.superseded_at is null
    and {people})), 0)
from awards_award a
where a.programme = 'dibao' and a.residence = 'rural' and a.area_code like %(town)s || '%%' and {which}
"""
ADDED = ROSTER.format(
    which="a.origin = 'case' and a.entered_on between %(first)s and %(last)s", people="m.first_month = a.first_month"
)
REMOVED = ROSTER.format(
    which="a.left_on between %(first)s and %(last)s",
    people="(m.last_month is null or m.last_month >= a.last_month)",
)
YEAR_END = ROSTER.format(
    which="a.entered_on <= %(last)s and (a.left_on is null or a.left_on > %(last)s)", people="m.last_month is null"
)
PAID = """
select coalesce(sum(t.amount), 0), count(distinct a.person_id), count(distinct a.household_id)
from payments_transfer t
left join payments_payment p on p.id = t.payment_id
left join awards_award a on a.id = p.award_id
where t.kind in ('paid', 'given') and t.programme = %(programme)s and t.on between %(first)s and %(until)s
  and t.area_code like %(town)s || '%%' and (%(category)s = '' or a.category = %(category)s)
"""
IN_HOMES = """
select count(*) from awards_award where programme = 'tekun' and category = 'in_home' and origin = 'case'
  and entered_on between %(first)s and %(last)s and area_code like %(town)s || '%%'
"""
LEFT_BEHIND = """
select count(*) from care_left_behind where kind = %(kind)s and registered_on <= %(last)s
  and (ended_on is null or ended_on > %(last)s) and area_code like %(town)s || '%%'
"""
CROPS = """
select coalesce(sum(l.crops_affected_mu), 0) * 100 from disaster_report l where not exists (
    select from disaster_report r where r.disaster_id = l.disaster_id and r.area_code = l.area_code
    and r.reported_at > l.reported_at) and l.area_code like %(town)s || '%%'
"""
HOUSES = """
select count(*) from disaster_house where damage = 'collapsed' and area_code like %(town)s || '%%'
"""
GRANTS = """
select count(*) from cases_case c where c.programme = 'rebuilding_grant' and c.closed_on is null
  and c.opened_on between %(first)s and %(last)s and c.area_code like %(town)s || '%%'
  and not exists (select from payments_payment p join awards_award a on a.id = p.award_id
                  where a.household_id = c.household_id and a.programme = 'rebuilding_grant')
"""
UNBALANCED = """
select count(*) from payments_account a where a.balance <>
    (select coalesce(sum(amount), 0) from payments_transfer where debit_id = a.id)
    - (select coalesce(sum(amount), 0) from payments_transfer where credit_id = a.id)
"""


@dataclass(frozen=True)
class Difference:
    """One figure that did not come out: counts in units, money in fen, land in hundredths of a mu."""

    figure: str
    wanted: int
    found: int


def differences(figures: Figures, year: int) -> list[Difference]:
    """What of the figures the records do not add up to; empty where everything is as published."""
    with scope([EVERYWHERE]):
        counted = _counted(figures, year)
    wanted = _wanted(figures)
    return [Difference(name, wanted[name], counted[name]) for name in wanted if counted[name] != wanted[name]]


def require(figures: Figures, year: int) -> None:
    """Refuse (`demo.differs`) a year whose records do not add up to the figures."""
    found = differences(figures, year)
    if found:
        raise Refused(
            "demo.differs",
            {
                "zh-Hans": "演示年度的台账与数据文件不一致：{list}。",
                "en": "The records of the demo year do not add up to the figures file: {list}.",
            },
            {
                "zh-Hans": "这是生成程序的缺陷，请连同数据文件一起报告。",
                "en": "This is a fault of the generator; report it together with the figures file.",
            },
            {"list": "; ".join(f"{one.figure} {one.found} ≠ {one.wanted}" for one in found)},
        )


def _wanted(f: Figures) -> dict[str, int]:
    return {
        "dibao.added.households": f.dibao.added.households,
        "dibao.added.persons": f.dibao.added.persons,
        "dibao.removed.households": f.dibao.removed.households,
        "dibao.removed.persons": f.dibao.removed.persons,
        "dibao.year_end.households": f.dibao.year_end.households,
        "dibao.year_end.persons": f.dibao.year_end.persons,
        "dibao.paid": f.dibao.paid,
        "festival_relief.households": f.festival_goods.number,
        "festival_relief.value": f.festival_goods.paid,
        "temporary_assistance.households": f.temporary_cash.number,
        "temporary_assistance.paid": f.temporary_cash.paid,
        "medical_assistance.persons": f.medical.persons,
        "medical_assistance.paid": f.medical.paid,
        "old_age_allowance.persons": f.old_age.number,
        "old_age_allowance.paid": f.old_age.paid,
        "retrenched_workers.persons": f.retrenched.number,
        "retrenched_workers.paid": f.retrenched.paid,
        "disaster.crops_hundredths_mu": f.disaster.crops_hundredths_mu,
        "disaster.collapsed": f.disaster.collapsed,
        "disaster.grants_applied_for": f.disaster.collapsed,
        "tekun.new_in_homes": f.new_in_homes,
        "tekun.dispersed.persons": f.dispersed.number,
        "tekun.dispersed.paid": f.dispersed.paid,
        "left_behind.child": f.left_behind.children,
        "left_behind.woman": f.left_behind.women,
        "left_behind.elder": f.left_behind.elderly,
        "special_care.persons": f.special_care.number,
        "special_care.paid": f.special_care.paid,
        "conscript_families.persons": f.conscripts.number,
        "conscript_families.paid": f.conscripts.paid,
        "army_day_gifts.paid": f.army_day_gifts,
        "accounts out of balance": 0,
    }


def _counted(figures: Figures, year: int) -> dict[str, int]:
    span = {"town": places.TOWN, "first": f"{year}-01-01", "last": f"{year}-12-31"}
    found: dict[str, int] = {}
    for name, query in (("added", ADDED), ("removed", REMOVED), ("year_end", YEAR_END)):
        found[f"dibao.{name}.households"], found[f"dibao.{name}.persons"] = _row(query, span)
    month, day = figures.medical.until
    for programme, households in {
        "dibao": "",
        "festival_relief": "households",
        "temporary_assistance": "households",
        "medical_assistance": "persons",
        "old_age_allowance": "persons",
        "retrenched_workers": "persons",
        "special_care": "persons",
        "conscript_families": "persons",
        "army_day_gifts": "",
    }.items():
        until = f"{year}-{month:02d}-{day:02d}" if programme == "medical_assistance" else span["last"]
        paid, persons, families = _row(PAID, span | {"programme": programme, "category": "", "until": until})
        found[f"{programme}.{'value' if programme == 'festival_relief' else 'paid'}"] = paid
        if households:
            found[f"{programme}.{households}"] = families if households == "households" else persons
    dispersed = {"programme": "tekun", "category": "dispersed", "until": span["last"]}
    found["tekun.dispersed.paid"], found["tekun.dispersed.persons"], _ = _row(PAID, span | dispersed)
    for kind in ("child", "woman", "elder"):
        (found[f"left_behind.{kind}"],) = _row(LEFT_BEHIND, span | {"kind": kind})
    for name, query in {
        "tekun.new_in_homes": IN_HOMES,
        "disaster.crops_hundredths_mu": CROPS,
        "disaster.collapsed": HOUSES,
        "disaster.grants_applied_for": GRANTS,
        "accounts out of balance": UNBALANCED,
    }.items():
        (found[name],) = _row(query, span)
    return found


def _row(query: str, values: dict[str, str]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    assert row is not None
    return tuple(int(value) for value in row)
