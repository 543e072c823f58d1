"""What happens with the bank: the file, what it returned, what is paid again, what has arrived."""

import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock, crypto, documents, tasks
from minzheng.core.errors import Text, refuse
from minzheng.core.models import Document
from minzheng.payments import accounts, ledger, states
from minzheng.payments.amounts import yuan
from minzheng.payments.bank_files import Entry, write
from minzheng.payments.bank_layout import Layout, layout
from minzheng.payments.bank_reading import Returned, read_returns
from minzheng.payments.models import BankFile, BankReturn, Payment, PaymentState, Run, RunState
from minzheng.payments.refusals import action
from minzheng.payments.set_offs import in_run as set_offs
from minzheng.people.models import Identifier, IdentifierKind

REPAIR = "payments.repair"
"""The task that a payment asks for which could not be sent, or came back."""

WHY_HELD: dict[str, Text] = {
    "no_account": {"zh-Hans": "补录银行账户后发放", "en": "Enter a bank account, then it is paid"},
    "payee_died": {"zh-Hans": "领款人据报死亡，核实后发放", "en": "The payee is said to have died: verify it first"},
} | {reason: remedy for reason, (_, remedy) in accounts.WHY.items()}

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


@dataclass(frozen=True)
class Sent:
    """A file that went out, and what did not go with it."""

    bank_file: BankFile
    held: tuple[Payment, ...]


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
    held = _hold_unpayable(by, run)
    payments = list(
        Payment.objects.filter(run=run, state=PaymentState.COMPUTED).select_related("payee").order_by("area_id", "pk")
    )
    if not payments:
        raise refuse(
            "payments.nothing_to_send",
            zh="批次 {number} 没有可以送银行的款项：{count} 笔全部缓发。",
            en="The run {number} has nothing to send: all {count} payments are held.",
            remedy_zh="请先补正账户或核实缓发原因，再送银行。",
            remedy_en="Put the accounts right or clear the reasons of holding first.",
            number=run.number,
            count=run.payments_count,
        )
    bank_file = _make_file(by, run, chosen, payments)
    book(run, PaymentState.COMPUTED, kind="sent", credit="fund", debit="transit")
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_payment p"
            " set state = 'sent', bank_file_id = %s, file_line = numbered.line, account_id = i.id"
            " from (select id, payee_id, row_number() over (order by area_code, id) as line from payments_payment"
            " where run_id = %s and state = 'computed') numbered"
            " join people_identifier i on i.person_id = numbered.payee_id and i.kind = 'account' and i.valid_to is null"
            " where p.id = numbered.id",
            [bank_file.pk, run.pk],
        )
    detail: dict[str, object] = {"count": bank_file.count, "yuan": yuan(bank_file.total), "held": len(held)}
    states.record("payments.send", by=by, run=run, note=note, detail=detail)
    return Sent(bank_file, tuple(held))


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
    for one, (payment, failure) in zip(made, payments, strict=True):
        Payment.objects.filter(pk=payment.pk).update(state=PaymentState.RETURNED, state_reason=failure.reason)
        label = {
            "zh-Hans": f"银行退回：{failure.reason}，更正后重发",
            "en": f"Returned by the bank ({one.code}): correct it",
        }
        _ask_repair(payment, label)
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
    tasks.close_tasks(subject=payment, by=by, kind=REPAIR)
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
    lock_lines(run)
    count = book(run, PaymentState.SENT, kind="paid", credit="transit", debit="paid", on=on)
    Payment.objects.filter(run=run, state=PaymentState.SENT).update(state=PaymentState.PAID)
    set_offs.book(by=by, run=run)
    states.record("payments.confirm_paid", by=by, run=run, note=note, detail={"count": count})
    return count


def lock_lines(run: Run) -> None:
    """Nobody holds or releases a line of this run while it is counted."""
    with connection.cursor() as cursor:
        cursor.execute("select id from payments_payment where run_id = %s order by id for update", [run.pk])


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


def _hold_unpayable(by: User, run: Run) -> list[Payment]:
    """Hold what cannot be paid to anybody, each with its reason and a task. Returns them."""
    payments = list(Payment.objects.filter(run=run, state=PaymentState.COMPUTED).select_related("payee", "award"))
    current, wrong = _accounts(payments), accounts.wrong(run)
    held = []
    for payment in payments:
        if payment.award.held_reason:
            reason = payment.award.held_reason
        elif payment.payee is None or payment.payee_id not in current:
            reason = "no_account"
        elif payment.payee.died_on is not None and payment.payee.death_verified_on is None:
            reason = "payee_died"
        elif payment.pk in wrong:
            reason = wrong[payment.pk]
        else:
            continue
        Payment.objects.filter(pk=payment.pk).update(state=PaymentState.HELD, state_reason=reason)
        payment.state, payment.state_reason = PaymentState.HELD, reason
        if reason in WHY_HELD:
            _ask_repair(payment, WHY_HELD[reason])
        held.append(payment)
    return held


def _make_file(by: User, run: Run, chosen: Layout, payments: Sequence[Payment]) -> BankFile:
    sequence = (BankFile.objects.filter(area_id=run.area_id).aggregate(last=Max("sequence"))["last"] or 0) + 1
    count, total, day = len(payments), sum(payment.amount for payment in payments), clock.today()
    out = io.BytesIO()
    name = write(
        chosen, _entries(payments), out, count=count, total=total, number=run.number, sequence=sequence, day=day
    )
    content = out.getvalue()
    return BankFile.objects.create(
        run=run,
        area_id=run.area_id,
        sequence=sequence,
        layout=chosen.code,
        sha256=hashlib.sha256(content).digest(),
        count=count,
        total=total,
        document=_document(by, run, name, chosen.media_type, content),
        made_on=day,
    )


def _document(by: User, run: Run, name: str, media_type: str, content: bytes) -> Document:
    return documents.keep(
        by=by, kind="bank_file", title=name, media_type=media_type, content=content, subject=run, area=run.area_id
    )


def _entries(payments: Sequence[Payment]) -> list[Entry]:
    current = _accounts(payments)
    entries = []
    for line, payment in enumerate(payments, start=1):
        assert payment.payee is not None
        account = current[payment.payee.pk]
        entries.append(
            Entry(
                line=line,
                account=crypto.decrypt(account.key_id, bytes(account.ciphertext), purpose=IdentifierKind.ACCOUNT),
                holder=account.note.get("holder") or payment.payee.name,
                amount=payment.amount,
                programme=payment.programme,
                month=payment.benefit_month,
                kind=payment.kind,
                area=payment.area_id,
                payment=payment.pk,
            )
        )
    return entries


def _accounts(payments: Sequence[Payment]) -> dict[int, Identifier]:
    """The current account of each payee."""
    payees = {payment.payee_id for payment in payments if payment.payee_id}
    current = Identifier.objects.filter(person__in=payees, kind=IdentifierKind.ACCOUNT, valid_to=None)
    return {account.person_id: account for account in current}


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


def _ask_repair(payment: Payment, label: Text) -> None:
    tasks.open_task(
        REPAIR,
        subject=payment,
        area=payment.area_id,
        label=label,
        permission="payments.prepare",
        programme=payment.programme,
        stage=payment.state,
        who=payment.payee.name if payment.payee else "",
    )
