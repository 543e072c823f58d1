"""What a change does, counted in DuckDB from one table with a row for each party of each programme.

A party is whom a programme pays: a household, or a person. It is in exactly one of seven groups by what the law gives
it for a year before and after: `enter` (nothing → something), `leave` (something → nothing), `gain`, `lose`,
`unchanged` (something, the same), `never` (nothing both times), `error` (one side cannot be worked out). Costs count
the parties that both sides could work out, and so compare the same parties; what the other side gives those in error
stands beside their error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import duckdb

from minzheng.policy.values import decimal_text

MOVES = ("enter", "leave", "gain", "lose", "unchanged", "never", "error")
PER_YEAR = {"month": 12, "quarter": 4, "half_year": 2, "year": 1, "once": 1}
"""How often a year an amount is paid, by pay cycle; what is paid once counts once, and in no month."""

CREATE = """
create table parties (
    programme varchar, id varchar, family varchar, area varchar, residence varchar, people bigint,
    before bigint, after bigint, before_error varchar, after_error varchar, before_unmet varchar, after_unmet varchar,
    awarded bigint, before_times int, after_times int, before_once boolean, after_once boolean
)
"""
MOVED = """
create view moved as
select *, before * before_times as before_year, after * after_times as after_year,
    case when before_once then 0 else (before * before_times + 6) // 12 end as before_month,
    case when after_once then 0 else (after * after_times + 6) // 12 end as after_month,
    case when before is null or after is null then 'error'
         when before = 0 and after > 0 then 'enter'
         when before > 0 and after = 0 then 'leave'
         when before = 0 then 'never'
         when after * after_times > before * before_times then 'gain'
         when after * after_times < before * before_times then 'lose'
         else 'unchanged' end as move
from parties
"""
COUNTED = """
count(*), coalesce(sum(people), 0),
count(*) filter (where move <> 'error' and before > 0), count(*) filter (where move <> 'error' and after > 0),
coalesce(sum(people) filter (where move <> 'error' and before > 0), 0),
coalesce(sum(people) filter (where move <> 'error' and after > 0), 0),
count(*) filter (where move = 'enter'), count(*) filter (where move = 'leave'),
count(*) filter (where move = 'gain'), count(*) filter (where move = 'lose'),
count(*) filter (where move = 'unchanged'), count(*) filter (where move = 'never'),
count(*) filter (where move = 'error'),
coalesce(sum(before_month) filter (where move <> 'error'), 0),
coalesce(sum(after_month) filter (where move <> 'error'), 0),
coalesce(sum(before_year) filter (where move <> 'error'), 0),
coalesce(sum(after_year) filter (where move <> 'error'), 0)
"""
ERRORS = """
select programme, case when before is null and after is null then 'both' when before is null then 'before'
       else 'after' end as side, coalesce(after_error, before_error) as code, count(*), coalesce(sum(people), 0),
       coalesce(sum(coalesce(before_year, after_year)), 0)
from moved where move = 'error' group by all order by programme, side, code
"""
AGAINST_AWARDS = """
select programme, count(*) filter (where awarded = before), count(*) filter (where awarded <> before),
       count(*) filter (where awarded is null and before > 0),
       coalesce(sum(awarded), 0), coalesce(sum(before) filter (where awarded is not null), 0),
       coalesce(sum(before) filter (where awarded is null), 0)
from moved where before is not null group by programme order by programme
"""


@dataclass(frozen=True)
class Totals:
    """Counts of parties and their people, and costs in fen. people: whom the programmes cover; paid: parties with an
    amount; month: what runs on, each party's rounded half up to the fen; year: what is paid in a year."""

    parties: int
    people: int
    paid_before: int
    paid_after: int
    people_before: int
    people_after: int
    enter: int
    leave: int
    gain: int
    lose: int
    unchanged: int
    never: int
    error: int
    month_before: int
    month_after: int
    year_before: int
    year_after: int

    @property
    def month_more(self) -> int:
        return self.month_after - self.month_before

    @property
    def year_more(self) -> int:
        return self.year_after - self.year_before

    def as_dict(self) -> dict[str, Any]:
        """Counts as they are, money in yuan."""
        counts = {one.name: getattr(self, one.name) for one in fields(self) if one.name[:5] not in ("month", "year_")}
        money = ("month_before", "month_after", "month_more", "year_before", "year_after", "year_more")
        return counts | {name: yuan(getattr(self, name)) for name in money}


@dataclass(frozen=True)
class Failure:
    """Parties that one side or both could not work out. year: fen that the other side gives them."""

    programme: str
    side: str
    code: str
    parties: int
    people: int
    year: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "programme": self.programme,
            "side": self.side,
            "error": self.code,
            "parties": self.parties,
            "people": self.people,
            "year": yuan(self.year),
        }


@dataclass(frozen=True)
class AgainstAwards:
    """A programme's baseline beside the awards in force: how many are the same, differ, are due without an award.
    Amounts in fen for one pay cycle: what the awards pay, what the baseline gives the same parties, and the others."""

    programme: str
    same: int
    differ: int
    without: int
    awarded: int
    simulated: int
    without_amount: int

    def as_dict(self) -> dict[str, Any]:
        money = ("awarded", "simulated", "without_amount")
        counts = {name: getattr(self, name) for name in ("programme", "same", "differ", "without")}
        return counts | {name: yuan(getattr(self, name)) for name in money}


@dataclass(frozen=True)
class Line:
    """One party. before, after: fen for one pay cycle, None where that side is in error."""

    programme: str
    id: str
    family: str
    area: str
    residence: str
    people: int
    before: int | None
    after: int | None
    before_month: int | None
    after_month: int | None
    move: str
    unmet: str
    """What the law after does not find met, or what it lacks."""

    @property
    def more(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty table of parties and the view that says where each moves."""
    connection.execute(CREATE)
    connection.execute(MOVED)


def total(connection: duckdb.DuckDBPyConnection) -> Totals:
    """Everything together."""
    return Totals(*_numbers(_rows(connection, f"select {COUNTED} from moved")[0]))


def by_programme(connection: duckdb.DuckDBPyConnection) -> dict[str, Totals]:
    """Each programme that has parties."""
    rows = _rows(connection, f"select programme, {COUNTED} from moved group by programme order by programme")
    return {str(row[0]): Totals(*_numbers(row[1:])) for row in rows}


def by_area(connection: duckdb.DuckDBPyConnection, digits: int) -> dict[str, Totals]:
    """Each division of so many digits."""
    query = f"select coalesce(substr(area, 1, $digits), '') as part, {COUNTED} from moved group by part order by part"
    return {str(row[0]): Totals(*_numbers(row[1:])) for row in _rows(connection, query, {"digits": digits})}


def failures(connection: duckdb.DuckDBPyConnection) -> list[Failure]:
    """The parties in error, by programme, side and error code."""
    return [
        Failure(str(programme), str(side), str(code), int(parties), int(people), int(year))
        for programme, side, code, parties, people, year in _rows(connection, ERRORS)
    ]


def against_awards(connection: duckdb.DuckDBPyConnection) -> list[AgainstAwards]:
    """The baseline beside the awards in force, where the population says what they pay."""
    return [AgainstAwards(str(row[0]), *_numbers(row[1:])) for row in _rows(connection, AGAINST_AWARDS)]


def lines(
    connection: duckdb.DuckDBPyConnection, moves: Sequence[str] = MOVES, programmes: Sequence[str] = ()
) -> Iterator[Line]:
    """The parties of these groups (of these programmes alone), by programme, then by how much changes."""
    cursor = connection.cursor().execute(
        "select programme, id, family, area, residence, people, before, after, before_month, after_month, move,"
        " coalesce(after_error, after_unmet, before_error, '') from moved"
        " where list_contains($moves, move) and (len($programmes) = 0 or list_contains($programmes, programme))"
        " order by programme, coalesce(after_year - before_year, 0), area, id",
        {"moves": list(moves), "programmes": list(programmes)},
    )
    while rows := cursor.fetchmany(10_000):
        yield from (Line(*row) for row in rows)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, for files."""
    return decimal_text(Fraction(fen, 100), 2, 2)


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall() if values else connection.execute(query).fetchall()


def _numbers(row: Sequence[Any]) -> list[int]:
    return [int(value) for value in row]
