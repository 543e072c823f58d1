"""The report's text, its figures as they read, and the Word file's layout."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml
from docx import Document
from docx.shared import Emu

from minzheng.access.scope import acting
from minzheng.core.errors import Refused
from minzheng.indicators.measures import Period, load
from minzheng.planning import actions, docx
from minzheng.planning.report import PLACE, shown, work_report
from minzheng.planning.sentences import SENTENCES

TOWN = "990101101"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def handler(users, on_day):
    on_day(dt.date(2025, 12, 31))
    with acting(users["handler"]):
        yield users["handler"]


@pytest.mark.parametrize(
    ("value", "unit", "style", "text"),
    [
        (177547500, "fen", "", "1775475.00"),
        (5, "fen", "", "0.05"),
        (177547500, "fen", "wan", "177.55万"),
        (38100, "mu_hundredth", "", "381"),
        (18050, "mu_hundredth", "", "180.5"),
        (529, "household", "", "529"),
    ],
)
def test_figures_as_they_read(value, unit, style, text):
    assert shown(value, unit, style) == text


def test_every_place_in_the_text_is_a_measure_a_sentence_or_a_word(db):
    text = (ROOT / "policies/reports/work-report.yaml").read_text(encoding="utf-8")
    names = {name for name, _ in PLACE.findall(re.sub(r"^#.*$", "", text, flags=re.M))}
    assert names - {"office", "year", "next_year"} <= set(load()) | set(SENTENCES)


def test_no_figure_stands_in_the_text():
    source = yaml.safe_load((ROOT / "policies/reports/work-report.yaml").read_text(encoding="utf-8"))
    for section in source["sections"]:
        for part in section.get("parts", []):
            assert not re.search(r"\d", part["text"])


def test_an_empty_year_reports_nothing_rather_than_failing(handler):
    report = work_report(TOWN, 2025)
    assert set(report.figures.values()) == {0}
    assert report.office == "安和镇民政办" and report.invented


def test_a_year_to_come_is_refused(handler):
    with pytest.raises(Refused, match="report.future"):
        work_report(TOWN, 2026)


def test_an_unknown_area_is_refused_with_what_to_do(handler):
    with pytest.raises(Refused, match="area.unknown"):
        work_report("990101199", 2025)


def test_rows_add_up_to_every_figure(handler):
    for measure in load().values():
        rows = measure.rows(TOWN, Period.year(2025))
        assert sum(row.value for row in rows) == measure.value(TOWN, Period.year(2025))


def test_the_plan_of_next_year_stands_in_the_report(handler):
    goals = [
        ({"zh-Hans": "排查困难家庭", "en": "Screen"}, ""),
        ({"zh-Hans": "走访留守儿童", "en": "Visit"}, "left_behind.children"),
    ]
    actions.adopt_plan(by=handler, area=TOWN, year=2026, title="计划", on=dt.date(2025, 12, 30), items=goals)
    plan = work_report(TOWN, 2025).sections[-1]
    texts = ["".join(span.text for span in paragraph.spans) for paragraph in plan.paragraphs]
    assert texts == ["1．排查困难家庭。", "2．走访留守儿童（涉及0人）。"]
    with pytest.raises(Refused, match="plan.twice"):
        actions.adopt_plan(by=handler, area=TOWN, year=2026, title="计划", on=dt.date(2025, 12, 30), items=goals)


def test_the_word_file_has_the_page_of_the_standard(handler, tmp_path):
    path = docx.write(work_report(TOWN, 2025), tmp_path / "new" / "report.docx")
    word = Document(str(path))
    page = word.sections[0]
    assert [round(length.mm) for length in (page.page_width, page.top_margin, page.left_margin)] == [210, 37, 28]
    assert round(Emu(page.page_width - page.left_margin - page.right_margin).mm) == 156
    assert round(Emu(page.page_height - page.top_margin - page.bottom_margin).mm) == 225
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "安和镇民政办" in text and "演示数据" in text and "2025年12月31日" in text
    assert not list(tmp_path.glob("**/*.part"))
