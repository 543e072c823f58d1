"""Rounds of reviews: opened once, classed, cleared by what is known."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.awards import actions
from minzheng.awards.models import Award
from minzheng.awards.reviews import queries as reading
from minzheng.awards.reviews import rounds
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound, ReviewStep
from minzheng.cases.models import CaseStep, Visit
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.people import actions as people
from tests.awards.conftest import VILLAGE, day
from tests.awards.reviewing import OTHER_VILLAGE, TOWN, elder, family, line_of, opened

# ---- opening


def test_a_round_lists_who_is_on_the_roster_that_day_in_the_order_of_the_walk(village):
    far, near = elder(village, "远", address="12组3号"), elder(village, "近", address="2组15号")
    other = elder(village, "河", area=OTHER_VILLAGE, address="1组1号")
    elder(village, "无", paid=False)
    left = elder(village, "退")
    actions.stop(by=village.approver, award=Award.objects.get(person=left), last_month=day(3), reason="moved")
    review = opened(village)
    assert [line.who for line in reading.lines(review, TOWN)] == ["近", "远", "河"]
    assert [line.who for line in reading.lines(review, OTHER_VILLAGE)] == ["河"]
    assert {line.person_id for line in review.lines.all()} == {far.pk, near.pk, other.pk}
    assert (review.first_day, review.last_day, review.due_on) == (day(1), day(6, 30), day(5, 31))
    assert AuditEntry.objects.get(action="reviews.open").detail["listed"] == 3


def test_the_same_round_cannot_be_opened_twice_and_the_next_half_year_has_its_own(village, on_day):
    elder(village, "甲")
    opened(village)
    with pytest.raises(Refused) as refused:
        opened(village)
    assert refused.value.code == "review.opened_before"
    assert "每年两次" in refused.value.rule
    on_day(day(7, 1))
    assert opened(village).first_day == day(7)
    with pytest.raises(IntegrityError, match="one_round_of_a_kind"), transaction.atomic():
        first = ReviewRound.objects.order_by("pk").first()
        first.pk = None
        first.save(force_insert=True)


def test_a_county_opens_what_its_townships_have_not(village):
    elder(village, "甲")
    elder(village, "乙", area="990101102201")
    opened(village)
    village.users["administrator"].assignments.update(role="handler")
    (second,) = rounds.open_rounds(
        by=village.users["administrator"], programme="old_age_allowance", kind="life_check", area="990101"
    )
    assert second.area_id == "990101102"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"area": VILLAGE}, "review.round_of_a_village"),
        ({"kind": "monthly"}, "review.unknown_kind"),
        ({"programme": "tekun"}, "review.no_rules"),
        ({}, "review.nobody"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(village, asked, code):
    wanted = {"programme": "old_age_allowance", "kind": "life_check", "area": TOWN} | asked
    with pytest.raises(Refused) as refused:
        rounds.open_rounds(by=village.handler, **wanted)
    assert refused.value.code == code
    assert ReviewRound.objects.count() == 0


def test_only_whoever_may_opens_a_round(village):
    elder(village, "甲")
    for role in ("village_worker", "finance", "leader"):
        with pytest.raises(Refused, match=r"access\.forbidden"):
            rounds.open_rounds(by=village.users[role], programme="old_age_allowance", kind="life_check", area=TOWN)


def test_a_round_keeps_the_rules_it_was_opened_under(village, monkeypatch, tmp_path, policies):
    elder(village, "甲")
    review = opened(village)
    changed = tmp_path / "old_age_allowance" / "reviews.yaml"
    changed.parent.mkdir()
    text = (policies / "old_age_allowance/reviews.yaml").read_text(encoding="utf-8")
    changed.write_text(text.replace("days: 15", "days: 99"), encoding="utf-8")
    monkeypatch.setenv("MINZHENG_POLICIES", str(tmp_path))
    assert rounds.rules_of(review).kind("life_check").warning.days == 15


# ---- classes of dibao


def test_families_are_reviewed_by_their_class_or_by_who_can_work(village, on_day):
    young, old = dt.date(1990, 5, 6), dt.date(1950, 5, 6)
    families = {
        "劳": family(village, "劳", young),
        "稳": family(village, "稳", old),
        "残": family(village, "残", young, disability_grade=2),
        "轻": family(village, "轻", young, disability_grade=3),
        "病": family(village, "病", young, serious_illness=True),
        "丙": family(village, "丙", old, review_class="C"),
        "甲": family(village, "甲", young, review_class="A"),
    }
    on_day(day(7, 1))  # none of them was decided on in this half year or quarter
    found = {}
    for kind in ("half_yearly", "quarterly", "yearly"):
        review = opened(village, kind, "dibao")
        found[kind] = {line.who: line.review_class for line in review.lines.all()}
    assert found == {
        "half_yearly": {"劳": "labour", "轻": "labour"},
        "quarterly": {"丙": "C"},
        "yearly": {"稳": "stable", "残": "stable", "病": "stable", "甲": "A"},
    }
    assert {line.household_id for line in ReviewLine.objects.all()} == {one.pk for one in families.values()}


@pytest.mark.parametrize(("born", "label"), [
    (dt.date(2009, 7, 1), "labour"), (dt.date(2009, 7, 2), "stable"),
    (dt.date(1965, 7, 2), "labour"), (dt.date(1965, 7, 1), "stable"),
])  # fmt: skip
def test_who_can_work_is_counted_to_the_day(village, on_day, born, label):
    family(village, "某", born)
    on_day(day(7, 1))
    kind = {"labour": "half_yearly", "stable": "yearly"}[label]
    assert [line.review_class for line in opened(village, kind, "dibao").lines.all()] == [label]


# ---- data clears most


def visit(village, case, on, met, household=None):
    return Visit.objects.create(
        case=case, area_id=VILLAGE, household=household, visited_on=on, met=met,
        first_visitor=village.handler, second_visitor=village.users["village_worker"],
    )  # fmt: skip


def test_whoever_was_met_for_something_else_in_the_period_is_cleared_with_the_contact_named(village):
    met, other, before = elder(village, "见面"), elder(village, "同户"), elder(village, "去年")
    household = village.family(met, other)
    case = village.decide("dibao", household, "refuse").case
    seen = visit(village, case, day(2, 20), "户主某某、见面", household)
    old = village.family(before)
    visit(village, village.decide("dibao", old, "refuse").case, day(12, 20, year=2024), "去年", old)
    review = opened(village)
    line = line_of(review, met)
    assert (line.state, line.method) == (LineState.VERIFIED, "data")
    assert line.evidence == {"contact": "home_visit", "on": "2025-02-20", "type": "cases.visit", "id": seen.pk}
    assert line_of(review, other).state == line_of(review, before).state == LineState.OPEN
    step = ReviewStep.objects.get(line=line)
    assert (step.act, step.actor, step.state_before, step.data) == ("cleared", village.handler, "open", line.evidence)


def test_a_letter_handed_over_and_another_check_clear_too_and_running_again_only_adds(village):
    letter, alone = elder(village, "领信"), elder(village, "无人")
    review = opened(village)
    case = village.decide("tekun", letter, "refuse").case
    CaseStep.objects.create(
        case=case, act="cases.serve", stage_before="refused", stage_after="refusal_served", on=day(3, 2),
        actor=village.handler, area_id=VILLAGE,
    )  # fmt: skip
    from minzheng.awards.reviews import clearing

    assert clearing.clear(by=village.handler, review=review) == 1
    assert clearing.clear(by=village.handler, review=review) == 0
    assert line_of(review, letter).evidence["contact"] == "served_letter"
    assert line_of(review, alone).state == LineState.OPEN
    assert ReviewStep.objects.count() == 1


def test_a_family_that_was_decided_on_in_the_period_needs_no_review(village):
    family(village, "新", dt.date(1990, 5, 6))
    review = opened(village, "half_yearly", "dibao")
    assert [(line.state, line.evidence["contact"]) for line in review.lines.all()] == [("verified", "decision")]
    assert review.closed_on == day(3, 3)


def test_who_left_or_died_since_is_not_asked_for(village, on_day):
    gone, dead, left = elder(village, "走"), elder(village, "亡"), elder(village, "留")
    review = opened(village)
    on_day(day(4, 7))
    actions.stop(by=village.approver, award=Award.objects.get(person=gone), last_month=day(4), reason="moved")
    people.record_death(by=village.handler, person=dead, on=day(4, 1))
    from minzheng.awards.reviews import clearing

    clearing.clear(by=village.handler, review=review)
    assert [line_of(review, one).state for one in (gone, dead, left)] == ["ended", "dead", "open"]
