"""What is owed, by month and cycle, against a naive replay; and the rosters that must add up to it."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.awards import actions, queries, rows, timing
from minzheng.awards.models import Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Decision
from tests.awards import laws
from tests.awards.conftest import VILLAGE, day

START = day(1, year=2023)
MONTHS = timing.months(START, day(12))
CYCLES = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}

months = st.sampled_from(MONTHS)
amounts = st.integers(0, 100_000)
rewrite = st.tuples(st.just("amounts"), months, st.lists(st.tuples(st.integers(1, 9), amounts), min_size=1, max_size=4))
people = st.tuples(st.just("people"), months, st.integers(0, 2))
ending = st.tuples(st.just("end"), months, st.just(None))
histories = st.lists(st.one_of(rewrite, rewrite, people, ending), min_size=1, max_size=6)


class Replay:
    """The naive books: what each month owes, and whom it covers."""

    def __init__(self, first: dt.date) -> None:
        self.first = first
        self.owes = dict.fromkeys(MONTHS, 0)
        self.covers = {month: set() for month in MONTHS}
        self.last = MONTHS[-1]

    def write(self, since, parts):
        month = since
        for length, amount in parts:
            for _ in range(length):
                if month in self.owes and month <= self.last:
                    self.owes[month] = amount
                last_amount, month = amount, timing.shift(month, 1)
        for rest in MONTHS:
            if rest >= month and rest <= self.last:
                self.owes[rest] = last_amount

    def end(self, last):
        self.last = min(self.last, max(last, timing.shift(self.first, -1)))
        for month in MONTHS:
            if month > self.last:
                self.owes[month] = 0
                self.covers[month] = set()

    def due(self, length):
        found = {}
        for end in (month for month in MONTHS if month.month % length == 0):
            cycle = [month for month in MONTHS if 0 <= (end.year - month.year) * 12 + end.month - month.month < length]
            exact = Fraction(sum(self.owes[month] for month in cycle), length)
            amount = (exact + Fraction(1, 2)).__floor__()
            if amount:
                in_force = [month for month in cycle if self.first <= month <= self.last]
                found[end] = (amount, len(set().union(*(self.covers[month] for month in in_force))))
        return found


@pytest.fixture
def four(village):
    """The same law under four pay cycles, a decision under each, and three people."""
    persons = [village.person() for _ in range(3)]
    decisions = {}
    for cycle in CYCLES:
        code = f"paid_by_{cycle}"
        laws.store(code, laws.household(code, laws.timing("month_of_decision", cycle)), laws.DIBAO_RATES)
        decisions[cycle] = village.decide(code, village.family(village.person()))
    return persons, decisions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cycle=st.sampled_from(sorted(CYCLES)), first=st.sampled_from(MONTHS[:30]), amount=amounts, history=histories)
def test_due_is_a_naive_replay_of_the_history_at_every_moment(four, cycle, first, amount, history):
    persons, decisions = four
    with transaction.atomic():
        moments = list(_live(decisions[cycle], persons, first, amount, history, CYCLES[cycle]))
        for at, expected in [*moments, (None, moments[-1][1])]:
            found = queries.due(f"paid_by_{cycle}", "99", (MONTHS[0], MONTHS[-1]), known_at=at)
            assert {row.benefit_month: (row.amount, row.people) for row in found} == expected
        transaction.set_rollback(True)


def _live(decision: Decision, persons, first, amount, history, length):
    award = Award.objects.create(
        area_id=VILLAGE,
        programme=decision.programme,
        household=decision.household,
        residence="rural",
        first_month=first,
        entered_on=first,
        decision=decision,
    )
    books = Replay(first)

    def write(since, parts):
        segments, month = [], since
        for length, fen in parts:
            last = timing.shift(month, length - 1)
            segments.append(Segment(month, last, fen, "granted", None, decision))
            month = timing.shift(last, 1)
        segments = [one for one in segments if award.last_month is None or one.first <= award.last_month]
        until = segments[-1]
        segments[-1] = Segment(until.first, award.last_month, until.amount, until.reason, None, decision)
        rows.write_amounts({award: (since, segments)})
        books.write(since, parts)

    rows.cover(award, [persons[0].pk], first, first)
    for month in MONTHS:
        if month >= first:
            books.covers[month].add(0)
    write(first, [(1, amount)])
    yield timezone.now(), books.due(length)
    for what, month, detail in history:
        month = max(month, first)
        if award.last_month is not None and month > award.last_month:
            continue
        if what == "amounts":
            write(month, detail)
        elif what == "end":
            actions.end(award=award, last_month=month, left_on=month, reason="stopped")
            books.end(month)
        elif detail in books.covers[month]:
            rows.end_cover(award, timing.shift(month, -1), month, [persons[detail].pk])
            for later in MONTHS:
                if later >= month:
                    books.covers[later].discard(detail)
        elif not any(detail in books.covers[later] for later in MONTHS if later >= month):
            rows.cover(award, [persons[detail].pk], month, month)
            for later in MONTHS:
                if month <= later <= books.last:
                    books.covers[later].add(detail)
        yield timezone.now(), books.due(length)


def test_a_part_of_a_quarter_is_due_in_its_last_month(village):
    person = village.person()
    village.fact(person=person, name="support_form", value="dispersed")
    decision = village.decide("tekun", person, first=day(2))
    award = actions.grant(by=village.approver, decision=decision)
    assert [(row.benefit_month.month, row.amount) for row in queries.due("tekun", "99", (day(1), day(12)))] == [
        (3, 68267),
        (6, 102400),
        (9, 102400),
        (12, 102400),
    ]
    assert queries.due("tekun", "99", (day(4), day(5))) == []
    actions.stop(by=village.approver, award=award, last_month=day(7), reason="moved")
    assert queries.owed(award, day(9)) == 34133


def test_a_run_can_insert_from_it(village):
    household = village.family(village.person())
    award = actions.grant(by=village.approver, decision=village.decide("dibao", household))
    sql, parameters = queries.due_sql(programme="dibao", area="990101101", first=day(3), last=day(4))
    with connection.cursor() as cursor:
        cursor.execute(f"select %(run)s, d.* from ({sql}) d order by d.benefit_month", {**parameters, "run": 7})
        assert cursor.fetchall() == [(7, award.pk, day(month), 50000, 1, award.payee_id, VILLAGE) for month in (3, 4)]


def test_only_the_area_asked_for_is_due(village):
    actions.grant(by=village.approver, decision=village.decide("dibao", village.family(village.person())))
    assert queries.due("dibao", "990101102", day(4)) == []
    assert len(queries.due("dibao", VILLAGE, day(4))) == 1
