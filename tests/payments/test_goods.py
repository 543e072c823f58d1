"""Goods in kind, in the same ledger."""

import datetime as dt

import pytest

from minzheng.core.errors import Refused
from minzheng.payments import actions, ledger, queries
from minzheng.payments.models import Payment, Transfer
from tests.payments.world import JANUARY, TOWN, World

FESTIVAL = "festival_relief"


def approved(world: World):
    run = world.prepare(programme=FESTIVAL)
    actions.submit(by=world.users["handler"], run=run)
    return actions.approve(by=world.users["approver"], run=run)


def receive(world: World, quantity: int, **more):
    return actions.receive_goods(
        by=world.users["finance"],
        area=TOWN,
        item="面粉",
        quantity=quantity,
        unit_value=22_500,
        on=dt.date(2025, 1, 10),
        **more,
    )


def test_goods_are_received_valued_and_given(world: World):
    for _ in range(2):
        world.award(22_500, programme=FESTIVAL, last=JANUARY)
    receipt = receive(world, 3)
    assert (receipt.transfer.amount, receipt.transfer.kind) == (67_500, "received")
    run = approved(world)
    assert run.in_kind
    assert actions.give(by=world.users["handler"], run=run) == 2
    run.refresh_from_db()
    assert run.state == "paid" and {p.state for p in Payment.objects.all()} == {"paid"}
    assert {t.amount for t in Transfer.objects.filter(kind="given")} == {22_500}
    row = queries.funds("990101", 2025)[0]
    assert (row["balance"], row["spent"]) == (22_500, 45_000)
    assert queries.paid(FESTIVAL, TOWN, JANUARY, dt.date(2025, 12, 31)).fen == 45_000
    actions.close(by=world.users["finance"], run=run)
    assert ledger.verify().sound


def test_no_more_is_given_than_is_in_stock(world: World):
    for _ in range(2):
        world.award(22_500, programme=FESTIVAL, last=JANUARY)
    receive(world, 1)
    run = approved(world)
    with pytest.raises(Refused, match="overdraft"):
        actions.give(by=world.users["handler"], run=run)
    assert not Transfer.objects.filter(kind="given").exists()
    assert {p.state for p in Payment.objects.all()} == {"computed"}


def test_goods_are_not_sent_to_a_bank(world: World):
    world.award(22_500, programme=FESTIVAL, last=JANUARY)
    receive(world, 1)
    run = approved(world)
    with pytest.raises(Refused, match="state"):
        actions.release(by=world.users["finance"], run=run)


def test_goods_bought_come_out_of_a_fund_of_the_purpose(world: World):
    fund = world.fund_of(100_000, purpose=(FESTIVAL,), area=TOWN)
    receive(world, 2, bought_from=fund)
    fund.account.refresh_from_db()
    assert fund.account.balance == 55_000
    other = world.fund_of(100_000, purpose=("dibao",), area=TOWN)
    with pytest.raises(Refused, match="earmark"):
        receive(world, 1, bought_from=other)


def test_nothing_is_no_receipt(world: World):
    with pytest.raises(Refused, match="goods_amount"):
        receive(world, 0)
