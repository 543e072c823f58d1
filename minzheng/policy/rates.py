"""Every number a law sets: by area, residence, category and date, each with its source.

Look-up: of each key (area, residence, category) the latest version on the day; then the nearest area, then the
residence, then the category that fit. None found is an error of that household.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from minzheng.policy import source
from minzheng.policy.errors import PolicyError
from minzheng.policy.model import MARKS, RateSpec, Version
from minzheng.policy.source import Block, Reader, Text
from minzheng.policy.values import MILLION, WANTED, Bounds, Kind, Value, carried, read, write
from minzheng.policy.vocabulary import code_text, read_value

ANYWHERE = "*"
ENTRY_KEYS = ("area", "residence", "category", "from", "value", "source", "note")


@dataclass(frozen=True)
class Source:
    """Where a number comes from. mark: S seen in a stored copy, K known but not seen, invented for the demo."""

    title: str = ""
    ref: str = ""
    mark: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"title": self.title, "ref": self.ref, "mark": self.mark}


@dataclass(frozen=True)
class Entry:
    """One dated value as it stands in the file: `raw` is text, or rows of (lower bound, value) for a table."""

    rate: str
    area: str
    residence: str
    category: str
    since: dt.date
    raw: str | tuple[tuple[str, str], ...]
    source: Source
    file: str
    line: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.rate, self.area, self.residence, self.category

    def covers(self, area: str, residence: str | None, category: str | None) -> bool:
        return (
            (self.area == ANYWHERE or area.startswith(self.area))
            and self.residence in ("", residence)
            and self.category in ("", category)
        )

    def nearness(self) -> tuple[int, bool, bool]:
        return (0 if self.area == ANYWHERE else len(self.area)), bool(self.residence), bool(self.category)


@dataclass(frozen=True)
class Table:
    """Rows of a band or marginal table: lower bounds (inclusive, rising) and values, both as engines carry them."""

    lows: tuple[int, ...]
    values: tuple[int, ...]

    def below(self) -> tuple[int, ...]:
        """For each row what all rows below it give, in units of value × bound."""
        sums = [0]
        for low, after, value in zip(self.lows, self.lows[1:], self.values, strict=False):
            sums.append(sums[-1] + (after - low) * value)
        return tuple(sums)


@dataclass(frozen=True)
class BoundEntry:
    """An entry with its value typed as the policy declares it (see `values.Value`), or a table."""

    entry: Entry
    value: Value | Table


class Rates:
    """The entries of one or more rates files; left_open: rates that a file leaves to each place by an empty list."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[tuple[tuple[str, str, str, str], dt.date], Entry] = {
            (entry.key, entry.since): entry for entry in entries
        }
        self.left_open: set[str] = set()

    def merge(self, other: "Rates") -> "Rates":
        """These rates with another layer over them: the same key and date is replaced, everything else added."""
        merged = Rates()
        merged.entries = {**self.entries, **other.entries}
        merged.left_open = self.left_open | other.left_open
        return merged

    def names(self) -> set[str]:
        return {entry.rate for entry in self.entries.values()}

    def dates(self) -> list[dt.date]:
        """Every day on which some number changes, in order."""
        return sorted({entry.since for entry in self.entries.values()})

    def bind(self, version: Version, day: dt.date) -> "BoundRates":
        """What holds on a day, typed for a version. Raises PolicyError for a value that is not of its type."""
        latest: dict[tuple[str, str, str, str], Entry] = {}
        for entry in self.entries.values():
            if entry.rate in version.rates and entry.since <= day:
                before = latest.get(entry.key)
                if before is None or before.since < entry.since:
                    latest[entry.key] = entry
        found: dict[str, list[BoundEntry]] = {name: [] for name in version.rates}
        for entry in sorted(latest.values(), key=lambda one: one.key):
            found[entry.rate].append(BoundEntry(entry, typed(entry, version.rates[entry.rate])))
        return BoundRates(found)


class BoundRates:
    """What holds on one day. `candidates`: every entry by rate, nearest first."""

    def __init__(self, found: Mapping[str, list[BoundEntry]]) -> None:
        self.candidates = {
            name: sorted(entries, key=lambda one: one.entry.nearness(), reverse=True) for name, entries in found.items()
        }
        self._by_key = {one.entry.key: one for entries in found.values() for one in entries}
        self._lengths = {
            name: list(dict.fromkeys(one.entry.nearness()[0] for one in entries))
            for name, entries in self.candidates.items()
        }

    def find(self, name: str, area: str, residence: str | None, category: str | None) -> BoundEntry | None:
        """The entry that holds for a place and category, nearest first; None where there is none."""
        for length in self._lengths[name]:
            if length <= len(area):
                for where in dict.fromkeys((residence or "", "")):
                    for which in dict.fromkeys((category or "", "")):
                        found = self._by_key.get((name, area[:length] or ANYWHERE, where, which))
                        if found is not None:
                            return found
        return None


def typed(entry: Entry, spec: RateSpec) -> Value | Table:
    """The value of an entry in the type that the policy declares. Raises PolicyError naming the line."""
    if spec.table is None:
        if not isinstance(entry.raw, str):
            raise _bad(entry, str(entry.raw), spec.kind)
        return _value(entry, entry.raw, spec.kind, spec.bounds)
    if isinstance(entry.raw, str):
        zh, en = "分档表：[{from: 下限, value: 值}, …]", "a table: [{from: lower bound, value: value}, …]"
        raise PolicyError("wrong_form", file=entry.file, line=entry.line, key=entry.rate, wanted_zh=zh, wanted_en=en)
    assert spec.of is not None and spec.of_bounds is not None
    lows = tuple(carried(_value(entry, low, spec.of, spec.of_bounds), spec.of) for low, _ in entry.raw)
    if not lows or list(lows) != sorted(set(lows)):
        raise PolicyError("table_rows", file=entry.file, line=entry.line, name=entry.rate)
    values = tuple(carried(_value(entry, text, spec.kind, spec.bounds), spec.kind) for _, text in entry.raw)
    return Table(lows, values)


def _value(entry: Entry, text: str, kind: Kind, bounds: Bounds) -> Value:
    try:
        value = read(text, kind)
    except ValueError:
        raise _bad(entry, text, kind) from None
    if kind is not Kind.CODE and not bounds.low <= carried(value, kind) <= bounds.high:
        scale = {Kind.RATE: MILLION, Kind.MONEY: 1}.get(kind, 1)
        low, high = (
            write(Fraction(bound, scale), kind) if kind is not Kind.DATE else str(bound)
            for bound in (bounds.low, bounds.high)
        )
        raise PolicyError(
            "rate_bounds", file=entry.file, line=entry.line, name=entry.rate, value=text, low=low, high=high
        )
    return value


def _bad(entry: Entry, text: str, kind: Kind) -> PolicyError:
    zh, en = WANTED[kind]
    return PolicyError(
        "bad_value", file=entry.file, line=entry.line, key=entry.rate, value=text, wanted_zh=zh, wanted_en=en
    )


def load_rates(*paths: Path) -> Rates:
    """The rates of some files, later files over earlier ones. Raises PolicyError."""
    rates = Rates()
    for path in paths:
        rates = rates.merge(parse_rates(source.read_file(path), str(path)))
    return rates


def parse_rates(text: str, name: str) -> Rates:
    """As `load_rates`, from text: for each rate a list of entries."""
    root = source.parse(text, name)
    return Rates() if root is None else rates_of(root, name)


def load_overlay(path: Path) -> dict[str, Rates]:
    """A file that maps a programme to rates (the demo's, a county's), each in the form of rates.yaml."""
    reader, root = Reader(str(path)), source.parse(source.read_file(path), str(path))
    if root is None:
        return {}
    block = reader.block(root, "rates")
    return {programme: rates_of(body, str(path)) for programme, body in block.items() if body is not None}


def rates_of(root: Any, name: str) -> Rates:
    """Rates from a parsed mapping of rate name to entries."""
    reader = Reader(name)
    rates = Rates()
    block = reader.block(root, "rates")
    for rate, bodies in block.items():
        if bodies == []:
            rates.left_open.add(rate)
        for body in reader.items(bodies, rate, line=block.lines[rate]):
            entry = _entry(reader, rate, reader.block(body, rate, line=block.lines[rate]))
            before = rates.entries.get((entry.key, entry.since))
            if before is not None:
                raise reader.error("rate_twice", body, name=rate, other=before.line)
            rates.entries[(entry.key, entry.since)] = entry
    return rates


def _entry(reader: Reader, rate: str, body: Block) -> Entry:
    reader.only(body, ENTRY_KEYS, required=("from", "value"))
    since = read_value(reader, body["from"], Kind.DATE, "from")
    assert isinstance(since, dt.date)
    area = str(reader.text(body["area"], "area")) if body.get("area") else ANYWHERE
    if area != ANYWHERE and not (area.isascii() and area.isalnum()):
        raise reader.error(
            "bad_value",
            body["area"],
            key="area",
            value=area,
            wanted_zh="区划代码或 *",
            wanted_en="a division code or *",
        )
    residence = reader.choice(body["residence"], "residence", ("urban", "rural")) if body.get("residence") else ""
    return Entry(
        rate=rate,
        area=area,
        residence=residence,
        category=_category(reader, body),
        since=since,
        raw=_raw(reader, rate, body),
        source=_source(reader, body.get("source")),
        file=reader.file,
        line=body.line,
    )


def _category(reader: Reader, body: Block) -> str:
    if body.get("category") is None:
        return ""
    return code_text(reader, reader.text(body["category"], "category"), "category", body.lines["category"])


def _raw(reader: Reader, rate: str, body: Block) -> str | tuple[tuple[str, str], ...]:
    value = body["value"]
    if isinstance(value, Text):
        return str(value)
    rows = []
    for row in reader.items(value, f"{rate}.value", line=body.lines["value"]):
        row = reader.block(row, f"{rate}.value")
        reader.only(row, ("from", "value"), required=("from", "value"))
        rows.append((str(reader.text(row["from"], "from")), str(reader.text(row["value"], "value"))))
    return tuple(rows)


def _source(reader: Reader, value: Any) -> Source:
    if value is None:
        return Source()
    body = reader.block(value, "source")
    reader.only(body, ("title", "ref", "mark"))
    mark = reader.choice(body["mark"], "mark", MARKS) if body.get("mark") else ""
    title, ref = (str(reader.text(body[key], key)) if body.get(key) else "" for key in ("title", "ref"))
    return Source(title, ref, mark)
