"""What hands do: keyboard, drafts, a phone, both languages."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_the_keyboard_searches_moves_and_opens(site, sign_in):
    page = sign_in("handler")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("zgl")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("周桂兰")
    page.goto(f"{site.address}/households")
    page.keyboard.press("j")
    page.keyboard.press("j")
    name = page.locator("tr.mz-cursor a").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_form_keeps_what_was_typed_until_it_is_accepted(site, sign_in):
    page = sign_in("handler")
    page.goto(f"{site.address}/apply/family")
    page.get_by_label("住址").fill("五组三号")
    page.get_by_label("身份证号").first.fill("110105194912310021")
    page.goto(f"{site.address}/")
    page.goto(f"{site.address}/apply/family")
    expect(page.get_by_label("住址")).to_have_value("五组三号")
    expect(page.get_by_label("身份证号").first).to_have_value("110105194912310021")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "110105194912310021" not in kept
    page.get_by_label("档案号").fill("AH-77")
    page.get_by_label("姓名", exact=True).first.fill("林新")
    page.get_by_role("button", name="登记并填写申请").click()
    expect(page.locator(".mz-refusal")).to_contain_text("校验")
    expect(page.get_by_label("住址")).to_have_value("五组三号")
    page.locator(".mz-user").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in*")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('mz-draft')).length") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/households",
        "/cases",
        "/payments",
        "/programmes/dibao",
        "/funds",
        "/report/2025",
        "/apply/family",
        "/disasters",
    ],
)
def test_nothing_runs_over_the_edge_of_a_phone(site, sign_in, path):
    page = sign_in("handler", width=390)
    page.goto(site.address + path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("path", ["/funds/1", "/funds/new", "/funds/shares", "/funds/rows", "/funds/ahead"])
def test_the_pages_of_funds_fit_a_phone(site, sign_in, path):
    page = sign_in("finance", width=390)
    page.goto(site.address + path)
    for details in page.locator("details:not([open]) > summary").all():
        if details.is_visible():
            details.click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_menu_of_a_phone_is_a_drawer(site, sign_in):
    page = sign_in("handler", width=390)
    expect(page.locator("#menu")).not_to_be_visible()
    page.get_by_role("button", name="菜单").click()
    page.locator("#menu").get_by_role("link", name="家庭档案").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("家庭档案")


def test_the_page_speaks_english_when_asked(site, sign_in):
    page = sign_in("handler")
    page.locator(".mz-user").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_telephone_card_is_three_keys_away(site, sign_in):
    """`/`, the initials, Enter: the card. `o` opens the file, `t` on it or on a row of results comes back."""
    page = sign_in("handler")
    page.keyboard.press("/")
    page.keyboard.type("zgl")
    page.keyboard.press("Enter")
    page.wait_for_url("**/phone/persons/*")
    expect(page.locator(".mz-say")).to_contain_text("已受理")
    page.keyboard.press("o")
    page.wait_for_url("**/households/*")
    page.keyboard.press("t")
    page.wait_for_url("**/phone/households/*")
    page.goto(f"{site.address}/search?q=柳庄村")
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.wait_for_url("**/phone/households/*")
    phone = sign_in("handler", width=390, language="en")
    phone.goto(page.url)
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
