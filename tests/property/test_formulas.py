"""The engines agree to the fen and to the error on random policies and facts."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from hypothesis import Phase, example, given, settings
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
@example(seeds=[36226])  # divides by the greatest of nobody, which would be 1 of anybody
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
    """Each seed makes a policy, its rates and its subjects; while the others compute it, Spark plans two of them."""
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for seed in seeds:
            maker = Maker(random.Random(seed))
            world = maker.policy(), maker.rates(), maker.subjects(25), DAY
            reference = assess(*world)
            for engine, connection in engines.items():
                check = partial(same, seed, world, reference, engine, connection)
                waiting.append(pool.submit(check)) if engine == "spark" else check()
        for found in waiting:
            found.result()


def same(seed, world, reference, engine, connection):
    for wanted, got in zip(reference, assess(*world, engine, connection), strict=True):
        assert got == wanted, f"{engine}, seed {seed}"
