"""Somebody with the database itself in hand, every trigger off, changes history: verification names the first link that
does not hold, for every kind of change."""

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.payments import actions, ledger
from minzheng.payments.models import Account, Batch, Transfer
from tests.payments.world import JANUARY, World

HASH = (
    'mz_transfer_hash(id, debit_id, credit_id, {amount}, kind, "on", run_id, payment_id, programme, area_code, memo,'
    " recorded_at)"
)
# A third batch of four: what was sent. Its second row is what most of these change.
CHANGES = {
    "amount": "amount + 1",
    "debit_id": "(select id from payments_account where kind = 'source')",
    "credit_id": "(select id from payments_account where kind = 'source')",
    "kind": "'recovered'",
    '"on"': '"on" + 1',
    "run_id": "null",
    "payment_id": "null",
    "programme": "'tekun'",
    "area_code": "'990101101202'",
    "memo": "'x'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "row_hash": "sha256('x')",
    "id": "id + 1000",
}


@pytest.fixture
def books(tamper, world: World) -> World:
    """Two allocations, and a run of four payments that was sent and paid: four batches, the last two of four rows."""
    for amount in (10_000, 20_000, 30_000, 40_000):
        world.award(amount)
    fund = world.fund_of(100_000)
    actions.allocate(by=world.users["finance"], fund=fund, amount=200_000, on=JANUARY)
    world.to(world.prepare(), "paid")
    assert [batch.count for batch in Batch.objects.order_by("pk")] == [1, 1, 4, 4]
    assert ledger.verify().sound
    return world


def sent() -> list[int]:
    return list(Transfer.objects.filter(kind="sent").order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_names_its_row(tamper, books: World, column: str):
    second = sent()[1]
    tamper(f"update payments_transfer set {column} = {CHANGES[column]} where id = {second}")
    broken = ledger.verify().first_broken
    assert broken is not None
    if column == "id":
        assert (broken.what, broken.first) in {("row_changed", second + 1000), ("rows_missing", sent()[0])}
    else:
        assert (broken.batch, broken.what, broken.first) == (3, "row_changed", second)


@pytest.mark.parametrize(
    ("change", "what", "batch"),
    [
        ("delete from payments_transfer where id = {second}", "rows_missing", 3),
        ("delete from payments_transfer where id between {first} and {last}", "rows_missing", 3),
        ("update payments_batch set count = 3 where id = 3", "rows_missing", 3),
        ("update payments_batch set total = total + 1 where id = 3", "rows_missing", 3),
        ("update payments_batch set first = first + 1 where id = 3", "rows_missing", 3),
        ("update payments_batch set last = last - 1 where id = 3", "rows_missing", 3),
        ("update payments_batch set blocks = sha256('x') where id = 3", "block_broken", 3),
        ("update payments_batch set hash = sha256('x') where id = 3", "seal_broken", 3),
        ("update payments_batch set previous_hash = sha256('x') where id = 3", "seal_broken", 3),
        ("update payments_batch set id = 9 where id = 3", "link_broken", 4),
        ("delete from payments_batch where id = 3", "link_broken", 4),
        ("delete from payments_batch where id = 4", "not_sealed", None),
        ("update payments_account set balance = balance + 1 where kind = 'fund'", "balance_differs", None),
        ("update payments_account set balance = 0 where kind = 'source'", "balance_differs", None),
    ],
)
def test_a_changed_chain_names_its_batch(tamper, books: World, change: str, what: str, batch: int | None):
    first, second, *_, last = sent()
    tamper(change.format(first=first, second=second, last=last))
    broken = ledger.verify().first_broken
    assert broken is not None and (broken.what, broken.batch) == (what, batch)
    assert broken.text()


def test_two_rows_exchanged_with_their_hashes_break_their_block(tamper, books: World):
    """Count, total and each row's own hash hold; what the block sealed does not."""
    first, second, *_ = sent()
    amounts = dict(Transfer.objects.filter(pk__in=(first, second)).values_list("pk", "amount"))
    for one, amount in ((first, amounts[second]), (second, amounts[first])):
        digest = HASH.format(amount=amount)
        tamper(f"update payments_transfer set amount = {amount}, row_hash = {digest} where id = {one}")
    assert [(fault.batch, fault.what) for fault in ledger.verify().faults] == [(3, "block_broken")]


def test_a_row_slipped_in_is_in_no_batch(tamper, books: World):
    newest = Transfer.objects.latest("pk").pk
    columns = 'debit_id, credit_id, amount, kind, "on", run_id, payment_id, programme, area_code, memo, recorded_at'
    tamper(
        f"insert into payments_transfer (id, {columns}, row_hash) select id, {columns}, {HASH.format(amount='amount')}"
        f" from (select {newest} + 1 as id, {columns} from payments_transfer where kind = 'allocation' limit 1) again"
    )
    broken = ledger.verify().first_broken
    assert broken is not None and (broken.what, broken.first) == ("not_sealed", newest + 1)


def test_a_chain_that_was_cut_off_lacks_the_seal_that_was_noted(tamper, books: World):
    """The last batch goes with its rows, and the balances are put right: the chain holds in itself, but not the seal
    that somebody wrote down."""
    noted = bytes.fromhex(ledger.verify().head)
    assert ledger.verify(noted).sound
    tamper(
        "with gone as (delete from payments_transfer where kind = 'paid' returning debit_id, credit_id, amount),"
        " moved as (select debit_id as account, -sum(amount) as delta from gone group by 1"
        " union all select credit_id, sum(amount) from gone group by 1),"
        " cut as (delete from payments_batch where id = 4)"
        " update payments_account a set balance = balance + moved.delta from moved where moved.account = a.id"
    )
    assert ledger.verify().sound
    assert [fault.what for fault in ledger.verify(noted).faults] == ["seal_unknown"]


def test_a_ledger_written_anew_lacks_it_too(tamper, world: World):
    fund = world.fund_of(100_000)
    noted = bytes.fromhex(ledger.verify().head)
    tamper("delete from payments_transfer")
    tamper("delete from payments_batch")
    tamper("update payments_account set balance = 0")
    actions.allocate(by=world.users["finance"], fund=fund, amount=90_000, on=JANUARY)
    assert ledger.verify().sound
    assert [fault.what for fault in ledger.verify(noted).faults] == ["seal_unknown"]


def test_the_owner_with_the_triggers_off_is_found_out(tamper, books: World):
    second = sent()[1]
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("reset session authorization; set session authorization mz_owner")
        cursor.execute("alter table payments_transfer disable trigger user")
        cursor.execute("update payments_transfer set amount = 1 where id = %s", [second])
        cursor.execute("alter table payments_transfer enable trigger user")
        cursor.execute("reset session authorization; set session authorization mz_app")
    broken = ledger.verify().first_broken
    assert broken is not None and (broken.what, broken.first) == ("row_changed", second)


@pytest.mark.parametrize(
    "statement",
    [
        "alter table payments_transfer disable trigger user",
        "drop trigger ledger_post on payments_transfer",
        "set session_replication_role = replica",
        "update payments_account set balance = 1000000",
        "insert into payments_batch select * from payments_batch",
        "alter table payments_account drop constraint no_fund_below_zero",
        "drop table payments_transfer",
    ],
)
def test_the_application_can_turn_nothing_off(world: World, statement: str):
    world.fund_of(100_000)
    refused = pytest.raises(DatabaseError, match="must be owner|permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("amount", "same", "named"), [(0, False, "moves_something"), (-5, False, "moves_something"), (5, True, "two_ends")]
)
def test_a_transfer_moves_more_than_nothing_between_two_accounts(world: World, amount: int, same: bool, named: str):
    fund = world.fund_of(100_000)
    source = Account.objects.get(kind="source")
    with pytest.raises(DatabaseError, match=named), transaction.atomic():
        ledger.write(
            "select %s::bigint, %s::bigint, %s::bigint, 'allocation', date '2025-01-01', null::bigint, null::bigint,"
            " '', '990101', ''",
            [fund.account_id, fund.account_id if same else source.pk, amount],
        )
