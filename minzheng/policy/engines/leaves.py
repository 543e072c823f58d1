"""Facts, rates, literals and failures: what an SQL expression begins with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from minzheng.policy import tree as t
from minzheng.policy.checks import scope_of
from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.engines.frames import HOUSEHOLD, MARK, MEMBER, Frames
from minzheng.policy.engines.grouped import Grouped
from minzheng.policy.engines.lookup import Numbers
from minzheng.policy.engines.windows import Windows
from minzheng.policy.model import FactSpec, RateSpec, Version
from minzheng.policy.outcome import Failure
from minzheng.policy.shapes import Shape, shape
from minzheng.policy.values import FAMILY, MILLION, Kind


@dataclass(frozen=True)
class Sql:
    """A value: `n` over `d` (a number for a constant), and the failure (None: cannot fail)."""

    n: str
    d: str | int
    e: str | None
    shape: Shape

    @property
    def size(self) -> int | None:
        return self.d if isinstance(self.d, int) else None


@dataclass(frozen=True)
class Place:
    """Which formula we are in, and whether it is computed for each member."""

    step: str
    frame: str


class Families(Enum):
    """What is known of the number of members: nothing; every household is said to have at least one and no more than it
    may have (the query leaves out those without, and fails as a whole where one has more); it is known to be so."""

    UNKNOWN = 0
    PROMISED = 1
    KNOWN = 2


@dataclass(frozen=True)
class Sound:
    """What is known of all the rows before the query is written, so that it need not be asked of each.

    facts, member_facts: never missing, always within their bounds. places: columns of the places that are never null.
    constants: columns of the places that hold one number everywhere, with that number.
    """

    facts: frozenset[str] = frozenset()
    member_facts: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    families: Families = Families.UNKNOWN
    constants: Mapping[str, int] = field(default_factory=dict)
    promised: bool = False
    """The facts are only said to be so: the query looks, and fails as a whole where one is not."""


CROWD = "mz_crowd"
"""What a query fails with that was written for families of ordinary size."""
UNKNOWN = Sound()


def is_sound(value: str, spec: FactSpec | RateSpec, dialect: Dialect) -> str:
    """Whether a carried value is known and within its bounds (never true otherwise)."""
    if spec.kind is Kind.BOOL:
        return f"{value} is not null"
    if spec.kind is Kind.CODE:
        values = getattr(spec, "values", ())
        return dialect.one_of(value, values) if values else f"{value} is not null"
    if spec.kind is Kind.DATE:
        return f"{dialect.day_number(value, spec.bounds.low, spec.bounds.high)} is not null"
    return f"{value} between {spec.bounds.low} and {spec.bounds.high}"


def _frames(dialect: Dialect, sound: Sound) -> Frames:
    if dialect.windows:
        return Windows(dialect)
    if dialect.grouped:
        return Grouped(dialect, together=sound.families is Families.KNOWN)
    crowd = f"having case when count(*) <= {FAMILY} then true else {dialect.stop(CROWD)} end"
    return Frames(dialect, crowd if sound.families is Families.PROMISED else None)


class Leaves:
    """The state of one emission, and the nodes without operands."""

    def __init__(
        self,
        version: Version,
        numbers: Numbers,
        day: int,
        overrides: frozenset[str],
        dialect: Dialect,
        sound: Sound = UNKNOWN,
    ) -> None:
        self.sound = sound
        self.version, self.numbers, self.day, self.overrides, self.dialect = version, numbers, day, overrides, dialect
        self.frames = _frames(dialect, sound)
        self.scope = scope_of(version)
        self.failures: set[str] = set()
        self._steps: dict[str, Sql] = {}
        self._alternatives: dict[str, list[str]] = {}

    def shape(self, node: t.Node) -> Shape:
        return shape(node, self.scope)

    # ---- failures

    def fail(self, code: str, at: Place, fact: str) -> str:
        text = str(Failure(code, at.step, fact))
        self.failures.add(text)
        return f"{MARK}{text}{MARK}"

    def numbered(self, sql: str) -> str:
        """Failures by their positions; call it once everything is emitted."""
        ordered = sorted(self.failures)
        position = {text: str(number) for number, text in enumerate(ordered, 1)}
        missing = [number for number, text in enumerate(ordered, 1) if text.startswith("missing:")]
        position |= {"first": str(min(missing, default=0)), "last": str(max(missing, default=0))}
        return re.sub(f"{MARK}([^{MARK}]*){MARK}", lambda found: position[found.group(1)], sql)

    def either_failure(self, *parts: str | None) -> str | None:
        """The first of them. One list however long a sum is: what is nested in itself, some engines type for ever."""
        known = [one for part in parts if part is not None for one in self._alternatives.get(part, [part])]
        if not known:
            return None
        found = self.dialect.first(known)
        if len(known) > 1:
            self._alternatives[found] = known
        return found

    def guarded(self, sql: str, e: str | None, at: Place) -> str:
        """The value only where nothing failed."""
        return sql if e is None else f"case when {self.frames.bind(at.frame, e)} is null then {sql} end"

    def atom(self, sql: str, at: Place) -> str:
        return self.frames.bind(at.frame, sql)

    # ---- names and literals

    def literal(self, node: t.Literal, at: Place) -> Sql:
        if node.kind is Kind.BOOL:
            return Sql("true" if node.value else "false", 1, None, self.shape(node))
        if node.kind is Kind.CODE:
            return Sql(self.dialect.text(str(node.value)), 1, None, self.shape(node))
        return Sql(self.dialect.big(str(node.value)), 1, None, self.shape(node))

    def today(self, node: t.Day, at: Place) -> Sql:
        return Sql(self.dialect.big(str(self.day)), 1, None, self.shape(node))

    def fact(self, node: t.FactRef, at: Place) -> Sql:
        frame = MEMBER if node.member else HOUSEHOLD
        spec = (self.version.member_facts if node.member else self.version.facts)[node.name]
        raw = self._fact_column(spec, frame)
        if node.name in (self.sound.member_facts if node.member else self.sound.facts):
            value = self.dialect.day_number(raw, spec.bounds.low, spec.bounds.high) if spec.kind is Kind.DATE else raw
            if self.sound.promised:
                self.frames.require(frame, is_sound(self.frames.columns[raw].sql, spec, self.dialect))
            return Sql(self.frames.bind(frame, value), self._den(spec.kind), None, self.shape(node))
        sound = self.frames.bind(frame, self._within(raw, spec))
        missing, bounds = self.fail("missing", at, node.name), None
        if sound != raw:
            bounds = self.fail("bounds", at, node.name)
        inner = missing if bounds is None else f"case when {raw} is null then {missing} else {bounds} end"
        return Sql(sound, self._den(spec.kind), f"case when {sound} is null then {inner} end", self.shape(node))

    def _fact_column(self, spec: FactSpec, frame: str) -> str:
        """The column as it comes."""
        alias = "m" if frame == MEMBER else "h"
        column = f"{alias}.{self.dialect.name_of(spec.name)}"
        numeric = spec.kind in (Kind.MONEY, Kind.INT, Kind.RATE)
        return self.frames.source(frame, self.dialect.big(column) if numeric else column)

    def _within(self, raw: str, spec: FactSpec | RateSpec) -> str:
        low, high = spec.bounds.low, spec.bounds.high
        if spec.kind is Kind.DATE:
            return self.dialect.day_number(raw, low, high)
        if spec.kind is Kind.CODE:
            values = getattr(spec, "values", ())
            listed = ", ".join(self.dialect.text(value) for value in values)
            return f"case when {raw} in ({listed}) then {raw} end" if values else raw
        if spec.kind is Kind.BOOL:
            return raw
        return f"case when {raw} between {low} and {high} then {raw} end"

    def _den(self, kind: Kind) -> int:
        return MILLION if kind is Kind.RATE else 1

    def rate(self, node: t.RateRef, at: Place) -> Sql:
        spec = self.version.rates[node.name]
        frame = MEMBER if node.member else HOUSEHOLD
        everywhere = self._everywhere(spec)
        if everywhere is not None:
            return Sql(everywhere, self._den(spec.kind), None, self.shape(node))
        looked_up, key = self._looked_up(spec, frame, at, self._part(spec))
        if spec.kind is Kind.BOOL:
            looked_up = f"({looked_up} = 1)"
        none = self.fail("no_rate", at, node.name)
        unknown = self.either_failure(key, none)
        if node.name not in self.overrides:
            value = self.frames.bind(frame, looked_up)
            if spec.key is None and self.numbers.column(spec.name, "", self._part(spec)) in self.sound.places:
                return Sql(value, self._den(spec.kind), None, self.shape(node))
            return Sql(value, self._den(spec.kind), f"case when {value} is null then {unknown} end", self.shape(node))
        raw, sound = self._override(spec)
        value = self.frames.bind(frame, f"case when {raw} is null then {looked_up} else {sound} end")
        bounds = self.fail("bounds", at, node.name)
        failure = f"case when {value} is null then case when {raw} is null then {unknown} else {bounds} end end"
        return Sql(value, self._den(spec.kind), failure, self.shape(node))

    def _everywhere(self, spec: RateSpec) -> str | None:
        """The number of a rate that is the same for every household."""
        if spec.key is not None or spec.name in self.overrides:
            return None
        number = self.sound.constants.get(self.numbers.column(spec.name, "", self._part(spec)))
        if number is None:
            return None
        return ("true" if number else "false") if spec.kind is Kind.BOOL else self.dialect.big(str(number))

    def _part(self, spec: RateSpec) -> str:
        return "words" if spec.kind is Kind.CODE else "value"

    def _override(self, spec: RateSpec) -> tuple[str, str]:
        column = f"h.{self.dialect.name_of(spec.name)}"
        numeric = spec.kind in (Kind.MONEY, Kind.INT, Kind.RATE)
        raw = self.frames.source(HOUSEHOLD, self.dialect.big(column) if numeric else column)
        return raw, self.frames.bind(HOUSEHOLD, self._within(raw, spec))

    def _looked_up(self, spec: RateSpec, frame: str, at: Place, part: str) -> tuple[str, str | None]:
        """One part (value, words, lows, values, below) of the entry that holds here, and the failure of its key."""
        if spec.key is None:
            return self._number(spec.name, "", part), None
        kinds = self.version.member_facts if spec.key_of_member else self.version.facts
        key = self.fact(t.FactRef(kinds[spec.key].kind, spec.key, spec.key_of_member), at)
        branches = [
            f"when {self._category(category, kinds[spec.key].kind)} then {self._number(spec.name, category, part)}"
            for category in self.numbers.categories(spec.name, kinds[spec.key].kind)
        ]
        default = f"when {key.n} is not null then {self._number(spec.name, '', part)}"
        if not branches:
            return f"case {default} end", key.e
        chosen = " ".join(branch.replace("when ", f"when {key.n} = ", 1) for branch in branches)
        return f"case {chosen} {default} end", key.e

    def _category(self, category: str, kind: Kind) -> str:
        return category if kind is Kind.INT else self.dialect.text(category)

    def _number(self, rate: str, category: str, part: str) -> str:
        return self.frames.source(HOUSEHOLD, self.numbers.source(self.numbers.column(rate, category, part)))
