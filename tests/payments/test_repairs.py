"""A payment that is held for its account, or came back, is corrected and paid again in one go; and what was paid, when,
for what."""

import datetime as dt
import io

import pytest
from docx import Document as read_word

from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from minzheng.payments import actions, queries, receipts, slip
from minzheng.payments.actions import Returned
from minzheng.payments.models import Payment, Transfer
from minzheng.people import actions as people
from minzheng.people.models import Membership
from tests.payments.world import FEBRUARY, JANUARY, MARCH, TOWN, World, card

YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def back(world: World, *rows: Returned):
    """January's run as it came back from the bank."""
    run = world.to(world.prepare(), "released")
    out = actions.send(by=world.users["finance"], run=run)
    if rows:
        actions.book_returns(by=world.users["finance"], bank_file=out.bank_file, rows=rows)
    actions.confirm_paid(by=world.users["finance"], run=run)
    return run


def february(world: World) -> set[tuple[int, str, dt.date, int]]:
    return {
        (one.award_id, one.kind, one.benefit_month, one.amount)
        for one in world.prepare(FEBRUARY).payments.exclude(kind="regular")
    }


def test_a_new_card_and_the_payment_again_in_one_go(world: World):
    wrong, missing = world.award(20_000), world.award(30_000, person=world.person(account=None))
    world.award(10_000)
    world.fund_of(1_000_000)
    back(world, Returned(1, "账户已销户"))
    handler = world.users["handler"]
    returned, held = Payment.objects.get(award=wrong), Payment.objects.get(award=missing)
    with pytest.raises(Refused, match="account_unchanged"):
        actions.pay_again(by=handler, payment=returned)
    with pytest.raises(Refused, match="still_wrong.*bank account"):
        actions.pay_again(by=handler, payment=held)
    actions.pay_again(by=handler, payment=returned, account=card(900), bank_name="示例银行", note="新卡")
    actions.pay_again(by=handler, payment=held, account=card(901))
    assert (
        not queries.failures(TOWN).exists() and not Task.objects.filter(kind="payments.repair", done_on=None).exists()
    )
    assert february(world) == {(wrong.pk, "again", JANUARY, 20_000), (missing.pk, "arrears", JANUARY, 30_000)}
    for payment in (returned, held):
        with pytest.raises(Refused, match=r"not_returned|not_by_the_account"):
            actions.pay_again(by=handler, payment=payment, account=card(902))


def test_a_new_account_pays_all_that_waited_for_it(world: World):
    award = world.award(20_000, person=world.person(account=None))
    world.award(10_000)
    world.fund_of(1_000_000)
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "closed")
    january, second = Payment.objects.filter(award=award).order_by("pk")
    assert actions.pay_again(by=world.users["handler"], payment=second, account=card(930)) == 2
    march = world.to(world.prepare(MARCH), "closed").payments.filter(award=award)
    assert [(one.kind, one.benefit_month, one.state) for one in march.order_by("benefit_month")] == [
        ("arrears", JANUARY, "paid"),
        ("arrears", FEBRUARY, "paid"),
        ("regular", MARCH, "paid"),
    ]
    january.refresh_from_db()
    assert january.state == "cancelled"


def test_a_wrong_card_leaves_everything_as_it_was(world: World):
    award = world.award(20_000)
    world.fund_of(1_000_000)
    back(world, Returned(1, "账户已销户"))
    payment = Payment.objects.get(award=award)
    wrong = card(900)[:-1] + str((int(card(900)[-1]) + 1) % 10)
    with pytest.raises(Refused, match="account_check"):
        actions.pay_again(by=world.users["handler"], payment=payment, account=wrong)
    assert queries.failures(TOWN).get() == payment and payment.bank_return.repaired_on is None


def test_many_are_paid_again_and_who_cannot_says_why(world: World):
    fixed, frozen, still = (world.award(10_000 * n) for n in (1, 2, 3))
    died = world.award(40_000)
    world.award(50_000)
    world.fund_of(1_000_000)
    run = world.to(world.prepare(), "released")
    people.record_death(by=world.users["handler"], person=died.payee, on=dt.date(2025, 2, 20))
    out = actions.send(by=world.users["finance"], run=run)
    rows = [Returned(1, "账号不存在"), Returned(2, "账户冻结"), Returned(3, "户名不符")]
    actions.book_returns(by=world.users["finance"], bank_file=out.bank_file, rows=rows)
    actions.confirm_paid(by=world.users["finance"], run=run)
    people.own_account(by=world.users["handler"], person=fixed.payee, account=card(910))
    waiting = list(queries.failures(TOWN))
    assert len(waiting) == 4
    outcomes = actions.pay_again_many(by=world.users["handler"], payments=waiting, note="批量")
    said = {one.payment.award_id: one.refused.code if one.refused else "" for one in outcomes}
    assert said == {
        fixed.pk: "", frozen.pk: "", still.pk: "payments.account_unchanged", died.pk: "payments.not_by_the_account",
    }  # fmt: skip
    assert {award for award, *_ in february(world)} == {fixed.pk, frozen.pk}


def test_whose_account_is_shared_is_told_until_one_of_them_has_another(world: World):
    first, second = (world.award(10_000, person=world.person(account=card(920))) for _ in range(2))
    world.award(10_000)
    world.fund_of(1_000_000)
    back(world)
    handler = world.users["handler"]
    held = Payment.objects.get(award=first)
    with pytest.raises(Refused, match="still_wrong"):
        actions.pay_again(by=handler, payment=held)
    actions.pay_again(by=handler, payment=Payment.objects.get(award=second), account=card(921))
    actions.pay_again(by=handler, payment=held)
    assert len(february(world)) == 2


def test_every_figure_is_the_ledgers_and_the_file_is_read_again(world: World):
    awards = [world.award(10_000 * n) for n in (1, 2, 3)]
    world.award(5_000, person=world.person(account=None))
    world.fund_of(1_000_000)
    run = back(world, Returned(2, "销户"))
    [file] = queries.files_read(run)
    assert file.agrees and (file.count, file.total, file.booked) == (3, 60_000, 60_000)
    assert sum(row.amount for row in queries.transfers(run, ["sent"])) == 60_000
    assert [row.payment.award for row in queries.transfers(run, ["returned"])] == [awards[1]]
    assert queries.reconciliation(run).agrees
    Payment.objects.filter(award=awards[0]).update(file_line=9)
    [file] = queries.files_read(run)
    assert not file.agrees and file.unlike == (1, 9)


def test_what_was_paid_when_and_for_what(world: World, django_assert_num_queries):
    award, other = world.award(20_000), world.award(30_000)
    member = world.person("王小", account=None)
    Membership.objects.create(
        household=award.household, person=member, circle="family", relation="son", valid_from=JANUARY,
        area_id=member.area_id,
    )  # fmt: skip
    world.fund_of(1_000_000)
    back(world, Returned(1, "账户冻结"))
    assert receipts.of_household(award.household, *YEAR) == []
    actions.pay_again(by=world.users["handler"], payment=Payment.objects.get(award=award))
    clock.set_today(dt.date(2025, 4, 2))
    world.to(world.prepare(FEBRUARY), "paid")
    with django_assert_num_queries(3):  # the day, who belongs to the family, the ledger
        found = receipts.of_household(award.household, *YEAR)
    assert [(one.on, one.month, one.kind, one.amount) for one in found] == [
        (dt.date(2025, 4, 2), JANUARY, "again", 20_000),
        (dt.date(2025, 4, 2), FEBRUARY, "regular", 20_000),
    ]
    assert receipts.of_person(member, *YEAR) == found
    assert receipts.of_person(award.payee, *YEAR) == found
    assert receipts.of_household(award.household, dt.date(2025, 1, 1), dt.date(2025, 4, 1)) == []
    [year] = receipts.by_year(found)
    assert (year.year, year.money, year.goods, year.months) == (2025, 40_000, 0, [(dt.date(2025, 4, 1), 40_000)])
    every = [one.amount for party in (award, other) for one in receipts.of_household(party.household, *YEAR)]
    assert sum(every) == sum(Transfer.objects.filter(kind="paid").values_list("amount", flat=True))
    [shown, _] = receipts.shown(found)
    assert award.payee.name not in shown.payee and shown.payee.startswith("居")
    assert len(shown.account) == 4


def test_the_slip_as_word_says_each_payment_and_the_sum(world: World):
    award = world.award(123_450)
    world.fund_of(1_000_000)
    back(world)
    content = slip.of_household(by=world.users["finance"], household=award.household, year=2025)
    word = read_word(io.BytesIO(content))
    cells = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert cells[3][:5] == ["2025-03-03", "最低生活保障", "2025-01", "当期", award.payee.name]
    assert cells[3][6] == "1,234.50"
    assert [cells[4][0], cells[4][6]] == ["合计", "1,234.50"]
    assert "壹仟贰佰叁拾肆元伍角整" in "".join(paragraph.text for paragraph in word.paragraphs)
    empty = read_word(io.BytesIO(slip.of_household(by=world.users["finance"], household=award.household, year=2024)))
    assert "本年度没有到账的款项" in "".join(paragraph.text for paragraph in empty.paragraphs)
