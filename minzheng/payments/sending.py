"""What of a run goes into the bank's file, and what is held instead: decided for all payments at once, written one by
one as they come. However long the list is, no more than a few thousand lines of it are ever objects in this process."""

from collections.abc import Iterator
from typing import BinaryIO, cast

from django.db import connection
from django.db.models import Count, Max, Sum
from psycopg.types.json import Jsonb

from minzheng.access.models import User
from minzheng.core import clock, crypto, documents, tasks
from minzheng.core.errors import Text
from minzheng.payments import accounts
from minzheng.payments.bank_files import Entry, write
from minzheng.payments.bank_layout import Layout
from minzheng.payments.models import BankFile, Payment, PaymentState, Run
from minzheng.people.models import IdentifierKind

REPAIR = "payments.repair"
"""The task that a payment asks for which could not be sent, or came back."""

WHY_HELD: dict[str, Text] = {
    "no_account": {"zh-Hans": "补录银行账户后发放", "en": "Enter a bank account, then it is paid"},
    "payee_died": {"zh-Hans": "领款人据报死亡，核实后发放", "en": "The payee is said to have died: verify it first"},
} | {reason: remedy for reason, (_, remedy) in accounts.WHY.items()}

AT_A_TIME = 5_000
"""Lines fetched from the database at once while a file is written."""

_HOLD = f"""
with wrong (id, reason) as materialized ({accounts.WRONG}), judged as materialized (
    select each.id, each.reason from (
        select p.id, case
            when a.held_reason <> '' then a.held_reason
            when i.id is null then 'no_account'
            when d.died_on is not null and d.death_verified_on is null then 'payee_died'
            else wrong.reason end as reason
        from payments_payment p
        join awards_award a on a.id = p.award_id
        left join people_person d on d.id = p.payee_id
        left join people_identifier i on i.person_id = p.payee_id and i.kind = 'account' and i.valid_to is null
        left join wrong on wrong.id = p.id
        where p.run_id = %s and p.state = 'computed'
    ) each where each.reason is not null
)
update payments_payment p set state = 'held', state_reason = judged.reason
from judged where judged.id = p.id returning p.id
"""  # noqa: S608 - our own text
_REPAIR_OF_HELD = """
select p.id, p.area_code, %s::jsonb -> p.state_reason, p.programme, p.state, coalesce(d.name, '')
from payments_payment p left join people_person d on d.id = p.payee_id
where p.id = any(%s) and %s::jsonb ? p.state_reason
"""
# The order of a file; `_MARK` numbers its lines by the same.
_ENTRIES = """
select p.id, i.key_id, i.ciphertext, coalesce(nullif(i.note ->> 'holder', ''), d.name), p.amount, p.programme,
       p.benefit_month, p.kind, p.area_code
from payments_payment p
join people_person d on d.id = p.payee_id
join people_identifier i on i.person_id = p.payee_id and i.kind = 'account' and i.valid_to is null
where p.run_id = %s and p.state = 'computed'
order by p.area_code, p.id
"""
_MARK = """
update payments_payment p set state = 'sent', bank_file_id = %s, file_line = numbered.line, account_id = i.id
from (select id, payee_id, row_number() over (order by area_code, id) as line from payments_payment
      where run_id = %s and state = 'computed') numbered
join people_identifier i on i.person_id = numbered.payee_id and i.kind = 'account' and i.valid_to is null
where p.id = numbered.id
"""


def hold_unpayable(run: Run) -> list[int]:
    """Hold what cannot be paid to anybody, each with its reason and, where an office can do something about it, a task.
    Returns the payments that were held."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [run.pk, run.pk])
        held = [payment for (payment,) in cursor.fetchall()]
    if held:
        why = Jsonb(WHY_HELD)
        ask_repair(_REPAIR_OF_HELD, [why, held, why])
    return held


def ask_repair(lines: str, parameters: list[object]) -> int:
    """Ask for each payment of a query (columns as in `tasks.open_each`) that somebody puts it right."""
    return tasks.open_each(REPAIR, of=Payment, permission="payments.prepare", lines=lines, parameters=parameters)


def make_file(by: User, run: Run, layout: Layout) -> BankFile | None:
    """The file of everything in the run that is not held, kept with it; None where nothing is left."""
    payable = Payment.objects.filter(run=run, state=PaymentState.COMPUTED)
    counted = payable.aggregate(count=Count("pk"), fen=Sum("amount"))
    count, total = counted["count"], counted["fen"] or 0
    if not count:
        return None
    sequence = (BankFile.objects.filter(area_id=run.area_id).aggregate(last=Max("sequence"))["last"] or 0) + 1
    out, today = documents.Keeping(run.area_id), clock.today()
    stream = cast(BinaryIO, out)
    title = write(
        layout, entries(run, count), stream, count=count, total=total, number=run.number, sequence=sequence, day=today
    )
    document = out.keep(by=by, kind="bank_file", title=title, media_type=layout.media_type, subject=run)
    return BankFile.objects.create(
        run=run,
        area_id=run.area_id,
        sequence=sequence,
        layout=layout.code,
        sha256=document.sha256,
        count=count,
        total=total,
        document=document,
        made_on=today,
    )


def entries(run: Run, count: int) -> Iterator[Entry]:
    """The lines of the run's file, one after the other, from a cursor of the server; accounts are decrypted here."""
    line = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, [run.pk])
        while rows := cursor.fetchmany(AT_A_TIME):
            for payment, key_id, sealed, holder, amount, programme, month, kind, area in rows:
                line += 1
                account = crypto.decrypt(key_id, sealed, purpose=IdentifierKind.ACCOUNT)
                yield Entry(line, account, holder, amount, programme, month, kind, area, payment)
    if line != count:
        raise RuntimeError(f"run {run.pk}: {count} payments, but {line} with a payee and an account that are seen")


def mark_sent(bank_file: BankFile) -> int:
    """Every payment that is in the file is sent: by which line, to which account. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [bank_file.pk, bank_file.run_id])
        return int(cursor.rowcount)
