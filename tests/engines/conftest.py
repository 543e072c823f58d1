import pytest

from minzheng.policy.assessment import ENGINES
from tests.engines.at_once import answers, asked
from tests.engines.database import connection_for, postgres_connection  # noqa: F401
from tests.engines.one_step import value
from tests.engines.spark import compiled_spark, spark  # noqa: F401


@pytest.fixture(params=ENGINES)
def on_engine(request):
    """Answers what a formula gives for a household, on each engine."""
    if request.param == "spark":
        return request.getfixturevalue("on_spark")
    connection = connection_for(request.param, request)
    return lambda formula, facts=None, members=(): value(formula, facts, members, request.param, connection)


@pytest.fixture(scope="module")
def on_spark(request, spark):  # noqa: F811
    return answers(asked(request), spark)
