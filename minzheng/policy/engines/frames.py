"""Columns that build on one another, for households and for their members.

Every expression that is used more than once becomes a column of its own; a column may use those of earlier layers. A
new level begins where a household's column needs an aggregate over members: members of level k are aggregated into
the households of level k + 1. Columns are called c1, c2, … throughout: an expression's layer is read off its text.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from minzheng.policy.engines.dialects import Dialect

COLUMN = re.compile(r"\bc\d+\b")
MARK = "\x01"
"""Brackets a failure until all are known; no text of a YAML file can contain it."""
QUOTED = re.compile(rf"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|{MARK}[^{MARK}]*{MARK}")
PLAIN = re.compile(r"c\d+|\d+")

HOUSEHOLD, MEMBER = "household", "member"
PROMISE = "mz_promise"
"""What a query fails with that was written for facts as promised."""


@dataclass(frozen=True)
class Column:
    """Where a column is computed: `layer` 0 comes from the frame's source."""

    frame: str
    level: int
    layer: int
    sql: str


class Frames:
    """All columns of one query, in the order in which they were asked for."""

    def __init__(self, dialect: Dialect, crowd: str | None = None) -> None:
        """crowd: where every household is said to have members, the `having …` that looks whether it has too many;
        one without any is left out."""
        self.dialect, self.crowd = dialect, crowd
        self.required: dict[str, list[str]] = {HOUSEHOLD: [], MEMBER: []}
        self.columns: dict[str, Column] = {}
        self._by_text: dict[tuple[str, str], str] = {}

    def source(self, frame: str, sql: str, level: int = 0) -> str:
        """A column of the frame's source: of the relation itself, of the look-up, or an aggregate."""
        return self._add(frame, level, 0, sql)

    def bind(self, frame: str, sql: str) -> str:
        """The expression as a column; a plain column or number stays as it is."""
        if PLAIN.fullmatch(sql):
            return sql
        used = [self.columns[name] for name in self.names(sql)]
        level = max((column.level for column in used), default=0)
        same = (column.layer for column in used if (column.frame, column.level) == (frame, level))
        return self._add(frame, level, 1 + max(same, default=0), sql)

    def require(self, frame: str, test: str) -> None:
        """The whole query is to fail where this does not hold in a row of the frame's source."""
        if test not in self.required[frame]:
            self.required[frame].append(test)

    def level_of(self, *texts: str) -> int:
        """The level at which these expressions can be computed."""
        return max((self.columns[name].level for text in texts for name in self.names(text)), default=0)

    def names(self, sql: str) -> list[str]:
        return COLUMN.findall(QUOTED.sub("", sql))

    def _add(self, frame: str, level: int, layer: int, sql: str) -> str:
        key = (frame, f"{level}:{sql}" if layer == 0 else sql)
        if key not in self._by_text:
            name = f"c{len(self.columns) + 1}"
            self.columns[name] = Column(frame, level, layer, sql)
            self._by_text[key] = name
        return self._by_text[key]

    # ---- rendering

    def levels(self) -> int:
        return max((column.level for column in self.columns.values()), default=0)

    def settle(self, last: str) -> str:
        """Called once all columns are there, with the select list that uses them; returns that list."""
        return last

    def common_tables(self, households: str, members: str, where: str = "") -> list[tuple[str, str]]:
        """Name and text of each common table: h0, m0, g1, h1, m1, g2, …; the last h holds everything.

        households: `from … h` with what is joined to it. where: which of them.
        """
        start = self._select("h.id", self._at(HOUSEHOLD, 0, 0), f"{households} {where or self._promise(HOUSEHOLD)}")
        tables = [("mz_h0", self._layers(HOUSEHOLD, 0, start))]
        carried: set[str] = set()
        for level in range(self.levels()):
            tables.append((f"mz_m{level}", self._members(level, members, carried)))
            aggregates = self._at(HOUSEHOLD, level + 1, 0)
            source = f"from mz_m{level} m group by m.id {self.crowd or ''}"
            grouped = self._select("m.id", aggregates, source)
            tables.append((f"mz_g{level + 1}", grouped))
            inner = ", ".join(["h.*", *(f"g.{name}" for name in aggregates)])
            how = "left join" if self.crowd is None else "join"
            joined = f"select {inner} from mz_h{level} h {how} mz_g{level + 1} g on g.id = h.id"
            tables.append((f"mz_h{level + 1}", self._layers(HOUSEHOLD, level + 1, joined)))
        return tables

    def _members(self, level: int, members: str, carried: set[str]) -> str:
        """Members with what they take from their household at this level."""
        wanted = {
            name
            for column in self.columns.values()
            if column.frame == MEMBER or column.layer == 0
            for name in self.names(column.sql)
            if self.columns[name].frame == HOUSEHOLD and self.columns[name].level == level
        }
        taken = sorted(wanted - carried, key=lambda name: int(name[1:]))
        carried |= wanted
        household = [f"h.{name}" for name in taken]
        if level == 0:
            own = [f"{column.sql} as {name}" for name, column in self._at(MEMBER, 0, 0).items()]
            source = f"from {members} m"
            if taken:
                source += " join mz_h0 h on h.id = m.id"
            source += self._promise(MEMBER)
            start = f"select {', '.join(['m.id', *own, *household])} {source}"
        else:
            start = f"select {', '.join(['m.*', *household])} from mz_m{level - 1} m join mz_h{level} h on h.id = m.id"
        return self._layers(MEMBER, level, start)

    def _promise(self, frame: str) -> str:
        tests = " and ".join(self.required[frame])
        return f" where case when {tests} then true else {self.dialect.stop(PROMISE)} end" if tests else ""

    def _at(self, frame: str, level: int, layer: int) -> Mapping[str, Column]:
        wanted = (frame, level, layer)
        return {n: c for n, c in self.columns.items() if (c.frame, c.level, c.layer) == wanted}

    def _select(self, first: str, columns: Mapping[str, Column], source: str) -> str:
        return f"select {', '.join([first, *(f'{column.sql} as {name}' for name, column in columns.items())])} {source}"

    def _layers(self, frame: str, level: int, select: str) -> str:
        """One subquery around the other, each adding the columns of its layer."""
        layers: dict[int, list[str]] = defaultdict(list)
        for name, column in self.columns.items():
            if (column.frame, column.level) == (frame, level) and column.layer:
                layers[column.layer].append(f"{column.sql} as {name}")
        for layer in sorted(layers):
            select = f"select t.*, {', '.join(layers[layer])}\nfrom ({self.dialect.fence(select)}) t"
        return select
