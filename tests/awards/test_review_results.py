"""Lines of a round: ticked in bulk, warned, suspended, paid on return; how far it has come."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.awards import actions, queries
from minzheng.awards.models import Award
from minzheng.awards.reviews import queries as reading
from minzheng.awards.reviews import results, unverified
from minzheng.awards.reviews.models import LineState, ReviewStep
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from tests.awards.conftest import VILLAGE, day
from tests.awards.reviewing import OTHER_VILLAGE, TOWN, elder, family, line_of, opened, tick

# ---- results


def test_a_list_is_ticked_at_once_and_sending_it_again_changes_nothing(village):
    persons = [elder(village, name) for name in "甲乙丙"]
    review = opened(village)
    assert tick(village, review, *persons[:2], note="村委王某") == results.Recorded(2, 0, 0)
    assert tick(village, review, *persons[:2], note="村委王某") == results.Recorded(0, 0, 2)
    line = line_of(review, persons[0])
    assert (line.state, line.method, line.settled_on, line.settled_by) == (
        "verified",
        "village",
        day(3, 3),
        village.handler,
    )
    steps = ReviewStep.objects.filter(line__round=review)
    assert [(step.note, step.state_after) for step in steps] == [("村委王某", "verified")] * 2
    task = Task.objects.get(kind="reviews.round")
    assert (task.label["zh-Hans"], task.due_on, task.area_code) == ("生存认证：还剩 1", day(5, 31), TOWN)
    tick(village, review, persons[2], method="visit", on=day(3, 1))
    assert Task.objects.get(kind="reviews.round").done_on == day(3, 3)
    review.refresh_from_db()
    assert review.closed_on == day(3, 3)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"method": "data"}, "review.method"),
        ({"method": "guess"}, "review.method"),
        ({"on": day(3, 4)}, "review.day"),
        ({"on": day(12, 31, year=2024)}, "review.day"),
    ],
)
def test_a_result_that_the_rules_do_not_know_is_refused_with_their_name(village, how, code):
    person = elder(village, "甲")
    review = opened(village)
    with pytest.raises(Refused) as refused:
        tick(village, review, person, **how)
    assert refused.value.code == code
    assert "每年两次" in refused.value.rule
    assert line_of(review, person).state == LineState.OPEN


def test_lines_of_another_round_and_an_empty_choice_are_refused(village):
    elder(village, "甲")
    review = opened(village)
    family(village, "户", dt.date(1950, 5, 6))
    other = opened(village, "yearly", "dibao")
    for ids, code in (([], "review.nobody_chosen"), ([other.lines.get().pk], "review.not_in_round")):
        with pytest.raises(Refused) as refused:
            results.record(by=village.handler, review=review, lines=ids, method="village")
        assert refused.value.code == code


def test_a_mistake_is_taken_back_with_its_reason(village):
    person = elder(village, "甲")
    review = opened(village)
    tick(village, review, person)
    with pytest.raises(Refused, match=r"review\.needs_words"):
        results.take_back(by=village.handler, review=review, lines=[line_of(review, person).pk], note=" ")
    assert results.take_back(by=village.handler, review=review, lines=[line_of(review, person).pk], note="勾错人") == 1
    line = line_of(review, person)
    assert (line.state, line.method, line.settled_on, line.settled_by) == ("open", "", None, None)
    assert [step.act for step in line.steps.order_by("pk")] == ["verified", "taken_back"]
    assert Task.objects.get(kind="reviews.round", done_on=None).label["en"] == "Life check: 1 left"


def test_a_change_asks_for_a_change_of_the_award(village, on_day):
    family(village, "变", dt.date(1950, 5, 6))
    on_day(day(7, 1))
    review = opened(village, "yearly", "dibao")
    line = review.lines.select_related("round").first()
    results.take_back(by=village.handler, review=review, lines=[line.pk], note="收入有变")
    results.record_change(by=village.handler, line=line, method="visit", note="儿子开始上班")
    line.refresh_from_db()
    assert line.state == LineState.CHANGED
    task = Task.objects.get(kind="reviews.open_change")
    assert ("儿子开始上班" in task.label["zh-Hans"], task.permission) == (True, "cases.change")


def test_a_death_found_by_a_check_goes_the_ordinary_way(village):
    person = elder(village, "亡")
    review = opened(village)
    results.record_death(by=village.handler, line=line_of(review, person), died_on=day(2, 27))
    person.refresh_from_db()
    award = Award.objects.get(person=person)
    assert (person.died_on, award.held_reason, award.last_month) == (day(2, 27), f"death:{person.pk}", None)
    assert line_of(review, person).state == LineState.DEAD
    assert Task.objects.filter(kind="people.verify_death", subject_id=person.pk, done_on=None).exists()


def test_which_member_of_a_family_has_died_is_entered_in_its_file(village):
    family(village, "户", dt.date(1950, 5, 6))
    review = opened(village, "yearly", "dibao")
    with pytest.raises(Refused, match=r"review\.death_of_a_family"):
        results.record_death(by=village.handler, line=review.lines.select_related("round").get(), died_on=day(2, 27))


# ---- not verified


def test_only_after_its_day_a_warning_and_only_after_its_time_a_suspension(village, on_day):
    person = elder(village, "甲")
    review = opened(village)
    ids = [line_of(review, person).pk]
    acting = {"by": village.handler, "review": review, "lines": ids}
    with pytest.raises(Refused, match=r"review\.warn_too_early"):
        unverified.warn(**acting)
    on_day(day(5, 31))
    with pytest.raises(Refused, match=r"review\.warn_too_early"):
        unverified.warn(**acting)
    on_day(day(6, 1))
    with pytest.raises(Refused, match=r"review\.suspend_too_early"):
        unverified.suspend(**acting)
    assert (unverified.warn(**acting), unverified.warn(**acting)) == (1, 0)
    letter = line_of(review, person).warning
    assert documents.content(letter).startswith(b"PK")
    on_day(day(6, 20))
    with pytest.raises(Refused, match="not been served"):
        unverified.suspend(**acting)
    with pytest.raises(Refused, match=r"review\.served_when"):
        unverified.serve(**acting, on=day(6, 21))
    assert (unverified.serve(**acting, on=day(6, 3)), unverified.serve(**acting)) == (1, 0)
    assert line_of(review, person).wait_until == day(6, 18)
    on_day(day(6, 18))
    with pytest.raises(Refused) as refused:
        unverified.suspend(**acting)
    assert refused.value.code == "review.suspend_too_early"
    assert "15日" in refused.value.rule
    assert Award.objects.get(person=person).held_reason == ""
    on_day(day(6, 19))
    assert (unverified.suspend(**acting), unverified.suspend(**acting)) == (1, 0)
    award = Award.objects.get(person=person)
    assert (award.held_reason, award.last_month) == (f"review:{ids[0]}", None)
    assert "核查未完成" in queries.held_reasons(award)[0]["zh-Hans"]


def test_the_database_refuses_a_suspension_before_its_time(village):
    person = elder(village, "甲")
    line = line_of(opened(village), person)
    line.warned_on, line.served_on, line.wait_until, line.suspended_on = day(3, 1), day(3, 1), day(3, 16), day(3, 16)
    with pytest.raises(IntegrityError, match="suspended_only_after"), transaction.atomic():
        line.save()


def test_steps_are_only_added(village):
    person = elder(village, "甲")
    tick(village, opened(village), person)
    with pytest.raises(Exception, match=r"append_only|permission denied"), transaction.atomic():
        ReviewStep.objects.update(note="改")


def suspended(village, on_day, person):
    review = opened(village)
    acting = {"by": village.handler, "review": review, "lines": [line_of(review, person).pk]}
    on_day(day(6, 2))
    unverified.warn(**acting)
    unverified.serve(**acting)
    on_day(day(6, 20))
    unverified.suspend(**acting)
    return review


def test_on_return_only_this_reason_is_dropped_and_the_months_are_owed(village, on_day):
    person = elder(village, "甲")
    review = suspended(village, on_day, person)
    award = Award.objects.get(person=person)
    actions.hold(by=village.handler, award=award, reason="账户核实中")
    assert queries.due("old_age_allowance", TOWN, day(6)) == []
    on_day(day(9, 10))
    assert tick(village, review, person, method="in_person") == results.Recorded(0, 1, 0)
    assert tick(village, review, person, method="in_person") == results.Recorded(0, 0, 1)
    award.refresh_from_db()
    assert (award.held_reason, line_of(review, person).state) == ("账户核实中", LineState.RETURNED)
    actions.release(by=village.handler, award=award, reason="账户已核实")
    owed = queries.due("old_age_allowance", TOWN, (day(6), day(9)))
    assert [(row.benefit_month.month, row.amount) for row in owed] == [(6, 5000), (7, 5000), (8, 5000), (9, 5000)]


def test_a_suspended_person_who_has_died_is_held_for_the_death_alone(village, on_day):
    person = elder(village, "甲")
    review = suspended(village, on_day, person)
    results.record_death(by=village.handler, line=line_of(review, person), died_on=day(5, 5))
    assert Award.objects.get(person=person).held_reason == f"death:{person.pk}"


# ---- reading


def test_progress_by_village_is_one_question(village, django_assert_num_queries):
    persons = [elder(village, f"甲{place}") for place in range(4)] + [elder(village, "乙", area=OTHER_VILLAGE)]
    review = opened(village)
    tick(village, review, *persons[:3])
    with django_assert_num_queries(1):
        found = reading.by_village(review)
    assert [(one.area, one.total, one.left, one.percent) for one in found] == [
        (VILLAGE, 4, 1, 75),
        (OTHER_VILLAGE, 1, 1, 0),
    ]
    whole = reading.together(found, TOWN)
    assert (whole.total, whole.left, whole.done, whole.percent) == (5, 2, 3, 60)
    with django_assert_num_queries(1):
        (counted,) = reading.rounds("99")
    assert (counted.total, counted.left, counted.by_data) == (5, 2, 0)


def test_opening_asks_the_same_however_many_there_are(village, django_assert_max_num_queries):
    for place in range(30):
        elder(village, f"甲{place}")
    with django_assert_max_num_queries(30):
        assert opened(village).lines.count() == 30
