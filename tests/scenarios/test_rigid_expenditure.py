"""A rigid-expenditure family is a status that medical assistance asks for, month by month, until it ends by itself."""

import datetime as dt
from pathlib import Path

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import queries
from minzheng.awards.providers import medical_category, support_now
from minzheng.people.models import Household
from minzheng.policy.registry import programme
from minzheng.policy.subjects import Party, subject
from minzheng.scenario.play import Play
from minzheng.scenario.reader import parse

STORY = (Path(__file__).parent / "rigid_expenditure_family.yaml").read_text(encoding="utf-8")


def test_medical_assistance_knows_it_to_the_end_and_no_run_pays_it(place):
    recognised = STORY.split("  2025-12-31:")[0]
    with place.fresh() as office:
        play = Play(parse(recognised, "rigid.yaml"), office)
        play.run()
        person = play.person("谷小雨")
        days = (dt.date(2025, 3, 31), dt.date(2025, 4, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 1))
        with scope([EVERYWHERE]):
            known = [medical_category([Party(person=person)], day).get(person.pk) for day in days]
            given = {"medical_self_paid": 1_000_000, "self_pay_before": 0, "medical_aid_paid": 0}
            paid = [_medical(person, day, given) for day in days[1:]]
            due = queries.due("rigid_expenditure", "99", dt.date(2025, 4, 1))
            families = [play.household(name) for name in ("谷家", "麦家", "陶家")]
            now = support_now([Party(household=family) for family in families], dt.date(2025, 4, 1))
            poor: Household = families[2]
            head = play.person("陶长根")
            alone = support_now([Party(household=poor, covered=[head.pk])], dt.date(2024, 5, 1))
    assert known == [None, "rigid_expenditure", "rigid_expenditure", None]
    # (10,000 − 4,950 of the deductible) × 60 %
    assert paid == [303_000, 303_000, None]
    assert due == []
    assert [now[family.pk] for family in families] == ["none", "none", "dibao"]
    assert alone == {poor.pk: "none"}  # before it began


def _medical(person, day, given):
    law = programme("medical_assistance")
    (result,) = law.assess([subject("medical_assistance", on=day, person=person, given=given)], day)
    return None if result.error else result.amount
