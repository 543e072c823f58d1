"""Parquet in, Parquet out with OpenFisca: DuckDB reads into NumPy arrays and writes from them, as it does for us."""

import datetime as dt
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from openfisca_core.simulations import SimulationBuilder

from benchmarks.openfisca_dibao import CONDITIONS, DisabilityKind, build_system
from minzheng.policy.rates import Rates

Arrays = Mapping[str, Any]

KINDS = ", ".join(f"'{kind.name}'" for kind in DisabilityKind)


class OpenFisca:
    """Dibao by OpenFisca. double: 64-bit floats. direct: who belongs to whom goes straight into its arrays, without its
    builder, which makes lists of Python objects and sorts them."""

    def __init__(self, rates: Rates, *, double: bool, direct: bool) -> None:
        self.system = build_system(rates, double=double)
        self.real = "double" if double else "float"
        self.direct = direct

    def assess_files(self, on: dt.date, facts: Path, members: Path, out: Path) -> dict[str, float]:
        """The same as `minzheng.policy.batch.assess_files` for dibao. Returns the seconds that each part took."""
        marks = [time.perf_counter()]
        with duckdb.connect() as connection:
            self.system.places, households = self._read_households(connection, facts)
            people = _read_members(connection, members)
            marks.append(time.perf_counter())
            results = self._compute(f"{on:%Y-%m}", households, people)
            marks.append(time.perf_counter())
            _write(connection, households["id"], results, out)
            marks.append(time.perf_counter())
        return dict(zip(("read", "compute", "write"), (b - a for a, b in pairwise(marks)), strict=True))

    def _read_households(self, connection: Any, facts: Path) -> tuple[Arrays, Arrays]:
        """Places, and households with the number of theirs: DuckDB finds it faster than NumPy would."""
        connection.execute(
            "create table place as select (row_number() over (order by county, residence) - 1)::integer as place, *"
            " from (select distinct left(area, 6) as county, residence from read_parquet($facts))",
            {"facts": str(facts)},
        )
        places = connection.execute("select county, residence from place order by place").fetchnumpy()
        found = connection.execute(
            f"select h.id, place, annual_income::{self.real} as annual_income,"
            f" financial_assets::{self.real} as financial_assets, cars::integer as cars, houses::integer as houses,"
            " business_registered from read_parquet($facts) h"
            " join place on place.county = left(h.area, 6) and place.residence = h.residence",
            {"facts": str(facts)},
        ).fetchnumpy()
        return {name: column.astype(str) for name, column in _plain(places).items()}, _plain(found)

    def _compute(self, month: str, households: Arrays, people: Arrays) -> Arrays:
        builder = SimulationBuilder()
        builder.create_entities(self.system)
        if self.direct:
            _declare_directly(builder.populations, households["id"], people["id"])
        else:
            builder.declare_person_entity("person", np.arange(len(people["id"])))
            families = builder.declare_entity("household", households["id"])
            builder.join_with_persons(families, people["id"], np.zeros(len(people["id"]), dtype=int))
        simulation = builder.build(self.system)
        for arrays in (households, people):
            for name, column in arrays.items():
                if name != "id":
                    simulation.set_input(name, month, column)
        return {name: simulation.calculate(name, month) for name in ("eligible", "amount", *CONDITIONS)}


def _read_members(connection: Any, members: Path) -> Arrays:
    found = connection.execute(
        "select id, age::integer as age, disability_grade::integer as disability_grade,"
        f" (list_position([{KINDS}], disability_kind) - 1)::smallint as disability_kind, serious_illness, covered"
        " from read_parquet($members)",
        {"members": str(members)},
    ).fetchnumpy()
    return _plain(found)


def _plain(found: Mapping[str, Any]) -> Arrays:
    """OpenFisca has no missing values."""
    masked = [name for name, column in found.items() if np.ma.is_masked(column)]
    if masked:
        raise ValueError(f"missing values in {', '.join(masked)}")
    return {name: np.ma.getdata(column) for name, column in found.items()}


def _declare_directly(populations: Mapping[str, Any], households: Any, members: Any) -> None:
    populations["person"].ids, populations["person"].count = np.arange(len(members)), len(members)
    populations["household"].ids, populations["household"].count = households, len(households)
    populations["household"].members_entity_id = _positions(households, members)


def _positions(households: Any, members: Any) -> Any:
    """Where each member's household stands: at once if both are in one order, else by searching."""
    first = np.flatnonzero(np.concatenate([[True], members[1:] != members[:-1]]))
    if np.array_equal(members[first], households):
        return np.repeat(np.arange(len(households)), np.diff(np.append(first, len(members))))
    order = np.argsort(households)
    return order[np.searchsorted(households, members, sorter=order)]


def _write(connection: Any, ids: Any, results: Arrays, out: Path) -> None:
    """The columns that `minzheng assess` writes; the names of unmet conditions are put together by DuckDB."""
    unmet = np.zeros(len(ids), dtype=np.int8)
    for bit, name in enumerate(CONDITIONS):
        unmet += (~results[name]).astype(np.int8) << bit
    names = [";".join(name for bit, name in enumerate(CONDITIONS) if code >> bit & 1) for code in range(64)]
    columns = {"id": ids, "eligible": results["eligible"], "unmet": unmet, "amount": results["amount"]}
    connection.register("found", columns)
    connection.execute(
        "create table names as select unnest(range(64))::tinyint as code, unnest($names) as unmet", {"names": names}
    )
    connection.execute(
        "copy (select id, eligible, names.unmet, amount::decimal(18, 2) as amount, null::varchar as error"
        f" from found join names on names.code = found.unmet) to '{out}' (format parquet, parquet_version v2)"
    )
