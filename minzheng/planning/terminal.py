"""A simulation in the terminal: what changes, who moves, what it costs, how it is spread."""

from collections.abc import Mapping

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from minzheng.core.errors import pick
from minzheng.policy.simulation import Summary, Totals
from minzheng.policy.simulation.words import word

MONTHS = ("month_before", "month_after", "month_more")
YEARS = ("year_before", "year_after", "year_more")


def show(found: Summary, console: Console, language: str) -> None:
    """Print everything but the single parties."""

    def said(key: str) -> str:
        return word(key, language)

    where = found.names.get(found.area, found.area)
    console.print(f"[bold]{said('title')}[/bold] · {found.on} · {where} · {said('nothing_written')}", highlight=False)
    changes = Table(said("changes"), said("before"), said("after"), title_justify="left")
    for one in found.changes:
        changes.add_row(f"{one.programme}.{one.name}", "; ".join(one.before), "; ".join(one.after))
    console.print(changes)
    programmes = {code: pick(name, language) for code, name in found.programmes.items()}
    console.print(_costs(found.total, language))
    console.print(_totals(found.by_programme, programmes, found.total, "programme", language))
    console.print(_totals(found.by_area, found.names, found.total, "area", language))
    if found.once:
        console.print(f"{said('once')}: {', '.join(programmes[code] for code in found.once)}", highlight=False)
    spread = Table(said("distribution"), said("before"), said("after"))
    before, after = found.before.as_dict(), found.after.as_dict()
    for name, key in (("gini", "gini"), ("headcount", "headcount"), ("gap", "poverty_gap"), ("p1", "p1")):
        spread.add_row(said(name), *(str(side[key] if side[key] is not None else "—") for side in (before, after)))
    console.print(spread)
    console.print(said("registered_only"), style="dim", highlight=False)
    reasons = {"income": "income", "people": "size", "line": "line"}
    for why, (families, people) in found.left_out.items():
        console.print(f"{said('left_out')}: {said(reasons[why])} {families} / {people}", highlight=False)
    if found.failures:
        errors = Table(*(said(key) for key in ("programme", "side", "error_code", "parties", "people")))
        for failure in found.failures:
            numbers = f"{failure.parties:,}", f"{failure.people:,}"
            errors.add_row(programmes[failure.programme], said(failure.side), failure.code, *numbers)
        console.print(errors)
    if any(one.same or one.differ for one in found.against_awards):
        check = Table(said("against_awards"), said("same"), said("differ"), said("without"))
        for against in found.against_awards:
            counts = f"{against.same:,}", f"{against.differ:,}", f"{against.without:,}"
            check.add_row(programmes[against.programme], *counts)
        console.print(check)


def _totals(groups: Mapping[str, Totals], names: Mapping[str, str], whole: Totals, head: str, language: str) -> Table:
    """A row for each part and the total; narrow enough for 80 columns."""
    pairs = (("paid_before", "paid_after"), ("enter", "leave"), ("gain", "lose"))
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column(word(head, language), overflow="fold", min_width=8)
    for first, second in pairs:
        table.add_column(f"{word(first, language)} / {word(second, language)}", justify="right", min_width=6)
    for key in MONTHS[1:]:
        # Amounts are never cut; the words above them stand on several lines.
        table.add_column("\n".join(word(key, language).split()), justify="right", no_wrap=True)
    lines = [(names.get(code, code), one) for code, one in groups.items()]
    for place, (name, one) in enumerate([*lines, (word("total", language), whole)]):
        written = one.as_dict()
        counts = [f"{written[first]:,} / {written[second]:,}" for first, second in pairs]
        money = [_thousands(written[key]) for key in MONTHS[1:]]
        table.add_row(name, *counts, *money, end_section=place == len(lines) - 1)
    return table


def _costs(whole: Totals, language: str) -> Table:
    """What everything together costs, a month and a year."""
    table = Table(word("total", language), *(word(key, language) for key in ("before", "after", "difference")))
    written = whole.as_dict()
    for label, keys in (("cost_month", MONTHS), ("cost_year", YEARS)):
        table.add_row(word(label, language), *(_thousands(written[key]) for key in keys))
    return table


def _thousands(yuan: str) -> str:
    whole, _, part = yuan.partition(".")
    return f"{int(whole):,}.{part}" if not yuan.startswith("-0") else yuan
