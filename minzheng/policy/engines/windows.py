"""The columns of `frames` over one relation: a row for each member with its household, aggregates as windows.

For engines that compute a common table as often as it is named. Groups that are joined back name every level twice, so
two levels of aggregates read the households five times; here everything is read once and each level adds one window.
Households and members are brought together by id once, and every window uses that order. A household without members
has one row, on which `mz_here` is false; of a household's rows the first is its result.
"""

from collections import defaultdict

from minzheng.policy.engines.frames import HOUSEHOLD, MEMBER, Frames


class Windows(Frames):
    """Every layer is a common table of its own, which uses the one before it."""

    def common_tables(self, households: str, members: str, where: str = "") -> list[tuple[str, str]]:
        """Name and text of each common table; the last, `mz_h` with the highest level, holds everything."""
        assert not where
        depths = self._depths()
        tables: list[tuple[str, str]] = []
        for level in range(self.levels() + 1):
            start = self._start(households, members) if level == 0 else self._aggregates(level, tables[-1][0])
            tables.append((f"mz_t{level}_0", start))
            for depth in range(1, 1 + max(depths[level].values(), default=0)):
                added = [f"{self.columns[name].sql} as {name}" for name, at in depths[level].items() if at == depth]
                if added:
                    tables.append((f"mz_t{level}_{depth}", f"select t.*, {', '.join(added)} from {tables[-1][0]} t"))
        last = f"select * from {tables[-1][0]}"
        return [*tables, (f"mz_h{self.levels()}", f"{last} where mz_nth = 1" if self.levels() else last)]

    def _depths(self) -> dict[int, dict[str, int]]:
        """By level, how many steps each column is from what the level begins with (0: itself)."""
        depths: dict[int, dict[str, int]] = defaultdict(dict)
        for name, column in self.columns.items():
            known = depths[column.level]
            below = (known[used] for used in self.names(column.sql) if used in known) if column.layer else ()
            known[name] = 1 + max(below, default=0) if column.layer else 0
        return depths

    def _start(self, households: str, members: str) -> str:
        """Both relations as they come, side by side; the members only where something is aggregated."""
        columns = [f"{column.sql} as {name}" for name, column in self._at(HOUSEHOLD, 0, 0).items()]
        if self.levels() == 0:
            return f"select {self.dialect.small('z')}{', '.join(['h.id', *columns])} {households}"
        columns += [f"{column.sql} as {name}" for name, column in self._at(MEMBER, 0, 0).items()]
        first = ["h.id", "m.id is not null as mz_here", *columns]
        return f"select {self.dialect.small('z')}{', '.join(first)} {households} left join {members} m on m.id = h.id"

    def _aggregates(self, level: int, before: str) -> str:
        columns = [f"{column.sql} as {name}" for name, column in self._at(HOUSEHOLD, level, 0).items()]
        if level == 1:
            up_to_here = "partition by t.id rows between unbounded preceding and current row"
            columns.append(f"count(*) over ({up_to_here}) as mz_nth")
        return f"select t.*, {', '.join(columns)} from {before} t window mz_family as (partition by t.id)"
