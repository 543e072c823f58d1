"""Households and members in Parquet files, as relations of a DuckDB and as subjects; and results as a Parquet file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from minzheng.policy.engines.cells import cell
from minzheng.policy.engines.dialects import DUCKDB
from minzheng.policy.engines.duckdb import connect, load
from minzheng.policy.errors import PolicyError
from minzheng.policy.model import Version
from minzheng.policy.values import Kind, Value, from_carried

HOUSEHOLDS, MEMBERS = "mz_households", "mz_members"
SHOWN = 10
"""How many unreadable cells, or ids at fault, an error names."""


@dataclass(frozen=True)
class Source:
    """One file: where it is, its columns with their types."""

    path: Path
    types: Mapping[str, str]

    @property
    def relation(self) -> str:
        return f"read_parquet({DUCKDB.text(str(self.path))})"


def is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


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
    kinds: Mapping[str, Kind],
) -> None:
    """A view of a file with every fact as engines carry it; a fact without a column is missing everywhere.

    first: columns that are not facts, as SQL. Raises PolicyError naming the cells that cannot be read.
    """
    columns = [f"{sql} as {DUCKDB.name_of(column)}" for column, sql in first.items()]
    faults: dict[str, str] = {}
    if "residence" in first:
        faults["residence"] = f"{first['residence']} not in ('urban', 'rural', '')"
    for fact, kind in kinds.items():
        found = cell(DUCKDB.name_of(fact), source.types[fact], kind, DUCKDB) if fact in source.types else None
        if found is None and fact in source.types:
            raise PolicyError("column_type", file=str(source.path), name=fact, type=source.types[fact], wanted=kind)
        value = found.value if found else f"cast(null as {DUCKDB.column_types[kind]})"
        columns.append(f"{value} as {DUCKDB.name_of(fact)}")
        if found and found.fault:
            faults[fact] = found.fault
    _refuse_faults(connection, source, faults)
    connection.execute(f"create view {name} as select {', '.join(columns)} from {source.relation}")


def _refuse_faults(connection: duckdb.DuckDBPyConnection, source: Source, faults: Mapping[str, str]) -> None:
    if not faults:
        return
    counts = ", ".join(f"count(*) filter (where {fault})" for fault in faults.values())
    found = connection.execute(f"select {counts} from {source.relation}").fetchone()
    total = sum(found or ())
    if total:
        cells: list[str] = []
        for column, fault in faults.items():
            rows = connection.execute(
                f"select cast(id as varchar), cast({DUCKDB.name_of(column)} as varchar) from {source.relation}"
                f" where {fault} limit {SHOWN - len(cells)}"
            ).fetchall()
            cells += [f"{one} {column} “{text}”" for one, text in rows]
        more = "; …" if total > SHOWN else ""
        raise PolicyError("cell", file=str(source.path), count=total, cells="; ".join(cells) + more)


@dataclass(frozen=True)
class Relations:
    """Views `HOUSEHOLDS` and `MEMBERS` of two files: the rates that FACTS brings, and its columns nobody reads."""

    overrides: Sequence[str]
    unread: Sequence[str]


def relations(connection: duckdb.DuckDBPyConnection, facts: Path, members: Path | None, version: Version) -> Relations:
    """Both files as an engine reads them. Raises PolicyError for a cell, an id or a stranger at fault."""
    households = look(connection, facts, ("id", "area", "residence"))
    family = look(connection, members, ("id",)) if members is not None else None
    same = family is None or family.types["id"] == households.types["id"]
    key = "id" if same else "cast(id as varchar)"
    scalars = [name for name, spec in version.rates.items() if spec.table is None]
    overrides = [name for name in scalars if name in households.types]
    kinds = {name: spec.kind for name, spec in version.facts.items()}
    kinds |= {name: version.rates[name].kind for name in overrides}
    place = {name: f"coalesce(trim(cast({name} as varchar)), '')" for name in ("area", "residence")}
    view(connection, HOUSEHOLDS, households, {"id": key} | place, kinds)
    _refuse_ids(connection, facts)
    if family is None:
        connection.execute(f"create view {MEMBERS} as select * from (select id from {HOUSEHOLDS}) where false")
    else:
        member_kinds = {name: spec.kind for name, spec in version.member_facts.items()}
        view(connection, MEMBERS, family, {"id": key}, member_kinds)
        _refuse_strangers(connection, family.path, facts)
    known = {"id", "area", "residence", *version.facts, *version.rates}
    return Relations(overrides, sorted(households.types.keys() - known))


def _refuse_ids(connection: duckdb.DuckDBPyConnection, facts: Path) -> None:
    """An empty id, or one that stands twice."""
    counted = connection.execute(
        f"select count(*), count(distinct id) filter (where cast(id as varchar) <> '') from {HOUSEHOLDS}"
    ).fetchone()
    if counted and counted[0] != counted[1]:
        worst = connection.execute(
            f"select coalesce(cast(id as varchar), '') from {HOUSEHOLDS} group by id"
            " having count(*) > 1 or coalesce(cast(id as varchar), '') = '' limit 1"
        ).fetchone()
        raise PolicyError("id_twice", file=str(facts), id=worst[0] if worst else "")


def _refuse_strangers(connection: duckdb.DuckDBPyConnection, members: Path, facts: Path) -> None:
    """Members of households that FACTS does not have."""
    found = connection.execute(
        f"select distinct coalesce(cast(m.id as varchar), '') from {MEMBERS} m anti join {HOUSEHOLDS} h on h.id = m.id"
        f" limit {SHOWN}"
    ).fetchall()
    if found:
        raise PolicyError("stranger", file=str(members), ids=", ".join(row[0] for row in found), facts=facts.name)


def rows(
    path: Path, first: Sequence[str], kinds: Mapping[str, Kind]
) -> list[tuple[dict[str, str], dict[str, Value | None]]]:
    """Each row of a file: its `first` columns as texts, and its facts; for engines that take subjects one by one."""
    with connect() as connection:
        source = look(connection, path, first)
        present = {name: kind for name, kind in kinds.items() if name in source.types}
        texts = {name: f"coalesce(trim(cast({name} as varchar)), '')" for name in first}
        view(connection, "mz_rows", source, texts, present)
        found = connection.execute("select * from mz_rows").fetchall()
    return [
        (
            dict(zip(first, row, strict=False)),
            {
                name: value if value is None or kind in (Kind.BOOL, Kind.CODE, Kind.DATE) else from_carried(value, kind)
                for (name, kind), value in zip(present.items(), row[len(first) :], strict=True)
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
