"""Rounds of reviews: opened once, cleared by what is known, ticked in bulk, warned, suspended, and paid on return."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.awards import actions, queries
from minzheng.awards.models import Award
from minzheng.awards.reviews import queries as reading
from minzheng.awards.reviews import results, rounds, unverified
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound, ReviewStep
from minzheng.cases.models import CaseStep, Visit
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Task
from minzheng.people import actions as people
from tests.awards.conftest import VILLAGE, day

TOWN = VILLAGE[:9]
OTHER_VILLAGE = "990101101202"


def elder(village, name, *, area=VILLAGE, address="", paid=True):
    """Somebody of 85 with the old-age allowance."""
    person = village.person(name=name, born=dt.date(1940, 1, 5), area=area)
    person.address = address
    person.save(update_fields=["address"])
    if paid:
        decision = village.decide("old_age_allowance", person, first=day(3))
        actions.grant(by=village.approver, decision=decision)
    return person


def opened(village, kind="life_check", programme="old_age_allowance"):
    (review,) = rounds.open_rounds(by=village.handler, programme=programme, kind=kind, area=TOWN)
    return review


def line_of(review, person) -> ReviewLine:
    return review.lines.select_related("round", "person", "award").get(person=person)


def tick(village, review, *persons, method="village", **more):
    ids = [line_of(review, person).pk for person in persons]
    return results.record(by=village.handler, review=review, lines=ids, method=method, **more)


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


def family(village, name, born, **facts):
    head = village.person(name=name, born=born)
    household = village.family(head)
    for fact, value in facts.items():
        village.fact(
            name=fact, value=value, **({"household": household} if fact == "review_class" else {"person": head})
        )
    actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[head], first=day(3)))
    return household


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
