"""Small Spark sessions for tests: one stage, one partition, plans run as they are instead of being compiled first."""

import os
import shutil

import pytest

from minzheng.policy.engines import spark_session

SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.memory": "1g",
}
INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
"""Hundreds of different plans over a handful of rows: compiling each takes longer than running it."""
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "CODEGEN_ONLY"}
"""As in production, and a plan that does not compile is a failure instead of running slowly."""


def need_java():
    """Skip where Spark cannot run; in CI it has to."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to run Spark's tests: install Java 17")
        pytest.skip("needs Java 17")
    if os.environ.get("CI") != "true":
        pytest.importorskip("pyspark")


@pytest.fixture(scope="session")
def spark():
    """A session that interprets; of its own for the whole run."""
    need_java()
    yield spark_session.session("local[2]", SMALL | INTERPRETED)
    spark_session.stop()


@pytest.fixture
def compiled_spark(spark):
    """The same session with the settings of production."""
    own = spark.newSession()
    for name, value in COMPILED.items():
        own.conf.set(name, value)
    return own
