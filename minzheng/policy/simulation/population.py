"""A population: a folder of Parquet files that anybody can make.

    families.parquet              id, area, residence, people, annual_income
    <programme>/facts.parquet     id, area, residence, the programme's facts; and, where known, `family` (an id of
                                  families.parquet; without it the id itself) and `awarded` (what an award in force pays
                                  for one pay cycle)
    <programme>/members.parquet   id (of facts.parquet), the facts of each member; no file, no members
    population.json               {"area": code, "on": day, "names": {code: name}}; may be missing

Money is DECIMAL(14,2) in yuan. Nothing else is needed to compare two laws; names and identity numbers have no place
here.
"""

import csv
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from minzheng.core.errors import Refused, refuse
from minzheng.policy.values import Kind

FACTS, MEMBERS, FAMILIES, ABOUT = "facts.parquet", "members.parquet", "families.parquet", "population.json"
FAMILY_COLUMNS = {
    "id": "varchar",
    "area": "varchar",
    "residence": "varchar",
    "people": "bigint",
    "annual_income": "decimal(14,2)",
}
FACT_COLUMNS = {"id": "varchar", "area": "varchar", "residence": "varchar"}
TYPES = {
    Kind.MONEY: "decimal(14,2)",
    Kind.INT: "bigint",
    Kind.RATE: "decimal(18,6)",
    Kind.BOOL: "boolean",
    Kind.DATE: "date",
    Kind.CODE: "varchar",
}
"""How a fact stands in a file."""
LEVELS = (2, 4, 6, 9, 12)
"""Digits of a division's code, by level."""
UNKNOWN = "\\N"


@dataclass(frozen=True)
class Population:
    """A folder that has been looked at: which programmes it holds, for which area."""

    folder: Path
    programmes: tuple[str, ...]
    area: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions, where the folder gives them."""

    def facts(self, programme: str) -> Path:
        return self.folder / programme / FACTS

    def members(self, programme: str) -> Path | None:
        path = self.folder / programme / MEMBERS
        return path if path.exists() else None

    @property
    def families(self) -> Path:
        return self.folder / FAMILIES


def open_population(folder: Path) -> Population:
    """The population in a folder; refuses one that lacks a file or a column, cannot be read, or is empty."""
    if not folder.is_dir():
        raise _no_population(folder, FAMILIES)
    if not (folder / FAMILIES).exists():
        raise _no_population(folder, FAMILIES)
    programmes = tuple(sorted(path.parent.name for path in folder.glob(f"*/{FACTS}")))
    if not programmes:
        raise _no_population(folder, f"<programme>/{FACTS}")
    with duckdb.connect() as connection:
        _need(connection, folder / FAMILIES, FAMILY_COLUMNS)
        _need_unique(connection, folder / FAMILIES)
        areas = set(_areas(connection, folder / FAMILIES))
        for programme in programmes:
            _need(connection, folder / programme / FACTS, FACT_COLUMNS)
            areas |= set(_areas(connection, folder / programme / FACTS))
            if (folder / programme / MEMBERS).exists():
                _need(connection, folder / programme / MEMBERS, {"id": "varchar"})
    if not areas:
        raise refuse(
            "simulation.empty",
            zh="人群是空的：{folder} 里一户、一人也没有。",
            en="The population is empty: {folder} holds no household and no person.",
            remedy_zh="请核对区划和日期，或换一个人群。",
            remedy_en="Check the area and the day, or name another population.",
            folder=folder,
        )
    about = _about(folder)
    return Population(folder, programmes, about.get("area") or common_area(areas), about.get("names") or {})


def common_area(areas: Iterable[str]) -> str:
    """The smallest division that holds them all (`` where none does).

    >>> common_area(["990101101201", "990101102201"])
    '990101'
    """
    found = list(areas)
    first = min(found, key=len)
    holding = [first[:n] for n in LEVELS if n <= len(first) and all(area.startswith(first[:n]) for area in found)]
    return holding[-1] if holding else ""


def next_level(area: str) -> int:
    """How many digits the divisions directly below an area have.

    >>> next_level("990101"), next_level("")
    (9, 2)
    """
    return next((n for n in LEVELS if n > len(area)), LEVELS[-1])


def write_table(path: Path, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows as a Parquet file, with columns of these types, in the order given; None is unknown. Returns how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as scratch:
        # By way of a file: many times faster than row by row.
        text = Path(scratch) / "rows.csv"
        with text.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
            for row in rows:
                writer.writerow([UNKNOWN if cell is None else cell for cell in row])
                count += 1
        connection.read_csv(
            str(text),
            header=False,
            columns=dict(columns),
            auto_detect=False,
            na_values=UNKNOWN,
            delimiter=",",
            quotechar='"',
            escapechar='"',
            parallel=False,
        ).write_parquet(str(path))
    return count


def write_about(folder: Path, area: str, on: str, names: Mapping[str, str]) -> None:
    """population.json: where and when the population is of."""
    text = json.dumps({"area": area, "on": on, "names": dict(names)}, ensure_ascii=False, indent=1)
    (folder / ABOUT).write_text(text + "\n", encoding="utf-8")


def columns_in(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The columns of a Parquet file; refuses one that cannot be read."""
    try:
        return list(connection.read_parquet(str(path)).columns)
    except duckdb.Error as error:
        raise _unreadable(path, str(error).splitlines()[0]) from None


def _need(connection: duckdb.DuckDBPyConnection, path: Path, columns: Mapping[str, str]) -> None:
    missing = [name for name in columns if name not in columns_in(connection, path)]
    if missing:
        raise refuse(
            "simulation.columns",
            zh="{file} 缺少列：{missing}。",
            en="{file} lacks the columns {missing}.",
            remedy_zh="人群文件的格式见 docs/algorithms/simulation.md；也可以用 minzheng snapshot 生成。",
            remedy_en="docs/algorithms/simulation.md gives the form; minzheng snapshot writes such files.",
            file=path,
            missing=", ".join(missing),
        )


def _need_unique(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    twice = "select id from read_parquet(?) group by id having count(*) > 1 or id is null limit 1"
    if row := connection.execute(twice, [str(path)]).fetchone():
        raise refuse(
            "simulation.id_twice",
            zh="{file}：编号“{id}”是空的，或者出现了两次。",
            en="{file}: the id “{id}” is empty or appears twice.",
            remedy_zh="每户一行，编号各不相同。",
            remedy_en="Give each family one row and an id of its own.",
            file=path,
            id=row[0] or "",
        )


def _areas(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    rows = connection.read_parquet(str(path)).select(duckdb.ColumnExpression("area")).distinct().fetchall()
    return [str(area) for (area,) in rows if area]


def _about(folder: Path) -> dict[str, Any]:
    path = folder / ABOUT
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(found, dict) or not isinstance(found.get("names", {}), dict):
        raise _unreadable(path, "not a mapping")
    return found


def _no_population(folder: Path, file: str) -> Refused:
    return refuse(
        "simulation.no_population",
        zh="{folder} 不是一个人群：没有 {file}。",
        en="{folder} is not a population: it has no {file}.",
        remedy_zh="用 minzheng snapshot --out 目录 --area 区划 --on 日期 生成，格式见 docs/algorithms/simulation.md。",
        remedy_en="Make one with minzheng snapshot --out DIR --area CODE --on DATE; docs/algorithms/simulation.md"
        " gives the form.",
        folder=folder,
        file=file,
    )


def _unreadable(path: Path, detail: str) -> Refused:
    return refuse(
        "simulation.unreadable",
        zh="读不了 {file}：{detail}。",
        en="{file} cannot be read: {detail}.",
        remedy_zh="请换一个完好的文件，或重新生成人群。",
        remedy_en="Give a file that is whole, or make the population again.",
        file=path,
        detail=detail,
    )
