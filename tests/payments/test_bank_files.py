"""The bank's files by themselves: written by a layout, read back, and refused with the line and the remedy."""

import datetime as dt
import io
import tracemalloc
from dataclasses import replace

import pytest
import xlsxwriter
import yaml
from python_calamine import load_workbook

from minzheng.core.errors import Refused
from minzheng.payments import bank_layout
from minzheng.payments.bank_files import Entry, write
from minzheng.payments.bank_layout import Layout
from minzheng.payments.bank_reading import Line, Returned, read, read_returns

JANUARY = dt.date(2025, 1, 1)
DAY = dt.date(2025, 3, 3)
SHIPPED = ("one_card", "rural_credit", "postal_fixed", "county_excel")


def entry(line: int = 1, **more) -> Entry:
    given = {
        "account": "6228480099000000001", "holder": "王一", "amount": 50_000, "programme": "dibao", "month": JANUARY,
        "kind": "regular", "area": "990101101201", "payment": 100 + line,
    }  # fmt: skip
    return Entry(line=line, **(given | more))


def written(layout: Layout, entries: list[Entry], **more) -> bytes:
    out, rows = io.BytesIO(), list(entries)
    said = {"count": len(rows), "total": sum(one.amount for one in rows)} | more
    write(layout, iter(rows), out, number="dibao-990101-202501-1", sequence=7, day=DAY, **said)
    return out.getvalue()


@pytest.mark.parametrize("code", SHIPPED)
def test_what_is_written_is_read_back_and_is_the_same_each_time(code: str):
    layout = bank_layout.layout(code)
    entries = [entry(1), entry(2, holder="阿依古丽·买买提", amount=102_405), entry(3, holder="𠮷田", amount=7)]
    content = written(layout, entries)
    assert read(layout, content) == [Line(one.line, one.account, one.holder, one.amount) for one in entries]
    assert written(layout, entries) == content


def test_the_shipped_file_of_fixed_width_is_this():
    layout = bank_layout.layout("postal_fixed")
    lines = written(layout, [entry(1), entry(2, holder="王𠮷", amount=102_405)]).split(b"\r\n")
    assert lines[0].decode() == "H000000072025030300000002000000000152405"
    assert lines[1].decode("gb18030") == (
        "D00000001" + "6228480099000000001".ljust(32) + "王一" + " " * 56 + "000000000050000" + "低保金" + " " * 14
    )
    assert lines[3].decode() == "T00000002000000000152405"
    assert [len(line) for line in lines] == [40, 136, 136, 24, 0]
    assert len("王𠮷".encode("gb18030")) == 6
    assert write(layout, [], io.BytesIO(), count=0, total=0, number="n", sequence=7, day=DAY) == "PF202503030007.txt"


def test_a_count_or_a_total_that_is_not_the_entries_is_no_file():
    for said in ({"count": 2}, {"total": 49_999}):
        with pytest.raises(Refused, match="not_the_total"):
            written(bank_layout.layout("one_card"), [entry(1)], **said)


@pytest.mark.parametrize("code", SHIPPED)
@pytest.mark.parametrize(
    ("holder", "cause"),
    [
        ("王\n一", "unseen"),
        ("王\u200b一", "unseen"),
        ("王\ufffd", "unseen"),
        ("", "empty"),
        ("很长的户名" * 13, "too_long"),
        ("=HYPERLINK(1)", "formula"),
        ("@cmd", "formula"),
        ("王|一", "separator"),
        ("王一 ", "padding"),
    ],
)
def test_what_a_file_cannot_carry_names_the_line_and_what_to_do(code: str, holder: str, cause: str):
    layout = bank_layout.layout(code)
    never = {
        "too_long": layout.columns[[column.value for column in layout.columns].index("holder")].width == 0,
        "formula": layout.format == "fixed",
        "separator": code != "rural_credit",
        "padding": layout.format != "fixed",
    }
    entries = [entry(1), entry(2, holder=holder)]
    if never.get(cause):
        assert read(layout, written(layout, entries))[1].holder == holder
        return
    with pytest.raises(Refused, match=rf"bank\.{cause}: .*line 2") as refused:
        written(layout, entries)
    assert "请" in refused.value.text("zh-Hans")


def test_a_refusal_does_not_say_the_account():
    layout = bank_layout.layout("one_card")
    with pytest.raises(Refused, match="bank.account") as refused:
        written(layout, [entry(1, account="6228480099000000O01")])
    assert "622848" not in refused.value.text("zh-Hans") and "0O01" in refused.value.text("zh-Hans")


def test_an_encoding_without_the_letter_names_the_name():
    odd = replace(bank_layout.layout("one_card"), encoding="gb2312")
    with pytest.raises(Refused, match=r"bank\.character: .*王䶮"):
        written(odd, [entry(1, holder="王䶮")])


def test_a_programme_that_the_bank_has_no_word_for_is_refused():
    with pytest.raises(Refused, match="no_word: .*festival"):
        written(bank_layout.layout("county_excel"), [entry(1, programme="festival")])


def test_the_shipped_words_name_every_programme_that_is_paid_in_money():
    pays_nothing = {"borderline", "rigid_expenditure", "festival_relief"}
    declared = (bank_layout.policies_dir() / "programmes.yaml").read_text(encoding="utf-8")
    paid = set(yaml.safe_load(declared)["order"]) - pays_nothing
    for code in ("postal_fixed", "county_excel"):
        words = next(column.words for column in bank_layout.layout(code).columns if column.value == "programme")
        assert set(words) == paid


def test_whole_yuan_are_refused_where_there_are_fen():
    layout = bank_layout.layout("one_card")
    columns = tuple(replace(one, amount="whole_yuan") if one.value == "amount" else one for one in layout.columns)
    whole = replace(layout, columns=columns)
    assert read(whole, written(whole, [entry(1)]))[0].amount == 50_000
    with pytest.raises(Refused, match="bank.fen: .*line 1"):
        written(whole, [entry(1, amount=50_001)])


def test_excel_keeps_accounts_as_text_and_amounts_as_numbers():
    content = written(bank_layout.layout("county_excel"), [entry(1, amount=50_005)])
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_name("代发清单").to_python()
    assert rows[2] == [1.0, "王一", "6228480099000000001", 500.05, "低保金", "202501"]
    assert rows[3][:4] == ["合计", 1.0, "", 500.05]


@pytest.mark.parametrize("code", SHIPPED)
def test_memory_does_not_grow_with_the_lines(code: str, tmp_path):
    """Ten times as many lines take less than half a megabyte more; the file itself grows by several."""
    layout = bank_layout.layout(code)
    peaks = []
    for count in (500, 5_000):
        with (tmp_path / f"{count}").open("wb") as out:
            tracemalloc.start()
            entries = (entry(line) for line in range(1, count + 1))
            write(layout, entries, out, count=count, total=count * 50_000, number="n", sequence=1, day=DAY)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500_000


def test_the_banks_answer_is_read_as_csv_and_as_excel():
    layout = bank_layout.layout("one_card")
    rows = [
        ["回盘文件", "", "", "", ""],
        ["序号", "账号", "金额", "状态", "失败原因"],
        ["1", "622", "500.00", "成功", ""],
        ["2", "623", "1,024.50", "失败", "户名不符"],
        ["合计", "", "1524.50", "", ""],
    ]
    expected = [Returned(2, "户名不符", "623", 102_450)]
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    for encoding in ("utf-8-sig", "gb18030"):
        assert read_returns(layout, text.encode(encoding)) == expected
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        sheet.write_number(3, 0, 2)
        sheet.write_number(3, 2, 1024.5)
    assert read_returns(layout, out.getvalue()) == expected
    for broken in (b"PK\x03\x04nonsense", "姓名,金额\r\n王,1".encode()):
        with pytest.raises(Refused, match=r"not_excel|no_titles"):
            read_returns(layout, broken)


def test_an_answer_of_fixed_width_is_read_by_its_places():
    layout = bank_layout.layout("postal_fixed")

    def record(line: int, account: str, fen: int, status: str, reason: str) -> bytes:
        text = f"R{line:08d}{account:<32}{fen:015d}{status:<4}".encode()
        return text + reason.encode("gb18030").ljust(60)

    answer = [
        b"H anything",
        record(1, "622", 50_000, "0000", "成功"),
        record(2, "623", 102_450, "0013", "户名不符"),
        b"T",
    ]
    expected = [Returned(2, "户名不符", "623", 102_450)]
    assert read_returns(layout, b"\r\n".join(answer)) == expected
    # An editor has cut the blanks off the ends; the bank ends with a mark of its own time.
    assert read_returns(layout, b"\n".join(line.rstrip() for line in answer) + b"\n\x1a") == expected
    for spoiled, cause in (
        (answer[1][:40], "record_width"),
        (answer[1] + b"0", "record_width"),
        (answer[1].replace(b"R00000001", b"R0000000A"), "no_line_number"),
        (b"R00000001" + "户".encode("gb18030")[:1] + answer[1][10:], "record_cut"),
    ):
        with pytest.raises(Refused, match=cause):
            read_returns(layout, b"\r\n".join([answer[0], spoiled, answer[3]]))


def test_an_account_that_excel_has_rounded_says_nothing():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["序号", "账号", "金额", "失败原因"])
        sheet.write_row(1, 0, [2, 6228480099000000001, 350.5, "销户"])
    assert read_returns(bank_layout.layout("one_card"), out.getvalue()) == [Returned(2, "销户", "", 35_050)]


def test_a_failure_without_a_reason_says_so():
    text = "序号,状态,失败原因\r\n1,失败,\r\n2,,\r\n"
    assert [one.reason for one in read_returns(bank_layout.layout("one_card"), text.encode())] == [
        "失败",
        "银行没有写明原因",
    ]


def test_every_layout_of_the_installation_loads():
    assert set(bank_layout.layouts()) >= set(SHIPPED)
    with pytest.raises(Refused, match="unknown_layout"):
        bank_layout.layout("nowhere")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("one_card", "value: account}", "value: acount}", r"columns\[1\].value .*acount.*account"),
        ("one_card", "encoding: utf-8-sig", "encoding: utf-99", "encoding .*utf-99.*gb18030"),
        ("one_card", '"{count}", "", "{total}"', '"{cuont}", "", "{total}"', r"foot\[0\]\[1\] .*cuont.*\{count\}"),
        ("one_card", "{title: 账号, value: account}", "{title: 账号, value: area}", "columns account is missing"),
        ("one_card", "format: csv", "format: pdf", "format .*pdf.*csv, fixed, excel"),
        ("one_card", 'delimiter: ","', 'delimiter: ",,"', "delimiter should be one character"),
        ("one_card", "returns:", "answers:", "answers is no key here"),
        ("one_card", "foot: ", "foot: [x", "not valid YAML"),
        ("one_card", "{number}-{sequence}.csv", "today.csv", "file_name .*today.csv"),
        ("one_card", "  line: [序号]", "  line: 序号", "returns.line should be a list"),
        ("rural_credit", "gb18030", "gb2312\nsheet: x", "sheet is no key here"),
        ("postal_fixed", "value: holder, width: 60", "value: holder", r"columns\[3\].width .*no width"),
        ("postal_fixed", "width: 60}", "width: sixty}", r"columns\[3\].width .*sixty"),
        ("postal_fixed", "encoding: gb18030", "encoding: utf-8-sig", "encoding .*three bytes"),
        ("postal_fixed", 'width: 15, align: right, pad: "0"}\n  - title', 'width: 15, pad: "0"}\n  - title',
         r"columns\[4\].pad .*change the number"),
        ("postal_fixed", 'text: "H", width: 1', 'text: "H", width: 1, pad: "零"', r"head\[0\]\[0\].pad .*one byte"),
        ("county_excel", "sheet: 代发清单", 'sheet: "a/b"', "sheet .*a/b"),
        ("county_excel", "  - {title: 所属月份, value: month}", "  - {title: 账号, value: month}", "账号.* twice"),
        ("county_excel", "  paid:", "  columns: []\n  paid:", "returns.columns is for fixed width only"),
    ],
)  # fmt: skip
def test_a_layout_with_a_fault_names_file_key_and_remedy(tmp_path, file: str, old: str, new: str, said: str):
    good = (bank_layout.policies_dir() / "bank" / f"{file}.yaml").read_text(encoding="utf-8")
    assert old in good
    bad = tmp_path / "bad.yaml"
    bad.write_text(good.replace(old, new, 1), encoding="utf-8")
    bank_layout.load.cache_clear()
    with pytest.raises(Refused, match=f"bad_layout: .*bad.yaml.*{said}.*docs/bank-layouts.md"):
        bank_layout.load(bad)
