"""An office's own file: taken by area, checked before, and the worst that could be sent."""

import io
import struct
import zipfile

import pytest
from django.db import DatabaseError, transaction

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.papers import actions, catalogue, checking, queries
from minzheng.papers.models import PaperTemplate
from tests.papers.word_files import changed, template

KIND, TOWN, COUNTY = "acceptance_notice", "990101101", "990101"
GOOD = "{{ 户主 }}，编号{{ 编号 }}，于{{ 受理日期 }}受理"


def put(users, who="handler", area=TOWN, content=None, name="我们的.docx"):
    return actions.put_template(by=users[who], kind=KIND, area=area, content=content or template(GOOD), file_name=name)


@pytest.fixture
def world(users):
    with scope([EVERYWHERE]):
        yield users


def test_a_township_has_its_own_before_its_county_and_goes_back(world):
    put(world, "administrator", COUNTY, template("县里的" + GOOD))
    assert queries.in_force(KIND, "990101101201").own.area_code == COUNTY
    put(world, content=template("镇里的" + GOOD))
    assert queries.in_force(KIND, "990101101201").own.area_code == TOWN
    assert queries.in_force(KIND, "990101102201").own.area_code == COUNTY  # the other township's village
    actions.back_to_shipped(by=world["handler"], kind=KIND, area=TOWN)
    assert queries.in_force(KIND, TOWN).own.area_code == COUNTY
    actions.back_to_shipped(by=world["administrator"], kind=KIND, area=COUNTY)
    assert queries.in_force(KIND, TOWN).content == catalogue.form(KIND).shipped()
    with pytest.raises(Refused, match=r"template\.none_own"):
        actions.back_to_shipped(by=world["handler"], kind=KIND, area=TOWN)
    assert AuditEntry.objects.filter(action="papers.put_template").count() == 2


def test_another_file_replaces_the_first_and_both_are_remembered(world):
    put(world, name="一.docx")
    put(world, name="二.docx")
    rows = list(queries.history(KIND, TOWN))
    assert [(row.file_name, row.ended_on is None) for row in rows] == [("二.docx", True), ("一.docx", False)]
    assert rows[0].put_by_name == "经办人"


def test_who_works_below_reads_the_countys_and_only_the_county_writes_it(users):
    with scope([EVERYWHERE]):
        put(users, "administrator", COUNTY)
    with acting(users["handler"]):
        assert queries.in_force(KIND, TOWN).own.area_code == COUNTY
        with pytest.raises(Refused, match=r"access\."):
            put(users, "handler", COUNTY)
        changed_rows = PaperTemplate.objects.filter(area_code=COUNTY).update(ended_on="2025-03-03")
        assert changed_rows == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PaperTemplate.objects.create(
                kind=KIND, area_code="990101102", file_name="x", content=b"x", sha256=b"x", size=1,
                put_on="2025-03-03", put_by_id=1, put_by_name="x",
            )  # fmt: skip


def test_a_template_is_never_edited(world):
    row, _odd = put(world)
    row.file_name = "别的.docx"
    with pytest.raises(DatabaseError, match="template_kept"), transaction.atomic():
        row.save()


def test_nobody_else_puts_one(world):
    with pytest.raises(Refused, match=r"access\."):
        put(world, "village_worker")


def test_a_word_that_must_be_there_and_is_not_is_named(world):
    _row, odd = put(world, content=template("只有{{ 户主 }}"))
    assert ["编号" in odd[0]["zh-Hans"], "受理日期" in odd[1]["zh-Hans"]] == [True, True]
    _row, odd = put(world)
    assert odd == []


def _macro() -> bytes:
    return changed(
        template(GOOD),
        add={"word/vbaProject.bin": b"x"},
        put={"[Content_Types].xml": (b"wordprocessingml.document.main+xml", b"wordprocessingml.document.main+xml")},
    )


def _macro_type() -> bytes:
    types = (
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return changed(template(GOOD), put={"[Content_Types].xml": types})


def _bomb() -> bytes:
    return changed(template(GOOD), add={"word/media/big.png": b"\0" * 20_000_000})


def _lying_bomb() -> bytes:
    """A part that says it is small and unpacks to much."""
    content = bytearray(changed(template(GOOD), add={"word/zz.xml": b" " * 5_000_000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.rfind(b"word/zz.xml") if signature == b"PK\x01\x02" else content.find(b"word/zz.xml")
        start = content.rfind(signature, 0, place)
        content[start + at : start + at + 4] = struct.pack("<I", 100)
    return bytes(content)


def _outside_template() -> bytes:
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'attachedTemplate" Target="http://example.invalid/x.dotm" TargetMode="External"/></Relationships>'
    )
    return changed(template(GOOD), put={"word/_rels/document.xml.rels": (b"</Relationships>", relation)})


def _field() -> bytes:
    field = b'<w:p><w:fldSimple w:instr=" DDEAUTO c:\\\\windows\\\\cmd.exe x "/></w:p><w:sectPr'
    return changed(template(GOOD), put={"word/document.xml": (b"<w:sectPr", field)})


def _entities() -> bytes:
    start = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><w:document'
    return changed(template(GOOD), put={"word/document.xml": (b"<w:document", start)})


def _broken_xml() -> bytes:
    return changed(template(GOOD), put={"word/document.xml": (b"</w:body>", b"")})


def _text_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("readme.txt", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_macro, "template.macros"),
        (_macro_type, "template.macros"),
        (_bomb, "template.unpacks_too_large"),
        (_lying_bomb, "template.not_word"),
        (_outside_template, "template.reaches_outside"),
        (_field, "template.reaches_outside"),
        (_entities, "template.not_word"),
        (_broken_xml, "template.not_word"),
        (_text_zip, "template.not_word"),
        (lambda: b"\xd0\xcf\x11\xe0 an old .doc", "template.not_word"),
        (lambda: b"PK\x03\x04" + b"x" * 1_100_000, "template.too_large"),
        (lambda: template("{{ 户主 {{ 户主"), "template.unbalanced"),
        (lambda: template("{{ 户主姓名 }}"), "template.unknown"),
    ],
)
def test_the_worst_files_are_refused_and_what_was_there_stays(world, make, code):
    put(world, name="好的.docx")
    with pytest.raises(Refused) as refused:
        put(world, content=make())
    assert refused.value.code == code
    assert refused.value.text("zh-Hans") and refused.value.text("en")  # both can be written
    assert queries.in_force(KIND, TOWN).own.file_name == "好的.docx"


def test_every_shipped_template_stands_its_own_check_and_lacks_nothing():
    for form in catalogue.forms().values():
        assert checking.check(form.shipped(), form) == [], form.kind


def test_the_list_of_placeholders_and_the_files_are_what_the_script_writes(tmp_path, monkeypatch):
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[2] / "scripts" / "paper_templates.py"
    spec = importlib.util.spec_from_file_location("paper_templates", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (path.parents[1] / "docs" / "templates.md").read_text(encoding="utf-8") == script.listing()
    assert set(script.PAPERS) == set(catalogue.forms())
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    script.write_templates()
    shipped = Path(catalogue.__file__).parent / "shipped"
    for made in tmp_path.iterdir():
        with zipfile.ZipFile(made) as new, zipfile.ZipFile(shipped / made.name) as old:
            assert new.read("word/document.xml") == old.read("word/document.xml"), made.name
