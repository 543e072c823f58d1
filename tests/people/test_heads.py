"""Another head: after a death in a new file that names the old one, else in the same; minors alone are referred."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from minzheng.core import clock, idnumber
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Event, Task
from minzheng.people import actions, queries, relations
from minzheng.people.models import Fact, Household, Membership, Relation, Succession

VILLAGE = "990101101201"
FORMED, DIED = dt.date(2020, 1, 1), dt.date(2025, 2, 20)
BORN = {"王大山": 1950, "李秀兰": 1953, "王小山": 1980, "王小妹": 2012}


@pytest.fixture
def home(users, acting_handler):
    """Head, spouse, son, a daughter of thirteen."""
    relation = ["head", "spouse", "son", "daughter"]
    persons = [
        actions.register_person(
            by=acting_handler, name=name, area=VILLAGE, id_number=idnumber.make("990101", dt.date(year, 3, 1), place)
        )
        for place, (name, year) in enumerate(BORN.items(), 101)
    ]
    household = actions.form_household(
        by=acting_handler, circle="family", area=VILLAGE, residence="rural", number="JB0001", formed_on=FORMED,
        members=list(zip(persons, relation, strict=True)),
    )  # fmt: skip
    actions.record_fact(
        by=acting_handler, name="annual_income", value=240_000, source="verified", valid_from=FORMED,
        household=household,
    )  # fmt: skip
    return household


@pytest.fixture
def acting_handler(users):
    from minzheng.access.scope import acting

    with acting(users["handler"]):
        yield users["handler"]


def member(household, name):
    return Membership.objects.filter(household=household, person__name=name).select_related("person").first().person


def die(user, household, *names):
    for name in names:
        person = member(household, name)
        actions.record_death(by=user, person=person, on=DIED)
        actions.verify_death(by=user, person=person)


def relations_in(household):
    return {row.person.name: row.relation for row in queries.members(household, clock.today())}


def open_tasks():
    return set(Task.objects.filter(done_on=None).values_list("kind", flat=True))


def test_the_survivors_go_on_in_a_new_file_and_each_names_the_other(acting_handler, home):
    die(acting_handler, home, "王大山")
    assert "people.name_head" in open_tasks()
    after = actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    home.refresh_from_db()
    assert (home.dissolved_on, after.formed_on, after.number, after.area_id) == (DIED, DIED, "JB0001-2", VILLAGE)
    assert relations_in(after) == {"李秀兰": "head", "王小山": "son", "王小妹": "daughter"}
    assert not queries.members(home, DIED).exists()
    assert queries.members(home, DIED - dt.timedelta(days=1)).count() == 4
    [link] = queries.files_before(after)
    assert (link.before_number, link.after_number, link.kind, link.note) == (
        "JB0001",
        "JB0001-2",
        "head_died",
        "王大山",
    )
    assert queries.files_after(home) == [link]
    known = queries.facts(on=clock.today(), household=after)["annual_income"]
    assert (known.value, known.source, known.valid_from) == (240_000, "verified", FORMED)
    assert "people.name_head" not in open_tasks()
    assert {"people.close_file", "people.open_file", "people.move_members"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )


def test_a_third_file_counts_on_and_knows_both_before(acting_handler, home):
    die(acting_handler, home, "王大山")
    second = actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    die(acting_handler, second, "李秀兰")
    third = actions.succeed(
        by=acting_handler, household=second, head=member(home, "王小山"), relation={member(home, "王小妹").pk: "other"}
    )
    assert third.number == "JB0001-3"
    assert [link.before_number for link in queries.files_before(third)] == ["JB0001-2", "JB0001"]
    assert relations_in(third) == {"王小山": "head", "王小妹": "other"}


@pytest.mark.parametrize(
    ("died", "head", "rule"),
    [
        ([], "李秀兰", "household.has_head"),
        (["王大山"], "王小妹", "household.minor_head"),
        (["王大山", "李秀兰", "王小山"], "王小妹", "household.only_minors"),
        (["王大山"], "王大山", "household.cannot_head"),
    ],
)
def test_who_cannot_be_the_head_is_refused(acting_handler, home, died, head, rule):
    die(acting_handler, home, *died)
    with pytest.raises(Refused, match=rule):
        actions.succeed(by=acting_handler, household=home, head=member(home, head))
    assert not Succession.objects.exists()


def test_an_unverified_death_leaves_the_head_where_he_is(acting_handler, home):
    actions.record_death(by=acting_handler, person=member(home, "王大山"), on=DIED)
    with pytest.raises(Refused, match=r"household\.has_head"):
        actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))


def test_a_second_press_is_refused(acting_handler, home):
    die(acting_handler, home, "王大山")
    actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    with pytest.raises(Refused, match=r"household\.closed"):
        actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    assert Household.objects.count() == 2


def test_minors_alone_are_referred_with_a_guardian_of_age(acting_handler, home):
    die(acting_handler, home, "王大山", "李秀兰", "王小山")
    assert "people.refer_minors" in open_tasks()
    uncle = actions.register_person(
        by=acting_handler, name="王二", area=VILLAGE, id_number=idnumber.make("990101", dt.date(1970, 1, 1), 301)
    )
    for guardian, note in ((member(home, "王小妹"), "随其生活"), (uncle, " ")):
        with pytest.raises(Refused, match=r"household\.guardian"):
            actions.refer_minors(by=acting_handler, household=home, guardian=guardian, note=note)
    after = actions.refer_minors(by=acting_handler, household=home, guardian=uncle, note="随叔父生活")
    assert relations_in(after) == {"王小妹": "head"}
    assert Event.objects.get(kind="household.minors_left").payload["guardian"] == uncle.pk
    assert "people.refer_minors" not in open_tasks()


def test_where_adults_are_left_nobody_is_referred(acting_handler, home):
    die(acting_handler, home, "王大山")
    with pytest.raises(Refused, match=r"household\.adults_left"):
        actions.refer_minors(by=acting_handler, household=home, guardian=member(home, "王小山"), note="无")


def test_the_last_death_closes_the_file(acting_handler, home):
    die(acting_handler, home, *BORN)
    home.refresh_from_db()
    assert home.dissolved_on == DIED
    assert not {"people.name_head", "people.refer_minors"} & open_tasks()


def test_another_head_without_a_death_keeps_the_file(acting_handler, home):
    actions.change_head(by=acting_handler, household=home, head=member(home, "王小山"))
    assert relations_in(home) == {"王小山": "head", "王大山": "parent", "李秀兰": "parent", "王小妹": "sibling"}
    yesterday = clock.today() - dt.timedelta(days=1)
    assert queries.head(home, yesterday).name == "王大山"
    home.refresh_from_db()
    assert home.dissolved_on is None and Household.objects.count() == 1
    with pytest.raises(Refused, match=r"household\.cannot_head"):
        actions.change_head(by=acting_handler, household=home, head=member(home, "王小妹"))


def test_a_head_does_not_leave_the_others_behind(acting_handler, home):
    with pytest.raises(Refused, match=r"household\.head_leaves"):
        actions.leave(by=acting_handler, household=home, person=member(home, "王大山"), on=DIED, reason="moved")


def test_a_chain_is_never_changed(acting_handler, home):
    die(acting_handler, home, "王大山")
    actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Succession.objects.update(note="别的")


@pytest.mark.parametrize("head_was", [one for one in Relation if one != Relation.HEAD])
@pytest.mark.parametrize("was", list(Relation))
def test_every_relation_to_a_new_head_is_one_of_the_list(head_was, was):
    assert relations.anew(head_was, was) in set(Relation) - {Relation.HEAD}


def test_facts_recorded_later_stay_with_the_file_they_are_about(acting_handler, home):
    die(acting_handler, home, "王大山")
    after = actions.succeed(by=acting_handler, household=home, head=member(home, "李秀兰"))
    actions.record_fact(
        by=acting_handler, name="annual_income", value=0, source="verified", valid_from=clock.today(), household=after
    )
    assert Fact.objects.get(household=home, superseded_at=None).value == 240_000
