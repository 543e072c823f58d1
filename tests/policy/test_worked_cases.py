"""Every worked case under policies/ and of the fixture, on every engine."""

from pathlib import Path

import pytest

from minzheng.policy import Rates, load_overlay, load_policy, load_rates
from minzheng.policy.assessment import ENGINES
from minzheng.policy.cases import check_case, load_cases
from tests.engines.database import connection_for

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
FIXTURE = Path(__file__).parent / "files"
OVERLAY = ROOT / "minzheng" / "demo" / "rates.yaml"


def _programmes():
    for base in (POLICIES, FIXTURE):
        for path in sorted(base.glob("*/policy.yaml")):
            yield path.parent, load_policy(path, base / "facts.yaml")


def _rates(directory, policy):
    path = directory / "rates.yaml"
    rates = load_rates(path) if path.exists() else Rates()
    overlay = load_overlay(OVERLAY) if OVERLAY.exists() and directory.parent == POLICIES else {}
    return rates.merge(overlay.get(policy.programme, Rates()))


CASES = [
    pytest.param(case, policy, _rates(directory, policy), id=f"{policy.programme}-{case}")
    for directory, policy in _programmes()
    for case in load_cases(directory, policy)
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("case", "policy", "rates"), CASES)
def test_worked_case(case, policy, rates, engine, request):
    assert check_case(case, policy, rates, engine, connection_for(engine, request)) == []


def test_the_fixture_has_cases():
    assert sum(1 for param in CASES if "dibao" in str(param.id)) >= 9
