"""A snapshot in PostgreSQL gives what the reference gives, whichever of its rows are sound."""

import random
from collections import defaultdict

import psycopg
import pytest

from minzheng.policy import PolicyError, assess, parse_policy, parse_rates
from minzheng.policy.engines import snapshot
from minzheng.policy.engines.dialects import POSTGRES
from minzheng.policy.engines.postgres import load
from minzheng.policy.engines.relation import columns_of, row_of
from tests.engines.one_step import DAY as ONE_DAY
from tests.engines.one_step import NUMBERS, policy_text, subject
from tests.policy.test_worked_cases import CASES
from tests.property.formula_maker import DAY, Maker

RESULTS = "id bigint primary key, eligible bool not null, unmet text not null, amount bigint, error text"
FAMILY = [{"wage": "100", "grade": "1", "covered": "true"}, {"wage": "50", "covered": "false"}]
JOINED = "group by h.id"
"""What the text of a snapshot holds whose members are joined and grouped in one go."""


@pytest.fixture
def connection(postgres_connection):
    with postgres_connection.transaction(force_rollback=True):
        postgres_connection.execute(f"create temporary table results ({RESULTS})")
        yield postgres_connection


def build(connection, policy, rates, subjects, day):
    """A snapshot of these subjects, numbered in their order."""
    version = policy.version_on(day)
    columns, kinds, overrides = columns_of(version, subjects)
    types = {name: POSTGRES.column_types[kind] for name, kind in columns.items()}
    rows = [(i, one.area, one.residence, *row_of(one.facts, columns)) for i, one in enumerate(subjects)]
    load(connection, "given_h", {"id": "bigint", "area": "text", "residence": "text"} | types, rows)
    types = {name: POSTGRES.column_types[kind] for name, kind in kinds.items()}
    rows = [(i, *row_of(member, kinds)) for i, one in enumerate(subjects) for member in one.members]
    load(connection, "given_m", {"id": "bigint"} | types, rows)
    return snapshot.build(connection, version, rates, day, "given_h", "given_m", overrides=overrides)


def agree(connection, policy, rates, subjects, day):
    """Compare with the reference, household for household; returns the snapshot."""
    with connection.transaction(force_rollback=True):
        found = build(connection, policy, rates, subjects, day)
        assert snapshot.insert(connection, found, "results") == found.rows == len(subjects)
        rows = connection.execute("select * from results order by id").fetchall()
    for wanted, (_, eligible, unmet, amount, error) in zip(assess(policy, rates, subjects, day), rows, strict=True):
        got = (eligible, tuple(unmet.split(";")) if unmet else (), amount, error)
        assert got == (wanted.eligible, wanted.unmet, wanted.amount, wanted.error), wanted.id
    return found


class Simple(Maker):
    """Policies as the shipped ones are: short steps, and no aggregate of what was computed from an aggregate."""

    def expression(self, kind, depth, member, inside=False):
        return super().expression(kind, min(depth, 2), member, inside)

    def policy(self):
        self.add("m1", self.member_steps, member=True)
        self.add("m2", self.member_steps, member=True)
        self.add("s1", self.steps, member=False)
        try:
            return parse_policy(self.text([*self.conditions()], "round(income / 7, yuan)"), "random")
        except PolicyError:
            return parse_policy(self.text([], "floor(income, fen)"), "random")


@pytest.mark.parametrize("maker", [Maker, Simple])
def test_random_policies(connection, maker):
    found = []
    for seed in range(25):
        made = maker(random.Random(seed))
        policy, rates = made.policy(), made.rates()
        found.append(agree(connection, policy, rates, made.subjects(60), DAY))
    assert sum(one.doubtful < one.rows for one in found) == len(found)
    assert sum(one.doubtful > 0 for one in found) > 10
    if maker is Simple:
        assert sum(JOINED in one.select for one in found) > 10


def test_the_households_of_all_worked_cases(connection):
    groups = defaultdict(list)
    for case, policy, rates in (param.values for param in CASES):
        groups[policy.programme, case.on].append((case.subject, policy, rates))
    for (_, day), cases in groups.items():
        subjects = [case[0] for case in cases]
        agree(connection, cases[0][1], cases[0][2], subjects, day)


def one(formula, extra=""):
    return parse_policy(policy_text(formula, extra=extra), "one.yaml"), parse_rates(NUMBERS, "rates.yaml")


def sound(count):
    facts = {"income": "100", "savings": "1", "cars": "1", "share": "1", "owner": "true", "kind": "a"}
    people = [person | {"grade": "1", "birth": "2000-02-29", "part": "1"} for person in FAMILY]
    return [subject(facts | {"since": "2020-01-01"}, people) for _ in range(count)]


def with_one(changed_facts=None, members=None):
    facts = sound(1)[0]
    people = facts.members if members is None else subject(members=members).members
    changed = subject(changed_facts or {}).facts
    given = {name: changed.get(name) for name in changed_facts or {}}
    return type(facts)(facts.id, facts.area, facts.residence, {**facts.facts, **given}, people)


def test_what_is_not_sound_takes_the_query_that_asks(connection):
    policy, rates = one("income + standard + sum(wage) / count(*)")
    whole = [person | {"grade": "1", "birth": "2000-02-29", "part": "1"} for person in FAMILY]
    odd = [
        with_one({"income": ""}),
        with_one({"income": "1000000000000"}),
        with_one(members=[*whole, {}]),
        with_one(members=[whole[0] | {"wage": "100000000000000"}]),
        with_one(members=[whole[0]] * 101),
        with_one(members=[]),
    ]
    nowhere = with_one()
    odd.append(type(nowhere)(nowhere.id, "11", "rural", nowhere.facts, nowhere.members))
    subjects = [*sound(10), with_one(members=[whole[0]] * 100), *odd]
    found = agree(connection, policy, rates, subjects, ONE_DAY)
    assert (found.rows, found.doubtful) == (18, len(odd))
    assert JOINED in found.select
    errors = [result.error for result in assess(policy, rates, subjects, ONE_DAY)]
    assert [bool(error) for error in errors] == [False] * 11 + [True] * len(odd)


def test_a_fact_that_most_households_lack_makes_none_of_them_doubtful(connection):
    policy, rates = one("sum(coalesce(wage, 0)) + coalesce(savings, income)")
    whole = [person | {"grade": "1", "birth": "2000-02-29", "part": "1"} for person in FAMILY]
    lacking = with_one({"savings": ""}, members=[{**whole[0], "wage": ""}, whole[1]])
    found = agree(connection, policy, rates, [*sound(3), *[lacking] * 5], ONE_DAY)
    assert (found.rows, found.doubtful) == (8, 0)


def test_a_fact_that_nobody_has_costs_nothing(connection):
    """It is worked into the rules before the query is written; somebody who has it is counted with it."""
    policy, rates = one("coalesce(savings, income)")
    whole = [person | {"grade": "1", "birth": "2000-02-29", "part": "1"} for person in FAMILY]
    nobody = agree(connection, policy, rates, [with_one({"savings": ""}, members=whole)] * 5, ONE_DAY)
    assert "savings" not in nobody.select
    somebody = agree(connection, policy, rates, [with_one({"savings": ""}, members=whole), *sound(1)], ONE_DAY)
    assert "savings" in somebody.select


def test_aggregates_of_aggregates_leave_the_members_of_others_alone(connection):
    """What is out of bounds may be too large to compute with: it must not stop the sound rows' query."""
    extra = '      y: "max(wage * 10000000)"'
    policy, rates = one("sum(wage * if(wage < y, 2, 1))", extra)
    odd = with_one(members=[{"wage": "900000000000000", "grade": "1", "covered": "true", "part": "1"}])
    found = agree(connection, policy, rates, [*sound(5), odd], ONE_DAY)
    assert found.doubtful == 1


def test_all_rows_or_none(connection):
    policy, rates = one("income")
    found = build(connection, policy, rates, sound(5), ONE_DAY)
    connection.execute("insert into results values (3, true, '', 77, null)")
    with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
        snapshot.insert(connection, found, "results")
    assert connection.execute("select id, amount from results").fetchall() == [(3, 77)]
    connection.execute("delete from results")
    with connection.transaction(force_rollback=True):
        assert snapshot.insert(connection, found, "pg_temp.results") == 5
    assert connection.execute("select count(*) from results").fetchone() == (0,)


def test_planning_is_as_it_was_afterwards(connection):
    policy, rates = one("income + sum(wage)")
    found = build(connection, policy, rates, sound(2), ONE_DAY)
    connection.execute("set local enable_sort = on")
    snapshot.insert(connection, found, "results")
    for name in snapshot.PLAN:
        assert connection.execute(f"show {name}").fetchone() == ("on",)


def test_no_households_at_all(connection):
    policy, rates = one("income + standard")
    assert agree(connection, policy, rates, [], ONE_DAY).rows == 0
