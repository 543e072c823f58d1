"""A snapshot in PostgreSQL gives what the reference gives, whatever of its rows is sound."""

import random

import pytest

from minzheng.policy import assess
from minzheng.policy.engines import snapshot
from minzheng.policy.engines.dialects import POSTGRES
from minzheng.policy.engines.postgres import load
from minzheng.policy.engines.relation import columns_of, row_of
from tests.property.formula_maker import DAY, Maker

RESULTS = "id bigint primary key, eligible bool not null, unmet text not null, amount bigint, error text"


def built(connection, policy, rates, subjects, day):
    """A snapshot of these subjects, numbered; and an empty table `results`."""
    version = policy.version_on(day)
    columns, kinds, overrides = columns_of(version, subjects)
    place = {"id": "bigint", "area": "text", "residence": "text"}
    rows = [(i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects)]
    load(connection, "given_h", place | {n: POSTGRES.column_types[k] for n, k in columns.items()}, rows)
    members = [(i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
    load(connection, "given_m", {"id": "bigint"} | {n: POSTGRES.column_types[k] for n, k in kinds.items()}, members)
    connection.execute(f"create temporary table results ({RESULTS})")
    return snapshot.build(connection, version, rates, day, "given_h", "given_m", overrides=overrides)


def agree(connection, policy, rates, subjects, day):
    """Compare with the reference, row for row; returns the snapshot."""
    with connection.transaction(force_rollback=True):
        found = built(connection, policy, rates, subjects, day)
        assert snapshot.insert(connection, found, "results") == len(subjects)
        rows = connection.execute("select * from results order by id").fetchall()
    for wanted, (_, eligible, unmet, amount, error) in zip(assess(policy, rates, subjects, day), rows, strict=True):
        got = (eligible, tuple(unmet.split(";")) if unmet else (), amount, error)
        assert got == (wanted.eligible, wanted.unmet, wanted.amount, wanted.error), wanted.id
    return found


@pytest.mark.parametrize("seed", range(40))
def test_random_policies(postgres_connection, seed):
    maker = Maker(random.Random(seed))
    policy, rates = maker.policy(), maker.rates()
    agree(postgres_connection, policy, rates, maker.subjects(60), DAY)
