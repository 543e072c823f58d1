"""One measured run, in a process of its own: its time, its processor time and its peak memory are nobody else's.

`python -m benchmarks.one ENGINE FACTS MEMBERS RATES OUT` prints one line of JSON. ENGINE is one of ours (duckdb,
python, spark) or one of OPENFISCA.
"""

import datetime as dt
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minzheng.core.files import policies_dir
from minzheng.policy import Policy, Rates, load_policy, load_rates
from minzheng.policy.batch import assess_files

DAY = dt.date(2024, 5, 1)
OPENFISCA: Mapping[str, Mapping[str, bool]] = {
    "openfisca": {"double": False, "direct": False},
    "openfisca-direct": {"double": False, "direct": True},
    "openfisca-direct-64": {"double": True, "direct": True},
}
"""As its documentation says; with the arrays set behind its builder's back; the same with 64-bit floats."""


@dataclass(frozen=True)
class Run:
    """Seconds on the clock and of the processor from the first byte read to the last written, and the most memory that
    the process ever held. `parts`: the seconds of each part, where the side is ours to take apart."""

    wall: float
    cpu: float
    peak: int
    parts: Mapping[str, float]


def law() -> Policy:
    """The shipped dibao policy."""
    root = policies_dir()
    return load_policy(root / "dibao" / "policy.yaml", root / "facts.yaml")


def _work(engine: str, rates: Rates, facts: Path, members: Path, out: Path) -> Callable[[], Mapping[str, float]]:
    """What is timed. Reading the law and the numbers, and OpenFisca's imports and parameter tree, come before."""
    if engine in OPENFISCA:
        from benchmarks.openfisca_run import OpenFisca

        system = OpenFisca(rates, **OPENFISCA[engine])
        return lambda: system.assess_files(DAY, facts, members, out)
    policy = law()

    def ours() -> Mapping[str, float]:
        assess_files(policy, rates, DAY, facts, members, out, engine=engine)
        return {}

    return ours


def run(engine: str, rates: Path, facts: Path, members: Path, out: Path) -> Run:
    """Measure in this process."""
    work = _work(engine, load_rates(rates), facts, members, out)
    wall, cpu = time.perf_counter(), time.process_time()
    parts = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(wall, cpu, peak_memory(), parts)


def peak_memory() -> int:
    """The most memory that this process ever held, in bytes. Not ru_maxrss where it can be helped: Linux lets a process
    begin with its parent's."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def main(arguments: list[str]) -> None:
    engine, *paths = arguments
    facts, members, rates, out = map(Path, paths)
    found: dict[str, Any] = vars(run(engine, rates, facts, members, out))
    print(json.dumps(found))  # noqa: T201  read by the process that started this one


if __name__ == "__main__":
    main(sys.argv[1:])
