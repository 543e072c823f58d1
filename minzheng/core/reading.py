"""Reading without the possibility of a write: the database itself refuses one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction


@contextmanager
def read_only(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A block in which the database refuses every write. As a transaction of its own it sees one moment (REPEATABLE
    READ); within another it is a savepoint, after which that one may write again."""
    connection = connections[using]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            isolation = "isolation level repeatable read, " if outermost else ""
            cursor.execute(f"set transaction {isolation}read only")
        yield
