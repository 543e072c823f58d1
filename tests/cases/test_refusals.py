"""What is refused, by whom: the table, the clocks, and the database itself when somebody goes round the doors."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from minzheng.cases import actions
from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseStep, Decision, Visit
from minzheng.core import clock
from minzheng.core.errors import Refused
from tests.cases.conftest import PAPERS, Way

D = dt.date


def test_papers_are_asked_for_all_at_once(way: Way):
    with pytest.raises(Refused, match=r"case\.papers_missing") as caught:
        actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=["application_form"])
    assert caught.value.values["missing"] == ["authorisation", "identity_papers"]
    assert "第十条" in caught.value.rule
    assert not way.case.papers.exists()  # the refusal took the paper back with it
    actions.receive_papers(by=way.users["handler"], case=way.case, kinds=PAPERS)
    actions.act(by=way.users["handler"], case=way.case, act="cases.accept")
    with pytest.raises(Refused, match=r"case\.unknown_paper"):
        actions.receive_paper(by=way.users["handler"], case=way.case, kind="diploma")


def test_out_of_order_and_double_submits_name_the_rule(way: Way):
    with pytest.raises(Refused, match=r"case\.out_of_order") as caught:
        way.check()
    assert "第十五" in caught.value.rule
    way.accept()
    with pytest.raises(Refused, match=r"case\.already_done") as caught:
        way.accept()
    assert "经办人" in caught.value.text("zh-Hans")
    assert way.case.steps.count() == 2


def test_who_may_not_is_refused(way: Way):
    with pytest.raises(Refused, match=r"access\.forbidden"):
        actions.act(by=way.users["village_worker"], case=way.case, act="cases.accept", papers=PAPERS)


@pytest.mark.parametrize("act", ["cases.visit", "cases.assess", "cases.post", "cases.decide", "cases.object"])
def test_acts_with_a_form_of_their_own_do_not_go_through_the_general_door(way: Way, act):
    with pytest.raises(Refused, match=r"case\.own_form"):
        actions.act(by=way.users["handler"], case=way.case, act=act)


def test_two_visitors_who_differ_and_no_day_in_the_future(way: Way):
    way.accept().check()
    handler, worker = way.users["handler"], way.users["village_worker"]
    today = clock.today()

    def visit(second=worker, on=today, met="赵甲"):
        actions.record_visit(by=handler, case=way.case, second_visitor=second, visited_on=on, met=met)

    with pytest.raises(Refused, match=r"case\.visit_by_two_people") as caught:
        visit(second=handler)
    assert "不得少于2人" in caught.value.rule
    with pytest.raises(Refused, match=r"case\.second_visitor"):
        visit(second=way.users["finance"])
    with pytest.raises(Refused, match=r"case\.visit_in_future"):
        visit(on=today + dt.timedelta(days=1))
    with pytest.raises(Refused, match=r"case\.visit_too_early"):
        visit(on=today - dt.timedelta(days=1))
    with pytest.raises(Refused, match=r"case\.visit_unsigned"):
        visit(met=" ")
    assert way.case.stage == "checked"
    assert not way.case.visits.exists()


def test_the_database_refuses_one_visitor_and_a_future_visit_by_itself(way: Way):
    handler, worker = way.users["handler"], way.users["village_worker"]
    row = {"case": way.case, "area_id": way.case.area_id, "met": "x", "first_visitor": handler}
    with pytest.raises(IntegrityError, match="visit_by_two_people"), transaction.atomic():
        Visit.objects.create(**row, second_visitor=handler, visited_on=clock.today())
    with pytest.raises(IntegrityError, match="visit_in_future"), transaction.atomic():
        Visit.objects.create(**row, second_visitor=worker, visited_on=clock.today() + dt.timedelta(days=1))


def test_separation_of_duties_is_the_databases(way: Way):
    way.to_posted().end_posting()
    step = {"case": way.case, "area_id": way.case.area_id, "stage_after": "reviewed", "on": clock.today()}
    for user, act in (("handler", "cases.review"), ("handler", "cases.decide")):
        with pytest.raises(IntegrityError, match="act_conflict"), transaction.atomic():
            CaseStep.objects.create(**step, actor=way.users[user], act=act)


def test_one_who_holds_both_roles_is_refused_in_words(way: Way):
    from minzheng.access import actions as access

    handler = way.users["handler"]
    access.assign(by=handler, user=handler, role="reviewer", area="990101101", since=D(2020, 1, 1))
    del handler._assignments_today
    way.to_posted().end_posting()
    with pytest.raises(Refused, match=r"case\.act_conflict") as caught:
        actions.review(by=handler, case=way.case)
    assert "职责分离" in caught.value.rule
    assert way.case.stage == "posting_ended"


def test_steps_assessments_and_decisions_cannot_be_changed(way: Way):
    way.to_reviewed()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    for rows in (way.case.steps, way.case.assessments, way.case.decisions):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(area_id="990101101202")


def test_a_posting_cannot_be_shortened(way: Way, day):
    way.to_posted()
    for number in (4, 10):
        day(3, number)
        with pytest.raises(Refused, match=r"case\.posting_not_ended") as caught:
            actions.end_posting(by=way.users["handler"], case=way.case)
        assert "2025-03-11" in caught.value.text("zh-Hans")
        assert "7天" in way.posting.rule
    day(3, 11)
    actions.end_posting(by=way.users["handler"], case=way.case)


def test_an_objection_says_who_and_what_and_comes_while_the_notice_is_up(way: Way):
    way.to_posted()
    with pytest.raises(Refused, match=r"case\.objection_empty"):
        actions.object_to(by=way.users["handler"], posting=way.posting, by_whom="村民", text=" ")
    way.end_posting()
    with pytest.raises(Refused, match=r"case\.out_of_order"):
        actions.object_to(by=way.users["handler"], posting=way.posting, by_whom="村民", text="不实")


def test_of_two_decisions_at_once_the_second_is_refused(way: Way):
    way.to_reviewed()
    stale = Case.objects.get(pk=way.case.pk)
    with CaptureQueriesContext(connection) as caught:
        actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    locks = [q for q in caught.captured_queries if "FOR UPDATE" in q["sql"] and "cases_case" in q["sql"]]
    assert len(locks) == 1
    with pytest.raises(Refused, match=r"case\.already_done"):
        actions.decide(by=way.users["approver"], case=stale, outcome="grant")
    assert Decision.objects.count() == 1


def test_a_step_is_entered_on_its_day(way: Way, day):
    day(3, 5)
    for on in (D(2025, 3, 2), D(2025, 3, 6)):
        with pytest.raises(Refused, match=r"case\.day"):
            actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS, on=on)
    actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS, on=D(2025, 3, 4))
    assert way.case.due_on == D(2025, 3, 7)


def test_the_first_month_by_hand_is_bounded(way: Way):
    way.to_reviewed()
    for wrong in (D(2025, 5, 1), D(2025, 4, 15), D(2023, 1, 1)):
        with pytest.raises(Refused, match=r"case\.first_month"):
            actions.decide(by=way.users["approver"], case=way.case, outcome="grant", first_month=wrong)
    decision = actions.decide(by=way.users["approver"], case=way.case, outcome="grant", first_month=D(2025, 3, 1))
    assert decision.first_month == D(2025, 3, 1)


def test_a_failing_handler_takes_the_decision_back(way: Way, monkeypatch):
    from minzheng.core import events

    def fail(event, by):
        raise RuntimeError("awards")

    monkeypatch.setitem(events._handlers, "case.decided", [fail])
    way.to_reviewed()
    with pytest.raises(RuntimeError):
        actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    assert Case.objects.get(pk=way.case.pk).stage == "reviewed"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("stop", ["accept", "visit", "post", "review"])
def test_stage_and_due_date_are_projections_of_the_steps(way: Way, stop):
    for act in ("accept", "check", "visit", "assess", "post", "end_posting", "review"):
        getattr(way, act)()
        if act == stop:
            break
    kept = {name: getattr(Case.objects.get(pk=way.case.pk), name) for name in door.PROJECTED}
    Case.objects.filter(pk=way.case.pk).update(
        stage="applied", due_on=None, closed_on=D(2025, 1, 1), outcome="grant", procedure_from=D(2000, 1, 1)
    )
    actions.rebuild(by=way.users["handler"], case=way.case)
    assert {name: getattr(Case.objects.get(pk=way.case.pk), name) for name in door.PROJECTED} == kept


def test_a_case_keeps_the_procedure_of_its_acceptance(world, family, on_day):
    on_day(D(2026, 6, 19))
    way = Way(world, family).accept()
    on_day(D(2026, 7, 6))
    way.check()
    assert way.case.procedure_from == D(2021, 7, 1)
    other = Case.objects.get(pk=way.case.pk)
    assert other.procedure_from == D(2021, 7, 1)


def test_a_case_opened_before_a_new_version_and_accepted_after_it_follows_the_new_one(world, family, on_day):
    on_day(D(2026, 6, 30))
    way = Way(world, family)
    assert way.case.procedure_from == D(2021, 7, 1)
    on_day(D(2026, 7, 1))
    assert way.accept().case.procedure_from == D(2026, 7, 1)
