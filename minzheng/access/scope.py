"""The scope of a transaction: what its rows may be. Set inside the transaction, gone with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas.models import AreaChange

EVERYWHERE = "*"


@contextmanager
def scope(
    areas: Sequence[str], *, organisation: int | None = None, person: int | None = None, using: str = DEFAULT_DB_ALIAS
) -> Iterator[None]:
    """A transaction that sees the rows of these areas and below (of one organisation, of one person)."""
    with transaction.atomic(using=using):
        before = _exchange(using, ",".join(areas), str(organisation or ""), str(person or ""))
        try:
            yield
        except BaseException:
            raise  # the rollback of the transaction or savepoint restores the settings
        else:
            _exchange(using, *before)


@contextmanager
def acting(user: User, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The scope of a user: the areas of their assignments, with the codes these areas had before."""
    with scope(areas_of(user), using=using):
        yield


def areas_of(user: User) -> list[str]:
    """The codes that a user's scope holds, today's and their predecessors'."""
    current = sorted({assignment.area_id for assignment in perms.assignments(user)})
    former = AreaChange.objects.filter(new_code__in=current).order_by("old_code").values_list("old_code", flat=True)
    return [EVERYWHERE if code == "" else code for code in current] + list(former)


def _exchange(using: str, areas: str, organisation: str, person: str) -> tuple[str, str, str]:
    """Set the scope; returns what it was before. One statement: every request begins with it."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "with before as materialized (select coalesce(current_setting('mz.areas', true), '') areas,"
            " coalesce(current_setting('mz.organisation', true), '') organisation,"
            " coalesce(current_setting('mz.person', true), '') person)"
            " select areas, organisation, person, set_config('mz.areas', %s, true),"
            " set_config('mz.organisation', %s, true), set_config('mz.person', %s, true) from before",
            [areas, organisation, person],
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]
