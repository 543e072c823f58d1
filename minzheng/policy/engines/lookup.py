"""The numbers that hold in each place: worked out once for every place that occurs, joined to its households."""

from collections.abc import Callable, Collection, Iterable, Mapping

from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.model import Version
from minzheng.policy.rates import ANYWHERE, BoundRates, Table
from minzheng.policy.values import Kind, carried

PLACES = "mz_places"
"""The table that a query with `zones` reads: area, residence, and the columns of `place_columns`."""
PARTS = {"value": "number", "words": "text", "lows": "numbers", "values": "numbers", "below": "numbers"}
"""What of a rate a query may need, and its type: its number, its text, or a table's bounds, values and sums."""

Place = tuple[object, ...]


class Numbers:
    """Which columns the look-up of a version needs, and what stands in them for each place."""

    def __init__(self, version: Version, rates: BoundRates, dialect: Dialect) -> None:
        self.version, self.rates, self.dialect = version, rates, dialect
        self._wanted: dict[tuple[str, str, str], str] = {}
        self._held: Mapping[str, str] = {}

    def held(self, columns: Mapping[str, str]) -> "Numbers":
        """The same numbers where the households hold them themselves: columns of the places as SQL."""
        found = Numbers(self.version, self.rates, self.dialect)
        found._wanted, found._held = dict(self._wanted), columns
        return found

    def source(self, column: str) -> str:
        """Where a query finds a column of the places."""
        return self._held.get(column, f"z.{column}")

    def column(self, rate: str, category: str, part: str) -> str:
        """The column of the places that holds one part of a rate for a category."""
        return self._wanted.setdefault((rate, category, part), f"r{len(self._wanted) + 1}")

    def everywhere(self, constants: Mapping[str, int], besides: Collection[str]) -> dict[str, int]:
        """The rates with one number for every place, by name. constants: columns that hold one; besides: rates that
        the households bring themselves."""
        return {
            rate: constants[column]
            for (rate, _, part), column in self._wanted.items()
            if part == "value" and column in constants and rate not in besides and self.version.rates[rate].key is None
        }

    def categories(self, rate: str, kind: Kind) -> list[str]:
        """The categories that some entry names; for an int key only those that are numbers."""
        found = {one.entry.category for one in self.rates.candidates[rate]} - {""}
        return sorted(category for category in found if kind is not Kind.INT or _is_whole(category))

    def zones(self, households: str) -> str | None:
        """A SELECT of every place that occurs: the part of an area's code that matters, and the residence."""
        if not self._wanted:
            return None
        area, residence = self.zone("h")
        return f"select distinct {area} as area, {residence} as residence from {households} h"

    def columns(self) -> dict[str, str]:
        """Name and type (`number`, `text`, `numbers`) of each column that the places need."""
        return {column: PARTS[part] for (_, _, part), column in self._wanted.items()}

    def is_plain(self, column: str) -> bool:
        """Whether a column is a rate's one number or text, neither by category nor a table's."""
        return any(
            found == column and self.version.rates[rate].key is None and part in ("value", "words")
            for (rate, _, part), found in self._wanted.items()
        )

    def places(self, zones: Iterable[tuple[str, str]]) -> list[Place]:
        """A row for each zone: area, residence, and each column; None where no entry holds."""
        finders = [self._finder(*wanted) for wanted in self._wanted]
        return [(area, residence, *(find(area, residence) for find in finders)) for area, residence in zones]

    def named_places(self) -> list[Place]:
        """A row for every place that entries name most closely, with every residence: mostly all that occur.

        A place without a residence is left out where it lacks a number that every place with one has: few households
        are there, and without it nobody needs to be asked for the number.
        """
        named = self._areas()
        digits = max(map(len, named), default=0)
        areas = sorted(area for area in named | {""} if len(area) == digits)
        resident = self.places((area, residence) for area in areas for residence in ("urban", "rural"))
        finders = [self._finder(*wanted) for wanted in self._wanted]
        given = [find for at, find in enumerate(finders, 2) if all(row[at] is not None for row in resident)]
        others = [area for area in areas if all(find(area, "") is not None for find in given)]
        return [*resident, *self.places((area, "") for area in others)]

    def _areas(self) -> set[str]:
        """The areas that entries of the wanted rates name."""
        areas = {one.entry.area for rate, _, _ in self._wanted for one in self.rates.candidates[rate]}
        return areas - {ANYWHERE}

    def join(self) -> str:
        if not self._wanted.values() - self._held.keys():
            return ""
        area, residence = self.zone("h")
        return f" join {PLACES} z on z.area = {area} and z.residence = {residence}"

    def zone(self, alias: str) -> tuple[str, str]:
        """The part of an area's code that matters, and the residence, as SQL."""
        digits = max(map(len, self._areas()), default=0)
        area = f"left(coalesce({alias}.area, ''), {digits})" if digits else "''"
        return area, f"coalesce({alias}.residence, '')"

    def _finder(self, rate: str, category: str, part: str) -> Callable[[str, str], object]:
        """What holds in a zone; looked up once for as much of the zone as the rate's entries look at."""
        entries = [one.entry for one in self.rates.candidates[rate]]
        digits = max((entry.nearness()[0] for entry in entries), default=0)
        residences = {entry.residence for entry in entries}
        known: dict[tuple[str, str], object] = {}

        def find(area: str, residence: str) -> object:
            key = (area[:digits], residence if residence in residences else "")
            if key not in known:
                known[key] = self._pick(*key, rate, category, part)
            return known[key]

        return find

    def _pick(self, area: str, residence: str, rate: str, category: str, part: str) -> object:
        found = self.rates.find(rate, area, residence, category)
        if found is None:
            return None
        if isinstance(found.value, Table):
            return list({"lows": found.value.lows, "values": found.value.values, "below": found.value.below()}[part])
        return found.value if part == "words" else carried(found.value, self.version.rates[rate].kind)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and str(int(text)) == text
