"""A clock that has run out stands on the list of whoever supervises, with whose it is and how late."""

import datetime as dt

import pytest
from django.urls import reverse

from minzheng.access import roles
from minzheng.core import clock
from tests.web.test_sometimes import text
from tests.web.town import Town


@pytest.fixture
def town(users):
    return Town(users)


@pytest.fixture
def accepted(town):
    """Due on 6 March: the township has to start the investigation."""
    town.on(3, 3)
    case = town.apply(town.family("赵甲"))
    town.accept(case)
    return case


def listed(client, **query):
    return text(client.get(reverse("work-list"), query))


@pytest.mark.parametrize(
    ("role", "day", "seen"),
    [
        ("leader", dt.date(2025, 3, 6), False),  # the last day
        ("leader", dt.date(2025, 3, 7), True),
        ("approver", dt.date(2025, 3, 13), False),  # the fifth working day after
        ("approver", dt.date(2025, 3, 14), True),
        ("reviewer", dt.date(2025, 3, 14), False),
    ],
)
def test_a_late_task_escalates_by_the_days_of_the_rule(sign_in, accepted, role, day, seen):
    clock.set_today(day)
    page = listed(sign_in(role))
    assert ("赵甲" in page) is seen
    assert ("督办：乡镇经办人超期未办" in page) is seen


def test_it_says_how_late_and_goes_once_the_act_is_done(sign_in, town, accepted):
    clock.set_today(dt.date(2025, 3, 11))
    leader = sign_in("leader")
    page = listed(leader)
    assert "超期 3 个工作日" in page
    assert "赵甲" not in listed(leader, others="1")
    assert "督办" not in listed(sign_in("handler"))  # whose own it is
    town.check(accepted)
    assert "赵甲" not in listed(sign_in("leader"))


def test_a_role_that_is_not_there_cannot_be_supervised(tmp_path):
    file = tmp_path / "roles.yaml"
    file.write_text(
        "roles:\n  leader: {name: {zh-Hans: 领导, en: Leader}, permissions: [work.list]}\n"
        "conflicts: []\nsupervision:\n  leader: {clerk: 0}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="clerk"):
        roles.load(file)
