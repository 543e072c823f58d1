"""Whatever stands in a name and whatever is paid: a file is refused, or the bank reads what was meant."""

import datetime as dt
import io
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from minzheng.core.errors import Refused
from minzheng.payments import bank_layout
from minzheng.payments.bank_files import Entry, write
from minzheng.payments.bank_layout import Column, Layout
from minzheng.payments.bank_reading import Line, read
from tests.property.test_texts_are_data import NASTY

DAY = dt.date(2025, 3, 3)
SHIPPED = [bank_layout.layout(code) for code in ("one_card", "rural_credit", "postal_fixed", "county_excel")]
PROGRAMMES = ["dibao", "tekun", "old_age_allowance"]

names = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.sampled_from('王李张·・䶮𠮷 0|",=+-@\t㐀'), max_size=40),
)
entries = st.builds(
    lambda account, holder, amount, programme, month: (account, holder, amount, programme, dt.date(2025, month, 1)),
    st.from_regex(r"[0-9]{8,34}", fullmatch=True),
    names,
    st.integers(1, 10**13),
    st.sampled_from(PROGRAMMES),
    st.integers(1, 12),
)


def listed(rows) -> list[Entry]:
    return [Entry(line, *row, "regular", "990101101201", line) for line, row in enumerate(rows, start=1)]


def file_of(layout: Layout, rows: list[Entry]) -> bytes | None:
    out = io.BytesIO()
    try:
        write(
            layout, rows, out, count=len(rows), total=sum(one.amount for one in rows), number="n", sequence=1, day=DAY
        )
    except Refused as refused:
        assert refused.code.startswith("bank.") and refused.text("zh-Hans") and refused.text("en")
        return None
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SHIPPED), st.lists(entries, max_size=4).map(listed))
@example(SHIPPED[3], listed([("00000001", "_x0041_", 1, "dibao", DAY)]))
def test_a_file_that_is_written_is_read_back_equal(layout: Layout, rows: list[Entry]):
    content = file_of(layout, rows)
    if content is not None:
        assert read(layout, content) == [Line(one.line, one.account, one.holder, one.amount) for one in rows]


columns = st.builds(
    lambda width, align, encoding, amount, zeros: (width, align, encoding, amount, zeros),
    st.integers(1, 40),
    st.sampled_from(["left", "right"]),
    st.sampled_from(["utf-8", "gbk", "gb18030"]),
    st.sampled_from(["yuan", "fen", "whole_yuan"]),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(columns, st.lists(entries, min_size=1, max_size=3).map(listed))
def test_every_record_has_the_width_that_is_said(how, rows: list[Entry]):
    width, align, encoding, amount, zeros = how
    pad = {"align": "right", "pad": "0"} if zeros else {}
    layout = replace(
        SHIPPED[2],
        encoding=encoding,
        head=(),
        foot=(),
        columns=(
            Column("序号", "line", width=6, **pad),
            Column("户名", "holder", width=width, align=align),
            Column("账号", "account", width=34, **pad),
            Column("金额", "amount", width=17, amount=amount, **pad),
        ),
    )
    content = file_of(layout, rows)
    if content is None:
        return
    assert [len(record) for record in content.split(b"\r\n")] == [*([57 + width] * len(rows)), 0]
    assert read(layout, content) == [Line(one.line, one.account, one.holder, one.amount) for one in rows]


@given(names, st.sampled_from(SHIPPED))
def test_most_names_are_written_not_refused(name: str, layout: Layout):
    """The guard against a writer that refuses everything: a name of Chinese characters always goes."""
    plain = "".join(letter for letter in name if "一" <= letter <= "龥")[:20] or "王"
    assert file_of(layout, listed([("6228480099000000001", plain, 5, "dibao", DAY)])) is not None
