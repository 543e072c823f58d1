"""FACTS and MEMBERS as CSV: read so that no cell changes its meaning on the way.

UTF-8, with or without a mark, or GB18030 as Excel writes it; a file that is neither is refused instead of losing
characters. Every row has the header's number of cells; rows that are empty throughout, as Excel leaves them, count for
nothing.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from minzheng.policy.errors import PolicyError, near_miss

LARGEST_CELL = 10_000
"""Characters of a cell, at most."""


class CsvRow(dict[str, str]):
    """A row by column, and the line of the file on which it ends."""

    def __init__(self, cells: dict[str, str], line: int) -> None:
        super().__init__(cells)
        self.line = line


def csv_rows(path: Path, required: Sequence[str] = ()) -> list[CsvRow]:
    """The rows of a file, cells without the blanks around them. Raises PolicyError naming the line."""
    lines = _lines(path, _decoded(path, _content(path)))
    line, cells = next(lines, (1, []))
    header = _header(path, line, cells, required)
    return [_row(path, line, header, cells) for line, cells in lines]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PolicyError("not_found", file=str(path)) from None
    except OSError as error:
        raise PolicyError("unreadable", file=str(path), detail=error.strerror or str(error)) from None


def _decoded(path: Path, content: bytes) -> str:
    first: UnicodeDecodeError | None = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            first = first or error
    assert first is not None
    raise PolicyError("csv_encoding", file=str(path), line=content.count(b"\n", 0, first.start) + 1)


def _lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line; rows without any text are passed over."""
    # Strict: a quote that is not closed would swallow the rows after it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as error:
        raise PolicyError("csv_form", file=str(path), line=reader.line_num, detail=str(error)) from None


def _header(path: Path, line: int, cells: list[str], required: Sequence[str]) -> list[str]:
    if not cells:
        raise PolicyError("csv_empty", file=str(path), known=", ".join(required) or "id")
    for place, name in enumerate(cells):
        if name and name in cells[:place]:
            raise PolicyError("csv_column_twice", file=str(path), line=line, name=name)
    for column in required:
        if column not in cells:
            zh, en = near_miss(column, cells)
            raise PolicyError("csv_no_column", file=str(path), line=line, key=column, hint_zh=zh, hint_en=en)
    return cells


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> CsvRow:
    if len(cells) != len(header):
        raise PolicyError("csv_ragged", file=str(path), line=line, found=len(cells), wanted=len(header))
    for name, cell in zip(header, cells, strict=True):
        if cell and not name:
            raise PolicyError("csv_nameless", file=str(path), line=line, value=cell)
        if len(cell) > LARGEST_CELL:
            raise PolicyError("csv_form", file=str(path), line=line, detail=f"{name}: {len(cell)} characters")
        if not cell.isprintable():
            raise PolicyError("csv_form", file=str(path), line=line, detail=f"{name}: “{cell}”")
    return CsvRow({name: cell for name, cell in zip(header, cells, strict=True) if name}, line)
