"""Loading divisions."""

from collections.abc import Iterable

from django.db import connections, transaction

from minzheng.areas.divisions import LEVELS, PARENT_DIGITS, Division, packed
from minzheng.areas.models import Area

BLOCK = 1 << 18
SHAPES = ", ".join(f"({digits}, '{level}', {PARENT_DIGITS[digits]})" for digits, level in LEVELS.items())
"""Digits, level and digits of the parent, as rows of SQL."""


@transaction.atomic
def load_divisions(extra: Iterable[Division] = (), *, using: str = "default") -> int:
    """Bring the country's divisions, and some more, into the database by COPY. Repeating it adds what is missing.

    The shipped lines go to the server as they are; level and parent follow there from the number of digits. Returns how
    many areas there are.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("create temp table incoming (code text, name text) on commit drop")
        with cursor.copy("copy incoming from stdin (format csv)") as copy, packed() as lines:
            while block := lines.read(BLOCK):
                copy.write(block)
        cursor.execute(
            "insert into areas_area (code, name, level, parent_code)"  # noqa: S608 - our own table of digits
            " select i.code, i.name, shape.level, nullif(left(i.code, shape.parent_digits), '')"
            f" from incoming i join (values {SHAPES}) shape (digits, level, parent_digits)"
            " on shape.digits = length(i.code) on conflict (code) do nothing"
        )
    Area.objects.using(using).bulk_create(
        (Area(code=one.code, name=one.name, level=one.level, parent_code=one.parent) for one in extra),
        ignore_conflicts=True,
    )
    return Area.objects.using(using).count()
