"""Coming into a family and leaving it, on the screen."""

import datetime as dt

import pytest
from django.urls import reverse

from minzheng.access.scope import acting
from minzheng.core import idnumber
from minzheng.people import actions, queries
from minzheng.people.models import Household

VILLAGE, DAY = "990101101201", dt.date(2025, 3, 3)


def number(sequence: int) -> str:
    return idnumber.make("990101", dt.date(1980, 5, 6), sequence)


@pytest.fixture
def home(users) -> Household:
    """A family of one, entered by the handler."""
    with acting(users["handler"]):
        head = actions.register_person(by=users["handler"], name="赵大山", area=VILLAGE, id_number=number(101))
        return actions.form_household(
            by=users["handler"],
            circle="family",
            area=VILLAGE,
            residence="rural",
            number="A-1",
            formed_on=dt.date(2020, 1, 1),
            members=[(head, "head")],
        )


def names_in(home: Household, users) -> list[str]:
    with acting(users["handler"]):
        return [row.person.name for row in queries.members(home, DAY)]


JOIN = {"id_number": number(122), "name": "钱小花", "relation": "spouse", "on": "2025-03-01", "reason": "结婚"}


def test_somebody_new_joins_and_leaves_again(sign_in, users, home):
    client = sign_in("handler")
    assert client.post(reverse("member-join", args=[home.pk]), JOIN).status_code == 302
    assert names_in(home, users) == ["赵大山", "钱小花"]
    page = client.get(reverse("member-leave", args=[home.pk])).content.decode()
    assert "钱小花" in page and "赵大山" not in page.split("<select")[1].split("</select>")[0]
    with acting(users["handler"]):
        person = queries.find_by_number(number(122))
    left = client.post(
        reverse("member-leave", args=[home.pk]), {"person": person.pk, "on": "2025-03-02", "reason": "分户"}
    )
    assert left.status_code == 302
    assert names_in(home, users) == ["赵大山"]


def test_a_wrong_number_is_refused_and_what_was_typed_stays(sign_in, users, home):
    wrong = JOIN | {"id_number": number(122)[:-1] + "?"}
    response = sign_in("handler").post(reverse("member-join", args=[home.pk]), wrong)
    assert response.status_code == 200
    assert "钱小花" in response.content.decode()
    assert names_in(home, users) == ["赵大山"]


def test_somebody_unknown_needs_a_name(sign_in, users, home):
    response = sign_in("handler").post(reverse("member-join", args=[home.pk]), JOIN | {"name": ""})
    assert "没有填写姓名" in response.content.decode()
    assert names_in(home, users) == ["赵大山"]


def test_a_village_worker_may_not(sign_in, home):
    assert sign_in("village_worker").get(reverse("member-join", args=[home.pk])).status_code == 403
