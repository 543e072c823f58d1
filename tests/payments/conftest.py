"""Tests of payments run in a scope that sees everything; what a role sees is tested where it matters."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.config import load_secrets
from tests.payments.world import World


@pytest.fixture
def world(users):
    with scope([EVERYWHERE]):
        yield World(users)


@pytest.fixture
def tamper(postgres, django_db_setup, django_db_blocker) -> Iterator[Callable[[str], None]]:
    """Somebody with the server itself in hand: a statement as superuser with every trigger off, inside the test's
    transaction. Has to come before the fixtures that use the database."""
    app = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(USER="postgres", PASSWORD=load_secrets(postgres.data).passwords["postgres"])
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("set session authorization mz_app")

    def statement(text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("reset session authorization; set session_replication_role = replica")
            cursor.execute(text)
            cursor.execute("reset session_replication_role; set session authorization mz_app")

    yield statement
    connection.settings_dict.update(app)
    connection.close()


DUE = """
select a.id as award_id, m::date as benefit_month, am.amount, (select count(*) from awards_member w where w.award_id = a.id)::int as people,
       a.payee_id, a.area_code
from awards_award a
cross join lateral generate_series(greatest(a.first_month, %(first)s::date),
                                   least(coalesce(a.last_month, %(last)s::date), %(last)s::date), interval '1 month') m
join awards_amount am on am.award_id = a.id and am.superseded_at is null and am.amount > 0
     and m::date between am.first_month and coalesce(am.last_month, 'infinity'::date)
where a.programme = %(programme)s and a.area_code >= %(area)s and a.area_code < %(area)s || ':'
"""


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    import datetime as dt
    import sys
    import types

    import minzheng.awards
    from minzheng.payments import compute

    q = types.ModuleType("minzheng.awards.queries")
    q.due_sql = lambda **k: (DUE, k)
    monkeypatch.setitem(sys.modules, "minzheng.awards.queries", q)
    monkeypatch.setattr(minzheng.awards, "queries", q, raising=False)
    monkeypatch.setattr(compute, "first_month", lambda run: dt.date(run.month.year, 1, 1))
