"""What is published after a grant: kept up with every change, of the programmes that publish, and never a minor."""

import dataclasses
import datetime as dt

import pytest

from minzheng.awards import actions, publishing
from minzheng.awards.actions import RosterRow
from minzheng.cases import procedure, queries
from minzheng.cases.models import Posting, PostingKind
from minzheng.cases.public import Shown
from minzheng.core.models import AuditEntry
from minzheng.people import actions as people
from minzheng.people.models import Identifier
from minzheng.policy.registry import programme
from tests.awards import laws
from tests.awards.conftest import VILLAGE, day
from tests.web.town import identity_number


@pytest.fixture
def couple(village):
    """Two people of one family, covered from January, no income: 1,000 yuan a month."""
    head, spouse = village.person(name="王甲"), village.person(name="王乙")
    household = village.family(head, spouse)
    decision = village.decide("dibao", household, covered=[head, spouse], first=day(1))
    return actions.grant(by=village.approver, decision=decision), household, head, spouse


def up():
    rows = Posting.objects.filter(kind=PostingKind.PUBLICATION, taken_down_on=None).order_by("pk")
    return [(row.shown_name, row.shown_people, row.shown_amount // 100) for row in rows]


def test_a_grant_is_published_by_itself_with_its_rule(village, couple):
    row = Posting.objects.get()
    assert up() == [("王甲", 2, 1000)]
    assert (row.kind, row.posted_on, row.ends_on, row.case) == ("publication", day(3, 3), None, None)
    assert row.number == f"{couple[0].decision.number}-B1"
    assert "第二十四条" in row.rule
    assert AuditEntry.objects.get(action="cases.publish").subject_id == row.pk


def test_another_amount_is_another_row_and_the_old_one_comes_down_that_day(village, couple, on_day):
    award, household, head, spouse = couple
    on_day(day(3, 20))
    village.fact(household=household, name="annual_income", value=120000, since=day(3))
    decision = village.decide(
        "dibao", household, "change", covered=[head, spouse], first=day(4), reason="income_changed"
    )
    actions.change(by=village.approver, decision=decision)
    assert up() == [("王甲", 2, 900)]
    old, new = Posting.objects.order_by("pk")
    assert (old.taken_down_on, old.shown_amount) == (day(3, 20), 100000)
    assert (new.posted_on, new.number) == (day(3, 20), f"{award.decision.number}-B2")
    assert [one.amount for one in queries.published(VILLAGE, day(3, 19))] == [100000]
    assert [one.amount for one in queries.published(VILLAGE, day(3, 20))] == [90000]


def test_what_does_not_change_stays_up(village, couple):
    assert publishing.keep_up(by=village.handler, awards=[couple[0]]) == 0
    assert Posting.objects.count() == 1


def test_fewer_people_is_another_row(village, couple, on_day):
    _, _, _, spouse = couple
    on_day(day(4, 10))
    people.record_death(by=village.handler, person=spouse, on=day(4, 2))
    assert up() == [("王甲", 2, 1000)]  # a death that nobody has verified changes nothing yet
    people.verify_death(by=village.handler, person=spouse)
    assert up() == [("王甲", 1, 500)]


def test_a_stop_takes_it_down(village, couple):
    decision = village.decide("dibao", couple[1], "stop", first=day(4), reason="stopped")
    actions.stop(by=village.approver, decision=decision)
    assert up() == []
    assert Posting.objects.get().taken_down_on == day(3, 3)
    assert queries.published("99") == []


def test_the_death_of_the_only_one_takes_it_down(village, on_day):
    alone = village.person(name="孤甲")
    household = village.family(alone)
    actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[alone], first=day(1)))
    on_day(day(4, 10))
    people.record_death(by=village.handler, person=alone, on=day(4, 2))
    people.verify_death(by=village.handler, person=alone)
    assert up() == []
    assert Posting.objects.get().taken_down_on == day(4, 10)


def test_a_new_standard_publishes_the_new_amounts(village, couple, on_day):
    on_day(day(7, 1))
    laws.store("dibao", laws.household(), laws.RAISED)
    actions.apply_standard(by=village.approver, programme="dibao", area="990101", month=day(7))
    assert up() == [("王甲", 2, 1120)]


def test_a_roster_taken_over_is_published_too(village):
    one, other = village.family(village.person(name="李甲")), village.family(village.person(name="李乙"))
    rows = [RosterRow(first_month=day(6, year=2022), household=household) for household in (one, other)]
    actions.carry_over_roster(by=village.handler, programme="dibao", rows=rows, as_of=day(1), evidence="2024年花名册")
    assert up() == [("李甲", 1, 500), ("李乙", 1, 500)]
    assert {line.since for line in queries.published(VILLAGE)} == {day(6, year=2022)}


def test_a_family_headed_by_a_minor_is_published_when_they_come_of_age(village, on_day):
    child = village.person(name="小甲", born=dt.date(2007, 6, 1))
    household = village.family(child)
    actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[child], first=day(1)))
    assert up() == []
    on_day(day(5, 31))
    assert publishing.keep_up_area(by=village.handler, area="990101101") == 0
    on_day(day(6, 1))
    assert publishing.keep_up_area(by=village.handler, area="990101101") == 1
    assert up() == [("小甲", 1, 500)]


def test_a_programme_without_a_publication_publishes_nobody(village):
    elder = village.person(name="赵老", born=dt.date(1940, 1, 5))
    actions.grant(by=village.approver, decision=village.decide("old_age_allowance", elder, first=day(1)))
    assert Posting.objects.count() == 0


def test_which_programmes_publish_and_for_how_long():
    """A programme that pays once says for how many days; one that goes on is published while it is received."""
    on = day(3, 3)
    rules = {code: procedure.publication_on(code, on) for code in procedure.programmes()}
    assert {code for code, rule in rules.items() if rule} == {"dibao", "tekun", "rebuilding_grant"}
    assert rules["rebuilding_grant"].days == 15
    assert rules["dibao"].days is rules["tekun"].days is None
    assert "社会救助法第四十五条" in procedure.publication_on("dibao", day(7, 1, 2026)).rule


def test_what_is_paid_once_is_published_for_its_days(village, monkeypatch, on_day):
    rule = procedure.publication_on("rebuilding_grant", day(3))
    monkeypatch.setattr(procedure, "publication_on", lambda *_: rule)
    law = laws.household("festival_relief", laws.timing("month_of_decision", "once"))
    laws.store("festival_relief", law, laws.DIBAO_RATES)
    household = village.family(village.person(name="周甲"))
    award = actions.grant(by=village.approver, decision=village.decide("festival_relief", household, first=day(3)))
    assert programme("festival_relief").timing_on(day(3)).pay_cycle == "once"
    assert Posting.objects.get().ends_on == day(3, 18)
    assert len(queries.published("99", day(3, 18))) == 1
    assert queries.published("99", day(3, 19)) == []
    Posting.objects.update(taken_down_on=day(3, 19))
    on_day(day(3, 20))
    assert publishing.keep_up(by=village.handler, awards=[award]) == 0  # its days are over: not put up again


def test_nothing_but_name_people_amount_programme_and_since_can_be_reached(village):
    number = identity_number(dt.date(1960, 5, 6), "male", 7)
    head = people.register_person(
        by=village.handler, name="王甲", area=VILLAGE, id_number=number, address="3组7号", account="62170000123",
        phone="13900001234",
    )  # fmt: skip
    household = village.family(head)
    actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[head], first=day(1)))
    (line,) = queries.published(VILLAGE)
    assert [field.name for field in dataclasses.fields(Shown)] == ["name", "people", "amount", "programme", "since"]
    assert not hasattr(line, "__dict__")
    values = dataclasses.astuple(line)
    assert values == ("王甲", 1, 50000, "dibao", day(1))
    assert all(type(value) in (str, int, dt.date) for value in values)  # no record to go on from
    masked = list(Identifier.objects.values_list("masked", flat=True))
    assert len(masked) == 3
    for secret in (number, "3组7号", "62170000123", "13900001234", household.number, *masked):
        assert not any(secret in str(value) for value in values)


def test_the_read_model_asks_for_nothing_else(village, couple, django_assert_num_queries):
    with django_assert_num_queries(2) as asked:
        queries.published(VILLAGE, day(3, 3))
        queries.on_notice(VILLAGE, day(3, 3))
    for query in asked.captured_queries:
        columns = query["sql"].split(" FROM ")[0]
        for name in ("address", "person", "household", "number", "case_id", "identifier"):
            assert name not in columns


def test_many_are_published_in_a_fixed_number_of_queries(village, django_assert_max_num_queries):
    awards = [
        actions.grant(
            by=village.approver, decision=village.decide("dibao", village.family(village.person()), first=day(1))
        )
        for _ in range(12)
    ]
    Posting.objects.all().delete()
    with django_assert_max_num_queries(12):
        assert publishing.keep_up(by=village.handler, awards=awards) == 12
