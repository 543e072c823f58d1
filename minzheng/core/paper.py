"""The layout of an office's papers: A4, title in 小标宋, text in 仿宋, headings in 黑体, tables with lines.

Each font has a fallback by name: where 方正小标宋 or 仿宋_GB2312 is not installed, the reader takes 宋体 or 仿宋.
"""

import datetime as dt
from collections.abc import Sequence

from docx import Document as new_word
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, TITLE, HEADING, NUMBER = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
FALLBACKS = {BODY: "仿宋", TITLE: "宋体", HEADING: "黑体"}
LATIN = "Times New Roman"
"""For letters and digits of a paper in English; in a Chinese one they take the font of the text."""
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL = Pt(22), Pt(16), Pt(14), Pt(12)
LINE = Pt(28.95)
DEMO_NOTE = "演示数据：本文书中的地名、人员和金额均为虚构，仅供演示。"
WIDTH = 156
"""Type area in mm."""


class Sheet:
    """One paper of an office, written from the top down."""

    def __init__(self, office: str, *, invented: bool = False, language: str = "zh-Hans") -> None:
        self.office = office
        self.latin = LATIN if language == "en" else ""
        self.word = new_word()
        section = self.word.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        style = self.word.styles["Normal"]
        style.font.size = SIZE_3
        style.font.name = BODY
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
        self._declare_fallbacks()
        if invented:
            note = section.header.paragraphs[0]
            note.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._font(note.add_run(DEMO_NOTE), BODY, Pt(10.5))

    def page_numbers(self) -> None:
        """— 1 — at the foot of every page, outside."""
        self.word.settings.odd_and_even_pages_header_footer = True
        section = self.word.sections[0]
        section.footer_distance = Mm(28)
        page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
        page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)

    def title(self, text: str) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._font(paragraph.add_run(text), TITLE, SIZE_2)

    def number(self, text: str) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._font(paragraph.add_run(f"编号：{text}"), BODY, SIZE_4)

    def heading(self, text: str) -> None:
        self._line(text, HEADING, indent=False).paragraph_format.keep_with_next = True

    def text(self, text: str, *, indent: bool = True) -> None:
        self._line(text, BODY, indent=indent)

    def small(self, text: str, *, indent: bool = False) -> None:
        """A remark, smaller than the text; it stays with what follows."""
        paragraph = self.word.add_paragraph()
        form = paragraph.paragraph_format
        form.space_after, form.keep_with_next = Pt(6), True
        if indent:
            form.left_indent = SIZE_3 * 2
        self._font(paragraph.add_run(text), BODY, SIZE_SMALL)

    def table(self, rows: Sequence[Sequence[str]], *, head: bool = False, widths: Sequence[int] | None = None) -> None:
        """A table with lines; `widths` in mm, else equal columns."""
        columns = len(rows[0])
        table = self.word.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        sizes = widths or [WIDTH // columns] * columns
        for column, size in zip(table.columns, sizes, strict=True):
            column.width = Mm(size)
        for number, row in enumerate(rows):
            line = table.add_row()
            line.height = Mm(8)
            _mark(line._tr, "w:cantSplit")
            for cell, text, size in zip(line.cells, row, sizes, strict=True):
                cell.width = Mm(size)
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.keep_with_next = head and number == 0
                self._font(paragraph.add_run(text), HEADING if head and number == 0 else BODY, SIZE_SMALL)
        if head:
            _mark(table.rows[0]._tr, "w:tblHeader")  # repeated on every page that the table runs to
        self.word.add_paragraph().paragraph_format.line_spacing = Pt(12)

    def signature(self, day: dt.date, office: str = "") -> None:
        """Who gives the paper (the office itself, unless another decided), and the day."""
        for text in (office or self.office, f"{day.year}年{day.month}月{day.day}日"):
            paragraph = self._line(text, BODY, indent=False)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.keep_together = True

    def receipt(self, *, receiver: str = "", on: str = "", by: str = "", manner: str = "") -> None:
        """The proof of service at the foot of a letter; blank until it has been served."""
        self.heading("送达回证")
        self.table([["收件人签字", receiver, "送达日期", on], ["送达人签字", by, "送达方式", manner]])

    def _line(self, text: str, font: str, *, indent: bool) -> Paragraph:
        paragraph = self.word.add_paragraph()
        form = paragraph.paragraph_format
        form.line_spacing, form.space_after = LINE, Pt(0)
        if indent:
            form.first_line_indent = SIZE_3 * 2
        self._font(paragraph.add_run(text), font, SIZE_3)
        return paragraph

    def _font(self, run: Run, name: str, size: Pt) -> None:
        run.font.name, run.font.size = self.latin or name, size
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)

    def _declare_fallbacks(self) -> None:
        """`w:altName` in the font table: what to take where a font is not installed."""
        for relation in self.word.part.rels.values():
            if not relation.reltype.endswith("/fontTable"):
                continue
            part = relation.target_part
            entries = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in FALLBACKS.items()
            ).encode()
            part._blob = part.blob.replace(b"</w:fonts>", entries + b"</w:fonts>")


def written_day(day: dt.date | None) -> str:
    """2025年3月3日; nothing where there is no day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, size 4 宋体, one character from the outer edge."""
    paragraph.alignment = side
    indent = paragraph.paragraph_format
    indent.right_indent, indent.left_indent = (SIZE_4, None) if side == WD_ALIGN_PARAGRAPH.RIGHT else (None, SIZE_4)
    for piece in ("— ", "PAGE", " —"):
        run = paragraph.add_run("" if piece == "PAGE" else piece)
        run.font.size, run.font.name = SIZE_4, NUMBER
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), NUMBER)
        if piece == "PAGE":
            for kind in ("begin", "text", "end"):
                run._r.append(_field(kind))


def _field(kind: str) -> BaseOxmlElement:
    if kind == "text":
        text = OxmlElement("w:instrText")
        text.set(qn("xml:space"), "preserve")
        text.text = "PAGE"
        return text
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _mark(row: object, name: str) -> None:
    """Switch on a property of a table's row."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(mark)  # type: ignore[attr-defined]
