"""Pages of the resident's money: the account it goes to, what failed, the run reconciled, the slip."""

import datetime as dt
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.accounts import with_check_digit
from minzheng.core.models import Document
from minzheng.payments import actions as payments
from minzheng.payments.actions import Returned
from minzheng.payments.models import Payment, Run
from minzheng.people.models import AccountAgreement, Identifier, Person
from tests.web.town import Town

CARD = with_check_digit("621700009999000012")


@pytest.fixture
def town(users, law) -> Town:
    return Town(users)


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def released_run(town: Town) -> Run:
    """Two families granted in January; the money of February's run is released."""
    town.granted(town.family("赵甲"), 2400)
    town.granted(town.family("孙丙"), 2400)
    town.on(2, 5)
    town.fund()
    run = town.run(2)
    by = town.users
    with scope([EVERYWHERE]):
        payments.submit(by=by["handler"], run=run)
        payments.approve(by=by["approver"], run=run)
        payments.release(by=by["finance"], run=run)
    return run


def paid_run(town: Town, *rows: Returned) -> Run:
    """The same with the bank; these lines have come back."""
    run = released_run(town)
    with scope([EVERYWHERE]):
        sent = payments.send(by=town.users["finance"], run=run)
        if rows:
            payments.book_returns(by=town.users["finance"], bank_file=sent.bank_file, rows=rows)
    return run


def test_an_account_with_its_agreement_is_entered_on_the_persons_page(sign_in, town):
    town.granted(town.family("赵甲"), 2400)
    with scope([EVERYWHERE]):
        person = Person.objects.get(name="赵甲")
    client = sign_in("handler")
    address = reverse("person-account", args=[person.pk])
    assert address in text(client.get(reverse("person", args=[person.pk])))
    assert "谁的账户" in text(client.get(address))
    given = {"whose": "guardian", "account": CARD, "holder": "赵大", "relation": "child", "signed_on": "2025-01-02",
             "valid_from": "2025-01-02", "valid_to": "2025-12-31"}  # fmt: skip
    assert "协议还没有归档" in text(client.post(address, given))
    assert "须填写这一项" in text(client.post(address, given | {"holder": ""}))
    paper = SimpleUploadedFile("协议.pdf", b"%PDF-1.4 invented")
    assert client.post(address, given | {"paper": paper}).status_code == 302
    page = text(client.get(reverse("person", args=[person.pk])))
    assert "赵大" in page and "代领" in page and "2025-12-31" in page and CARD not in page
    with scope([EVERYWHERE]):
        made = AccountAgreement.objects.get()
        assert (made.person, made.holder, made.valid_to) == (person, "赵大", dt.date(2025, 12, 31))
        document = Document.objects.get(pk=made.document_id)
    assert client.get(reverse("document", args=[document.pk])).content == b"%PDF-1.4 invented"
    town.on(1, 31)
    assert client.post(address, given | {"number": "7", "account": "", "valid_to": "2026-12-31"}).status_code == 302
    with scope([EVERYWHERE]):
        assert AccountAgreement.objects.count() == 2
        assert Identifier.objects.filter(person=person, kind="account").count() == 2
    assert sign_in("finance").get(address).status_code == 403


def test_an_own_account_is_entered_and_a_wrong_card_refused(sign_in, town):
    town.granted(town.family("赵甲"), 2400)
    with scope([EVERYWHERE]):
        person = Person.objects.get(name="赵甲")
    client = sign_in("handler")
    address = reverse("person-account", args=[person.pk])
    assert "请填写账号" in text(client.post(address, {"whose": "own", "account": ""}))
    wrong = CARD[:-1] + str((int(CARD[-1]) + 1) % 10)
    page = text(client.post(address, {"whose": "own", "account": wrong}))
    assert "校验位不对" in page and "存折账号" in page
    assert client.post(address, {"whose": "own", "account": wrong, "passbook": "on"}).status_code == 302


def test_failures_say_what_to_do_and_are_paid_again_in_bulk(sign_in, town):
    paid_run(town, Returned(1, "账户冻结"), Returned(2, "账号不存在"))
    client = sign_in("handler")
    page = text(client.get(reverse("failures")))
    assert "到银行激活" in page and "更正账号" in page
    with scope([EVERYWHERE]):
        frozen, wrong = Payment.objects.order_by("file_line")
    done = text(client.post(reverse("failures"), {"selected": [frozen.pk, wrong.pk], "note": "已激活"}, follow=True))
    assert "1 笔已安排" in done and "账户还没有更正" in done
    one = reverse("payment", args=[wrong.pk])
    assert "怎么办" in text(client.get(one))
    assert client.post(one, {"account": CARD, "note": "新卡"}).status_code == 302
    assert "没有缓发和退回的款项" in text(client.get(reverse("failures")))
    assert "请先勾选" in text(client.post(reverse("failures"), follow=True))


def test_who_only_looks_has_no_boxes_to_tick(sign_in, town):
    paid_run(town, Returned(1, "账户冻结"))
    assert 'name="selected"' not in text(sign_in("finance").get(reverse("failures")))


def test_a_run_is_reconciled_and_each_figure_opens_its_rows(sign_in, town):
    run = paid_run(town, Returned(1, "账户冻结"))
    client = sign_in("finance")
    address = reverse("run-reconciliation", args=[run.pk])
    assert address in text(client.get(reverse("run", args=[run.pk])))
    page = text(client.get(address))
    assert "还没有对平" in page and "登记银行回盘" in page
    with scope([EVERYWHERE]):
        payments.confirm_paid(by=town.users["finance"], run=run)
    page = text(client.get(address))
    assert "差额为零" in page and "还没有对平" not in page
    for which, rows in (("sent", 2), ("returned", 1), ("paid", 1)):
        ledger = reverse("run-ledger", args=[run.pk, which])
        assert ledger in page
        assert f"共 {rows} 笔" in text(client.get(ledger))
    assert client.get(reverse("run-ledger", args=[run.pk, "x"])).status_code == 404
    read = text(client.get(address, {"read": ""}))
    assert "文件里 2 笔" in read and "不符的序号" not in read


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_slip_is_read_printed_and_taken_as_word(sign_in, town, language):
    run = paid_run(town)
    with scope([EVERYWHERE]):
        payments.confirm_paid(by=town.users["finance"], run=run)
        payment = Payment.objects.select_related("award").order_by("file_line").first()
    client = sign_in("handler", language)
    address = reverse("household-slip", args=[payment.award.household_id])
    assert address in text(client.get(reverse("household-tab", args=[payment.award.household_id, "money"])))
    page = text(client.get(address))
    assert "2025-02-05" in page and f"{payment.amount / 100:,.2f}" in page
    word = client.get(address, {"word": ""})
    assert word.status_code == 200 and word.content[:2] == b"PK"
    assert "2024" in text(client.get(address, {"year": "2024"}))
    person = reverse("person-slip", args=[payment.payee_id])
    assert f"{payment.amount / 100:,.2f}" in text(client.get(person))
    assert client.get(person, {"word": ""}).content[:2] == b"PK"


def test_the_finance_office_chooses_the_banks_layout_and_it_is_offered_again(sign_in, town):
    run = released_run(town)
    client = sign_in("finance")
    assert '<option value="one_card" selected>' in text(client.get(reverse("run", args=[run.pk])))
    act = reverse("run-act", args=[run.pk, "send"])
    assert "没有银行文件格式" in text(client.post(act, {"layout": "nowhere"}))
    assert client.post(act, {"layout": "postal_fixed"}).status_code == 302
    with scope([EVERYWHERE]):
        file = run.bank_files.select_related("document").get()
    assert file.layout == "postal_fixed" and file.document.media_type == "text/plain"
    assert client.get(reverse("document", args=[file.document_id])).content.startswith(b"H0000")
