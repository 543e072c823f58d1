"""A decision is contested, and the matter is handled anew."""

import datetime as dt

import pytest

from minzheng.cases import actions, procedure
from minzheng.core.errors import Refused

D = dt.date
DECIDED = D(2025, 3, 3)


@pytest.fixture
def served(day, way):
    """Refused on 3 March 2025 and served the same day."""
    day(3, 3)
    way.accept().check().visit(income=3_000_000).assess()
    actions.review(by=way.users["reviewer"], case=way.case)
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    actions.serve(by=way.users["handler"], case=way.case)
    return way


def appeal(way, **values):
    given = {"kind": "reconsideration", "filed_on": D(2025, 3, 3), "authority": "示例县人民政府"}
    return actions.appeal(by=way.users["handler"], case=way.case, **given | values)


def result(way, outcome, on=DECIDED):
    return actions.appeal_result(by=way.users["handler"], case=way.case, outcome=outcome, decided_on=on)


def reopen(way, ground="annulled", note="按复议决定重新核实"):
    return actions.reopen(by=way.users["handler"], case=way.case, ground=ground, note=note)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "petition"}, "appeal_kind"),
        ({"authority": " "}, "appeal_authority"),
        ({"filed_on": D(2025, 3, 2)}, "appeal_day"),
        ({"filed_on": D(2025, 3, 4)}, "appeal_day"),
    ],
)
def test_what_cannot_be_is_refused(served, values, code):
    with pytest.raises(Refused) as refused:
        appeal(served, **values)
    assert refused.value.code == f"case.{code}"


@pytest.mark.parametrize(
    ("kind", "last"),
    [("reconsideration", D(2025, 5, 6)), ("lawsuit", D(2025, 9, 3))],  # 60 days end on Labour Day's holiday
)
def test_each_way_is_open_to_its_last_day(on_day, served, kind, last):
    on_day(last + dt.timedelta(days=1))
    with pytest.raises(Refused) as refused:
        appeal(served, kind=kind, filed_on=last + dt.timedelta(days=1))
    assert (refused.value.code, refused.value.values["last"]) == ("case.appeal_too_late", last)
    appeal(served, kind=kind, filed_on=last)
    result(served, "withdrawn", last)
    appeal(served, kind=kind, filed_on=last + dt.timedelta(days=1), admitted=True)


def test_nobody_sues_while_a_reconsideration_is_pending(served):
    appeal(served)
    with pytest.raises(Refused, match="2025-03-03") as refused:
        appeal(served, kind="lawsuit", authority="示例县人民法院")
    assert refused.value.code == "case.appeal_pending"
    result(served, "upheld")
    assert appeal(served, kind="lawsuit", authority="示例县人民法院").data["appeal"]["kind"] == "lawsuit"
    assert served.case.stage == "refusal_served"  # the decision works meanwhile


def test_a_result_needs_an_appeal_and_a_known_outcome(served):
    with pytest.raises(Refused, match=r"case\.no_appeal"):
        result(served, "upheld")
    appeal(served)
    with pytest.raises(Refused, match=r"case\.appeal_outcome"):
        result(served, "softened")


@pytest.mark.parametrize("outcome", ["annulled", "ordered"])
def test_an_annulled_decision_is_handled_anew_and_stays(day, served, outcome):
    old = served.case
    decision = old.decisions.get()
    appeal(served)
    with pytest.raises(Refused, match=r"case\.not_annulled"):
        reopen(served)
    result(served, outcome)
    day(4, 1)
    new = reopen(served)
    assert old.decisions.get() == decision
    assert (old.stage, old.outcome) == ("refusal_served", "refuse")
    assert old.steps.latest("pk").data["reopened_as"] == new.number
    assert (new.stage, new.opened_on, new.due_on) == ("applied", D(2025, 4, 1), None)
    assert list(new.members.values_list("person", flat=True)) == list(old.members.values_list("person", flat=True))
    actions.act(by=served.users["handler"], case=new, act="cases.accept")  # the papers came along
    assert new.due_on == D(2025, 4, 7)  # its own clock
    with pytest.raises(Refused, match=new.number) as refused:
        reopen(served)
    assert refused.value.code == "case.reopened_already"


@pytest.mark.parametrize("outcome", ["upheld", "withdrawn"])
def test_an_upheld_decision_is_not_annulled(served, outcome):
    appeal(served)
    result(served, outcome)
    with pytest.raises(Refused, match=r"case\.not_annulled"):
        reopen(served)


@pytest.mark.parametrize(
    ("ground", "note", "code"), [("mood", "重办", "reopening_ground"), ("error", " ", "reason_missing")]
)
def test_handling_it_anew_takes_a_ground_and_a_reason(served, ground, note, code):
    with pytest.raises(Refused) as refused:
        reopen(served, ground, note)
    assert refused.value.code == f"case.{code}"
    assert reopen(served, "error", "收入重复计算").stage == "applied"


def test_what_is_granted_is_put_right_by_a_change(way):
    way.to_reviewed()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    with pytest.raises(Refused) as refused:
        reopen(way, "error", "收入重复计算")
    assert refused.value.code == "case.out_of_order"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("annuls: [annulled, ordered]", "annuls: [annulled, broken]"), "“broken” is not listed"),
        (("after_annulment: [annulled]", "after_annulment: [mood]"), "“mood” is not listed"),
        (("until: court_until", "until: next_year"), "no day of the proof"),
    ],
)
def test_a_broken_rule_is_refused_with_its_place(change, where):
    text = procedure.load("dibao").text
    broken = text.replace(*change, 1)
    assert broken != text
    with pytest.raises(Refused, match=where):
        procedure.parse(broken, programme="dibao", path="dibao/procedure.yaml")
