"""The worked examples of docs/algorithms/formula-language.md come out as printed, on every engine."""

from pathlib import Path

import pytest

from minzheng.policy import parse_policy

DOCUMENT = Path(__file__).parents[2] / "docs" / "algorithms" / "formula-language.md"


def _facts(text):
    return dict(pair.split() for pair in text.replace("−", "-").split(",") if pair.strip())


def _examples():
    rows = DOCUMENT.read_text(encoding="utf-8").split("## Worked examples")[1].splitlines()
    for row in (row for row in rows if row.startswith("| `")):
        formula, facts, members, wanted = (cell.strip() for cell in row.strip("|").split("|"))
        family = [_facts(one) for one in members.split(";") if one.strip()]
        yield pytest.param(formula.strip("`"), _facts(facts), family, wanted.replace("−", "-"), id=formula)


@pytest.mark.parametrize(("formula", "facts", "members", "wanted"), list(_examples()))
def test_example(on_engine, formula, facts, members, wanted):
    assert on_engine(formula, facts, members) == wanted


def test_the_policy_it_shows_loads():
    shown = DOCUMENT.read_text(encoding="utf-8").split("```yaml")[1].split("```")[0]
    assert parse_policy(shown, "formula-language.md").programme == "dibao"


def test_there_are_examples():
    assert len(list(_examples())) > 20
