"""The rates of one day as a relation: the numbers go in as data, and each place picks its own."""

from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.model import Version
from minzheng.policy.rates import ANYWHERE, BoundEntry, BoundRates, Table
from minzheng.policy.values import Kind, carried

PARTS = ("value", "words", "lows", "values", "below")


class Numbers:
    """Which columns the look-up of a version needs, and the common tables that give them."""

    def __init__(self, version: Version, rates: BoundRates, dialect: Dialect) -> None:
        self.version, self.rates, self.dialect = version, rates, dialect
        self._wanted: dict[tuple[str, str, str], str] = {}

    def column(self, rate: str, category: str, part: str) -> str:
        """The column of the places that holds one part of a rate for a category."""
        return self._wanted.setdefault((rate, category, part), f"r{len(self._wanted) + 1}")

    def categories(self, rate: str, kind: Kind) -> list[str]:
        """The categories that some entry names; for an int key only those that are numbers."""
        found = {one.entry.category for one in self.rates.candidates[rate]} - {""}
        return sorted(category for category in found if kind is not Kind.INT or _is_whole(category))

    @property
    def digits(self) -> int:
        """How many digits of an area's code any entry looks at."""
        areas = (one.entry.area for entries in self.rates.candidates.values() for one in entries)
        return max((len(area) for area in areas if area != ANYWHERE), default=0)

    def zone(self, alias: str) -> tuple[str, str]:
        """The part of an area's code that matters, and the residence."""
        return f"left(coalesce({alias}.area, ''), {self.digits})", f"coalesce({alias}.residence, '')"

    def common_tables(self, households: str) -> list[tuple[str, str]]:
        """`mz_numbers` holds every entry, `mz_places` what holds in each place; nothing where no rate is used."""
        if not self._wanted:
            return []
        area, residence = self.zone("h")
        places = f"select distinct {area} as area, {residence} as residence from {households} h"
        columns = "rate, area, residence, category, nearness, value, words, lows, values_, below"
        return [
            (f"mz_numbers({columns})", f"values {', '.join(self._rows())}"),
            ("mz_places", self._correlated(places) if self.dialect.correlates else self._grouped(places)),
        ]

    def join(self) -> str:
        if not self._wanted:
            return ""
        area, residence = self.zone("h")
        return f" join mz_places z on z.area = {area} and z.residence = {residence}"

    def _correlated(self, places: str) -> str:
        """Each number by a subquery of its own."""
        found = [
            f"(select n.{_column(part)} from mz_numbers n where {self._meant(rate, category)} and {self._fits()}"
            f" order by n.nearness desc limit 1) as {column}"
            for (rate, category, part), column in self._wanted.items()
        ]
        return f"select p.area, p.residence, {', '.join(found)} from ({places}) p"

    def _grouped(self, places: str) -> str:
        """Each number by an aggregate over everything that fits the place."""
        found = [
            f"{self.dialect.latest(f'n.{_column(part)}', 'n.nearness', self._meant(rate, category))} as {column}"
            for (rate, category, part), column in self._wanted.items()
        ]
        return (
            f"select p.area, p.residence, {', '.join(found)} from ({places}) p"
            f" left join mz_numbers n on {self._fits()} group by p.area, p.residence"
        )

    def _meant(self, rate: str, category: str) -> str:
        text = self.dialect.text
        categories = f"n.category in ('', {text(category)})" if category else "n.category = ''"
        return f"n.rate = {text(rate)} and {categories}"

    def _fits(self) -> str:
        return (
            f"(n.area = {self.dialect.text(ANYWHERE)} or left(p.area, length(n.area)) = n.area)"
            " and n.residence in ('', p.residence)"
        )

    def _rows(self) -> list[str]:
        rates = {rate for rate, _, _ in self._wanted}
        rows = [self._row(one) for rate in sorted(rates) for one in self.rates.candidates[rate]]
        return rows or [self._nothing()]

    def _row(self, one: BoundEntry) -> str:
        entry, text = one.entry, self.dialect.text
        length, by_residence, by_category = entry.nearness()
        key = [text(part) for part in (entry.rate, entry.area, entry.residence, entry.category)]
        return f"({', '.join([*key, str(length * 4 + by_residence * 2 + by_category), *self._value(one)])})"

    def _value(self, one: BoundEntry) -> list[str]:
        big, value = self.dialect.big, one.value
        none = [big("null"), self._no_text(), *[self.dialect.numbers([])] * 3]
        if isinstance(value, Table):
            none[2:] = [self.dialect.numbers(part) for part in (value.lows, value.values, value.below())]
        elif isinstance(value, str):
            none[1] = self.dialect.text(value)
        else:
            none[0] = big(str(carried(value, self.version.rates[one.entry.rate].kind)))
        return none

    def _nothing(self) -> str:
        empty = self.dialect.numbers([])
        return f"('', '', '', '', 0, {self.dialect.big('null')}, {self._no_text()}, {empty}, {empty}, {empty})"

    def _no_text(self) -> str:
        return f"cast(null as {self.dialect.text_type})"


def _column(part: str) -> str:
    """`values` is a word of SQL."""
    return "values_" if part == "values" else part


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and str(int(text)) == text
