"""The harness: an embedded PostgreSQL of the suite's own, and tests that run as the application role."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from minzheng.core import config, crypto
from minzheng.core.database import make_database, settings_for
from minzheng.core.pgserver import EmbeddedPostgres

pytest_plugins = ["tests.fixtures"]


def pytest_runtest_setup() -> None:
    """Nothing outside this machine is reached."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The suite's database server: not durable, gone afterwards."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINZHENG_DATA", str(data))
        for cached in (crypto._cipher, crypto._current_key_id, crypto._digest_key):
            cached.cache_clear()
        config.load_secrets(data)
        server = EmbeddedPostgres(data, durable=False).start()
        make_database(server)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def django_db_setup(postgres: EmbeddedPostgres, django_db_blocker: object) -> Iterator[None]:
    """Migrate as owner; everything after runs as the application role, under row-level security."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; only in tests
    for alias in ("default", "owner", "reader"):
        fresh = settings_for(alias, data=postgres.data)
        connections[alias].settings_dict.update(fresh)
        settings.DATABASES[alias].update(fresh)
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
    yield
    for connection in connections.all():
        connection.close()


@pytest.fixture
def policies() -> Path:
    return Path(__file__).parent.parent / "policies"
