"""Loading divisions."""

from collections.abc import Iterable

from django.db import connections, transaction

from minzheng.areas.divisions import Division, iter_divisions
from minzheng.areas.models import Area


@transaction.atomic
def load_divisions(extra: Iterable[Division] = (), *, using: str = "default") -> int:
    """Bring the country's divisions, and some more, into the database by COPY. Repeating it adds what is missing.

    Returns how many areas there are.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("create temp table incoming (like areas_area including defaults) on commit drop")
        with cursor.copy("copy incoming (code, name, level, parent_code) from stdin") as copy:
            for division in _all(extra):
                copy.write_row((division.code, division.name, division.level, division.parent))
        cursor.execute(
            "insert into areas_area (code, name, level, parent_code) select code, name, level, parent_code"
            " from incoming on conflict (code) do nothing"
        )
    return Area.objects.using(using).count()


def _all(extra: Iterable[Division]) -> Iterable[Division]:
    yield from iter_divisions()
    yield from extra
