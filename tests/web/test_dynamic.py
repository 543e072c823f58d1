"""Dynamic management on the screen: what a decision offers, and what it does."""

import datetime as dt

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.cases import actions as cases
from minzheng.core.models import Document
from minzheng.people import actions as people
from tests.web.town import Town

DAY = dt.date(2025, 6, 10)


@pytest.fixture
def town(users) -> Town:
    return Town(users)


@pytest.fixture
def home(town):
    """A family in receipt of the allowance from February; today is 2025-06-10."""
    household = town.family("赵大山", "钱小花", "赵小山")
    town.granted(household, 6_000)
    town.on(6, 10)
    return household


def reviewed(town, household, reason: str, income_yuan: int):
    """A change whose assessment is there, waiting for the county."""
    by = town.users
    with scope([EVERYWHERE]):
        people.record_fact(
            by=by["handler"], name="annual_income", value=income_yuan * 100, source="verified", valid_from=DAY,
            household=household,
        )  # fmt: skip
        case = cases.open_case(
            by=by["handler"], programme="dibao", kind="change", household=household, reason=reason, event_on=DAY
        )
        cases.act(by=by["handler"], case=case, act="cases.cross_check", papers=["evidence"])
        cases.assess(by=by["handler"], case=case)
        cases.review(by=by["reviewer"], case=case)
    return case


def test_the_decision_offers_a_grace_period_where_the_rule_allows_it(sign_in, town, home):
    case = reviewed(town, home, "work_income", 60_000)
    client = sign_in("approver")
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "渐退期" in page
    assert "逐步减少" in page
    sent = client.post(
        reverse("case-act", args=[case.pk, "stop"]),
        {"stop-note": "", "stop-grace": "full", "stop-grace_months": "4"},
    )
    assert sent.status_code == 302
    with scope([EVERYWHERE]):
        award = Award.objects.get(household=home)
        assert (award.last_month, award.amounts.get(reason="grace", superseded_at=None).first_month) == (
            dt.date(2025, 10, 1),
            dt.date(2025, 7, 1),
        )
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "渐退告知书" in page
    english = sign_in("approver", "en").get(reverse("household-tab", args=[home.pk, "money"])).content.decode()
    assert "Grace period" in english


def test_it_is_not_offered_for_another_reason(sign_in, town, home):
    case = reviewed(town, home, "income_changed", 60_000)
    page = sign_in("approver").get(reverse("case", args=[case.pk])).content.decode()
    assert "不给渐退期" not in page


def test_too_many_months_are_refused_on_the_form(sign_in, town, home):
    case = reviewed(town, home, "work_income", 60_000)
    client = sign_in("approver")
    page = client.post(
        reverse("case-act", args=[case.pk, "stop"]),
        {"stop-note": "已就业", "stop-grace": "full", "stop-grace_months": "9"},
    ).content.decode()
    assert "渐退期须为 1 至 6 个月" in page
    assert "已就业" in page


def test_a_death_that_ends_a_grace_period_says_so_and_the_family_is_asked_to_apply_anew(sign_in, town, home):
    case = reviewed(town, home, "work_income", 60_000)
    with scope([EVERYWHERE]):
        grace = {"way": "full", "months": 6}
        cases.decide(by=town.users["approver"], case=case, outcome="stop", grace=grace)
        wife = home.memberships.get(person__name="钱小花").person
    town.on(8, 4)
    client = sign_in("handler")
    url, file = reverse("death", args=[wife.pk]), reverse("household", args=[home.pk])
    warning = "户正在渐退期内：核实死亡以后渐退期提前结束"
    assert warning in client.get(url).content.decode()
    client.post(url, {"on": "2025-08-02"})
    assert warning in client.get(url).content.decode()
    assert "渐退期提前结束" not in client.get(file).content.decode()
    client.post(url, {})
    asked = "钱小花去世，渐退期提前结束（发至 2025-08）"
    assert asked in client.get(file).content.decode()
    assert asked in client.get(reverse("work-list")).content.decode()
    with scope([EVERYWHERE]):
        assert Award.objects.get(household=home).last_month == dt.date(2025, 8, 1)
        assert Document.objects.filter(kind="awards.grace_ended", subject_id=home.pk).count() == 1
        cases.open_case(by=town.users["handler"], programme="borderline", household=home)
    assert asked in client.get(file).content.decode()  # another programme is another matter
    with scope([EVERYWHERE]):
        cases.open_case(by=town.users["handler"], programme="dibao", household=home)
    assert "渐退期提前结束" not in client.get(file).content.decode()
