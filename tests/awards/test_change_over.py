"""One benefit takes the place of another: the months on both sides, the others of the family, and what is refused."""

import datetime as dt

import pytest

from minzheng.awards import actions
from minzheng.awards.models import Award, Overlap
from minzheng.awards.queries import owed
from minzheng.core.errors import Refused
from tests.awards.conftest import day


@pytest.fixture
def pair(village):
    pair = Overlap.objects.get()
    pair.changes_over = True
    pair.save()
    return pair


def elderly(village, name):
    person = village.person(name)
    village.fact(person=person, name="support_form", value="dispersed")
    return person


def covered(award):
    rows = award.members.filter(superseded_at=None)
    return {(row.person_id, row.first_month, row.last_month) for row in rows}


def grants(village, code, party, **how):
    decision = village.decide(code, party, decided=dt.date(2025, 3, 20), first=day(4), **how)
    decision.in_place_of = "dibao" if code == "tekun" else "tekun"
    return actions.grant(by=village.approver, decision=decision)


def test_one_of_a_family_goes_and_the_others_go_on(village, pair):
    elder, son = elderly(village, "邹老大"), village.person("邹老二")
    home = village.family(elder, son)
    dibao = actions.grant(by=village.approver, decision=village.decide("dibao", home, first=day(1)))
    before = owed(dibao, day(3))
    tekun = grants(village, "tekun", elder)
    dibao.refresh_from_db()
    assert dibao.last_month is None and tekun.first_month == day(4)
    assert (elder.pk, day(1), day(3)) in covered(dibao) and (son.pk, day(1), None) in covered(dibao)
    assert owed(dibao, day(3)) == before and 0 < owed(dibao, day(4)) < before


def test_the_last_of_a_family_ends_its_award_the_month_before(village, pair):
    elder = elderly(village, "龚有田")
    dibao = actions.grant(by=village.approver, decision=village.decide("dibao", village.family(elder), first=day(1)))
    grants(village, "tekun", elder)
    dibao.refresh_from_db()
    assert (dibao.last_month, dibao.end_reason) == (day(3), "changed_over")


def test_without_the_decision_saying_so_it_is_refused_as_before(village, pair):
    elder = elderly(village, "龚有田")
    actions.grant(by=village.approver, decision=village.decide("dibao", village.family(elder), first=day(1)))
    with pytest.raises(Refused, match=r"award\.overlap"):
        actions.grant(by=village.approver, decision=village.decide("tekun", elder, first=day(4)))
    assert Award.objects.filter(programme="tekun").count() == 0


def test_a_pair_that_only_excludes_does_not_change_over(village, pair):
    pair.changes_over = False
    pair.save()
    elder = elderly(village, "龚有田")
    dibao = actions.grant(by=village.approver, decision=village.decide("dibao", village.family(elder), first=day(1)))
    with pytest.raises(Refused, match=r"award\.no_changing_over"):
        grants(village, "tekun", elder)
    dibao.refresh_from_db()
    assert dibao.last_month is None
