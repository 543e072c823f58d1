"""What other stages publish reaches awards in the same transaction."""

import pytest

from minzheng.awards import actions
from minzheng.awards.models import Award
from minzheng.core import audit, events
from minzheng.core.errors import Refused
from tests.awards.conftest import day


def publish(village, decision):
    events.publish("case.decided", by=village.approver, on=decision.decided_on, subject=decision, area=decision.area_id)


def test_a_decided_case_is_carried_out(village, on_day):
    household = village.family(village.person())
    publish(village, village.decide("dibao", household, first=day(4)))
    award = Award.objects.get()
    assert (award.household, award.first_month) == (household, day(4))
    publish(village, village.decide("dibao", household, "change", first=day(5), reason="income_changed"))
    assert award.amounts.filter(superseded_at=None).count() == 2
    publish(village, village.decide("dibao", household, "stop", first=day(7), reason="moved"))
    award.refresh_from_db()
    assert (award.last_month, award.end_reason) == (day(6), "moved")


def test_a_refused_case_owes_nothing(village):
    publish(village, village.decide("dibao", village.family(village.person()), "refuse"))
    assert not Award.objects.exists()


def test_what_cannot_be_carried_out_is_not_decided_either(village):
    household = village.family(village.person())
    publish(village, village.decide("dibao", household))
    with pytest.raises(Refused, match="award.overlap"):
        publish(village, village.decide("dibao", household))
    assert Award.objects.count() == 1


def test_without_its_audit_row_nothing_is_granted(village, monkeypatch):
    decision = village.decide("dibao", village.family(village.person()))

    def broken(*_, **__):
        raise RuntimeError("no audit")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError, match="no audit"):
        actions.grant(by=village.approver, decision=decision)
    assert not Award.objects.exists()
