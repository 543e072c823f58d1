"""Where engines that speak SQL differ, and nowhere else. Integer arithmetic only.

Never an engine's own `/`, round, greatest, decimals, floats or date functions on values: they differ between engines in
ways that change money. What divides is a helper that is written once for each dialect and tested against the reference.
"""

from collections.abc import Sequence


class Dialect:
    """SQL text for each thing that the emitter needs."""

    name = ""

    def name_of(self, identifier: str) -> str:
        """A quoted identifier."""
        return '"' + identifier.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """A quoted text."""
        return "'" + value.replace("'", "''") + "'"

    def big(self, sql: str) -> str:
        """As a 64-bit integer."""
        return f"cast({sql} as bigint)"

    def first(self, parts: Sequence[str]) -> str:
        """The first that is not null."""
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def divide(self, mode: str, number: str, by: str) -> str:
        """`number` over a positive `by`, floor, ceil or round (half away from zero), to a whole number."""
        raise NotImplementedError

    def months_between(self, start: str, end: str) -> str:
        """Completed months between two yyyymmdd numbers, signed."""
        raise NotImplementedError

    def day_number(self, date: str, low: int, high: int) -> str:
        """yyyymmdd of a date column within bounds given in the same form; null outside."""
        raise NotImplementedError

    def numbers(self, values: Sequence[int]) -> str:
        """A constant list of 64-bit integers."""
        raise NotImplementedError

    def row_of(self, number: str, lows: str) -> str:
        """Position from 1 of the last lower bound that `number` reaches; null below the first."""
        raise NotImplementedError

    def item(self, values: str, position: str) -> str:
        raise NotImplementedError

    def text_item(self, values: Sequence[str], position: str) -> str:
        """One of some constant texts by position from 1; null for null."""
        raise NotImplementedError

    def joined(self, parts: Sequence[str]) -> str:
        """The parts that are not null, joined by `;`."""
        raise NotImplementedError

    def kept(self, select: str) -> str:
        """The body of a common table that is computed once and kept."""
        return f"({select})"

    def fence(self, select: str) -> str:
        """A subquery that the planner must not merge with the one around it: each expression is computed once."""
        return select


class Postgres(Dialect):
    """PostgreSQL 16 and later, with the functions of postgres.sql."""

    name = "postgres"

    def big(self, sql: str) -> str:
        return f"({sql})::bigint"

    def divide(self, mode: str, number: str, by: str) -> str:
        return f"mz_{mode}_div({number}, {by})"

    def months_between(self, start: str, end: str) -> str:
        return f"mz_months_between({start}, {end})"

    def day_number(self, date: str, low: int, high: int) -> str:
        first, last = (f"date '{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}'" for day in (low, high))
        return f"case when {date} between {first} and {last} then mz_day_number({date}) end"

    def numbers(self, values: Sequence[int]) -> str:
        return f"array[{', '.join(map(str, values))}]::bigint[]"

    def row_of(self, number: str, lows: str) -> str:
        return f"nullif(width_bucket({number}, {lows}), 0)"

    def item(self, values: str, position: str) -> str:
        return f"({values})[{position}]"

    def text_item(self, values: Sequence[str], position: str) -> str:
        return f"(array[{', '.join(self.text(value) for value in values)}])[{position}]"

    def joined(self, parts: Sequence[str]) -> str:
        return f"concat_ws(';', {', '.join(parts)})"

    def fence(self, select: str) -> str:
        return f"{select} offset 0"

    def kept(self, select: str) -> str:
        return f"materialized ({select})"


POSTGRES = Postgres()
