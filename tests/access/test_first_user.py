"""A new installation's first users come from the machine's own command line."""

import pytest

from minzheng.access import actions, perms
from minzheng.access.scope import scope
from minzheng.core.errors import Refused

GOOD = {
    "username": "zhang",
    "name": "张三丰",
    "role": "handler",
    "area": "990101101",
    "office": "安和镇民政办",
    "password": "a long enough one",
}


@pytest.fixture
def town(areas):
    with scope(["990101101"]):
        yield


def test_the_first_user_may_do_what_the_role_says(town):
    user = actions.add_first_user(**GOOD)
    assert user.check_password(GOOD["password"])
    assert perms.may(user, "cases.accept", "990101101201")
    assert not perms.may(user, "cases.decide", "990101101201")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "12345"}, "access.password"),
        ({"role": "emperor"}, "access.unknown_role"),
        ({"area": "990101109"}, "area.unknown"),
    ],
)
def test_what_does_not_fit_is_refused(town, change, code):
    with pytest.raises(Refused, match=code):
        actions.add_first_user(**GOOD | change)


def test_a_name_is_given_once(town):
    actions.add_first_user(**GOOD)
    with pytest.raises(Refused, match="access.username"):
        actions.add_first_user(**GOOD)
