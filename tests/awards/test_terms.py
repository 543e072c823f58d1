"""An award that ends by itself: its last month, what renews it, and who is asked to apply anew."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from minzheng.awards import actions, publishing, queries
from minzheng.awards.candidates import FINDERS
from minzheng.cases import timing as cases_timing
from minzheng.cases.effects import of as effect_of
from minzheng.cases.models import Case, CaseKind, Posting
from minzheng.core.errors import Refused
from minzheng.payments import month as this_month
from minzheng.people import actions as people
from tests.awards import laws
from tests.awards.conftest import VILLAGE, day

TOWN = VILLAGE[:9]


@pytest.fixture
def term(village):
    """The allowance of the tests, valid for twelve months from the month after the decision."""
    laws.store("dibao", laws.household(timing_=laws.timing("month_after_decision", valid=12)), laws.DIBAO_RATES)
    return village


def granted(village, *persons, decided=None, first=None):
    household = village.family(*(persons or [village.person()]))
    decision = village.decide("dibao", household, decided=decided or day(3, 3), first=first or day(4))
    return household, actions.grant(by=village.approver, decision=decision)


def application(village, household, decided):
    """The first month that a renewal decided on a day works from."""
    return cases_timing.first_month(Case(programme="dibao", household=household, opened_on=decided), decided)


def test_its_last_month_is_set_with_the_grant(term):
    _, award = granted(term)
    assert (award.first_month, award.last_month, award.left_on) == (day(4), day(3, 1, 2026), day(3, 31, 2026))
    assert award.end_reason == "term"
    assert [(row.first_month, row.last_month) for row in award.amounts.all()] == [(day(4), day(3, 1, 2026))]
    assert award.members.get().last_month == day(3, 1, 2026)
    assert [queries.owed(award, month) for month in (day(3, 1, 2026), day(4, 1, 2026))] == [50000, 0]
    assert [len(queries.due("dibao", "99", day(month, 1, 2026))) for month in (3, 4)] == [1, 0]


def test_it_runs_until_then_and_is_on_no_roster_afterwards(term):
    _, award = granted(term)
    in_march, in_april = (queries.roster("dibao", "99", day(month, 1, 2026)) for month in (3, 4))
    assert len(in_march.in_force) == 1 and in_march.removed == []
    assert in_april.in_force == [] and [line.reason for line in in_april.removed] == ["term"]
    year = queries.entered_left("dibao", "99", (day(1, 1, 2026), day(12, 31, 2026)))
    assert (year.opening.awards, year.added.awards, year.removed.awards, year.closing.awards) == (1, 0, 1, 0)
    for on, there in ((day(3, 31, 2026), True), (day(4, 1, 2026), False)):
        assert (award in type(award).objects.filter(queries.going_on(on))) is there
        assert award.members.filter(queries.covered_on(on)).exists() is there


@pytest.mark.parametrize(
    ("decided", "first"),
    [
        (day(11, 28), day(12)),  # too early: it is not moved, and refused below
        (day(12, 30), day(4, 1, 2026)),
        (day(1, 5, 2026), day(4, 1, 2026)),
        (day(3, 31, 2026), day(4, 1, 2026)),
        (day(4, 1, 2026), day(5, 1, 2026)),
    ],
)
def test_a_renewal_begins_when_it_ends(term, decided, first):
    household, _ = granted(term)
    assert application(term, household, decided) == first


def test_a_renewal_follows_without_a_gap_and_without_a_double_month(term):
    household, award = granted(term)
    first = application(term, household, day(2, 10, 2026))
    decision = term.decide("dibao", household, decided=day(2, 10, 2026), first=first)
    renewed = actions.grant(by=term.approver, decision=decision)
    assert (renewed.first_month, renewed.last_month) == (day(4, 1, 2026), day(3, 1, 2027))
    for month in (day(3, 1, 2026), day(4, 1, 2026), day(3, 1, 2027)):
        assert [line.amount for line in queries.due("dibao", "99", month)] == [50000]
    for on in (day(3, 30, 2026), day(3, 31, 2026), day(4, 1, 2026)):
        assert queries.in_force_on("dibao", "99", on).count() == 1
    assert award.left_on == renewed.entered_on


def test_it_is_not_granted_again_before_its_last_months(term):
    household, _ = granted(term)
    early = term.decide("dibao", household, decided=day(11, 3), first=day(12))
    with pytest.raises(Refused, match="award.renewed_too_early"):
        actions.grant(by=term.approver, decision=early)


def test_a_change_leaves_its_end_where_it_is_and_its_letter_does_not_say_that_it_stops(term):
    household, award = granted(term)
    term.fact(household=household, name="annual_income", value=120000, since=day(6))
    decision = term.decide("dibao", household, "change", decided=day(6, 5), first=day(7), reason="income_changed")
    actions.change(by=term.approver, decision=decision)
    rows = award.amounts.filter(superseded_at=None).order_by("first_month")
    assert [(row.first_month, row.last_month, row.amount) for row in rows] == [
        (day(4), day(6), 50000),
        (day(7), day(3, 1, 2026), 40000),
    ]
    award.refresh_from_db()
    assert (award.last_month, award.end_reason) == (day(3, 1, 2026), "term")
    effect = effect_of(decision)
    assert effect is not None and (effect.before, effect.lasting) == (50000, 40000)


def test_a_stop_ends_it_earlier_and_its_renewal_with_it(term):
    household, award = granted(term)
    decision = term.decide("dibao", household, decided=day(2, 10, 2026), first=day(4, 1, 2026))
    renewed = actions.grant(by=term.approver, decision=decision)
    stop = term.decide("dibao", household, "stop", decided=day(2, 20, 2026), first=day(3, 1, 2026), reason="stopped")
    actions.stop(by=term.approver, decision=stop)
    award.refresh_from_db()
    renewed.refresh_from_db()
    assert (award.last_month, award.end_reason) == (day(2, 1, 2026), "stopped")
    assert renewed.last_month == day(3, 1, 2026) and renewed.members.filter(superseded_at=None).count() == 0
    assert queries.owed(renewed, day(4, 1, 2026)) == 0


def test_after_its_end_there_is_nothing_to_stop(term):
    household, _ = granted(term)
    stop = term.decide("dibao", household, "stop", decided=day(4, 20, 2026), first=day(5, 1, 2026), reason="stopped")
    with pytest.raises(Refused, match="award.none_running"):
        actions.stop(by=term.approver, decision=stop)


def test_those_who_leave_the_family_keep_its_term(term):
    head, other = term.person(), term.person(name="王另", born=dt.date(1985, 1, 1))
    household, award = granted(term, head, other)
    nothing = {"annual_income": 0}
    people.split(
        by=term.handler, household=household, persons=[other], head=other, means=nothing, left=nothing, on=day(3, 3)
    )
    own = type(award).objects.exclude(pk=award.pk).get()
    assert (own.last_month, own.end_reason) == (award.last_month, "term")


def test_the_family_is_asked_two_months_before(term):
    _, award = granted(term)
    seen = {month: FINDERS["ending"](TOWN, day(month, 1, 2026)) for month in (1, 2, 3, 4)}
    assert {month: [one.key for one in found] for month, found in seen.items()} == {
        1: [f"ending:{award.pk}"],
        2: [f"ending:{award.pk}"],
        3: [f"ending:{award.pk}"],
        4: [],
    }
    assert FINDERS["ending"](TOWN, day(12)) == []
    [one] = seen[1]
    assert (one.effect, one.since, one.permission) == (-50000, day(4, 1, 2026), "cases.apply")
    this_month.accept(by=term.handler, area=TOWN, month=day(1, 1, 2026), keys=[one.key])
    assert [c.key for c in this_month.candidates(TOWN, day(1, 1, 2026)) if c.kind == "ending"] == []
    assert [c.key for c in this_month.candidates(TOWN, day(2, 1, 2026)) if c.kind == "ending"] == [one.key]


def test_many_ask_no_more_questions_than_one(term, django_assert_max_num_queries):
    granted(term)
    with CaptureQueriesContext(connection) as one:
        FINDERS["ending"](TOWN, day(2, 1, 2026))
    for _ in range(4):
        granted(term)
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert len(FINDERS["ending"](TOWN, day(2, 1, 2026))) == 5


def test_who_has_applied_anew_is_not_asked(term):
    household, _ = granted(term)
    case = Case.objects.create(
        number="C-neu", kind=CaseKind.APPLICATION, programme="dibao", household=household, area_id=VILLAGE,
        procedure_hash="", procedure_from=day(1), opened_on=day(3, 3), stage="applied",
    )  # fmt: skip
    assert FINDERS["ending"](TOWN, day(2, 1, 2026)) == []
    Case.objects.filter(pk=case.pk).update(kind=CaseKind.CHANGE)
    assert len(FINDERS["ending"](TOWN, day(2, 1, 2026))) == 1
    decision = term.decide("dibao", household, decided=day(2, 10, 2026), first=day(4, 1, 2026))
    actions.grant(by=term.approver, decision=decision)
    assert FINDERS["ending"](TOWN, day(2, 1, 2026)) == []


def test_what_is_published_comes_down_when_it_ends(term, on_day):
    granted(term)
    for today, up in ((day(3, 31, 2026), 1), (day(4, 1, 2026), 0)):
        on_day(today)
        publishing.keep_up_by_month(by=term.handler, area=TOWN)
        assert Posting.objects.filter(taken_down_on=None).count() == up


def test_without_a_term_nothing_ends_by_itself(village):
    _, award = granted(village)
    assert (award.last_month, award.end_reason) == (None, "")
    assert award.members.filter(last_month=F("award__last_month")).count() == 0
    assert FINDERS["ending"](TOWN, day(3)) == []
