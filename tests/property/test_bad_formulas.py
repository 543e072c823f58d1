"""Whatever stands in a formula: it is a tree of the language or a FormulaError, at once."""

import random
import time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minzheng.policy import parse_policy
from minzheng.policy.errors import FormulaError
from minzheng.policy.formula import Names, build
from minzheng.policy.parse import name_problem
from minzheng.policy.render import source_text
from tests.engines.one_step import policy_text
from tests.property.spoiler import TOKENS, spoilt

QUICK = settings(max_examples=200, deadline=None, phases=[Phase.explicit, Phase.generate])
LONG = settings(QUICK, max_examples=20_000)
SEEDS = st.integers(0, 2**32)

VERSION = parse_policy(policy_text("income"), "one.yaml").versions[0]
NAMES = Names(VERSION.facts, VERSION.member_facts, VERSION.rates, {}, {})
FORMULAS = [
    "ceil(max(standard * cars - income / 12, 0) + sum(round(wage * part, yuan)) filter (where covered), yuan)",
    "if(owner and cars >= old_from, round(standard * elderly, jiao), floor(income, 10))",
    "case when kind in ('a', 'b') then by_kind when not owner then band(cars, ages) else income end",
    "marginal(income, tiers) + marginal(cars, rooms) * share",
    "age_on(since, day) between 18 and old_from or months_between(since, day) <> -3",
    "any(covered or grade = 2) and all(age_on(birth, day) >= 16) filter (where not covered)",
    "coalesce(income / cars, savings * share, 0) - abs(min(income, savings))",
    "max(wage) filter (where grade < 3) - min(wage)",
    "case cars when 1 then true else false end",
]
SOUP = [
    *TOKENS, *NAMES.all(), "day", "yuan", "fen", "jiao", "0", "1", "12", "0.5", "'a'", "'it''s'", "and", "or",
    "not", "if", "case", "when",
    "then", "else", "end", "filter", "where", "between", "in", "+", "-", "*", "/", "=", "<>", "!=", "<", "<=",
    "(", ")", ",", "over", "as",
    "distinct", "cast", "::", "is", "null", "like", "pg_sleep(1)", "now()", "version()", "current_user",
    "symmetric", "all", "any", "count",
]  # fmt: skip


def tried(text):
    """The tree, or None where it is refused."""
    start = time.monotonic()
    try:
        return build(text, NAMES, member=False)
    except FormulaError as error:
        assert error.code
        return None
    finally:
        assert time.monotonic() - start < 3


def soup_and_spoilt(seed):
    chance = random.Random(seed)
    tried(chance.choice(("", " ")).join(chance.choices(SOUP, k=chance.randint(1, 25))))
    tree = tried(spoilt(chance.choice(FORMULAS), chance, 3))
    if tree is not None:
        # What it was read as, written out, is read as the same: nothing of the text was passed over.
        assert build(source_text(tree), NAMES, member=False) == tree


@QUICK
@given(seed=SEEDS)
def test_soup_and_spoilt_formulas(seed):
    soup_and_spoilt(seed)


@pytest.mark.slow
@LONG
@given(seed=SEEDS)
def test_soup_and_spoilt_formulas_for_long(seed):
    soup_and_spoilt(seed)


@QUICK
@given(text=st.text(max_size=60))
def test_any_text(text):
    tried(text)
    name_problem(text)


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_formulas_that_are_spoilt_are_good(formula):
    tree = build(formula, NAMES, member=False)
    assert build(source_text(tree), NAMES, member=False) == tree


LONG_ONES = [
    "(" * 5000 + "income" + ")" * 5000,
    "(" * 5000,
    "abs(" * 30 + "income" + ")" * 30,
    "not " * 1500 + "owner",
    "- " * 1500 + "income",
    "income" + " + income" * 5000,
    "owner" + " and owner" * 300,
    "case " * 700,
    "if(owner, " * 35 + "1" + ", 2)" * 35,
    "'" + "a" * 1_000_000 + "'",
    "a" * 1_000_000,
    "9" * 1_000_000,
    " " * 1_000_000,
    "income in (" + ", ".join(["income"] * 1500) + ")",
]


@pytest.mark.parametrize("text", LONG_ONES, ids=range(len(LONG_ONES)))
def test_long_ones(text):
    tried(text)


SQL = [
    "select", "select 1", "(select 1)", '"income"', '"select"', "'; drop table x; --", "income; drop table x",
    "income --", "/* */ income",
    "income /* */", "income\\", "$$income$$", "$1", ":income", "%(income)s", "%s", "{income}", "pg_sleep(1)",
    "current_user", "version()",
    "income::text", "cast(income as int)", "income || income", "income collate \"C\"", "exists (select 1)",
    "income in (select 1)",
    "array[income]", "income[1]", "row(income)", "income is null", "kind like 'a%'", "kind ~ 'a'",
    "sum(wage) over ()", "count(distinct wage)",
    "ｉｎｃｏｍｅ", "іncome", "incоme", "income\u200b", "income\u202e", "１ + cars", "cars − 1", "cars × 2",
    "cars ÷ 2", "‘a’ = kind",
    "nvl(income, 0)", "ifnull(income, 0)", "iif(owner, 1, 2)", "ceiling(income, yuan)", "greatest(income, 0)",
    "random()", "e'a' = kind",
    "U&'a' = kind", "x'61' = kind", "b'1' = kind", "income between symmetric 0 and income", "default",
    "income = any(array[income])",
    "interval '1 day'", "timestamp '2024-01-01'", "date'2024-01-01'", "extract(year from since)",
    "income.income", "income.*", "*", "?", "@x",
    "grouping(income)", "income at time zone 'x'", "mz_members_any(covered)", "copy x to program 'x'",
    "income\0", "lateral (select 1)",
]  # fmt: skip


@pytest.mark.parametrize("text", SQL)
def test_sql_is_refused(text):
    with pytest.raises(FormulaError):
        build(text, NAMES, member=False)


@pytest.mark.parametrize("text", SQL)
def test_sql_is_no_name(text):
    # A single word may be a name where the parser takes it for one: engines quote every name.
    assert name_problem(text) is not None or text in ("default",)
