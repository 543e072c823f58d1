"""A process killed in the middle of an act leaves nothing half: its connection is cut from outside while it works.

These tests commit, in a database of their own. An audit table locked by somebody else stops the act at its very end,
with everything written and nothing committed; there its backend is terminated.
"""

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connections

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import actions as awards
from minzheng.core.database import make_database
from minzheng.core.models import AuditEntry
from minzheng.payments import actions, ledger, month
from minzheng.payments.models import BankFile, Payment, Run, Transfer
from minzheng.policy import registry
from tests import fixtures
from tests.payments.world import FEBRUARY, JANUARY, TOWN, World

NAME = "interrupted"


@pytest.fixture(scope="module")
def committed(postgres, django_db_setup, django_db_blocker) -> Iterator[World]:
    """A world that other connections see, with a run released and another month due."""
    make_database(postgres, NAME)
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    with django_db_blocker.unblock():
        _use(dict.fromkeys(before, NAME))
        call_command("migrate", database="owner", verbosity=0)
        with scope([EVERYWHERE]):
            registry.store_files()
            world = World(fixtures.users.__wrapped__(fixtures.areas.__wrapped__(None), fixtures.clock.set_today))
            world.award(50_000)
            world.award(30_000)
            world.fund_of(1_000_000)
        yield world
        _use(before)


def test_killed_while_computing(committed: World, postgres):
    _killed(postgres, lambda: committed.prepare())
    with scope([EVERYWHERE]):
        assert not Run.objects.exists() and not Payment.objects.exists()
        assert committed.prepare().payments_count == 2


def test_killed_while_sending(committed: World, postgres):
    with scope([EVERYWHERE]):
        run = committed.to(committed.prepare(), "released")
    _killed(postgres, lambda: actions.send(by=committed.users["finance"], run=run))
    with scope([EVERYWHERE]):
        assert not BankFile.objects.exists() and not Transfer.objects.filter(kind="sent").exists()
        assert {payment.state for payment in run.payments.all()} == {"computed"}
        assert ledger.verify().sound
        actions.send(by=committed.users["finance"], run=run)
        assert Transfer.objects.filter(kind="sent").count() == 2
        assert ledger.verify().sound


def test_two_officers_who_accept_the_same_at_once(committed: World):
    """Both press at the same moment, on connections of their own: it is done once, and the other is told."""
    by = committed.users["handler"]
    with scope([EVERYWHERE]):
        award = committed.awards[0]
        awards.hold(by=by, award=award, reason="人在外地")
    together, outcomes = threading.Barrier(2), []

    def press() -> None:
        try:
            with scope([EVERYWHERE]):
                together.wait(timeout=20)
                outcomes.extend(month.accept(by=by, area=TOWN, month=JANUARY, keys=[f"held:{award.pk}"]))
        finally:
            connections["default"].close()

    officers = [threading.Thread(target=press) for _ in range(2)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(timeout=60)
    assert sorted(outcome.refused.code if outcome.refused else "" for outcome in outcomes) == ["", "month.gone"]
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.filter(action="awards.release").count() == 1


def test_who_removes_lines_and_who_books_for_them_meet_at_the_run(committed: World, postgres):
    """No foreign key locks a line: both lock its run. The one who comes second sees what the first has done."""
    with scope([EVERYWHERE]):
        run = committed.prepare(FEBRUARY)
        fund = run.fund.account
        transit = fund.parts.get(kind="transit")
    booking = ledger._WRITE.format(
        lines=f"select {transit.pk}::bigint, {fund.pk}::bigint, amount, 'sent', date '2025-02-01', run_id, id,"
        f" programme, area_code, '' from payments_payment where run_id = {run.pk}"
    )
    removing = f"delete from payments_payment where run_id = {run.pk}"
    assert _one_after_the_other(postgres, removing, booking) == "ledger_payment"
    with scope([EVERYWHERE]):
        committed.prepare(FEBRUARY)
    assert _one_after_the_other(postgres, booking, removing) == "payment_booked"


def _one_after_the_other(postgres, first: str, second: str) -> str:
    """The second statement begins before the first is committed. Why it is refused afterwards."""
    outcome: list[str] = []
    with psycopg.connect(postgres.url("mz_app", NAME)) as one, psycopg.connect(postgres.url("mz_app", NAME)) as other:
        for connection in (one, other):
            connection.execute("select set_config('mz.areas', '*', true)")

        def work() -> None:
            try:
                other.execute(second)
                outcome.append("done")
            except psycopg.Error as error:
                outcome.append((error.diag.message_primary or "").partition(":")[0])
            other.rollback()

        one.execute(first)
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(timeout=1)
        assert worker.is_alive(), "the second did not wait"
        one.commit()
        worker.join(timeout=30)
    return outcome[0]


def _killed(postgres, act: Callable[[], object]) -> None:
    """Run `act` on a connection of its own, and cut that connection when it waits for the audit table."""
    failure: list[BaseException] = []

    def work() -> None:
        try:
            with scope([EVERYWHERE]):
                act()
        except (DatabaseError, InterfaceError, OperationalError) as error:
            failure.append(error)
        finally:
            connections["default"].close()

    with psycopg.connect(postgres.url("postgres", NAME)) as somebody:
        somebody.execute("lock table core_audit in share mode")
        worker = threading.Thread(target=work)
        worker.start()
        with psycopg.connect(postgres.url("postgres", NAME), autocommit=True) as other:
            killed = False
            while worker.is_alive() and not killed:
                rows = other.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where datname = current_database() and wait_event_type = 'Lock'"
                ).fetchall()
                killed = bool(rows)
                worker.join(timeout=0.02)
        worker.join()
    assert failure, "the act was not interrupted"


def _use(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        connections.settings[alias]["NAME"] = name
