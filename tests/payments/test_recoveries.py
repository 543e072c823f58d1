"""What was paid and is not owed: claimed, paid back into the fund it came from, written off; never netted."""

import datetime as dt
import io

import docx
import pytest
from django.db import DatabaseError, transaction

from minzheng.core import clock, documents
from minzheng.core.errors import Refused
from minzheng.core.models import Document
from minzheng.payments import actions, ledger, recoveries
from minzheng.payments.models import Payment, Receivable, Recovery
from tests.payments.world import FEBRUARY, JANUARY, World


@pytest.fixture
def overpaid(world: World):
    """January and February paid in full, then lowered from January on: 10,000 fen too much each month."""
    award = world.award(50_000)
    world.fund_of(1_000_000)
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "closed")
    world.change(award, 40_000, JANUARY)
    return award


def claim(world, award):
    return actions.claim(by=world.users["handler"], award=award, reason="收入增加未报告")


def test_the_months_and_the_amount_are_worked_out(world, overpaid):
    assert [(one.month, one.paid, one.owed) for one in recoveries.overpaid(overpaid)] == [
        (JANUARY, 50_000, 40_000),
        (FEBRUARY, 50_000, 40_000),
    ]
    made = claim(world, overpaid)
    assert (made.amount, recoveries.remaining(made), recoveries.open_amount(overpaid)) == (20_000, 20_000, 0)
    assert Document.objects.get(kind="awards.claimed")
    with pytest.raises(Refused, match=r"payments\.nothing_to_recover"):
        claim(world, overpaid)


def test_what_comes_later_is_a_claim_of_its_own(world, overpaid):
    claim(world, overpaid)
    world.change(overpaid, 30_000, FEBRUARY)
    assert recoveries.open_amount(overpaid) == 10_000
    assert claim(world, overpaid).amount == 10_000


def test_what_is_paid_back_is_in_its_fund_again_and_the_ledger_is_sound(world, overpaid):
    made = claim(world, overpaid)
    world.fund.account.refresh_from_db()
    before = world.fund.account.balance
    actions.pay_back(by=world.users["finance"], receivable=made, amount=15_000, on=clock.today())
    world.fund.account.refresh_from_db()
    assert world.fund.account.balance == before + 15_000
    assert recoveries.remaining(made) == 5_000
    assert ledger.verify().sound


@pytest.mark.parametrize("amount", [0, -1, 20_001])
def test_not_more_comes_back_than_is_left(world, overpaid, amount):
    made = claim(world, overpaid)
    with pytest.raises(Refused, match=r"payments\.recovery_amount"):
        actions.pay_back(by=world.users["finance"], receivable=made, amount=amount, on=clock.today())
    with pytest.raises(Refused, match=r"payments\.recovery_amount"):
        actions.pay_back(by=world.users["finance"], receivable=made, amount=1, on=clock.today() + dt.timedelta(days=1))
    assert not Recovery.objects.exists()


def test_the_rest_is_written_off_by_who_approves_with_a_reason(world, overpaid):
    made = claim(world, overpaid)
    with pytest.raises(Refused, match=r"payments\.write_off_note"):
        actions.write_off(by=world.users["approver"], receivable=made, note=" ")
    with pytest.raises(Refused, match=r"access\.forbidden"):
        actions.write_off(by=world.users["handler"], receivable=made, note="已死亡")
    actions.pay_back(by=world.users["finance"], receivable=made, amount=5_000, on=clock.today())
    assert actions.write_off(by=world.users["approver"], receivable=made, note="已死亡，无遗产").amount == 15_000
    assert recoveries.remaining(made) == 0


def test_nothing_is_netted_from_the_next_run(world, overpaid):
    claim(world, overpaid)
    run = world.prepare(dt.date(2025, 3, 1))
    assert [one.amount for one in Payment.objects.filter(run=run)] == [40_000]


def test_a_claim_is_never_changed(world, overpaid):
    claim(world, overpaid)
    with pytest.raises(DatabaseError), transaction.atomic():
        Receivable.objects.update(amount=1)


@pytest.mark.parametrize("ended", [False, True])
def test_the_letter_has_a_consent_to_sign_where_later_payments_come(world, overpaid, ended):
    if ended:
        world.end(overpaid, FEBRUARY)
        overpaid.refresh_from_db()
    letter = claim(world, overpaid).letter
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(documents.content(letter))).paragraphs)
    assert ("抵扣同意书" in text) is not ended and "没有您的书面同意" in text
