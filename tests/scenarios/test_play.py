"""When a scenario does not go as it says: what is reported, with which line."""

import datetime as dt

import pytest

from minzheng.core import workdays
from minzheng.scenario.messages import ScenarioError
from minzheng.scenario.play import Play
from minzheng.scenario.reader import parse
from minzheng.scenario.result import result

FAMILY = """scenario: {zh-Hans: 试, en: Trial}
timeline:
  2025-03-03:
    - household:
        name: 王家
        members: {王大山: {born: 1961-05-02, sex: male}}
        facts: {annual_income: 0, financial_assets: 0, cars: 0, houses: 1, business_registered: false}
    - apply: 王家
"""


def _played(place, text, until=None):
    with place.fresh() as office:
        play = Play(parse(text, "x.yaml"), office, until)
        play.run()
        return play, result(play)


@pytest.mark.parametrize(
    "more, code, line, says",
    [
        ("    - review: 王家\n", "scenario.refused", 9, "case.out_of_order"),
        ("    - apply: 王家\n      refused: case.out_of_order\n", "scenario.other_refusal", 9, "case.already_open"),
        ("    - accept: 王家\n      refused: case.papers_missing\n", "scenario.not_refused", 9, "case.papers_missing"),
        ("    - hold: {of: 王家, reason: x}\n", "scenario.no_award", 9, "dibao"),
        (
            "    - handle: {case: 王家, outcome: refuse}\n  2025-03-31:\n    - expect: {case: 王家}\n",
            "scenario.refused",
            9,
            "case.conference_missing",
        ),
    ],
)
def test_what_the_file_does_not_say_ends_it_with_the_line(place, more, code, line, says):
    with pytest.raises(ScenarioError) as caught:
        _played(place, FAMILY + more)
    assert caught.value.code == code
    assert f"x.yaml:{line}:" in caught.value.text("en") and says in caught.value.text("en")
    assert f"第 {line} 行" in caught.value.text("zh-Hans")


def test_what_is_not_as_expected_is_reported_and_the_rest_goes_on(place):
    text = FAMILY + "    - expect: {case: 王家, stage: accepted, due: 2025-03-06}\n    - accept: 王家\n"
    play, found = _played(place, text)
    [error] = play.unmet
    assert "x.yaml:9:" in error.text("en")
    assert "stage applied ≠ accepted; due none ≠ 2025-03-06" in error.text("en")
    assert found.cases[0].stage == "accepted" and found.unmet


def test_it_stops_after_a_day_and_each_begins_with_an_empty_office(place):
    text = FAMILY + "  2025-03-04:\n    - accept: 王家\n  2025-03-10:\n    - cross_check: 王家\n"
    for _ in range(2):
        _, found = _played(place, text, until=dt.date(2025, 3, 5))
        [case] = found.cases
        assert found.until == "2025-03-05"
        assert (case.stage, case.due_on, case.number) == ("accepted", "2025-03-07", "DB2025-000001")
        assert "3个工作日" in case.rule


def test_a_scenario_s_calendar_ends_with_it(place):
    text = FAMILY + "    - calendar: {holidays: [2025-03-04]}\n    - accept: 王家\n"
    _, found = _played(place, text)
    assert found.cases[0].due_on == "2025-03-07"
    assert workdays.in_force() is workdays.OFFICIAL
    assert workdays.is_working_day(dt.date(2025, 3, 4))
