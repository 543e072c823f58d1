"""Work on a county's payments in a process of its own, which a test kills: `python -m tests.payments.clerk WHAT`.

Whatever was interrupted, the next process looks at where the books are and goes on from there, as an officer would. The
month that is paid is the second one; the first is closed when it begins.
"""

import datetime as dt
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

SIZE = 1_000
"""Households: enough that an act takes some time, few enough for fifty months."""
ACTS = ("prepare", "submit", "approve", "release", "send", "book_returns", "confirm_paid", "close")
NEXT = dict(
    zip(("", "computed", "submitted", "approved", "released", "sent", "returns_booked", "paid"), ACTS, strict=True)
)
"""What is done next, by the state of the run."""


def make() -> None:
    """The county, its first month paid."""
    from benchmarks import payday, roster

    users, postgres = payday.county(SIZE)
    payday.lived(users, roster.FIRST, payday.Stopwatch(payday.Month(SIZE)))
    postgres.close()


def pay() -> None:
    """Go on until the month is closed."""
    while _act() is not None:
        pass


def twice() -> None:
    """The whole month, every act pressed by two at the same moment: one does it, the other is told."""
    from django.db import connection

    from minzheng.core.errors import Refused

    while (name := _next()) is not None:
        together, outcomes = threading.Barrier(2), []

        def press(name: str = name, together: Any = together, outcomes: list[str] = outcomes) -> None:
            try:
                together.wait(timeout=60)
                _do(name)
                outcomes.append("done")
            except Refused as refusal:
                outcomes.append(refusal.code)
            finally:
                connection.close()

        officers = [threading.Thread(target=press) for _ in range(2)]
        for officer in officers:
            officer.start()
        for officer in officers:
            officer.join(timeout=120)
        print(json.dumps([name, sorted(outcomes)]), flush=True)


def clock() -> None:
    """The whole month, while the office's date jumps: back to the year before, on to the end of this one."""
    days = [dt.date(2025, 2, 20), dt.date(2025, 12, 31), dt.date(2024, 2, 29), dt.date(2025, 3, 1)]
    while (name := _next()) is not None:
        _do(name, days[0])
        days = [*days[1:], days[0]]


def state() -> None:
    """Everything that was paid and booked, as sorted lines without the numbers that an interrupted act uses up."""
    from django.db import connection

    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.payments import ledger

    found: dict[str, Any] = {}
    with scope([EVERYWHERE]), connection.cursor() as cursor:
        for name, query in STATE.items():
            cursor.execute(f"select to_json(row)::text from ({query}) row")
            found[name] = sorted(line for (line,) in cursor.fetchall())
        found["ledger"] = [str(fault) for fault in ledger.verify().faults]
    print(json.dumps(found))


STATE = {
    "payments": "select p.award_id, p.benefit_month, p.kind, p.amount, p.people, p.payee_id, p.state, p.state_reason,"
    " p.file_line, p.account_id, f.sequence as file, r.number as run from payments_payment p"
    " join payments_run r on r.id = p.run_id left join payments_bank_file f on f.id = p.bank_file_id",
    "transfers": "select p.award_id, p.benefit_month, p.kind as line, t.kind, t.amount, c.code as credit,"
    " d.code as debit, t.programme, r.number as run from payments_transfer t"
    " left join payments_payment p on p.id = t.payment_id"
    " left join payments_run r on r.id = t.run_id join payments_account c on c.id = t.credit_id"
    " join payments_account d on d.id = t.debit_id",
    "balances": "select code, balance from payments_account",
    "files": "select r.number as run, f.sequence, f.count, f.total, encode(f.sha256, 'hex') as sha256, d.size"
    " from payments_bank_file f join payments_run r on r.id = f.run_id join core_document d on d.id = f.document_id",
    "runs": "select number, state, fund_id, people, payments_count, total, bridge from payments_run",
    "steps": "select r.number as run, s.act, s.state_after, s.actor_id from payments_run_step s"
    " join payments_run r on r.id = s.run_id",
    "returns": "select p.award_id, p.benefit_month, b.reason, b.code from payments_bank_return b"
    " join payments_payment p on p.id = b.payment_id",
    "tasks": "select t.kind, p.award_id, p.benefit_month, t.label, t.done_on is null as open from core_task t"
    " left join payments_payment p on t.subject_type = 'payments.payment' and p.id = t.subject_id",
    "audit": "select action, actor_id, count(*) from core_audit where action like 'payments.%' group by 1, 2",
    "documents": "select count(*) from core_document",
}


def _next() -> str | None:
    """What is to be done next, by what the books say; None where the month is closed."""
    from benchmarks import roster
    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.payments.models import Run

    with scope([EVERYWHERE]):
        run = Run.objects.filter(month=roster.SECOND).first()
        state = run.state if run else ""
    return NEXT.get(state)


def _act() -> str | None:
    name = _next()
    if name is not None:
        _do(name)
    return name


def _do(name: str, today: dt.date = dt.date(2025, 2, 20)) -> None:
    from benchmarks import roster
    from benchmarks.worklist import COUNTY
    from minzheng.access.models import User
    from minzheng.access.scope import acting
    from minzheng.core import clock
    from minzheng.payments import actions
    from minzheng.payments.models import Run

    clock.set_today(today)
    holder = {"prepare": "all", "submit": "all", "approve": "approver"}.get(name, "finance")
    user = User.objects.get(username=holder)
    with acting(user):
        if name == "prepare":
            actions.prepare_run(by=user, programme="dibao", area=COUNTY, month=roster.SECOND)
            return
        run = Run.objects.get(month=roster.SECOND)
        if name == "book_returns":
            rows = [actions.Returned(line, "账号不存在") for line in range(7, run.payments_count // 2, 20)]
            actions.book_returns(by=user, bank_file=run.bank_files.get(), rows=rows)
        else:
            getattr(actions, name)(by=user, run=run)


WORK: dict[str, Callable[[], None]] = {"make": make, "pay": pay, "twice": twice, "clock": clock, "state": state}


def main(what: str) -> None:
    """Says `ready`, with the number of the server's process, when the work begins, and how long it took at its end."""
    import django

    django.setup()
    from django.db import connection

    if what != "make":
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            row = cursor.fetchone()
            print("ready", row and row[0], flush=True)
    started = time.monotonic()
    WORK[what]()
    print("took", time.monotonic() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
