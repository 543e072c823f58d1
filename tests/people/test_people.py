"""Persons, numbers, circles, facts: what is refused, what is kept, what is found."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.core import crypto, events, idnumber
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Task
from minzheng.people import actions, queries
from minzheng.people.models import Fact, Identifier, Membership, Person

VILLAGE = "990101101201"
OTHER_VILLAGE = "990101101202"
DAY = dt.date(2025, 3, 3)


def number(birth: dt.date, sequence: int) -> str:
    return idnumber.make("990101", birth, sequence)


@pytest.fixture
def handler(users):
    """The township handler, in their scope."""
    with acting(users["handler"]):
        yield users["handler"]


@pytest.fixture
def wang(handler) -> Person:
    return actions.register_person(
        by=handler, name="王秀兰", area=VILLAGE, id_number=number(dt.date(1950, 2, 3), 112), account="6217000000012340"
    )


def family(handler, person, *others, number="A-1"):
    members = [(person, "head"), *[(other, "son") for other in others]]
    return actions.form_household(
        by=handler, circle="family", area=VILLAGE, residence="rural", number=number, formed_on=DAY, members=members
    )


def another(handler, name="王小明", sequence=133, birth=dt.date(1980, 5, 6)) -> Person:
    return actions.register_person(by=handler, name=name, area=VILLAGE, id_number=number(birth, sequence))


def test_birth_date_and_sex_come_from_the_number(wang):
    assert (wang.birth_date, wang.sex) == (dt.date(1950, 2, 3), "female")


def test_a_wrong_check_digit_is_refused_and_nothing_is_kept(handler):
    good = number(dt.date(1950, 2, 3), 112)
    bad = good[:-1] + ("0" if good[-1] != "0" else "1")
    with pytest.raises(Refused, match="id.check"):
        actions.register_person(by=handler, name="王秀兰", area=VILLAGE, id_number=bad)
    assert not Person.objects.exists()


def test_the_same_number_twice_is_refused_by_name(handler, wang):
    with pytest.raises(Refused, match="王秀兰"):
        actions.register_person(by=handler, name="别人", area=VILLAGE, id_number=number(dt.date(1950, 2, 3), 112))


def test_without_a_number_the_reason_is_needed(handler):
    with pytest.raises(Refused, match=r"person\.no_number"):
        actions.register_person(by=handler, name="无名", area=VILLAGE, birth_date=dt.date(2024, 1, 1), sex="male")


def test_numbers_are_not_stored_in_clear(wang):
    plain = number(dt.date(1950, 2, 3), 112).encode()
    for row in Identifier.objects.all():
        assert plain not in bytes(row.ciphertext) and plain.decode() not in row.masked
    assert not AuditEntry.objects.filter(detail__icontains=plain.decode()).exists()


def test_seeing_a_number_needs_a_reason_and_leaves_a_trace(handler, wang):
    identifier = wang.identifiers.get(kind="id_number")
    with pytest.raises(Refused, match="reveal_reason"):
        actions.reveal(by=handler, identifier=identifier, reason="  ")
    assert actions.reveal(by=handler, identifier=identifier, reason="核对退回") == number(dt.date(1950, 2, 3), 112)
    assert AuditEntry.objects.get(action="people.reveal").detail["reason"] == "核对退回"


def test_a_village_worker_may_not_see_numbers(users, handler, wang):
    with pytest.raises(Refused, match="access.forbidden"):
        actions.reveal(by=users["village_worker"], identifier=wang.identifiers.first(), reason="想看")


@pytest.mark.parametrize("text", ["王秀兰", "王秀", "wxl", "WXL", "wangxiulan"])
def test_found_by_name_prefix_pinyin_and_initials(wang, text):
    assert list(queries.search(text)) == [wang]


def test_found_by_number_only_when_whole(wang):
    whole = number(dt.date(1950, 2, 3), 112)
    assert list(queries.search(whole.lower())) == [wang]
    assert not queries.search(whole[:10])


def test_a_person_in_two_families_is_refused_with_what_to_do(handler, wang):
    family(handler, wang)
    head = another(handler)
    with pytest.raises(Refused, match=r"person\.two_families"):
        family(handler, head, wang, number="A-2")
    assert not queries.household_of(head, DAY, "family")


def test_the_database_itself_refuses_two_families(handler, wang):
    household = family(handler, wang)
    with pytest.raises(IntegrityError, match="one_circle_at_a_time"), transaction.atomic():
        Membership.objects.create(
            household=household, person=wang, circle="family", relation="son", valid_from=DAY, area_id=VILLAGE
        )


def test_leaving_and_joining_another_family_the_same_day(handler, wang):
    son = another(handler)
    first = family(handler, wang, son)
    day = dt.date(2025, 6, 1)
    actions.leave(by=handler, household=first, person=son, on=day, reason="分户")
    second = family(handler, another(handler, "王小红", 144), number="A-2")
    actions.join(by=handler, household=second, person=son, relation="other", on=day)
    assert queries.family_of(son, dt.date(2025, 5, 31)) == first
    assert queries.family_of(son, day) == second


def test_a_household_has_one_head(handler, wang):
    with pytest.raises(Refused, match="household.head"):
        actions.form_household(
            by=handler,
            circle="family",
            area=VILLAGE,
            residence="rural",
            number="A-9",
            formed_on=DAY,
            members=[(wang, "other")],
        )


def test_a_corrected_fact_keeps_what_was_known_before(handler, wang):
    household = family(handler, wang)
    for value, since in ((1200000, dt.date(2025, 1, 1)), (900000, dt.date(2025, 5, 1))):
        actions.record_fact(
            by=handler, household=household, name="annual_income", value=value, source="declared", valid_from=since
        )
    assert queries.facts(on=dt.date(2025, 4, 30), household=household)["annual_income"].value == 1200000
    assert queries.facts(on=dt.date(2025, 5, 1), household=household)["annual_income"].value == 900000
    assert Fact.objects.filter(name="annual_income").count() == 3


def test_what_was_verified_comes_before_what_was_declared(handler, wang):
    household = family(handler, wang)
    for source, value in (("verified", 5), ("declared", 7), ("surveyed", 6)):
        actions.record_fact(
            by=handler, household=household, name="annual_income", value=value, source=source, valid_from=DAY
        )
    assert queries.facts(on=DAY, household=household)["annual_income"].source == "verified"


@pytest.mark.parametrize(("name", "value"), [("annual_income", "12000"), ("annual_income", True), ("no_such", 1)])
def test_facts_outside_the_vocabulary_are_refused(handler, wang, name, value):
    with pytest.raises(Refused, match="fact"):
        actions.record_fact(
            by=handler, household=family(handler, wang), name=name, value=value, source="declared", valid_from=DAY
        )


def test_history_of_facts_cannot_be_edited(handler, wang):
    household = family(handler, wang)
    fact = actions.record_fact(
        by=handler, household=household, name="annual_income", value=1, source="declared", valid_from=DAY
    )
    with pytest.raises(DatabaseError, match="supersede_once"), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(value=2)


def test_a_death_is_recorded_once_and_heard_in_the_same_transaction(handler, wang, monkeypatch):
    heard = []
    monkeypatch.setitem(events._handlers, "person.died", [lambda event, by: heard.append(event.subject_id)])
    actions.record_death(by=handler, person=wang, on=dt.date(2025, 3, 1))
    assert heard == [wang.pk]
    assert Task.objects.get(kind="people.verify_death").who == "王秀兰"


def test_a_failing_handler_takes_the_death_back(handler, wang, monkeypatch):
    def fail(event, by):
        raise RuntimeError("no")

    monkeypatch.setitem(events._handlers, "person.died", [fail])
    with pytest.raises(RuntimeError):
        actions.record_death(by=handler, person=wang, on=dt.date(2025, 3, 1))
    wang.refresh_from_db()
    assert wang.died_on is None and not Task.objects.exists()


def test_a_verified_death_ends_memberships_on_its_day(handler, wang, monkeypatch):
    monkeypatch.setattr(events, "_handlers", {"person.died": [], "person.death_verified": []})
    son = another(handler)
    household = family(handler, son, wang)
    actions.record_death(by=handler, person=wang, on=DAY)
    assert queries.members(household, DAY).count() == 2
    actions.verify_death(by=handler, person=wang)
    assert [row.person for row in queries.members(household, DAY)] == [son]


@pytest.mark.parametrize("day", [dt.date(2025, 3, 4), dt.date(1950, 2, 2)])
def test_a_death_in_the_future_or_before_birth_is_refused(handler, wang, day):
    with pytest.raises(Refused, match="death_day"):
        actions.record_death(by=handler, person=wang, on=day)


def test_another_township_is_neither_seen_nor_written(users, handler):
    with pytest.raises(Refused, match="access.forbidden"):
        actions.register_person(
            by=handler, name="外乡人", area="990101102201", id_number=number(dt.date(1970, 1, 1), 101)
        )


@pytest.mark.parametrize("birth", [dt.date(2030, 1, 1), dt.date(1, 1, 1)])
def test_an_impossible_birth_date_is_refused(handler, birth):
    with pytest.raises(Refused, match="birth_date"):
        actions.register_person(
            by=handler, name="无名", area=VILLAGE, birth_date=birth, sex="male", no_number_reason="遗失"
        )


@pytest.mark.parametrize("wrong", [{"account": "zzz"}, {"phone": "abc"}])
def test_an_account_and_a_phone_are_digits(handler, wrong):
    with pytest.raises(Refused, match="number_shape"):
        actions.register_person(
            by=handler, name="王秀兰", area=VILLAGE, id_number=number(dt.date(1950, 2, 3), 112), **wrong
        )
    assert not Person.objects.exists()


def test_a_number_that_another_township_has_is_refused_in_words(handler, users):
    known = number(dt.date(1961, 1, 1), 101)
    with scope([EVERYWHERE]):
        elsewhere = Person.objects.create(
            name="外乡人", sex="male", birth_date=dt.date(1961, 1, 1), area_id="990101102201"
        )
        Identifier.objects.create(
            person=elsewhere,
            kind="id_number",
            area_id="990101102201",
            key_id="k1",
            ciphertext=b"x",
            digest=crypto.digest(known, purpose="id_number"),
            masked="*",
            valid_from=DAY,
        )
    with acting(users["handler"]), pytest.raises(Refused, match="known_elsewhere"):
        actions.register_person(by=handler, name="王五", area=VILLAGE, id_number=known)


def test_a_file_number_is_given_once(handler, wang):
    family(handler, wang)
    with pytest.raises(Refused, match="household.number"):
        family(handler, another(handler))


def test_facts_keep_to_the_bounds_of_the_vocabulary(handler, wang):
    household = family(handler, wang)
    with pytest.raises(Refused, match="fact.bounds"):
        actions.record_fact(
            by=handler, household=household, name="annual_income", value=-500, source="declared", valid_from=DAY
        )


def test_what_other_registers_said_can_be_left_out(handler, wang):
    household = family(handler, wang)
    for source in ("verified", "declared"):
        actions.record_fact(
            by=handler, household=household, name="annual_income", value=5, source=source, valid_from=DAY
        )
    shown = queries.facts_side_by_side(on=DAY, household=household, verified=False)
    assert list(shown["annual_income"]) == ["declared"]
