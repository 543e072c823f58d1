"""The engines agree to the fen and to the error on random policies and facts."""

import random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minzheng.policy import assess
from tests.property.formula_maker import DAY, Maker


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_python_and_postgres_agree(postgres_connection, seed):
    """One seed makes a policy, its rates and its subjects: a failure is repeated with the seed it names."""
    maker = Maker(random.Random(seed))
    policy, rates = maker.policy(), maker.rates()
    subjects = maker.subjects(25)
    reference = assess(policy, rates, subjects, DAY)
    found = assess(policy, rates, subjects, DAY, "postgres", postgres_connection)
    for wanted, got in zip(reference, found, strict=True):
        assert got == wanted
