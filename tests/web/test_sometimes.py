"""The forms of what only some cases need, on the case's page."""

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases.models import Case
from tests.web.town import Town

NOBODY = {"accept-note": "", "accept-kin_of": "", "accept-kin_relation": "", "accept-kin_between": ""}
PAPERS = {"accept-papers": ["application_form", "authorisation", "identity_papers"]}


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def applied(town) -> Case:
    town.on(3, 3)
    household = town.family("赵甲", "钱乙")
    town.means(household, 2400)
    return town.apply(household)


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def send(client, case: Case, act: str, **values) -> str:
    named = {f"{act}-{name}": value for name, value in values.items()}
    page = text(client.post(reverse("case-act", args=[case.pk, act]), named, follow=True))
    with scope([EVERYWHERE]):
        case.refresh_from_db()
    return page


def test_an_acceptance_without_kinship_takes_no_field_more(sign_in, applied):
    client = sign_in("handler")
    page = text(client.get(reverse("case", args=[applied.pk])))
    assert "申请家庭与谁有近亲属关系" in page
    page = send(client, applied, "accept", papers=PAPERS["accept-papers"])
    assert applied.stage == "accepted"
    assert "近亲属备案" not in page


def test_a_declared_kinship_shows_and_holds_the_decision_until_the_county_has_visited(sign_in, users, town, applied):
    handler = sign_in("handler")
    page = send(handler, applied, "accept", papers=PAPERS["accept-papers"], kin_of="committee")
    assert applied.stage == "applied"  # which relation, between whom?
    assert "兄弟姐妹" in page
    kin = {"kin_of": "committee", "kin_relation": "sibling", "kin_between": "赵甲与村委会委员赵乙"}
    page = send(handler, applied, "accept", papers=PAPERS["accept-papers"], **kin)
    assert "近亲属备案" in page
    assert "赵甲与村委会委员赵乙" in page
    town.check(applied)
    town.visit(applied)
    town.assess(applied)
    town.post(applied)
    town.on(3, 12)
    town.end_posting(applied)
    town.review(applied)
    approver = sign_in("approver")
    page = text(approver.get(reverse("case", args=[applied.pk])))
    assert "县级决定前须先入户" in page
    assert 'name="grant-note"' not in page
    page = send(
        approver,
        applied,
        "county_visit",
        second_visitor=str(users["reviewer"].pk),
        visited_on="2025-03-12",
        met="赵甲",
        findings="与乡镇调查一致",
    )
    assert "县级决定前须先入户" not in page
    assert "县级入户调查" in page
    send(approver, applied, "grant", note="")
    assert applied.outcome == "grant"


def test_a_meeting_is_asked_for_with_an_objection_and_entered_on_the_page(sign_in, town, applied):
    town.accept(applied)
    town.check(applied)
    town.visit(applied)
    town.assess(applied)
    town.post(applied)
    client = sign_in("handler")
    page = send(client, applied, "object", by_whom="匿名来电", text="有门面房", meeting="on")
    assert "须先组织民主评议" in page
    came = {"came_representative": "王一、李二 张三\n刘四", "came_committee": "村支书，村主任", "place": "村委会"}
    votes = {"agree": "5", "disagree": "1", "abstain": "0", "minutes": "同意纳入"}
    page = send(client, applied, "evaluate", held_on="2025-03-03", **came, **votes)
    assert "没有全部签字" in page
    assert "王一、李二 张三" in page  # nothing typed is lost
    page = send(client, applied, "evaluate", held_on="2025-03-03", **came, **votes, signed="on")
    assert "王一、李二、张三、刘四" in page
    assert "同意 5，不同意 1，弃权 0" in page
    assert "须先组织民主评议" not in page
    with scope([EVERYWHERE]):
        assert len(applied.steps.get(act="cases.evaluate").data["participants"]) == 6


def test_a_refusal_is_served_with_one_click_and_shows_its_clocks(sign_in, users, town):
    town.on(3, 3)
    household = town.family("赵甲", "钱乙")
    town.means(household, 90_000)
    case = town.apply(household)
    town.accept(case)
    town.check(case)
    town.visit(case)
    town.assess(case)
    town.review(case)
    send(sign_in("approver"), case, "refuse", note="")
    client = sign_in("handler")
    page = text(client.get(reverse("case", args=[case.pk])))
    assert 'name="serve-receiver" value="赵甲"' in page  # filled in: the applicant, today, in person
    assert 'name="serve-served_on" value="2025-03-03"' in page
    page = send(client, case, "serve", receiver="赵甲", manner="left", served_on="2025-03-03", witness="")
    assert "须有见证人" in page
    page = send(client, case, "serve", receiver="赵甲", manner="in_person", served_on="2025-03-03")
    assert case.stage == "refusal_served"
    assert "送达回证" in page
    assert "2025-05-06" in page  # the sixtieth day, 2 May, is a holiday
    assert "2025-09-03" in page


def test_somebody_is_heard_on_the_page_before_a_stop(sign_in, users, town, on_day):
    import datetime as dt

    from minzheng.cases import actions

    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    on_day(dt.date(2026, 7, 6))
    with scope([EVERYWHERE]):
        change = actions.open_case(
            by=users["handler"], programme="dibao", kind="change", household=case.household, reason="stopped"
        )
        actions.act(by=users["handler"], case=change, act="cases.cross_check", papers=["evidence"])
    client = sign_in("handler")
    page = text(client.get(reverse("case", args=[change.pk])))
    assert "减发、停发前须先听取本人意见" in page
    page = send(client, change, "hear", who="赵甲", heard_on="2026-07-06", said="")
    assert "没有写明听取了谁的意见" in page
    page = send(client, change, "hear", who="赵甲", heard_on="2026-07-06", said="同意停发")
    assert "减发、停发前须先听取本人意见" not in page
    assert "同意停发" in page
    send(sign_in("reviewer"), change, "review_end", note="")
    send(sign_in("approver"), change, "end", note="")
    assert (change.stage, change.outcome) == ("stopped", "stop")
    client = sign_in("handler")
    assert "送达停发告知书" in text(client.get(reverse("work-list")))
    page = send(client, change, "serve", receiver="赵甲", manner="in_person", served_on="2026-07-06")
    assert "可申请行政复议至" in page
    assert "送达停发告知书" not in text(client.get(reverse("work-list")))
