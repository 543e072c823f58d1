"""Gaps and overlaps of dated rates: places that have no number on a day, numbers that no household is ever given.

Nothing is guessed from the dates alone. For every place that an entry names, every residence and every category that
the key's fact can take, the look-up itself is made on every day on which the answer can change. What it never returns
is an overlap; what it does not find is a gap.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product

from minzheng.policy.checks import used_names
from minzheng.policy.model import Policy, RateSpec, Version
from minzheng.policy.rates import ANYWHERE, Entry, Rates
from minzheng.policy.remark import Remark, remark
from minzheng.policy.values import Kind

RESIDENCES = ("urban", "rural")
IN_CHINESE = {"urban": "城镇", "rural": "农村"}
OTHER = "\0"
"""A category that no entry names, where the key's fact does not list its values."""
SHOWN = 6


@dataclass(frozen=True)
class _Span:
    """The days on which one version declares a rate: from its start to the day before `end`."""

    version: Version
    spec: RateSpec
    end: dt.date | None

    def has(self, day: dt.date) -> bool:
        return self.version.starts_on <= day and (self.end is None or day < self.end)

    def days(self, entries: list[Entry]) -> list[dt.date]:
        """The days on which the answer of a look-up can change."""
        return sorted({self.version.starts_on, *(one.since for one in entries if self.has(one.since))})

    def categories(self, entries: list[Entry]) -> tuple[list[str | None], bool]:
        """What the category of a household can be, and whether that is a complete list."""
        if self.spec.key is None:
            return [None], True
        facts = self.version.member_facts if self.spec.key_of_member else self.version.facts
        fact = facts[self.spec.key]
        if fact.values:
            return list(fact.values), True
        named = {one.category for one in entries if one.category}
        if fact.kind is Kind.INT:
            named = {text for text in named if _whole(text) and fact.bounds.low <= int(text) <= fact.bounds.high}
        return [*sorted(named), OTHER], False


class _Board:
    """The entries of one rate that hold on a day, for look-ups by place, residence and category."""

    def __init__(self, entries: list[Entry], day: dt.date) -> None:
        self.held: dict[tuple[str, str, str], Entry] = {}
        for one in sorted(entries, key=lambda entry: entry.since):
            if one.since <= day:
                self.held["" if one.area == ANYWHERE else one.area, one.residence, one.category] = one
        self.lengths = sorted({len(area) for area, _, _ in self.held}, reverse=True)

    def find(self, place: str, residence: str, category: str | None) -> Entry | None:
        """As `BoundRates.find`: the longest area, then with a residence, then with a category."""
        for length in self.lengths:
            if length <= len(place):
                for key in product((place[:length],), (residence, ""), (category, "") if category else ("",)):
                    if key in self.held:
                        return self.held[key]
        return None


def gaps_and_overlaps(policy: Policy, rates: Rates) -> Iterator[Remark]:
    """Every remark on the dates, places and categories of a programme's rates."""
    by_name: dict[str, list[Entry]] = {}
    for entry in rates.entries.values():
        by_name.setdefault(entry.rate, []).append(entry)
    spans = _spans(policy)
    for name, own in spans.items():
        entries = by_name.get(name, [])
        yield from _coverage(name, own, entries, open_to_places=name in rates.left_open)
        yield from _overlaps(name, own, entries)
        for span in own:
            yield from _cells(name, span, entries)
        yield from _lost(name, own, entries)
    yield from _places(policy, by_name)


def _spans(policy: Policy) -> dict[str, list[_Span]]:
    found: dict[str, list[_Span]] = {}
    ends = [*(after.starts_on for after in policy.versions[1:]), None]
    for version, end in zip(policy.versions, ends, strict=True):
        for name, spec in version.rates.items():
            found.setdefault(name, []).append(_Span(version, spec, end))
    return found


def _coverage(name: str, spans: list[_Span], entries: list[Entry], *, open_to_places: bool) -> Iterator[Remark]:
    """Versions on whose first day no entry holds anywhere, and entries from before the first."""
    first = spans[0].version.starts_on
    for span in spans:
        start, place = span.version.starts_on, {"file": span.version.file, "line": span.spec.line, "name": name}
        inside = [one.since for one in entries if span.end is None or one.since < span.end]
        if not inside and not open_to_places:
            yield remark("no_entry", **place, first=start)  # type: ignore[arg-type]
            break
        if inside and min(inside) > start:
            yield remark("late_start", **place, first=start, since=min(inside))  # type: ignore[arg-type]
    early = sorted((one for one in entries if one.since < first), key=lambda one: (one.since, one.line))
    if early:
        place = {"file": early[0].file, "line": early[0].line, "name": name}
        yield remark("before_first", **place, since=early[0].since, first=first, count=len(early))  # type: ignore[arg-type]


def _overlaps(name: str, spans: list[_Span], entries: list[Entry]) -> Iterator[Remark]:
    """Entries that no look-up ever returns, and why."""
    given: set[int] = set()
    rivals: dict[int, Entry] = {}
    for span in spans:
        categories, _ = span.categories(entries)
        for day in span.days(entries):
            board = _Board(entries, day)
            for place, residence, category in product(_places_of(entries), RESIDENCES, categories):
                found = board.find(place, residence, category)
                if found is not None:
                    given.add(id(found))
                    rivals.update({id(one): found for one in _passed_over(board, place, residence, category, found)})
    for one in entries:
        if id(one) not in given:
            yield _why_never(name, one, spans, entries, rivals.get(id(one)))


def _passed_over(board: _Board, place: str, residence: str, category: str | None, found: Entry) -> list[Entry]:
    """The entries of this very place that would fit too."""
    keys = product((place,), (residence, ""), (category, "") if category else ("",))
    return [board.held[key] for key in keys if key in board.held and board.held[key] is not found]


def _why_never(name: str, one: Entry, spans: list[_Span], entries: list[Entry], rival: Entry | None) -> Remark:
    place = {"file": one.file, "line": one.line, "name": name}
    if one.category and not any(one.category in span.categories(entries)[0] for span in spans):
        return remark("impossible_category", **place, category=one.category, **_reason(spans[-1]))  # type: ignore[arg-type]
    later = sorted((other for other in entries if other.key == one.key and other.since > one.since), key=_since)
    end = later[0].since if later else None
    alive = [
        span for span in spans
        if (span.end is None or one.since < span.end) and (end is None or end > span.version.starts_on)
    ]  # fmt: skip
    if not alive:
        if later and any(later[0].since <= span.version.starts_on for span in spans):
            return remark("superseded", **place, other=later[0].line)  # type: ignore[arg-type]
        return remark("too_late", **place, since=one.since)  # type: ignore[arg-type]
    return remark("shadowed", **place, other=rival.line if rival else 0)  # type: ignore[arg-type]


def _reason(span: _Span) -> dict[str, str]:
    if span.spec.key is None:
        return {"reason_zh": "这个费率没有声明 key", "reason": "the rate declares no key"}
    zh, en = f"{span.spec.key} 没有这个取值", f"{span.spec.key} does not take it"
    return {"reason_zh": zh, "reason": en}


def _cells(name: str, span: _Span, entries: list[Entry]) -> Iterator[Remark]:
    """Places where one residence finds a number and the other does not; at last, categories that find none."""
    categories, listed = span.categories(entries)
    said: set[str] = set()
    days = span.days(entries)
    for day in days:
        board = _Board(entries, day)
        for place in _places_of(entries):
            found = {
                (residence, category)
                for residence, category in product(RESIDENCES, categories)
                if board.find(place, residence, category) is not None
            }
            lines = [one.line for one in entries if _place(one) == place]
            at = {"file": _file(entries, place), "line": min(lines), "name": name, "area": place or ANYWHERE}
            for category in categories:
                has = [residence for residence in RESIDENCES if (residence, category) in found]
                if len(has) == 1 and place not in said:
                    said.add(place)
                    yield _residence_gap(at, has[0], day)
            lacking = [
                str(category) for category in categories if not any((one, category) in found for one in RESIDENCES)
            ]
            if listed and day == days[-1] and found and lacking:
                yield remark("category_gap", **at, lacking=_some(lacking))  # type: ignore[arg-type]


def _residence_gap(at: Mapping[str, object], found: str, day: dt.date) -> Remark:
    lacking = RESIDENCES[1 - RESIDENCES.index(found)]
    words = {"found": found, "lacking": lacking, "found_zh": IN_CHINESE[found], "lacking_zh": IN_CHINESE[lacking]}
    return remark("residence_gap", **at, **words, day=day)  # type: ignore[arg-type]


def _lost(name: str, spans: list[_Span], entries: list[Entry]) -> Iterator[Remark]:
    """Places that had a number until a version whose key or categories no longer find it."""
    for before, after in pairwise(spans):
        day = after.version.starts_on
        if before.end != day:
            continue
        earlier, later = _Board(entries, day - dt.timedelta(days=1)), _Board(entries, day)
        for place, residence in product(_places_of(entries), RESIDENCES):
            had = any(earlier.find(place, residence, one) for one in before.categories(entries)[0])
            has = any(later.find(place, residence, one) for one in after.categories(entries)[0])
            if had and not has:
                words = {"area": place or ANYWHERE, "residence": residence, "residence_zh": IN_CHINESE[residence]}
                yield remark("lost", file=after.version.file, line=after.spec.line, name=name, day=day, **words)


def _places(policy: Policy, by_name: Mapping[str, list[Entry]]) -> Iterator[Remark]:
    """Places that set some of the numbers and find nothing for others."""
    version = policy.versions[-1]
    used = used_names(version)
    wanted = [(name, spec) for name, spec in version.rates.items() if name in used]
    last = max((one.since for entries in by_name.values() for one in entries), default=version.starts_on)
    boards = {name: _Board(by_name.get(name, []), max(last, version.starts_on)) for name, _ in wanted}
    named = {(_place(one), one.file) for entries in by_name.values() for one in entries if one.area != ANYWHERE}
    for place, file in sorted(named):
        lacking = [
            name
            for name, spec in wanted
            if not any(
                boards[name].find(place, residence, category)
                for residence in RESIDENCES
                for category in _Span(version, spec, None).categories(by_name.get(name, []))[0]
            )
        ]
        if lacking:
            yield remark("place_gap", file=file, area=place, lacking=_some(lacking))


def _place(entry: Entry) -> str:
    return "" if entry.area == ANYWHERE else entry.area


def _places_of(entries: list[Entry]) -> list[str]:
    return sorted({_place(one) for one in entries})


def _file(entries: list[Entry], place: str) -> str:
    return next(one.file for one in entries if _place(one) == place)


def _since(entry: Entry) -> dt.date:
    return entry.since


def _whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and str(int(text)) == text


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
