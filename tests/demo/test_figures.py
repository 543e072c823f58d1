"""Reading a figures file: exactly, and refusing what is wrong with its place."""

from pathlib import Path

import pytest

from minzheng.core.errors import Refused
from minzheng.demo.figures import Stock, load_figures, parse_figures

SAMPLE = (Path(__file__).parent / "town.yaml").read_text(encoding="utf-8")


def test_reads_money_to_the_fen_and_the_opening_stock_follows():
    figures = parse_figures(SAMPLE)
    assert figures.medical.paid == 1_234_567
    assert figures.dibao.opening == Stock(38, 45)
    assert figures.medical.until == (10, 31)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("paid: 22200.00", "paid: -22200.00", "must be a number from 0 up"),
        ("paid: 22200.00", "paid: 22200.005", "at most two decimals"),
        ("paid: 22200.00", "paid: 1.2e3", "at most two decimals"),
        ("paid: 22200.00", "paid: viel", "at most two decimals"),
        ("paid: 22200.00", "payed: 22200.00", "unknown key"),
        ("paid: 22200.00", "paid: [1]", "must be a number"),
        ("    until: 10-31\n", "", "until (line"),
        ("until: 10-31", "until: 13-31", "must be month-day"),
        ("month: 6", "month: 13", "must be a month from 1 to 12"),
        ("kind: rainstorm", "kind: locusts", "must be one of"),
        ("children: 12", "children: 1.5", "must be a whole number"),
        ("children: 12", "children: 12, children: 13", "stands twice"),
        ("year_end: {households: 40, persons: 48}", "year_end: {households: 1, persons: 48}", "below zero"),
        ("year_end: {households: 40, persons: 48}", "year_end: {households: 40, persons: 39}", "at least 40 persons"),
        ("removed:  {households: 3, persons: 3}", "removed:  {households: 3, persons: 2}", "at least 3 persons"),
        ("persons: 20", "persons: 0", "was paid but to nobody"),
        ("next_year:\n  - visit every household", "next_year: visit", "must be a list of texts"),
    ],
)
def test_a_fault_is_named_with_its_place(old, new, said):
    assert old in SAMPLE
    with pytest.raises(Refused, match=r"figures\.") as caught:
        parse_figures(SAMPLE.replace(old, new))
    assert said in caught.value.text("en")
    assert "数据文件" in caught.value.text("zh-Hans")


def test_all_faults_are_said_at_once():
    with pytest.raises(Refused) as caught:
        parse_figures(SAMPLE.replace("month: 6", "month: 0").replace("children: 12", "children: x"))
    text = caught.value.text("zh-Hans")
    assert "disaster.month" in text and "welfare.left_behind.children" in text


@pytest.mark.parametrize("text", ["", "- a", "just words", "a: [", "assistance: 3"])
def test_what_is_not_such_a_file_is_refused(text):
    with pytest.raises(Refused):
        parse_figures(text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"figures\.unreadable"):
        load_figures(tmp_path / "none.yaml")
