"""Settlement lists of medical assistance: all rows or none, each fault named."""

import datetime as dt

import pytest

from minzheng.awards import actions, queries
from minzheng.awards.actions import RowsRefused, SettlementRow
from minzheng.awards.models import Award
from minzheng.cases.models import Assessment, Decision
from minzheng.core import idnumber
from minzheng.people import actions as people
from tests.awards.conftest import VILLAGE, day

ID = idnumber.make("990101", dt.date(1960, 2, 3), 112)
OTHER_ID = idnumber.make("990101", dt.date(1961, 2, 3), 114)
NOBODY = idnumber.make("990101", dt.date(1962, 2, 3), 116)


@pytest.fixture
def patient(village):
    return registered(village, ID)


def registered(village, number, category="dibao"):
    person = people.register_person(by=village.handler, name="陈某", area=VILLAGE, id_number=number)
    village.fact(person=person, name="medical_category", value=category)
    return person


def row(line=1, number="S1", cost=3000, insurance=1000, on=None, id_number=ID, **more):
    """Amounts in yuan."""
    return SettlementRow(
        line=line,
        id_number=id_number,
        settlement_number=number,
        on=on or day(2, 20),
        eligible_cost=cost * 100,
        insurance_paid=insurance * 100,
        **more,
    )


def settle(village, *rows):
    return actions.settle(by=village.handler, rows=rows, source_file="2025年2月结算清单.xlsx")


def faults(village, *rows):
    before = (Award.objects.count(), Decision.objects.count(), Assessment.objects.count())
    with pytest.raises(RowsRefused) as refusal:
        settle(village, *rows)
    assert before == (Award.objects.count(), Decision.objects.count(), Assessment.objects.count())
    return [(one.line, one.code) for one in refusal.value.rows]


def test_a_settlement_is_an_award_paid_once(village, patient):
    (award,) = settle(village, row(self_pay=200000, aid=70000))
    assert (award.person, award.payee, award.category, award.end_reason) == (patient, patient, "dibao", "once")
    assert [(one.amount, one.benefit_month) for one in queries.due("medical_assistance", "99", day(3))] == [
        (70000, day(3))
    ]
    assert award.decision.assessment.inputs["facts"]["medical_self_paid"] == 200000


def test_settlements_of_one_person_count_in_the_order_of_their_days(village, patient):
    """The deductible of 1,000 is borne once; the yearly cap is 10,000."""
    later, sooner = settle(village, row(2, "S2", on=day(2, 25)), row(1, "S1", on=day(2, 1)))[::-1]
    found = {one.decision.number[-2:]: one.amounts.get().amount for one in (later, sooner)}
    assert found == {"S1": 70000, "S2": 140000}
    (third,) = settle(village, row(1, "S3", cost=50000, on=day(3, 1)))
    assert third.amounts.get().amount == (10000 - 2100) * 100


def test_who_is_on_the_living_allowance_needs_no_category_recorded(village):
    person = people.register_person(by=village.handler, name="陈某", area=VILLAGE, id_number=ID)
    household = village.family(person)
    actions.grant(by=village.approver, decision=village.decide("dibao", household, first=day(1)))
    assert settle(village, row())[0].category == "dibao"


def test_every_fault_is_named_and_nothing_is_imported(village, patient):
    registered(village, OTHER_ID, category="none")
    found = faults(
        village,
        row(1, "S1"),
        row(2, "S1"),
        row(3, "S3", id_number=NOBODY),
        row(4, "S4", id_number=ID[:-1] + ("0" if ID[-1] != "0" else "1")),
        row(5, "S5", self_pay=199999),
        row(6, "S6", insurance=3001),
        row(7, "S7", on=day(3, 4)),
        row(8, "S8", id_number=OTHER_ID),
        row(9, "S9", aid=1),
        row(10, " "),
    )
    assert found == [
        (2, "settlement.twice"),
        (3, "settlement.unknown_person"),
        (4, "id.check"),
        (5, "settlement.mismatch"),
        (6, "settlement.negative"),
        (7, "settlement.future"),
        (8, "settlement.not_entitled"),
        (9, "settlement.aid"),
        (10, "settlement.no_number"),
    ]


def test_a_list_cannot_be_imported_twice(village, patient):
    settle(village, row())
    assert faults(village, row()) == [(1, "settlement.known")]


def test_a_refusal_shows_no_number_in_full(village, patient):
    with pytest.raises(RowsRefused) as refusal:
        settle(village, row(id_number=NOBODY))
    assert NOBODY not in refusal.value.text() and NOBODY not in refusal.value.text("en")
