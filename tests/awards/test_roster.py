"""Taking over the roster that an office has already."""

import datetime as dt

import pytest

from minzheng.awards import actions, queries
from minzheng.awards.actions import RosterRow, RowsRefused
from minzheng.awards.models import Award
from minzheng.cases.models import Assessment, Decision
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from tests.awards.conftest import day

SINCE = day(6, year=2022)


def take_over(village, rows, **options):
    options = {"programme": "dibao", "as_of": day(1), "evidence": "2024年12月花名册"} | options
    return actions.carry_over_roster(by=village.handler, rows=rows, **options)


def codes(refusal):
    return [(row.line, row.code) for row in refusal.value.rows]


def test_each_row_becomes_a_decision_an_assessment_and_an_award(village):
    household = village.family(village.person(), village.person(), income=1200)
    (award,) = take_over(village, [RosterRow(first_month=SINCE, household=household, amount=90000, line=1)])
    assert (award.origin, award.first_month, award.entered_on) == ("carried_over", SINCE, day(1))
    assert award.members.count() == 2
    decision = Decision.objects.get()
    assert (decision.origin, decision.assessment.amount, decision.decided_by) == (
        "carried_over",
        90000,
        village.handler,
    )
    assert decision.assessment.explanation["amount"] == 90000


def test_it_owes_here_only_what_was_not_paid_before(village):
    household = village.family(village.person())
    take_over(village, [RosterRow(first_month=SINCE, household=household)])
    assert [row.benefit_month for row in queries.due("dibao", "99", (SINCE, day(2)))] == [day(1), day(2)]


@pytest.mark.parametrize(("as_of", "first"), [(day(12, 31, 2024), day(1)), (day(1, 1), day(1)), (day(1, 2), day(2))])
def test_what_begins_on_or_after_the_day_is_owed(village, as_of, first):
    take_over(village, [RosterRow(first_month=SINCE, household=village.family(village.person()))], as_of=as_of)
    assert Award.objects.get().amounts.get().first_month == first


def test_an_amount_that_the_roster_states_otherwise_refuses_the_row_naming_both(village):
    rows = [
        RosterRow(first_month=SINCE, household=village.family(village.person()), amount=50000, line=1),
        RosterRow(first_month=SINCE, household=village.family(village.person()), amount=47000, line=2),
    ]
    with pytest.raises(RowsRefused) as refusal:
        take_over(village, rows)
    assert codes(refusal) == [(2, "roster.amount")]
    assert "470.00" in refusal.value.text() and "500.00" in refusal.value.text()
    assert not Award.objects.exists() and not Assessment.objects.exists()


def test_missing_facts_unmet_conditions_and_people_named_twice_are_each_named(village):
    twice = village.person()
    rows = [
        RosterRow(first_month=SINCE, household=village.family(village.person(), income=None), line=1),
        RosterRow(first_month=SINCE, household=village.family(village.person(), income=90000), line=2),
        RosterRow(first_month=SINCE, household=village.family(village.person()), covered=[twice.pk], line=3),
        RosterRow(first_month=SINCE, household=village.family(twice), line=4),
    ]
    with pytest.raises(RowsRefused) as refusal:
        take_over(village, rows)
    found = codes(refusal)
    assert (1, "roster.not_entitled") in found and (2, "roster.not_entitled") in found and (4, "roster.twice") in found


def test_somebody_who_receives_what_excludes_it_is_named(village):
    person = village.person(name="冯某")
    village.fact(person=person, name="support_form", value="dispersed")
    take_over(village, [RosterRow(first_month=SINCE, person=person, category="dispersed")], programme="tekun")
    with pytest.raises(RowsRefused) as refusal:
        take_over(village, [RosterRow(first_month=SINCE, household=village.family(person), line=9)])
    assert codes(refusal) == [(9, "award.overlap")]
    assert "冯某" in refusal.value.text()


def test_a_kind_that_the_facts_contradict_is_refused(village):
    person = village.person()
    village.fact(person=person, name="support_form", value="dispersed")
    with pytest.raises(RowsRefused) as refusal:
        take_over(village, [RosterRow(first_month=SINCE, person=person, category="in_home")], programme="tekun")
    assert codes(refusal) == [(0, "roster.category")]


def test_only_who_may_takes_a_roster_over(village):
    rows = [RosterRow(first_month=SINCE, household=village.family(village.person()))]
    with pytest.raises(Refused, match="access.forbidden"):
        actions.carry_over_roster(by=village.approver, programme="dibao", rows=rows, as_of=day(1), evidence="花名册")


def test_an_empty_roster_is_refused(village):
    with pytest.raises(RowsRefused, match="roster.empty"):
        take_over(village, [])


def test_it_takes_the_same_number_of_queries_for_more_rows(village, django_assert_max_num_queries):
    rows = [
        RosterRow(
            first_month=SINCE, household=village.family(village.person(), village.person(born=dt.date(1950, 1, 1)))
        )
        for _ in range(60)
    ]
    with django_assert_max_num_queries(40):
        take_over(village, rows)
    assert Award.objects.count() == 60
    assert AuditEntry.objects.filter(action="awards.carry_over").count() == 61
