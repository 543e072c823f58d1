"""Tests of payments run in a scope that sees everything; what a role sees is tested where it matters."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.config import load_secrets
from minzheng.policy import registry
from tests.payments.world import World


@pytest.fixture
def world(users):
    with scope([EVERYWHERE]):
        registry.store_files()
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
