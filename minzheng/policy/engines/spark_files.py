"""Parquet files of any size through Spark: its workers read, compute and write; no row passes through Python.

What they write are parts in a folder beside OUT, in fen, which then become one file just as the DuckDB engine's do. On
a cluster FACTS, MEMBERS and the folder of OUT therefore lie where every worker and this machine see them by one path.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minzheng.policy.engines.bulk import joined
from minzheng.policy.engines.cells import cell, nothing
from minzheng.policy.engines.dialects import DUCKDB, SPARK
from minzheng.policy.engines.duckdb import connect
from minzheng.policy.engines.parquet import SHOWN
from minzheng.policy.engines.relation import query
from minzheng.policy.engines.spark import HOUSEHOLDS, MEMBERS, Private, planned
from minzheng.policy.engines.spark_session import refusals
from minzheng.policy.errors import PolicyError
from minzheng.policy.model import FactSpec, RateSpec, Version
from minzheng.policy.outcome import Tally
from minzheng.policy.rates import Rates

if TYPE_CHECKING:
    from pyspark.sql import Row, SparkSession


def assess_files(
    version: Version,
    rates: Rates,
    on: dt.date,
    facts: Path,
    members: Path | None,
    out: Path,
    spark: "SparkSession | None" = None,
    *,
    steps: bool,
) -> Tally:
    """OUT, in the order of ids, from two Parquet files: CSV or Parquet by its ending.

    Raises PolicyError as `batch.assess_files` does, before OUT is there.
    """
    with refusals(), Private(spark) as own:
        return _assess_files(own, version, rates, on, facts, members, out, steps)


def _assess_files(
    own: Private,
    version: Version,
    rates: Rates,
    on: dt.date,
    facts: Path,
    members: Path | None,
    out: Path,
    steps: bool,
) -> Tally:
    overrides, unread = _relations(own, facts, members, version)
    wanted = query(version, rates, on, SPARK, HOUSEHOLDS, MEMBERS, overrides=overrides, steps=steps)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem}.") as scratch:
        # Workers run as whoever they are.
        Path(scratch).chmod(0o777)
        folder = Path(scratch) / "parts"
        planned(own, wanted).write.parquet(f"file:{folder.resolve()}")
        with connect() as connection:
            parts = ", ".join(DUCKDB.text(str(part)) for part in sorted(folder.glob("*.parquet")))
            results = f"from read_parquet([{parts}])"
            return joined(connection, version, results, out, unread, steps)


@dataclass(frozen=True)
class _Source:
    """One file: where it is, the view of it as it is, its columns with their types."""

    path: Path
    view: str
    types: Mapping[str, str]


def _relations(own: Private, facts: Path, members: Path | None, version: Version) -> tuple[list[str], Sequence[str]]:
    """Views `HOUSEHOLDS` and `MEMBERS`; returns the rates that FACTS brings, and its columns that nobody reads.

    Raises PolicyError for a cell, an id or a member at fault.
    """
    households = _look(own, facts, "mz_facts_file", ("id", "area", "residence"))
    family = _look(own, members, "mz_members_file", ("id",)) if members is not None else None
    same = family is None or family.types["id"] == households.types["id"]
    key = "id" if same and households.types["id"] != "string" else "trim(cast(id as string))"
    scalars = [name for name, spec in version.rates.items() if spec.table is None]
    overrides = [name for name in scalars if name in households.types]
    specs: dict[str, FactSpec | RateSpec] = dict(version.facts) | {name: version.rates[name] for name in overrides}
    place = {name: f"coalesce(trim(cast({name} as string)), '')" for name in ("area", "residence")}
    _view(own, HOUSEHOLDS, households, {"id": key} | place, specs)
    if family is None:
        facts_of_nobody = ", ".join(["id", *nothing(version.member_facts, SPARK)])
        own.view(MEMBERS, own.sql(f"select {facts_of_nobody} from {HOUSEHOLDS} where false"))
    else:
        _view(own, MEMBERS, family, {"id": key}, version.member_facts)
    _refuse_ids(own, households, family)
    known = {"id", "area", "residence", *version.facts, *version.rates}
    return overrides, sorted(households.types.keys() - known)


def _look(own: Private, path: Path, view: str, required: Sequence[str]) -> _Source:
    """The columns of a file. Raises PolicyError where it is not there, not Parquet or lacks a column."""
    if not path.exists():
        raise PolicyError("not_found", file=str(path))
    with refusals("not_parquet", file=str(path)):
        # Spark takes a path for a pattern.
        frame = own.session.read.parquet("file:" + re.sub(r"([\\*?\[\]{}])", r"\\\1", str(path.resolve())))
    own.view(view, frame)
    types = dict(frame.dtypes)
    for column in required:
        if column not in types:
            raise PolicyError("missing_key", file=str(path), key=column)
    return _Source(path, view, types)


def _view(
    own: Private,
    name: str,
    source: _Source,
    first: Mapping[str, str],
    specs: Mapping[str, FactSpec | RateSpec],
) -> None:
    """A view of a file with every fact as engines carry it. Raises PolicyError naming cells that cannot be read."""
    columns = [f"{sql} as {SPARK.name_of(column)}" for column, sql in first.items()]
    faults: dict[str, str] = {}
    if "residence" in first:
        faults["residence"] = f"{first['residence']} not in ('urban', 'rural', '')"
    for fact, spec in specs.items():
        type_ = source.types.get(fact)
        found = cell(SPARK.name_of(fact), type_, spec.kind, SPARK) if type_ else None
        if type_ and found is None:
            raise PolicyError("column_type", file=str(source.path), name=fact, type=type_, wanted=spec.kind)
        value = found.value if found else f"cast(null as {SPARK.column_types[spec.kind]})"
        columns.append(f"{value} as {SPARK.name_of(fact)}")
        if found and found.fault:
            faults[fact] = found.fault
    _refuse_faults(own, source, faults)
    own.view(name, own.sql(f"select {', '.join(columns)} from {source.view}"))


def _refuse_faults(own: Private, source: _Source, faults: Mapping[str, str]) -> None:
    if not faults:
        return
    tests = ", ".join(f"count_if({fault})" for fault in faults.values())
    total = sum(_one(own, f"select {tests} from {source.view}"))
    if not total:
        return
    cells: list[str] = []
    for column, fault in faults.items():
        shown = f"cast(id as string), cast({SPARK.name_of(column)} as string)"
        found = own.sql(f"select {shown} from {source.view} where {fault} limit {SHOWN - len(cells)}").collect()
        cells += [f"{one} {column} “{text}”" for one, text in found]
    more = "; …" if total > SHOWN else ""
    raise PolicyError("cell", file=str(source.path), count=total, cells="; ".join(cells) + more)


def _refuse_ids(own: Private, households: _Source, family: _Source | None) -> None:
    """Raises PolicyError for an empty id, one that stands twice, and members of households that are not there."""
    ids = f"select coalesce(cast(id as string), '') as id, count(*) as times from {HOUSEHOLDS} group by 1"
    worst = _one(own, f"select min(id) from ({ids}) where times > 1 or id = ''")[0]
    if worst is not None:
        raise PolicyError("id_twice", file=str(households.path), id=worst)
    if family is None:
        return
    strangers = own.sql(
        f"select distinct coalesce(cast(m.id as string), '') from {MEMBERS} m left anti join {HOUSEHOLDS} h"
        f" on h.id = m.id limit {SHOWN}"
    ).collect()
    if strangers:
        named = ", ".join(row[0] for row in strangers)
        raise PolicyError("stranger", file=str(family.path), ids=named, facts=households.path.name)


def _one(own: Private, sql: str) -> "Row":
    return own.sql(sql).collect()[0]
