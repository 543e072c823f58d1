"""A recognised borderline family is a status that other programmes can ask for."""

import datetime as dt
from pathlib import Path

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import queries
from minzheng.awards.providers import medical_category
from minzheng.policy.subjects import Party
from minzheng.scenario.play import Play
from minzheng.scenario.reader import parse

STORY = (Path(__file__).parent / "borderline_family.yaml").read_text(encoding="utf-8")


def test_medical_assistance_knows_it_and_no_run_pays_it(place):
    recognised = STORY.split("  2025-04-07:")[0]
    with place.fresh() as office:
        play = Play(parse(recognised, "borderline.yaml"), office)
        play.run()
        member = Party(person=play.person("华小军"))
        with scope([EVERYWHERE]):
            before, after = (medical_category([member], day) for day in (dt.date(2025, 3, 31), dt.date(2025, 4, 1)))
            due = queries.due("borderline", "99", dt.date(2025, 4, 1))
    assert before == {} and after == {member.key: "borderline"}
    assert due == []
