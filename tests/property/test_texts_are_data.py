"""A text of a policy, a rate or a fact is data on every engine, whatever stands in it."""

import datetime as dt
import json

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from minzheng.policy import PolicyError, Subject, assess, parse_policy, parse_rates
from tests.engines.database import connection_for
from tests.engines.spark import can_run_spark

DAY = dt.date(2024, 5, 1)
NASTY = [
    "'", "''", "'; drop table x; --", '"', '";', "\\", "\\'", "\\\\", "%", "%s", "%(x)s", "{", "}", "{0}",
    "{x}", ":name", "$1", "$$", "$a$",
    "--", "/*", "*/", "?", "a;b", "null", "NULL", "\\N", "true", "0", "-1", "1e5", "a'b", "a''b", "é",
    "e\u0301", "甲", "😀", "ａ", "A", "a", "a b",
    "a,b", "a\\tb", "`", "$$; select 1; $$", "' or '1'='1", "E'\\\\x41'", "\u2028x", "=1+1", "@x", "#",
    "a\u00a0b", "𠮷", "ß", "ss", "İ", "i",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from([text for text in NASTY if text.isprintable()]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=12),
).filter(lambda text: text == text.strip() and text.isprintable())


def world(texts):
    """A policy whose code lists these texts, compares with each, and has a rate for each; a household with each."""
    listed = json.dumps(texts, ensure_ascii=False)
    steps = {}
    for number, text in enumerate(texts):
        literal = text.replace("'", "''")
        steps[f"is_{number}"] = {"formula": f"if(sort = '{literal}' and sort in ('{literal}'), {number + 1}, 0)"}
        steps[f"of_{number}"] = {"formula": f"count(*) filter (where own = '{literal}')"}
    policy = {
        **{"programme": "p", "name": "p", "unit": "household"},
        "versions": [
            {
                "from": "2020-01-01",
                "facts": {"sort": {"type": "code", "values": texts}},
                "member_facts": {"own": {"type": "code", "values": texts}},
                "rates": {"by_sort": {"type": "money", "key": "sort"}},
                "steps": steps,
                "conditions": {"c": {"formula": " + ".join(steps) + " >= 0"}},
                "amount": "by_sort",
            }
        ],
    }
    rates = {"by_sort": [{"from": "2020-01-01", "category": text, "value": str(n)} for n, text in enumerate(texts)]}
    subjects = [Subject(str(n), "99", "rural", {"sort": text}, [{"own": text}]) for n, text in enumerate(texts)]
    subjects.append(Subject(f"{listed[:50]}", "99", "rural", {"sort": "not listed'"}, [{"own": texts[0] + "'"}]))
    # JSON is YAML; texts beyond the basic plane are written as they are.
    return (
        parse_policy(json.dumps(policy, ensure_ascii=False), "p.yaml"),
        parse_rates(json.dumps(rates, ensure_ascii=False), "r.yaml"),
        subjects,
    )


@pytest.fixture(scope="module")
def engines(request):
    names = ["postgres", "duckdb", *(["spark"] if can_run_spark() else [])]
    return {name: connection_for(name, request) for name in names}


def agreed(texts, engines):
    policy, rates, subjects = world(texts)
    reference = assess(policy, rates, subjects, DAY)
    for number, result in enumerate(reference[:-1]):
        assert (result.error, result.amount) == (None, number * 100)
        assert [result.steps[f"is_{other}"] for other in range(len(texts))] == [
            number + 1 if other == number else 0 for other in range(len(texts))
        ]
    assert reference[-1].error is not None
    for engine, connection in engines.items():
        assert assess(policy, rates, subjects, DAY, engine, connection) == reference, engine


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6, unique=True))
@example(texts=[text for text in NASTY if text.isprintable()][:25])
@example(texts=[text for text in NASTY if text.isprintable()][25:])
def test_texts_are_data_on_every_engine(engines, texts):
    agreed(texts, engines)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6, unique=True))
def test_texts_are_data_on_every_engine_for_long(engines, texts):
    agreed(texts, engines)


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\tb", "\x1b", "\u202e", " a", "a ", "\u200b", ""])
def test_a_value_that_no_cell_could_carry_is_refused(text):
    with pytest.raises(PolicyError) as caught:
        world([text])
    assert caught.value.file in ("p.yaml", "r.yaml")
