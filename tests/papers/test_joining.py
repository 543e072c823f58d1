"""Several papers in one file: each on its own pages, with its own layout, header, pictures and styles; and PDF."""

import io
import stat

import pytest
from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from lxml import etree

from minzheng.core.errors import Refused
from minzheng.papers import joining, pdf
from tests.cases.pictures import png
from tests.papers.word_files import saved, template, words


def styled(text: str, font: str, width: int, header: str) -> bytes:
    word = Document()
    word.styles["Normal"].font.name, word.styles["Normal"].font.size = font, Pt(width / 10)
    word.sections[0].page_width = Mm(width)
    word.sections[0].header.paragraphs[0].text = header
    word.add_paragraph(text)
    word.add_picture(io.BytesIO(png()))
    word.add_paragraph("第一", style="List Number")
    return saved(word)


def test_one_paper_is_itself():
    one = template("甲")
    assert joining.join([one]) is one


def test_each_keeps_its_page_header_picture_and_font():
    whole = Document(io.BytesIO(joining.join([styled("甲", "宋体", 210, "头甲"), styled("乙", "黑体", 297, "头乙")])))
    assert [round(section.page_width.mm) for section in whole.sections] == [210, 297]
    assert [section.header.paragraphs[0].text for section in whole.sections] == ["头甲", "头乙"]
    assert len(whole.inline_shapes) == 2
    assert len({shape._inline.docPr.id for shape in whole.inline_shapes}) == 2
    first, second = (one for one in whole.paragraphs if one.text in ("甲", "乙"))
    assert (first.style.font.name, second.style.font.name) == ("宋体", "黑体")
    assert second.style.font.size == Pt(29.5)  # in half points


def footnoted(text: str, note: str) -> bytes:
    word = Document()
    run = word.add_paragraph(text).add_run()
    run._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="1"/>'))
    one = f'<w:footnote w:id="1"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{one}</w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, notes.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    return saved(word)


def test_each_keeps_its_footnote():
    whole = Document(
        io.BytesIO(joining.join([template("甲"), footnoted("乙", "注乙"), footnoted("丙", "注丙"), template("丁")]))
    )
    (part,) = [one.target_part for one in whole.part.rels.values() if one.reltype == RELATIONSHIP_TYPE.FOOTNOTES]
    notes = {one.get(qn("w:id")): "".join(one.itertext()) for one in etree.fromstring(part.blob)}
    marks = [one.get(qn("w:id")) for one in whole.element.body.iter(qn("w:footnoteReference"))]
    assert [notes[mark] for mark in marks] == ["注乙", "注丙"]


def test_papers_of_one_template_share_its_styles():
    whole = Document(io.BytesIO(joining.join([template(name) for name in "甲乙丙丁"])))
    assert [one.text for one in whole.paragraphs] == ["甲", "乙", "丙", "丁"]  # no empty page between them
    assert len(whole.styles) == len(Document().styles)


def test_what_was_joined_can_be_joined_again():
    two = joining.join([styled("甲", "宋体", 210, "头甲"), styled("乙", "黑体", 297, "头乙")])
    whole = joining.join([two, styled("丙", "楷体", 210, "头丙"), two])
    assert [one for one in words(whole).split() if one in "甲乙丙"] == ["甲", "乙", "丙", "甲", "乙"]


def test_pdf_says_what_to_do_where_the_program_is_missing_or_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "program", lambda: None)
    with pytest.raises(Refused, match=r"pdf\.no_program"):
        pdf.to_pdf(template("甲"))
    hangs = tmp_path / "soffice"
    hangs.write_text("#!/bin/sh\nexec sleep 30\n")
    hangs.chmod(stat.S_IRWXU)
    monkeypatch.setattr(pdf, "program", lambda: str(hangs))
    with pytest.raises(Refused, match=r"pdf\.too_slow"):
        pdf.to_pdf(template("甲"), seconds=1)
    hangs.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(Refused, match=r"pdf\.failed"):
        pdf.to_pdf(template("甲"))


@pytest.mark.skipif(pdf.program() is None, reason="LibreOffice is not there")
def test_pdf_where_the_program_is_there():
    assert pdf.to_pdf(joining.join([template("甲"), template("乙")])).startswith(b"%PDF")
