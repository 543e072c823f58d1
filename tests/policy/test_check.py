"""Each remark of `minzheng policy check`: a small file that gives it, and the same file put right that does not."""

import json

import pytest
from click.testing import CliRunner

from minzheng.policy.commands import policy_group
from minzheng.policy.remark import REMARKS, Level
from minzheng.policy.review import review

POLICY = """
programme: p
name: {zh-Hans: 甲, en: P}
unit: household
versions:
  - from: 2021-07-01
    basis: [{title: 办法, ref: 甲〔2021〕1号, articles: [1, 2], mark: S}]
    facts: {fuel: {type: code, values: [coal, gas]}, income: {type: money, min: 0}, rooms: {type: int, min: 0, max: 9}}
    rates:
      standard: money
      heating: {type: money, key: fuel}
      steps_of: {type: money, table: band, of: int}
    steps:
      need: {formula: "max(standard - income, 0)", label: x, basis: {title: 办法, articles: [1]}}
    conditions:
      poor: {formula: income < standard, label: x, otherwise: x, basis: {title: 办法, articles: [2]}}
    amount: {formula: "need + heating + band(rooms, steps_of)", basis: {restates: need}}
    timing: {starts: month_after_decision, month_of_ending_event: paid, pay_cycle: month, arrears_months: 12}
"""
RATES = """
standard:
  - {area: '99', residence: rural, from: 2021-07-01, value: 400, source: {title: x}}
  - {area: '99', residence: urban, from: 2021-07-01, value: 600, source: {title: x}}
heating:
  - {area: '99', category: coal, from: 2021-07-01, value: 50, source: {title: x}}
  - {area: '99', category: gas, from: 2021-07-01, value: 40, source: {title: x}}
steps_of:
  - {area: '99', from: 2021-07-01, value: [{from: 0, value: 0}, {from: 4, value: 10}], source: {title: x}}
"""
TIMING = next(line for line in POLICY.splitlines(keepends=True) if "timing" in line)
SECOND = POLICY.split("versions:\n")[1].replace("2021-07-01", "2024-07-01")


def found(tmp_path, policy=POLICY, rates=RATES):
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    (tmp_path / "rates.yaml").write_text(rates, encoding="utf-8")
    return review(tmp_path, None)


def entry(text):
    return f"  - {{{text}, source: {{title: x}}}}\n"


def more(rate, text):
    """The rates with one more entry of a rate, first in its list."""
    return RATES.replace(f"{rate}:\n", f"{rate}:\n{entry(text)}")


def test_the_file_that_lacks_nothing(tmp_path):
    assert found(tmp_path) == []


OF_POLICIES = [
    ("no_basis", (", basis: {title: 办法, articles: [1]}", ""), "need"),
    ("no_basis", (", basis: {title: 办法, articles: [2]}", ""), "poor"),
    ("no_basis", (", basis: {restates: need}", ""), "amount"),
    ("no_mark", (", mark: S", ""), "need"),
    ("no_label", ("0)\", label: x", "0)\""), "need"),
    ("no_otherwise", (", otherwise: x", ""), "poor"),
    ("no_timing", (TIMING, ""), ""),
    ("negative", ("max(standard - income, 0)", "standard - income"), "amount"),
    ("unused_fact", ("    facts: {", "    facts: {cars: int, "), "cars"),
    ("unused_rate", ("      standard: money", "      standard: money\n      other: money"), "other"),
    ("no_values", ("    facts: {", "    facts: {colour: code, "), "colour"),
    ("no_entry", ("      standard: money", "      standard: money\n      other: money"), "other"),
    ("late_start", ("2021-07-01", "2021-01-01"), "standard"),
    ("before_first", ("2021-07-01", "2022-07-01"), "heating"),
    ("row_unreached", ("max: 9", "max: 3"), "steps_of"),
    ("table_low", ("rooms: {type: int, min: 0", "rooms: {type: int, min: -1"), "steps_of"),
    ("impossible_category", ("[coal, gas]", "[coal]"), "heating"),
    ("impossible_category", ("{type: money, key: fuel}", "money"), "heating"),
    ("category_gap", ("[coal, gas]", "[coal, gas, wood]"), "heating"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "name"), OF_POLICIES)
def test_remarks_on_a_policy(tmp_path, code, change, name):
    assert change[0] in POLICY
    remarks = [one for one in found(tmp_path, POLICY.replace(*change)) if one.code == code]
    assert name in [one.name for one in remarks]
    assert all(one.file.endswith(".yaml") and (one.line or code in ("no_timing", "place_gap")) for one in remarks)
    assert all(one.zh != one.en for one in remarks)


OF_RATES = [
    ("no_source", RATES.replace("value: 400, source: {title: x}", "value: 400"), 3),
    ("residence_gap", RATES.replace(RATES.splitlines()[3] + "\n", ""), 3),
    ("residence_gap", more("standard", "area: '97', residence: urban, from: 2021-07-01, value: 700"), 3),
    ("superseded", more("heating", "area: '99', category: gas, from: 2020-07-01, value: 39"), 6),
    ("shadowed", more("standard", "area: '99', from: 2021-07-01, value: 500"), 3),
    ("shadowed", more("heating", "area: '99', from: 2021-07-01, value: 45"), 6),
    ("impossible_category", more("heating", "area: '99', category: peat, from: 2021-07-01, value: 45"), 6),
    ("category_gap", RATES.replace(RATES.splitlines()[6] + "\n", ""), 6),
    ("place_gap", more("standard", "area: '98', from: 2021-07-01, value: 500"), 0),
    ("late_start", RATES.replace("from: 2021-07-01, value: [", "from: 2022-07-01, value: ["), 12),
    ("before_first", RATES.replace("from: 2021-07-01, value: [", "from: 2020-07-01, value: ["), 9),
    ("no_entry", RATES.split("steps_of")[0], 12),
    ("table_low", RATES.replace("{from: 0, value: 0}", "{from: 1, value: 0}"), 9),
]  # fmt: skip


@pytest.mark.parametrize(("code", "rates", "line"), OF_RATES)
def test_remarks_on_rates(tmp_path, code, rates, line):
    assert rates != RATES
    assert (code, line) in [(one.code, one.line) for one in found(tmp_path, rates=rates)]


NOTHING_TO_SAY = [
    ("a place of its own under a wider entry", more("standard", "area: '*', from: 2021-07-01, value: 300")),
    ("a county in a province", more("heating", "area: '9901', category: gas, from: 2021-07-01, value: 41")),
    ("a rise", more("heating", "area: '99', category: gas, from: 2023-07-01, value: 41")),
    ("a general entry where only one residence has its own", RATES.replace("residence: urban, ", "")),
    ("a category beside a general entry", RATES.replace("category: gas, ", "")),
]


@pytest.mark.parametrize("rates", [rates for _, rates in NOTHING_TO_SAY], ids=[why for why, _ in NOTHING_TO_SAY])
def test_what_is_neither_gap_nor_overlap(tmp_path, rates):
    assert found(tmp_path, rates=rates) == []


def test_a_rate_left_to_each_place_is_no_gap(tmp_path):
    assert found(tmp_path, rates=RATES.split("steps_of")[0] + "steps_of: []\n") != []
    assert "no_entry" not in {one.code for one in found(tmp_path, rates=RATES.split("steps_of")[0] + "steps_of: []\n")}


def test_a_version_that_drops_a_key_loses_its_places(tmp_path):
    second = SECOND.replace("{type: money, key: fuel}", "money").replace(
        "facts: {fuel: {type: code, values: [coal, gas]}, ", "facts: {"
    )
    remarks = found(tmp_path, POLICY + second)
    assert {("lost", "heating")} <= {(one.code, one.name) for one in remarks}
    assert found(tmp_path, POLICY + SECOND) == []


def test_an_entry_after_the_last_version_that_declares_its_rate(tmp_path):
    second = (
        SECOND.replace(" + heating", "")
        .replace("      heating: {type: money, key: fuel}\n", "")
        .replace("fuel: {type: code, values: [coal, gas]}, ", "")
    )
    late = more("heating", "area: '99', category: gas, from: 2025-07-01, value: 41")
    assert [(one.code, one.line) for one in found(tmp_path, POLICY + second, late)] == [("too_late", 6)]
    assert found(tmp_path, POLICY + second) == []


def test_what_the_loader_refuses_is_grave(tmp_path):
    only = found(tmp_path, rates=RATES + "heatin: [{from: 2024-01-01, value: 1}]\n")
    assert [(one.code, one.level) for one in only] == [("unknown_rate", Level.GRAVE)]
    assert "Did you mean heating?" in only[0].en


def run(*arguments):
    return CliRunner().invoke(policy_group, ["check", *map(str, arguments)], catch_exceptions=False)


def test_exit_codes_and_json(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    for policy, code in (
        (POLICY, 0),
        (POLICY.replace(", mark: S", ""), 0),
        (POLICY.replace("- income", "+ income)"), 1),
    ):
        found(tmp_path, policy)
        assert run(tmp_path).exit_code == code
    found(tmp_path, POLICY.replace(", basis: {restates: need}", ""))
    done = run(tmp_path, "--format", "json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["programmes"], told["warning"], told["grave"]) == (1, 1, 0)
    assert told["found"][0]["code"] == "no_basis" and told["found"][0]["line"] == 17
    assert "依据" in told["found"][0]["zh-Hans"] and "basis" in told["found"][0]["en"]


def test_rates_laid_over_are_reviewed_too(tmp_path):
    found(tmp_path, rates=RATES.split("steps_of")[0] + "steps_of: []\n")
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "p:\n  steps_of: [{area: '99', from: 2021-07-01, value: [{from: 0, value: 0}]}]\n", encoding="utf-8"
    )
    done = run(tmp_path, "--rates", overlay)
    assert done.exit_code == 1 and "overlay.yaml:2 steps_of" in done.output


def test_rates_of_an_unknown_programme_are_not_passed_over(tmp_path):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("dibaa:\n  standard: [{area: '99', from: 2021-07-01, value: 1}]\n", encoding="utf-8")
    done = run("--rates", overlay)
    assert done.exit_code == 1 and "dibaa" in done.output


def test_every_shipped_programme_passes_with_the_demo_rates(policies):
    demo = policies.parent / "minzheng" / "demo" / "rates.yaml"
    for arguments in ((), ("--rates", demo)):
        done = run(*arguments, "--format", "json")
        assert done.exit_code == 0, done.output
        assert {one["level"] for one in json.loads(done.stdout)["found"]} <= {"remark"}


def test_every_remark_is_tried_here():
    tried = {code for code, *_ in OF_POLICIES} | {code for code, *_ in OF_RATES}
    assert set(REMARKS) - tried == {"lost", "too_late", "fact_of_none", "no_programme"}


def test_a_fact_of_no_programme_is_mentioned():
    assert "review_class: is in the vocabulary" in run().output or "review_class: 词汇表里有" in run().output
