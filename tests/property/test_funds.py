"""Whatever moves between funds in whatever order: balances sum to zero, each fund's books explain what it holds, shares
add up to the fen."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.payments import actions, books, ledger, shares
from minzheng.payments.forecast import forecasts
from minzheng.payments.models import Account, Fund
from tests.payments.world import JANUARY, TOWN, World
from tests.property.test_ledger import Undo

DAY = dt.date(2025, 3, 3)
NEW_YEAR = dt.date(2026, 1, 5)
fen = st.integers(1, 400_000)
pair = st.tuples(st.integers(0, 4), st.integers(0, 4))
operation = st.one_of(
    st.tuples(st.just("allocate"), pair, fen),
    st.tuples(st.just("withdraw"), pair, fen),
    st.tuples(st.just("pass_on"), pair, fen),
    st.tuples(st.just("pass_back"), pair, fen),
    st.tuples(st.just("carry_over"), pair, fen),
    st.tuples(st.just("pay"), pair, fen),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(operation, min_size=4, max_size=15))
def test_any_sequence_between_funds_keeps_the_books(world: World, operations):
    with pytest.raises(Undo), transaction.atomic():
        clock.set_today(DAY)
        town = World(world.users, made=world.made)
        funds = _funds(town)
        town.award(30_000)
        for name, (giver, taker), amount in operations:
            try:
                with transaction.atomic():
                    _do(town, name, funds[giver], funds[taker], amount)
            except Refused:
                pass  # refused as a whole; the books must hold all the same
            _check(funds)
        raise Undo
    clock.set_today(DAY)


def _funds(world: World) -> list[Fund]:
    """A county's and two townships', one of another purpose, and the county's of next year."""
    by = world.users["finance"]

    def opened(area: str, year: int, purpose: list[str]) -> Fund:
        name = {"zh-Hans": f"{area}{year}{purpose}", "en": "x"}
        return actions.open_fund(
            by=by, area=area, year=year, name=name, source="county", purpose=purpose, department={}
        )

    return [
        opened("990101", 2025, ["dibao"]),
        opened(TOWN, 2025, ["dibao"]),
        opened("990101102", 2025, ["dibao"]),
        opened(TOWN, 2025, ["dibao", "tekun"]),
        opened("990101", 2026, ["dibao"]),
    ]


def _do(world: World, name: str, giver: Fund, taker: Fund, amount: int) -> None:
    by = world.users["finance"]
    if name == "pay":
        world.to(world.prepare(JANUARY, fund=giver), "paid")
    elif name == "allocate":
        actions.allocate(by=by, fund=giver, amount=amount, on=DAY, memo="x")
    elif name == "withdraw":
        actions.withdraw(by=by, fund=giver, amount=amount, on=DAY, memo="x")
    elif name == "carry_over":
        clock.set_today(NEW_YEAR)
        try:
            actions.carry_over(by=by, fund=giver, to=taker, on=NEW_YEAR, amount=amount)
        finally:
            clock.set_today(DAY)
    else:
        act = actions.pass_on if name == "pass_on" else actions.pass_back
        act(by=by, fund=giver, to=taker, amount=amount, on=DAY, memo="x")


def _check(funds: list[Fund]) -> None:
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    assert ledger.verify().sound
    rows = [*books.funds("990101", 2025), *books.funds("990101", 2026)]
    assert {row["fund"].pk for row in rows} == {fund.pk for fund in funds}
    for row in rows:
        assert row["balance"] >= 0
        assert row["allocated"] + row["passed"] + row["carried"] - row["bought"] - row["used"] == row["balance"]
        moved = books.movements([row["fund"]])
        assert sum(one.fen for one in moved) == row["balance"]
        assert sum(one.used for one in moved) == row["used"]
        months = books.months(moved)
        assert not months or months[-1].closing == row["balance"]
    # What passes down the levels comes from inside the county; what is carried over comes from its other year.
    assert sum(row["passed"] for row in rows) == 0
    assert sum(row["carried"] for row in rows) == 0
    known = forecasts("990101", 2025)
    needed = sum(one.need for one in known.funds.values()) + sum(one.fen for one in known.unfunded)
    assert needed in (12 * 30_000, 11 * 30_000)


@settings(deadline=None)
@given(
    amount=st.integers(0, 10**13),
    weights=st.dictionaries(
        st.sampled_from(["central", "provincial", "municipal", "county", "township"]), st.integers(1, 9_999), min_size=1
    ),
)
def test_parts_of_an_amount_add_up_and_each_is_near_its_share(amount, weights):
    total, left = sum(weights.values()), shares.WHOLE
    parts = {}
    for source, weight in list(weights.items())[1:]:
        parts[source] = weight * shares.WHOLE // (total + 1)
        left -= parts[source]
    parts[next(iter(weights))] = left
    found = shares.apportioned(amount, parts)
    assert sum(found.values()) == amount
    for source, part in parts.items():
        assert abs(found[source] * shares.WHOLE - amount * part) < shares.WHOLE
