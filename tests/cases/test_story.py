"""A whole dibao case, each act in the scope of the one whose part it is; its ways back and its other ends."""

import datetime as dt

import pytest

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.cases import actions, queries
from minzheng.cases.models import Assessment, Case, Decision
from minzheng.core import clock, events
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Event, Task
from minzheng.people import queries as people
from tests.cases.conftest import PAPERS, Way, make_family, person

D = dt.date


def test_a_family_of_three_from_application_to_grant(users, law, day, monkeypatch):
    heard = []
    monkeypatch.setitem(events._handlers, "case.decided", [lambda event, by: heard.append(event.payload)])
    handler, worker = users["handler"], users["village_worker"]
    with acting(handler):
        household = make_family(handler, "甲")
        case = actions.open_case(by=handler, programme="dibao", household=household)
        assert (case.stage, case.members.count(), case.number[:7]) == ("applied", 3, "DB2025-")
        actions.act(by=handler, case=case, act="cases.accept", papers=PAPERS)
        assert case.due_on == D(2025, 3, 6)
        task = Task.objects.get(done_on=None)
        assert (task.kind, task.who, task.people, task.due_on) == ("cases.cross_check", "赵甲", 3, D(2025, 3, 6))
        assert "3个工作日" in task.rule
    day(3, 5)
    with acting(handler):
        actions.act(by=handler, case=case, act="cases.cross_check", papers=["verification_report"])
    day(3, 10)
    with acting(handler):
        actions.record_visit(
            by=handler,
            case=case,
            second_visitor=worker,
            visited_on=D(2025, 3, 8),
            met="赵甲",
            findings="土房三间",
            facts={"annual_income": 600_000},
        )
        assert people.facts(on=D(2025, 3, 8), household=household)["annual_income"].source == "surveyed"
        assessment = actions.assess(by=handler, case=case)
        assert (assessment.eligible, assessment.amount) == (True, 100_000)  # 500 × 3 − 6,000 ÷ 12, in fen
        assert assessment.on == D(2025, 4, 1)
        assert assessment.inputs["facts"] == {"annual_income": 600_000}
        assert len(assessment.inputs["members"]) == 3
        assert set(assessment.files) == {"policy", "rates"}
        assert assessment.explanation["amount"] == 100_000
    with acting(worker):
        posting = actions.post(by=worker, case=case)
        assert (posting.shown_name, posting.shown_people, posting.shown_amount) == ("赵甲", 3, 100_000)
        assert posting.ends_on == D(2025, 3, 17)
    day(3, 18)
    with acting(handler):
        actions.end_posting(by=handler, case=case, note="公示无异议")
        posting.refresh_from_db()
        assert posting.taken_down_on == D(2025, 3, 18)
    day(3, 20)
    with acting(users["reviewer"]):
        actions.review(by=users["reviewer"], case=case)
    day(3, 28)
    with acting(users["approver"]):
        decision = actions.decide(by=users["approver"], case=case, outcome="grant")
        assert (decision.first_month, decision.assessment, decision.reason) == (D(2025, 4, 1), assessment, "")
        assert (case.stage, case.outcome, case.closed_on, case.due_on) == ("granted", "grant", D(2025, 3, 28), None)
    assert heard[0]["outcome"] == "grant"
    assert len(heard[0]["covered"]) == 3
    with scope([EVERYWHERE]):
        assert not Task.objects.filter(done_on=None).exists()
        assert [step.act.removeprefix("cases.") for step in case.steps.order_by("pk")] == [
            "apply", "accept", "cross_check", "visit", "assess", "post", "end_posting", "review", "decide",
        ]  # fmt: skip
        assert Event.objects.get(kind="case.decided").subject_id == decision.pk
        acts = set(AuditEntry.objects.filter(subject_type="cases.case").values_list("action", flat=True))
        assert {"cases.apply", "cases.accept", "cases.decide"} <= acts


def test_a_single_person_is_covered_of_a_family(world, family):
    child = family.memberships.get(relation="grandchild").person
    case = actions.open_case(by=world["handler"], programme="dibao", household=family, covered=[child])
    assert [member.person for member in case.members.all()] == [child]
    stranger = person(world["handler"], "外人", D(1970, 1, 1))
    with pytest.raises(Refused, match=r"case\.covered_not_of_family"):
        actions.open_case(by=world["handler"], programme="dibao", household=family, covered=[stranger])


def test_an_objection_sends_the_case_back_to_a_new_visit_and_a_new_posting(way: Way, day):
    way.to_posted()
    first = way.posting
    day(3, 5)
    objection = actions.object_to(by=way.users["handler"], posting=first, by_whom="匿名来电", text="有门面房出租")
    assert way.case.stage == "checked"
    first.refresh_from_db()
    assert first.taken_down_on == D(2025, 3, 5)
    with pytest.raises(Refused, match=r"case\.visit_too_early"):
        actions.record_visit(
            by=way.users["handler"],
            case=way.case,
            second_visitor=way.users["village_worker"],
            visited_on=D(2025, 3, 4),
            met="赵甲",
        )
    assert way.case.visits.count() == 1
    way.visit(income=720_000).assess().post()
    actions.answer_objection(by=way.users["handler"], objection=objection, answer="已复查，租金计入收入")
    assert way.posting.number != first.number
    assert way.posting.shown_amount == 90_000
    way.end_posting().review().county_visit()
    decision = actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    assert decision.assessment.amount == 90_000


def test_a_refusal_skips_the_posting_and_its_letter_has_a_clock(way: Way, day):
    way.accept().check().visit(income=1_800_000).assess()
    with pytest.raises(Refused, match=r"case\.not_eligible"):
        way.post()
    way.review()
    with pytest.raises(Refused, match=r"case\.not_eligible"):
        actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    day(3, 7)
    decision = actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    assert decision.reason == "entitled"
    assert (way.case.stage, way.case.outcome, way.case.closed_on) == ("refused", "refuse", None)
    task = Task.objects.get(done_on=None)
    assert (task.kind, task.due_on) == ("cases.serve", D(2025, 3, 12))
    day(3, 10)
    actions.act(by=way.users["handler"], case=way.case, act="cases.serve", note="本人签收", data={"receiver": "赵甲"})
    assert way.case.closed_on == D(2025, 3, 10)


def test_a_missing_fact_is_named_with_what_to_enter(world, family):
    way = Way(world, family).accept().check()
    actions.record_visit(
        by=world["handler"], case=way.case, second_visitor=world["village_worker"],
        visited_on=clock.today(), met="赵甲",
    )  # fmt: skip
    with pytest.raises(Refused, match=r"case\.cannot_assess") as caught:
        way.assess()
    assert "年收入" in caught.value.text("zh-Hans")
    assert caught.value.values["fact"] == "annual_income"
    assert Assessment.objects.count() == 0
    assert Case.objects.get(pk=way.case.pk).stage == "visited"


def test_a_return_needs_its_reason_and_goes_back_to_the_visit(way: Way):
    way.to_posted().end_posting()
    with pytest.raises(Refused, match=r"case\.reason_missing"):
        actions.act(by=way.users["reviewer"], case=way.case, act="cases.return")
    actions.act(by=way.users["reviewer"], case=way.case, act="cases.return", note="存款未核实")
    assert way.case.stage == "checked"


def test_a_withdrawn_case_is_closed_and_another_can_be_opened(way: Way):
    with pytest.raises(Refused, match=r"case\.already_open"):
        Way(way.users, way.household)
    actions.act(by=way.users["handler"], case=way.case, act="cases.withdraw", note="本人撤回")
    assert (way.case.outcome, way.case.closed_on) == ("withdrawn", clock.today())
    assert not Task.objects.filter(done_on=None).exists()
    assert Way(way.users, way.household).case.stage == "applied"


def granted(way: Way) -> Decision:
    way.to_reviewed()
    return actions.decide(by=way.users["approver"], case=way.case, outcome="grant")


def change(way: Way, reason: str, **values: object) -> Case:
    case = actions.open_case(
        by=way.users["handler"], programme="dibao", kind="change", household=way.household, reason=reason, **values
    )
    actions.act(by=way.users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
    return case


def test_an_income_change_is_assessed_reviewed_and_decided(way: Way, day):
    granted(way)
    day(6, 10)
    from minzheng.people import actions as register

    register.record_fact(
        by=way.users["handler"], name="annual_income", value=1_200_000, source="verified",
        valid_from=D(2025, 6, 1), household=way.household,
    )  # fmt: skip
    case = change(way, "income_changed")
    assert actions.assess(by=way.users["handler"], case=case).amount == 50_000
    actions.review(by=way.users["reviewer"], case=case)
    decision = actions.decide(by=way.users["approver"], case=case, outcome="change")
    assert (decision.outcome, decision.reason, decision.first_month) == ("change", "income_changed", D(2025, 7, 1))


def test_the_death_of_all_ends_the_benefit_with_the_month_of_the_death(way: Way, day):
    granted(way)
    day(6, 10)
    case = change(way, "died", event_on=D(2025, 5, 20))
    assert case.stage == "verified"
    actions.review(by=way.users["reviewer"], case=case)
    decision = actions.decide(by=way.users["approver"], case=case, outcome="stop")
    assert (decision.outcome, decision.first_month) == ("stop", D(2025, 6, 1))
    assert case.event_on == D(2025, 5, 20)


def test_a_change_says_one_of_its_reasons(way: Way):
    with pytest.raises(Refused, match="member_died"):
        change(way, "because")


def test_small_and_fast_is_decided_in_the_township_by_the_leader(world, family, day):
    handler = world["handler"]
    case = actions.open_case(
        by=handler, programme="temporary_assistance", household=family, given={"hardship_kind": "other"}
    )
    actions.act(by=handler, case=case, act="cases.accept", papers=["application_form"])
    assert case.due_on == D(2025, 3, 6)
    actions.assess(by=handler, case=case)
    with pytest.raises(Refused, match=r"access\.forbidden"):
        actions.decide(by=world["approver"], case=case, outcome="grant")
    decision = actions.decide(by=world["leader"], case=case, outcome="grant")
    assert (decision.first_month, decision.assessment.amount) == (D(2025, 3, 1), 50_000)


@pytest.mark.parametrize(
    ("born", "first_month"),
    [
        (D(1945, 2, 10), D(2025, 2, 1)),  # turned 80 last month: from that month
        (D(1945, 3, 20), D(2025, 3, 1)),  # turns 80 later this month
        (D(1940, 2, 10), D(2025, 3, 1)),  # was 80 long before: from the month of the application
    ],
)
def test_old_age_starts_with_the_month_of_the_birthday(world, born, first_month):
    elder = person(world["handler"], "李老", born)
    case = actions.open_case(by=world["handler"], programme="old_age_allowance", person=elder)
    actions.act(by=world["handler"], case=case, act="cases.accept", papers=["application_form", "identity_papers"])
    clock.set_today(D(2025, 3, 21))
    actions.assess(by=world["handler"], case=case)
    assert actions.decide(by=world["approver"], case=case, outcome="grant").first_month == first_month


def test_a_case_view_shows_where_it_stands_and_why_not(way: Way, day, django_assert_max_num_queries):
    way.to_posted()
    day(3, 7)
    with django_assert_max_num_queries(24):
        view = queries.case_view(way.case, user=way.users["handler"])
    assert [(stage.name, stage.state) for stage in view.stages] == [
        ("applied", "done"), ("accepted", "done"), ("checked", "done"), ("visited", "done"), ("assessed", "done"),
        ("posted", "current"), ("posting_ended", "ahead"), ("reviewed", "ahead"), ("granted", "ahead"),
    ]  # fmt: skip
    assert (view.who, view.people, view.missing_papers) == ("赵甲", 3, [])
    assert view.clock.due_on == D(2025, 3, 11)
    assert view.clock.working_days_left == 2
    acts = {row.act: row for row in view.acts}
    assert acts["cases.object"].possible
    assert acts["cases.end_posting"].why_not.code == "case.posting_not_ended"
    assert acts["cases.extend"].why_not.code == "access.forbidden"
    assert view.timeline[0].act == "cases.post"
    assert list(queries.open_cases("990101101")) == [way.case]
    assert not queries.overdue("990101101").exists()
    assert list(queries.overdue("990101101", on=D(2025, 3, 12))) == [way.case]


def test_the_stepper_shows_the_present_round_only(way: Way, day):
    way.to_posted()
    actions.object_to(by=way.users["handler"], posting=way.posting, by_whom="村民", text="不实")
    view = queries.case_view(way.case, user=way.users["handler"])
    assert [(stage.name, stage.state) for stage in view.stages][:4] == [
        ("applied", "done"), ("accepted", "done"), ("checked", "current"), ("visited", "ahead"),
    ]  # fmt: skip
    assert len(view.timeline) == 7
