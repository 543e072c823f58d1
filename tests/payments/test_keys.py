"""What lines and transfers point to is there when they are written, and stays: with raw SQL, without foreign keys."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.payments import actions, ledger
from minzheng.payments.models import BankFile, Payment, Transfer
from tests.payments.world import FEBRUARY, World

LINE = (
    "insert into payments_payment (run_id, award_id, programme, kind, benefit_month, amount, people, in_kind, payee_id,"
    " state, state_reason, area_code) select run_id, award_id, programme, 'arrears', benefit_month, amount, people,"
    " in_kind, payee_id, state, '', area_code from (select {columns} from payments_payment) line"
)
COLUMNS = ("run_id", "award_id", "programme", "benefit_month", "amount", "people", "in_kind", "payee_id", "state",
           "area_code")  # fmt: skip
TRANSFER = "select {debit}, {credit}, p.amount, {kind}, date '2025-01-01', {run}, {payment}, p.programme, {area}, ''"
KEPT = ("areas_area", "people_person", "people_identifier", "awards_award", "payments_run", "payments_payment",
        "payments_account", "payments_bank_file")  # fmt: skip


def raw(statement: str, parameters=()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def line(world: World) -> Payment:
    """The one line of a run that is computed."""
    world.award(10_000)
    world.fund_of(1_000_000)
    return world.prepare().payments.get()


def test_the_line_itself_would_fit(line: Payment):
    raw(LINE.format(columns=", ".join(COLUMNS)))
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("run_id", "run_id + 1000"),
        ("award_id", "award_id + 1000"),
        ("programme", "'tekun'::text"),
        ("payee_id", "payee_id + 1000"),
        ("area_code", "'990101109'::text"),
    ],
)
def test_a_line_for_what_is_not_there_is_refused(line: Payment, column: str, value: str):
    columns = ", ".join(f"{value} as {one}" if one == column else one for one in COLUMNS)
    with pytest.raises(IntegrityError, match="payment_keys"):
        raw(LINE.format(columns=columns))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("debit", "-1::bigint"),
        ("credit", "-1::bigint"),
        ("run", "p.run_id + 1000"),
        ("payment", "p.id + 1000"),
        ("area", "'990101109'"),
        ("kind", "'recovered'"),
    ],
)
def test_a_transfer_for_what_is_not_there_is_refused(world: World, line: Payment, part: str, value: str):
    fund = world.fund
    parts = {
        "debit": f"{fund.account.parts.get(kind='transit').pk}::bigint",
        "credit": f"{fund.account_id}::bigint",
        "kind": "'sent'",
        "run": "p.run_id",
        "payment": "p.id",
        "area": "p.area_code",
    }
    with pytest.raises(IntegrityError, match="ledger_keys|ledger_payment"), transaction.atomic():
        ledger.write(TRANSFER.format(**parts | {part: value}) + " from payments_payment p", [])
    assert ledger.write(TRANSFER.format(**parts) + " from payments_payment p", []) == 1


def test_a_line_that_is_in_the_ledger_stays(world: World, line: Payment):
    transit = world.fund.account.parts.get(kind="transit")
    sent = TRANSFER.format(debit=transit.pk, credit=world.fund.account_id, kind="'sent'", run="p.run_id",
                           payment="p.id", area="p.area_code")  # fmt: skip
    ledger.write(f"{sent} from payments_payment p", [])
    with pytest.raises(IntegrityError, match="payment_booked"):
        raw("delete from payments_payment")
    assert Transfer.objects.get(kind="sent").payment == line


def test_a_line_is_sent_with_a_file_of_its_run_to_an_account_of_its_payee(world: World, line: Payment):
    world.award(20_000)
    world.to(world.prepare(), "sent")
    other = world.to(world.prepare(FEBRUARY), "sent")
    file = BankFile.objects.get(run=other)
    first, second = Payment.objects.filter(run=line.run).order_by("file_line")
    for change, value in (("bank_file_id", file.pk), ("bank_file_id", -1), ("account_id", second.account_id),
                          ("account_id", -1)):  # fmt: skip
        with pytest.raises(IntegrityError, match="payment_keys"):
            raw(f"update payments_payment set {change} = %s, file_line = 99 where id = %s", [value, first.pk])


@pytest.mark.parametrize("table", KEPT)
def test_what_is_pointed_to_is_neither_removed_nor_renumbered(world: World, table: str):
    world.award(10_000)
    world.fund_of(1_000_000)
    world.to(world.prepare(), "sent")
    key, other = ("code", "code || '9'") if table == "areas_area" else ("id", "id + 1000")
    for statement in (f"delete from {table}", f"update {table} set {key} = {other}", f"truncate {table} cascade"):
        with pytest.raises(
            DatabaseError, match=r"append_only|permission denied|payment_frozen|payment_booked|ledger_balance"
        ):
            raw(statement)


@pytest.mark.parametrize("table", KEPT)
def test_not_by_the_owner_either(postgres, django_db_setup, table: str):
    key, other = ("code", "code || '9'") if table == "areas_area" else ("id", "id + 1000")
    with psycopg.connect(postgres.url("mz_owner", "minzheng")) as owner:
        owner.execute("set lock_timeout = '5s'")
        for statement in (f"update {table} set {key} = {other}", f"truncate {table} cascade"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append_only"), owner.transaction():
                owner.execute(statement)


def test_an_account_may_still_be_corrected_and_an_area_renamed(world: World, line: Payment):
    people = world.awards[0].payee
    actions.unhold(by=world.users["handler"], payment=line, note="无")
    raw("update people_person set address = 'x' where id = %s", [people.pk])
    raw("update areas_area set name = 'x' where code = '990101101201'")
