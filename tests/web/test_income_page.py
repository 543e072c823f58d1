"""The intake calculator on the screen: what was typed is worked out, stored only when the officer says so."""

import datetime as dt

import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.cases.models import Case, IncomeStatement
from minzheng.core import clock
from minzheng.core.models import Document
from minzheng.people import queries
from minzheng.people.models import Household
from tests.web.town import Town


@pytest.fixture
def town(users) -> Town:
    return Town(users)


@pytest.fixture
def home(town) -> Household:
    """A man of 72, his wife of 69, and a grandchild."""
    return town.family("赵有田", "钱翠", "赵小宝")


@pytest.fixture
def people(home, users):
    with acting(users["handler"]):
        return {row.person.name: row.person for row in queries.members(home, dt.date(2025, 3, 3))}


def typed(people, **more) -> dict:
    head = people["赵有田"].pk
    return {
        "do": "work_out",
        "rows-farming": "2",
        "farming0-produce": "maize",
        "farming0-produce_quantity": "3.5",
        "farming0-who": head,
        "farming1-who": head,
        "daily0-work_days": "40",
        "daily0-day_wage": "120",
        "daily0-yearly_costs": "300",
        "daily0-who": head,
        "monthly0-paid_months": "12",
        "monthly0-who": head,
        "business0-who": head,
        "property0-kind": "rent",
        "property0-who": head,
        "property0-paid_months": "12",
        "transfers0-kind": "basic_pension",
        "transfers0-monthly_amount": "143",
        "transfers0-paid_months": "12",
        "transfers0-who": head,
        "left_out0-kind": "special_care",
        "left_out0-who": head,
        "deductions0-kind": "illness_costs",
        "deductions0-yearly_amount": "1000",
        "deductions0-who": people["钱翠"].pk,
        "deductions0-note": "透析",
        "supporters0-name": "赵远",
        "supporters0-relation": "儿子",
        "supporters0-supporter_income": "36000",
        "supporters0-supporter_people": "3",
        "supporters0-supported_people": "2",
        "of:financial_assets": "2000",
        "of:cars": "0",
        "of:houses": "1",
        "of:business_registered": "no",
        f"m{people['钱翠'].pk}:serious_illness": "yes",
        "covered": [str(one.pk) for one in people.values()],
        "papers": ["application_form"],
    } | more


def stored(model) -> int:
    with scope([EVERYWHERE]):
        return model.objects.count()


def test_the_answer_the_lines_and_the_missing_papers_and_nothing_is_stored(sign_in, home, people):
    client = sign_in("handler")
    empty = client.get(reverse("income", args=[home.pk])).content.decode()
    assert "按此申请" not in empty and "玉米（亩）" in empty and "棉花（亩）" not in empty
    page = client.post(reverse("income", args=[home.pk]), typed(people)).content.decode()
    # 1505 + 4500 + 2925 − 1000 = 7930; 450 × 3 − 660.83 + 45 (72) + 135 (ill) + 45 (child) = 914.17
    assert "7,930.00" in page and "可能符合，每月约 915.00 元" in page
    assert "430.00 × 3.5" in page and "演示用的虚构收入核算表" in page and "2025-01-01" in page
    assert "不计入" in page and "透析" in page and "赵远（儿子）" in page
    missing = page.split("还缺的材料")[1].split("</section>")[0]
    assert "授权书" in missing and "社会救助申请书" not in missing
    assert [stored(model) for model in (Case, IncomeStatement, Document)] == [0, 0, 0]


def test_one_click_opens_the_application_with_all_of_it(sign_in, home, people, users):
    client = sign_in("handler")
    sent = client.post(reverse("income", args=[home.pk]), typed(people, do="apply"))
    assert sent.status_code == 302
    with acting(users["handler"]):
        case, statement = Case.objects.get(), IncomeStatement.objects.get()
        assert sent.url == reverse("case", args=[case.pk])
        assert (statement.case, statement.income) == (case, 793000)
        known = queries.facts(on=clock.today(), household=home)
        assert (known["annual_income"].value, known["houses"].value) == (793000, 1)
        assert queries.facts(on=clock.today(), person=people["钱翠"])["serious_illness"].value is True
        assert [paper.kind for paper in case.papers.all()] == ["application_form"]
        assert case.members.count() == 3
    assert "家庭收入核算表" in client.get(sent.url).content.decode()


def test_with_an_open_application_the_statement_goes_to_it(sign_in, home, people):
    client = sign_in("handler")
    client.post(reverse("income", args=[home.pk]), typed(people, do="apply"))
    page = client.post(reverse("income", args=[home.pk]), typed(people)).content.decode()
    assert "按此申请" not in page and "的申报" in page
    again = typed(people, do="keep") | {"daily0-work_days": "10"}
    assert client.post(reverse("income", args=[home.pk]), again).status_code == 302
    assert (stored(Case), stored(IncomeStatement)) == (1, 2)
    known = client.get(reverse("income", args=[home.pk])).content.decode()  # what was said is there the next time
    assert 'value="10"' in known and 'value="120.00"' in known and "透析" in known and "赵远" in known


def test_an_entitled_family_is_asked_for_whole(sign_in, home, people):
    client = sign_in("handler")
    whole = client.post(reverse("income", args=[home.pk]), typed(people)).content.decode()
    part = client.post(
        reverse("income", args=[home.pk]), typed(people, covered=[str(people["钱翠"].pk)])
    ).content.decode()
    assert "应当整户申请" in part and "民发〔2022〕83号" in part and "应当整户申请" not in whole


def test_above_the_standard_the_status_of_a_borderline_family_is_offered(sign_in, home, people):
    client = sign_in("handler")
    # 150 × 120 − 300 + 1505 + 2925 − 1000 = 21130: 586.94 a head, between 450 and 675
    page = client.post(reverse("income", args=[home.pk]), typed(people, **{"daily0-work_days": "150"})).content.decode()
    assert "可能不符合" in page and "可能属于低保边缘家庭" in page and "programme=borderline" in page
    rich = client.post(reverse("income", args=[home.pk]), typed(people, **{"daily0-work_days": "300"})).content.decode()
    assert "可能不符合" in rich and "可能属于低保边缘家庭" not in rich


def test_another_row_keeps_what_was_typed(sign_in, home, people):
    client = sign_in("handler")
    page = client.post(reverse("income", args=[home.pk]), typed(people, do="more:farming")).content.decode()
    assert 'name="rows-farming" value="3"' in page and "farming2-produce" in page and 'value="3.5"' in page
    assert "可能符合" not in page


def test_what_cannot_be_worked_out_says_which_line_and_keeps_the_form(sign_in, home, people):
    client = sign_in("handler")
    page = client.post(reverse("income", args=[home.pk]), typed(people, **{"daily0-work_days": ""})).content.decode()
    assert "第 1 笔“零工（按天） · 赵有田”算不出" in page and 'value="120"' in page and "可能符合" not in page
    wrong = client.post(
        reverse("income", args=[home.pk]), typed(people, **{"farming0-produce_quantity": "很多"})
    ).content.decode()
    assert "mz-field-wrong" in wrong


def test_who_might_work_is_asked_and_an_override_needs_its_reason(sign_in, town, users):
    with scope([EVERYWHERE]):
        young = town.person("孙壮", dt.date(1985, 1, 2))
        home = town_home(town, young)
    client = sign_in("handler")
    assert f"w{young.pk}-labour_health" in client.get(reverse("income", args=[home.pk])).content.decode()
    form = {"do": "work_out", "covered": [str(young.pk)], "property0-kind": "rent", "transfers0-kind": "pension"}
    form |= {"left_out0-kind": "scholarship", "deductions0-kind": "support_given"}
    form |= {
        f"{name}0-who": young.pk
        for name in ("daily", "monthly", "farming", "business", "property", "transfers", "left_out")
    }
    form |= {"farming1-who": young.pk, "rows-farming": "2"}
    assert "mz-field-wrong" in client.post(reverse("income", args=[home.pk]), form).content.decode()
    form[f"w{young.pk}-labour_health"] = "healthy"
    page = client.post(reverse("income", args=[home.pk]), form).content.decode()
    assert "14,400.00" in page and "还算不出" in page  # nothing is known of their savings
    form[f"w{young.pk}-stated_labour_income"] = "2000"
    assert "须写明理由" in client.post(reverse("income", args=[home.pk]), form).content.decode()


def town_home(town: Town, person) -> Household:
    from minzheng.people import actions

    return actions.form_household(
        by=town.users["handler"], circle="family", area="990101101201", residence="rural", number="AH-900",
        formed_on=dt.date(2015, 1, 1), members=[(person, "head")],
    )  # fmt: skip


def test_the_page_is_the_handlers_and_is_found_from_the_menu(sign_in, home):
    assert sign_in("reviewer").get(reverse("income", args=[home.pk])).status_code == 403
    page = sign_in("handler").get(reverse("income-start") + "?q=赵有田").content.decode()
    assert reverse("income", args=[home.pk]) in page and "收入核算：哪一家" in page
    assert (
        reverse("income", args=[home.pk])
        in sign_in("handler").get(reverse("household", args=[home.pk])).content.decode()
    )
