"""One prepared database for all scenarios; each is played in a copy of it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections

from minzheng.core.database import make_database, settings_for
from minzheng.core.pgserver import EmbeddedPostgres
from minzheng.scenario.place import Place


@pytest.fixture(scope="session")
def place(postgres: EmbeddedPostgres, django_db_blocker: object) -> Iterator[Place]:
    """The suite's server, with a template of its own beside the suite's database."""
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner", "reader")}
    hashers = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; only in tests
    make_database(postgres, "scenarios")
    with django_db_blocker.unblock():
        for alias in before:
            connections[alias].close()
            connections[alias].settings_dict.update(settings_for(alias, data=postgres.data))
        yield Place(postgres, "scenarios")
        for alias, known in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(known)
    settings.PASSWORD_HASHERS = hashers
