"""What a query leaves in Spark: nothing."""

from tests.engines.one_step import value


class Watched:
    """A Spark whose sessions are kept for a look afterwards."""

    def __init__(self, spark):
        self.spark, self.sessions = spark, []

    def newSession(self):
        self.sessions.append(self.spark.newSession())
        return self.sessions[-1]


def test_a_query_forgets_its_views(spark):
    watched = Watched(spark)
    assert value("standard + sum(wage)", members=[{"wage": "1"}], engine="spark", connection=watched) == "561.00"
    assert [one.catalog.listTables() for one in watched.sessions] == [[]]
    assert spark.catalog.listTables() == []
