"""Dynamic management on the screen: what a decision offers, and what it does."""

import datetime as dt

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.cases import actions as cases
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
