"""Taking over an office's list of people: all of it or nothing, checked as one by one."""

import datetime as dt

import pytest

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.core import crypto, idnumber
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.people import queries
from minzheng.people.intake import FamilyEntry, PersonEntry, take_over
from minzheng.people.models import Household, Identifier, Person

VILLAGE = "990101101201"


def person(name, born, sequence=1, **more):
    return PersonEntry(name, idnumber.make("990101", born, sequence), **more)


def family(number, *members, **more):
    return FamilyEntry(number, VILLAGE, members, **more)


HEAD = person("甲一", dt.date(1950, 5, 1), account="9901010000000000001", facts={"serious_illness": True})
CHILD = person("甲二", dt.date(2019, 6, 1), 2)


def test_families_come_in_with_numbers_facts_and_an_audit_row(users):
    one = family("A1", (HEAD, "head"), (CHILD, "grandchild"), facts={"annual_income": 120_000})
    with acting(users["handler"]):
        (taken,) = take_over(by=users["handler"], families=[one], formed_on=dt.date(2015, 1, 1))
        on = dt.date(2025, 3, 3)
        assert [m.person.name for m in queries.members(taken.household, on)] == ["甲一", "甲二"]
        assert queries.members(taken.household, dt.date(2018, 1, 1)).count() == 1
        assert queries.facts(on=on, household=taken.household)["annual_income"].value == 120_000
        assert queries.facts(on=on, person=taken.persons[0])["serious_illness"].value is True
        assert queries.find_by_number(HEAD.id_number) == taken.persons[0]
        assert list(queries.search("jiayi")) == [taken.persons[0]]
        account = Identifier.objects.get(person=taken.persons[0], kind="account")
        assert crypto.decrypt(account.key_id, account.ciphertext, purpose="account") == HEAD.account
        assert HEAD.account not in account.masked
        assert AuditEntry.objects.filter(action="people.take_over", subject_id=taken.household.pk).count() == 1


@pytest.mark.parametrize(
    ("families", "said"),
    [
        ([family("A1", (HEAD, "head")), family("A2", (HEAD, "head"))], "family 1 of the list"),
        ([family("A1", (CHILD, "son"))], "exactly one head"),
        ([family("A1", (PersonEntry("乙", "123"), "head"))], "18 characters"),
        ([family("A1", (HEAD, "head"), facts={"wealth": 1})], "no fact"),
        ([family("A1", (HEAD, "head"), facts={"annual_income": "much"})], "takes a value"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(users, families, said):
    with acting(users["handler"]), pytest.raises(Refused) as caught:
        take_over(by=users["handler"], families=families, formed_on=dt.date(2015, 1, 1))
    assert said in caught.value.text("en")
    with scope([EVERYWHERE]):
        assert not Person.objects.exists() and not Household.objects.exists()


def test_somebody_who_is_registered_already_is_refused(users):
    with acting(users["handler"]):
        take_over(by=users["handler"], families=[family("A1", (HEAD, "head"))], formed_on=dt.date(2015, 1, 1))
        with pytest.raises(Refused, match="甲一"):
            take_over(by=users["handler"], families=[family("A2", (HEAD, "head"))], formed_on=dt.date(2015, 1, 1))


def test_another_area_is_refused(users):
    elsewhere = FamilyEntry("B1", "990101102201", [(HEAD, "head")])
    with acting(users["handler"]), pytest.raises(Refused, match=r"access\.forbidden"):
        take_over(by=users["handler"], families=[elsewhere], formed_on=dt.date(2015, 1, 1))
