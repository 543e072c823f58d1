"""Small Spark sessions for tests: one stage, one partition, plans run as they are instead of being compiled first."""

import importlib.util
import os
import shutil

import pytest

from minzheng.policy.engines import spark_session

SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
}
INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
"""Hundreds of different plans over a handful of rows: compiling each takes longer than running it."""
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "CODEGEN_ONLY"}
"""As in production, and a plan that does not compile is a failure instead of running slowly."""


def can_run_spark():
    """Wherever Java is found; in CI always, and there a missing Java is a failure."""
    found = shutil.which("java") or os.environ.get("JAVA_HOME")
    return bool(found and importlib.util.find_spec("pyspark")) or os.environ.get("CI") == "true"


@pytest.fixture(scope="session")
def spark():
    """A session that interprets; of its own for the whole run."""
    if not can_run_spark():
        pytest.skip("needs Java 17 and pyspark")
    yield spark_session.session("local[2]", SMALL | INTERPRETED)
    spark_session.stop()


class Compiled:
    """A session whose plans are compiled as in production."""

    def __init__(self, session):
        self.session = session

    def newSession(self):
        own = self.session.newSession()
        for name, value in COMPILED.items():
            own.conf.set(name, value)
        return own


@pytest.fixture
def compiled_spark(spark):
    return Compiled(spark)
