"""Lists: drawn up by one, decided by another, each line a case of its own."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.cases import actions, queries
from minzheng.cases.models import Assessment, Case, CaseStep, Decision
from minzheng.core.errors import Refused
from minzheng.core.models import Event, Task
from minzheng.people import actions as people
from tests.cases.conftest import make_family

D = dt.date


@pytest.fixture
def families(world):
    made = [make_family(world["handler"], mark) for mark in "甲乙丙"]
    for family, kind in zip(made, ("dibao", "other", "dibao"), strict=True):
        people.record_fact(
            by=world["handler"], name="hardship_kind", value=kind, source="declared",
            valid_from=D(2025, 1, 1), household=family,
        )  # fmt: skip
    return made


def draw(world, families):
    return actions.draw_up_list(
        by=world["handler"], programme="festival_relief", area="990101101", title="2025年春节慰问", parties=families
    )


def test_a_list_is_one_task_and_a_case_for_each(world, families, day):
    drawn = draw(world, families)
    assert Case.objects.filter(case_list=drawn, stage="accepted").count() == 3
    task = Task.objects.get(done_on=None)
    assert (task.subject_type, task.people, task.kind) == ("cases.caselist", 3, "cases.decide")
    assert [(one, one.lines) for one in queries.open_lists("990101")] == [(drawn, 3)]
    day(3, 5)
    decisions = actions.decide_list(by=world["approver"], case_list=drawn)
    assert {d.first_month for d in decisions} == {D(2025, 3, 1)}
    assert {d.assessment.amount for d in decisions} == {50_000}
    assert set(Case.objects.values_list("stage", "closed_on", "outcome")) == {("granted", D(2025, 3, 5), "grant")}
    assert Event.objects.filter(kind="case.decided").count() == 3
    assert not Task.objects.filter(done_on=None).exists()
    for case in Case.objects.order_by("pk"):
        before = (case.stage, case.due_on, case.closed_on, case.outcome)
        actions.rebuild(by=world["handler"], case=case)
        assert (case.stage, case.due_on, case.closed_on, case.outcome) == before
    with pytest.raises(Refused, match=r"case\.list_decided"):
        actions.decide_list(by=world["approver"], case_list=drawn)


def test_a_line_can_be_refused_by_name(world, families):
    drawn = draw(world, families)
    case = Case.objects.get(household=families[1])
    decisions = actions.decide_list(by=world["approver"], case_list=drawn, without=[case], note="上月已慰问")
    assert sorted(d.outcome for d in decisions) == ["grant", "grant", "refuse"]
    assert Task.objects.get(done_on=None).kind == "cases.serve"


def test_a_line_may_have_facts_of_its_own(world):
    family = make_family(world["handler"], "丁")
    drawn = actions.draw_up_list(
        by=world["handler"],
        programme="festival_relief",
        area="990101101",
        title="春节慰问",
        parties=[family],
        given={family.pk: {"hardship_kind": "other"}},
    )
    [decision] = actions.decide_list(by=world["approver"], case_list=drawn)
    assert decision.assessment.inputs["facts"]["hardship_kind"] == "other"


def test_one_who_is_not_eligible_holds_the_list_and_is_named(world, families):
    people.record_fact(
        by=world["handler"], name="hardship_kind", value="none", source="verified",
        valid_from=D(2025, 2, 1), household=families[2],
    )  # fmt: skip
    drawn = draw(world, families)
    with pytest.raises(Refused, match=r"case\.list_not_eligible") as caught:
        actions.decide_list(by=world["approver"], case_list=drawn)
    assert caught.value.values["who"] == "赵丙"
    assert (Decision.objects.count(), Assessment.objects.count()) == (0, 0)


def test_who_draws_the_list_up_does_not_decide_it(world, families):
    from minzheng.access import actions as access

    handler = world["handler"]
    drawn = draw(world, families)
    access.assign(by=handler, user=handler, role="approver", area="990101101", since=D(2020, 1, 1))
    del handler._assignments_today
    with pytest.raises(Refused, match=r"case\.act_conflict"):
        actions.decide_list(by=handler, case_list=drawn)
    case = Case.objects.order_by("pk").first()
    with pytest.raises(IntegrityError, match="act_conflict"), transaction.atomic():
        CaseStep.objects.create(
            case=case, area_id=case.area_id, act="cases.decide", stage_after="granted", on=D(2025, 3, 3), actor=handler
        )


def test_lists_that_cannot_be(world, families):
    with pytest.raises(Refused, match=r"case\.list_parties"):
        draw(world, [])
    with pytest.raises(Refused, match=r"case\.list_parties"):
        draw(world, [families[0], families[0]])
    with pytest.raises(Refused, match=r"case\.no_list"):
        actions.draw_up_list(by=world["handler"], programme="dibao", area="990101101", title="x", parties=families)
    draw(world, families[:1])
    with pytest.raises(Refused, match=r"case\.already_open"):
        draw(world, families)


def bury(world, family, *, verified):
    person = family.memberships.filter(relation="spouse").first() or family.memberships.filter(relation="head").first()
    people.record_death(by=world["handler"], person=person.person, on=D(2025, 3, 3))
    if verified:
        people.verify_death(by=world["handler"], person=person.person)
    return person


def test_nothing_is_granted_to_a_line_in_which_somebody_is_said_to_have_died(world, families):
    drawn = draw(world, families)
    bury(world, families[1], verified=False)
    with pytest.raises(Refused, match=r"case\.death_not_verified"):
        actions.decide_list(by=world["approver"], case_list=drawn)
    assert not Decision.objects.exists()


def test_a_line_whose_head_has_died_waits_for_another(world, families):
    drawn = draw(world, families)
    case = Case.objects.get(household=families[1])
    head = families[1].memberships.get(relation="head").person
    people.record_death(by=world["handler"], person=head, on=D(2025, 3, 3))
    people.verify_death(by=world["handler"], person=head)
    with pytest.raises(Refused, match=r"case\.(no_head|nobody_left)"):
        actions.decide_list(by=world["approver"], case_list=drawn)
    decisions = actions.decide_list(by=world["approver"], case_list=drawn, without=[case], note="全户死亡")
    assert sorted(d.outcome for d in decisions) == ["grant", "grant", "refuse"]
