"""`minzheng runs`: what an office asks about its payment runs at the terminal."""

import csv
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

if TYPE_CHECKING:
    from minzheng.payments.replay import Replay

DIFFERENT = 1
"""The exit code where a replay does not give what the run paid."""

HEAD = ("award", "month", "kind", "was", "is_now", "change", "reason")


def add_to(group: click.Group, existing: Callable[[Path | None], AbstractContextManager[None]]) -> None:
    """Add the commands; `existing` runs a block with a data directory that has been set up."""
    runs = click.Group("runs", help="Payment runs.")
    runs.add_command(_replay(existing))
    group.add_command(runs)


def _replay(existing: Callable[[Path | None], AbstractContextManager[None]]) -> click.Command:
    @click.command("replay")
    @click.argument("number")
    @click.option("--data", type=click.Path(path_type=Path), help="Data directory (default: MINZHENG_DATA or .data).")
    @click.option("--now", "now", is_flag=True, help="As known now: what has become owed, or too much, since.")
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the differences as CSV.")
    def replay(number: str, data: Path | None, now: bool, out: Path | None) -> None:
        """Work a run out again by what was known then and the law it was computed with, and compare it with what it
        paid, to the fen. Exit code 1 where they differ; with --now differences are what to expect."""
        with existing(data):
            from minzheng.access.scope import EVERYWHERE, scope
            from minzheng.core.reading import read_only
            from minzheng.payments import queries
            from minzheng.payments import replay as replays

            with scope([EVERYWHERE]), read_only():
                run = queries.run_by_number(number)
                result = replays.as_known_now(run) if now else replays.replay(run)
        Console(stderr=True, emoji=False).print(_said(result))
        if out is not None:
            _write(result, out)
        sys.exit(DIFFERENT if result.apart and not now else 0)

    return replay


def _said(result: "Replay") -> str:
    from minzheng.payments.amounts import yuan

    head = f"{result.run.number}: {result.lines} lines, {yuan(result.total)} yuan"
    if result.as_known_now:
        head += f"; as known now {yuan(result.replayed)}"
    else:
        head += f"; replayed {yuan(result.replayed)}, {result.worked} assessments worked out again"
        head += f", {result.without} lines rest on none" if result.without else ""
    if result.same:
        return f"{head}: the same to the fen"
    lines = [
        f"  award {one.award.pk} {one.month:%Y-%m} {one.kind}: {yuan(one.was)} → {yuan(one.is_now)} {one.reason}"
        for one in result.apart[:50]
    ]
    more = [f"  … and {len(result.apart) - 50} more (--out FILE has them all)"] if len(result.apart) > 50 else []
    verdict = "differ from then" if result.as_known_now else "DIFFERENT"
    return "\n".join([f"{head}: {len(result.apart)} {verdict}", *lines, *more])


def _write(result: "Replay", out: Path) -> None:
    from minzheng.payments.amounts import yuan

    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for one in result.apart:
            month = f"{one.month:%Y-%m}"
            writer.writerow(
                [one.award.pk, month, one.kind, yuan(one.was), yuan(one.is_now), yuan(one.change), one.reason]
            )
