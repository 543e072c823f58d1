"""Where engines that speak SQL differ, and nowhere else. Integer arithmetic only.

Never an engine's own `/` on anything but whole numbers, round, decimals, floats or date functions on values, and its
greatest or least only of whole numbers that are never null: they differ between engines in ways that change money. What
divides is written once, over each engine's whole quotient, and tested against the reference.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from minzheng.policy.values import Kind


def _types(whole: str, truth: str, text: str) -> dict[Kind, str]:
    numbers = dict.fromkeys((Kind.MONEY, Kind.INT, Kind.RATE), whole)
    return numbers | {Kind.BOOL: truth, Kind.DATE: "date", Kind.CODE: text}


class Dialect(ABC):
    """SQL text for each thing that the emitter needs."""

    name = ""
    column_types: Mapping[Kind, str] = {}
    """What the relations hold: money in fen, a rate in millionths."""
    place_types: Mapping[str, str] = {}
    """Of the columns of the places: a number, a text, a list of numbers."""
    grouped = False
    """Whether members are joined and grouped in one go where every household is known to have some (see grouped.py)."""
    windows = False
    """Whether members are aggregated by windows over one relation instead of groups that are joined back."""

    def name_of(self, identifier: str) -> str:
        """A quoted identifier."""
        return '"' + identifier.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """A quoted text."""
        return "'" + value.replace("'", "''") + "'"

    def big(self, sql: str) -> str:
        """As a 64-bit integer."""
        return f"cast({sql} as bigint)"

    def total(self, sql: str) -> str:
        """An aggregate as a 64-bit integer; whatever where it does not fit (nobody looks at it then)."""
        return self.big(sql)

    def aggregate(self, function: str, value: str = "*", where: str | None = None) -> str:
        """An aggregate over a household's members, of those where `where` holds."""
        return f"{function}({value})" + (f" filter (where {where})" if where else "")

    def proved(self, function: str, value: str = "*", where: str | None = None) -> str:
        """An aggregate of 64-bit integers that was proved to be one."""
        return self.aggregate(function, value, where)

    @property
    def no_text(self) -> str:
        """A text that is null."""
        return f"cast(null as {self.column_types[Kind.CODE]})"

    def first(self, parts: Sequence[str]) -> str:
        """The first that is not null."""
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def small(self, alias: str) -> str:
        """A hint after `select` that the relation is small enough to be sent to every worker."""
        return ""

    @abstractmethod
    def quotient(self, number: str, by: str) -> str:
        """A whole number over another, cut towards zero; `%` gives the rest, with the sign of `number`."""

    def one_if(self, test: str) -> str:
        """1 where it holds, otherwise 0."""
        return self.big(test)

    def divide(self, mode: str, number: str, by: str, *, never_below_zero: bool = False) -> str:
        """`number` over a positive `by`, floor, ceil or round (half away from zero), to a whole number.

        never_below_zero: what `number` was proved to be; then one division will do.
        """
        if never_below_zero:
            added = {"floor": "", "ceil": f" + ({by} - 1)", "round": f" + {self.quotient(by, '2')}"}[mode]
            return f"({self.quotient(f'({number}{added})', by)})"
        whole, rest = self.quotient(number, by), f"{number} % {by}"
        if mode == "floor":
            return f"({whole} - {self.one_if(f'{rest} < 0')})"
        if mode == "ceil":
            return f"({whole} + {self.one_if(f'{rest} > 0')})"
        up, down = self.one_if(f"{rest} >= {by} - {rest}"), self.one_if(f"- ({rest}) >= {by} + {rest}")
        return f"({whole} + case when {number} >= 0 then {up} else - {down} end)"

    def months_between(self, start: str, end: str) -> str:
        """Completed months between two yyyymmdd numbers, signed."""
        first, last = (self._months_and_days(day) for day in (start, end))
        return f"({self.quotient(f'({last} - {first})', '100')})"

    def _months_and_days(self, day: str) -> str:
        year, month = self.quotient(day, "10000"), f"{self.quotient(day, '100')} % 100"
        return f"(({year} * 12 + {month}) * 100 + {day} % 100)"

    @abstractmethod
    def day_number(self, date: str, low: int, high: int) -> str:
        """yyyymmdd of a date column within bounds given in the same form; null outside."""

    @abstractmethod
    def row_of(self, number: str, lows: str) -> str:
        """Position from 1 of the last lower bound that `number` reaches; null below the first."""

    def one_of(self, text: str, values: Sequence[str]) -> str:
        """Whether a text is one of some constant ones."""
        return f"{text} in ({', '.join(self.text(value) for value in values)})"

    @abstractmethod
    def item(self, values: str, position: str) -> str:
        """One of the values by position from 1."""

    @abstractmethod
    def text_item(self, values: Sequence[str], position: str) -> str:
        """One of some constant texts by position from 1; null for null."""

    @abstractmethod
    def joined(self, parts: Sequence[str]) -> str:
        """The parts that are not null, joined by `;`."""

    def unmet(self, tests: Mapping[str, str], all_hold: str) -> str:
        """The names of the tests that do not hold, joined by `;`. tests: name to SQL. all_hold: none is left."""
        names = self.joined([f"case when not {test} then {self.text(name)} end" for name, test in tests.items()])
        return f"case when {all_hold} then {self.text('')} else {names} end"

    def stop(self, reason: str) -> str:
        """An expression that makes the whole query fail: of engines whose queries are written on a promise."""
        raise TypeError(f"{type(self).__name__} has no expression that fails")

    def matches(self, text: str, pattern: str) -> str:
        """Whether the whole text is of a pattern (letters, classes and counts only: every engine's is the same): of
        engines that read files."""
        raise TypeError(f"{type(self).__name__} reads no files")

    def fence(self, select: str) -> str:
        """A subquery that the planner must not merge with the one around it: each expression is computed once."""
        return select


class Postgres(Dialect):
    """PostgreSQL 16 and later, with the functions of postgres.sql."""

    name = "postgres"
    column_types = _types("bigint", "boolean", "text")
    place_types = {"number": "bigint", "text": "text", "numbers": "bigint[]"}
    grouped = True

    def big(self, sql: str) -> str:
        return f"({sql})::bigint"

    def quotient(self, number: str, by: str) -> str:
        return f"{number} / {by}"

    def one_if(self, test: str) -> str:
        return f"case when {test} then 1 else 0 end"

    def day_number(self, date: str, low: int, high: int) -> str:
        first, last = (f"date '{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}'" for day in (low, high))
        return f"case when {date} between {first} and {last} then mz_day_number({date}) end"

    def proved(self, function: str, value: str = "*", where: str | None = None) -> str:
        return self.aggregate("mz_sum" if function == "sum" else function, value, where)

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


MANY = 8
"""With more conditions than these there are too many combinations to write them all down."""


class DuckDB(Dialect):
    """DuckDB 1.4 and later: `//` and `%` cut towards zero, and everything that could overflow was proved not to."""

    name = "duckdb"
    column_types = _types("bigint", "boolean", "varchar")
    place_types = {"number": "bigint", "text": "varchar", "numbers": "bigint[]"}

    def big(self, sql: str) -> str:
        return f"({sql})::bigint"

    def total(self, sql: str) -> str:
        return f"try_cast({sql} as bigint)"

    def proved(self, function: str, value: str = "*", where: str | None = None) -> str:
        found = self.aggregate(function, value, where)
        return self.big(found) if function == "sum" else found

    def unmet(self, tests: Mapping[str, str], all_hold: str) -> str:
        """For few tests one of all texts there can be, by a number with a bit a test: half the time of joining.

        As an enum, because then a file's dictionary is known before its rows are: writing them takes a third.
        """
        if len(tests) > MANY:
            return super().unmet(tests, all_hold)
        bits = [f"case when not {test} then {1 << bit} else 0 end" for bit, test in enumerate(tests.values())]
        texts = [
            ";".join(name for bit, name in enumerate(tests) if number >> bit & 1) for number in range(1 << len(tests))
        ]
        listed = ", ".join(self.text(text) for text in texts)
        return f"(cast([{listed}] as enum({listed})[]))[case when {all_hold} then 1 else {' + '.join(bits)} + 1 end]"

    def stop(self, reason: str) -> str:
        return f"error({self.text(reason)})"

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_full_match({text}, {self.text(pattern)})"

    def quotient(self, number: str, by: str) -> str:
        return f"{number} // {by}"

    def day_number(self, date: str, low: int, high: int) -> str:
        first, last = (f"date '{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}'" for day in (low, high))
        number = f"year({date}) * 10000 + month({date}) * 100 + day({date})"
        return f"case when {date} between {first} and {last} then {number} end"

    def row_of(self, number: str, lows: str) -> str:
        return f"nullif(len(list_filter({lows}, lambda low: low <= {number})), 0)"

    def one_of(self, text: str, values: Sequence[str]) -> str:
        """As a function: it is asked for each word of a file's dictionary, `in` for each row and each word."""
        return f"list_contains([{', '.join(self.text(value) for value in values)}], {text})"

    def item(self, values: str, position: str) -> str:
        return f"({values})[{position}]"

    def text_item(self, values: Sequence[str], position: str) -> str:
        return f"([{', '.join(self.text(value) for value in values)}])[{position}]"

    def joined(self, parts: Sequence[str]) -> str:
        return f"concat_ws(';', {', '.join(parts)})"


POSTGRES = Postgres()
DUCKDB = DuckDB()


class Spark(Dialect):
    """Spark 4 in its ANSI mode: `div` and `%` cut towards zero; what could overflow or be absent gives null."""

    name = "spark"
    column_types = _types("bigint", "boolean", "string")
    place_types = {"number": "bigint", "text": "string", "numbers": "array<bigint>"}
    windows = True

    def name_of(self, identifier: str) -> str:
        return "`" + identifier.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        """By its bytes where a setting could change how it is read: escapes, doubled quotes, variables."""
        plain = all(char.isalnum() or char in " _-.,:;/()" for char in value)
        return f"'{value}'" if plain else f"cast(X'{value.encode().hex()}' as string)"

    def aggregate(self, function: str, value: str = "*", where: str | None = None) -> str:
        """Over the window of a household; `mz_here` marks the rows that are members (see windows.py)."""
        test = f"mz_here and {where}" if where else "mz_here"
        name, counted = "try_sum" if function == "sum" else function, "1" if value == "*" else value
        return f"{name}(case when {test} then {counted} end) over mz_family"

    def small(self, alias: str) -> str:
        return f"/*+ broadcast({alias}) */ "

    def quotient(self, number: str, by: str) -> str:
        return f"{number} div {by}"

    def day_number(self, date: str, low: int, high: int) -> str:
        first, last = (f"date '{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}'" for day in (low, high))
        number = f"cast(year({date}) as bigint) * 10000 + month({date}) * 100 + day({date})"
        return f"case when {date} between {first} and {last} then {number} end"

    def numbers(self, values: Sequence[int]) -> str:
        return f"array({', '.join(f'{value}L' for value in values)})" if values else "cast(array() as array<bigint>)"

    def row_of(self, number: str, lows: str) -> str:
        return f"nullif(array_size(filter({lows}, low -> low <= {number})), 0)"

    def item(self, values: str, position: str) -> str:
        return f"try_element_at({values}, {position})"

    def text_item(self, values: Sequence[str], position: str) -> str:
        return f"try_element_at(array({', '.join(self.text(value) for value in values)}), {position})"

    def joined(self, parts: Sequence[str]) -> str:
        return f"concat_ws(';', {', '.join(parts)})"

    def matches(self, text: str, pattern: str) -> str:
        return f"({text} rlike {self.text(f'^({pattern})' + chr(92) + 'z')})"


SPARK = Spark()
