"""Starting an installation: its server, its database, its tables. Used before Django knows any of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minzheng.core.config import data_dir
from minzheng.core.database import check_application_role, make_database, uses_embedded_server
from minzheng.core.pgserver import EmbeddedPostgres


@contextmanager
def running(data: Path | None = None, *, durable: bool = True) -> Iterator[Path]:
    """Django ready to work on this data directory, its server running. A server that was started here is stopped at
    the end; one that ran already goes on."""
    if data is not None:
        os.environ["MINZHENG_DATA"] = str(data)
    directory = data_dir()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.settings")
    server: EmbeddedPostgres | None = None
    if uses_embedded_server():
        server = EmbeddedPostgres(directory, durable=durable)
        started_here = not server.is_running
        server.start()
        make_database(server)
    import django

    django.setup()
    from django.db import connections

    try:
        yield directory
    finally:
        for connection in connections.all():
            connection.close()
        if server is not None and started_here:
            server.stop()


def migrate() -> None:
    """Bring the tables up to date, as their owner, and check that requests will not run as more than they may."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", database="owner", verbosity=0)
    connection.ensure_connection()
    check_application_role(connection.connection)
