"""What happens with the bank: its file, its returns, what is paid again; all of it reconciled to zero."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from minzheng.payments import actions, ledger, queries
from minzheng.payments.actions import Returned
from minzheng.payments.amounts import fen, yuan
from minzheng.payments.models import BankFile, BankReturn, Payment, Transfer
from minzheng.people import actions as people
from tests.payments.world import FEBRUARY, JANUARY, World, card


def sent(world: World, **more):
    run = world.to(world.prepare(), "released")
    return run, actions.send(by=world.users["finance"], run=run, **more)


def content(bank_file: BankFile) -> str:
    return documents.content(bank_file.document).decode("utf-8-sig")


def test_the_file_has_count_total_and_every_payment(world: World):
    world.award(50_000, person=world.person("王一", account="6228480090000000019"))
    world.award(30_005, person=world.person("李二", account="6228480099000000002"))
    world.fund_of(100_000)
    run, out = sent(world)
    assert (out.bank_file.count, out.bank_file.total, out.bank_file.sequence) == (2, 80_005, 1)
    assert content(out.bank_file).split("\r\n") == [
        f"批次号,{run.number},文件序号,0001,日期,20250303,笔数,2,金额合计,800.05",
        "序号,账号,户名,金额,摘要,所属月份",
        "1,6228480090000000019,王一,500.00,dibao,202501",
        "2,6228480099000000002,李二,300.05,dibao,202501",
        "合计,2,,800.05",
        "",
    ]
    assert [p.file_line for p in run.payments.order_by("pk")] == [1, 2]


def test_the_cooperative_wants_gb18030(world: World):
    world.award(50_000, person=world.person("王䶮", account="6228480090000000019"))
    world.fund_of(100_000)
    _, out = sent(world, layout_code="rural_credit")
    text = documents.content(out.bank_file.document).decode("gb18030")
    assert text.split("\r\n")[0] == "0001|1|500.00|20250303"
    assert "1|王䶮|6228480090000000019|500.00|dibao" in text


def test_an_account_that_is_missing_or_somebody_elses_is_held_and_listed(world: World):
    world.award(10_000)
    missing = world.award(20_000, person=world.person(account=None))
    shared = [world.award(30_000, person=world.person(account=card(77))) for _ in range(2)]
    agreed = world.award(40_000, person=world.person(account=None))
    world.agree(agreed.payee, card(88), "监护人张三")
    world.award(50_000, person=world.person("张三", account=card(88)))
    world.fund_of(1_000_000)
    run, out = sent(world)
    assert {(p.award_id, p.state_reason) for p in out.held} == {
        (missing.pk, "no_account"),
        (shared[0].pk, "duplicate_account"),
        (shared[1].pk, "duplicate_account"),
    }
    assert out.bank_file.total == 100_000
    assert f"{card(88)},监护人张三,400.00" in content(out.bank_file)
    assert Payment.objects.get(award=agreed).state == "sent"
    assert Task.objects.filter(kind="payments.repair", done_on=None).count() == 3
    assert set(queries.failures("990101")) == set(out.held)
    actions.confirm_paid(by=world.users["finance"], run=run)
    assert queries.reconciliation(run).agrees
    # The account is put right: the payment is let go, and comes with the next run as arrears.
    people.add_identifier(by=world.users["handler"], person=missing.payee, kind="account", value="6228480090000000993")
    actions.unhold(by=world.users["handler"], payment=Payment.objects.get(award=missing), note="已补录账户")
    february = world.prepare(FEBRUARY)
    assert {(p.kind, p.benefit_month, p.amount) for p in february.payments.filter(award=missing)} == {
        ("arrears", JANUARY, 20_000),
        ("regular", FEBRUARY, 20_000),
    }


def test_nothing_left_to_send_is_refused(world: World):
    world.award(10_000, person=world.person(account=None))
    world.fund_of(100_000)
    run = world.to(world.prepare(), "released")
    with pytest.raises(Refused, match="nothing_to_send"):
        actions.send(by=world.users["finance"], run=run)
    assert not BankFile.objects.exists() and run.payments.get().state == "computed"


def test_a_run_is_sent_once(world: World):
    world.award(10_000)
    world.fund_of(100_000)
    run, _ = sent(world)
    with pytest.raises(Refused, match="state"):
        actions.send(by=world.users["finance"], run=run)
    with pytest.raises(IntegrityError, match="sent_once"), transaction.atomic():
        ledger.write(
            "select debit_id, credit_id, amount, kind, \"on\", run_id, payment_id, programme, area_code, ''"
            " from payments_transfer where kind = %s",
            ["sent"],
        )


def test_the_same_file_is_never_kept_twice_nor_changed_by_raw_sql(world: World):
    world.award(10_000)
    world.fund_of(100_000)
    sent(world)
    columns = "run_id, area_code, layout, sha256, count, total, document_id, made_on"
    for sequence, constraint in ((2, "sha256"), (1, "one_file_of_a_number|sha256")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            connection.cursor().execute(
                f"insert into payments_bank_file (sequence, {columns})"
                f" select {sequence}, {columns} from payments_bank_file"
            )
    for statement in ("update payments_bank_file set sha256 = 'x'::bytea", "delete from payments_bank_file"):
        with pytest.raises(DatabaseError, match="permission denied|append_only"), transaction.atomic():
            connection.cursor().execute(statement)
    assert BankFile.objects.count() == 1


def test_returns_go_back_are_corrected_and_paid_again_to_zero(world: World):
    awards = [world.award(10_000 * n) for n in (1, 2, 3)]
    fund = world.fund_of(1_000_000)
    run, out = sent(world)
    back = actions.book_returns(
        by=world.users["finance"], bank_file=out.bank_file, rows=[Returned(2, "账号不存在", amount=20_000)]
    )
    assert [(one.code, one.reason) for one in back] == [("no_such_account", "账号不存在")]
    payment = Payment.objects.get(award=awards[1])
    assert (payment.state, payment.state_reason) == ("returned", "账号不存在")
    fund.account.refresh_from_db()
    assert fund.account.balance == 1_000_000 - 40_000
    with pytest.raises(Refused, match="does_not_reconcile|state"):
        actions.close(by=world.users["finance"], run=run)
    assert actions.confirm_paid(by=world.users["finance"], run=run) == 2
    result = queries.reconciliation(run)
    assert (result.listed, result.filed, result.returned, result.paid) == (60_000, 60_000, 20_000, 40_000)
    assert result.agrees
    actions.close(by=world.users["finance"], run=run)

    handler = world.users["handler"]
    with pytest.raises(Refused, match="account_unchanged"):
        actions.repay(by=handler, payment=payment)
    assert not world.prepare(FEBRUARY).payments.filter(kind="again").exists()
    people.add_identifier(by=handler, person=awards[1].payee, kind="account", value="6228480090000099995")
    actions.repay(by=handler, payment=payment)
    with pytest.raises(Refused, match="not_returned"):
        actions.repay(by=handler, payment=payment)
    february = world.prepare(FEBRUARY)
    again = february.payments.get(kind="again")
    assert (again.amount, again.benefit_month, again.repeats) == (20_000, JANUARY, payment)
    assert february.bridge["bars"]["again"]["fen"] == 20_000
    february = world.to(february, "closed")
    assert queries.reconciliation(february).agrees
    paid = queries.paid("dibao", "990101", dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    assert (paid.fen, paid.awards, paid.persons) == (120_000, 3, 3)
    assert sum(row.amount for row in paid.rows) == paid.fen
    assert not queries.failures("990101").exists()
    assert ledger.verify().sound


def test_a_return_that_does_not_fit_books_nothing(world: World):
    world.award(10_000)
    world.award(20_000)
    world.fund_of(100_000)
    _, out = sent(world)
    finance = world.users["finance"]
    for rows in (
        [Returned(1, "x"), Returned(9, "x")],
        [Returned(1, "x"), Returned(1, "x")],
        [Returned(1, "x", amount=5)],
        [Returned(1, "x", account=card(999), amount=10_000)],
    ):
        with pytest.raises(Refused, match="returns_do_not_fit"):
            actions.book_returns(by=finance, bank_file=out.bank_file, rows=rows)
    assert not BankReturn.objects.exists() and not Transfer.objects.filter(kind="returned").exists()
    own = Payment.objects.get(file_line=1).account.masked[-4:]
    actions.book_returns(by=finance, bank_file=out.bank_file, rows=[Returned(1, "x", account=f"6228****{own}")])
    actions.book_returns(by=finance, bank_file=out.bank_file, rows=[Returned(2, "x", account="已隐去")])
    with pytest.raises(Refused, match="returns_do_not_fit"):
        actions.book_returns(by=finance, bank_file=out.bank_file, rows=[Returned(1, "x")])


def test_fen_and_yuan():
    assert [yuan(value) for value in (0, 5, 100, 177_547_500, -1)] == ["0.00", "0.05", "1.00", "1775475.00", "-0.01"]
    assert [fen(text) for text in ("1,024.00", "¥0.5", "7", "1.230")] == [102_400, 50, 700, 123]
    for text in ("", "1.234", "-1", "一元", "1e3"):
        with pytest.raises(Refused):
            fen(text)
