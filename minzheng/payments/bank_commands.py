"""Commands for whoever writes a layout for their bank. They work on files and need no database."""

import datetime as dt
import io
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from minzheng.payments.amounts import yuan
from minzheng.payments.bank_files import Entry, write
from minzheng.payments.bank_layout import EXCEL, FIXED, Layout, layout, load
from minzheng.payments.bank_reading import Line, read, read_returns

console = Console(emoji=False)
DAY = dt.date(2025, 3, 3)
SAMPLE = (
    ("6228480099000000001", "王一", 50_000),
    ("6217000099000000002", "阿依古丽·买买提", 102_405),
    ("100123456789", "张三", 7),
)
"""Invented: a card, a long name with a point in it, an account of a passbook; amounts with and without fen."""


@click.group("bank")
def bank_group() -> None:
    """The bank's files: layouts, files, answers."""


@bank_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sample", type=click.Path(dir_okay=False, path_type=Path), help="Write a file of invented payments here."
)
def check(file: Path, sample: Path | None) -> None:
    """Check a layout, write invented payments with it and read them back; `--sample` is what to show the bank."""
    chosen = load(file.resolve())
    content = _sample(chosen)
    lines = read(chosen, content)
    if lines != [Line(one.line, one.account, one.holder, one.amount) for one in _entries(chosen)]:
        raise click.ClickException(f"{file.name}: the file that it writes is read back differently: {lines}")
    console.print(f"{escape(file.name)}: {chosen.format}, {chosen.encoding}, {len(chosen.columns)} columns: ok")
    if chosen.format == FIXED:
        start = 1
        for column in chosen.columns:
            name = escape(column.title or column.value or column.text)
            console.print(f"  {start:4d}–{start + column.width - 1:<4d} {column.width:3d}  {name}")
            start += column.width
    if sample is not None:
        sample.write_bytes(content)
        console.print(f"{escape(str(sample))}: {len(lines)} / {yuan(sum(line.amount for line in lines))}")
    elif chosen.format != EXCEL:
        console.print(escape(content.decode(chosen.encoding)), end="", soft_wrap=True)


@bank_group.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layout", "code", required=True, help="A layout of policies/bank, or a YAML file.")
@click.option("--answer", is_flag=True, help="It is the bank's answer: list what was not paid.")
def read_file(file: Path, code: str, answer: bool) -> None:
    """Read a file as the bank reads it and print count and total; with `--answer` the bank's own."""
    chosen = load(Path(code).resolve()) if code.endswith(".yaml") else layout(code)
    if not answer:
        lines = read(chosen, file.read_bytes())
        console.print(f"{len(lines)} / {yuan(sum(line.amount for line in lines))}")
        return
    for failure in read_returns(chosen, file.read_bytes()):
        amount = yuan(failure.amount) if failure.amount is not None else ""
        word = chosen.returns.code(failure.reason)
        console.print(f"{failure.line:6d} {amount:>14} {word:<16} {escape(failure.reason)}")


def _entries(chosen: Layout) -> list[Entry]:
    """The invented payments, of a programme and a kind that the layout has a word for, in whole yuan where it must."""
    by_value = {column.value: column for column in chosen.columns if column.value}
    programme, kind = (
        next(iter(by_value[value].words), ours) if value in by_value else ours
        for value, ours in (("programme", "dibao"), ("kind", "regular"))
    )
    whole = by_value["amount"].amount == "whole_yuan"
    return [
        Entry(
            line=line,
            account=account,
            holder=holder,
            amount=amount * 100 if whole else amount,
            programme=programme,
            month=DAY.replace(day=1),
            kind=kind,
            area="990101101201",
            payment=line,
        )
        for line, (account, holder, amount) in enumerate(SAMPLE, start=1)
    ]


def _sample(chosen: Layout) -> bytes:
    entries = _entries(chosen)
    out = io.BytesIO()
    total = sum(entry.amount for entry in entries)
    write(chosen, entries, out, count=len(entries), total=total, number="SAMPLE", sequence=1, day=DAY)
    return out.getvalue()
