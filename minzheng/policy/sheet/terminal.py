"""A sheet in the terminal. Nothing of it is read as markup: `[red]` in a label is shown as it is written."""

import io
from collections.abc import Iterable, Sequence
from typing import IO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from minzheng.policy.sheet.present import Sheet, Step, rows_of
from minzheng.policy.sheet.words import Phrases

PAPER = 100
"""Columns of a text file."""
TONES = {"paid": "bold green", "refused": "bold red", "error": "bold red"}


def text(sheet: Sheet) -> str:
    """The sheet as a text file: no colours, lines of a set width, no spaces at their ends."""
    file = io.StringIO()
    write(sheet, file, width=PAPER)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def write(sheet: Sheet, file: IO[str] | None = None, *, width: int | None = None) -> None:
    """Print a sheet, to the terminal unless a file is named; colours only where a terminal shows them."""
    say = Phrases(sheet.language)
    console = Console(file=file, width=width, markup=False, highlight=False, emoji=False)
    console.print(Text(sheet.title, style="bold"))
    console.print(Text(sheet.about, style="dim"))
    console.print()
    console.print(_pairs(sheet.head))
    console.print()
    console.print(Text(sheet.verdict, style=TONES[sheet.outcome]))
    for reason in sheet.reasons:
        lines = [("•", reason.text), ("", reason.detail)]
        console.print(Padding(_pairs([line for line in lines if line[1]]), (0, 0, 0, 2)))
    if sheet.warning:
        console.print(Text(sheet.warning, style="yellow"))
    if sheet.facts:
        _heading(console, say("facts"))
        console.print(_pairs(sheet.facts))
    if sheet.member_rows:
        _heading(console, say("members"))
        console.print(_table(sheet.member_head, sheet.member_rows))
    _heading(console, say("steps"))
    for step in sheet.steps:
        _step(console, step, sheet.language)
    if sheet.rates:
        _heading(console, say("rates_used"))
        head = ("", say("rate"), say("value"), say("holds"), say("source"))
        rows = [(one.number, one.label, one.value, one.holds, one.source) for one in sheet.rates]
        console.print(_table(head, rows))


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold underline"))


def _step(console: Console, step: Step, language: str) -> None:
    title = Text(f"{step.heading}  {step.label}", style="bold")
    if step.result:
        title.append(f"  = {step.result}", style="bold red" if step.kept is False else "bold cyan")
    console.print(title)
    console.print(Padding(_pairs(rows_of(step, language)), (0, 0, 1, 2)))


def _pairs(pairs: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for caption, text in pairs:
        table.add_row(Text(caption), Text(text))
    return table


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for caption in head:
        table.add_column(Text(caption), overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    return table
