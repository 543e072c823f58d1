"""The engine for a cluster: one Spark plan for as many subjects as there are.

How planning stays fast (measured with Spark 4.3 on random policies of up to 40 layers): every layer is a view of its
own, because one statement with all of them is resolved anew for each layer (1.0 s instead of 0.45 s), and common tables
inside views are twenty times slower still; members are aggregated by windows, because groups that are joined back read
the households five times (3 s). Fewer and longer layers, as for PostgreSQL, take twice as long. And nothing may nest
deeply: Spark asks a `coalesce` or `case` for its type by asking what is in it more than once, at every depth (30 deep:
80 s; see `UNWANTED`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from minzheng.policy.engines.dialects import SPARK
from minzheng.policy.engines.lookup import PLACES
from minzheng.policy.engines.relation import Query, columns_of, query, result_of, row_of
from minzheng.policy.engines.spark_session import session
from minzheng.policy.model import Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

HOUSEHOLDS, MEMBERS = "mz_households", "mz_members"
PLACE = {"area": "string", "residence": "string"}
FEW = 10_000
"""Fewer rows are computed in one piece: bringing together what belongs together then costs no exchange."""


UNWANTED = "org.apache.spark.sql.catalyst.optimizer.CollapseProject"
"""The rule that writes columns used once into one another: a chain of 28 steps then takes 90 s, without it 1 s."""


SETTINGS = {
    "spark.sql.optimizer.excludedRules": UNWANTED,
    "spark.sql.ansi.enabled": "true",
    # Names differ by case, as everywhere else; a `${name}` in a policy is a text like any other.
    "spark.sql.caseSensitive": "true",
    "spark.sql.variable.substitute": "false",
    # What the parser remembers of every statement is given back: by the two-thousandth policy it filled a gigabyte.
    "spark.sql.parser.manageParserCaches": "true",
    "spark.sql.parser.parserDfaCacheFlushThreshold": "20000",
}


class Private:
    """A session for one query: its own views and settings, in the Spark of the caller or of this process.

    Its views are forgotten at the end: Spark holds on to sessions and their plans, and slows down to half by the
    hundredth.
    """

    def __init__(self, spark: "SparkSession | None" = None) -> None:
        self.session = (spark or session()).newSession()
        for name, value in SETTINGS.items():
            self.session.conf.set(name, value)
        self._views: list[str] = []

    def __enter__(self) -> "Private":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._views:
            self.session.catalog.dropTempView(name)

    def sql(self, text: str) -> "DataFrame":
        return self.session.sql(text)

    def view(self, name: str, frame: "DataFrame") -> None:
        frame.createOrReplaceTempView(name)
        self._views.append(name)


def assess(
    version: Version,
    rates: Rates,
    subjects: Sequence[Subject],
    on: dt.date,
    spark: "SparkSession | None" = None,
) -> list[Result]:
    """One result for each subject, in their order. spark: a session of the caller's; default: this machine's."""
    with Private(spark) as own:
        columns, kinds, overrides = columns_of(version, subjects)
        rows = [(i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects)]
        types = {name: SPARK.column_types[kind] for name, kind in columns.items()}
        load(own, HOUSEHOLDS, {"id": "bigint"} | PLACE | types, rows)
        members = [(i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
        load(own, MEMBERS, {"id": "bigint"} | {name: SPARK.column_types[kind] for name, kind in kinds.items()}, members)
        wanted = query(version, rates, on, SPARK, HOUSEHOLDS, MEMBERS, overrides=overrides, steps=True)
        found = {row[0]: row.asDict() for row in planned(own, wanted).collect()}
    return [result_of(version, subject, found[i]) for i, subject in enumerate(subjects)]


def planned(own: Private, wanted: Query) -> "DataFrame":
    """The result of a query over the session's views `HOUSEHOLDS` and `MEMBERS`."""
    if wanted.zones is not None:
        types = {name: SPARK.place_types[kind] for name, kind in wanted.numbers.columns().items()}
        zones = [(row[0], row[1]) for row in own.sql(wanted.zones).collect()]
        load(own, PLACES, PLACE | types, wanted.numbers.places(zones))
    for name, text in wanted.tables:
        own.view(name, own.sql(text))
    return own.sql(wanted.last)


def load(own: Private, view: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
    """A view of these rows. They travel with the plan: workers need no file of this machine."""
    schema = ", ".join(f"{SPARK.name_of(name)} {kind}" for name, kind in types.items())
    frame = own.session.createDataFrame(rows, schema, verifySchema=False)
    if len(rows) < FEW:
        frame = frame.coalesce(1)
    own.view(view, frame)
