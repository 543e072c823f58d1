"""Pages on real casework: what they show, what they refuse, what they keep."""

import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.cases.models import Case
from minzheng.core.models import AuditEntry
from minzheng.people.models import Household, Identifier
from tests.web.town import Town


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def case(town) -> Case:
    """An application that waits for its home visit."""
    town.on(3, 3)
    household = town.family("赵甲", "钱乙", "孙丙")
    town.means(household, 2400)
    case = town.apply(household)
    town.accept(case)
    town.check(case)
    return case


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def visit_form(users, **changes):
    return {
        "visit-second_visitor": str(users["village_worker"].pk),
        "visit-visited_on": "2025-03-03",
        "visit-met": "赵甲",
        "visit-findings": "砖木结构两间",
        "of:annual_income": "2400",
        "of:financial_assets": "2000.00",
        "of:cars": "0",
        "of:houses": "1",
        "of:business_registered": "no",
    } | changes


def test_the_work_list_asks_a_fixed_number_of_questions(sign_in, town, case, django_assert_max_num_queries):
    client = sign_in("handler")
    for name in ("周丁", "吴戊", "郑己"):
        other = town.apply(town.family(name))
        town.accept(other)
    client.get(reverse("work-list"))
    with django_assert_max_num_queries(20):
        page = text(client.get(reverse("work-list")))
    for name in ("赵甲", "周丁", "吴戊", "郑己"):
        assert name in page
    assert "两人入户调查" in page


def test_the_work_list_of_another_role_waits_for_others(sign_in, case):
    client = sign_in("reviewer")
    assert "赵甲" not in text(client.get(reverse("work-list")))
    assert "赵甲" in text(client.get(reverse("work-list"), {"others": "1"}))


def test_a_visit_goes_through_the_form_and_moves_the_case_on(sign_in, users, case):
    client = sign_in("handler")
    assert "入户调查" in text(client.get(reverse("case", args=[case.pk])))
    response = client.post(reverse("case-act", args=[case.pk, "visit"]), visit_form(users))
    assert (response.status_code, response.url) == (302, reverse("case", args=[case.pk]))
    with scope([EVERYWHERE]):
        case.refresh_from_db()
    assert case.stage == "visited"
    assert "砖木结构两间" in text(client.get(reverse("case", args=[case.pk])))


def test_what_is_refused_is_said_on_the_form_and_nothing_typed_is_lost(sign_in, users, case):
    client = sign_in("handler")
    form = visit_form(users, **{"visit-visited_on": "2025-01-05"})
    page = text(client.post(reverse("case-act", args=[case.pk, "visit"]), form))
    assert "早于" in page
    assert "砖木结构两间" in page
    assert 'value="2025-01-05"' in page
    with scope([EVERYWHERE]):
        case.refresh_from_db()
    assert case.stage == "checked"


def test_an_amount_with_three_decimals_is_not_rounded_but_refused(sign_in, users, case):
    page = text(
        sign_in("handler").post(
            reverse("case-act", args=[case.pk, "visit"]), visit_form(users, **{"of:annual_income": "2400.005"})
        )
    )
    assert "最多两位小数" in page
    assert 'value="2400.005"' in page


def test_an_act_that_somebody_did_before_is_said_in_words(sign_in, town, users, case):
    town.visit(case)
    town.assess(case)
    town.post(case)
    response = sign_in("handler").post(reverse("case-act", args=[case.pk, "visit"]), visit_form(users), follow=True)
    assert "已经有人办过了" in text(response)


def test_a_case_shows_how_the_amount_came_about(sign_in, town):
    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    page = text(sign_in("handler").get(reverse("case", args=[case.pk])))
    assert "家庭年收入 ÷ 12" in page
    assert "2400.00 ÷ 12" in page
    assert "民发〔2021〕57号 第13条" in page
    assert re.search(r"低保月标准 450\.00 元〔\d+〕（虚构）", page)
    assert "凭了解，未见原文，须核对" in page
    assert "赵甲的各项" in page
    assert "确认同意" in page


def test_a_household_of_another_town_is_not_there(sign_in, town, users, areas):
    household = town.family("赵甲")
    with scope([EVERYWHERE]):
        from minzheng.access import actions as access

        access.assign(
            by=users["administrator"], user=users["leader"], role="leader", area="990101102", since=dt.date(2020, 1, 1)
        )
        users["leader"].assignments.filter(area="990101101").delete()
    assert sign_in("handler").get(reverse("household", args=[household.pk])).status_code == 200
    assert sign_in("leader").get(reverse("household", args=[household.pk])).status_code == 404


@pytest.mark.parametrize("tab", ["people", "money", "facts", "cases", "visits", "papers", "timeline"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_tab_of_a_household_opens(sign_in, town, tab, language):
    case = town.granted(town.family("赵甲", "钱乙", "孙丙"), 2400)
    client = sign_in("handler", language)
    assert "赵甲" in text(client.get(reverse("household-tab", args=[case.household_id, tab])))


def test_a_number_is_shown_for_a_reason_that_is_recorded(sign_in, town):
    household = town.family("赵甲")
    with scope([EVERYWHERE]):
        number = Identifier.objects.get(person__memberships__household=household, kind="account")
    client = sign_in("handler")
    page = text(client.get(reverse("household", args=[household.pk])))
    assert number.masked in page
    assert "62170000" not in page
    assert "须写明理由" in text(client.post(reverse("reveal", args=[number.pk]), {"reason": " "}))
    response = client.post(reverse("reveal", args=[number.pk]), {"reason": "核对银行退回"})
    assert "62170000" in text(response)
    assert response["Cache-Control"] == "no-store"
    with scope([EVERYWHERE]):
        entry = AuditEntry.objects.get(action="people.reveal")
    assert entry.actor_name == "经办人"
    assert "核对银行退回" in str(entry.detail)


@pytest.mark.parametrize("asked", ["赵甲", "zj", "柳庄村"])
def test_people_are_found_by_name_initials_and_village(sign_in, town, asked):
    town.family("赵甲")
    response = sign_in("handler").get(reverse("search"), {"q": asked}, follow=True)
    assert "赵甲" in text(response)


def test_a_new_family_is_registered_and_applies(sign_in, town):
    client = sign_in("handler")
    form = {
        "area": "990101101201",
        "address": "3组8号",
        "residence": "rural",
        "number": "AH-900",
        "m0-name": "林新",
        "m0-relation": "head",
        "m0-birth_date": "1960-05-01",
        "m0-sex": "male",
        "m0-no_number_reason": "证件遗失待补",
    }
    response = client.post(reverse("apply-family"), form)
    with scope([EVERYWHERE]):
        household = Household.objects.get(number="AH-900")
        head = household.memberships.get().person
    assert response.url == reverse("apply") + f"?household={household.pk}"
    declared = {
        "programme": "dibao",
        "covered": [str(head.pk)],
        "papers": ["application_form"],
        "opened_on": "2025-03-03",
        "of:annual_income": "1,200",
    }
    nobody = client.post(response.url, declared | {"covered": []})
    assert nobody.status_code == 200  # asks whom it is for, and does not take the whole family
    with scope([EVERYWHERE]):
        assert not Case.objects.filter(household=household).exists()
    response = client.post(response.url, declared)
    with scope([EVERYWHERE]):
        case = Case.objects.get(household=household)
    assert response.url == reverse("case", args=[case.pk])
    assert "社会救助申请书" in text(client.get(response.url))


def test_a_wrong_identity_number_is_refused_with_the_reason_and_stays_typed(sign_in, town):
    form = {
        "area": "990101101201",
        "address": "3组8号",
        "residence": "rural",
        "number": "AH-901",
        "m0-name": "林新",
        "m0-relation": "head",
        "m0-id_number": "110105194912310021",
    }
    page = text(sign_in("handler").post(reverse("apply-family"), form))
    assert "校验" in page
    assert "110105194912310021" in page
    with scope([EVERYWHERE]):
        assert not Household.objects.filter(number="AH-901").exists()


def test_rosters_runs_and_the_report_agree(sign_in, town):
    for name in ("赵甲", "周丁"):
        town.granted(town.family(name), 2400)
    town.on(2, 5)
    town.fund()
    run = town.run(2)
    town.pay(run)
    client = sign_in("handler")
    roster = client.get(reverse("programme", args=["dibao"]), {"month": "2025-02"})
    assert "赵甲" in text(roster)
    total = next(cell.value for cell in roster.context["table"].totals if cell.column.key == "amount")
    assert total == run.total
    page = text(client.get(reverse("run", args=[run.pk])))
    assert "已办结" in page
    assert f"{run.total // 100:,}.00" in page
    figure = client.get(reverse("figure", args=[2025, "dibao_rural.paid"]))
    assert figure.context["agrees"]
    assert figure.context["sum"] == run.total
    assert reverse("figure", args=[2025, "dibao_rural.paid"]) in text(client.get(reverse("report", args=[2025])))
    word = client.get(reverse("report", args=[2025]), {"format": "docx"})
    assert word.content[:2] == b"PK"


def test_the_same_person_cannot_prepare_and_approve_a_run(sign_in, town, users):
    town.granted(town.family("赵甲"), 2400)
    town.on(2, 5)
    town.fund()
    run = town.run(2)
    client = sign_in("handler")
    assert client.post(reverse("run-act", args=[run.pk, "submit"])).status_code == 302
    page = text(client.post(reverse("run-act", args=[run.pk, "approve"]), follow=True))
    assert "没有“payments.approve”的权限" in page or "不能" in page


def test_every_list_goes_to_excel_with_its_columns_and_total(sign_in, town):
    for name in ("赵甲", "周丁", "吴戊"):
        town.granted(town.family(name), 2400)
    response = sign_in("handler").get(reverse("programme", args=["dibao"]), {"month": "2025-02", "format": "xlsx"})
    assert "attachment" in response["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    heads = rows[2]
    assert heads[:3] == ["户主", "村（社区）", "保障人数"]
    assert [row[0] for row in rows[3:6]] == ["赵甲", "周丁", "吴戊"]
    amount = heads.index("每月金额（元）")
    assert rows[6][0] == "合计"
    assert rows[6][amount] == sum(row[amount] for row in rows[3:6])


def test_sorting_and_paging_keep_the_filter(sign_in, town):
    town.family("赵甲")
    page = text(sign_in("handler").get(reverse("households"), {"area": "990101101201", "sort": "-number"}))
    assert "area=990101101201" in page
    assert "赵甲" in page


def test_a_death_is_reported_once_and_holds_what_is_unsent(sign_in, town):
    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    with scope([EVERYWHERE]):
        person = case.household.memberships.get(relation="spouse").person
    client = sign_in("handler")
    assert client.post(reverse("death", args=[person.pk]), {"on": "2025-01-19"}).status_code == 302
    assert "等待核实" in text(client.get(reverse("person", args=[person.pk])))
    with scope([EVERYWHERE]):
        assert Award.objects.get(household=case.household).held_reason
    assert "缓发" in text(client.get(reverse("household-tab", args=[case.household_id, "money"])))


def test_a_bank_file_is_for_whoever_sends_it(sign_in, town):
    town.granted(town.family("赵甲"), 2400)
    town.on(2, 5)
    town.fund()
    run = town.run(2)
    town.pay(run)
    with scope([EVERYWHERE]):
        document = run.bank_files.get().document_id
    assert sign_in("handler").get(reverse("document", args=[document])).status_code == 403
    assert b"62170000" in sign_in("finance").get(reverse("document", args=[document])).content


def test_what_the_bank_returned_is_booked_from_typed_lines(sign_in, town):
    from minzheng.payments import actions as payments

    town.granted(town.family("赵甲"), 2400)
    town.on(2, 5)
    town.fund()
    run = town.run(2)
    by = town.users
    with scope([EVERYWHERE]):
        payments.submit(by=by["handler"], run=run)
        payments.approve(by=by["approver"], run=run)
        payments.release(by=by["finance"], run=run)
        payments.send(by=by["finance"], run=run)
    client = sign_in("finance")
    assert "读不懂" in text(client.post(reverse("run-returns", args=[run.pk]), {"lines": "账号不对"}))
    assert client.post(reverse("run-returns", args=[run.pk]), {"lines": "1 账号不存在"}).status_code == 302
    page = text(client.get(reverse("failures")))
    assert "赵甲" in page
    assert "账号不存在" in page
