"""The telephone card: everything of a caller's household on one page, in words that can be read out."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.payments import actions as payments
from minzheng.payments.actions import Returned
from minzheng.people import actions as people
from minzheng.people.models import Identifier, Person
from tests.web.test_pages import text
from tests.web.town import Town


@pytest.fixture
def town(users):
    return Town(users)


def sent(town, run):
    """The run goes to the bank; its one file."""
    by = town.users
    with scope([EVERYWHERE]):
        payments.submit(by=by["handler"], run=run)
        payments.approve(by=by["approver"], run=run)
        payments.release(by=by["finance"], run=run)
        return payments.send(by=by["finance"], run=run).bank_file


def test_a_search_with_one_answer_opens_its_card(sign_in, town):
    family = town.family("赵甲", "钱乙")
    with scope([EVERYWHERE]):
        number = Identifier.objects.filter(person__name="钱乙", kind="id_number").get()
    client = sign_in("handler")
    for asked in ("qy", "钱乙"):
        response = client.get(reverse("search"), {"q": asked}, follow=True)
        page = text(response)
        assert response.redirect_chain, asked
        assert "电话卡片" in page
        assert "赵甲" in page  # the household of whoever was asked for
        assert reverse("household", args=[family.pk]) in page
        assert number.masked in page
    other = town.family("赵丙", "孙戊")
    with scope([EVERYWHERE]):
        found = Person.objects.filter(name__startswith="赵")
        cards = {reverse("phone-person", args=[person.pk]) for person in found}
    many = text(client.get(reverse("search"), {"q": "赵"}))
    assert all(card in many for card in cards)
    assert reverse("phone-household", args=[other.pk]) in text(client.get(reverse("search"), {"q": "柳庄村"}))
    assert reverse("phone-household", args=[family.pk]) in text(client.get(reverse("household", args=[family.pk])))


def test_what_was_paid_is_said_with_its_day_and_the_end_of_the_account(sign_in, town):
    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    town.on(2, 5)
    town.fund()
    town.pay(town.run(2))
    with scope([EVERYWHERE]):
        account = Identifier.objects.get(person__name="赵甲", kind="account")
    page = text(sign_in("handler").get(reverse("phone-household", args=[case.household_id])))
    assert f"已到账，账号尾号 {account.masked[-4:]}" in page
    assert "2025-02 的" in page
    assert "于 2025-02-05 已到账" in page
    assert "62170000" not in page
    assert "怎么办" not in page


def test_a_returned_payment_says_why_and_what_to_do_until_it_is_put_right(sign_in, town):
    case = town.granted(town.family("赵甲"), 2400)
    town.on(2, 5)
    town.fund()
    bank_file = sent(town, town.run(2))
    with scope([EVERYWHERE]):
        [returned] = payments.book_returns(
            by=town.users["finance"], bank_file=bank_file, rows=[Returned(line=1, amount=None, reason="账号不存在")]
        )
    client = sign_in("handler")
    address = reverse("phone-household", args=[case.household_id])
    page = text(client.get(address))
    assert "被银行退回" in page
    assert "账号不存在" in page
    assert "更正账号，下一批次重发" in page
    assert reverse("payment", args=[returned.payment_id]) in page
    form = {"account": "6217000099990000123", "note": "换了新卡"}
    assert client.post(reverse("payment", args=[returned.payment_id]), form).status_code == 302
    after = text(client.get(address))
    assert "已更正，下一批次重发" in after
    assert "怎么办" not in after


def test_a_death_holds_the_benefit_and_the_card_says_so(sign_in, town):
    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    with scope([EVERYWHERE]):
        dead = Person.objects.get(name="钱乙")
        people.record_death(by=town.users["handler"], person=dead, on=dt.date(2025, 1, 19))
    page = text(sign_in("handler").get(reverse("phone-person", args=[dead.pk])))
    assert "以后的款项暂缓发放：钱乙的死亡信息待核实" in page
    assert "去世待核实 2025-01-19" in page
    assert "赵甲" in page
    assert case.household is not None


def test_an_open_case_says_what_is_next_by_when_and_what_is_missing(sign_in, town):
    town.on(3, 3)
    household = town.family("赵甲")
    town.means(household, 2400)
    case = town.apply(household)
    client = sign_in("handler")
    page = text(client.get(reverse("phone-household", args=[household.pk])))
    assert "还缺：社会救助申请书（含承诺）、家庭经济状况核对授权书、身份证、户口簿（查验），请带来或交给村里" in page
    town.accept(case)
    page = text(client.get(reverse("phone-household", args=[household.pk])))
    assert "现在是“已受理”。接下来：启动调查，登记县级核对结果，2025-03-06 前办。" in page
    assert "社会救助申请书" not in page


def test_a_refused_application_is_still_answered_for(sign_in, town):
    town.on(1, 2)
    household = town.family("赵甲")
    town.means(household, 2400)
    case = town.apply(household)
    with scope([EVERYWHERE]):
        from minzheng.cases import actions as cases

        cases.act(by=town.users["handler"], case=case, act="cases.withdraw", note="儿子接走")
    page = text(sign_in("handler").get(reverse("phone-household", args=[household.pk])))
    assert "已于 2025-01-02 办结：申请人撤回" in page


def test_the_card_is_in_english_too_and_says_nothing_where_there_is_nothing(sign_in, town):
    case = town.granted(town.family("赵甲"), 2400)
    alone = town.family("周丁")
    client = sign_in("handler", language="en")
    page = text(client.get(reverse("phone-household", args=[case.household_id])))
    assert "Nothing has been paid yet." in page
    assert "Telephone card" in page
    assert " for 赵甲, each month: " in page
    assert "bring identity card" in text(client.get(reverse("phone-household", args=[alone.pk])))


def test_more_benefits_and_payments_ask_no_more_questions(sign_in, town):
    """One household with one allowance and no payment; another with allowance and old-age allowance for two, months of
    payments, a return and an open case."""
    from minzheng.awards import actions as awards

    small = town.granted(town.family("赵甲"), 2400)
    rich = town.granted(town.family("周丁", "吴戊"), 2400)
    town.on(2, 5)
    town.fund()
    town.pay(town.run(2))
    town.on(3, 5)
    bank_file = sent(town, town.run(3))
    with scope([EVERYWHERE]):
        payments.book_returns(
            by=town.users["finance"], bank_file=bank_file, rows=[Returned(line=2, amount=None, reason="销户")]
        )
        elders = [town.person(name, dt.date(1930, 1, 1)) for name in ("吴老", "周老")]
        for elder in elders:
            people.record_fact(
                by=town.users["handler"],
                name="registered_here",
                value=True,
                source="declared",
                valid_from=dt.date(2020, 1, 1),
                person=elder,
            )
            people.join(
                by=town.users["handler"],
                household=rich.household,
                person=elder,
                relation="parent",
                on=dt.date(2025, 2, 1),
            )
        awards.carry_over_roster(
            by=town.users["handler"],
            programme="old_age_allowance",
            as_of=dt.date(2025, 3, 1),
            evidence="2025年2月花名册",
            rows=[awards.RosterRow(first_month=dt.date(2025, 3, 1), person=elder) for elder in elders],
        )

    client = sign_in("handler")

    def asked(household_id: int) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            page = text(client.get(reverse("phone-household", args=[household_id])))
        return len(captured), page

    asked(small.household_id)  # what is asked once for the process
    few, _page = asked(small.household_id)
    many, page = asked(rich.household_id)
    assert "吴老" in page
    assert page.count("mz-say-card") == 3  # the allowance and two old-age allowances
    assert many <= few + 1  # the one that says who has died, or which payment was booked when
    assert many <= 27
