"""A decision becomes an award: its first month, whom it covers, what it owes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.awards import actions, queries
from minzheng.awards.models import Award, AwardMember
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from tests.awards import laws
from tests.awards.conftest import day


def test_it_begins_with_the_decisions_first_month(village):
    household = village.family(village.person())
    decision = village.decide("dibao", household, decided=day(3, 3), first=day(4))
    award = actions.grant(by=village.approver, decision=decision)
    assert (award.first_month, award.last_month, award.entered_on) == (day(4), None, day(3, 3))
    assert [(row.first_month, row.last_month, row.amount) for row in award.amounts.all()] == [(day(4), None, 50000)]


def test_back_dated_months_owe_what_their_own_age_group_gives(village):
    elder = village.person(born=dt.date(1935, 1, 15))
    decision = village.decide("old_age_allowance", elder, first=day(4, year=2024))
    award = actions.grant(by=village.approver, decision=decision)
    assert [(queries.owed(award, month)) for month in (day(12, year=2024), day(1), day(3))] == [5000, 10000, 10000]


def test_what_is_paid_once_is_an_award_of_one_month(village):
    household = village.family(village.person())
    award = actions.grant(by=village.approver, decision=village.decide("temporary_assistance", household))
    assert (award.first_month, award.last_month, award.end_reason) == (day(3), day(3), "once")
    again = actions.grant(by=village.approver, decision=village.decide("temporary_assistance", household))
    assert [row.amount for row in queries.due("temporary_assistance", "99", day(3))] == [50000, 50000]
    assert queries.due("temporary_assistance", "99", day(4)) == []
    assert {award.payee, again.payee} == {household.memberships.get().person}


def test_it_covers_whom_the_case_names_and_pays_the_head(village):
    head, son = village.person(), village.person(name="王小")
    household = village.family(head, son, income=1200)
    award = actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[son]))
    assert [member.person for member in award.members.all()] == [son]
    assert award.payee == head
    assert award.amounts.get().amount == 40000
    assert award.residence == "rural"


def test_a_persons_award_covers_the_person(village):
    elder = village.person(born=dt.date(1940, 1, 31))
    award = actions.grant(by=village.approver, decision=village.decide("old_age_allowance", elder))
    assert [member.person for member in award.members.all()] == [elder]


def test_the_kind_of_recipient_is_the_fact_its_rates_are_keyed_by(village):
    person = village.person()
    village.fact(person=person, name="support_form", value="dispersed")
    award = actions.grant(by=village.approver, decision=village.decide("tekun", person))
    assert award.category == "dispersed"


def test_a_rate_that_rises_before_the_first_month_counts(village):
    laws.store("dibao", laws.household(), laws.RAISED)
    household = village.family(village.person())
    decision = village.decide("dibao", household, decided=day(6, 20), first=day(7))
    award = actions.grant(by=village.approver, decision=decision)
    row = award.amounts.get()
    assert (row.first_month, row.amount, row.assessment.on) == (day(7), 56000, day(7))
    assert row.assessment != decision.assessment


def test_a_decision_is_carried_out_once(village):
    decision = village.decide("dibao", village.family(village.person()))
    actions.grant(by=village.approver, decision=decision)
    with pytest.raises(Refused, match="award.decision_executed"):
        actions.grant(by=village.approver, decision=decision)


def test_a_refusal_grants_nothing(village):
    decision = village.decide("dibao", village.family(village.person()), "refuse")
    with pytest.raises(Refused, match="award.wrong_outcome"):
        actions.grant(by=village.approver, decision=decision)


def test_nothing_is_granted_where_the_amount_could_not_be_worked_out(village):
    decision = village.decide("dibao", village.family(village.person(), income=None))
    with pytest.raises(Refused, match="award.no_amount"):
        actions.grant(by=village.approver, decision=decision)
    assert not Award.objects.exists()


def test_a_second_running_award_of_a_family_is_refused(village):
    household = village.family(village.person())
    actions.grant(by=village.approver, decision=village.decide("dibao", household))
    with pytest.raises(Refused, match="award.overlap"):
        actions.grant(by=village.approver, decision=village.decide("dibao", household))


def test_benefits_that_exclude_each_other_are_refused_with_the_rule(village):
    person = village.person(name="李某")
    household = village.family(person)
    village.fact(person=person, name="support_form", value="dispersed")
    actions.grant(by=village.approver, decision=village.decide("tekun", person))
    with pytest.raises(Refused, match="award.overlap") as refusal:
        actions.grant(by=village.approver, decision=village.decide("dibao", household))
    assert "李某" in refusal.value.text() and "国发〔2016〕14号" in refusal.value.text()


def test_the_database_refuses_them_too(village):
    person = village.person()
    household = village.family(person)
    village.fact(person=person, name="support_form", value="dispersed")
    actions.grant(by=village.approver, decision=village.decide("tekun", person))
    other = village.person()
    award = actions.grant(by=village.approver, decision=village.decide("dibao", village.family(other)))
    assert household
    with pytest.raises(IntegrityError, match="benefit_overlap"), transaction.atomic():
        AwardMember.objects.create(
            award=award, area_id=award.area_id, person=person, first_month=day(4), entered_on=day(3)
        )


def test_one_after_the_other_is_no_overlap(village):
    person = village.person()
    household = village.family(person)
    village.fact(person=person, name="support_form", value="dispersed")
    tekun = actions.grant(by=village.approver, decision=village.decide("tekun", person))
    actions.stop(by=village.approver, award=tekun, last_month=day(6), reason="recovered")
    with pytest.raises(Refused, match="award.overlap"):
        actions.grant(by=village.approver, decision=village.decide("dibao", household, decided=day(6, 5)))
    actions.grant(by=village.approver, decision=village.decide("dibao", household, decided=day(7, 1)))


def test_it_leaves_an_audit_row(village):
    award = actions.grant(by=village.approver, decision=village.decide("dibao", village.family(village.person())))
    entry = AuditEntry.objects.get(action="awards.grant", subject_id=award.pk)
    assert (entry.actor_id, entry.detail["amount"]) == (village.approver.pk, 50000)
