"""The engines agree to the fen and to the error on random policies and facts."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minzheng.policy import assess
from tests.engines.database import connection_for
from tests.engines.spark import can_run_spark
from tests.property.formula_maker import DAY, Maker

BATCH = 10
SEEDS = st.lists(st.integers(0, 2**32), min_size=BATCH, max_size=BATCH, unique=True)
QUICK = settings(max_examples=100 // BATCH, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
LONG = settings(QUICK, max_examples=2000 // BATCH)


@pytest.fixture(scope="module")
def engines(request):
    """Each engine and its connection; Spark wherever Java is, and in CI."""
    names = ["postgres", "duckdb", *(["spark"] if can_run_spark() else [])]
    return {name: connection_for(name, request) for name in names}


@QUICK
@given(seeds=SEEDS)
def test_all_engines_agree(engines, seeds):
    agreed(engines, seeds)


@pytest.mark.slow
@LONG
@given(seeds=SEEDS)
def test_all_engines_agree_for_long(engines, seeds):
    agreed(engines, seeds)


def test_spark_agrees_compiled_as_in_production(compiled_spark):
    agreed({"spark": compiled_spark}, range(3))


def agreed(engines, seeds):
    """Each seed makes a policy, its rates and its subjects. While Python makes one, Spark plans another."""
    with ThreadPoolExecutor(2) as pool:
        on_spark = [pool.submit(agreed_on, "spark", engines["spark"], seed) for seed in seeds if "spark" in engines]
        for engine, connection in engines.items():
            for seed in seeds if engine != "spark" else ():
                agreed_on(engine, connection, seed)
        for found in on_spark:
            found.result()


def agreed_on(engine, connection, seed):
    maker = Maker(random.Random(seed))
    policy, rates = maker.policy(), maker.rates()
    subjects = maker.subjects(25)
    found = assess(policy, rates, subjects, DAY, engine, connection)
    for wanted, got in zip(assess(policy, rates, subjects, DAY), found, strict=True):
        assert got == wanted, f"{engine}, seed {seed}"
