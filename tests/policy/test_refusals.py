"""What is refused at load time: each names file, line, step, cause and remedy."""

import re
from string import Formatter

import pytest

from minzheng.policy import PolicyError, parse_policy, parse_rates
from minzheng.policy.messages import MESSAGES
from minzheng.policy.vocabulary import parse_vocabulary
from tests.engines.one_step import NUMBERS, policy_text


def refusal(text, vocabulary=None) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "p.yaml", vocabulary)
    return caught.value


FORMULAS = [
    ("income * savings", "types", "money * money", "Multiply money by an int or a rate"),
    ("income + cars", "types", "money + int", "Only money can be added to money"),
    ("cars / income", "types", "int / money", "Divide money"),
    ("since + 1", "types", "date + int", ""),
    ("income > cars", "types", "money > int", "Compare values of one type"),
    ("kind < 'b'", "types", "code < code", ""),
    ("incom + 1", "unknown_name", "incom", "Did you mean income?"),
    ("celi(income, yuan)", "unknown_function", "celi", "Did you mean ceil?"),
    ("income * 0.5", "decimal_literal", "0.5", "belongs in rates"),
    ("since > date '2024-01-01'", "date_literal", "", "type date"),
    ("income % 2", "not_allowed", "%", "What may be used"),
    ("income is null", "not_allowed", "is null", ""),
    ("(select 1)", "not_allowed", "select", ""),
    ("sum(wage) over ()", "unknown_function", "over", ""),
    ("income -- savings", "not_allowed", "--", ""),
    ("income /* all of it */", "not_allowed", "/*", ""),
    ("income between symmetric savings and 0", "not_allowed", "symmetric", ""),
    ("months_between(since, day, true)", "arguments", "2 arguments", ""),
    ("ceil(income, yuan, jiao)", "arguments", "1 or 2", ""),
    ("nvl(income, 0)", "unknown_function", "nvl", ""),
    ("ceiling(income, yuan)", "unknown_function", "ceiling", "Did you mean"),
    ("sum(distinct wage)", "not_allowed", "distinct", ""),
    ("max(wage, grade) filter (where covered)", "unknown_function", "", ""),
    ("kind = e'a'", "not_allowed", "e'…'", ""),
    ("kind = $$a$$", "not_allowed", "$", ""),
    ("cars + １２", "not_allowed", "１２", ""),
    ("(" * 41 + "cars" + ")" * 41, "too_deep", "", "40"),
    ("cars" + " + cars" * 120, "too_deep", "", "100"),
    ("cars" + " + 1" * 1000, "too_long", "4004", "4000"),
    ("income; cars", "syntax", "", ""),
    ("(income", "syntax", "", "brackets"),
    ("if(owner, income)", "no_else", "if", "else"),
    ("case when owner then 1 end", "no_else", "case", "else"),
    ("if(owner, income, cars)", "branches", "money, int", ""),
    ("if(income, 1, 2)", "wanted_type", "bool", ""),
    ("round(income)", "round_unit", "", "fen, jiao, yuan"),
    ("round(income, mao)", "round_unit", "mao", ""),
    ("round(share, yuan)", "round_unit", "yuan", ""),
    ("income + wage", "member_outside", "wage", "sum"),
    ("sum(sum(wage))", "aggregate_nested", "sum", ""),
    ("max(income)", "aggregate_constant", "max", "two or more"),
    ("sum(wage / grade)", "aggregate_denominator", "sum", "Round first"),
    ("count(wage)", "arguments", "count(*) filter", ""),
    ("kind = 'c'", "unlisted_code", "c", "a, b"),
    ("coalesce(kind, 'none') = 'nome'", "unlisted_code", "nome", "Did you mean none?"),
    ("if(owner, kind, 'b') in ('a', 'c')", "unlisted_code", "c", ""),
    ("case kind when 'A' then 1 else 0 end", "unlisted_code", "A", ""),
    ("band(income, ages)", "wanted_type", "int", ""),
    ("band(cars, tiers)", "table_use", "tiers", "band or marginal"),
    ("ages + income", "table_use", "ages", ""),
    ("income * cars * cars * cars", "overflow", "64-bit", "Round"),
    ("99999999999 + cars", "literal_size", "99999999999", ""),
]


@pytest.mark.parametrize(("formula", "code", "cause", "remedy"), FORMULAS)
def test_formulas_that_are_refused(formula, code, cause, remedy):
    error = refusal(policy_text(formula))
    assert error.code == f"policy.{code}"
    assert (error.file, error.step) == ("p.yaml", "x")
    assert error.line == policy_text(formula).splitlines().index(f'      x: "{formula}"') + 1
    assert cause in str(error) and remedy in str(error) and f"p.yaml:{error.line}" in str(error)
    assert error.text("zh-Hans") != error.text("en")


def test_an_overflow_names_where_to_round():
    assert "Round income * cars first" in str(refusal(policy_text("income * cars * share * cars")))


def version(**sections):
    body = "\n".join(f"    {key}: {value}" for key, value in ({"amount": "income"} | sections).items())
    head = "programme: p\nname: p\nunit: household\nversions:\n  - from: 2020-01-01\n    facts: {income: money}\n"
    return f"{head}{body}\n"


CHAIN = ", ".join(f"s{n}: s{n - 1} + 0" for n in range(1, 200))

TERM = (
    "{{starts: month_of_decision, month_of_ending_event: paid, pay_cycle: {cycle}, arrears_months: 0, "
    "valid_months: {months}}}"
)
VERSIONS = [
    (version(steps=f"{{s0: income, {CHAIN}}}", amount="s199"), "too_deep", "150"),
    (
        version(facts="{" + ", ".join(f"f{n}: int" for n in range(1001)) + "}").replace(
            "    facts: {income: money}\n", "", 1
        ),
        "too_many",
        "1000",
    ),
    (version(amount="income / 12"), "unrounded", "round, floor or ceil"),
    (version(amount="1"), "wanted_type", "money"),
    (version(steps="{a: b + income, b: a + income}", amount="a"), "cycle", "a → b → a"),
    (version(steps="{a: income}"), "unused", "step a"),
    (version(steps="{a: income, b: a}"), "unused", ""),
    (version(steps="{income: '1'}"), "name_twice", "facts"),
    (version(steps="{select: income}", amount="income"), "bad_name", "word of SQL"),
    (version(steps="{Total: income}", amount="income"), "bad_name", "lower-case"),
    (version(steps="{yuan: income}", amount="income"), "bad_name", "formula language"),
    (version(conditions="{c: income}"), "wanted_type", "bool"),
    (version(member_steps="{a: sum(income)}", amount="sum(a)"), "aggregate_in_member", ""),
    (version(rates="{r: {type: money, key: sort}}", amount="r"), "rate_key", "sort"),
    (version(rates="{r: {type: money, table: band}}", amount="income"), "missing_key", "of"),
    (version(amount="{formula: income, basis: {restates: income}}"), "restates", "does not name the step income"),
    (version(steps="{a: income, b: income}", amount="{formula: a + b, basis: {restates: [a, bb]}}"), "restates", "bb"),
    (version(amount="{formula: income, basis: {ref: x}}"), "missing_key", "title"),
    (version(amount="{formula: income, basis: {title: [x]}}"), "wrong_form", "a text"),
    (version(amount="{formula: income, basis: {title: x, mark: T}}"), "not_listed", "S, K, invented"),
    (version(timing="{starts: tomorrow}"), "missing_key", "month_of_ending_event"),
    (version(timing=TERM.format(cycle="month", months="0")), "bad_value", "from 1 to 120"),
    (version(timing=TERM.format(cycle="month", months="121")), "bad_value", "from 1 to 120"),
    (version(timing=TERM.format(cycle="month", months="1.5")), "bad_value", "valid_months"),
    (version(timing=TERM.format(cycle="once", months="12")), "bad_value", "left out"),
    (version(step="{}"), "unknown_key", "Did you mean steps?"),
    (version(steps="{a: {formula: income, lable: x}}", amount="a"), "unknown_key", "Did you mean label?"),
    (version().replace("unit: household", "unit: family"), "not_listed", "household, person"),
    (version().replace("2020-01-01", "2020-13-01"), "bad_value", "2020-13-01"),
    (version().replace("programme: p", "programme: p\nprogram: q"), "unknown_key", "Did you mean programme?"),
    (version() + version().split("versions:\n")[1], "version_order", "by date"),
    (version() + "    amount: income\n", "duplicate_key", "amount"),
    ("programme: [", "yaml", ""),
    ("just text", "wrong_form", "a mapping"),
]


@pytest.mark.parametrize(("text", "code", "said"), VERSIONS)
def test_versions_that_are_refused(text, code, said):
    error = refusal(text)
    assert error.code == f"policy.{code}"
    assert said in str(error) and "p.yaml" in str(error)


def test_a_clause_takes_the_reference_and_mark_of_its_document_and_a_restating_formula_its_steps_clauses():
    text = version(
        basis="[{title: Law, ref: No. 1, articles: [1, 2], mark: S}, {title: Rule, mark: K}]",
        steps="{a: {formula: income, basis: {title: Law, articles: [2]}}, b: {formula: income, basis: {title: Rule}}}",
        amount="{formula: a + b, basis: [{restates: [a, b]}, {title: Other}]}",
    )
    found = [(one.title, one.ref, one.articles, one.mark) for one in parse_policy(text, "p").versions[0].amount.basis]
    assert found == [("Law", "No. 1", ("2",), "S"), ("Rule", "", (), "K"), ("Other", "", (), "")]


def test_the_vocabulary_is_binding():
    vocabulary = parse_vocabulary(
        "income_year: {type: money, of: household, label: x}\nage: {type: int, of: person, label: x}", "facts.yaml"
    )
    assert "Did you mean income_year?" in str(refusal(version().replace("income", "income_yea"), vocabulary))
    assert refusal(version().replace("income", "age"), vocabulary).code == "policy.fact_type"
    household_fact = version(member_facts="{income_year: money}", amount="sum(income_year)").replace(
        "facts: {income: money}", "facts: {}", 1
    )
    assert refusal(household_fact, vocabulary).code == "policy.fact_of_whom"


def test_a_fact_of_a_person_is_none_of_a_household_and_a_code_takes_the_vocabularys_values():
    vocabulary = parse_vocabulary(
        "income: {type: money, of: person, label: x}\nfuel: {type: code, of: any, values: [coal, gas], label: x}",
        "f.yaml",
    )
    assert refusal(version(), vocabulary).code == "policy.fact_of_whom"
    assert parse_policy(version().replace("unit: household", "unit: person"), "p.yaml", vocabulary)
    narrowed = version(amount="if(fuel = 'gas', income, 0)").replace("unit: household", "unit: person")
    narrowed = narrowed.replace("{income: money}", "{income: money, fuel: {type: code, values: [gas]}}")
    assert parse_policy(narrowed, "p.yaml", vocabulary).versions[0].facts["fuel"].values == ("gas",)
    assert "Did you mean gas?" in str(refusal(narrowed.replace("[gas]", "[gaz]"), vocabulary))


def test_every_message_is_whole_in_both_languages():
    for code, (cause_zh, cause_en, remedy_zh, remedy_en) in MESSAGES.items():
        for text in (cause_zh, remedy_zh):
            assert text.startswith("{") or re.search("[㐀-鿿]", text), code
        for text in (cause_en, remedy_en):
            assert text and not re.search("[㐀-鿿]", text), code
        for zh, en in ((cause_zh, cause_en), (remedy_zh, remedy_en)):
            placed = [{field.split("_")[0] for _, field, _, _ in Formatter().parse(text) if field} for text in (zh, en)]
            assert placed[0] == placed[1], code


def test_a_fact_that_nothing_uses_is_no_error():
    assert parse_policy(version(facts="{income: money, cars: int}").replace("    facts: {income: money}\n", "", 1), "p")


RATES = [
    ("standard: [{value: 1}]", "missing_key"),
    ("standard: [{from: 2020-01-01, value: 1, region: '99'}]", "unknown_key"),
    ("standard: [{from: 2020-01-01, value: 1, residence: town}]", "not_listed"),
    ("standard: [{from: 2020-01-01, value: 1}, {from: 2020-01-01, value: 2}]", "rate_twice"),
    ("standard: [{from: 2020-01-01, value: 1.005}]", "bad_value"),
    ("standard: [{from: 2020-01-01, value: abc}]", "bad_value"),
    ("elderly: [{from: 2020-01-01, value: 0.1234567}]", "bad_value"),
    ("elderly: [{from: 2020-01-01, value: 30}]", "rate_bounds"),
    ("old_from: [{from: 2020-01-01, value: 70.5}]", "bad_value"),
    ("ages: [{from: 2020-01-01, value: 50}]", "wrong_form"),
    ("ages: [{from: 2020-01-01, value: [{from: 90, value: 1}, {from: 80, value: 2}]}]", "table_rows"),
    ("ages: [{from: 2020-01-01, value: []}]", "table_rows"),
]


@pytest.mark.parametrize(("text", "code"), RATES)
def test_rates_that_are_refused(text, code):
    policy = parse_policy(policy_text("standard"), "p.yaml")
    with pytest.raises(PolicyError) as caught:
        parse_rates(text, "r.yaml").bind(policy.versions[0], policy.versions[0].starts_on.replace(year=2024))
    assert caught.value.code == f"policy.{code}"
    assert "r.yaml:1" in str(caught.value)


def test_the_rates_of_these_tests_load():
    policy = parse_policy(policy_text("standard"), "p.yaml")
    assert parse_rates(NUMBERS, "r.yaml").bind(policy.versions[0], policy.versions[0].starts_on.replace(year=2025))
