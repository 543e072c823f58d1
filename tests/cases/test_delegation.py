"""The decision delegated to the township: where the file names its area, the leader decides in 20 working days."""

import datetime as dt
import shutil

import pytest

from minzheng.access import actions as access
from minzheng.awards.models import Award
from minzheng.cases import actions, procedure, queries
from minzheng.core.errors import Refused
from tests.cases.test_conference import CAME

DAY = dt.date(2025, 3, 3)


@pytest.fixture
def delegated(policies, tmp_path, monkeypatch):
    """The county 990101 has delegated it."""
    folder = tmp_path / "policies"
    shutil.copytree(policies, folder)
    file = folder / "dibao" / "procedure.yaml"
    text = file.read_text(encoding="utf-8")
    assert "          areas: []\n" in text
    file.write_text(text.replace("          areas: []\n", '          areas: ["990101"]\n', 1), encoding="utf-8")
    monkeypatch.setattr(procedure, "policies_dir", lambda: folder)


@pytest.fixture
def way(delegated, way):
    return way


def decide(way, role="leader", outcome="grant", **values):
    return actions.decide(by=way.users[role], case=way.case, outcome=outcome, **values)


def test_the_leader_decides_without_the_county(way):
    way.to_posted().end_posting()
    view = queries.case_view(way.case, user=way.users["leader"])
    assert [act.name for act in view.acts if act.possible and act.outcome] == ["grant_delegated"]
    with pytest.raises(Refused) as refused:
        way.review()
    assert refused.value.code == "case.out_of_order"
    for role in ("approver", "handler"):
        with pytest.raises(Refused) as refused:
            decide(way, role)
        assert refused.value.code == "access.forbidden"
    decision = decide(way)
    assert (way.case.stage, decision.decided_by) == ("granted", way.users["leader"])
    assert Award.objects.filter(household=way.household).exists()


def test_it_takes_twenty_working_days_and_forty_five_in_special_cases(way):
    way.accept()
    user = way.users["leader"]
    assert queries.case_view(way.case, user=user).total.due_on == dt.date(2025, 3, 31)
    actions.act(by=user, case=way.case, act="cases.extend", note="成员在外省，核查需时")
    assert queries.case_view(way.case, user=user).total.due_on == dt.date(2025, 5, 8)


def test_who_accepted_or_visited_does_not_decide(way, users):
    access.assign(by=users["administrator"], user=users["handler"], role="leader", area="990101101", since=DAY)
    way.to_posted().end_posting()
    if hasattr(users["handler"], "_assignments_today"):
        del users["handler"]._assignments_today
    with pytest.raises(Refused) as refused:
        decide(way, "handler")
    assert refused.value.code == "case.act_conflict"


def test_a_refusal_needs_the_same_as_at_the_county(way):
    way.to_posted().end_posting()
    with pytest.raises(Refused) as refused:
        decide(way, outcome="refuse", note="群众反映大")
    assert refused.value.code == "case.conference_missing"
    actions.confer(
        by=way.users["reviewer"], case=way.case, held_on=way.case.steps.latest("pk").on, place="县民政局",
        participants=CAME, agree=3, proposal="refuse", departs_from="收入低于标准即确认", why="有赡养能力",
    )  # fmt: skip
    decide(way, outcome="refuse")
    assert (way.case.stage, way.case.due_on) == ("refused", dt.date(2025, 3, 14))


def test_elsewhere_the_county_decides():
    rules = procedure.load("dibao").on(DAY, "application")
    assert rules.in_area("990101101201") is rules
    assert rules.total.days == 30
