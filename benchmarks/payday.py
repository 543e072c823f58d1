"""One measured month in a process of its own: `python -m benchmarks.payday HOUSEHOLDS ROW_BY_ROW REPEATS` prints JSON.

A server of its own, durable as the product's; the acts are the product's, each as its user, in its scope.
"""

import datetime as dt
import io
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from benchmarks import roster
from benchmarks.one import peak_memory
from benchmarks.worklist import COUNTY, people

RETURNED = 0.003
"""Of what was sent, the bank returns so much."""


@dataclass
class Month:
    """Seconds of each act and of the parts of some, what was done, and memory in bytes."""

    households: int
    version: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    """Processor seconds of the month: of this process and of the server's."""
    lines: int = 0
    sent: int = 0
    held: int = 0
    returned: int = 0
    file_bytes: int = 0
    database_bytes: int = 0
    peak: int = 0
    """The most that this process held while it did the month."""
    backend: int = 0
    """The most that the server's process held for itself, beside the shared buffers."""
    ledger: list[float] = field(default_factory=list)
    """Of each round: the transfers of a run written to the ledger."""
    plain: dict[str, list[float]] = field(default_factory=dict)
    """The same statement into the same table without triggers and row-level security, by what keys it has."""
    one_by_one: int = 0
    row_by_row: float = 0.0
    """Seconds for so many households written row by row through the ORM."""
    row_by_row_cpu: float = 0.0

    @property
    def whole(self) -> float:
        return sum(self.seconds.values())


class Stopwatch:
    """Times acts, and functions inside them by replacing each by itself with a watch around it."""

    def __init__(self, month: Month) -> None:
        self.month = month

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.month.seconds[name] = time.perf_counter() - started

    @contextmanager
    def part(self, owner: Any, function: str, name: str) -> Iterator[None]:
        real = getattr(owner, function)

        def watched(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return real(*args, **kwargs)
            finally:
                self.month.parts[name] = self.month.parts.get(name, 0.0) + time.perf_counter() - started

        with mock.patch.object(owner, function, watched):
            yield


def officers() -> dict[str, Any]:
    """The county's officers: handler `all`, `approver`, `finance`."""
    from minzheng.access import actions as access
    from minzheng.access.models import Office, User

    found = people()
    by = User.objects.get(pk=found["all"].pk)
    finance = access.add_user(
        by=by, username="finance", name="finance", office=Office.objects.get(), password="correct horse"
    )
    access.assign(by=by, user=finance, role="finance", area=COUNTY, since=dt.date(2020, 1, 1))
    return found | {"finance": finance}


def prepared(users: dict[str, Any], month: dt.date) -> Any:
    from minzheng.access.scope import acting
    from minzheng.core import clock
    from minzheng.payments import actions

    clock.set_today(month.replace(day=20))
    with acting(users["all"]):
        return actions.prepare_run(by=users["all"], programme="dibao", area=COUNTY, month=month)


def lived(users: dict[str, Any], day: dt.date, watch: Stopwatch) -> Any:
    """A month from the computation to the closing, as the county's officers do it; each act is a transaction."""
    from minzheng.access.scope import acting
    from minzheng.payments import actions, bridge, compute, ledger, runs, sending
    from minzheng.payments.models import Payment

    month = watch.month
    handler, approver, finance = users["all"], users["approver"], users["finance"]
    with (
        watch.part(compute, "write_lines", "lines written"),
        watch.part(bridge, "compute", "compared with last month"),
        watch.act("prepare"),
    ):
        run = prepared(users, day)
    with watch.part(compute, "drift", "still what is owed"), watch.act("submit"), acting(handler):
        actions.submit(by=handler, run=run)
    with watch.act("approve"), acting(approver):
        actions.approve(by=approver, run=run)
    with watch.act("release"), acting(finance):
        actions.release(by=finance, run=run)
    with (
        watch.part(sending, "hold_unpayable", "unpayable held"),
        watch.part(sending, "make_file", "bank file written"),
        watch.part(sending, "mark_sent", "payments marked as sent"),
        watch.part(ledger, "write", "ledger: sent"),
        watch.act("send"),
        acting(finance),
    ):
        sent = actions.send(by=finance, run=run)
    month.sent, month.file_bytes = sent.bank_file.count, sent.bank_file.document.size
    rows = [actions.Returned(line, "账号不存在") for line in range(1, sent.bank_file.count + 1, round(1 / RETURNED))]
    with watch.part(ledger, "write", "ledger: returned"), watch.act("book returns"), acting(finance):
        month.returned = len(actions.book_returns(by=finance, bank_file=sent.bank_file, rows=rows))
    with watch.part(ledger, "write", "ledger: paid"), watch.act("confirm"), acting(finance):
        actions.confirm_paid(by=finance, run=run)
    with watch.part(runs, "reconciliation", "reconciled"), watch.act("close"), acting(finance):
        run = actions.close(by=finance, run=run)
        assert Payment.objects.filter(run=run, state="paid").count() == month.sent - month.returned
        month.lines, month.held = run.payments_count, run.payments_count - month.sent
    return run


# ---- the ledger's write, side by side

KEYS = """
create table {name} (like payments_transfer including defaults including constraints including indexes);
grant select, insert on {name} to mz_app;
"""
FOREIGN = (
    "debit_id) references payments_account",
    "credit_id) references payments_account",
    "run_id) references payments_run",
    "payment_id) references payments_payment",
    "area_code) references areas_area",
)
PLAIN = {
    "keys": "primary key, unique keys and indexes",
    "foreign": "the same and the five foreign keys that it would need",
}


def side_by_side(users: dict[str, Any], postgres: Any, repeats: int, month: Month) -> None:
    """The transfers of a released run, written to the ledger and into plain tables in turns, each time undone."""
    from minzheng.access.scope import acting
    from minzheng.payments import actions, ledger
    from minzheng.payments.bank import book

    for name in PLAIN:
        postgres.execute(KEYS.format(name=f"plain_{name}"))
    for key in FOREIGN:
        postgres.execute(f"alter table plain_foreign add foreign key ({key} deferrable initially deferred")
    run = prepared(users, roster.THIRD)
    with acting(users["all"]):
        actions.submit(by=users["all"], run=run)

    def into(table: str) -> float:
        statement = ledger._WRITE.replace("payments_transfer (", f"{table} (")
        postgres.execute(f"vacuum {table}")
        postgres.execute("checkpoint")
        with acting(users["finance"]), mock.patch.object(ledger, "_WRITE", statement):
            return _undone(lambda: book(run, "computed", kind="sent", credit="fund", debit="transit"))

    month.plain = {name: [] for name in PLAIN}
    for turn in range(repeats):
        tables = ["payments_transfer", *(f"plain_{name}" for name in PLAIN)]
        for table in tables if turn % 2 == 0 else reversed(tables):
            times = month.ledger if table == tables[0] else month.plain[table.removeprefix("plain_")]
            times.append(into(table))


def _undone(act: Callable[[], object]) -> float:
    """Seconds of an act with all that it leaves for the commit; then it is taken back."""
    from django.db import connection, transaction

    with transaction.atomic():
        started = time.perf_counter()
        act()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return taken


# ---- the same month, row by row


def one_by_one(users: dict[str, Any], count: int) -> float:
    """Seconds in which so many households are paid for a month the way a program does that takes one at a time: what is
    owed is looked up, the line saved, its account looked up and decrypted, the transfers written, its state saved. All
    in one transaction, which is the best case for it."""
    from minzheng.access.scope import acting
    from minzheng.awards.models import Award
    from minzheng.core import crypto
    from minzheng.payments import ledger, queries
    from minzheng.payments.amounts import yuan
    from minzheng.payments.models import Payment, Run
    from minzheng.people.models import Identifier

    month, file = roster.THIRD, io.StringIO()
    with acting(users["finance"]):
        run = Run.objects.get(programme="dibao", month=month)
        run.pk, run.number, run.ordinal, run.state = None, "row-by-row", 9, "computed"
        run.save()
        accounts = {account.kind: account.pk for account in run.fund.account.parts.all()}
        accounts["fund"] = run.fund.account_id
        started = time.perf_counter()
        # A year earlier, so that no line of the measured months is in its way.
        earlier = month.replace(year=month.year - 1)
        awards = Award.objects.filter(programme="dibao", last_month=None, held_reason="").order_by("pk")
        for award in awards[: 2 * count]:
            amount = award.amounts.filter(superseded_at=None).latest("first_month")
            covered = award.members.filter(superseded_at=None).count()
            account = Identifier.objects.filter(person=award.payee_id, kind="account", valid_to=None).first()
            if account is None or award.payee is None:
                continue
            payment = Payment.objects.create(
                run=run, award=award, programme="dibao", kind="regular", benefit_month=earlier, amount=amount.amount,
                people=covered, payee_id=award.payee_id, state="computed", area_id=award.area_id,
            )  # fmt: skip
            Payment.objects.filter(award=award, kind="regular").exclude(pk=payment.pk).latest("benefit_month")
            number = crypto.decrypt(account.key_id, bytes(account.ciphertext), purpose="account")
            file.write(f"{payment.pk},{number},{award.payee.name},{yuan(payment.amount)}\r\n")
            for kind, credit, debit in (("sent", "fund", "transit"), ("paid", "transit", "paid")):
                ledger.write(
                    "select %s::bigint, %s::bigint, %s::bigint, %s, %s::date, %s::bigint, %s::bigint, %s, %s, ''",
                    [accounts[debit], accounts[credit], payment.amount, kind, month, run.pk, payment.pk, "dibao",
                     payment.area_id],
                )  # fmt: skip
                payment.state, payment.account = kind, account
                payment.save(update_fields=["state", "account"])
            count -= 1
            if not count:
                break
        assert not count, "not enough households for the row-by-row month"
        assert queries.reconciliation(run).ledger_paid
    return time.perf_counter() - started


# ---- memory


@contextmanager
def memory(month: Month) -> Iterator[None]:
    """The most that this process and its server process hold meanwhile."""
    backend = _backend()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            month.backend = max(month.backend, _anonymous(backend))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        month.peak = peak_memory()


@contextmanager
def processor() -> Iterator[list[float]]:
    """Processor seconds of this process and of its server process, put into the list at the end."""
    spent: list[float] = []
    backend, began = _backend(), time.process_time()
    there = _used(backend)
    yield spent
    spent.append(time.process_time() - began + _used(backend) - there)


def _backend() -> int:
    """The server's process that works for this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _anonymous(pid: int) -> int:
    """Memory that is a process's own, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024


def county(households: int) -> tuple[dict[str, Any], Any]:
    """The installation that this process works on, with a roster and a fund that is full: (officers, a connection of
    the superuser)."""
    from minzheng.access.scope import EVERYWHERE, acting, scope
    from minzheng.core.installation import migrate
    from minzheng.core.pgserver import EmbeddedPostgres
    from minzheng.payments import actions
    from minzheng.policy import registry

    migrate()
    with scope([EVERYWHERE]):
        registry.store_files()
        users = officers()
    address = EmbeddedPostgres(Path(os.environ["MINZHENG_DATA"])).url("postgres", "minzheng")
    postgres = psycopg.connect(address, autocommit=True)
    roster.fill(postgres, households, users["approver"].pk)
    finance = users["finance"]
    with acting(finance):
        fund = actions.open_fund(
            by=finance,
            area=COUNTY,
            year=2025,
            name={"zh-Hans": "低保资金", "en": "Dibao fund"},
            source="county",
            purpose=["dibao"],
            department={},
        )
        actions.allocate(by=finance, fund=fund, amount=10**6 * households, on=roster.FIRST)
    return users, postgres


def measure(households: int, row_by_row: int, repeats: int) -> Month:
    """Two months of a county: the first is there to be compared with, the second is measured."""
    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.payments import ledger

    users, postgres = county(households)
    month = Month(households, postgres.info.parameter_status("server_version") or "")
    with postgres:
        lived(users, roster.FIRST, Stopwatch(Month(households)))
        postgres.execute("vacuum analyze")
        postgres.execute("checkpoint")
        with memory(month), processor() as spent:
            lived(users, roster.SECOND, Stopwatch(month))
        (month.cpu,) = spent
        month.database_bytes = postgres.execute("select pg_database_size('minzheng')").fetchone()[0]
        with scope([EVERYWHERE]):
            verified = ledger.verify()
            assert verified.sound, str(verified)
        if repeats:
            side_by_side(users, postgres, repeats, month)
        if row_by_row:
            with processor() as spent:
                month.one_by_one, month.row_by_row = row_by_row, one_by_one(users, row_by_row)
            (month.row_by_row_cpu,) = spent
    return month


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as data:
        os.environ["MINZHENG_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.settings")
        from minzheng.core.installation import running

        with running(Path(data)):
            found = measure(*map(int, arguments))
    print(json.dumps(asdict(found)))  # noqa: T201  read by the process that started this one


if __name__ == "__main__":
    main(sys.argv[1:])
