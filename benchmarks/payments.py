"""`make bench-payments`: a month's run of a million households, and its part of docs/benchmarks.md.

python -m benchmarks.payments                             everything, as the document has it
python -m benchmarks.payments --households 2000 --scale "" --row-by-row 50 --repeats 1 --report X     a quick look
python -m benchmarks.payments --only scale --scale 23000000 --folder /large     the nation's month, on a large disk

Parts: month, ledger (both from one run of one process) and scale.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts import ROOT
from benchmarks.payday import PLAIN, Month
from benchmarks.policy import REPORT, measured_on, put
from benchmarks.tables import billions, number, seconds, spread, table

NATION = 23_000_000
"""Households of the nation's month."""
TWICE, HUNDRED, MEMORY = 2.0, 100.0, 1 << 30
"""The targets: the ledger's write against a plain one, the month against row by row, bytes of the process."""

ACTS = {
    "prepare": "the run computed, and compared with last month",
    "submit": "submitted: nothing unexplained, still what is owed",
    "approve": "approved",
    "release": "money released",
    "send": "sent: unpayable held, bank file and ledger written",
    "book returns": "returns booked, each with its task",
    "confirm": "confirmed as paid, ledger written",
    "close": "reconciled and closed",
}


def measure(households: int, row_by_row: int, repeats: int, folder: Path | None) -> Month:
    """A month in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.payday", *map(str, (households, row_by_row, repeats))]
    place = os.environ | ({"BENCH_FOLDER": str(folder.resolve())} if folder else {})
    done = subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{households} households: {done.stderr.strip()}")
    return Month(**json.loads(done.stdout.splitlines()[-1]))


def against_row_by_row(month: Month) -> float:
    """How many times as fast the month is as the same written row by row."""
    return month.row_by_row / month.one_by_one * month.sent / month.whole


def against_plain(month: Month, keys: str) -> float:
    """How many times as long the ledger's write takes as the plain one with these keys."""
    return statistics.median(month.ledger) / statistics.median(month.plain[keys])


def of_month(month: Month) -> list[str]:
    per_million = 1e6 / month.households
    rows = [
        [what, seconds(month.seconds[act]), seconds(month.seconds[act] * per_million)] for act, what in ACTS.items()
    ]
    rows.append(["**the whole month**", seconds(month.whole), seconds(month.whole * per_million)])
    within = [[name, seconds(taken), seconds(taken * per_million)] for name, taken in month.parts.items()]
    lines = [
        f"### A month of {number(month.households)} households",
        "",
        f"{number(month.lines)} payments; {number(month.held)} held, {number(month.sent)} sent in a file of"
        f" {month.file_bytes / 1e6:.0f} MB, {number(month.returned)} returned; the database is"
        f" {billions(month.database_bytes)} GB afterwards.",
        "",
        *table(["", "seconds", "a million"], rows),
        "",
        "Of these:",
        "",
        *table(["", "seconds", "a million"], within),
        "",
        f"The process never held more than {billions(month.peak)} GB, the server's own process"
        f" {billions(month.backend)} GB beside its 256 MB of shared buffers.",
    ]
    if month.one_by_one:
        scaled = month.row_by_row / month.one_by_one * month.sent
        lines += [
            "",
            f"Row by row through the ORM {number(month.one_by_one)} households took {seconds(month.row_by_row)} s,"
            f" {number(month.sent)} would take {number(scaled)} s: **{against_row_by_row(month):.0f} times** the month"
            f" above (target: {HUNDRED:.0f}). In processor seconds, which other work on the machine does not lengthen:"
            f" {seconds(month.cpu)} against {number(month.row_by_row_cpu / month.one_by_one * month.sent)},"
            f" {month.row_by_row_cpu / month.one_by_one * month.sent / month.cpu:.0f} times.",
        ]
    return lines


def of_ledger(month: Month) -> list[str]:
    rows = [["our ledger, all its rules", seconds(statistics.median(month.ledger)), spread(month.ledger), ""]]
    for keys, what in PLAIN.items():
        times = month.plain[keys]
        rows.append(
            [f"plain table: {what}", seconds(statistics.median(times)), spread(times),
             f"{against_plain(month, keys):.2f}×"]
        )  # fmt: skip
    return [
        f"### The ledger's write: {number(month.sent)} transfers",
        "",
        *table(["the same `INSERT … SELECT` into", "seconds", "least–most", "ours against it"], rows),
        "",
        "In turns, each time undone; with all that a statement leaves for the commit."
        f" Target: at most {TWICE:.0f} times.",
    ]


def of_scale(months: Sequence[Month]) -> list[str]:
    rows = []
    for month in months:
        cost = month.whole / month.households * 1e6
        rows.append(
            [number(month.households), seconds(month.whole), seconds(cost), billions(month.peak),
             billions(month.backend), billions(month.database_bytes)]
        )  # fmt: skip
    largest = max(months, key=lambda month: month.households)
    nation = largest.whole / largest.households * NATION
    return [
        "### Growth",
        "",
        *table(
            ["households", "seconds", "seconds a million", "process GB", "server's process GB", "database GB"], rows
        ),
        "",
        f"By the dearness of the largest, the nation's {number(NATION)} households take {nation / 60:.0f} minutes as"
        " one run in one database.",
    ]


def missed(month: Month) -> list[str]:
    """The targets that a month of full size does not meet."""
    found = []
    if month.ledger and against_plain(month, "foreign") > TWICE:
        found.append(f"the ledger takes {against_plain(month, 'foreign'):.2f} times a plain write")
    if month.one_by_one and against_row_by_row(month) < HUNDRED:
        found.append(f"only {against_row_by_row(month):.0f} times as fast as row by row")
    if month.households <= 1_000_000 and month.peak >= MEMORY:
        found.append(f"{billions(month.peak)} GB of memory")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.payments", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="month,ledger,scale", help="parts, separated by commas: %(default)s")
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--scale", default="200000,5000000", help="other sizes, measured once each: %(default)s")
    parser.add_argument("--row-by-row", type=int, default=2_000, help="so many households through the ORM")
    parser.add_argument("--repeats", type=int, default=5, help="rounds of the ledger's write")
    parser.add_argument("--folder", type=Path, help="where the databases are made; 3 GB a million households")
    parser.add_argument("--report", type=Path, default=REPORT)
    given = parser.parse_args(arguments)
    wanted = given.only.split(",")
    month = measure(given.households, given.row_by_row, given.repeats, given.folder)
    sections = {}
    if "month" in wanted:
        sections["payments-month"] = of_month(month)
    if "ledger" in wanted and month.ledger:
        sections["payments-ledger"] = of_ledger(month)
    sizes = [int(size) for size in given.scale.split(",") if size]
    if "scale" in wanted and sizes:
        more = [measure(size, 0, 0, given.folder) for size in sizes if size != given.households]
        sections["payments-scale"] = of_scale(sorted([month, *more], key=lambda one: one.households))
    for name, lines in sections.items():
        print("\n".join(lines))  # noqa: T201
        put(given.report, name, [*lines, "", measured_on()])
    if given.households >= 1_000_000 and missed(month):
        raise SystemExit("; ".join(missed(month)))


if __name__ == "__main__":
    main()
