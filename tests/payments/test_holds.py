"""A death recorded once holds what is unsent, in the same transaction, until it is verified."""

import datetime as dt

import pytest
from django.db import transaction

from minzheng.payments import actions
from minzheng.payments.models import Payment
from minzheng.people import actions as people
from tests.payments.world import FEBRUARY, JANUARY, World


def test_a_death_holds_the_unsent_payment_and_the_rest_goes(world: World):
    died, lives = world.award(50_000), world.award(30_000)
    world.fund_of(1_000_000)
    run = world.to(world.prepare(), "released")
    people.record_death(by=world.users["handler"], person=died.payee, on=dt.date(2025, 2, 20))
    assert Payment.objects.get(award=died).state == "held"
    out = actions.send(by=world.users["finance"], run=run)
    assert (out.bank_file.count, out.bank_file.total) == (1, 30_000)
    assert Payment.objects.get(award=lives).state == "sent"


def test_what_was_sent_before_is_not_touched(world: World):
    award = world.award(50_000)
    world.fund_of(1_000_000)
    world.to(world.prepare(), "sent")
    people.record_death(by=world.users["handler"], person=award.payee, on=dt.date(2025, 2, 20))
    assert Payment.objects.get().state == "sent"


def test_a_death_that_is_not_recorded_holds_nothing(world: World, monkeypatch):
    award = world.award(50_000)
    world.fund_of(1_000_000)
    world.prepare()
    with pytest.raises(RuntimeError), transaction.atomic():
        people.record_death(by=world.users["handler"], person=award.payee, on=dt.date(2025, 2, 20))
        raise RuntimeError
    assert Payment.objects.get().state == "computed"


def test_a_covered_person_counts_too(world: World):
    award = world.award(50_000, people_covered=3)
    world.fund_of(1_000_000)
    world.prepare()
    member = award.members.exclude(person=award.payee).first().person
    people.record_death(by=world.users["handler"], person=member, on=dt.date(2025, 2, 20))
    payment = Payment.objects.get()
    assert (payment.state, payment.state_reason) == ("held", "death")


def test_a_verified_death_lets_go_what_is_still_owed(world: World):
    """Died in February, found while the run is with the approver: January comes with the next run."""
    award = world.award(50_000, programme="old_age_allowance")
    world.award(50_000, programme="old_age_allowance")
    world.fund_of(1_000_000, purpose=("old_age_allowance",))
    run = world.prepare(programme="old_age_allowance")
    actions.submit(by=world.users["handler"], run=run)
    people.record_death(by=world.users["handler"], person=award.payee, on=dt.date(2025, 2, 20))
    assert Payment.objects.get(award=award).state == "held"
    people.verify_death(by=world.users["handler"], person=award.payee)
    award.refresh_from_db()
    payment = Payment.objects.get(award=award)
    assert award.last_month == FEBRUARY and not award.held_reason
    assert (payment.state, payment.state_reason) == ("cancelled", "next_run")
    later = world.prepare(FEBRUARY, programme="old_age_allowance")
    owed = [(line.kind, line.benefit_month, line.amount) for line in later.payments.filter(award=award)]
    assert owed == [("arrears", JANUARY, 50_000), ("regular", FEBRUARY, 50_000)]
    assert not actions.send(by=world.users["finance"], run=world.to(later, "released")).held


def test_what_an_award_holds_waits_until_it_is_released(world: World):
    award = world.award(50_000, programme="old_age_allowance")
    world.award(50_000, programme="old_age_allowance")
    world.fund_of(1_000_000, purpose=("old_age_allowance",))
    people.record_death(by=world.users["handler"], person=award.payee, on=dt.date(2025, 2, 20))
    run = world.prepare(programme="old_age_allowance")
    assert run.payments.get(award=award).state_reason == f"death:{award.payee_id}"
    run = world.to(run, "closed")
    assert run.bank_files.get().count == 1
    assert world.prepare(FEBRUARY, programme="old_age_allowance").payments.get(award=award).state == "held"
    people.verify_death(by=world.users["handler"], person=award.payee)
    february = world.prepare(FEBRUARY, programme="old_age_allowance")
    assert [line.state for line in february.payments.filter(award=award).order_by("benefit_month")] == ["computed"] * 2
