"""A family moves: who sees it before and after, what is refused."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.core import clock, idnumber
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Task
from minzheng.people import actions, queries
from minzheng.people.models import Fact, Household, Identifier, Person, PersonMove

HERE, THERE = "990101101201", "990101102201"
FORMED = dt.date(2020, 1, 1)


@pytest.fixture
def neighbour(users):
    """The handler of the other township."""
    with scope([EVERYWHERE]):
        office = access.add_office(by=users["administrator"], name="平川镇民政办", area=THERE[:9])
        user = access.add_user(
            by=users["administrator"], username="neighbour", name="魏长河", office=office, password="not-a-secret-9"
        )
        access.assign(by=users["administrator"], user=user, role="handler", area=THERE[:9], since=FORMED)
    return user


@pytest.fixture
def home(users):
    handler = users["handler"]
    with acting(handler):
        head = actions.register_person(
            by=handler, name="何有余", area=HERE, id_number=idnumber.make("990101", dt.date(1950, 1, 5), 101),
            account="6217000000012340",
        )  # fmt: skip
        made = actions.form_household(
            by=handler, circle="family", area=HERE, residence="rural", number="JB0001", formed_on=FORMED,
            members=[(head, "head")],
        )  # fmt: skip
        for owner in ({"household": made}, {"person": head}):
            name = "annual_income" if "household" in owner else "disability_grade"
            actions.record_fact(by=handler, name=name, value=2, source="verified", valid_from=FORMED, **owner)
    return made


def sees(user):
    with acting(user):
        return {
            "files": set(Household.objects.values_list("number", flat=True)),
            "people": Person.objects.count(),
            "numbers": Identifier.objects.count(),
            "facts": Fact.objects.filter(superseded_at=None).count(),
        }


def test_the_new_office_has_it_and_the_old_one_keeps_what_it_did(users, neighbour, home):
    assert sees(neighbour) == {"files": set(), "people": 0, "numbers": 0, "facts": 0}
    with acting(users["handler"]):
        actions.hand_over(by=users["handler"], household=home, to_area=THERE, on=dt.date(2025, 3, 1))
    assert sees(neighbour) == {"files": {"JB0001-2"}, "people": 1, "numbers": 2, "facts": 2}
    assert sees(users["handler"]) == {"files": {"JB0001"}, "people": 1, "numbers": 0, "facts": 1}
    with acting(users["handler"]):
        [link] = queries.files_after(home)
        assert (link.after_number, link.area_id, link.kind) == ("JB0001-2", THERE, "moved")
        person = Person.objects.get()
        with pytest.raises(Refused, match=r"access\.forbidden"):
            actions.record_death(by=users["handler"], person=person, on=dt.date(2025, 3, 2))
        assert Person.objects.filter(pk=person.pk).update(name="改名") == 0
    with acting(neighbour):
        after = Household.objects.get()
        assert [link.before_number for link in queries.files_before(after)] == ["JB0001"]
        assert queries.head(after, clock.today()).name == "何有余"
        assert Task.objects.get(done_on=None, kind="people.receive_file").subject_id == after.pk
        actions.receive_file(by=neighbour, household=after)
        assert not Task.objects.filter(done_on=None, kind="people.receive_file").exists()
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.filter(action="people.move_person", area_code=THERE).exists()


@pytest.mark.parametrize("place", [HERE, "990101102", "990102101201"])
def test_only_another_village_of_the_county_is_taken(users, home, place):
    with acting(users["handler"]), pytest.raises(Refused, match=r"household\.hand_over_place"):
        actions.hand_over(by=users["handler"], household=home, to_area=place)


def test_another_office_cannot_take_a_file_by_itself(neighbour, home):
    with acting(neighbour), pytest.raises(Refused, match=r"access\.forbidden"):
        actions.hand_over(by=neighbour, household=home, to_area=THERE)


def test_a_family_with_an_unverified_death_does_not_move(users, home):
    with acting(users["handler"]):
        person = home.memberships.get().person
        actions.record_death(by=users["handler"], person=person, on=dt.date(2025, 3, 1))
        for act, more in ((actions.hand_over, {"to_area": THERE}), (actions.move_out, {"to": "外省"})):
            with pytest.raises(Refused, match=r"household\.cannot_move"):
                act(by=users["handler"], household=home, **more)


@pytest.mark.parametrize("on", [FORMED - dt.timedelta(days=1), dt.date(2025, 3, 4)])
def test_the_day_of_a_move_lies_in_the_familys_time(users, home, on):
    with acting(users["handler"]), pytest.raises(Refused, match=r"household\.move_day"):
        actions.move_out(by=users["handler"], household=home, to="外省", on=on)


def test_out_of_the_county_the_file_is_closed(users, home):
    with acting(users["handler"]):
        with pytest.raises(Refused, match=r"household\.move_out_place"):
            actions.move_out(by=users["handler"], household=home, to=" ")
        actions.move_out(by=users["handler"], household=home, to="外省某县", on=dt.date(2025, 3, 1))
        home.refresh_from_db()
        assert home.dissolved_on == dt.date(2025, 3, 1)
        assert not queries.members(home, clock.today()).exists()
        late = actions.register_person(
            by=users["handler"], name="何后来", area=HERE, id_number=idnumber.make("990101", dt.date(1990, 1, 5), 103)
        )
        with pytest.raises(Refused, match=r"household\.closed"):
            actions.join(by=users["handler"], household=home, person=late, relation="child", on=clock.today())


def test_a_move_is_never_changed(users, home):
    with acting(users["handler"]):
        actions.hand_over(by=users["handler"], household=home, to_area=THERE, on=dt.date(2025, 3, 1))
        with pytest.raises(DatabaseError), transaction.atomic():
            PersonMove.objects.update(on=dt.date(2025, 3, 2))
