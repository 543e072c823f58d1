"""Word files that offices might send, and reading what came of them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from docx import Document


def template(*paragraphs: str, build: Callable[[Any], None] | None = None) -> bytes:
    """A Word file with these paragraphs."""
    word = Document()
    for text in paragraphs:
        word.add_paragraph(text)
    if build:
        build(word)
    return saved(word)


def saved(word: Any) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def changed(
    content: bytes, *, add: dict[str, bytes] | None = None, put: dict[str, tuple[bytes, bytes]] | None = None
) -> bytes:
    """The same file with further parts, or with bytes of a part replaced by others."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if put and name in put:
                assert put[name][0] in part
                part = part.replace(*put[name])
            new.writestr(name, part)
        for name, part in (add or {}).items():
            new.writestr(name, part)
    return buffer.getvalue()


def words(content: bytes) -> str:
    """All text of a Word file, headers first."""
    word = Document(io.BytesIO(content))
    headers = [one.text for section in word.sections for one in section.header.paragraphs]
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*headers, *(one.text for one in word.paragraphs), *cells])
