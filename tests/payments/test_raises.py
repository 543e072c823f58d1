"""What a standard published late has brought: lines of their own, told apart from other arrears by replaying the months
concerned."""

import datetime as dt

import pytest

from minzheng.awards import rows
from minzheng.awards.rows import Segment
from minzheng.payments import actions, queries
from tests.payments.test_runs import lines
from tests.payments.world import FEBRUARY, JANUARY, MARCH, World

APRIL = dt.date(2025, 4, 1)


@pytest.fixture
def paid(world: World):
    """An award of 50,000 fen, paid for January and February."""
    award = world.award(50_000)
    world.fund_of(10_000_000)
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "closed")
    return award


def test_a_late_standard_is_paid_apart(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    run = world.prepare(MARCH)
    assert lines(run) == [("raise", FEBRUARY, 6_000), ("regular", MARCH, 56_000)]
    bars = run.bridge["bars"]
    assert bars["raise"] == {"awards": 1, "people": 1, "fen": 6_000}
    assert (bars["arrears"]["fen"], bars["total"]["fen"], run.total) == (0, 62_000, 62_000)
    run = world.to(run, "closed")
    assert queries.reconciliation(run).agrees
    assert lines(world.prepare(APRIL)) == [("regular", APRIL, 56_000)]


def test_of_one_month_the_standard_and_the_income_are_told_apart(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    world.change(paid, 63_000, FEBRUARY, "income_changed")
    assert lines(world.prepare(MARCH)) == [
        ("arrears", FEBRUARY, 7_000),
        ("raise", FEBRUARY, 6_000),
        ("regular", MARCH, 63_000),
    ]


def test_no_more_is_a_raise_than_is_still_owed(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    world.change(paid, 52_000, FEBRUARY, "income_changed")
    assert lines(world.prepare(MARCH)) == [("raise", FEBRUARY, 2_000), ("regular", MARCH, 52_000)]


def test_a_second_late_standard_pays_only_what_it_brings(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    world.to(world.prepare(MARCH), "closed")
    world.change(paid, 60_000, FEBRUARY, "standard_changed")
    world.change(paid, 61_000, FEBRUARY, "member_added")
    assert lines(world.prepare(APRIL)) == [
        ("arrears", FEBRUARY, 1_000),
        ("raise", FEBRUARY, 4_000),
        ("arrears", MARCH, 1_000),
        ("raise", MARCH, 4_000),
        ("regular", APRIL, 61_000),
    ]


def test_the_rows_of_later_months_keep_their_reason_and_still_bring_a_raise(world, paid):
    """A birthday began in February; the standard, applied from January, works out its row anew, too."""
    world.change(paid, 55_000, FEBRUARY, "birthday")
    world.to(world.prepare(MARCH), "closed")
    rows.write_amounts(
        {
            paid: (
                JANUARY,
                [
                    Segment(JANUARY, JANUARY, 53_000, "standard_changed", None, paid.decision),
                    Segment(FEBRUARY, None, 58_500, "birthday", None, paid.decision),
                ],
            )
        }
    )
    assert lines(world.prepare(APRIL)) == [
        ("raise", JANUARY, 3_000),
        ("raise", FEBRUARY, 3_500),
        ("raise", MARCH, 3_500),
        ("regular", APRIL, 58_500),
    ]


def test_a_month_that_was_never_paid_is_arrears_whatever_the_standard(world):
    award = world.award(50_000)
    world.fund_of(10_000_000)
    world.change(award, 56_000, JANUARY, "standard_changed")
    assert lines(world.prepare(FEBRUARY)) == [("arrears", JANUARY, 56_000), ("regular", FEBRUARY, 56_000)]


def test_a_standard_that_was_known_when_the_month_was_paid_brings_nothing_later(world):
    award = world.award(50_000)
    world.fund_of(10_000_000)
    world.change(award, 56_000, JANUARY, "standard_changed")
    world.to(world.prepare(JANUARY), "closed")
    world.change(award, 57_000, JANUARY, "income_changed")
    assert lines(world.prepare(FEBRUARY)) == [("arrears", JANUARY, 1_000), ("regular", FEBRUARY, 57_000)]


def test_a_supplement_of_the_same_month_says_so_too(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    more = world.prepare(FEBRUARY, supplement=True)
    assert lines(more) == [("raise", FEBRUARY, 6_000)]
    assert world.to(more, "closed").state == "closed"


def test_of_a_quarter_only_the_months_concerned_are_raised(world):
    award = world.award(90_001, programme="tekun")
    world.fund_of(10_000_000, purpose=("tekun",))
    world.to(world.prepare(MARCH, programme="tekun"), "closed")
    # A quarter's 90,001 fen become 99,001 from February: two thirds of 9,000.
    world.change(award, 99_001, FEBRUARY, "standard_changed")
    june = dt.date(2025, 6, 1)
    assert lines(world.prepare(june, programme="tekun")) == [("raise", MARCH, 6_000), ("regular", june, 99_001)]


def test_a_returned_raise_comes_again_and_once(world, paid):
    world.change(paid, 56_000, FEBRUARY, "standard_changed")
    run = world.to(world.prepare(MARCH), "sent")
    line = run.payments.get(kind="raise").file_line
    actions.book_returns(
        by=world.users["finance"], bank_file=run.bank_files.get(), rows=[actions.Returned(line, "系统故障")]
    )
    actions.confirm_paid(by=world.users["finance"], run=run)
    actions.repay(by=world.users["handler"], payment=run.payments.get(kind="raise"))
    assert lines(world.prepare(APRIL)) == [("again", FEBRUARY, 6_000), ("regular", APRIL, 56_000)]
