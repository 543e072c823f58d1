"""A report as a Word file in the layout of GB/T 9704-2012.

A4; top 37 mm, left 28 mm, type area 156 × 225 mm; body size 3 (16 pt) 仿宋, 22 lines of 28 characters; title
size 2 (22 pt) 小标宋, centred; first-level headings 黑体, second-level 楷体; page numbers size 4 (14 pt) 宋体 between
dashes, outside.
A summary has no red head; `red_head` puts one on for offices that want it.
"""

from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from minzheng.core.paper import page_number
from minzheng.planning.report import Paragraph, Report

BODY, TITLE, FIRST, SECOND = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(28.95)
"""22 lines in 225 mm."""
GRID_LINE = 579
"""The same in twentieths of a point."""
TIGHTER = -5
"""28 characters in 156 mm: 15.75 pt each, against 16 pt, in twentieths of a point. A grid of characters would say the
same, but Word and LibreOffice read it differently."""
DEMO_NOTE = "演示数据：本报告中的地名、人员和数字均为虚构，仅供演示。"


def write(report: Report, path: Path, *, red_head: bool = False) -> Path:
    """Write the report; the folder is made where it does not exist."""
    word = Document()
    _page(word)
    if red_head:
        _red_head(word, report.office)
    if report.invented:
        _note(word)
    _title(word, report.title)
    _paragraph(word, report.opening)
    for section in report.sections:
        _text(word, section.heading, FIRST)
        for paragraph in section.paragraphs:
            _paragraph(word, paragraph)
    _signature(word, report)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    word.save(str(partial))
    partial.replace(path)  # a full disk leaves no half file behind
    return path


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(210 - 28 - 156), Mm(297 - 37 - 225)
    section.footer_distance = Mm(28)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(GRID_LINE))
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    word.settings.odd_and_even_pages_header_footer = True
    page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    style = word.styles["Normal"]
    style.font.size = SIZE_3
    properties = style.element.get_or_add_rPr()
    _fonts(properties, BODY)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _red_head(word: Word, office: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = _run(paragraph, f"{office}文件", TITLE, Pt(36))
    run.font.color.rgb = RGBColor(0xC0, 0, 0)
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", "C00000")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    paragraph._p.get_or_add_pPr().append(border)


def _note(word: Word) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = _run(paragraph, DEMO_NOTE, SECOND, SIZE_4)
    run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)


def _title(word: Word, text: str) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _spacing(paragraph)
    paragraph.paragraph_format.line_spacing = Pt(34)
    paragraph.paragraph_format.space_after = LINE
    off_grid = OxmlElement("w:snapToGrid")
    off_grid.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(off_grid)
    first, *rest = text.split("\n")
    run = _run(paragraph, first, TITLE, SIZE_2)
    for line in rest:
        run.add_break()
        run = _run(paragraph, line, TITLE, SIZE_2)


def _paragraph(word: Word, paragraph: Paragraph) -> None:
    target = _text(word, paragraph.heading, SECOND)
    for span in paragraph.spans:
        _run(target, span.text, BODY, SIZE_3)


def _text(word: Word, text: str, font: str) -> WordParagraph:
    paragraph = word.add_paragraph()
    _spacing(paragraph)
    _indent(paragraph)
    if text:
        _run(paragraph, text, font, SIZE_3)
    return paragraph


def _signature(word: Word, report: Report) -> None:
    """Office and date, at the right, four characters from the edge."""
    day = report.signed_on
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    word.add_paragraph().paragraph_format.keep_with_next = True
    for text in (report.office, f"{day.year}年{day.month}月{day.day}日"):
        paragraph = word.add_paragraph()
        _spacing(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(16 * 4)
        paragraph.paragraph_format.keep_with_next = text == report.office
        _run(paragraph, text, BODY, SIZE_3)


def _run(paragraph: WordParagraph, text: str, font: str, size: Pt) -> Run:
    run = paragraph.add_run(text)
    run.font.size = size
    properties = run._r.get_or_add_rPr()
    _fonts(properties, font)
    if size == SIZE_3:
        tighter = OxmlElement("w:spacing")
        tighter.set(qn("w:val"), str(TIGHTER))
        properties.insert(1, tighter)
    return run


def _fonts(properties: BaseOxmlElement, font: str) -> None:
    """Chinese in the named font; digits and letters in the same, as the standard has them."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for place in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{place}"), font)


def _spacing(paragraph: WordParagraph) -> None:
    layout = paragraph.paragraph_format
    layout.line_spacing = LINE
    layout.space_before = layout.space_after = Pt(0)


def _indent(paragraph: WordParagraph) -> None:
    """Two characters, counted in characters so that it holds at any size."""
    indent = OxmlElement("w:ind")
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")
    paragraph._p.get_or_add_pPr().append(indent)
