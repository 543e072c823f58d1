"""What was typed is not lost: by a reload, a lost connection, or the server and its database going down."""

import psycopg
import pytest
from playwright.sync_api import Page, expect

from minzheng.core.pgserver import EmbeddedPostgres

pytestmark = pytest.mark.e2e

NUMBER = "110105194912310021"


def type_slowly(page: Page, label: str, text: str) -> None:
    """Type, and wait until the server has it."""
    with page.expect_response(
        lambda answer: answer.url.endswith("/drafts") and answer.request.method == "POST"
    ) as kept:
        page.get_by_label(label, exact=True).first.fill(text)
    assert kept.value.status == 204


def visit_form(page: Page, site) -> Page:
    """The form of the next act of the first case on the work list."""
    page.goto(site.address)
    page.locator(".mz-task", has_text="周桂兰").first.get_by_role("link", name="办理").click()
    return page


def test_a_draft_survives_the_server_and_its_database(site, sign_in):
    page = sign_in("handler")
    page.goto(f"{site.address}/apply/family")
    type_slowly(page, "住址", "五组三号")
    type_slowly(page, "身份证号", NUMBER)
    case = visit_form(page, site).url
    type_slowly(page, "说明", "核对系统查询，名下无车辆")
    site.stop(hard=True)
    site.start()

    # Another browser, a sign-in later: the server kept it, nothing of it lies on the machine.
    fresh = sign_in("handler")
    fresh.goto(case)
    expect(fresh.get_by_label("说明", exact=True).first).to_have_value("核对系统查询，名下无车辆")
    expect(fresh.locator(".mz-draft")).to_contain_text("已恢复上次没有提交的内容")
    fresh.goto(f"{site.address}/apply/family")
    expect(fresh.get_by_label("住址")).to_have_value("五组三号")
    expect(fresh.get_by_label("身份证号").first).to_have_value(NUMBER)
    with psycopg.connect(EmbeddedPostgres(site.data).url("postgres", "minzheng")) as owner:
        rows = owner.execute("select d::text from core_draft d").fetchall()
        assert len(rows) == 2
        for text in ("五组三号", NUMBER):
            assert not any(text in row[0] or text.encode().hex() in row[0] for row in rows)

    # Somebody else at the same desk sees nothing of it.
    other = sign_in("village_worker")
    other.goto(case)
    expect(other.get_by_role("heading", level=1)).to_contain_text("周桂兰")
    assert other.evaluate("fetch('/drafts?form=family').then((answer) => answer.json())") == {}


def test_a_draft_can_be_thrown_away(site, sign_in):
    page = sign_in("handler")
    page.goto(f"{site.address}/apply/family")
    expect(page.locator(".mz-draft")).to_be_visible()
    with page.expect_response("**/drafts"):
        page.locator(".mz-draft button").click()
    expect(page.get_by_label("住址")).to_have_value("")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("住址")).to_have_value("")


def test_it_is_kept_while_the_connection_is_lost(site, sign_in):
    page = sign_in("handler", loses=True)
    page.goto(f"{site.address}/apply/family")
    page.wait_for_load_state("networkidle")
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_label("住址").fill("六组九号")
    page.get_by_label("身份证号").first.fill(NUMBER)
    expect(page.locator(".mz-draft-unkept")).to_contain_text("连接中断")
    assert NUMBER not in page.evaluate("JSON.stringify(localStorage)")
    page.unroute("**/drafts")
    with page.expect_response("**/drafts"):
        page.reload()
    expect(page.get_by_label("住址")).to_have_value("六组九号")
    expect(page.get_by_label("身份证号").first).to_have_value(NUMBER)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_it_comes_back_from_a_refusal_and_is_gone_once_sent(site, sign_in):
    page = sign_in("handler")
    case = visit_form(page, site).url
    note = page.get_by_label("说明", exact=True).first
    type_slowly(page, "说明", "无异常")
    page.get_by_role("button", name="登记核对结果").click()  # its paper is not ticked: refused
    expect(page.locator(".mz-refusal")).to_be_visible()
    expect(note).to_have_value("无异常")
    page.goto(case)
    expect(note).to_have_value("无异常")
    page.get_by_label("家庭经济状况核对报告").first.check()
    page.get_by_role("button", name="登记核对结果").click()
    expect(page.locator(".alert-success")).to_contain_text("登记核对结果")
    with psycopg.connect(EmbeddedPostgres(site.data).url("postgres", "minzheng")) as owner:
        left = owner.execute("select form from core_draft where form like 'case-%'").fetchall()
    assert left == []
    assert page.evaluate("Object.keys(localStorage)") == []
