"""Fill a template: docxtpl finds the placeholders that Word has split over runs, Jinja's sandbox runs them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.image import Image
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from minzheng.core.errors import Refused, refuse
from minzheng.core.paper import WIDTH
from minzheng.papers.catalogue import Form
from minzheng.papers.grammar import Reader
from minzheng.papers.values import BLANK, Photo, in_capitals, written


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Jinja with nothing in it but one filter. Whatever docxtpl finds in the file (text, headers, footnotes, the file's
    properties) is parsed here, so nothing runs that `grammar` has not read."""

    def __init__(self, form: Form) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=written)
        self.globals.clear()
        self.tests.clear()
        self.filters.clear()
        self.filters["大写"] = in_capitals
        self.reader = Reader(form)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self.reader.check(tree)
        return tree


def fill(content: bytes, form: Form, values: Mapping[str, Any], *, note: str = "") -> bytes:
    """The template with these words in it; `note` stands above every page, whatever the template says there."""
    return filled(content, form, values, note=note)[0]


def filled(content: bytes, form: Form, values: Mapping[str, Any], *, note: str = "") -> tuple[bytes, set[str]]:
    """The filled paper, and which words the template puts. A word that is not given is blank."""
    word = DocxTemplate(io.BytesIO(content))
    environment = PaperEnvironment(form)
    known = {name: values.get(name, [] if one.kind == "rows" else None) for name, one in form.words.items()}
    try:
        word.render({name: _with_pictures(value, word) for name, value in known.items()}, environment, autoescape=True)
    except Refused:
        raise
    except TemplateError as wrong:
        raise _unreadable(wrong) from wrong
    for cell in word.docx.element.body.iter(qn("w:tc")):
        _clear_blanks(cell)
    content = _bytes(word)
    if note:  # docxtpl has written the headers as bytes: they are read again
        whole = Document(io.BytesIO(content))
        _put_above(whole, note)
        content = _bytes(whole)
    return content, environment.reader.used


def _bytes(word: Any) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _with_pictures(value: Any, word: DocxTemplate) -> Any:
    if isinstance(value, list | tuple):
        return [{name: _with_pictures(one, word) for name, one in row.items()} for row in value]
    return _Picture(value, word) if isinstance(value, Photo) else value


@dataclass(frozen=True)
class _Picture:
    """A picture where it stands in the paper."""

    photo: Photo
    word: DocxTemplate

    def __html__(self) -> str:
        content = self.photo.read()
        image = Image.from_blob(content)
        height: Emu | Mm = Mm(self.photo.height)
        if height * image.px_width > Mm(WIDTH) * image.px_height:  # wider than the text
            height = Emu(Mm(WIDTH) * image.px_height // image.px_width)
        return str(InlineImage(self.word, io.BytesIO(content), height=height))


def _put_above(word: Any, note: str) -> None:
    for section in word.sections:
        headers = [section.header, *([section.first_page_header] if section.different_first_page_header_footer else [])]
        if word.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            first = header.paragraphs[0]
            line = first.insert_paragraph_before() if first.text.strip() else first
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(note).font.size = Pt(10.5)


def _clear_blanks(cell: Any) -> None:
    """A cell with nothing but the blank line is left empty: its borders are the line."""
    for paragraph in cell.iter(qn("w:p")):
        texts = list(paragraph.iter(qn("w:t")))
        if "".join(text.text or "" for text in texts).strip() == BLANK:
            for text in texts:
                text.text = ""


def _unreadable(wrong: TemplateError) -> Refused:
    lines = [line.strip() for line in getattr(wrong, "docx_context", ()) if "{" in line]
    return refuse(
        "template.unreadable",
        zh="模板里的标记没有写完整或者没有成对{near_zh}。",
        en="A mark of the template is incomplete or lacks its partner{near_en}: {said}.",
        remedy_zh="请检查“{open}”与“{close}”、if 与 endif、for 与 endfor 是否成对。",
        remedy_en="See that each “{open}” has its “{close}”, each if its endif and each for its endfor.",
        near_zh=f"，在“{lines[0][:60]}”附近" if lines else "",
        near_en=f", near “{lines[0][:60]}”" if lines else "",
        said=str(wrong).split("\n")[0].rstrip("."),
        open="{{",
        close="}}",
    )
