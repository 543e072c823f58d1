"""Whatever is done in whatever order: balances sum to zero, each is the sum of its transfers, nothing is paid twice,
and the chain holds."""

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.core.errors import Refused
from minzheng.payments import actions, ledger, queries
from minzheng.payments.actions import Returned
from minzheng.payments.models import Account, BankReturn, Payment, Run
from tests.payments.world import World
from tests.property.undoing import Undo

MONTHS = [dt.date(2025, month, 1) for month in (1, 2, 3)]

operation = st.one_of(
    st.tuples(st.just("allocate"), st.integers(1, 500_000)),
    st.tuples(st.just("award"), st.integers(1, 90_000)),
    st.tuples(st.just("prepare"), st.sampled_from(MONTHS)),
    st.tuples(st.just("supplement"), st.sampled_from(MONTHS)),
    st.tuples(st.just("submit"), st.integers(0, 3)),
    st.tuples(st.just("approve"), st.integers(0, 3)),
    st.tuples(st.just("release"), st.integers(0, 3)),
    st.tuples(st.just("send"), st.integers(0, 3)),
    st.tuples(st.just("return"), st.integers(0, 3)),
    st.tuples(st.just("repay"), st.integers(0, 3)),
    st.tuples(st.just("confirm"), st.integers(0, 3)),
    st.tuples(st.just("close"), st.integers(0, 3)),
    st.tuples(st.just("whole way"), st.sampled_from(MONTHS)),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(operation, min_size=4, max_size=20))
def test_any_sequence_keeps_the_books(world: World, operations):
    with pytest.raises(Undo), transaction.atomic():
        town = World(world.users, made=world.made)
        town.fund_of(200_000)
        town.award(30_000)
        for name, value in operations:
            try:
                with transaction.atomic():
                    _do(town, name, value)
            except Refused:
                pass  # refused as a whole; the books must hold all the same
            _check_books()
        raise Undo


def _do(world: World, name: str, value) -> None:
    users = world.users
    runs = list(Run.objects.order_by("pk"))
    run = runs[value % len(runs)] if runs and isinstance(value, int) else None
    if name == "allocate":
        actions.allocate(by=users["finance"], fund=world.fund, amount=value, on=MONTHS[0])
    elif name == "award":
        world.award(value)
    elif name in ("prepare", "supplement"):
        world.prepare(value, supplement=name == "supplement")
    elif name == "whole way":
        world.to(world.prepare(value), "paid")
    elif name == "repay":
        for returned in BankReturn.objects.filter(repaired_on=None)[:1]:
            actions.repay(by=users["handler"], payment=returned.payment)
    elif run is None:
        return
    elif name == "return":
        for bank_file in run.bank_files.all():
            line = value % bank_file.count + 1
            actions.book_returns(by=users["finance"], bank_file=bank_file, rows=[Returned(line, "账户冻结")])
    else:
        act, role = {
            "submit": (actions.submit, "handler"),
            "approve": (actions.approve, "approver"),
            "release": (actions.release, "finance"),
            "send": (actions.send, "finance"),
            "confirm": (actions.confirm_paid, "finance"),
            "close": (actions.close, "finance"),
        }[name]
        act(by=users[role], run=run)


def _check_books() -> None:
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    verification = ledger.verify()
    assert verification.sound, str(verification)
    for run in Run.objects.filter(state__in=["paid", "closed"]):
        assert queries.reconciliation(run).agrees
    with connection.cursor() as cursor:
        # What an award got for a month, net of returns, is never more than it was owed.
        cursor.execute(
            "select count(*) from (select p.award_id, p.benefit_month, sum(t.amount) as got from payments_transfer t"
            " join payments_payment p on p.id = t.payment_id where t.kind = 'paid' group by 1, 2) paid"
            " join awards_amount owed on owed.award_id = paid.award_id and paid.got > owed.amount"
        )
        assert cursor.fetchone() == (0,)
    assert not Payment.objects.filter(state="paid").exclude(transfers__kind="paid").exists()
