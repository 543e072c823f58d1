"""What is wrong in a file is refused before anything is done: with its line and what to do, in both languages."""

import pytest

from minzheng.core.errors import Refused
from minzheng.scenario.reader import parse

HEAD = "scenario: x\ntimeline:\n"
FAMILY = """  2025-03-03:
    - household:
        name: 王家
        members: {王大山: {born: 1961-05-02, sex: male}}
"""

FAULTS = {
    "unknown key at the top": ("scenario: x\ntimelines: {}\n", "unknown_key", 2, "timeline"),
    "no timeline": ("scenario: x\n", "missing_key", 1, "timeline"),
    "empty timeline": ("scenario: x\ntimeline: {}\n", "missing_key", 1, "timeline"),
    "not a day": (HEAD + "  2025-02-30:\n    - apply: x\n", "not_a_day", 3, "2025-03-01"),
    "a day written shorter": (HEAD + "  2025-3-3:\n    - apply: x\n", "not_a_day", 3, "2025-03-01"),
    "days out of order": (HEAD + FAMILY + "  2025-03-02:\n    - apply: 王家\n", "day_order", 7, "2025-03-03"),
    "a day twice": (HEAD + FAMILY + "  2025-03-03:\n    - apply: 王家\n", "duplicate_key", 7, "2025-03-03"),
    "unknown event": (HEAD + FAMILY + "    - aply: 王家\n", "unknown_event", 7, "apply"),
    "no event": (HEAD + FAMILY + "    - as: handler\n", "no_event", 7, "household"),
    "two events": (HEAD + FAMILY + "    - apply: 王家\n      accept: 王家\n", "two_events", 8, "accept"),
    "unknown household": (HEAD + FAMILY + "    - apply: 王佳\n", "unknown_name", 7, "王家"),
    "unknown person": (HEAD + FAMILY + "    - death: 王大川\n", "unknown_name", 7, "王大山"),
    "unknown case": (HEAD + FAMILY + "    - accept: 低保\n", "unknown_name", 7, "王家"),
    "used before it is named": (HEAD + "  2025-03-02:\n    - apply: 王家\n" + FAMILY, "unknown_name", 4, "王家"),
    "a name twice": (HEAD + FAMILY + FAMILY.replace("03-03", "03-04"), "known_name", 9, "王家"),
    "unknown programme": (
        HEAD + FAMILY + "    - apply: {of: 王家, programme: dibo}\n", "not_listed", 7, "dibao",
    ),
    "unknown act": (HEAD + FAMILY + "    - act: {case: 王家, act: cases.acept}\n", "not_listed", 7, "cases.accept"),
    "unknown account": (HEAD + FAMILY + "    - apply: 王家\n      as: aprover\n", "not_listed", 8, "approver"),
    "unknown key within": (HEAD + FAMILY + "    - apply: {of: 王家, cover: 王大山}\n", "unknown_key", 7, "covered"),
    "a key missing": (HEAD + FAMILY + "    - decide: {case: 王家}\n", "missing_key", 7, "outcome"),
    "unknown fact": (
        HEAD + FAMILY + "    - facts: {of: 王家, values: {anual_income: 1}}\n", "unknown_key", 7, "annual_income",
    ),
    "wrong value": (HEAD + FAMILY + "    - facts: {of: 王家, values: {cars: many}}\n", "bad_value", 7, "many"),
    "money that is none": (HEAD + FAMILY + "    - income: {of: 王家, yearly: 1.234}\n", "bad_value", 7, "1.234"),
    "a month that is none": (HEAD + FAMILY + "    - pay: 2025-13\n", "not_a_month", 7, "2025-13"),
    "a text for a mapping": (HEAD + FAMILY + "    - change: 王家\n", "wrong_form", 7, "docs/scenarios.md"),
    "unknown village": (
        HEAD + "  2025-03-03:\n    - household: {name: a, village: 柳庄, members: {}}\n", "not_listed", 4, "柳庄村",
    ),
    "not YAML": (HEAD + "  2025-03-03: [\n", "yaml", 0, "YAML"),
}  # fmt: skip


@pytest.mark.parametrize("text, code, line, says", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_line_and_what_to_do(text, code, line, says):
    with pytest.raises(Refused) as caught:
        parse(text, "x.yaml")
    refused = caught.value
    assert refused.code.split(".")[1] == code
    for language in ("zh-Hans", "en"):
        assert says in refused.text(language)
        assert "{" not in refused.text(language)
    if line:
        assert f"x.yaml:{line}:" in refused.text("en") and f"第 {line} 行" in refused.text("zh-Hans")


def test_what_is_read_is_typed():
    import datetime as dt

    text = HEAD + FAMILY + "    - expect: {of: 王家, owed: {2025-04: 600.50}, held: false, last_month: none}\n"
    event = parse(text, "x.yaml").events[-1]
    assert event.day == dt.date(2025, 3, 3) and event.line == 7
    wanted = {"of": "王家", "owed": {dt.date(2025, 4, 1): 60050}, "held": False, "last_month": "none"}
    assert event.arguments == wanted
