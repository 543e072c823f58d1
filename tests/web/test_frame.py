"""Signing in and out, languages, what every page carries, refusals."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.urls import reverse

from minzheng.core import clock
from minzheng.core.config import data_dir
from minzheng.core.errors import refuse
from minzheng.web.refusals import attempt


def test_a_wrong_password_is_answered_in_chinese_and_what_was_typed_stays(client, users):
    response = client.post(reverse("sign-in"), {"username": "handler", "password": "wrong"})
    page = response.content.decode()
    assert "用户名或密码不对" in page
    assert 'value="handler"' in page
    assert "wrong" not in page


def test_signing_in_and_out(client, users):
    response = client.post(reverse("sign-in"), {"username": "handler", "password": "correct horse"})
    assert (response.status_code, response.url) == (302, reverse("work-list"))
    assert client.get(reverse("work-list")).status_code == 200
    client.post(reverse("sign-out"))
    assert client.get(reverse("work-list")).status_code == 302


def test_after_signing_in_one_is_where_one_wanted_to_be(client, users):
    wanted = client.get(reverse("households")).url
    response = client.post(wanted, {"username": "handler", "password": "correct horse", "next": reverse("households")})
    assert response.url == reverse("households")


def test_the_language_can_be_changed_and_stays(sign_in):
    client = sign_in("handler")
    assert "工作清单" in client.get(reverse("work-list")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    page = client.get(reverse("work-list")).content.decode()
    assert "Work list" in page
    assert "工作清单" not in page


def test_a_stored_date_is_said_on_every_page(sign_in, client):
    assert "虚构的城镇" in sign_in("handler").get(reverse("work-list")).content.decode()
    assert "2025-03-03" in client.get(reverse("work-list")).content.decode()
    client.logout()
    assert "虚构的城镇" in client.get(reverse("sign-in")).content.decode()


def test_in_real_time_nothing_is_called_a_demo(sign_in):
    client = sign_in("handler")
    clock.set_today(None)
    assert "虚构的城镇" not in client.get(reverse("work-list")).content.decode()


def test_demo_accounts_stand_on_the_sign_in_page_of_the_demo_only(client, users):
    path = data_dir() / "demo-accounts.json"
    path.write_text(json.dumps([{"username": "handler", "password": "correct horse"}]))
    try:
        assert "correct horse" in client.get(reverse("sign-in")).content.decode()
        clock.set_today(None)
        assert "correct horse" not in client.get(reverse("sign-in")).content.decode()
    finally:
        path.unlink()


def test_an_unknown_page_says_so(sign_in):
    response = sign_in("handler").get("/nowhere")
    assert response.status_code == 404
    assert "没有这一页" in response.content.decode()


def test_a_refused_action_leaves_nothing_behind(users):
    with attempt() as tried:
        clock.set_today(dt.date(2030, 1, 1))
        raise refuse("test.refused", zh="不行", en="No", remedy_zh="换一个", remedy_en="Try another")
    assert not tried.succeeded
    assert tried.refusal.message == "不行"
    assert clock.today() == dt.date(2025, 3, 3)


def test_another_error_is_not_swallowed(users):
    with pytest.raises(ZeroDivisionError), attempt():
        raise ZeroDivisionError


def test_a_full_disk_is_a_page_that_says_what_to_do(sign_in, monkeypatch):
    def full(_):
        with connection.cursor() as cursor:
            cursor.execute("do $$ begin raise exception 'no space' using errcode = 'disk_full'; end $$")

    monkeypatch.setattr("minzheng.people.queries.search", full)
    response = sign_in("handler").get(reverse("search"), {"q": "王"})
    assert response.status_code == 503
    assert "磁盘已满" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?q=%00", 400),
        ("/payments?month=0001-01", 200),
        ("/payments?month=9999-12", 200),
        ("/report/0", 409),
        ("/report/99999", 409),
        ("/report/0/figure/dibao_rural.paid", 404),
    ],
)
def test_addresses_that_nobody_meant_are_answered_and_never_fail(sign_in, address, status):
    assert sign_in("handler").get(address).status_code == status
