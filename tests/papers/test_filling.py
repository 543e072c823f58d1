"""Templates filled: values in one place, marks that Word has split, rows, conditions; nothing else of Jinja."""

import datetime as dt
import io
import time

import pytest
from docx import Document

from minzheng.core.errors import Refused
from minzheng.papers import catalogue, filling
from minzheng.papers.values import BLANK, Money
from tests.papers.word_files import saved, template, words

FAMILY = [{"姓名": "赵甲", "年龄": "63", "保障": True}, {"姓名": "钱<乙>&", "年龄": None, "保障": False}]


def fill(content: bytes, **values) -> str:
    return words(filling.fill(content, catalogue.form("decision_letter"), values))


def test_money_days_and_what_is_not_known_are_written_in_one_place():
    said = fill(
        template("{{金额}}元（{{ 金额|大写 }}），{{ 决定日期 }}，{{ 户主 }}，{{ 变更 }}"),
        金额=Money(123450),
        决定日期=dt.date(2025, 3, 3),
        变更=True,
    )
    assert f"1,234.50元（壹仟贰佰叁拾肆元伍角整），2025年3月3日，{BLANK}，是" in said
    assert "None" not in fill(template("{{ 金额|大写 }}{{ 金额 }}{{ 入户日期 }}{{ 评议意见 }}"), 评议意见="  ")


def test_a_mark_that_word_has_split_over_runs_is_found():
    def split(word):
        paragraph = word.add_paragraph()
        for piece, bold in (("{", False), ("{ 户", True), ("主 }", False), ("}好", True)):
            paragraph.add_run(piece).bold = bold

    assert "赵甲好" in fill(template(build=split), 户主="赵甲")


def test_rows_repeat_in_tables_and_an_empty_cell_is_empty():
    def table(word):
        rows = [
            ["姓名", "年龄"],
            ["{%tr for 人 in 家庭成员 %}", ""],
            ["{{ 人.姓名 }}", "{{ 人.年龄 }}"],
            ["{%tr endfor %}", ""],
        ]
        made = word.add_table(rows=0, cols=2)
        for row in rows:
            for cell, text in zip(made.add_row().cells, row, strict=True):
                cell.text = text

    content = filling.fill(template(build=table), catalogue.form("visit_form"), {"家庭成员": FAMILY})
    (made,) = Document(io.BytesIO(content)).tables
    assert [[cell.text for cell in row.cells] for row in made.rows] == [
        ["姓名", "年龄"],
        ["赵甲", "63"],
        ["钱<乙>&", ""],
    ]


def test_conditions_show_paragraphs_and_lists_may_be_asked():
    content = template(
        "{%p if 变更 and not 停发 %}", "改了", "{%p else %}", "没改", "{%p endif %}", "{% if 家庭成员 %}有人{% endif %}"
    )
    assert "改了" in (said := fill(content, 变更=True, 停发=False, 家庭成员=FAMILY))
    assert "没改" not in said
    assert "有人" in said
    assert "有人" not in fill(content, 家庭成员=[])


def test_a_value_is_text_and_never_a_mark():
    assert "{{ 编号 }}<w:t>" in fill(template("{{ 户主 }}"), 户主="{{ 编号 }}<w:t>\x00\x0c", 编号="不该出现")


def test_the_note_stands_above_every_page_whatever_the_template_says_there():
    word = Document(io.BytesIO(template("{{ 户主 }}")))
    word.sections[0].header.paragraphs[0].text = "{{ 单位 }}文件"
    content = filling.fill(saved(word), catalogue.form("decision_letter"), {"单位": "安和镇"}, note="演示数据")
    assert words(content).startswith("演示数据\n安和镇文件")


@pytest.mark.parametrize(
    ("mark", "code", "says"),
    [
        ("{{ 户注 }}", "template.unknown", "户主"),
        ("{% for 行 in 家庭成员 %}{{ 行.姓名字 }}{% endfor %}", "template.unknown", "姓名"),
        ("{{ 家庭成员 }}", "template.list_as_value", "家庭成员"),
        ("{% for 行 in 户主 %}x{% endfor %}", "template.no_list", "家庭成员"),
        ("{% for a in 家庭成员 %}{% for b in 家庭成员 %}x{% endfor %}{% endfor %}", "template.loop_in_loop", "a"),
        ("{{ 户主.__class__.__mro__ }}", "template.not_allowed", ""),
        ("{{ 户主.__class__ }}", "template.unknown", ""),
        ("{{ ''.join(['x']) }}", "template.not_allowed", ""),
        ("{{ 户主|attr('x') }}", "template.not_allowed", "attr"),
        ("{% set a = 1 %}", "template.not_allowed", ""),
        ("{% include 'x' %}", "template.not_allowed", ""),
        ("{{ 9999999 ** 9999999 }}", "template.not_allowed", ""),
        ("{{ '是' * 999999999 }}", "template.not_allowed", ""),
        ("{% if 变更 %}没有结尾", "template.unreadable", "endif"),
    ],
)
def test_what_a_template_may_not_say_is_refused_before_it_runs(mark, code, says):
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        fill(template(mark), 户主="赵甲", 家庭成员=FAMILY)
    assert refused.value.code == code
    assert says in refused.value.text()
    assert time.monotonic() - began < 2


def test_properties_of_the_file_are_read_by_the_same_rules():
    word = Document()
    word.core_properties.title = "{{ ''.__class__ }}"
    with pytest.raises(Refused, match=r"template\.not_allowed"):
        fill(saved(word))
