"""Runs of a quarter, of half a year and of what is paid once: due in the last month of the cycle, months late or in
part as arrears, a late standard apart, and the bridge from cycle to cycle."""

import datetime as dt

import pytest

from minzheng.core.errors import Refused
from minzheng.payments import replay
from tests.awards import laws
from tests.payments.test_runs import lines
from tests.payments.world import FEBRUARY, JANUARY, MARCH, World

JUNE = dt.date(2025, 6, 1)
DECEMBER = dt.date(2025, 12, 1)
LAW = {
    "quarter": ("tekun", laws.kinds("tekun", laws.timing("month_after_decision", "quarter")), laws.KIND_RATES),
    "half_year": ("tekun", laws.kinds("tekun", laws.timing("month_after_decision", "half_year")), laws.KIND_RATES),
    "once": (
        "temporary_assistance",
        laws.household("temporary_assistance", laws.timing("month_of_decision", "once", arrears=0)),
        laws.DIBAO_RATES,
    ),
}


@pytest.fixture
def paying(world: World):
    """`paying("quarter")`: the law of such a programme in force, and a fund for it; gives its code."""

    def store(cycle: str) -> str:
        code, law, rates = LAW[cycle]
        laws.store(code, law, rates)
        world.fund_of(100_000_000, purpose=(code,))
        return code

    return store


@pytest.mark.parametrize(("cycle", "first", "second"), [("quarter", MARCH, JUNE), ("half_year", JUNE, DECEMBER)])
def test_a_cycle_is_paid_in_its_last_month_and_leads_to_the_next(world, paying, cycle, first, second):
    code = paying(cycle)
    stays, rises, goes = (world.award(90_000, programme=code) for _ in range(3))
    with pytest.raises(Refused, match=r"payments\.nothing_due"):
        world.prepare(FEBRUARY, programme=code)
    run = world.to(world.prepare(first, programme=code), "closed")
    assert lines(run) == [("regular", first, 90_000)] * 3
    world.change(rises, 96_000, dt.date(2025, first.month + 1, 1), "standard_changed")
    world.end(goes, first)
    run = world.prepare(second, programme=code)
    assert lines(run) == [("regular", second, 90_000), ("regular", second, 96_000)]
    assert run.bridge["reasons"] == {"up": {"standard_changed": 1}, "left": {"income_over": 1}}
    assert (run.bridge["unexplained"], run.bridge["bars"]["opening"]["fen"]) == (0, 270_000)
    assert world.to(run, "closed").state == "closed" and replay.replay(run).same
    assert stays.payments.count() == 2


@pytest.mark.parametrize(
    ("cycle", "months", "first", "second"), [("quarter", 3, MARCH, JUNE), ("half_year", 6, JUNE, DECEMBER)]
)
def test_of_a_cycle_that_was_paid_the_months_that_change_are_paid_late(world, paying, cycle, months, first, second):
    code = paying(cycle)
    award = world.award(90_000, programme=code)
    run = world.to(world.prepare(first, programme=code), "closed")
    world.change(award, 96_000, first, "standard_changed")  # the last month of the cycle only
    world.change(award, 99_000, first, "income_changed")
    late = world.prepare(second, programme=code)
    assert lines(late) == [
        ("arrears", first, 3_000 // months),
        ("raise", first, 6_000 // months),
        ("regular", second, 99_000),
    ]
    assert [one.change for one in replay.as_known_now(run).apart] == [9_000 // months]
    assert replay.replay(run).same


def test_what_is_paid_once_is_paid_once(world, paying):
    code = paying("once")
    first = world.award(80_000, programme=code, last=JANUARY)
    run = world.to(world.prepare(JANUARY, programme=code), "closed")
    assert lines(run) == [("regular", JANUARY, 80_000)]
    with pytest.raises(Refused, match=r"payments\.nothing_due"):
        world.prepare(FEBRUARY, programme=code)
    second = world.award(50_000, programme=code, first=FEBRUARY, last=FEBRUARY)
    run = world.to(world.prepare(FEBRUARY, programme=code), "closed")
    assert [(p.award, p.amount) for p in run.payments.all()] == [(second, 50_000)]
    assert run.bridge["bars"]["left"]["fen"] == -80_000 and run.bridge["unexplained"] == 0
    assert first.payments.count() == 1 and replay.replay(run).same
