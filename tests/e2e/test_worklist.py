"""The work list under the hands: ticked by keys, done together, papers as one file; the drafted difference put in."""

import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_the_drafted_difference_goes_into_the_note(site, sign_in):
    page = sign_in("handler")
    page.locator(".mz-task", has_text="孙福").get_by_role("link", name="办理").click()
    page.get_by_label("家庭经济状况核对报告").first.check()
    page.get_by_label("家庭年收入（元）").fill("3000")
    page.get_by_role("button", name="登记核对结果").click()
    expect(page.locator("#compared")).to_contain_text("1 处不一致")
    page.get_by_role("button", name="写入本环节的说明").click()
    expect(page.get_by_label("看到的情况")).to_have_value(page.locator(".mz-drafted li").inner_text())
    expect(page.get_by_label("看到的情况")).to_be_focused()


def test_rows_are_ticked_by_keys_and_done_together(site, sign_in):
    """Two rows of different stages: a paper for each; the act for the one that waits for it."""
    page = sign_in("handler")
    check = page.locator("button[value='cases.cross_check']")
    expect(check).to_be_disabled()
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.keyboard.press(" ")
    assert page.locator("input[name=selected]:checked").count() == 2
    expect(check).to_have_text("登记核对结果 1")
    with page.expect_download() as papers:
        page.locator("button[value='papers']").click()
    with zipfile.ZipFile(papers.value.path()) as archive:
        assert len(archive.namelist()) == 2
    expect(check).to_be_enabled()  # a download leaves the page as it is
    page.get_by_label("本环节的材料都已收到").check()
    page.get_by_placeholder("说明（记入每一件）").fill("核对无异常")
    check.click()
    expect(page.locator(".alert-success")).to_contain_text("已办 1 件：登记核对结果。")
    expect(page.locator(".alert-danger")).to_contain_text("孙福：不在这个环节。")
    expect(page.locator(".mz-task", has_text="周桂兰")).to_contain_text("已核对")
