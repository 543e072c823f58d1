"""What is missing told once, endings without a decision, conferences and appeals: the forms on the case's page."""

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases.models import Case
from tests.web.test_sometimes import PAPERS, applied, send, town  # noqa: F401 (fixtures)


@pytest.fixture
def handler(sign_in):
    return sign_in("handler")


def test_what_is_missing_is_told_once_and_the_application_accepted_later(handler, applied):  # noqa: F811
    page = send(handler, applied, "ask_papers", also="申请书第三页未签字")
    assert applied.stage == "supplementing"
    assert "材料补齐后受理" in page
    assert "补正" in page
    assert 'name="ask_papers-also"' not in page  # not a second time
    send(handler, applied, "accept", papers=PAPERS["accept-papers"])
    assert applied.stage == "accepted"


def test_an_application_is_not_accepted_and_its_letter_served(handler, applied):  # noqa: F811
    page = send(handler, applied, "decline", ground="elsewhere", note=" ")
    assert applied.stage == "applied"  # what happened is missing
    page = send(handler, applied, "decline", ground="elsewhere", note="户籍在平川镇")
    assert applied.stage == "not_accepted"
    assert "不予受理、终止通知书" in page
    page = send(handler, applied, "serve_ending", receiver="赵甲", manner="in_person", served_on="2025-03-03", note="")
    assert "可申请行政复议至" in page


def test_an_annulled_ending_is_handled_anew(handler, applied):  # noqa: F811
    send(handler, applied, "decline", ground="elsewhere", note="户籍在平川镇")
    page = send(handler, applied, "appeal", kind="reconsideration", filed_on="2025-03-03", authority="示例县人民政府")
    assert "行政复议 · 示例县人民政府" in page
    page = send(handler, applied, "reopen", ground="annulled", note="重新核实")
    assert "没有登记撤销本决定的复议决定或判决" in page
    send(handler, applied, "appeal_result", outcome="annulled", decided_on="2025-03-03", note="")
    page = send(handler, applied, "reopen", ground="annulled", note="重新核实")
    assert "重新办理 DB2025-" in page


def test_a_conference_counts_what_is_changed_on_its_form(sign_in, town, applied):  # noqa: F811
    town.accept(applied)
    town.check(applied)
    town.visit(applied)
    town.assess(applied)
    reviewer = sign_in("reviewer")
    values = {
        "proposal": "grant", "departs_from": "家庭名下无机动车", "why": "就医专用", "held_on": "2025-03-03",
        "place": "县民政局", "came_county": "甲、乙", "came_township": "丙", "agree": "3", "disagree": "0",
        "abstain": "0", "signed": "on",
    }  # fmt: skip
    page = send(reviewer, applied, "confer", **values)
    assert "哪项情况另作认定" in page  # nothing was changed below
    sent = {f"confer-{name}": value for name, value in values.items()} | {"of:cars": "1"}
    page = reviewer.post(reverse("case-act", args=[applied.pk, "confer"]), sent, follow=True).content.decode()
    assert "予以确认 · 通过" in page
    assert "就医专用" in page
    with scope([EVERYWHERE]):
        assert Case.objects.get(pk=applied.pk).given == {"cars": 1}
