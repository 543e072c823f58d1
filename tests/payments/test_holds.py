"""A death recorded once holds what is unsent, in the same transaction, until it is verified."""

import datetime as dt

import pytest
from django.db import transaction

from minzheng.payments import actions
from minzheng.payments.models import Payment
from minzheng.people import actions as people
from tests.payments.world import World


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
