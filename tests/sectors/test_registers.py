"""The left-behind register and a disaster's reports: what is refused, and what counts."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from minzheng.access.scope import acting
from minzheng.core.errors import Refused
from minzheng.indicators.measures import Period, measure
from minzheng.people import actions as people
from minzheng.sectors.care import actions as care
from minzheng.sectors.care import queries as register
from minzheng.sectors.disaster import actions as disaster
from minzheng.sectors.disaster import queries as losses

TOWN, VILLAGE, OTHER = "990101101", "990101101201", "990101101202"
YEAR = Period.year(2025)


@pytest.fixture
def handler(users):
    with acting(users["handler"]):
        yield users["handler"]


def person(handler, name, birth, sex="female", area=VILLAGE):
    return people.register_person(
        by=handler, name=name, area=area, birth_date=birth, sex=sex, no_number_reason="尚未办理"
    )


def household(handler, number="A-1", area=VILLAGE):
    head = person(handler, "户主" + number, dt.date(1970, 1, 1), area=area)
    return people.form_household(
        by=handler,
        circle="family",
        area=area,
        residence="rural",
        number=number,
        formed_on=dt.date(2020, 1, 1),
        members=[(head, "head")],
    )


def test_a_child_an_elder_and_those_whom_the_list_is_not_for(handler):
    child = person(handler, "小明", dt.date(2015, 6, 1))
    elder = person(handler, "老人", dt.date(1950, 6, 1))
    care.register_left_behind(by=handler, person=child, kind="child", on=dt.date(2025, 2, 1))
    care.register_left_behind(by=handler, person=elder, kind="elder", on=dt.date(2025, 2, 1))
    with pytest.raises(Refused, match="left_behind.kind"):
        care.register_left_behind(by=handler, person=elder, kind="child", on=dt.date(2025, 2, 1))
    with pytest.raises(Refused, match="left_behind.twice"):
        care.register_left_behind(by=handler, person=child, kind="child", on=dt.date(2025, 3, 1))
    assert measure("left_behind.children").value(TOWN, YEAR) == 1
    assert measure("left_behind.elderly").value(TOWN, YEAR) == 1


def test_who_left_the_register_is_counted_until_then(handler):
    entry = care.register_left_behind(
        by=handler, person=person(handler, "小红", dt.date(2016, 1, 1)), kind="child", on=dt.date(2025, 1, 5)
    )
    care.end_left_behind(by=handler, entry=entry, on=dt.date(2025, 2, 20), reason="父母返乡")
    assert register.register_on(TOWN, dt.date(2025, 2, 19)).count() == 1
    assert register.register_on(TOWN, dt.date(2025, 2, 20)).count() == 0


def test_a_screening_counts_who_lives_alone_and_is_of_the_age(handler):
    def family(number, *births):
        members = [person(handler, f"{number}{place}", birth) for place, birth in enumerate(births)]
        people.form_household(
            by=handler,
            circle="family",
            area=VILLAGE,
            residence="rural",
            number=number,
            formed_on=dt.date(2020, 1, 1),
            members=[(one, "other" if place else "head") for place, one in enumerate(members)],
        )

    family("A-1", dt.date(1967, 7, 1))  # 59 in 2026, alone
    family("A-2", dt.date(1967, 7, 1), dt.date(1968, 7, 1))  # of the age, but two of them
    family("A-3", dt.date(1950, 7, 1))  # too old
    family("A-4", dt.date(1969, 1, 1))  # not yet
    assert [row.who for row in measure("lonely_elders_58_60").rows(TOWN, YEAR)] == ["A-10"]


@pytest.fixture
def rainstorm(handler):
    return disaster.record_disaster(
        by=handler, area=TOWN, kind="rainstorm", name="6·18暴雨", began_on=dt.date(2025, 6, 18)
    )


def report(handler, rainstorm, stage, mu, area=VILLAGE, hour=8):
    at = dt.datetime(2025, 6, 18, hour, tzinfo=ZoneInfo("Asia/Shanghai"))
    return disaster.report_loss(
        by=handler, disaster=rainstorm, area=area, stage=stage, reported_at=at, crops_affected_mu=Decimal(mu)
    )


def test_the_last_report_of_each_village_counts(handler, rainstorm):
    report(handler, rainstorm, "first", 300)
    report(handler, rainstorm, "verified", "180.5", hour=20)
    report(handler, rainstorm, "first", 20, area=OTHER)
    crops = measure("disaster.crops_affected_mu")
    assert crops.value(TOWN, YEAR) == 20050
    assert sum(row.value for row in crops.rows(TOWN, YEAR)) == 20050
    assert [row.who for row in crops.rows(TOWN, YEAR)] == ["柳庄村", "河湾村"]


def test_after_the_verified_report_none_is_taken(handler, rainstorm):
    report(handler, rainstorm, "verified", 10)
    with pytest.raises(Refused, match="disaster.verified"):
        report(handler, rainstorm, "follow_up", 11, hour=22)


def test_losses_outside_the_township_or_beyond_sense_are_refused(handler, rainstorm):
    with pytest.raises(Refused):
        report(handler, rainstorm, "first", 10, area="990101102201")
    with pytest.raises(Refused, match="disaster.crops"):
        disaster.report_loss(
            by=handler,
            disaster=rainstorm,
            area=VILLAGE,
            stage="first",
            reported_at=timezone.now(),
            crops_affected_mu=Decimal(1),
            crops_ruined_mu=Decimal(2),
        )


def test_one_sheet_a_household(handler, rainstorm):
    home = household(handler)
    sheet = {"by": handler, "disaster": rainstorm, "household": home, "only_home": True, "on": dt.date(2025, 6, 19)}
    disaster.record_house_damage(**sheet, damage="collapsed", rooms=3)
    with pytest.raises(Refused, match="house_twice"):
        disaster.record_house_damage(**sheet, damage="severe", rooms=1)
    assert measure("disaster.households_with_collapsed_houses").value(TOWN, YEAR) == 1
    assert losses.houses(TOWN, YEAR, "minor").count() == 0


def test_the_sentence_names_month_and_kind(handler, rainstorm):
    assert losses.sentence(TOWN, YEAR) == "6月遭遇暴雨洪涝灾害，"
    assert losses.sentence(TOWN, Period.year(2024)) == "全年未发生自然灾害。"


def test_the_county_sees_it_and_another_village_does_not(handler, rainstorm, users):
    report(handler, rainstorm, "first", 10, area=OTHER)
    with acting(users["reviewer"]):
        assert measure("disaster.crops_affected_mu").value("990101", YEAR) == 1000
    with acting(users["village_worker"]):
        assert losses.counting_reports(OTHER, YEAR).count() == 0
