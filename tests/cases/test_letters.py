"""Before and after a decision against somebody: hearings (from 2026-07-01), proof of service, the clocks it starts."""

import datetime as dt

import pytest

from minzheng.awards.models import Award
from minzheng.cases import actions, procedure, queries, sometimes
from minzheng.cases.models import Case
from minzheng.core import clock, workdays
from minzheng.core.errors import Refused
from minzheng.core.models import Task
from minzheng.people import actions as register
from tests.cases.conftest import Way

D = dt.date
CHANGE = procedure.load("dibao").on(D(2025, 1, 1), "change")


def granted(way: Way) -> Way:
    way.to_reviewed()
    actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
    return way


def change(way: Way, reason: str = "income_changed", *, income: int | None = None) -> Case:
    """A change, as far as the county's decision."""
    users = way.users
    if income is not None:
        register.record_fact(
            by=users["handler"], name="annual_income", value=income, source="verified",
            valid_from=clock.today(), household=way.household,
        )  # fmt: skip
    case = actions.open_case(
        by=users["handler"], programme="dibao", kind="change", household=way.household, reason=reason
    )
    actions.act(by=users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
    if case.stage == "checked":
        actions.assess(by=users["handler"], case=case)
    return case


def review(way: Way, case: Case) -> Case:
    actions.review(by=way.users["reviewer"], case=case)
    return case


def decide(way: Way, case: Case, outcome: str):
    return actions.decide(by=way.users["approver"], case=case, outcome=outcome)


def hear(way: Way, case: Case, **changes):
    values = {"who": "赵甲", "heard_on": clock.today(), "said": "孩子今年辞工回家了"}
    return actions.hear(by=way.users["handler"], case=case, **(values | changes))


@pytest.fixture
def on_dibao(world, family, on_day) -> Way:
    """A family granted 1,000 yuan a month in March 2026, as things stand in July."""
    on_day(D(2026, 3, 3))
    way = granted(Way(world, family))
    on_day(D(2026, 7, 6))
    return way


def test_a_lower_amount_waits_for_the_hearing_while_payment_goes_on(on_dibao):
    case = review(on_dibao, change(on_dibao, income=1_200_000))
    with pytest.raises(Refused, match=r"case\.hearing_missing") as caught:
        decide(on_dibao, case, "change")
    assert "第四十八条" in caught.value.rule
    award = Award.objects.get(household=on_dibao.household)
    assert (award.last_month, award.held_reason) == (None, "")  # neither ended nor held
    hear(on_dibao, case)
    assert case.stage == "reviewed"
    assert decide(on_dibao, case, "change").assessment.amount == 50_000


def test_a_higher_amount_needs_no_hearing_and_no_proof_of_service(on_dibao):
    case = review(on_dibao, change(on_dibao, income=300_000))
    assert decide(on_dibao, case, "change").assessment.amount == 125_000
    assert not Task.objects.filter(done_on=None).exists()
    with pytest.raises(Refused, match=r"case\.nothing_to_serve"):
        actions.serve(by=on_dibao.users["handler"], case=case)


def test_a_stop_waits_for_the_hearing_and_one_may_decline(on_dibao):
    case = change(on_dibao, income=2_400_000)
    case = reviewed_as_ineligible(on_dibao, case)
    with pytest.raises(Refused, match=r"case\.hearing_missing"):
        decide(on_dibao, case, "stop")
    hear(on_dibao, case, said="", declined=True)
    assert decide(on_dibao, case, "stop").outcome == "stop"


def reviewed_as_ineligible(way: Way, case: Case) -> Case:
    assert case.assessments.get().eligible is False
    return review(way, case)


def test_giving_up_is_heard_too_and_death_is_not(on_dibao):
    given_up = review(on_dibao, change(on_dibao, "stopped"))
    with pytest.raises(Refused, match=r"case\.hearing_missing"):
        decide(on_dibao, given_up, "stop")
    actions.act(by=on_dibao.users["reviewer"], case=given_up, act="cases.return", note="另案办理")
    actions.act(by=on_dibao.users["handler"], case=given_up, act="cases.withdraw", note="另案办理")
    died = review(on_dibao, change(on_dibao, "died"))
    assert decide(on_dibao, died, "stop").outcome == "stop"
    assert not Task.objects.filter(done_on=None, kind="cases.serve").exists()  # nobody is left to be served


def test_a_hearing_on_another_result_does_not_count(on_dibao):
    case = change(on_dibao, income=1_200_000)
    hear(on_dibao, case)
    register.record_fact(
        by=on_dibao.users["handler"], name="annual_income", value=1_500_000, source="verified",
        valid_from=clock.today(), household=on_dibao.household,
    )  # fmt: skip
    actions.assess(by=on_dibao.users["handler"], case=case)
    review(on_dibao, case)
    with pytest.raises(Refused, match=r"case\.hearing_missing"):
        decide(on_dibao, case, "change")
    hear(on_dibao, case)
    assert decide(on_dibao, case, "change").assessment.amount == 25_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"who": " "}, "case.hearing_empty"),
        ({"said": ""}, "case.hearing_empty"),
        ({"heard_on": D(2026, 7, 7)}, "case.hearing_day"),
        ({"heard_on": D(2026, 7, 5)}, "case.hearing_day"),
    ],
)
def test_a_hearing_says_who_what_and_when(on_dibao, changes, code):
    case = change(on_dibao, income=1_200_000)
    with pytest.raises(Refused) as caught:
        hear(on_dibao, case, **changes)
    assert caught.value.code == code
    assert "第四十八条" in caught.value.rule


def test_a_change_opened_before_the_new_law_is_decided_without_a_hearing(world, family, on_day):
    on_day(D(2026, 3, 3))
    way = granted(Way(world, family))
    on_day(D(2026, 6, 20))
    case = change(way, income=1_200_000)
    on_day(D(2026, 7, 6))
    with pytest.raises(Refused, match=r"case\.out_of_order"):
        hear(way, case)
    assert decide(way, review(way, case), "change").assessment.amount == 50_000


def test_a_stop_is_served_after_the_case_is_closed_and_the_clocks_start(way: Way, day):
    granted(way)
    day(6, 10)
    case = reviewed_as_ineligible(way, change(way, income=2_400_000))
    decide(way, case, "stop")
    assert (case.stage, case.closed_on) == ("stopped", D(2025, 6, 10))
    task = Task.objects.get(done_on=None)
    assert (task.kind, task.label["zh-Hans"]) == ("cases.serve", "送达停发告知书")
    day(6, 12)
    step = actions.serve(by=way.users["handler"], case=case, receiver="钱甲", served_on=D(2025, 6, 11))
    assert step.data == {
        "receiver": "钱甲",
        "manner": "in_person",
        "served_on": "2025-06-11",
        "witness": "",
        "received_on": "2025-06-11",
        "reconsideration_until": "2025-08-11",  # the sixtieth day, 10 August, is a Sunday
        "court_until": "2025-12-11",
    }
    assert (case.stage, case.closed_on) == ("stopped", D(2025, 6, 10))
    assert not Task.objects.filter(done_on=None).exists()
    kept = Case.objects.get(pk=case.pk)
    actions.rebuild(by=way.users["handler"], case=case)
    assert (kept.stage, kept.closed_on) == (case.stage, case.closed_on)
    with pytest.raises(Refused, match=r"case\.nothing_to_serve"):
        actions.serve(by=way.users["handler"], case=case)


def test_a_reduction_is_served_too(way: Way, day):
    granted(way)
    day(6, 10)
    case = review(way, change(way, income=1_200_000))
    decide(way, case, "change")
    assert Task.objects.get(done_on=None).kind == "cases.serve"
    actions.serve(by=way.users["handler"], case=case)
    assert case.steps.get(act="cases.serve").data["receiver"] == "赵甲"


def test_a_new_standard_in_between_is_what_a_change_is_compared_with(way: Way, day):
    """Less than the amount of the last assessment of any kind, not than the one that was granted."""
    granted(way)
    day(6, 10)
    first = review(way, change(way, income=1_200_000))
    decide(way, first, "change")
    actions.serve(by=way.users["handler"], case=first)
    second = review(way, change(way, income=900_000))  # less than at first, more than now
    assert decide(way, second, "change").assessment.amount == 75_000
    assert second.steps.get(act="cases.decide").data["lowers"] is False


@pytest.fixture
def refused(way: Way, day) -> Way:
    way.accept().check().visit(income=1_800_000).assess().review()
    day(3, 7)
    actions.decide(by=way.users["approver"], case=way.case, outcome="refuse")
    return way


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"manner": "pigeon"}, "case.service_manner"),
        ({"manner": "left"}, "case.service_witness"),
        ({"served_on": D(2025, 3, 6)}, "case.service_day"),
        ({"served_on": D(2025, 3, 11)}, "case.service_day"),
    ],
)
def test_a_proof_of_service_says_how_and_when(refused: Way, day, changes, code):
    day(3, 10)
    with pytest.raises(Refused) as caught:
        actions.serve(by=refused.users["handler"], case=refused.case, **changes)
    assert caught.value.code == code
    assert "送达回证" in caught.value.rule


def test_a_refusal_served_by_notice_counts_as_received_thirty_days_later(refused: Way, day):
    day(3, 10)
    actions.serve(by=refused.users["handler"], case=refused.case, manner="notice")
    assert refused.case.stage == "refusal_served"
    data = refused.case.steps.get(act="cases.serve").data
    assert (data["received_on"], data["reconsideration_until"]) == ("2025-04-09", "2025-06-09")
    view = queries.case_view(refused.case, user=refused.users["handler"])
    assert view.timeline[0].data["receiver"] == "赵甲"


@pytest.mark.parametrize(
    ("served", "court"),
    [(D(2025, 8, 31), D(2026, 2, 28)), (D(2023, 8, 31), D(2024, 2, 29)), (D(2025, 3, 10), D(2025, 9, 10))],
)
def test_six_months_end_on_the_same_day_or_the_months_last(served, court):
    found = sometimes.remedies(CHANGE.service, served, "in_person", workdays).court_until
    assert 0 <= (found - court).days <= 3  # a rest day gives way
    assert workdays.is_working_day(found)
