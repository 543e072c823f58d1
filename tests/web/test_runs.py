"""Runs on the screen: worked out again, differences with their cases, and setting off with consent."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import rows
from minzheng.awards.models import Award
from minzheng.awards.rows import Segment
from minzheng.payments import actions, recoveries
from minzheng.payments.models import Receivable
from tests.web.town import Town

MARCH = dt.date(2025, 3, 1)


@pytest.fixture
def town(users, law) -> Town:
    return Town(users)


@pytest.fixture
def paid(town):
    """A family paid for February and March."""
    case = town.granted(town.family("赵甲"), 2400)
    town.fund()
    town.on(2, 5)
    runs = [town.run(2)]
    town.pay(runs[0])
    town.on(3, 4)
    runs.append(town.run(3))
    town.pay(runs[1])
    with scope([EVERYWHERE]):
        return case, Award.objects.get(household=case.household), runs


def lower(award, since=MARCH, by=100_00, reason="income_changed"):
    with scope([EVERYWHERE]):
        amount = award.amounts.get(superseded_at=None).amount
        rows.write_amounts({award: (since, [Segment(since, None, amount - by, reason, None, award.decision)])})


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_run_is_worked_out_again_and_exported(sign_in, town, paid):
    _, award, runs = paid
    client = sign_in("approver")
    url = reverse("run-replay", args=[runs[1].pk])
    assert url in page(client.get(reverse("run", args=[runs[1].pk])))
    assert "与批次一致，分毫不差" in page(client.get(url))
    assert "没有少发，也没有多发" in page(client.get(url + "?as=now"))
    lower(award)
    assert "与批次一致，分毫不差" in page(client.get(url))
    shown = page(client.get(url + "?as=now"))
    assert "多发 100.00 元" in shown and "收入变化" in shown and "-100.00" in shown
    book = client.get(url + "?as=now&format=xlsx").content
    cells = [cell for row in load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python() for cell in row]
    assert "收入变化" in cells


def test_a_difference_leads_to_its_case(sign_in, town, paid):
    case, _, runs = paid
    client = sign_in("approver")
    shown = page(client.get(reverse("run-bar", args=[runs[0].pk, "entered"])))
    assert reverse("case", args=[case.pk]) in shown and "新增" in shown
    whole = reverse("run-bar", args=[runs[0].pk, "changes"])
    assert whole in page(client.get(reverse("run", args=[runs[0].pk])))
    assert reverse("case", args=[case.pk]) in page(client.get(whole))
    book = load_workbook(io.BytesIO(client.get(whole + "?format=xlsx").content))
    lines = book.get_sheet_by_index(0).to_python()
    assert any("增减" in line and "原因" in line for line in lines) and any("新增" in line for line in lines)


def test_what_nothing_explains_blocks_and_says_what_to_do(sign_in, town, paid):
    _, award, _ = paid
    with scope([EVERYWHERE]):  # an amount that stands as if it had always been there
        found = award.amounts.get(superseded_at=None)
        award.amounts.filter(pk=found.pk).update(superseded_at=timezone.now())
        known = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        found.pk, found.amount, found.recorded_at = None, found.amount - 100_00, known
        found.save(force_insert=True)
    town.on(4, 2)
    run = town.run(4)
    client = sign_in("handler")
    bar = reverse("run-bar", args=[run.pk, "unexplained"])
    assert bar in page(client.get(reverse("run", args=[run.pk])))
    shown = page(client.get(bar))
    assert "没有原因" in shown and "办理动态变更" in shown and "-100.00" in shown
    assert "没有对应的变更记录" in page(client.post(reverse("run-act", args=[run.pk, "submit"])))


def test_with_a_signed_consent_the_handler_sets_off_in_a_run(sign_in, town, paid):
    _, award, _ = paid
    lower(award)
    town.on(3, 20)
    client = sign_in("handler")
    url = reverse("award-recover", args=[award.pk])
    assert client.post(url, {"act": "claim", "claim-reason": "收入增加未报告"}).status_code == 302
    shown = page(client.get(url))
    assert "追回告知书" in shown and "没有，不得抵扣" in shown and "至少留下当月待遇的 80%" in shown
    town.on(4, 2)
    run = town.run(4)
    run_url = reverse("run", args=[run.pk])
    assert "按同意书抵扣" not in page(client.get(run_url))

    signed = {
        "act": "consent",
        "consent-number": "同意〔2025〕1号",
        "consent-signed_by": "户主本人",
        "consent-signed_on": "2025-03-21",
        "consent-monthly": "20",
    }
    wrong = SimpleUploadedFile("同意书.exe", b"MZ")
    assert "不是 PDF、JPG 或 PNG" in page(client.post(url, signed | {"consent-scan": wrong}))
    scan = SimpleUploadedFile("同意书.pdf", b"%PDF-1.4", content_type="application/pdf")
    assert client.post(url, signed | {"consent-scan": scan}).status_code == 302
    shown = page(client.get(url))
    assert "同意〔2025〕1号" in shown and "有效" in shown and "撤回同意书" in shown
    with scope([EVERYWHERE]):
        document = Receivable.objects.get().consents.get().document_id
    assert client.get(reverse("document", args=[document])).content == b"%PDF-1.4"

    shown = page(client.get(run_url))
    assert "按同意书抵扣" in shown and "不低于底线" in shown
    assert client.post(reverse("run-act", args=[run.pk, "set_off"]), {"note": ""}).status_code == 302
    shown = page(client.get(run_url + "?kind=set_off"))
    assert "待抵扣" in shown and "-20.00" in shown
    town.pay(run)
    with scope([EVERYWHERE]):
        assert recoveries.remaining(Receivable.objects.get()) == 80_00
    reconciled = page(sign_in("finance").get(reverse("run-reconciliation", args=[run.pk])))
    assert "台账：抵扣" in reconciled and "差额为零" in reconciled and "还没有对平" not in reconciled
    client = sign_in("handler")
    shown = page(client.get(url))
    assert run.number in shown and "<strong>80.00</strong>" in shown
    assert client.post(url, {"act": "withdraw", "withdraw-on": "2025-04-02"}).status_code == 302
    assert "已撤回" in page(client.get(url))


def test_booked_returns_are_a_state_with_who_and_when(sign_in, town):
    town.granted(town.family("赵甲"), 2400)
    town.granted(town.family("周丁"), 2400)
    town.fund()
    town.on(2, 5)
    run = town.run(2)
    by = town.users
    with scope([EVERYWHERE]):
        actions.submit(by=by["handler"], run=run)
        actions.approve(by=by["approver"], run=run)
        actions.release(by=by["finance"], run=run)
        actions.send(by=by["finance"], run=run)
    client = sign_in("finance")
    assert client.post(reverse("run-returns", args=[run.pk]), {"lines": "1 账号不存在"}).status_code == 302
    shown = page(client.get(reverse("run", args=[run.pk])))
    assert "回盘已登记" in shown and "登记退回" in shown and "确认到账" in shown
    assert client.post(reverse("run-act", args=[run.pk, "confirm_paid"])).status_code == 302
