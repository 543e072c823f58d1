"""A simulation as an Excel workbook: summary, by area, by programme, and those who enter, leave, gain or lose."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from minzheng.core.errors import pick
from minzheng.policy.simulation.figures import Line, Totals
from minzheng.policy.simulation.run import Simulation, Summary
from minzheng.policy.simulation.words import word

COUNTS = (
    "parties", "people", "paid_before", "paid_after", "people_before", "people_after",
    "enter", "leave", "gain", "lose", "unchanged", "never", "error",
)  # fmt: skip
MONEY = ("month_before", "month_after", "month_more", "year_before", "year_after", "year_more")
MOVED = ("enter", "leave", "gain", "lose", "error")
"""Each has its sheet: one line for each party."""
ROWS_OF_A_SHEET = 1_000_000
"""Excel holds 1,048,576; what is beyond goes into no sheet, and the sheet says so."""


def workbook(found: Simulation, language: str, who: Mapping[str, str] | None = None) -> bytes:
    """The workbook. who: the name each party stands under, by id, where the reader may see names."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    writer = _Writer(book, found.summary, language, who or {})
    writer.summary_sheet()
    writer.totals_sheet("by_area", found.summary.by_area, found.summary.names)
    writer.totals_sheet(
        "by_programme",
        found.summary.by_programme,
        {code: pick(name, language) for code, name in found.summary.programmes.items()},
    )
    for move in MOVED:
        writer.lines_sheet(move, found)
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, summary: Summary, language: str, who: Mapping[str, str]) -> None:
        self.book, self.summary, self.language, self.who = book, summary, language, who
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        cell = base | {"border": 1, "border_color": "#999999"}
        self.title = book.add_format(base | {"bold": True, "font_size": 16})
        self.note = book.add_format(base | {"font_size": 10, "font_color": "#555555"})
        self.head = book.add_format(cell | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#e9eef5"})
        self.text = book.add_format(cell)
        self.count = book.add_format(cell | {"num_format": "#,##0"})
        self.money = book.add_format(cell | {"num_format": "#,##0.00"})

    def word(self, key: str) -> str:
        return word(key, self.language)

    def sheet(self, name: str) -> Any:
        """A sheet with its title and the note that nothing was written."""
        sheet = self.book.add_worksheet(name[:31])
        sheet.write_string(0, 0, f"{self.word('title')} · {name}", self.title)
        where = self.summary.names.get(self.summary.area, self.summary.area)
        note = f"{self.word('nothing_written')} · {self.word('on')} {self.summary.on} · {where}"
        sheet.write_string(1, 0, note, self.note)
        sheet.set_row(0, 26)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def heads(self, sheet: Any, row: int, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            sheet.write_string(row, place, name, self.head)

    def yuan(self, sheet: Any, row: int, place: int, fen: int | None) -> None:
        # Excel knows only binary numbers; two decimals of yuan are exact to the fen below 10^13 yuan.
        if fen is None:
            sheet.write_blank(row, place, None, self.text)
        else:
            sheet.write_number(row, place, fen / 100, self.money)

    def summary_sheet(self) -> None:
        """What changes, the totals, the distribution, what could not be worked out, the check against the awards."""
        found, sheet = self.summary, self.sheet(self.word("summary"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 6, 24)
        changes = [
            (
                f"{one.programme}.{one.name} {pick(one.label, self.language)}",
                "; ".join(one.before),
                "; ".join(one.after),
            )
            for one in found.changes
        ]
        row = self._block(sheet, 3, ("changes", "before", "after"), changes)
        self.heads(sheet, row, [self.word("total"), ""])
        for key in (*COUNTS, *MONEY):
            row += 1
            sheet.write_string(row, 0, self.word(key), self.text)
            if key in MONEY:
                self.yuan(sheet, row, 1, getattr(found.total, key))
            else:
                sheet.write_number(row, 1, getattr(found.total, key), self.count)
        row = self._block(sheet, row + 2, ("distribution", "before", "after"), self._spread())
        sheet.write_string(row - 1, 0, self.word("registered_only"), self.note)
        if found.failures:
            failures = [
                (one.programme, self.word(one.side), one.code, one.parties, one.people, one.as_dict()["year"])
                for one in found.failures
            ]
            names = ("errors", "side", "error_code", "parties", "people", "year_other")
            row = self._block(sheet, row + 1, names, failures)
        known = [one for one in found.against_awards if one.same or one.differ]
        if known:
            checks = [tuple(one.as_dict().values()) for one in known]
            heads = ("against_awards", "same", "differ", "without", "awarded", "simulated", "without_amount")
            self._block(sheet, row + 1, heads, checks)

    def _spread(self) -> list[tuple[str, ...]]:
        both = self.summary.before.as_dict(), self.summary.after.as_dict()
        keys = {
            "gini": "gini", "headcount": "headcount", "poor": "poor_people", "gap": "poverty_gap", "p1": "p1",
            "families": "families", "people": "people",
        }  # fmt: skip
        return [(self.word(name), *(str(side[key] if side[key] is not None else "—") for side in both))
                for name, key in keys.items()]  # fmt: skip

    def _block(self, sheet: Any, row: int, names: Sequence[str], lines: Sequence[Sequence[Any]]) -> int:
        """A small table; returns the row two below it."""
        self.heads(sheet, row, [self.word(name) for name in names])
        for line in lines:
            row += 1
            for place, value in enumerate(line):
                if isinstance(value, int):
                    sheet.write_number(row, place, value, self.count)
                else:
                    sheet.write_string(row, place, str(value), self.text)
        return row + 2

    def totals_sheet(self, name: str, groups: Mapping[str, Totals], names: Mapping[str, str]) -> None:
        """A row for each area or programme, and the total."""
        sheet = self.sheet(self.word(name))
        keys = (*COUNTS, *MONEY)
        self.heads(
            sheet, 2, [self.word("area" if name == "by_area" else "programme"), *(self.word(key) for key in keys)]
        )
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(keys), 13)
        sheet.freeze_panes(3, 1)
        rows = [
            *((names.get(code, code) or "—", one) for code, one in groups.items()),
            (self.word("total"), self.summary.total),
        ]
        for row, (label, one) in enumerate(rows, start=3):
            sheet.write_string(row, 0, label, self.text)
            for place, key in enumerate(keys, start=1):
                if key in MONEY:
                    self.yuan(sheet, row, place, getattr(one, key))
                else:
                    sheet.write_number(row, place, getattr(one, key), self.count)

    def lines_sheet(self, move: str, found: Simulation) -> None:
        """Those who move this way, one by one."""
        sheet = self.sheet(self.word(move))
        names = ["programme", "id", *(["family"] if not self.who else ["who"]), "area", "residence", "people"]
        keys = [*names, "amount_before", "amount_after", "difference", "why"]
        self.heads(sheet, 2, [self.word(key) for key in keys])
        sheet.set_column(0, len(keys) - 1, 16)
        sheet.freeze_panes(3, 0)
        for row, line in enumerate(found.lines([move]), start=3):
            if row - 3 >= ROWS_OF_A_SHEET:
                sheet.write_string(row, 0, "…", self.text)
                break
            for place, value in enumerate(self._texts(line)):
                sheet.write_string(row, place, value, self.text)
            sheet.write_number(row, 5, line.people, self.count)
            for place, fen in enumerate((line.before, line.after, line.more), start=6):
                self.yuan(sheet, row, place, fen)
            sheet.write_string(row, 9, line.unmet, self.text)

    def _texts(self, line: Line) -> list[str]:
        programme = pick(self.summary.programmes[line.programme], self.language)
        residence = self.word(line.residence) if line.residence in ("urban", "rural") else ""
        whose = self.who.get(line.id, "") if self.who else line.family
        return [programme, line.id, whose, self.summary.names.get(line.area, line.area), residence]
