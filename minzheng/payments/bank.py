"""What happens with the bank: the file, what it returned, what is paid again, what has arrived."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock, tasks
from minzheng.core.errors import refuse
from minzheng.payments import ledger, sending, states
from minzheng.payments.amounts import yuan
from minzheng.payments.bank_layout import layout
from minzheng.payments.bank_reading import Returned, read_returns
from minzheng.payments.models import BankFile, BankReturn, Payment, PaymentState, Run, RunState
from minzheng.payments.refusals import action
from minzheng.payments.set_offs import in_run as set_offs
from minzheng.people.models import Identifier, IdentifierKind

NOTHING_RETURNED = "无退回"
"""The note of the step by which a run without returns passes the state."""

ACCOUNT_NEEDED = ("no_such_account", "name_differs", "closed")
"""Reasons after which only another account can be paid."""


_BOOKED = """
select d.id, c.id, p.amount, %s::text, %s::date, p.run_id, p.id, p.programme, p.area_code, ''::text
from payments_payment p
join payments_run r on r.id = p.run_id
join payments_fund f on f.id = r.fund_id
join payments_account c on coalesce(c.belongs_to_id, c.id) = f.account_id and c.kind = %s
join payments_account d on coalesce(d.belongs_to_id, d.id) = f.account_id and d.kind = %s
where p.run_id = %s and p.state = %s and (%s::bigint[] is null or p.id = any(%s))
order by p.area_code, p.id
"""


_RETURNED = """
update payments_payment p set state = 'returned', state_reason = back.reason
from unnest(%s::bigint[], %s::text[]) back (id, reason) where p.id = back.id
"""
_REPAIR_OF_RETURNED = """
select p.id, p.area_code,
       jsonb_build_object('zh-Hans', '银行退回：' || back.reason || '，更正后重发',
                          'en', 'Returned by the bank (' || back.code || '): correct it'),
       p.programme, p.state, coalesce(d.name, '')
from unnest(%s::bigint[], %s::text[], %s::text[]) back (id, reason, code)
join payments_payment p on p.id = back.id left join people_person d on d.id = p.payee_id
"""


@dataclass(frozen=True)
class Sent:
    """A file that went out, and what did not go with it."""

    bank_file: BankFile
    held: QuerySet[Payment]


@action
def send(*, by: User, run: Run, layout_code: str = "one_card", note: str = "") -> Sent:
    """Make the bank's file of a released run and book its money as under way.

    A payment without an account, to an account that is in another's name or somebody else's too (without an agreement
    in force: `accounts`), or to a payee said to have died, is held with its reason and listed (so is what awards hold);
    the others go. Refuses where none is left.
    """
    run = states.require("payments.send", by=by, run=run)
    chosen = layout(layout_code)
    lock_lines(run)
    held = sending.hold_unpayable(run)
    bank_file = sending.make_file(by, run, chosen)
    if bank_file is None:
        raise refuse(
            "payments.nothing_to_send",
            zh="批次 {number} 没有可以送银行的款项：{count} 笔全部缓发。",
            en="The run {number} has nothing to send: all {count} payments are held.",
            remedy_zh="请先补正账户或核实缓发原因，再送银行。",
            remedy_en="Put the accounts right or clear the reasons of holding first.",
            number=run.number,
            count=run.payments_count,
        )
    book(run, PaymentState.COMPUTED, kind="sent", credit="fund", debit="transit")
    sending.mark_sent(bank_file)
    detail: dict[str, object] = {"count": bank_file.count, "yuan": yuan(bank_file.total), "held": len(held)}
    states.record("payments.send", by=by, run=run, note=note, detail=detail)
    return Sent(bank_file, Payment.objects.filter(pk__in=held).select_related("payee", "award").order_by("pk"))


@action
def book_returns(
    *, by: User, bank_file: BankFile, rows: Sequence[Returned] = (), file: bytes | None = None
) -> list[BankReturn]:
    """Book what the bank could not pay, from rows or from its answer as a file: the money goes back to its fund, each
    payment says why, and somebody is asked to put it right. All or nothing: a row that does not fit is refused."""
    run = states.require("payments.book_returns", by=by, run=bank_file.run)
    chosen = layout(bank_file.layout)
    failures = list(rows) + (read_returns(chosen, file) if file is not None else [])
    payments = _matched(bank_file, failures)
    if not payments:
        return []
    today = clock.today()
    ids = [payment.pk for payment, _ in payments]
    book(run, PaymentState.SENT, kind="returned", credit="transit", debit="fund", only=ids)
    made = BankReturn.objects.bulk_create(
        BankReturn(
            payment=payment,
            area_id=payment.area_id,
            returned_on=today,
            reason=failure.reason,
            code=chosen.returns.code(failure.reason),
        )
        for payment, failure in payments
    )
    _mark_returned(made)
    total = sum(payment.amount for payment, _ in payments)
    states.record(
        "payments.book_returns", by=by, run=run, detail={"count": len(made), "yuan": yuan(total), "file": bank_file.pk}
    )
    return made


@action
def repay(*, by: User, payment: Payment, note: str = "") -> BankReturn:
    """What made a payment come back has been put right: the next run of its programme pays it again, as a line of its
    own. Where the bank said that the account was wrong, a newer account must be on file."""
    perms.require(by, "payments.prepare", payment.area_id)
    returned = BankReturn.objects.select_for_update().filter(payment=payment).first()
    if returned is None or returned.repaired_on is not None:
        raise refuse(
            "payments.not_returned",
            zh="这一笔没有待处理的银行退回。",
            en="This payment has no open return.",
            remedy_zh="请看该户的发放记录，可能已经安排重发。",
            remedy_en="See the household's payments; it may already be on its way again.",
        )
    current = Identifier.objects.filter(
        person=payment.award.payee_id, kind=IdentifierKind.ACCOUNT, valid_to=None
    ).first()
    if returned.code in ACCOUNT_NEEDED and (current is None or current.pk == payment.account_id):
        raise refuse(
            "payments.account_unchanged",
            zh="银行退回原因是“{reason}”，但账户还没有更正。",
            en="The bank returned it for “{reason}”, and the account has not been changed since.",
            remedy_zh="请先在个人档案里录入新的账户，再安排重发。",
            remedy_en="Enter the new account in the person's file first.",
            reason=returned.reason,
        )
    returned.repaired_on, returned.repaired_at = clock.today(), timezone.now()
    returned.save(update_fields=["repaired_on", "repaired_at"])
    tasks.close_tasks(subject=payment, by=by, kind=sending.REPAIR)
    audit.record("payments.repay", by=by, subject=payment, area=payment.area_id, detail={"note": note})
    return returned


@action
def confirm_paid(*, by: User, run: Run, on: dt.date | None = None, note: str = "") -> int:
    """The bank has paid what it did not return: only now these payments are paid. Returns how many.

    Where nobody has booked returns, whoever confirms says with it that nothing came back: that state is passed too.
    """
    run = states.require("payments.confirm_paid", by=by, run=run)
    if run.state == RunState.SENT:
        states.record("payments.book_returns", by=by, run=run, note=NOTHING_RETURNED, detail={"count": 0})
    count = book(run, PaymentState.SENT, kind="paid", credit="transit", debit="paid", on=on)
    Payment.objects.filter(run=run, state=PaymentState.SENT).update(state=PaymentState.PAID)
    set_offs.book(by=by, run=run)
    states.record("payments.confirm_paid", by=by, run=run, note=note, detail={"count": count})
    return count


def lock_lines(run: Run) -> None:
    """Nobody holds or releases a line of this run while it is counted. (What is sent changes only by acts on the run,
    which wait for its own lock.)"""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select from payments_payment where run_id = %s order by id for update) locked",
            [run.pk],
        )


def book(
    run: Run,
    state: str,
    *,
    kind: str,
    credit: str,
    debit: str,
    only: Sequence[int] | None = None,
    on: dt.date | None = None,
) -> int:
    """One transfer for each payment of the run in this state, between accounts of its fund, as one statement."""
    wanted = None if only is None else list(only)
    return ledger.write(_BOOKED, [kind, on or clock.today(), credit, debit, run.pk, state, wanted, wanted])


def _mark_returned(made: Sequence[BankReturn]) -> None:
    """Each payment says why it came back, and somebody is asked to put it right."""
    ids, reasons = [one.payment_id for one in made], [one.reason for one in made]
    codes = [one.code for one in made]
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, [ids, reasons])
    sending.ask_repair(_REPAIR_OF_RETURNED, [ids, reasons, codes])


def _matched(bank_file: BankFile, failures: Sequence[Returned]) -> list[tuple[Payment, Returned]]:
    """Each failure with its payment, by the line of the file; refuses what does not fit, listing the lines."""
    lines = (
        Payment.objects.select_for_update(of=("self",))
        .filter(bank_file=bank_file, file_line__in=[failure.line for failure in failures])
        .select_related("account")
    )
    by_line = {payment.file_line: payment for payment in lines}
    seen = Counter(failure.line for failure in failures)
    wrong = [
        str(failure.line)
        for failure in failures
        if (payment := by_line.get(failure.line)) is None
        or seen[failure.line] > 1
        or payment.state != PaymentState.SENT
        or failure.amount not in (None, payment.amount)
        or _other_account(failure, payment)
    ]
    if wrong:
        raise refuse(
            "bank.returns_do_not_fit",
            zh="回盘的这些序号对不上已送的文件（不存在、重复、金额或账号不同、已登记）：{lines}。",
            en="These lines do not fit what was sent (unknown, repeated, other amount or account, booked): {lines}.",
            remedy_zh="请核对是不是这个文件的回盘；没有任何一笔被登记。",
            remedy_en="Check that the answer belongs to this file; nothing of it has been booked.",
            lines=", ".join(wrong[:20]),
        )
    return [(by_line[failure.line], failure) for failure in failures]


def _other_account(failure: Returned, payment: Payment) -> bool:
    """Whether the answer names another account than it was sent to: amounts are alike, so an answer to last month's
    file would fit this one. Banks hide digits, but not the last four."""
    said = re.search(r"\d{4}$", failure.account)
    return said is not None and payment.account is not None and not payment.account.masked.endswith(said[0])
