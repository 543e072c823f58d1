"""The engine alone: turns, clocks over holidays, postings; and what the loader refuses."""

import datetime as dt

import pytest
import yaml

from minzheng.cases import engine, procedure
from minzheng.cases.engine import Done, State
from minzheng.core import workdays
from minzheng.core.errors import Refused

DIBAO = procedure.load("dibao").on(dt.date(2025, 1, 1), "application")
D = dt.date


VERIFIED = Done("cases.cross_check", D(2025, 3, 3), "checked", {"verification": {"on": "2025-03-03"}})


def state(stage: str, *steps: Done, **values: object) -> State:
    return State(stage=stage, steps=steps, today=D(2025, 3, 3), **values)


def test_every_programme_has_a_procedure_that_loads(policies):
    declared = yaml.safe_load((policies / "programmes.yaml").read_text(encoding="utf-8"))["order"]
    assert sorted(declared) == procedure.programmes()
    for code in procedure.programmes():
        file = procedure.load(code)
        assert file.on(D(2025, 1, 1), "application").programme == code


@pytest.mark.parametrize("code", procedure.programmes())
def test_every_open_stage_can_reach_an_end(code):
    for _, kinds in procedure.load(code).versions:
        for rules in kinds.values():
            for name in rules.stages:
                seen, todo = set(), [name]
                while todo:
                    seen.add(stage := todo.pop())
                    todo += [row.to for row in rules.acts if row.to and stage in row.stages and row.to not in seen]
                assert any(rules.stage(stage).closed for stage in seen), (code, rules.kind, name)


def test_acts_of_a_stage_say_what_they_wait_for():
    waiting = {p.act.name: p.unmet for p in engine.allowed_acts(DIBAO, state("applied"))}
    assert waiting == {"accept": ("papers",), "ask_papers": (), "decline": ("reason",), "withdraw": ("reason",)}
    papers = frozenset({"application_form", "authorisation", "identity_papers"})
    assert engine.find(DIBAO, state("applied", papers=papers), "cases.accept").unmet == ()


def test_an_ineligible_case_skips_the_posting_and_an_eligible_one_does_not():
    assert engine.find(DIBAO, state("assessed", VERIFIED, eligible=False), "cases.review").unmet == ()
    assert engine.find(DIBAO, state("assessed", VERIFIED, eligible=True), "cases.review").unmet == ("ineligible",)
    assert engine.find(DIBAO, state("assessed", VERIFIED, eligible=False), "cases.post").unmet == ("eligible",)


def test_an_unknown_turn_is_none():
    assert engine.find(DIBAO, state("applied"), "cases.decide", "grant") is None


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        (D(2025, 3, 3), D(2025, 3, 6)),  # Monday to Thursday
        (D(2025, 3, 6), D(2025, 3, 11)),  # over a weekend
        (D(2025, 1, 27), D(2025, 2, 7)),  # over Spring Festival, 28 January to 4 February
        (D(2025, 1, 23), D(2025, 1, 27)),  # Friday, Sunday 26 January (worked), Monday
        (D(2025, 9, 30), D(2025, 10, 11)),  # National Day to 8 October; Saturday 11 October is worked
    ],
)
def test_three_working_days_after_acceptance(accepted, due):
    steps = (Done("cases.apply", accepted, "applied"), Done("cases.accept", accepted, "accepted"))
    found = engine.due_on(DIBAO, "accepted", steps, workdays)
    assert found.on == due
    assert "第十五" in found.rule


def test_the_whole_time_runs_out_before_a_later_clock_of_a_stage():
    start = D(2025, 3, 3)
    steps = (
        Done("cases.accept", start, "accepted"),
        Done("cases.end_posting", D(2025, 4, 11), "posting_ended"),
    )
    whole = engine.due_on(DIBAO, "posting_ended", steps, workdays)
    assert whole.on == workdays.add_working_days(start, 30)
    assert "30个工作日" in whole.rule
    extended = (*steps, Done("cases.extend", D(2025, 4, 11), "posting_ended"))
    assert engine.due_on(DIBAO, "posting_ended", extended, workdays).on == D(2025, 4, 25)
    assert engine.total_due(DIBAO, "posting_ended", extended, workdays).on == workdays.add_working_days(start, 45)


def test_a_decided_case_has_only_the_clock_of_its_letter():
    steps = (Done("cases.accept", D(2025, 3, 3), "accepted"), Done("cases.decide", D(2025, 4, 14), "refused"))
    assert engine.due_on(DIBAO, "refused", steps, workdays).on == D(2025, 4, 17)
    assert engine.total_due(DIBAO, "refused", steps, workdays) is None


@pytest.mark.parametrize(
    ("posted", "last"),
    [
        (D(2025, 3, 3), D(2025, 3, 10)),  # the day of posting is not counted
        (D(2025, 3, 1), D(2025, 3, 10)),  # the seventh day is a Saturday: the next working day
        (D(2025, 9, 26), D(2025, 10, 9)),  # it falls into National Day
        (D(2025, 1, 19), D(2025, 1, 26)),  # a Sunday that is worked
    ],
)
def test_the_last_day_of_a_posting(posted, last):
    assert engine.last_day_of_posting(DIBAO.posting, posted, workdays) == last


def test_an_objection_ends_the_posting():
    post = Done("cases.post", D(2025, 3, 3), "posted", {"ends_on": "2025-03-10"})
    assert engine.posting_end((post,)) == D(2025, 3, 10)
    assert engine.posting_end((post, Done("cases.object", D(2025, 3, 5), "checked"))) is None


def test_a_posting_is_over_when_its_last_day_is():
    held = engine.find(DIBAO, state("posted", posting_ends=D(2025, 3, 3)), "cases.end_posting")
    assert held.unmet == ("posting_ended",)
    free = engine.find(DIBAO, state("posted", posting_ends=D(2025, 3, 2)), "cases.end_posting")
    assert free.unmet == ()


def test_the_law_of_2026_is_a_version_of_its_own():
    file = procedure.load("dibao")
    assert file.on(D(2026, 6, 30), "application").valid_from == D(2021, 7, 1)
    assert file.on(D(2026, 7, 1), "application").valid_from == D(2026, 7, 1)
    refusal = next(row for row in file.on(D(2026, 7, 1), "application").acts if row.outcome == "refuse")
    assert "社会救助法" in refusal.rule
    with pytest.raises(Refused, match=r"procedure\.none_in_force"):
        file.on(D(2020, 1, 1), "application")


PUBLISHED = "      rule: 民发〔2021〕57号第二十四条"


def text() -> str:
    return procedure.load("dibao").text


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("supplementing], to: accepted,", "supplementing], to: acepted,"), "no stage “acepted”"),
        (("act: cases.cross_check, label", "act: cases.crosscheck, label"), "no permission “cases.crosscheck”"),
        (("requires: [papers], rule: 民发〔2021〕57号第十条", "requires: [paper]"), "unknown “paper”"),
        (("working_days: 3, from: [cases.accept", "working_days: x, from: [cases.accept"), "no number of days"),
        (("days: 7\n", "days: 0\n"), "must be a positive number"),
        (("role: reviewer, from: [posting_ended]", "role: handler, from: [posting_ended]"), "does not hold"),
        (("extends: 2021-07-01", "extends: 2020-07-01"), "names no earlier version"),
        (("programme: dibao", "programme: tekun"), "says “tekun”"),
        (("prefix: DB", "prefix: ["), "not valid YAML"),
        (("roll_over: next_working_day", "roll_over: sometimes"), "no known rule"),
        (("        first: applied", "        first: nowhere"), ""),
        (
            ("      rule: 民发〔2021〕57号第二十四条", "      days: 0\n      rule: 民发〔2021〕57号第二十四条"),
            "must be a positive number",
        ),
        (
            ("      rule: 民发〔2021〕57号第二十四条", "      mask: face\n      rule: 民发〔2021〕57号第二十四条"),
            "unknown “face”",
        ),
        (("      rule: 民发〔2021〕57号第二十四条", "      note: 民发〔2021〕57号第二十四条"), "lacks “rule”"),
    ],
)
def test_a_broken_file_is_refused_with_place_and_remedy(change, where):
    broken = text().replace(*change, 1)
    assert broken != text()
    with pytest.raises(Refused) as caught:
        procedure.parse(broken, programme="dibao", path="dibao/procedure.yaml")
    said = caught.value.text("en")
    assert where in said
    assert "dibao/procedure.yaml" in said


OWN_DAYS = """          rule: 民发〔2021〕57号第十九条：公示期为7天，张贴当日不计
          areas: {"990101": {days: 5, rule: 示例县公示办法}}
"""


def test_a_county_may_have_its_own_days_of_posting():
    text = procedure.load("dibao").text.replace(
        "          rule: 民发〔2021〕57号第十九条：公示期为7天，张贴当日不计\n", OWN_DAYS
    )
    rules = procedure.parse(text, programme="dibao", path="dibao/procedure.yaml").on(D(2025, 1, 1), "application")
    there, elsewhere = (rules.in_area(code).posting for code in ("990101101201", "990102101201"))
    assert (there.days, there.rule, there.place) == (5, "示例县公示办法", elsewhere.place)
    assert (elsewhere.days, elsewhere.counts_day_of_posting) == (7, False)
    with pytest.raises(Refused, match="areas"):
        procedure.parse(text.replace("{days: 5,", "{days: none,"), programme="dibao", path="dibao/procedure.yaml")


def test_an_unknown_programme_names_the_known_ones():
    with pytest.raises(Refused, match="old_age_allowance"):
        procedure.load("dibbao")
