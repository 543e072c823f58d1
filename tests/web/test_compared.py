"""The case page sets declared, verified and surveyed side by side, drafts what differs, and tells who came too late."""

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases.models import Case
from minzheng.core import clock
from minzheng.people import actions as people
from minzheng.people.models import Person
from tests.web.test_pages import text, visit_form
from tests.web.town import Town


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def case(town) -> Case:
    """A family of three that declared 2,400 yuan a year; its case waits for the home visit."""
    return town.waiting_for_visit("赵甲", "钱乙", "孙丙")


def record(town, case, name, value, source, person=None):
    with scope([EVERYWHERE]):
        people.record_fact(
            by=town.users["handler"],
            name=name,
            value=value,
            source=source,
            valid_from=clock.today(),
            household=None if person else case.household,
            person=person,
        )


def page(sign_in, case, role="handler", language="zh-hans") -> str:
    return text(sign_in(role, language).get(reverse("case", args=[case.pk])))


def test_the_difference_is_told_with_who_since_when_and_what_it_does(sign_in, town, case):
    """2,400 a year is 200 a month, 3,600 is 300: the family of three is owed 100 yuan less."""
    assert "各来源一致" in page(sign_in, case)
    town.on(3, 4)
    record(town, case, "annual_income", 360_000, "verified")
    shown = page(sign_in, case)
    assert "1 处不一致" in shown
    assert (
        "本户 · 家庭年收入：按申报 2,400.00（2025-03-03起，经办人录入），按核对 3,600.00（2025-03-04起，经办人录入）。"
        "测算按核对。按申报每月 " in shown
    )
    assert "每月少 100.00 元。" in shown
    assert "<strong>3,600.00</strong>" in shown and "<strong>2,400.00</strong>" not in shown


def test_a_members_difference_is_worked_out_for_that_member(sign_in, town, case):
    """The spouse declared a grade-one disability that the register does not know: the supplement goes."""
    spouse = Person.objects.none()
    with scope([EVERYWHERE]):
        spouse = Person.objects.get(name="钱乙")
    record(town, case, "disability_grade", 1, "declared", spouse)
    record(town, case, "disability_grade", 4, "verified", spouse)
    shown = page(sign_in, case)
    assert "钱乙 · 残疾等级：按申报 1（" in shown
    assert "每月少 " in shown.split("钱乙 · 残疾等级")[1].split("</li>")[0]


def test_what_does_not_touch_the_amount_says_so_and_what_ends_it_too(sign_in, town, case):
    record(town, case, "financial_assets", 210_000, "surveyed")
    assert "不影响金额。" in page(sign_in, case)
    record(town, case, "cars", 2, "verified")
    shown = page(sign_in, case).split("机动车辆数")[-1].split("</li>")[0]
    assert "按核对不符合条件" in shown


def test_whoever_may_not_see_the_verification_learns_nothing_of_it(sign_in, town, case):
    record(town, case, "annual_income", 360_000, "verified")
    shown = page(sign_in, case, "village_worker")
    assert "3,600.00" not in shown and "各来源一致" in shown
    record(town, case, "houses", 2, "surveyed")
    shown = page(sign_in, case, "village_worker")
    assert "1 处不一致" in shown and "按入户 2（" in shown
    assert "不符合条件" not in shown and "每月" not in shown.split("差异说明")[1].split("</section>")[0]


def test_it_is_drafted_in_english_too(sign_in, town, case):
    record(town, case, "annual_income", 360_000, "verified")
    shown = page(sign_in, case, language="en")
    assert "as declared 2,400.00 (since 2025-03-03, entered by 经办人); as verified 3,600.00" in shown
    assert "100.00 yuan less each month." in shown


def test_a_page_with_differences_asks_a_fixed_number_of_questions(sign_in, town, case, django_assert_max_num_queries):
    client = sign_in("handler")
    record(town, case, "annual_income", 360_000, "verified")
    client.get(reverse("case", args=[case.pk]))
    with django_assert_max_num_queries(60):
        client.get(reverse("case", args=[case.pk]))


def act(client, case, name, **form):
    return client.post(reverse("case-act", args=[case.pk, name]), form)


def test_the_second_of_two_is_told_who_was_faster_and_keeps_what_was_typed(sign_in, town, users, case):
    client = sign_in("handler")
    form = visit_form(users, **{"visit-findings": "土坯房两间，屋顶漏雨"})
    assert act(client, case, "visit", **form).status_code == 302
    late = act(client, case, "visit", **form)
    assert late.status_code == 409
    shown = late.content.decode()
    assert "经办人在 2025-03-03 办了“入户调查”，环节已是“已入户”" in shown
    assert "土坯房两间，屋顶漏雨" in shown and "柳庄村专干" in shown
    with scope([EVERYWHERE]):
        assert case.visits.count() == 1 and case.steps.filter(act="cases.visit").count() == 1


def test_a_form_out_of_order_is_refused_with_where_the_case_stands(sign_in, town, case):
    late = act(sign_in("approver"), case, "grant", **{"grant-note": "同意，材料齐全"})
    assert late.status_code == 409
    assert "环节已是“已核对”" in late.content.decode() and "同意，材料齐全" in late.content.decode()
    assert "民发〔2021〕57号第二十一条" in late.content.decode()
    with scope([EVERYWHERE]):
        assert not case.decisions.exists()


def test_what_can_be_done_again_is_not_done_twice_by_a_second_press(sign_in, town, case):
    """An assessment may be made anew, but not by a form that was opened before the first one."""
    town.visit(case)
    client = sign_in("handler")
    opened = text(client.get(reverse("case", args=[case.pk])))
    assert '<input type="hidden" name="seen" value="4">' in opened
    assert act(client, case, "assess", seen="4").status_code == 302
    again = text(act(client, case, "assess", seen="4"))
    assert "您打开这张表单之后，经办人在 2025-03-03 办了“测算”，现处于“已测算”。" in again
    assert '<input type="hidden" name="seen" value="5">' in again
    with scope([EVERYWHERE]):
        assert case.assessments.count() == 1
    assert act(client, case, "assess", seen="5").status_code == 302


def test_what_was_typed_is_still_in_the_form_where_the_act_still_holds(sign_in, town, users, case):
    """Somebody declared a kinship meanwhile: the visit can still be entered, with one more press."""
    client = sign_in("handler")
    form = visit_form(users, **{"visit-findings": "土坯房两间"}) | {"seen": "3"}
    kinship = {"declare-kin_of": "staff", "declare-kin_relation": "sibling", "declare-kin_between": "赵甲与李经办"}
    assert act(client, case, "declare", **kinship).status_code == 302
    late = text(act(client, case, "visit", **form))
    assert "办了“登记近亲属关系”" in late and "土坯房两间</textarea>" in late
    assert act(client, case, "visit", **form | {"seen": "4"}).status_code == 302


def test_the_page_says_what_is_different_since_the_assessment(sign_in, town, case):
    client = sign_in("handler")
    town.visit(case)
    town.assess(case)
    town.post(case)
    town.on(3, 20)
    town.end_posting(case)
    town.review(case)
    page = text(client.get(reverse("case", args=[case.pk])))
    assert "测算以后情况有变" not in page
    record(town, case, "cars", 1, "verified")
    for role in ("handler", "approver"):
        page = text(sign_in(role).get(reverse("case", args=[case.pk])))
        assert "测算以后情况有变，须先重新测算：“" in page
        assert "由0变为1" in page
    assert "由0变为1" not in text(sign_in("village_worker").get(reverse("case", args=[case.pk])))
