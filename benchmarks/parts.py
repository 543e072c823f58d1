"""What `make bench-policy` measures, part by part. Each part gives the lines of its section of the report.

A part starts each run as a process of its own, repeats, takes medians, and raises AssertionError where two engines of
ours do not write the same.
"""

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import households, rates
from benchmarks.households import Population
from benchmarks.one import OPENFISCA, Run
from benchmarks.tables import billions, number, seconds, spread, table
from minzheng.policy.assessment import ENGINES

ROOT = Path(__file__).parent.parent
LABELS = {
    "duckdb": "Minzheng on DuckDB",
    "openfisca": "OpenFisca, as documented (`SimulationBuilder`)",
    "openfisca-direct": "OpenFisca, members' arrays set directly",
    "openfisca-direct-64": "the same with 64-bit floats",
}


@dataclass(frozen=True)
class Sizes:
    """How many households each part takes."""

    sides: int
    scale: Sequence[int]
    missing: int
    postgres: int
    engines: int


FULL = Sizes(5_000_000, (50_000, 500_000, 5_000_000, 20_000_000), 5_000_000, 1_000_000, 20_000)
SMALL = Sizes(2_000, (1_000, 2_000), 2_000, 2_000, 2_000)


class Bench:
    """One session: where the files are, how large, how often."""

    def __init__(self, folder: Path, sizes: Sizes, repeats: int) -> None:
        self.folder, self.sizes, self.repeats = folder, sizes, repeats
        self.rates = rates.write(folder / "rates.yaml")

    def population(self, size: int, missing: int = 0) -> Population:
        return households.make(self.folder, size, missing)

    def out(self, engine: str) -> Path:
        """Where an engine writes: ours on DuckDB its parts, into a folder; the others one file."""
        if engine != "duckdb":
            return self.folder / f"out-{engine}.parquet"
        folder = self.folder / "out-duckdb"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def written(self, engine: str) -> str:
        """What it wrote, as SQL."""
        name = f"out-{engine}" + ("/*" if engine == "duckdb" else "") + ".parquet"
        return f"'{self.folder / name}'"

    def runs(self, engines: Sequence[str], population: Population) -> dict[str, list[Run]]:
        """Each engine so many times, in turns, every other round backwards: the first finds another machine than the
        last."""
        found: dict[str, list[Run]] = {engine: [] for engine in engines}
        for turn in range(self.repeats):
            for engine in engines if turn % 2 == 0 else reversed(engines):
                found[engine].append(Run(**self._start("benchmarks.one", engine, population, self.out(engine))))
        return found

    def postgres(self, population: Population) -> dict[str, Any]:
        return self._start("benchmarks.postgres", None, population, self.out("postgres"), str(self.repeats))

    def _start(self, module: str, engine: str | None, population: Population, out: Path, *more: str) -> dict[str, Any]:
        """Run a module in a process of its own, and read the one line that it prints."""
        first = [engine] if engine else []
        paths = [str(path) for path in (population.facts, population.members, self.rates, out)]
        command = [sys.executable, "-m", module, *first, *paths, *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{module} {engine or ''}: {done.stderr.strip()}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    # ---- comparing what was written

    def must_agree(self, one: str, other: str) -> int:
        """Households that two engines wrote alike, in every column; an AssertionError where any differs by a fen or a
        letter."""
        a, b = self.written(one), self.written(other)
        rows, same = _row(
            f"select (select count(*) from {a}), count(*) from {a} a join {b} b on cast(a.id as varchar) ="
            " cast(b.id as varchar) and a.eligible = b.eligible and coalesce(a.unmet, '') = coalesce(b.unmet, '')"
            " and a.amount is not distinct from b.amount and coalesce(a.error, '') = coalesce(b.error, '')"
        )
        (others,) = _row(f"select count(*) from {b}")
        if not 0 < rows == same == others:
            raise AssertionError(f"{one} wrote {rows} households, {other} {others}, and {same} are the same")
        return int(rows)

    def error_of(self, engine: str) -> Mapping[str, Any]:
        """How far another's amounts, in yuan, are from ours."""
        a, b = self.written(engine), self.written("duckdb")
        names = ("rows", "total", "differ", "verdicts", "absolute", "net", "worst")
        found = _row(
            "select count(*), sum(b.amount), count(*) filter (where a.amount <> b.amount),"
            " count(*) filter (where a.eligible <> b.eligible or a.unmet <> b.unmet),"
            f" sum(abs(a.amount - b.amount)), sum(a.amount - b.amount), max(abs(a.amount - b.amount)) from {a} a"
            f" join {b} b using (id)"
        )
        return dict(zip(names, found, strict=True))


def _row(sql: str) -> tuple[Any, ...]:
    with duckdb.connect() as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def _median(runs: Sequence[Run], of: str) -> float:
    return float(statistics.median(getattr(run, of) for run in runs))


# ---- the parts


def sides(bench: Bench) -> list[str]:
    """Ours against OpenFisca, Parquet in, Parquet out, the same columns."""
    size = bench.sizes.sides
    found = bench.runs(["duckdb", *OPENFISCA], bench.population(size))
    ours = found["duckdb"]
    rows = []
    for engine, runs in found.items():
        parts = {part: statistics.median(run.parts[part] for run in runs) for part in runs[0].parts}
        rows.append(
            [
                LABELS[engine],
                seconds(_median(runs, "wall")),
                spread([run.wall for run in runs]),
                f"{_median(runs, 'wall') / _median(ours, 'wall'):.1f}×",
                seconds(_median(runs, "cpu")),
                f"{_median(runs, 'cpu') / _median(ours, 'cpu'):.1f}×",
                billions(_median(runs, "peak")),
                " / ".join(seconds(parts[part]) for part in parts) or "–",
            ]
        )
    heads = [
        "",
        "seconds",
        "least–most",
        "against ours",
        "processor s",
        "against ours",
        "peak GB",
        "read / compute / write",
    ]
    errors = []
    for engine in OPENFISCA:
        error = bench.error_of(engine)
        errors.append(
            [LABELS[engine], number(error["differ"]), number(error["verdicts"]), f"{error['net']:+,}",
             f"{error['absolute']:,}", f"{error['worst']:,}"]
        )  # fmt: skip
    total = bench.error_of("openfisca")["total"]
    return [
        f"### Side by side: {number(size)} households, {number(2 * size)} members",
        "",
        *table(heads, rows),
        "",
        f"OpenFisca's error in yuan against our {total:,} yuan, which are exact:",
        "",
        *table(
            ["", "households paid otherwise", "judged otherwise", "in sum", "in absolute sum", "most for one"], errors
        ),
    ]


def scale(bench: Bench) -> list[str]:
    """Whether the cost grows with the households, and memory with it."""
    rows, per_million = [], []
    for size in bench.sizes.scale:
        runs = bench.runs(["duckdb"], bench.population(size))["duckdb"]
        cost = _median(runs, "wall") / size * 1e6
        per_million.append(cost)
        rows.append(
            [number(size), seconds(_median(runs, "wall")), spread([run.wall for run in runs]), seconds(cost),
             seconds(_median(runs, "cpu") / size * 1e6), billions(_median(runs, "peak"))]
        )  # fmt: skip
    heads = ["households", "seconds", "least–most", "seconds a million", "processor s a million", "peak GB"]
    large = per_million[len(per_million) // 2 :]
    return [
        "### Growth: Minzheng on DuckDB",
        "",
        *table(heads, rows),
        "",
        f"Of the larger half the dearest million costs {max(large) / min(large):.2f} times the cheapest.",
    ]


def missing(bench: Bench) -> list[str]:
    """Ours where facts are missing, which OpenFisca cannot carry."""
    rows = []
    for percent in (0, 1):
        runs = bench.runs(["duckdb"], bench.population(bench.sizes.missing, percent))["duckdb"]
        (failed,) = _row(f"select count(error) from {bench.written('duckdb')}")
        rows.append(
            [f"{percent}%", number(failed), seconds(_median(runs, "wall")), seconds(_median(runs, "cpu")),
             billions(_median(runs, "peak"))]
        )  # fmt: skip
    return [
        f"### Missing facts: {number(bench.sizes.missing)} households",
        "",
        "So many in a hundred of financial assets, ages and cover are unknown; such a household has a named error.",
        "",
        *table(["unknown", "households in error", "seconds", "processor s", "peak GB"], rows),
    ]


def postgres(bench: Bench) -> list[str]:
    """Inside PostgreSQL, against a plain INSERT … SELECT of the same rows."""
    size = bench.sizes.postgres
    population = bench.population(size)
    found = bench.postgres(population)
    bench.runs(["duckdb"], population)
    bench.must_agree("postgres", "duckdb")
    policy, plain = (statistics.median(found[name]) for name in ("policy", "plain"))
    rows = [
        ["snapshot of facts, built", seconds(found["build"]), "–", ""],
        ["the policy, `INSERT … SELECT`", seconds(policy), spread(found["policy"]), f"{policy / plain:.1f}×"],
        ["its rows again, plain `INSERT … SELECT`", seconds(plain), spread(found["plain"]), "1.0×"],
    ]
    return [
        f"### Inside PostgreSQL {found['version']}: {number(size)} households",
        "",
        *table(["", "seconds", "least–most", "against plain"], rows),
        "",
        f"{number(size / policy)} households a second. The amounts are those of DuckDB, to the fen.",
    ]


def engines(bench: Bench) -> list[str]:
    """Every engine of ours on the same few households: the same to the fen, and what each costs."""
    size = bench.sizes.engines
    names = [name for name in ENGINES if name != "postgres" and (name != "spark" or shutil.which("java"))]
    runs = bench.runs(names, bench.population(size, missing=1))
    for name in names:
        if name != "duckdb":
            bench.must_agree(name, "duckdb")
    rows = [[name, seconds(_median(found, "wall"))] for name, found in runs.items()]
    return [
        f"### Every engine: {number(size)} households, one fact in a hundred missing",
        "",
        *table(["engine", "seconds"], rows),
        "",
        "All columns that they write are the same: verdict, unmet conditions, amount to the fen, error.",
    ]


PARTS: Mapping[str, Callable[[Bench], list[str]]] = {
    "sides": sides,
    "scale": scale,
    "missing": missing,
    "postgres": postgres,
    "engines": engines,
}
