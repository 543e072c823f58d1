"""The ledger protects itself: with raw SQL, as the application and as the owner."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.core.errors import Refused
from minzheng.payments import actions, ledger
from minzheng.payments.models import Account, Batch, Fund, Transfer
from minzheng.policy import registry
from tests.payments.world import JANUARY, World

TABLES = ("payments_transfer", "payments_batch", "payments_run_step", "payments_bank_file", "payments_goods_receipt")


def raw(statement: str, parameters=()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_an_allocation_moves_both_balances_and_is_sealed(world: World):
    fund = world.fund_of(100_000)
    fund.account.refresh_from_db()
    assert fund.account.balance == 100_000
    assert Account.objects.get(kind="source").balance == -100_000
    batch = Batch.objects.get()
    assert (batch.id, batch.count, batch.total, len(batch.blocks)) == (1, 1, 100_000, 32)
    assert ledger.verify().sound


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_application_can_change_no_history(world: World, table: str, statement: str):
    world.fund_of(100_000)
    with pytest.raises(DatabaseError, match=r"append_only|permission denied"):
        raw(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_owner_can_change_no_history_either(postgres, django_db_setup, table: str, statement: str):
    with psycopg.connect(postgres.url("mz_owner", "minzheng")) as owner:
        owner.execute("set lock_timeout = '5s'")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append_only"):
            owner.execute(statement.format(table))
        owner.rollback()


BALANCES_AND_PURPOSES = (
    "update payments_account set balance = balance + 1",
    "delete from payments_account",
    "truncate payments_account cascade",
    "update payments_fund set purpose = '[\"tekun\"]'",
    "delete from payments_fund",
)


@pytest.mark.parametrize("statement", BALANCES_AND_PURPOSES)
def test_the_application_changes_no_balance_and_no_purpose(world: World, statement: str):
    world.fund_of(100_000)
    with pytest.raises(DatabaseError, match="permission denied"):
        raw(statement)


@pytest.mark.parametrize("statement", BALANCES_AND_PURPOSES)
def test_the_owner_changes_no_balance_and_no_purpose_either(postgres, django_db_setup, statement: str):
    with psycopg.connect(postgres.url("mz_owner", "minzheng")) as owner:
        owner.execute("set lock_timeout = '5s'")
        owner.execute("insert into areas_area (code, name, level) values ('98', '他省', 'province')")
        owner.execute(
            "insert into payments_account (code, name, kind, programme, may_be_negative, balance, area_code)"
            " values ('x', '{}', 'fund', '', false, 0, '98')"
        )
        owner.execute(
            "insert into payments_fund (account_id, year, source, purpose, department, area_code)"
            " select id, 2025, 'x', '[]', '{}', '98' from payments_account"
        )
        owner.execute("set constraints all immediate")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            owner.execute(statement)
        owner.rollback()


def test_an_account_opens_empty(world: World):
    with pytest.raises(IntegrityError, match="ledger_balance"), transaction.atomic():
        Account.objects.create(code="x", name={}, kind="fund", balance=5, area_id="990101")


def test_only_a_source_may_go_below_zero(world: World):
    with pytest.raises(IntegrityError, match="only_sources_below_zero"), transaction.atomic():
        Account.objects.create(code="x", name={}, kind="fund", may_be_negative=True, area_id="990101")


def test_an_overdraft_is_refused_by_the_database(world: World):
    world.award(60_000)
    fund = world.fund_of(50_000)
    run = world.prepare()
    transit = fund.account.parts.get(kind="transit")
    with pytest.raises(IntegrityError, match="ledger_overdraft"), transaction.atomic():
        ledger.write(
            "select %s::bigint, %s::bigint, amount, 'sent', date '2025-01-01', run_id, id, programme, area_code, ''"
            " from payments_payment where run_id = %s",
            [transit.pk, fund.account_id, run.pk],
        )
    fund.account.refresh_from_db()
    assert fund.account.balance == 50_000


def test_the_overdraft_speaks_to_the_finance_officer(world: World):
    world.award(60_000)
    world.fund_of(50_000)
    run = world.to(world.prepare(), "approved")
    with pytest.raises(Refused) as refusal:
        actions.release(by=world.users["finance"], run=run)
    assert refusal.value.code == "payments.overdraft"
    assert "余额 500.00 元，本次需要 600.00 元，差 100.00 元" in refusal.value.text("zh-Hans")
    assert "低保资金" in refusal.value.text("zh-Hans")


def test_a_fund_pays_only_its_purpose(world: World):
    world.award(60_000)
    world.fund_of(100_000)
    other = world.fund_of(100_000, purpose=("tekun",))
    run = world.prepare(fund=other)
    world.to(run, "released")
    with pytest.raises(Refused) as refusal:
        actions.send(by=world.users["finance"], run=run)
    assert refusal.value.code == "payments.earmark"
    assert Transfer.objects.filter(kind="sent").count() == 0
    run.refresh_from_db()
    assert run.state == "released"


def test_a_transfer_goes_only_the_ways_there_are(world: World):
    fund = world.fund_of(100_000)
    paid = fund.account.parts.get(kind="paid")
    with pytest.raises(IntegrityError, match="ledger_route"), transaction.atomic():
        ledger.write(
            "select %s::bigint, %s::bigint, 5::bigint, 'paid', date '2025-01-01', null::bigint, null::bigint,"
            " 'dibao', '990101', ''",
            [paid.pk, fund.account_id],
        )


def test_a_payment_that_was_not_sent_cannot_be_paid(world: World):
    world.award(60_000)
    fund = world.fund_of(100_000)
    run = world.prepare()
    transit, paid = (fund.account.parts.get(kind=kind) for kind in ("transit", "paid"))
    with pytest.raises(IntegrityError, match="ledger_unsent"), transaction.atomic():
        ledger.write(
            "select %s::bigint, %s::bigint, amount, 'paid', date '2025-01-01', run_id, id, programme, area_code, ''"
            " from payments_payment where run_id = %s",
            [paid.pk, transit.pk, run.pk],
        )


def test_a_transfer_without_the_hash_of_its_content_is_refused(world: World):
    fund = world.fund_of(100_000)
    source = Account.objects.get(kind="source")
    with pytest.raises(IntegrityError, match="ledger_hash"):
        raw(
            'insert into payments_transfer (debit_id, credit_id, amount, kind, "on", programme, memo, area_code,'
            " recorded_at, row_hash) values (%s, %s, 5, 'allocation', '2025-01-01', '', '', '990101', now(), '\\x00')",
            [fund.account_id, source.pk],
        )


def test_nobody_but_the_trigger_seals(world: World):
    with pytest.raises(DatabaseError, match="permission denied|row-level security"):
        raw(
            "insert into payments_batch values (1, 1, 1, 1, 1, '\\x00', '\\x00', '\\x00', now())",
        )


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update payments_transfer set amount = amount + 1 where id = {second}", "row_changed"),
        ("update payments_transfer set memo = 'x' where id = {second}", "row_changed"),
        ("delete from payments_transfer where id = {second}", "rows_missing"),
        ("update payments_batch set total = total + 1 where id = 2", "rows_missing"),
        ("update payments_batch set previous_hash = hash where id = 2", "seal_broken"),
        ("delete from payments_batch where id = 2", "link_broken"),
        ("update payments_account set balance = balance + 1 where kind = 'fund'", "balance_differs"),
    ],
)
def test_verify_names_the_first_broken_link(tamper, world: World, statement: str, what: str):
    """Somebody with the server itself in hand (a superuser, triggers off) changes history: it shows."""
    fund = world.fund_of(100_000)
    for amount in (200_000, 300_000):
        actions.allocate(by=world.users["finance"], fund=fund, amount=amount, on=JANUARY)
    second = Transfer.objects.order_by("pk")[1].pk
    assert ledger.verify().sound
    tamper(statement.format(second=second))
    broken = ledger.verify().first_broken
    assert broken is not None and broken.what == what
    assert broken.batch == {"balance_differs": None, "link_broken": 3}.get(what, 2)
    if what == "row_changed":
        assert f"batch 2: transfer {second}" in broken.text()


def test_a_row_rewritten_with_its_hash_still_breaks_its_block(tamper, world: World):
    fund = world.fund_of(100_000)
    actions.allocate(by=world.users["finance"], fund=fund, amount=1, on=JANUARY)
    tamper(
        'update payments_transfer t set amount = 7, row_hash = mz_transfer_hash(id, debit_id, credit_id, 7, kind, "on",'
        " run_id, payment_id, programme, area_code, memo, recorded_at) where amount = 1"
    )
    faults = [fault.what for fault in ledger.verify().faults]
    assert faults == ["rows_missing", "block_broken", "balance_differs", "balance_differs"]


def test_blocks_of_a_thousand(world: World):
    fund = world.fund_of(100_000)
    source = Account.objects.get(kind="source")
    ledger.write(
        "select %s::bigint, %s::bigint, n::bigint, 'allocation', date '2025-01-01', null::bigint, null::bigint, '',"
        " '990101', '' from generate_series(1, 2500) n",
        [fund.account_id, source.pk],
    )
    assert len(Batch.objects.get(pk=2).blocks) == 3 * 32
    assert ledger.verify().sound
    assert ledger.verify().transfers == 2501


def test_a_county_fund_is_read_in_its_towns_and_written_only_in_the_county(users):
    from minzheng.access.scope import acting

    registry.store_files()
    with acting(users["finance"]):
        World(users).fund_of(100_000)
    with acting(users["handler"]):
        assert Fund.objects.get().account.balance == 100_000
        assert not Transfer.objects.exists()
        with pytest.raises(Refused, match="forbidden"):
            actions.allocate(by=users["handler"], fund=Fund.objects.get(), amount=5, on=JANUARY)
    with acting(users["village_worker"]):
        assert Fund.objects.exists()
