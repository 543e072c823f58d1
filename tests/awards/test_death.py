"""A death is recorded once: what it touches is held until it is verified, then ends or is worked out anew."""

import datetime as dt

import pytest

from minzheng.access.scope import acting
from minzheng.awards import actions, queries
from minzheng.awards.models import Award
from minzheng.core.models import AuditEntry, Task
from minzheng.people import actions as people
from tests.awards import laws
from tests.awards.conftest import OTHER_TOWN, day


@pytest.fixture
def elder(village):
    return village.person(name="赵老", born=dt.date(1940, 1, 5))


@pytest.fixture
def allowance(village, elder):
    return actions.grant(by=village.approver, decision=village.decide("old_age_allowance", elder, first=day(1)))


def test_a_reported_death_holds_the_award_and_verifying_it_ends_it(village, elder, allowance, on_day):
    on_day(day(3, 20))
    people.record_death(by=village.handler, person=elder, on=day(3, 18))
    allowance.refresh_from_db()
    assert allowance.held_reason == f"death:{elder.pk}"
    assert queries.due("old_age_allowance", "99", day(3), held="without") == []
    assert "赵老" in queries.held_reasons(allowance)[0]["zh-Hans"]
    people.verify_death(by=village.handler, person=elder)
    allowance.refresh_from_db()
    assert (allowance.held_reason, allowance.last_month, allowance.left_on) == ("", day(3), day(3, 20))
    assert [row.benefit_month.month for row in queries.due("old_age_allowance", "99", (day(1), day(12)))] == [1, 2, 3]


def test_the_month_of_the_death_is_not_owed_where_the_programme_says_so(village, elder, on_day):
    unpaid = laws.timing("month_of_birthday", ending="not_paid")
    laws.store("old_age_allowance", laws.person("old_age_allowance", unpaid), laws.AGE_RATES)
    award = actions.grant(by=village.approver, decision=village.decide("old_age_allowance", elder, first=day(3)))
    on_day(day(3, 20))
    people.record_death(by=village.handler, person=elder, on=day(3, 18))
    people.verify_death(by=village.handler, person=elder)
    award.refresh_from_db()
    assert award.last_month == day(2)
    assert queries.due("old_age_allowance", "99", (day(1), day(12))) == []


def test_a_familys_award_goes_on_for_those_who_remain(village, on_day):
    head, wife, son = (village.person(name=name) for name in ("孙甲", "孙乙", "孙丙"))
    household = village.family(head, wife, son)
    decision = village.decide("dibao", household, covered=[head, wife, son], first=day(1))
    award = actions.grant(by=village.approver, decision=decision)
    on_day(day(4, 10))
    people.record_death(by=village.handler, person=wife, on=day(4, 2))
    people.verify_death(by=village.handler, person=wife)
    award.refresh_from_db()
    assert (award.held_reason, award.last_month) == ("", None)
    rows = queries.due("dibao", "99", (day(4), day(5)))
    assert [(row.people, row.amount) for row in rows] == [(3, 150000), (2, 100000)]
    assert award.amounts.get(superseded_at=None, first_month=day(5)).reason == "member_left"


def test_an_award_that_was_paid_to_the_dead_waits_for_another_payee(village, on_day):
    head, wife = village.person(name="周甲"), village.person(name="周乙")
    household = village.family(head, wife)
    decision = village.decide("dibao", household, covered=[head, wife], first=day(1))
    award = actions.grant(by=village.approver, decision=decision)
    on_day(day(4, 10))
    people.record_death(by=village.handler, person=head, on=day(4, 2))
    people.verify_death(by=village.handler, person=head)
    award.refresh_from_db()
    assert award.held_reason == f"payee:{head.pk}"
    assert Task.objects.filter(kind="awards.change_payee", done_on=None).exists()
    actions.change_payee(by=village.handler, award=award, payee=wife)
    award.refresh_from_db()
    assert award.held_reason == ""
    assert not Task.objects.filter(kind="awards.change_payee", done_on=None).exists()


def test_with_its_last_member_a_familys_award_ends(village, on_day):
    head = village.person(name="吴甲")
    award = actions.grant(by=village.approver, decision=village.decide("dibao", village.family(head), first=day(1)))
    on_day(day(4, 10))
    people.record_death(by=village.handler, person=head, on=day(3, 30))
    people.verify_death(by=village.handler, person=head)
    award.refresh_from_db()
    assert (award.last_month, award.end_reason) == (day(3), "died")


def test_two_reported_deaths_hold_it_until_both_are_verified(village, on_day):
    one, two, three = (village.person(name=name) for name in ("郑甲", "郑乙", "郑丙"))
    household = village.family(one, two, three)
    award = actions.grant(by=village.approver, decision=village.decide("dibao", household, first=day(1)))
    on_day(day(4, 10))
    for person in (two, three):
        people.record_death(by=village.handler, person=person, on=day(4, 2))
    people.verify_death(by=village.handler, person=two)
    award.refresh_from_db()
    assert award.held_reason == f"death:{three.pk}"
    people.verify_death(by=village.handler, person=three)
    award.refresh_from_db()
    assert award.held_reason == ""
    assert queries.owed(award, day(5)) == 50000


def test_a_death_that_is_found_late_corrects_the_months_since(village, elder, allowance, on_day):
    on_day(day(8, 1))
    people.record_death(by=village.handler, person=elder, on=day(5, 2))
    people.verify_death(by=village.handler, person=elder)
    assert [queries.owed(allowance, day(month)) for month in (5, 6, 7)] == [5000, 0, 0]


def test_it_reaches_an_award_in_another_town_and_asks_there(village, users, elder, on_day):
    """The handler's scope does not show the award; the death holds it all the same."""
    mother = village.person(name="钱母", area=OTHER_TOWN)
    laws_decision = village.decide("old_age_allowance", village.person(born=dt.date(1940, 2, 2), area=OTHER_TOWN))
    award = actions.grant(by=village.approver, decision=laws_decision, payee=elder)
    assert mother
    on_day(day(3, 20))
    with acting(users["handler"]):
        assert not Award.objects.filter(pk=award.pk).exists()
        people.record_death(by=users["handler"], person=elder, on=day(3, 18))
    award.refresh_from_db()
    assert award.held_reason == f"death:{elder.pk}"
    task = Task.objects.get(kind="awards.verify_death")
    assert (task.area_code, task.subject_id) == (OTHER_TOWN, award.pk)
    assert AuditEntry.objects.get(action="awards.hold", subject_id=award.pk).area_code == OTHER_TOWN
