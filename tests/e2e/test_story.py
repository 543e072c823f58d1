"""From an application to the report, in a real browser: each person does their own part."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def act(page: Page, label: str) -> None:
    """Send the form of an act on a case's page, and see that it was done."""
    page.locator(".mz-act-form button[type=submit]", has_text=re.compile(rf"^\s*{label}\s*$")).click()
    expect(page.locator(".alert-success")).to_contain_text(label)


def press(page: Page, label: str) -> None:
    """Press the button of an act on a run's page, and see that it was done."""
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".alert-success")).to_contain_text(label)


def open_task(page: Page, address: str, who: str) -> None:
    page.goto(address)
    page.locator(".mz-task", has_text=who).first.get_by_role("link", name="办理").click()


def test_from_application_to_report(site, sign_in):
    handler, reviewer, approver, finance = (sign_in(role) for role in ("handler", "reviewer", "approver", "finance"))

    # The handler finds the family by initials, enters what it declares, and applies.
    handler.goto(f"{site.address}/apply/find?q=zds")
    handler.get_by_role("link", name="申请", exact=True).click()
    expect(handler.get_by_role("heading", level=1)).to_contain_text("赵大山")
    handler.get_by_label("家庭年收入（元）").fill("3000")
    handler.get_by_label("家庭金融资产（元）").fill("1,500")
    handler.get_by_label(re.compile("机动车辆数")).fill("0")
    handler.get_by_label("住房套数").fill("1")
    handler.get_by_label(re.compile("有市场主体登记")).select_option("no")
    for paper in ("社会救助申请书（含承诺）", "家庭经济状况核对授权书", "身份证、户口簿（查验）"):
        handler.get_by_label(paper).check()
    handler.get_by_role("button", name="提出申请").click()
    expect(handler.locator(".mz-step-current")).to_contain_text("已申请")
    case = handler.url

    # Accepts, enters the verification, visits with the village worker, assesses, posts.
    act(handler, "受理")
    handler.locator(".mz-act-form[open]").get_by_label("家庭经济状况核对报告").check()
    act(handler, "登记核对结果")
    handler.get_by_label("第二调查人").select_option(label="王专干")
    handler.get_by_label("在场签字的家庭成员").fill("赵大山")
    handler.get_by_label("看到的情况").fill("砖木结构两间，种地一亩半。")
    handler.keyboard.press("Control+Enter")
    expect(handler.locator(".alert-success")).to_contain_text("入户调查")
    act(handler, "测算")
    expect(handler.locator(".mz-sheet")).to_contain_text("3000.00 ÷ 12")
    act(handler, "张贴公示")
    expect(handler.locator(".mz-step-current")).to_contain_text("公示中")

    # The posting cannot be ended before its last day is over.
    expect(handler.locator(".mz-act-form button", has_text="公示期满")).to_have_count(0)
    site.set_day(dt.date(2025, 3, 11))
    handler.goto(case)
    act(handler, "公示期满，报县级")

    # The reviewer reviews, the approver decides; each finds it on their own list.
    open_task(reviewer, site.address, "赵大山")
    act(reviewer, "审核")
    open_task(approver, site.address, "赵大山")
    expect(approver.locator(".mz-act-form[open] .mz-consequence").first).to_contain_text("从 2025-04 起发放")
    act(approver, "确认同意")
    expect(approver.locator(".mz-now")).to_contain_text("已办结")

    # The handler computes the month and submits it; whoever prepared it has nothing to approve.
    site.set_day(dt.date(2025, 4, 3))
    handler.goto(f"{site.address}/payments?month=2025-04")
    handler.get_by_role("button", name="生成批次").click()
    expect(handler.get_by_role("heading", level=1)).to_contain_text("最低生活保障")
    run = handler.url
    expect(handler.locator("[data-bridge] canvas")).to_be_visible()
    press(handler, "提交审批")
    expect(handler.get_by_role("button", name="审批发放")).to_have_count(0)

    approver.goto(run)
    press(approver, "审批发放")
    finance.goto(run)
    for step in ("财政拨付", "送银行代发", "确认到账", "办结"):
        press(finance, step)
    expect(finance.locator(".mz-tile").first).to_contain_text("已办结")

    # The report shows it, and the figure opens the rows behind it.
    handler.goto(f"{site.address}/report/2025")
    figure = handler.locator(".mz-report a[href$='dibao_rural.added.households']")
    expect(figure).to_have_text("1")
    figure.click()
    expect(handler.locator(".mz-figure")).to_contain_text("与下面各条记录之和相等")
    expect(handler.locator("tbody tr")).to_contain_text("赵大山")
    handler.goto(f"{site.address}/report/2025/figure/dibao_rural.paid")
    paid = handler.locator(".mz-figure strong").inner_text()
    approver.goto(run)
    assert paid.split()[0] in approver.locator(".mz-tiles").inner_text()
