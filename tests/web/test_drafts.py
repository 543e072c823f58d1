"""The address that keeps drafts, and when a form's draft is gone."""

import json

import pytest
from django.urls import reverse

from minzheng.core.models import Draft
from tests.web.test_pages import text
from tests.web.town import Town

FIELDS = [["note", "核对无异常", None]]


@pytest.fixture
def town(users):
    return Town(users)


def keep(client, form: str, fields=FIELDS):
    return client.post(reverse("drafts"), json.dumps({"form": form, "fields": fields}), content_type="application/json")


def kept(client, form: str):
    return client.get(reverse("drafts"), {"form": form}).json().get(form, {}).get("fields")


def test_each_has_their_own(sign_in):
    handler = sign_in("handler")
    assert keep(handler, "case-1-visit").status_code == 204
    assert kept(handler, "case-1-visit") == FIELDS
    assert kept(sign_in("leader"), "case-1-visit") is None
    assert sign_in("handler").get(reverse("drafts"), {"form": "case-1-visit"})["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '{"form": "../x", "fields": []}',
        '{"form": 5, "fields": []}',
        '{"form": "a", "fields": {"a": "b"}}',
        '{"form": "a", "fields": [["a", 1, null]]}',
        '{"form": "a", "fields": [["a", "b", "on"]]}',
        b"\xff",
    ],
)
def test_what_no_page_sends_is_refused(sign_in, body):
    answer = sign_in("handler").post(reverse("drafts"), body, content_type="application/json")
    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_nobody_keeps_drafts_without_signing_in(client, db):
    assert keep(client, "family").status_code == 302


def test_it_goes_with_the_act_and_stays_with_a_refusal(sign_in, town):
    household = town.family("赵甲")
    town.means(household, 2400)
    case = town.apply(household)
    town.accept(case)
    client = sign_in("handler")
    keep(client, "case-1-cross_check")
    address = reverse("case-act", args=[case.pk, "cross_check"])
    form = {"cross_check-note": "核对无异常", "_draft": "case-1-cross_check"}
    assert "核对报告" in text(client.post(address, form))  # refused: its paper has not come
    assert kept(client, "case-1-cross_check") == FIELDS
    answer = client.post(address, form | {"cross_check-papers": ["verification_report"]})
    assert answer.status_code == 302
    assert answer.cookies["mz-accepted"].value == "case-1-cross_check"
    assert kept(client, "case-1-cross_check") is None


def test_it_stays_where_the_next_page_says_what_went_wrong(sign_in, town):
    household = town.family("赵甲")
    case = town.apply(household)
    client = sign_in("reviewer")  # may not enter papers
    keep(client, "papers")
    answer = client.post(reverse("case-papers", args=[case.pk]), {"papers": ["nothing"], "_draft": "papers"})
    assert answer.status_code == 302
    assert kept(client, "papers") == FIELDS
