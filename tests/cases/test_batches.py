"""One paper of many cases: as one file, as a folder, as PDF; what cannot be made is named."""

import io
import zipfile

import pytest

from minzheng.cases import actions, papers
from minzheng.core.errors import Refused
from minzheng.core.models import Document
from minzheng.papers import pdf
from tests.cases.conftest import Way, make_family
from tests.papers.word_files import words


@pytest.fixture
def three(world):
    ways = [Way(world, make_family(world["handler"], mark)) for mark in "甲乙丙"]
    for way in ways[:2]:
        way.accept()
    return ways


def batch(three, kind="acceptance_notice", way="word"):
    return papers.batch(by=three[0].users["handler"], cases=[one.case for one in three], kind=kind, way=way)


def test_one_file_with_all_and_who_is_left_out_is_named(three):
    made = batch(three)
    assert (made.made, made.name) == (2, "受理通知书 20250303（2份）.docx")
    said = words(made.content)
    assert said.count("申请受理通知书") == 2
    assert "赵甲：" in said
    assert "赵乙：" in said
    assert "赵丙" not in said
    ((left, why),) = made.skipped
    assert (left, why.code) == (three[2].case, "paper.too_early")
    assert Document.objects.filter(kind="cases.acceptance_notice").count() == 2  # each is kept with its case


def test_a_folder_with_one_each(three):
    made = batch(three, "visit_form", "zip")
    with zipfile.ZipFile(io.BytesIO(made.content)) as folder:
        names = folder.namelist()
        assert names == [f"入户调查表 {way.case.number}.docx" for way in three]
        assert "孙丙" in words(folder.read(names[2]))


def test_nothing_is_made_where_none_can_be_or_pdf_is_missing(three, monkeypatch):
    with pytest.raises(Refused, match=r"paper\.too_early"):
        batch(three, "decision_letter")
    monkeypatch.setattr(pdf, "program", lambda: None)
    with pytest.raises(Refused, match=r"pdf\.no_program"):
        batch(three, "visit_form", "pdf")
    with pytest.raises(Refused, match=r"paper\.batch"):
        papers.batch(by=three[0].users["handler"], cases=[], kind="visit_form")
    assert not Document.objects.filter(kind__startswith="cases.").exists()


def test_a_pdf_that_fails_leaves_nothing_behind(three, monkeypatch):
    def fails(_word: bytes) -> bytes:
        raise Refused("pdf.failed", {"en": "no"}, {"en": "no"})

    monkeypatch.setattr(pdf, "needed", lambda: "soffice")
    monkeypatch.setattr(pdf, "to_pdf", fails)
    with pytest.raises(Refused, match=r"pdf\.failed"):
        batch(three, "visit_form", "pdf")
    assert not Document.objects.filter(kind="cases.visit_form").exists()


def test_who_may_not_issue_it_gets_none(three):
    with pytest.raises(Refused, match=r"access\."):
        papers.batch(by=three[0].users["finance"], cases=[three[0].case], kind="acceptance_notice")


def test_letters_to_be_served_are_found(world):
    from minzheng.cases import queries

    way = Way(world, make_family(world["handler"], "甲"))
    way.accept().check().visit(income=1_800_000).assess().review()
    assert list(queries.to_serve("990101101")) == []
    actions.decide(by=world["approver"], case=way.case, outcome="refuse")
    assert list(queries.to_serve("990101101", programme="dibao")) == [way.case]
    assert list(queries.to_serve("990101102")) == []
    actions.serve(by=world["handler"], case=way.case)
    assert list(queries.to_serve("990101101")) == []
