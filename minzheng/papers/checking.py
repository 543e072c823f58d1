"""Before an office's file is taken for a template: is it a Word file, harmless, and does it fit its paper?"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import ParseError

from docx.opc.exceptions import PackageNotFoundError
from lxml.etree import XMLSyntaxError

from minzheng.core.errors import Refused, Text, refuse
from minzheng.papers.catalogue import Form
from minzheng.papers.filling import filled

MOST_BYTES = 1_000_000
MOST_UNPACKED = 12_000_000
MOST_XML = 3_000_000
MOST_PARTS = 300
MAIN = "word/document.xml"
PLAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(r"vbaProject|vbaData|/embeddings/|/activeX/|\.bin$|afchunk", re.IGNORECASE)
_FIELDS = re.compile(rb"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT)\b\s")
_FIELD = re.compile(rb"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>")


def check(content: bytes, form: Form) -> list[Text]:
    """What is odd about the file: words that its paper must have and it lacks. Refuses what cannot be taken."""
    parts = _parts(content)
    _check_harmless(parts)
    _, used = _tried(content, form)
    return [
        {
            "zh-Hans": f"模板里没有“{name}”（{form.words[name].means['zh-Hans']}）。",
            "en": f"The template lacks “{name}” ({form.words[name].means['en']}).",
        }
        for name in form.required
        if name not in used
    ]


def _tried(content: bytes, form: Form) -> tuple[bytes, set[str]]:
    """Filled with an invented case: what cannot be filled is refused now, and not when a letter is due."""
    try:
        return filled(content, form, form.sample())
    except Refused:
        raise
    except (KeyError, ValueError, AttributeError, TypeError, XMLSyntaxError, ParseError, PackageNotFoundError) as wrong:
        raise _not_word() from wrong


def _parts(content: bytes) -> Mapping[str, Callable[[], bytes]]:
    """The parts of the file by name, unpacked only where they are small enough."""
    if len(content) > MOST_BYTES:
        raise refuse(
            "template.too_large",
            zh="文件有 {size} KB，超过 {most} KB。",
            en="The file has {size} KB, more than {most} KB.",
            remedy_zh="请压缩或删去模板里的图片。",
            remedy_en="Compress or remove the pictures in it.",
            size=len(content) // 1000,
            most=MOST_BYTES // 1000,
        )
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as wrong:
        raise _not_word() from wrong
    entries = packed.infolist()
    names = {entry.filename for entry in entries}
    if MAIN not in names or "[Content_Types].xml" not in names:
        raise _not_word()
    markup = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    bomb = sum(entry.file_size for entry in entries) > MOST_UNPACKED or any(one.file_size > MOST_XML for one in markup)
    if bomb or len(entries) > MOST_PARTS or len(names) < len(entries):
        raise refuse(
            "template.unpacks_too_large",
            zh="文件解压后过大或者结构异常。",
            en="The file unpacks to too much, or is oddly made.",
            remedy_zh="请用 Word 或 WPS 新建文档，复制内容后另存为 .docx。",
            remedy_en="Copy its text into a new document in Word or WPS and save that as .docx.",
        )
    return {entry.filename: _reader(packed, entry) for entry in entries}


def _reader(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with packed.open(entry) as part:
                found = part.read(entry.file_size + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as wrong:
            raise _not_word() from wrong
        if len(found) > entry.file_size:
            raise _not_word()
        return found

    return read


def _check_harmless(parts: Mapping[str, Callable[[], bytes]]) -> None:
    types = parts["[Content_Types].xml"]()
    if any(_ACTIVE.search(name) for name in parts) or b"macroEnabled" in types:
        raise refuse(
            "template.macros",
            zh="文件带有宏或嵌入的程序。",
            en="The file carries macros or embedded programs.",
            remedy_zh="请在 Word 或 WPS 里“另存为”不含宏的 .docx。",
            remedy_en="Save it as a .docx without macros in Word or WPS.",
        )
    if PLAIN.encode() not in types:
        raise _not_word()
    for name, read in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        text = read()
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _not_word()
        outside = [one for one in _OUTSIDE.findall(text) if b'/hyperlink"' not in one]
        fields = any(_FIELDS.search((one or other) + b" ") for one, other in _FIELD.findall(text))
        if outside or fields:
            raise refuse(
                "template.reaches_outside",
                zh="文件引用了外部的文件、图片或模板。",
                en="The file refers to files, pictures or templates outside of it.",
                remedy_zh="请断开链接，把图片改为嵌入，再上传。",
                remedy_en="Break its links and embed its pictures, then send it again.",
            )
        _check_marks(text)


def _check_marks(text: bytes) -> None:
    """Marks without end would make the reading of them slow; docxtpl also looks across the tags between two braces."""
    plain = re.sub(rb"<[^>]*>", b"", text)
    for opening, closing in ((b"{%", b"%}"), (b"{{", b"}}"), (b"{#", b"#}")):
        if plain.count(opening) != plain.count(closing) or plain.count(opening) > 2000:
            raise refuse(
                "template.unbalanced",
                zh="模板里“{opening}”有 {n} 处，“{closing}”有 {m} 处，没有成对。",
                en="The template has {n} × “{opening}” and {m} × “{closing}”: they do not pair.",
                remedy_zh="请补上缺少的一半。",
                remedy_en="Add the half that is missing.",
                opening=opening.decode(),
                closing=closing.decode(),
                n=plain.count(opening),
                m=plain.count(closing),
            )


def _not_word() -> Refused:
    return refuse(
        "template.not_word",
        zh="这不是可以使用的 Word 文档（.docx）。",
        en="This is no Word document (.docx) that can be used.",
        remedy_zh="请在 Word 或 WPS 里“另存为”“Word 文档（*.docx）”，不要加密，再上传。",
        remedy_en="Save it as “Word document (*.docx)” without a password in Word or WPS, and send that.",
    )
