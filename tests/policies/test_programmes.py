"""What every programme under policies/ must bring: it loads, rests on law, and its worked cases come out."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from minzheng.policy import load_overlay, load_policy, load_rates
from minzheng.policy.cases import check_case, load_cases

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
FACTS = POLICIES / "facts.yaml"
DEMO = load_overlay(ROOT / "minzheng" / "demo" / "rates.yaml")
ORDER, MEANS = (
    yaml.safe_load((POLICIES / "programmes.yaml").read_text(encoding="utf-8"))[key] for key in ("order", "means")
)
ALL = [*ORDER, *MEANS]

PROGRAMMES = {code: load_policy(POLICIES / code / "policy.yaml", FACTS) for code in ALL}
RATES = {code: load_rates(POLICIES / code / "rates.yaml") for code in ALL}
CASES = [
    pytest.param(code, case, id=f"{code}-{case}")
    for code, policy in PROGRAMMES.items()
    for case in load_cases(POLICIES / code, policy)
]


def in_both_languages(words):
    return bool(words.get("zh-Hans")) and bool(words.get("en")) and not re.search("[㐀-鿿]", words["en"])


def texts(part, place):
    """Every text by language in a file; a comma that YAML took for the end of a text shows as a third key."""
    if isinstance(part, dict):
        if "zh-Hans" in part:
            yield place, part
        for key, value in part.items():
            yield from texts(value, f"{place}/{key}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from texts(value, f"{place}/{number}")


@pytest.mark.parametrize("path", [*sorted(POLICIES.glob("*/policy.yaml")), FACTS], ids=lambda path: path.parent.name)
def test_every_text_is_whole_in_both_languages(path):
    for place, words in texts(yaml.safe_load(path.read_text(encoding="utf-8")), path.name):
        assert set(words) == {"zh-Hans", "en"}, place
        assert in_both_languages(words), place


def test_every_programme_directory_is_in_the_declared_order():
    assert {path.parent.name for path in POLICIES.glob("*/policy.yaml")} == set(ALL)


@pytest.mark.parametrize("code", MEANS)
def test_a_law_of_means_pays_nothing_refuses_nobody_and_has_cases(code):
    for version in PROGRAMMES[code].versions:
        assert version.timing is None and not version.conditions
    cases = load_cases(POLICIES / code, PROGRAMMES[code])
    assert any(case.expect.amount not in (None, "0.00") for case in cases)
    assert any(case.expect.amount == "0.00" for case in cases)
    assert any(case.expect.error for case in cases)


@pytest.mark.parametrize("code", ORDER)
def test_programme_names_itself_its_department_and_its_timing(code):
    policy = PROGRAMMES[code]
    assert policy.programme == code
    assert in_both_languages(policy.name)
    assert in_both_languages(policy.department)
    assert all(version.timing for version in policy.versions)


@pytest.mark.parametrize("code", ALL)
def test_every_formula_rests_on_a_clause_and_can_be_read(code):
    for version in PROGRAMMES[code].versions:
        assert version.basis and all(basis.title and basis.ref and basis.mark for basis in version.basis)
        titles = {basis.title for basis in version.basis}
        for formula, _ in version.formulas():
            assert formula.basis, f"{formula.name} names no clause"
            assert all(clause.ref and clause.mark in ("S", "K") for clause in formula.basis)
            assert in_both_languages(formula.label), f"{formula.name} has no label"
            for basis in formula.basis:
                assert any(basis.title in title for title in titles), (
                    f"{formula.name} rests on what {code} does not name"
                )
        for rate in version.rates.values():
            assert in_both_languages(rate.label), f"the rate {rate.name} has no label"
        for fact in (*version.facts.values(), *version.member_facts.values()):
            assert in_both_languages(fact.label), f"the fact {fact.name} has no label"


@pytest.mark.parametrize("code", ORDER)
def test_every_refusal_is_said_in_words_for_a_resident(code):
    for version in PROGRAMMES[code].versions:
        assert version.conditions
        for condition in version.conditions.values():
            assert in_both_languages(condition.otherwise), f"{condition.name} says nothing to a resident"


@pytest.mark.parametrize("code", ALL)
def test_every_rate_has_a_source_and_is_one_the_policy_reads(code):
    policy, rates = PROGRAMMES[code], RATES[code]
    known = {name for version in policy.versions for name in version.rates}
    assert rates.names() <= known
    for entry in rates.entries.values():
        assert entry.source.title and entry.source.mark in ("S", "K"), f"{entry.file}:{entry.line}"
        assert not entry.area.startswith("99"), "the invented province has its rates in the demo"
    for day in rates.dates():
        if day >= policy.versions[0].starts_on:
            rates.bind(policy.version_on(day), day)


@pytest.mark.parametrize("code", ALL)
def test_the_demo_province_has_every_rate_and_all_are_marked_invented(code):
    policy = PROGRAMMES[code]
    demo = DEMO.get(code)
    both = RATES[code].merge(demo) if demo else RATES[code]
    elsewhere = {"standard"} if code == "family_support" else set()  # the living allowance's own
    assert set(policy.versions[-1].rates) <= both.names() | elsewhere
    for entry in demo.entries.values() if demo else ():
        assert entry.area.startswith("99")
        assert entry.source.mark == "invented"
    for day in both.dates():
        if day >= policy.versions[0].starts_on:
            both.bind(policy.version_on(day), day)


@pytest.mark.parametrize("code", ORDER)
def test_programme_has_cases_that_pay_that_refuse_and_that_miss_a_fact(code):
    cases = load_cases(POLICIES / code, PROGRAMMES[code])
    assert len(cases) >= 5
    assert any(case.expect.eligible and case.expect.amount for case in cases)
    assert any(case.expect.unmet for case in cases)
    assert any(case.expect.error for case in cases)
    refused = {name for case in cases for name in case.expect.unmet or ()}
    conditions = {name for version in PROGRAMMES[code].versions for name in version.conditions}
    assert conditions <= refused, "a condition that no case refuses"


@pytest.mark.parametrize(("code", "case"), CASES)
def test_worked_case(code, case):
    rates = RATES[code].merge(DEMO[code]) if code in DEMO else RATES[code]
    assert check_case(case, PROGRAMMES[code], rates) == []


def test_a_worked_case_that_is_wrong_is_found_out():
    code = "old_age_allowance"
    case = load_cases(POLICIES / code, PROGRAMMES[code])[0]
    wrong = replace(case, expect=replace(case.expect, amount="50.01"))
    assert check_case(wrong, PROGRAMMES[code], RATES[code].merge(DEMO[code])) == ["amount: expected 50.01, got 50.00"]


def test_overlaps_name_two_programmes_and_their_source():
    pairs = yaml.safe_load((POLICIES / "overlaps.yaml").read_text(encoding="utf-8"))["overlaps"]
    assert ["dibao", "tekun"] in [pair["programmes"] for pair in pairs]
    for pair in pairs:
        first, second = pair["programmes"]
        assert first in ORDER and second in ORDER and first != second
        assert pair["source"] and in_both_languages(pair["note"])
