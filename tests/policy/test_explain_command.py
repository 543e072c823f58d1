"""`minzheng explain` on files: three formats, two languages, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from minzheng.policy.commands import explain
from tests.policy.test_sheet import POLICY, RATES, VOCABULARY

REPOSITORY = Path(__file__).parents[2]
FACTS = """id,name,area,residence,income,owner,fuel,heads
甲1,赵某,341702001,rural,5000,false,coal,2
乙2,,341702001,rural,6720,true,gas,1
丙3,,341702001,rural,,true,gas,1
丁4,,341702001,rural,five,true,gas,1
戊5,,341702001,rural,1,true,gas,1
戊5,,341702001,rural,2,true,gas,1
"""
MEMBERS = "id,name,age,covered\n甲1,赵甲,75,true\n甲1,<b>钱乙</b>,30,true\n丁4,孙丙,x,true\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    folder = tmp_path / "p"
    folder.mkdir()
    for path, text in (
        (tmp_path / "facts.yaml", VOCABULARY),
        (folder / "policy.yaml", POLICY),
        (folder / "rates.yaml", RATES.replace("'99'", "'3417'")),
        (folder / "f.csv", FACTS),
        (folder / "m.csv", MEMBERS),
    ):
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(folder)
    return folder


def run(wanted="甲1", *more, facts="f.csv", policy="policy.yaml"):
    arguments = [policy, facts, "--members", "m.csv", "--on", "2024-05-01", "--id", wanted, *more]
    return CliRunner().invoke(explain, arguments, catch_exceptions=False)


def paragraphs(path):
    word = Document(str(path))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in word.paragraphs), *cells])


SAID = {
    "zh-Hans": [
        *("补助核算说明", "安徽省池州市贵池区", "符合条件，每季应发", "5000.00 ÷ 12", "约 416.67 元（精确值 1250/3）"),
        *(
            "《总办法》（一号）第1、2条",
            "560.00 元",
            "《草稿》；凭了解，未见原文，须核对",
            "池州市（3417）",
            "赵甲：(保障（是） 且",
        ),
        *("<b>钱乙</b>：(保障（是） 且", "姓名", "赵某"),
    ],
    "en": [
        *("Grant: how the amount comes about", "Eligible:", "yuan a quarter", "about 416.67 yuan (exactly 1250/3)"),
        *("known but the document was not seen: to be checked", "since 2024-01-01", "赵甲: (Covered (yes) and"),
        *("<b>钱乙</b>: (Covered (yes) and",),
    ],
}


@pytest.mark.parametrize("language", SAID)
def test_in_the_terminal(files, language):
    done = run("甲1", "--lang", language)
    assert done.exit_code == 0, done.stderr
    for text in SAID[language]:
        assert text in done.stdout


@pytest.mark.parametrize("language", SAID)
def test_as_word(files, language):
    done = run("甲1", "--lang", language, "--out", "sheet.docx")
    assert done.exit_code == 0, done.stderr
    written = paragraphs(files / "sheet.docx")
    for text in SAID[language]:
        assert text in written


@pytest.mark.parametrize("language", SAID)
def test_as_html_that_needs_nothing_from_outside(files, language):
    assert run("甲1", "--lang", language, "--out", "sheet.html").exit_code == 0
    page = (files / "sheet.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page and "@page { size: A4" in page
    for text in SAID[language]:
        assert text.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in page
    for reference in ("http://", "https://", "src=", "href=", "<script", "<b>", "@import", "url("):
        assert reference not in page


def test_the_same_steps_in_all_three(files):
    terminal = run().stdout
    run("甲1", "--out", "s.html"), run("甲1", "--out", "s.docx"), run("甲1", "--out", "s.txt")
    html, text = ((files / name).read_text(encoding="utf-8") for name in ("s.html", "s.txt"))
    word = paragraphs(files / "s.docx")
    for number in range(1, 9):
        for whole in (terminal, html, word, text):
            assert f"第 {number} 步" in whole
    assert "\x1b" not in text


def test_without_out_html_and_word_get_a_name_that_cannot_leave_the_folder(files):
    evil = "../../甲 1"
    (files / "f.csv").write_text(FACTS.replace("甲1", evil), encoding="utf-8")
    (files / "m.csv").write_text("id,age,covered\n", encoding="utf-8")
    done = run(evil, "--format", "docx")
    assert done.exit_code == 0
    assert done.stderr.strip() == "p-_甲_1-2024-05-01.docx"
    assert (files / "p-_甲_1-2024-05-01.docx").exists()
    assert run(evil, "--format", "html").stderr.strip() == "p-_甲_1-2024-05-01.html"


def test_a_refusal_says_why_and_an_error_what_to_do(files):
    done = run("乙2")
    assert done.exit_code == 0
    assert "收入不低。" in done.stdout and "560.00 < 560.00，不成立" in done.stdout
    done = run("丙3", "--lang", "en")
    assert done.exit_code == 3
    assert "The fact “Income” is missing. (in step 4, “Monthly income”)" in done.stdout
    assert "fill it in (column income)" in done.stdout


REFUSED = [
    (("甲11",), "f.csv：没有编号“甲11”。 请检查编号（--id）。是不是 甲1？"),
    (("nobody",), "没有编号“nobody”"),
    (("戊5",), "f.csv，第 7 行：编号“戊5”是空的，或者出现了两次"),
    (("丁4",), "f.csv：1 个单元格读不懂：5 income “five”"),
    (("甲1", "--out", "sheet.pdf"), "看不出要写成哪种文件"),
    (("甲1", "--format", "html", "--out", "sheet.docx"), "看不出要写成哪种文件"),
    (("甲1", "--out", "nowhere/sheet.html"), "写不了这个文件"),
    (("甲1", "--rates", "absent.yaml"), "absent.yaml：找不到文件"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_explained_is_refused_in_the_users_language(files, arguments, said):
    before = sorted(files.iterdir())
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == "" and sorted(files.iterdir()) == before


def test_the_language_asked_for_holds_for_refusals_too(files):
    assert "There is no id “甲11”. Check the id (--id). Did you mean 甲1?" in run("甲11", "--lang", "en").stderr


BAD_FILES = [
    (b"", "文件是空的"),
    (b"id,area,residence\n", "文件里没有一户"),
    (b"PK\x03\x04\x00\x00\x08\x00", "缺少列 id"),
    (b"\xff\xfe\x00\x01\x80\x81", "既不是 UTF-8"),
    (FACTS.encode("utf-16"), "既不是 UTF-8"),
    (b"id,area\n1,99\n", "缺少列 residence"),
    (b'id,area,residence\n"' + b"x" * 140_000 + b'",99,rural\n', "不是有效的 CSV"),
]


@pytest.mark.parametrize(("content", "said"), BAD_FILES)
def test_a_file_that_is_no_table_of_households_is_refused(files, content, said):
    (files / "bad.csv").write_bytes(content)
    done = run(facts="bad.csv")
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_facts_file_as_a_spreadsheet_in_china_saves_it_is_read(files):
    (files / "f.csv").write_bytes(FACTS.encode("gb18030"))
    assert run().exit_code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (POLICY.replace("income / 12", "incom / 12").encode(), "是不是 income？"),
        (b"\xff\xfe\x00", "不是 UTF-8"),
        (b"", "policy.yaml 应当是键值表"),
        (POLICY.replace("2021-07-01", "2025-07-01").encode(), "没有生效的版本"),
    ],
)
def test_a_policy_that_is_refused(files, content, said):
    (files / "policy.yaml").write_bytes(content)
    done = run()
    assert done.exit_code == 2
    assert said in done.stderr


def test_other_households_do_not_stand_in_the_way(files):
    """The unreadable row of 丁4 and the doubled 戊5 are theirs alone."""
    assert run("甲1").exit_code == 0


def test_a_column_that_nothing_reads_is_mentioned_but_the_names_are_not(files):
    (files / "f.csv").write_text(FACTS.replace("heads", "head"), encoding="utf-8")
    done = run()
    assert done.exit_code == 0
    assert done.stderr == "f.csv：head 不是这项政策的事实，也不是标准，没有读取\n"


def test_a_terminal_that_cannot_show_chinese_gets_what_it_can(files, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = [sys.executable, "-m", "minzheng.cli", "explain", files / "policy.yaml", files / "f.csv"]
    arguments = ["--on", "2024-05-01", "--id", "乙2", "--lang", "en"]
    done = subprocess.run([*command, *arguments], capture_output=True, cwd=REPOSITORY, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Not eligible" in done.stdout


def test_an_id_is_shown_as_it_is_written(files):
    evil = "[red]甲[/red]<script>"
    (files / "f.csv").write_text(FACTS.replace("甲1", evil), encoding="utf-8")
    (files / "m.csv").write_text("id,age,covered\n", encoding="utf-8")
    assert evil in run(evil).stdout
    run(evil, "--out", "s.html"), run(evil, "--out", "s.docx")
    assert "[red]甲[/red]&lt;script&gt;" in (files / "s.html").read_text(encoding="utf-8")
    assert evil in paragraphs(files / "s.docx")
