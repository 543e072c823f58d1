"""Households and members in Parquet files, as relations of a DuckDB and as subjects; and results as a Parquet file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from minzheng.policy.engines.cells import SCALES, cell, nothing
from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.duckdb import connect, load
from minzheng.policy.errors import PolicyError
from minzheng.policy.model import FactSpec, RateSpec, Version
from minzheng.policy.values import NUMERIC, Value, from_carried

HOUSEHOLDS, MEMBERS = "mz_households", "mz_members"
AS_WRITTEN = "mz_households_as_written"
"""The households with area and residence as the file writes them, without the cost of looking for blanks."""
SHOWN = 10
"""How many unreadable cells, or ids at fault, an error names."""


@dataclass(frozen=True)
class Source:
    """One file: where it is, its columns with their types, and which of its rows count."""

    path: Path
    types: Mapping[str, str]
    where: str = "true"

    @property
    def relation(self) -> str:
        return f"(select * from read_parquet({DUCKDB.text(str(self.path))}) where {self.where})"


def is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def part(folder: Path, number: int) -> Path:
    """One of the files that a folder of results consists of, in the order of their names."""
    return folder / f"part-{number:05d}.parquet"


def look(connection: duckdb.DuckDBPyConnection, path: Path, required: Sequence[str]) -> Source:
    """The columns of a file. Raises PolicyError where it is not there, not Parquet or lacks a column."""
    if not path.exists():
        raise PolicyError("not_found", file=str(path))
    file = DUCKDB.text(str(path))
    try:
        rows = connection.execute(f"describe select * from read_parquet({file})").fetchall()
    except duckdb.Error as error:
        raise PolicyError("not_parquet", file=str(path), detail=str(error).splitlines()[0]) from None
    types = {str(row[0]): str(row[1]) for row in rows}
    for column in required:
        if column not in types:
            raise PolicyError("missing_key", file=str(path), key=column)
    return Source(path, types)


def view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: Source,
    first: Mapping[str, str],
    facts: Mapping[str, FactSpec | RateSpec],
) -> frozenset[str]:
    """A view of a file with every fact as engines carry it; a fact without a column is missing everywhere.

    first: columns that are not facts, as SQL. Returns the facts that the file promises (`_promised`).
    Raises PolicyError naming the cells that cannot be read.
    """
    columns = [f"{sql} as {DUCKDB.name_of(column)}" for column, sql in first.items()]
    faults: dict[str, str] = {}
    for fact, spec in facts.items():
        kind = spec.kind
        found = cell(DUCKDB.name_of(fact), source.types[fact], kind, DUCKDB) if fact in source.types else None
        if found is None and fact in source.types:
            raise PolicyError("column_type", file=str(source.path), name=fact, type=source.types[fact], wanted=kind)
        value = found.value if found else f"cast(null as {DUCKDB.column_types[kind]})"
        columns.append(f"{value} as {DUCKDB.name_of(fact)}")
        if found and found.fault:
            faults[fact] = found.fault
    _refuse(connection, source, faults)
    connection.execute(f"create view {name} as select {', '.join(columns)} from {source.relation}")
    return _promised(connection, source, {fact: spec for fact, spec in facts.items() if fact in source.types})


def refuse_residences(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raises PolicyError where a residence is neither urban nor rural nor empty."""
    _refuse(connection, source, {"residence": "trim(cast(residence as varchar)) not in ('urban', 'rural', '')"})


def _refuse(connection: duckdb.DuckDBPyConnection, source: Source, faults: Mapping[str, str]) -> None:
    """Raises PolicyError where a fault holds in some row; in one pass over the file."""
    if faults:
        counts = ", ".join(f"count(*) filter (where {fault})" for fault in faults.values())
        total = sum(_one(connection, f"select {counts} from {source.relation}"))
        if total:
            raise _unreadable(connection, source, faults, total)


def _promised(
    connection: duckdb.DuckDBPyConnection, source: Source, facts: Mapping[str, FactSpec | RateSpec]
) -> frozenset[str]:
    """The facts that by the file's own statistics are never missing and, if they are numbers, within their bounds.

    A promise, not a proof: a query that is written for them looks again, and stops where one does not hold.
    """
    found = connection.execute(
        "select path_in_schema, stats_null_count, coalesce(stats_min_value, stats_min),"
        f" coalesce(stats_max_value, stats_max) from parquet_metadata({DUCKDB.text(str(source.path))})"
    ).fetchall()
    broken = {
        column
        for column, nulls, low, high in found
        if column in facts and not (nulls == 0 and _fits(low, high, facts[column]))
    }
    return frozenset(facts.keys() - broken) if found else frozenset()


def _fits(low: str | None, high: str | None, spec: FactSpec | RateSpec) -> bool:
    """Whether all numbers between two texts of a file's statistics are within a fact's bounds."""
    if spec.kind not in NUMERIC:
        return True
    try:
        least, most = (Decimal(text or "") * 10 ** SCALES[spec.kind] for text in (low, high))
    except InvalidOperation:
        return False
    return spec.bounds.low <= least <= most <= spec.bounds.high


def _unreadable(
    connection: duckdb.DuckDBPyConnection, source: Source, faults: Mapping[str, str], total: int
) -> PolicyError:
    """Names the first cells at fault, by id and column."""
    cells: list[str] = []
    for column, fault in faults.items():
        found = connection.execute(
            f"select cast(id as varchar), cast({DUCKDB.name_of(column)} as varchar) from {source.relation}"
            f" where {fault} limit {SHOWN - len(cells)}"
        ).fetchall()
        cells += [f"{one} {column} “{text}”" for one, text in found]
    more = "; …" if total > SHOWN else ""
    return PolicyError("cell", file=str(source.path), count=total, cells="; ".join(cells) + more)


@dataclass(frozen=True)
class Relations:
    """Views `HOUSEHOLDS` and `MEMBERS` of two files: the rates that FACTS brings, its columns that nobody reads, and
    the facts that the files promise to be known and within their bounds in every row."""

    households: Source
    family: Source | None
    given_id: str
    """The id, or null where it is empty."""
    overrides: Sequence[str]
    unread: Sequence[str]
    facts: frozenset[str]
    member_facts: frozenset[str]


def relations(connection: duckdb.DuckDBPyConnection, facts: Path, members: Path | None, version: Version) -> Relations:
    """Both files as an engine reads them. Raises PolicyError for a cell at fault; ids are `refuse_ids`' to look at."""
    households = look(connection, facts, ("id", "area", "residence"))
    family = look(connection, members, ("id",)) if members is not None else None
    same = family is None or family.types["id"] == households.types["id"]
    key = "id" if same and households.types["id"] != "VARCHAR" else "trim(cast(id as varchar))"
    scalars = [name for name, spec in version.rates.items() if spec.table is None]
    overrides = [name for name in scalars if name in households.types]
    specs: dict[str, FactSpec | RateSpec] = dict(version.facts) | {name: version.rates[name] for name in overrides}
    as_written = {name: f"coalesce(cast({name} as varchar), '')" for name in ("area", "residence")}
    sound = view(connection, AS_WRITTEN, households, {"id": key} | as_written, specs)
    trimmed = "select * replace (trim(area) as area, trim(residence) as residence)"
    connection.execute(f"create view {HOUSEHOLDS} as {trimmed} from {AS_WRITTEN}")
    sound_of_members: frozenset[str] = frozenset()
    if family is None:
        facts_of_nobody = ", ".join(["id", *nothing(version.member_facts, DUCKDB)])
        connection.execute(f"create view {MEMBERS} as select {facts_of_nobody} from {HOUSEHOLDS} where false")
    else:
        sound_of_members = view(connection, MEMBERS, family, {"id": key}, version.member_facts)
    known = {"id", "area", "residence", *version.facts, *version.rates}
    return Relations(
        households=households,
        family=family,
        given_id="nullif(id, '')" if households.types["id"] == "VARCHAR" or not same else "id",
        overrides=overrides,
        unread=sorted(households.types.keys() - known),
        facts=sound,
        member_facts=sound_of_members,
    )


@dataclass(frozen=True)
class Stretches:
    """Conditions on `id` that part both files. closed: whether by the files' statistics all members' ids lie where the
    households' leave no number out."""

    tests: Sequence[str]
    closed: bool = False


def stretches(connection: duckdb.DuckDBPyConnection, found: Relations, about: int) -> Stretches:
    """Stretches of about so many households; one where the files cannot be parted.

    Only files in the order of their whole-number ids are parted: then a stretch is a few row groups of each file, its
    tables fit into the processor's caches, and memory does not grow with the file.
    """
    ends = _row_groups(connection, found.households)
    family = ends if found.family is None else _row_groups(connection, found.family)
    if len(ends) < 2 or not family:
        return Stretches(["true"])
    parts, first, rows = [], None, 0
    for low, _, size in ends:
        first, rows = (low if first is None else first), rows + size
        if rows >= about:
            parts.append(first)
            first, rows = None, 0
    if first is not None:
        parts.append(first)
    # Without a gap between them, so that nobody's members fall in between.
    lows, highs = [None, *parts[1:]], [*parts[1:], None]
    tests = [
        " and ".join([*([f"id >= {low}"] if low is not None else []), *([f"id < {high}"] if high is not None else [])])
        for low, high in zip(lows, highs, strict=True)
    ]
    least, most = ends[0][0], ends[-1][1]
    no_gap = most - least + 1 == sum(size for _, _, size in ends)
    return Stretches([test or "true" for test in tests], no_gap and least <= family[0][0] and family[-1][1] <= most)


def _row_groups(connection: duckdb.DuckDBPyConnection, source: Source) -> list[tuple[int, int, int]]:
    """Least and greatest id and rows of each row group; empty where ids are not whole, known and in order."""
    if source.types["id"] not in ("INTEGER", "BIGINT"):
        return []
    found = connection.execute(
        "select try_cast(coalesce(stats_min_value, stats_min) as bigint),"
        " try_cast(coalesce(stats_max_value, stats_max) as bigint), num_values,"
        " case when stats_null_count = 0 then 0 end"
        f" from parquet_metadata({DUCKDB.text(str(source.path))}) where path_in_schema = 'id' order by row_group_id"
    ).fetchall()
    if any(None in row for row in found) or any(b[0] < a[1] for a, b in pairwise(found)):
        return []
    return [row[:3] for row in found]


def refuse_ids(connection: duckdb.DuckDBPyConnection, found: Relations, test: str, closed: bool) -> int:
    """How many households there are in a stretch. closed: as in Stretches.

    Raises PolicyError for an empty id, one that stands twice, and members of households that are not there.
    """
    rows, least, most = _one(connection, f"select count(*), min(id), max(id) from {HOUSEHOLDS} where {test}")
    (different,) = _one(connection, f"select {_different(found, rows, least, most)} from {HOUSEHOLDS} where {test}")
    if rows != different:
        worst = _one(
            connection,
            f"select min(id) from (select coalesce(cast({found.given_id} as varchar), '') as id, count(*) as times"
            f" from {HOUSEHOLDS} where {test} group by 1) where times > 1 or id = ''",
        )
        raise PolicyError("id_twice", file=str(found.households.path), id=worst[0])
    if found.family is None:
        return int(rows)
    here = f"(select id from {MEMBERS} where {test}) m"
    if isinstance(least, int) and most - least + 1 == rows:
        # No number is left out: whoever is between the least and the greatest is there.
        if closed:
            return int(rows)
        outside = _one(connection, f"select count(*) from {here} where (id between {least} and {most}) is not true")
        if outside == (0,):
            return int(rows)
    strangers = connection.execute(
        f"select distinct coalesce(cast(m.id as varchar), '') from {here}"
        f" anti join (select id from {HOUSEHOLDS} where {test}) h on h.id = m.id limit {SHOWN}"
    ).fetchall()
    if strangers:
        ids = ", ".join(row[0] for row in strangers)
        raise PolicyError("stranger", file=str(found.family.path), ids=ids, facts=found.households.path.name)
    return int(rows)


def _different(found: Relations, rows: int, least: object, most: object) -> str:
    """How many ids there are: a bit for each where they are whole numbers that lie close, otherwise by a set."""
    if isinstance(least, int) and isinstance(most, int) and most - least < 8 * rows:
        return f"bit_count(bitstring_agg(id, {least}, {most}))"
    return f"count(distinct {found.given_id})"


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def rows(
    path: Path,
    first: Sequence[str],
    facts: Mapping[str, FactSpec | RateSpec],
    only: str | None = None,
    most: int | None = None,
) -> list[tuple[dict[str, str], dict[str, Value | None]]]:
    """Each row of a file: its `first` columns as texts, and its facts; for engines that take subjects one by one.

    only: nothing but the rows with this id, whatever the others hold. most: so many rows at the most.
    """
    with connect() as connection:
        source = look(connection, path, first)
        if only is not None:
            source = replace(source, where=f"trim(cast(id as varchar)) = {DUCKDB.text(only)}")
        present = {name: spec for name, spec in facts.items() if name in source.types}
        texts = {name: f"coalesce(trim(cast({name} as varchar)), '')" for name in first}
        if "residence" in first:
            refuse_residences(connection, source)
        view(connection, "mz_rows", source, texts, present)
        found = connection.execute(f"select * from mz_rows {'' if most is None else f'limit {most}'}").fetchall()
    return [
        (
            dict(zip(first, row, strict=False)),
            {
                name: from_carried(value, spec.kind) if value is not None and spec.kind in NUMERIC else value
                for (name, spec), value in zip(present.items(), row[len(first) :], strict=True)
            },
        )
        for row in found
    ]


def columns(path: Path) -> list[str]:
    """The names of a file's columns."""
    with connect() as connection:
        return list(look(connection, path, ()).types)


def write(path: Path, types: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """A Parquet file with these columns (DuckDB's types) and rows."""
    with connect() as connection:
        load(connection, "mz_out", types, [tuple(row) for row in rows])
        connection.execute(f"copy mz_out to {DUCKDB.text(str(path))} (format parquet)")
