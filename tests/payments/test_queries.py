"""What the screens read: complete, in few queries however many lines there are."""

import datetime as dt

from minzheng.payments import actions, queries
from minzheng.payments.actions import Returned
from minzheng.payments.models import Payment
from tests.payments.world import FEBRUARY, JANUARY, TOWN, World


def test_the_page_of_a_run(world: World, django_assert_num_queries):
    for _ in range(5):
        world.award(10_000)
    fund = world.fund_of(100_000)
    run = world.to(world.prepare(), "approved")
    with django_assert_num_queries(6):
        view = queries.run_view(run)
    assert (view.fund, view.balance_before, view.balance_after) == (fund, 100_000, 50_000)
    assert view.by_state == {"computed": (5, 50_000)}
    assert [(step.act, step.actor.name) for step in view.steps] == [
        ("payments.prepare", "经办人"),
        ("payments.submit", "经办人"),
        ("payments.approve", "审批人"),
    ]
    actions.release(by=world.users["finance"], run=run)
    out = actions.send(by=world.users["finance"], run=run)
    actions.book_returns(by=world.users["finance"], bank_file=out.bank_file, rows=[Returned(3, "销户")])
    view = queries.run_view(run)
    assert (view.balance_before, view.balance_after) == (100_000, 60_000)
    assert view.by_state == {"sent": (4, 40_000), "returned": (1, 10_000)}
    assert view.files == [out.bank_file]


def test_lines_come_in_pages(world: World, django_assert_num_queries):
    for n in range(5):
        world.award(10_000 + n)
    world.fund_of(100_000)
    run = world.prepare()
    with django_assert_num_queries(1):
        first, last = queries.lines(run, page=1, size=3), None
        assert [(p.award.household.number, p.payee.name, p.area.name) for p in first]
    last = queries.lines(run, page=2, size=3)
    assert [p.amount for p in (*first, *last)] == [10_000, 10_001, 10_002, 10_003, 10_004]
    assert queries.lines(run, kind="arrears") == []


def test_the_rows_behind_a_bar_take_the_same_queries_for_any_number(world: World, django_assert_num_queries):
    for _ in range(4):
        world.award(10_000)
    world.fund_of(100_000)
    run = world.prepare()
    with django_assert_num_queries(4):
        rows = queries.bridge_rows(run, "entered")
        assert len([(row.award.payee.name, row.award.household.number) for row in rows]) == 4


def test_the_ledger_of_a_fund(world: World, django_assert_num_queries):
    world.award(10_000)
    fund = world.fund_of(100_000)
    world.to(world.prepare(), "closed")
    with django_assert_num_queries(1):
        rows = [(t.kind, t.amount, t.debit.kind, t.credit.kind) for t in queries.fund_ledger(fund)]
    assert rows == [("sent", 10_000, "transit", "fund"), ("allocation", 100_000, "fund", "source")]


def test_what_was_paid_counts_people_once(world: World):
    """A family of three paid in two months, and one of one: 3 payments, 2 awards, 4 people."""
    world.award(10_000, people_covered=3)
    world.award(20_000, first=FEBRUARY)
    world.fund_of(100_000)
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "paid")
    paid = queries.paid("dibao", TOWN, dt.date(2025, 3, 1), dt.date(2025, 3, 31))
    assert (paid.fen, paid.awards, paid.persons, paid.rows.count()) == (40_000, 2, 4, 3)
    assert queries.paid("dibao", TOWN, dt.date(2025, 4, 1), dt.date(2025, 4, 30)).fen == 0
    assert queries.paid("dibao", "990101102", dt.date(2025, 3, 1), dt.date(2025, 3, 31)).persons == 0
    assert queries.paid("tekun", TOWN, dt.date(2025, 3, 1), dt.date(2025, 3, 31)).fen == 0


def test_the_payments_of_a_household_and_what_failed(world: World, django_assert_num_queries):
    award = world.award(10_000)
    world.award(20_000)
    world.fund_of(100_000)
    run = world.to(world.prepare(), "sent")
    actions.book_returns(by=world.users["finance"], bank_file=run.bank_files.get(), rows=[Returned(1, "销户")])
    with django_assert_num_queries(1):
        seen = [(p.state, p.run.number, p.bank_return.reason) for p in queries.payments_of(household=award.household)]
    assert seen == [("returned", run.number, "销户")]
    with django_assert_num_queries(1):
        failed = [(p.payee.name, p.bank_return.code) for p in queries.failures(TOWN)]
    assert failed == [(award.payee.name, "closed")]
    assert [one.payment.award for one in queries.returns(run.bank_files.get())] == [award]
    assert Payment.objects.count() == 2


def test_the_balances_of_a_run_stay_as_they_were_when_it_was_released(world: World):
    world.award(10_000)
    world.fund_of(100_000)
    first = world.to(world.prepare(), "closed")
    second = world.to(world.prepare(FEBRUARY), "closed")
    found = [(view.balance_before, view.balance_after) for view in map(queries.run_view, (first, second))]
    assert found == [(100_000, 90_000), (90_000, 80_000)]
