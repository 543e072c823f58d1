"""The columns of `frames` in as few layers as they need, for engines that compute a select list row by row.

There every layer costs as much as some ten operations. So what is used once, or is short, is written where it is used,
and what nobody uses is left out; a layer remains only where something longer is used several times.
"""

import re
from collections import Counter
from dataclasses import replace

from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.engines.frames import COLUMN, HOUSEHOLD, MEMBER, QUOTED, Column, Frames

EXTRA = 80
"""So many words of an expression may be computed again to spare a layer (a third makes layers, twice is no faster)."""
WORD = re.compile(r"\w+|[^\w\s()]+")
PARTS = re.compile(rf"{QUOTED.pattern}|{COLUMN.pattern}")


class Grouped(Frames):
    """together: every household is known to have members, and `households` is a table with the primary key `id`.

    Then one level of aggregates is one join and one `group by h.id`: the household's columns depend on its key, and
    nothing is joined back.
    """

    def __init__(self, dialect: Dialect, *, together: bool) -> None:
        super().__init__(dialect)
        self.together = together
        self._inside: dict[str, str] = {}

    def settle(self, last: str) -> str:
        self._spread(last)
        last = self._written_out(last)
        self._relayer()
        return last

    def _spread(self, last: str) -> None:
        """Every expression that is short or used once takes the place of its name."""
        uses = self._uses(last)
        words: dict[str, int] = {}
        settled: dict[str, Column] = {}
        for name, column in self.columns.items():
            own = len(WORD.findall(column.sql)) if column.layer else 1
            words[name] = own + sum(words[one] - 1 for one in self.names(column.sql) if column.layer)
            sql = self._written_out(column.sql)
            if column.layer and (uses[name] == 1 or (uses[name] - 1) * words[name] <= EXTRA):
                self._inside[name] = f"({sql})"
            elif uses[name]:
                settled[name] = replace(column, sql=sql)
                words[name] = 1
        self.columns = settled

    def _uses(self, last: str) -> Counter[str]:
        """How often each column is named by those that are used themselves."""
        uses = Counter(self.names(last))
        for name, column in reversed(self.columns.items()):
            if uses[name]:
                uses.update(self.names(column.sql))
        return uses

    def _written_out(self, sql: str) -> str:
        return PARTS.sub(lambda found: self._inside.get(found.group(), found.group()), sql)

    def _relayer(self) -> None:
        """Each column as low as what it uses allows."""
        depths: dict[str, int] = {}
        for name, column in self.columns.items():
            same = (
                depths[one]
                for one in self.names(column.sql)
                if (self.columns[one].frame, self.columns[one].level) == (column.frame, column.level)
            )
            depths[name] = 1 + max(same, default=0) if column.layer else 0
        self.columns = {name: replace(column, layer=depths[name]) for name, column in self.columns.items()}

    def common_tables(self, households: str, members: str, where: str = "") -> list[tuple[str, str]]:
        if not self.together or self.levels() != 1 or self._between():
            # Nothing is computed of the members of others: it was not proved to fit.
            kin = f"(select m.* {households} join {members} m on m.id = h.id {where})" if where else members
            return super().common_tables(households, kin, where)
        sources = {name: column.sql for name, column in self.columns.items() if (column.level, column.layer) == (0, 0)}
        own = {name: sql for name, sql in sources.items() if self.columns[name].frame == HOUSEHOLD}
        self._inside = sources
        found = [f"{sql} as {name}" for name, sql in own.items()]
        found += [f"{self._written_out(one.sql)} as {name}" for name, one in self._at(HOUSEHOLD, 1, 0).items()]
        joined = f"{households} join {members} m on m.id = h.id {where} group by h.id"
        self.columns = {
            name: replace(column, level=1) if column.layer else column for name, column in self.columns.items()
        }
        self._relayer()
        layers = self._layers(HOUSEHOLD, 1, f"select {', '.join(['h.id', *found])} {joined}")
        # Fenced: the last select uses a column several times, else there would be no layer for it.
        return [("mz_h1", self.dialect.fence(layers))]

    def _between(self) -> bool:
        """Whether something is computed before the aggregates that is not written into them."""
        needed = {
            one
            for column in self.columns.values()
            if column.frame == MEMBER or (column.level, column.layer) == (1, 0)
            for one in self.names(column.sql)
        }
        return any(self.columns[name].layer for name in needed)
