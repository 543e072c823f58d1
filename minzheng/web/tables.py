"""Lists: columns that sort, filter, add up, page and go to Excel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest

Value = Callable[[Any], Any]
PAGE_SIZES = (50, 100, 200)


@dataclass(frozen=True)
class Column:
    """One column. `kind`: text, day, month, money (fen), number, badge, button. `value` reads it from a row; `order` is
    the database field it sorts and adds up by (without one a list of Python rows sorts by the value); `link` makes the
    cell a link; `hint` explains the cell on hover; `tone` colours it (`bad` is for what is overdue or wrong money
    only)."""

    key: str
    label: str
    value: Value
    kind: str = "text"
    order: str = ""
    link: Value | None = None
    hint: Value | None = None
    tone: Value | None = None
    total: bool = False
    main: bool = False
    """Stands as the title of the card on a phone."""
    wide: bool = True
    """False: left out of the cards on a phone."""

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "number")


@dataclass
class Cell:
    """One value with how it is shown."""

    column: Column
    value: Any
    link: str = ""
    hint: str = ""
    tone: str = ""


@dataclass
class Table:
    """The rows of a list as this request asks for them: `?sort=-amount&page=2&size=100`."""

    request: HttpRequest
    rows: QuerySet[Any] | Sequence[Any]
    columns: Sequence[Column]
    empty: str
    """What to say and what to do next where there is nothing."""
    title: str = ""
    unit: str = ""
    """What a row is, for the count."""
    default_sort: str = ""
    export: bool = True
    total_label: str = ""
    row_link: Value | None = None
    select: Value | None = None
    """The value of the check box of a row, where rows can be taken in bulk."""
    prepare: Callable[[list[Any]], None] | None = None
    """Looks up, for the rows about to be shown, what their cells need: one query for all, not one for each."""
    prefix: str = ""
    page_size: int = PAGE_SIZES[0]

    @property
    def selectable(self) -> bool:
        """Whether rows can be ticked. A template asks for this: `select` itself it would call."""
        return self.select is not None

    @cached_property
    def count(self) -> int:
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @property
    def sort(self) -> str:
        asked = self.request.GET.get(self.prefix + "sort", self.default_sort)
        return asked if asked.lstrip("-") in {column.key for column in self.columns} else self.default_sort

    @cached_property
    def sorted_rows(self) -> QuerySet[Any] | Sequence[Any]:
        """All rows in the order that was asked for."""
        if not self.sort:
            return self.rows
        backwards = self.sort.startswith("-")
        column = next(column for column in self.columns if column.key == self.sort.lstrip("-"))
        if isinstance(self.rows, QuerySet):
            if not column.order:
                return self.rows
            term = F(column.order).desc(nulls_last=True) if backwards else F(column.order).asc(nulls_last=True)
            return self.rows.order_by(term, "pk")
        known = [row for row in self.rows if column.value(row) is not None]
        unknown = [row for row in self.rows if column.value(row) is None]
        return sorted(known, key=column.value, reverse=backwards) + unknown

    @property
    def size(self) -> int:
        asked = self.request.GET.get(self.prefix + "size", "")
        return int(asked) if asked in {str(size) for size in PAGE_SIZES} else self.page_size

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def page(self) -> int:
        asked = self.request.GET.get(self.prefix + "page", "1")
        return min(max(int(asked), 1), self.pages) if asked.isdecimal() and len(asked) < 7 else 1

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The cells of this page, row by row."""
        start = (self.page - 1) * self.size
        return [self._line(row) for row in self.prepared(self.sorted_rows[start : start + self.size])]

    def prepared(self, rows: Iterable[Any]) -> list[Any]:
        """Rows with what their cells need."""
        found = list(rows)
        if self.prepare:
            self.prepare(found)
        return found

    def _line(self, row: Any) -> dict[str, Any]:
        return {
            "cells": [self._cell(column, row) for column in self.columns],
            "link": self.row_link(row) if self.row_link else "",
            "select": self.select(row) if self.select else None,
        }

    @staticmethod
    def _cell(column: Column, row: Any) -> Cell:
        return Cell(
            column,
            column.value(row),
            link=column.link(row) if column.link else "",
            hint=column.hint(row) if column.hint else "",
            tone=column.tone(row) if column.tone else "",
        )

    @cached_property
    def totals(self) -> list[Cell] | None:
        """The total row over all rows (not only this page); None where no column adds up."""
        summed = [column for column in self.columns if column.total]
        if not summed or not self.count:
            return None
        if isinstance(self.rows, QuerySet):
            found = self.rows.order_by().aggregate(_rows=Count("pk"), **{c.key: Sum(c.order) for c in summed})
        else:
            found = {c.key: sum(c.value(row) or 0 for row in self.rows) for c in summed}
        return [Cell(column, found.get(column.key) if column.total else None) for column in self.columns]

    @property
    def heads(self) -> Iterable[dict[str, Any]]:
        """Each column with the link that sorts by it."""
        can_sort = not isinstance(self.rows, QuerySet)
        for column in self.columns:
            current = self.sort.lstrip("-") == column.key
            # Numbers are first wanted largest first, words from the start of the alphabet.
            first, second = (f"-{column.key}", column.key) if column.is_number else (column.key, f"-{column.key}")
            following = second if self.sort == first else first
            yield {
                "column": column,
                "url": self.url(sort=following, page=None) if column.order or can_sort else "",
                "direction": ("descending" if self.sort.startswith("-") else "ascending") if current else "",
            }

    def url(self, **changes: str | int | None) -> str:
        """This page's address with some parameters changed (None: taken out)."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(self.prefix + key, None)
            if value is not None:
                query[self.prefix + key] = str(value)
        pairs = [(key, value) for key in query for value in query.getlist(key) if value != ""]
        return "?" + urlencode(pairs)

    @property
    def page_links(self) -> list[dict[str, Any]]:
        """Page numbers around this one, with the first and the last; None is a gap."""
        wanted = {1, self.pages, *range(self.page - 2, self.page + 3)}
        links: list[dict[str, Any]] = []
        before = 0
        for number in sorted(n for n in wanted if 1 <= n <= self.pages):
            if before and number - before > 1:
                links.append({"number": None})
            links.append({"number": number, "url": self.url(page=number), "active": number == self.page})
            before = number
        return links

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    @property
    def export_url(self) -> str:
        return self.url(format="xlsx", page=None, size=None) if self.export and self.count else ""
