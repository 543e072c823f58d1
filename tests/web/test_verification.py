"""The means verification on the case's page."""

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.people.models import Fact
from tests.web.test_sometimes import PAPERS, applied, send, text, town  # noqa: F401 (fixtures)


def member(case, name):
    with scope([EVERYWHERE]):
        return str(case.members.get(person__name=name).person_id)


def cars():
    with scope([EVERYWHERE]):
        return [fact.value for fact in Fact.objects.filter(name="cars", source="verified", superseded_at=None)]


def test_an_adult_who_has_not_signed_holds_the_request_and_is_named(sign_in, applied):  # noqa: F811
    client = sign_in("handler")
    page = send(client, applied, "accept", papers=PAPERS["accept-papers"], unsigned=[member(applied, "钱乙")])
    assert applied.stage == "accepted"
    assert "还没有签署核对授权：<strong>钱乙</strong>" in page
    page = send(client, applied, "request_check", note="")
    assert "还没有签署核对授权的成年家庭成员：钱乙" in page
    page = send(client, applied, "authorise", who=member(applied, "钱乙"), signed_on="2025-03-03", by="")
    assert "还没有签署核对授权" not in page
    page = send(client, applied, "request_check", note="")
    assert "已提出，等待结果" in page


@pytest.fixture
def checked(sign_in, applied):  # noqa: F811
    client = sign_in("handler")
    send(client, applied, "accept", papers=PAPERS["accept-papers"])
    values = {"of:cars": "1", "papers": ["verification_report"], "note": "", "without": ["insurance"]}
    found = {f"cross_check-{name}" if name != "of:cars" else name: value for name, value in values.items()}
    client.post(reverse("case-act", args=[applied.pk, "cross_check"]), found, follow=True)
    return client


def test_the_result_shows_classes_by_person_and_is_recorded_as_verified(checked, applied):  # noqa: F811
    page = text(checked.get(reverse("case", args=[applied.pk])))
    assert "结果有效至" in page
    assert "2025-09-03" in page
    assert page.count("<td>—</td>") == 2  # the insurances of both
    assert cars() == [1]


def test_an_objection_is_upheld_without_new_facts(checked, applied):  # noqa: F811
    page = send(checked, applied, "dispute", by_whom="赵甲", text="车已报废")
    assert "异议复核中" in page
    assert 'name="recheck-upheld"' in page
    page = send(checked, applied, "recheck", upheld="on", note="车辆仍在名下")
    assert "复核后维持" in page
    assert cars() == [1]
