"""Nothing that a page may say is without its English."""

import re
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

from minzheng.web.compile_messages import LOCALE, compile_all
from minzheng.web.templatetags.mz import counted

PACKAGE = LOCALE.parent
IN_TEMPLATES = re.compile(r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
BLOCKS = re.compile(r"{%\s*blocktranslate[^%]*trimmed\s*%}(.+?){%\s*endblocktranslate\s*%}", re.S)
IN_PYTHON = re.compile(r"""\b(?:_|gettext|gettext_lazy|gettext_noop)\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")


def messages() -> set[str]:
    found: set[str] = set()
    for path in (PACKAGE / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {double or single for double, single in IN_TEMPLATES.findall(text)}
        found |= {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.strip()) for block in BLOCKS.findall(text)}
    for path in (PACKAGE / "web").rglob("*.py"):
        found |= set(IN_PYTHON.findall(path.read_text(encoding="utf-8")))
    return {text for text in found if re.search("[\u4e00-\u9fff]", text)}


def labels() -> set[str]:
    """The labels of every choice of our models."""
    fields = [
        field
        for model in apps.get_models()
        if model.__module__.startswith("minzheng.")
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and field.choices
    ]
    return {str(label) for field in fields for _value, label in field.flatchoices}


@pytest.fixture(scope="module")
def english() -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(LOCALE / "en" / "LC_MESSAGES" / "django.po"))}


@pytest.mark.parametrize("source", [messages, labels])
def test_everything_has_its_english(english, source):
    assert source()
    missing = {text for text in source() if text not in english or not english[text].translated()}
    assert missing == set()


def test_no_english_text_is_chinese(english):
    def said(entry: polib.POEntry) -> str:
        return entry.msgstr + "".join(entry.msgstr_plural.values())

    assert [entry.msgid for entry in english.values() if re.search("[\u4e00-\u9fff]", said(entry))] == []


def test_placeholders_survive_translation(english):
    for entry in english.values():
        wanted = set(re.findall(r"%\(\w+\)\w", entry.msgid))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not text or set(re.findall(r"%\(\w+\)\w", text)) == wanted, entry.msgid


@pytest.mark.parametrize(
    ("number", "unit", "english", "chinese"),
    [
        (1, "人", "1 person", "1 人"),
        (2, "户", "2 households", "2 户"),
        (1, "笔", "1 payment", "1 笔"),
        (1200, "人", "1,200 people", "1,200 人"),
    ],
)
def test_one_person_is_not_one_people(number, unit, english, chinese):
    with translation.override("en"):
        assert counted(number, unit) == english
    with translation.override("zh-hans"):
        assert counted(number, unit) == chinese


def test_compiling_needs_no_gettext_and_does_nothing_twice(tmp_path: Path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "户"\nmsgstr "household"\n'
    )
    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert [entry.msgstr for entry in polib.mofile(str(folder / "django.mo"))] == ["household"]
    assert compile_all(tmp_path) == []
