"""The pages of funds: the list with its forecast, opening, booking, the rows behind a figure, shares, warnings."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core import clock
from minzheng.payments import actions
from minzheng.payments.models import Budget, CostShare, Fund, Transfer
from tests.web.test_pages import text
from tests.web.town import Town

COUNTY, TOWN = "990101", "990101101"
OPEN = {
    "name": "中央财政困难群众救助补助资金",
    "name_en": "",
    "year": 2025,
    "source": "central",
    "area": COUNTY,
    "department": "",
    "purpose": ["dibao", "tekun"],
    "earlier_years": "on",
}


@pytest.fixture
def town(users) -> Town:
    return Town(users)


def opened(town, **more) -> Fund:
    wanted = {
        "area": COUNTY, "year": 2025, "name": {"zh-Hans": "县级资金", "en": "County fund"}, "source": "county",
        "purpose": ["dibao"], "department": {},
    }  # fmt: skip
    with scope([EVERYWHERE]):
        return actions.open_fund(by=town.users["finance"], **(wanted | more))


def book(client, fund: Fund, name: str, **values):
    return client.post(reverse("fund-act", args=[fund.pk, name]), values)


def test_finance_opens_a_fund_budgets_it_and_books_what_comes(sign_in, town):
    client = sign_in("finance")
    assert reverse("fund-open") in text(client.get(reverse("funds")))
    response = client.post(reverse("fund-open"), OPEN)
    with scope([EVERYWHERE]):
        fund = Fund.objects.get()
    assert response.url == reverse("fund", args=[fund.pk])
    assert (fund.source, fund.purpose, fund.area_id) == ("central", ["dibao", "tekun"], COUNTY)
    money = {"amount": "1,200.50", "on": "2025-03-03", "memo": "示财社〔2025〕3号"}
    assert book(client, fund, "allocate", **money).status_code == 302
    line = {"programme": "tekun", "area": TOWN, "amount": "3000", "document": "示财预〔2025〕1号", "on": "2025-01-20"}
    assert book(client, fund, "budget", **line).status_code == 302
    page = text(client.get(reverse("fund", args=[fund.pk])))
    assert "1,200.50" in page and "3,000.00" in page and "示财预〔2025〕1号" in page
    listed = client.get(reverse("funds"))
    (row,) = listed.context["table"].rows
    assert (row["budget"], row["allocated"], row["balance"]) == (300_000, 120_050, 120_050)


def test_a_refusal_stands_on_the_form_that_it_is_of(sign_in, town):
    client, fund = sign_in("finance"), opened(town)
    response = book(client, fund, "allocate", amount="100", on="2024-12-31", memo="x")
    page = text(response)
    assert "拨入日期 2024-12-31 不在 2025 年内" in page
    assert 'id="allocate" open' in page and 'value="100"' in page
    again = client.post(reverse("fund-open"), OPEN)
    assert again.status_code == 302
    assert "已有同名、同来源、同用途的资金" in text(client.post(reverse("fund-open"), OPEN))
    with scope([EVERYWHERE]):
        assert not Transfer.objects.exists()
        assert Fund.objects.count() == 2


def test_two_clicks_book_once(sign_in, town):
    client, fund = sign_in("finance"), opened(town)
    money = {"amount": "100", "on": "2025-03-03", "memo": "示财社〔2025〕3号"}
    assert book(client, fund, "allocate", **money).status_code == 302
    assert "已有一笔相同的 100.00 元" in text(book(client, fund, "allocate", **money))
    assert book(client, fund, "allocate", **money | {"memo": "示财社〔2025〕3号（二）"}).status_code == 302
    with scope([EVERYWHERE]):
        assert Transfer.objects.count() == 2


def test_money_passes_only_where_there_is_a_fund_alike(sign_in, town):
    client, county = sign_in("finance"), opened(town)
    book(client, county, "allocate", amount="1000", on="2025-03-03", memo="x")
    assert "下拨" not in [act["label"] for act in client.get(reverse("fund", args=[county.pk])).context["acts"]]
    lower = opened(town, area=TOWN)
    opened(town, area=TOWN, purpose=["tekun"], name={"zh-Hans": "别的", "en": "Other"})
    page = client.get(reverse("fund", args=[county.pk]))
    (act,) = [act for act in page.context["acts"] if act["label"] == "下拨"]
    assert [value for value, _label in act["form"].fields["to"].choices] == [str(lower.pk)]
    sent = book(client, county, "pass_on", to=lower.pk, amount="400", on="2025-03-03", memo="示财社〔2025〕8号")
    assert sent.status_code == 302
    page = text(client.get(reverse("fund", args=[lower.pk])))
    assert "400.00" in page and "县级资金" in page


def test_only_finance_is_offered_what_it_may_do(sign_in, town):
    fund = opened(town)
    for role in ("handler", "approver"):
        client = sign_in(role)
        assert client.get(reverse("fund-open")).status_code == 403
        assert book(client, fund, "allocate", amount="1", on="2025-03-03", memo="x").status_code == 403
        page = client.get(reverse("fund", args=[fund.pk]))
        assert page.context["acts"] == []
    # The township sees what the county's fund holds, not what it is needed for elsewhere.
    page = sign_in("handler").get(reverse("fund", args=[fund.pk]))
    assert not page.context["whole"]
    assert "这是上级的资金" in text(page)


@pytest.fixture
def paid(town) -> Fund:
    """A fund that has paid February to two families."""
    town.granted(town.family("赵甲"), 2400)
    town.granted(town.family("周丁"), 1200)
    town.on(2, 5)
    fund = town.fund(2_000)
    town.pay(town.run(2))
    return fund


def test_every_figure_opens_the_rows_that_add_up_to_it(sign_in, town, paid):
    client = sign_in("finance")
    for page in (client.get(reverse("funds")), client.get(reverse("fund", args=[paid.pk]))):
        for kind in ("by_programme", "by_area"):
            assert page.context[kind]
            for row in page.context[kind]:
                if row["used"]:
                    table = client.get(row["url"].split("#")[0]).context["table"]
                    totals = {cell.column.key: cell.value or 0 for cell in table.totals}
                    assert totals["out"] - totals["in"] == row["used"]
                if row["ahead"]:
                    table = client.get(row["ahead_url"]).context["table"]
                    assert sum(cell.value for cell in table.totals if cell.column.key == "fen") == row["ahead"]
    chart = client.get(reverse("funds")).context["area_chart"]
    assert chart["labels"] == ["安和镇"] and len(chart["urls"]) == 1


def test_the_months_of_a_fund_lead_from_what_was_to_what_will_be(sign_in, town, paid):
    page = sign_in("finance").get(reverse("fund", args=[paid.pk]))
    months = page.context["months"]
    assert [row["month"].month for row in months] == list(range(1, 13))
    with scope([EVERYWHERE]):
        paid.account.refresh_from_db()
    assert months[-1]["closing"] == paid.account.balance - sum(row["need"] for row in months)
    assert months[-1]["short"]
    assert "资金不够" in text(page)


def test_a_fund_that_will_not_last_is_on_the_work_list_of_finance(sign_in, town, paid):
    page = text(sign_in("finance").get(reverse("work-list")))
    assert "资金不够" in page and reverse("fund", args=[paid.pk]) in page
    assert "资金不够" not in text(sign_in("handler").get(reverse("work-list")))


def test_the_ledger_goes_in_pages_and_to_excel(sign_in, town, paid):
    client = sign_in("finance")
    with scope([EVERYWHERE]):
        for n in range(60):
            actions.allocate(by=town.users["finance"], fund=paid, amount=n + 1, on=dt.date(2025, 2, 5))
    page = client.get(reverse("fund", args=[paid.pk]), {"page": 2})
    table = page.context["table"]
    assert (table.page, table.pages, table.count) == (2, 4, 63)
    excel = client.get(reverse("fund", args=[paid.pk]), {"format": "xlsx"})
    assert "attachment" in excel["Content-Disposition"]


def test_shares_are_set_and_say_what_each_level_owes(sign_in, town, paid):
    client = sign_in("finance")
    wanted = {"programme": "dibao", "area": COUNTY, "since": "2025-01-01", "document": "示财社〔2025〕5号"}
    page = text(client.post(reverse("fund-shares"), wanted | {"part.central": "60", "part.county": "39.99"}))
    assert "合计 99.99%" in page and 'value="39.99"' in page
    sent = client.post(reverse("fund-shares"), wanted | {"part.central": "60", "part.county": "40"})
    assert sent.status_code == 302
    with scope([EVERYWHERE]):
        assert CostShare.objects.get().parts == {"central": 6000, "county": 4000}
    (group,) = client.get(reverse("fund-shares")).context["groups"]
    central, county = group["levels"]
    assert central["should"] + county["should"] == group["cost"] > 0
    assert (central["provided"], central["missing"]) == (0, central["should"])
    assert county["provided"] == 200_000
    assert "尚缺" in text(client.get(reverse("fund", args=[paid.pk])))
    assert sign_in("handler").post(reverse("fund-shares"), wanted | {"part.county": "100"}).status_code == 403


def test_next_years_fund_is_opened_like_this_years_and_carried_over_into(sign_in, town):
    client, fund = sign_in("finance"), opened(town, name={"zh-Hans": "县级资金2025", "en": "County 2025"})
    book(client, fund, "allocate", amount="500", on="2025-03-03", memo="x")
    form = client.get(reverse("fund-open"), {"from": fund.pk}).context["form"]
    assert (form.initial["name"], form.initial["year"], form.initial["purpose"]) == ("县级资金2026", 2026, ["dibao"])
    after = opened(town, year=2026)
    clock.set_today(dt.date(2026, 1, 5))
    assert book(client, fund, "carry_over", to=after.pk, amount="", on="2026-01-05", memo="").status_code == 302
    with scope([EVERYWHERE]):
        after.account.refresh_from_db()
    assert after.account.balance == 50_000


def test_pages_take_no_more_queries_for_more_funds(sign_in, town, paid):
    client = sign_in("finance")
    addresses = (reverse("funds"), reverse("fund", args=[paid.pk]), reverse("fund-rows"), reverse("fund-shares"))
    counts = {address: _queries(client, address) for address in addresses}
    for number in range(5):
        fund = opened(town, name={"zh-Hans": f"资金{number}", "en": f"Fund {number}"})
        with scope([EVERYWHERE]):
            actions.allocate(by=town.users["finance"], fund=fund, amount=100, on=dt.date(2025, 2, 5))
            actions.set_budget(
                by=town.users["finance"], fund=fund, programme="dibao", amount=100, on=dt.date(2025, 2, 5), document="x"
            )
    for address in addresses:
        assert _queries(client, address) <= counts[address], address
    with scope([EVERYWHERE]):
        assert Budget.objects.count() == 5


def _queries(client, address: str) -> int:
    client.get(address)  # what is remembered is asked for now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_year_that_cannot_be_read_is_this_one(sign_in, town):
    for year in ("", "abc", "99999", "²⁰²⁵"):
        assert sign_in("finance").get(reverse("funds"), {"year": year}).context["year"] == 2025
