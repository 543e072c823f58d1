"""Look-up of rates: latest on the day, nearest area, residence, category; and layers."""

import datetime as dt
import json

import pytest

from minzheng.policy import Subject, assess, assess_month, parse_policy, parse_rates
from minzheng.policy.assessment import ENGINES, month_stretches
from tests.engines.database import connection_for

POLICY = """
programme: p
name: p
unit: household
versions:
  - from: 2020-01-01
    facts: {kind: {type: code, values: [a, b]}, grade: int}
    rates: {standard: money, by_kind: {type: money, key: kind}, by_grade: {type: money, key: grade}}
    steps: {s: standard, k: by_kind, g: by_grade}
    amount: s + k + g
    timing:
      {starts: month_of_decision, month_of_ending_event: paid, pay_cycle: month, arrears_months: 0, prorate: PRORATE}
"""
RATES = """
standard:
  - {area: '*', from: 2020-01-01, value: 1}
  - {area: '99', from: 2020-01-01, value: 2}
  - {area: '99', from: 2024-01-01, residence: urban, value: 3}
  - {area: '9901', from: 2020-01-01, residence: rural, value: 4}
  - {area: '9901', from: 2024-03-11, residence: rural, value: 5}
  - {area: '99', from: 2024-01-01, value: 6}
by_kind:
  - {area: '*', from: 2020-01-01, value: 100}
  - {area: '*', from: 2020-01-01, category: a, value: 200}
  - {area: '99', from: 2020-01-01, residence: rural, value: 300}
by_grade:
  - {from: 2020-01-01, category: 1, value: 1000}
  - {from: 2020-01-01, category: -1, value: 2000}
"""


def policy(prorate="first_day"):
    return parse_policy(POLICY.replace("PRORATE", prorate), "p")


def household(area="990101", residence="rural", kind="b", grade=1):
    return Subject("1", area, residence, {"kind": kind, "grade": grade})


LOOKUPS = [
    # nearest area before anything else, though the wider one is newer
    (household(), "2024-01-01", "s", 400),
    (household(), "2024-03-11", "s", 500),
    # an entry for the other residence does not count, so the wider area holds
    (household(residence="urban"), "2024-01-01", "s", 300),
    (household(residence="urban"), "2023-12-31", "s", 200),
    (household("9902", None), "2024-01-01", "s", 600),
    (household("98"), "2024-01-01", "s", 100),
    # category: exact before general, but a nearer area before the exact category
    (household("98", kind="a"), "2024-01-01", "k", 20000),
    (household("98", kind="b"), "2024-01-01", "k", 10000),
    (household("99", kind="a"), "2024-01-01", "k", 30000),
    (household(grade=-1), "2024-01-01", "g", 200000),
    (household(grade=2), "2024-01-01", "g", None),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("subject", "on", "step", "wanted"), LOOKUPS)
def test_look_up(subject, on, step, wanted, engine, request):
    rates = parse_rates(RATES, "r")
    result = assess(policy(), rates, [subject], dt.date.fromisoformat(on), engine, connection_for(engine, request))[0]
    assert result.steps[step] == wanted
    assert result.error == (None if wanted else "no_rate:g:by_grade")


def test_a_layer_replaces_the_same_key_and_day_and_adds_the_rest():
    layer = parse_rates("standard: [{area: '9901', residence: rural, from: 2024-03-11, value: 7}]", "county")
    merged = parse_rates(RATES, "r").merge(layer)
    assert assess(policy(), merged, [household()], dt.date(2024, 4, 1))[0].steps["s"] == 700
    assert assess(policy(), merged, [household()], dt.date(2024, 3, 1))[0].steps["s"] == 400


def test_a_month_uses_its_first_day():
    result = assess_month(policy(), parse_rates(RATES, "r"), [household()], dt.date(2024, 3, 20))[0]
    assert result.amount == 400 + 30000 + 100000


def test_a_month_by_actual_days():
    rates = parse_rates(RATES, "r")
    assert month_stretches(policy(), rates, dt.date(2024, 3, 1)) == [
        (dt.date(2024, 3, 1), 10),
        (dt.date(2024, 3, 11), 21),
    ]
    result = assess_month(policy("actual_days"), rates, [household()], dt.date(2024, 3, 1))[0]
    # (10 × 1304.00 + 21 × 1305.00) ÷ 31 = 1304.677…
    assert result.amount == 130468


def test_before_the_first_version():
    with pytest.raises(Exception, match="No version is in force on 2019-12-31"):
        assess(policy(), parse_rates(RATES, "r"), [household()], dt.date(2019, 12, 31))


HOSTILE = [
    "x'); drop table mz_households; --",
    "back\\slash\\'; drop table mz_households; --\\",
    "two '' quotes, a \\\\ pair and `back ticks`",
    "${spark.app.name} ${env:HOME} :name ?",
    "低保 户 c1 c2 /* no comment",
    '"double" and 😀, comma',
]


@pytest.mark.parametrize("engine", ENGINES)
def test_texts_of_a_policy_reach_sql_quoted(engine, request):
    connection = connection_for(engine, request)
    for text in HOSTILE:
        quoted = json.dumps(text, ensure_ascii=False)
        law = parse_policy(POLICY.replace("[a, b]", f"[{quoted}, b]").replace("PRORATE", "first_day"), "p")
        numbers = parse_rates(RATES.replace("category: a", f"category: {quoted}"), "r")
        subjects = [household("98", kind=text), household("98", kind=text + "x")]
        found = assess(law, numbers, subjects, dt.date(2024, 1, 1), engine, connection)
        assert [one.steps["k"] for one in found] == [20000, None], text
        assert found[1].error == "bounds:k:kind", text
