"""A full disk or a lost database is said in words, and nothing of the step stays."""

import errno

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.core.models import Clock
from minzheng.core.outages import explained

FAIL = (
    "do $$ begin update core_clock set day = '2030-01-01'; raise exception 'no space' using errcode = '{code}'; end $$"
)


@pytest.mark.parametrize(("code", "name"), [("disk_full", "outage.disk_full"), ("admin_shutdown", "outage.database")])
def test_a_fault_of_the_database_is_named_and_the_step_is_gone(db, code, name):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FAIL.format(code=code))
    assert explained(caught.value).code == name
    assert Clock.objects.get().day is None


def test_a_full_disk_under_a_file(db):
    assert explained(OSError(errno.ENOSPC, "No space left on device")).code == "outage.disk_full"


def test_other_errors_are_not_explained_away(db):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
    assert explained(caught.value) is None
    assert explained(ValueError("x")) is None
