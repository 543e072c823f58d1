"""One formula on one household, on every engine: its value as text, or its error."""

import datetime as dt

from minzheng.policy import Subject, assess, parse_policy, parse_rates
from minzheng.policy.values import read, write

DAY = dt.date(2024, 5, 1)
FACTS = {
    "income": "money", "savings": "money", "cars": "int", "share": "rate", "owner": "bool",
    "since": "date", "kind": "{type: code, values: [a, b]}",
}  # fmt: skip
MEMBER_FACTS = {"wage": "money", "grade": "int", "covered": "bool", "birth": "date", "part": "rate"}
RATES = {
    "standard": "money", "old_from": "int", "elderly": "rate", "by_kind": "{type: money, key: kind}",
    "ages": "{type: money, table: band, of: int}", "tiers": "{type: rate, table: marginal, of: money}",
    "rooms": "{type: money, table: marginal, of: int}",
}  # fmt: skip
NUMBERS = """
standard: [{area: '99', from: 2024-01-01, value: 560}]
old_from: [{from: 2024-01-01, value: 70}]
elderly: [{from: 2024-01-01, value: 0.333333}]
by_kind: [{from: 2024-01-01, category: a, value: 100}]
ages: [{from: 2024-01-01, value: [{from: 80, value: 50}, {from: 90, value: 100}, {from: 100, value: 300}]}]
tiers: [{from: 2024-01-01, value: [{from: 0, value: 0}, {from: 1000, value: 0.7}, {from: 5000, value: 0.5}]}]
rooms: [{from: 2024-01-01, value: [{from: 0, value: 5000}, {from: 4, value: 0}]}]
"""
SECTIONS = (("facts", FACTS), ("member_facts", MEMBER_FACTS), ("rates", RATES))


def policy_text(formula, *, extra=""):
    lines = ["programme: one", "name: one", "unit: household", "versions:", "  - from: 2000-01-01"]
    for key, specs in SECTIONS:
        lines += [f"    {key}:", *(f"      {name}: {spec}" for name, spec in specs.items())]
    lines += ["    steps:", f'      x: "{formula}"', extra, "    conditions:", '      c: "x = x"', "    amount: '0'"]
    return "\n".join(line for line in lines if line)


def subject(facts=None, members=()):
    """Facts as texts, money in yuan; an empty text is a missing fact."""
    return Subject(
        "1", "990101", "rural", _typed(FACTS | RATES, facts or {}), [_typed(MEMBER_FACTS, m) for m in members]
    )


def value(formula, facts=None, members=(), engine="python", connection=None):
    """`12.50` or `missing:x:income`."""
    policy = parse_policy(policy_text(formula), "one.yaml")
    result = assess(policy, parse_rates(NUMBERS, "rates.yaml"), [subject(facts, members)], DAY, engine, connection)[0]
    assert (result.amount is None) == (result.error is not None)
    return result.error or write(result.steps["x"], policy.versions[0].steps["x"].kind)


def _typed(specs, texts):
    from minzheng.policy.values import Kind

    kinds = {
        name: Kind("code" if "code" in spec else spec.split(",")[0].removeprefix("{type: "))
        for name, spec in specs.items()
    }
    return {name: read(text, kinds[name]) if text else None for name, text in texts.items()}
