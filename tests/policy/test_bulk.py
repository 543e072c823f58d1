"""Parquet in, Parquet out: what DuckDB does for files of any size is what the reference does row by row."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from minzheng.policy import PolicyError, Rates, load_policy, load_rates
from minzheng.policy.batch import assess_files
from minzheng.policy.engines import bulk
from minzheng.policy.files import read_subject
from tests.engines.database import connection_for

DAY = dt.date(2024, 5, 1)
SELECT = {
    "facts": "select range as id, '9901' || lpad((range % 90)::varchar, 2, '0') as area,"
    " if(range % 3 = 0, 'urban', 'rural') as residence, (range * 7919 % 900000 / 100)::decimal(12,2) as annual_income,"
    " (range % 7 // 6)::integer as cars from range(1, 1001)",
    "members": "select range // 2 + 1 as id, (range * 31 % 99)::integer as age, range % 5 > 0 as covered"
    " from range(0, 1990)",
}
GROUP = 2048
"""The least rows of a row group that DuckDB writes."""
MANY = {
    "facts": SELECT["facts"].replace("range(1, 1001)", f"range(1, {5 * GROUP + 1})"),
    "members": SELECT["members"].replace("range(0, 1990)", f"range(0, {10 * GROUP})"),
}
"""Five row groups of households, all with two members; a stretch each where BATCH is GROUP."""
THIRD = [f"id >= {2 * GROUP + 1} and id < {3 * GROUP + 1}"]
POLICY = """
programme: p
name: p
unit: household
versions:
  - from: 2021-07-01
    facts: {annual_income: money, cars: int}
    member_facts: {age: int, covered: bool}
    rates: {standard: money, old_from: int, elderly: rate}
    member_steps:
      supplement: "if(covered and age >= old_from, round(standard * elderly, yuan), 0)"
    steps:
      month_income: annual_income / 12
      oldest: max(age)
      share: month_income / standard
      needy: month_income < standard
    conditions:
      low_income: month_income / count(*) < standard and needy
      no_car: cars = 0
      young: oldest < 200 and share < 100
    amount: ceil(max(standard * count(*) - month_income, 0) + sum(supplement), yuan)
"""
RATES = """
standard:
  - {area: '99', residence: rural, from: 2024-01-01, value: 560.00}
  - {area: '99', residence: urban, from: 2024-01-01, value: 700}
  - {area: '990117', from: 2024-01-01, value: 600}
old_from: [{from: 2024-01-01, value: 70}]
elderly: [{from: 2024-01-01, value: 0.1}]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "rates.yaml").write_text(RATES, encoding="utf-8")
    for name, select in SELECT.items():
        write(tmp_path, name, select)
    return tmp_path


@pytest.fixture
def engine(request):
    """The name of an engine that can run here."""
    connection_for(request.param, request)
    return request.param


def write(folder, name, select, more=""):
    duckdb.execute(f"copy ({select}) to '{folder / name}.parquet' (format parquet {more})")


def run(folder, engine="duckdb", out="out.parquet", rates=True, members="members.parquet", read=None, **more):
    policy = load_policy(folder / "policy.yaml")
    numbers = load_rates(folder / "rates.yaml") if rates else Rates()
    files = folder / "facts.parquet", folder / members if members else None, folder / out
    tally = assess_files(policy, numbers, DAY, *files, engine=engine, steps=True, **more)
    return tally, rows(folder / (read or out))


def rows(path):
    return duckdb.execute(f"select * replace (id::bigint as id) from '{path}' order by all").fetchall()


@pytest.mark.parametrize("out", ["out.parquet", "out.csv"])
@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
def test_the_file_is_what_the_reference_gives(folder, engine, out):
    found = run(folder, engine, out)
    ids = duckdb.execute(f"select id from '{folder / out}'").fetchall()
    assert ids == sorted(ids)
    assert not list(folder.glob(".out*"))
    assert found == run(folder, "python", out)


@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
def test_without_a_file_of_members_nobody_has_any(folder, engine):
    found = run(folder, engine, members=None)
    assert found == run(folder, "python", members=None)
    assert {row[4] for row in found[1]} == {"division:low_income:divisor"}


@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
def test_blanks_around_an_id_an_area_or_a_residence_do_not_count(folder, engine):
    blank = "select * replace (' ' || id as id, area || ' ' as area, ' ' || residence || ' ' as residence)"
    usual = run(folder, engine)
    write(folder, "facts", f"{blank} from ({SELECT['facts']})")
    assert run(folder, engine) == usual == run(folder, "python")
    write(folder, "facts", f"{blank} from ({SELECT['facts']}) union all select '7', '9901', '', 1, 0")
    with pytest.raises(PolicyError) as refused:
        run(folder, engine)
    assert refused.value.code == "policy.id_twice"


@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
def test_what_is_missing_or_beyond_bounds_is_its_is_its_households_error(folder, engine):
    facts = SELECT["facts"].replace("(range % 7 // 6)::integer", "if(range = 5, null, if(range = 6, 10000000, 0))")
    write(folder, "facts", facts)
    family = " union all select 700, 3, true from range(99) union all select 701, null, true"
    write(folder, "members", f"select * from ({SELECT['members']}{family}) order by id")
    tally, found = run(folder, engine)
    assert (tally, found) == run(folder, "python")
    errors = {row[0]: row[4] for row in found if row[4]}
    assert errors[5] == "missing:no_car:cars"
    assert errors[6] == "bounds:no_car:cars"
    assert errors[700].startswith("bounds:")
    assert errors[701].startswith("missing:")
    assert errors[999] == "division:low_income:divisor"
    assert tally.failed == len(errors)


@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
@pytest.mark.parametrize("formula", ["{} + cars", "if(cars > 3, {} - cars, {} + 1)", "coalesce({}, cars)"])
def test_a_long_chain_of_steps_is_planned_at_once(folder, engine, formula):
    """Each is used once: an optimizer that writes them into one another would never come to an end."""
    chain = [f"      s{number}: {formula.replace('{}', f's{number - 1}')}" for number in range(1, 45)]
    facts = [
        "    facts: {annual_income: money, cars: {type: int, min: 0, max: 9}}",
        "    steps:",
        "      s0: cars",
        *chain,
    ]
    head = POLICY.split("    facts:")[0]
    text = "\n".join([head.rstrip(), *facts, "    conditions: {c: s44 > -99}", "    amount: '0'"])
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    policy = load_policy(folder / "policy.yaml")
    files = folder / "facts.parquet", None, folder / "out.parquet"
    assert assess_files(policy, Rates(), DAY, *files, engine=engine).eligible == 1000


def test_without_any_rate_everybody_is_in_error(folder):
    tally, found = run(folder, rates=False)
    assert tally.failed == 1000
    assert (tally, found) == run(folder, "python", rates=False)


MONEY = [
    ("'5000.5'", 500050), ("5000.5::double", 500050), ("5000::bigint", 500000), ("5000.50::decimal(38,4)", 500050),
    ("' 7 '", 700), ("''", None), ("0.1::double", 10), ("5000.5::decimal(38,2)", 500050),
    ("-5000.5::decimal(38,18)", -500050), ("12.34::decimal(4,2)", 1234),
    ("null::decimal(38,3)", None), ("7::tinyint", 700), ("7::smallint", 700),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fen"), MONEY)
@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_money_in_any_column(folder, engine, text, fen):
    write(folder, "facts", f"select 1 as id, '99' as area, 'rural' as residence, {text} as annual_income, 0 as cars")
    write(folder, "members", "select 1 as id, 30 as age, true as covered")
    found = run(folder, engine)[1][0]
    if fen is None:
        assert found[4] == "missing:month_income:annual_income"
    else:
        assert found[5] == (Decimal(fen) / 1200).quantize(Decimal("0.000001"))


BEYOND = [
    "1e35::decimal(38,2)", "-1e33::decimal(38,4)", "9e37::decimal(38,0)", "9223372036854775807::bigint",
    "999999999999999.99::decimal(17,2)", "'999999999999999'", "12345678901234567::decimal(38,20)",
]  # fmt: skip


@pytest.mark.parametrize("text", BEYOND)
@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_money_beyond_all_bounds_is_its_households_error(folder, engine, text):
    write(folder, "facts", f"select 1 as id, '99' as area, 'rural' as residence, {text} as annual_income, 0 as cars")
    write(folder, "members", "select 1 as id, 30 as age, true as covered")
    assert run(folder, engine)[1][0][4] == "bounds:month_income:annual_income"


UNREADABLE = [
    "0.1::float", "'12,5'", "1.005::decimal(10,3)", "'nan'::double", "1e300", "'１２'", "'1e5'", "'5元'", "'1.005'",
    "1.005::decimal(38,3)", "'infinity'::double",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_a_cell_that_is_no_amount_is_refused_by_name(folder, engine, text):
    write(folder, "facts", f"select 17 as id, '99' as area, 'rural' as residence, {text} as annual_income, 0 as cars")
    with pytest.raises(PolicyError, match="17 annual_income") as refused:
        run(folder, engine)
    assert refused.value.code == "policy.cell"
    assert not (folder / "out.parquet").exists()
    assert not list(folder.glob(".out*"))


REFUSED = [
    ("facts", "select 1 as id, 9901 as area", "missing_key"),
    ("facts", SELECT["facts"] + " union all select 5, '99', 'rural', 0, 0", "id_twice"),
    ("facts", SELECT["facts"] + " union all select null, '99', 'rural', 0, 0", "id_twice"),
    ("facts", SELECT["facts"].replace("'urban'", "'town'"), "cell"),
    ("facts", SELECT["facts"].replace("(range % 7 // 6)::integer", "[1]"), "column_type"),
    ("members", SELECT["members"] + " union all select 5000, 3, true", "stranger"),
    ("members", SELECT["members"] + " union all select null, 3, true", "stranger"),
]


@pytest.mark.parametrize(("name", "select", "code"), REFUSED)
@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_files_that_are_refused(folder, engine, name, select, code):
    write(folder, name, select)
    with pytest.raises(PolicyError) as refused:
        run(folder, engine)
    assert refused.value.code == f"policy.{code}"


@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_a_file_that_is_not_parquet_and_a_folder_that_is_not_there(folder, engine):
    with pytest.raises(PolicyError, match="no folder"):
        run(folder, engine, out="nowhere/out.parquet")
    (folder / "facts.parquet").write_bytes(b"id,area\n")
    with pytest.raises(PolicyError, match="not a Parquet file"):
        run(folder, engine)


@pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
def test_names_reach_sql_only_quoted(tmp_path, engine):
    """Folders and columns with quotes: read as what they are."""
    folder = tmp_path / 'it\'s; "drop" [1] {a,b} 100% #1 ${x}'
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "rates.yaml").write_text(RATES, encoding="utf-8")
    for name, select in SELECT.items():
        extra = ', 1 as "\'; drop table x; --"' if name == "facts" else ""
        path = str(folder / f"{name}.parquet").replace("'", "''")
        duckdb.execute(f"copy (select *{extra} from ({select})) to '{path}' (format parquet)")
    policy = load_policy(folder / "policy.yaml")
    numbers = load_rates(folder / "rates.yaml")
    files = folder / "facts.parquet", folder / "members.parquet", folder / "out.parquet"
    assert assess_files(policy, numbers, DAY, *files, engine=engine).unread == ["'; drop table x; --"]


def test_one_household_of_a_parquet_file_is_found_whatever_the_others_hold(folder):
    facts = SELECT["facts"].replace("'urban'", "if(range = 5, 'town', 'urban')")
    write(folder, "facts", f"select *, '张三' as name from ({facts})")
    version = load_policy(folder / "policy.yaml").versions[0]
    found = read_subject(folder / "facts.parquet", folder / "members.parquet", version, "7")
    assert (found.id, found.area, found.facts["cars"], found.facts["name"]) == ("7", "990107", 0, "张三")
    assert len(found.members) == 2
    with pytest.raises(PolicyError) as refused:
        read_subject(folder / "facts.parquet", None, version, "1007")
    assert refused.value.code == "policy.unknown_id"


def test_places_that_entries_name_or_leave_out(folder):
    """By province every place is named, so nothing has to be looked for; a county of its own leaves the others out."""
    by_province = RATES.replace("  - {area: '990117', from: 2024-01-01, value: 600}\n", "")
    elsewhere = by_province.replace("area: '99'", "area: '98'")
    for rates in (by_province, elsewhere, RATES):
        (folder / "rates.yaml").write_text(rates, encoding="utf-8")
        assert run(folder, "duckdb") == run(folder, "python")


def test_a_promise_that_a_file_does_not_keep_is_found_out(folder):
    """Codes have no bounds in a file's statistics: the query itself looks, and the stretch is computed in full."""
    policy = POLICY.replace("cars: int}", "cars: int, kind: {type: code, values: [a, b]}}")
    (folder / "policy.yaml").write_text(policy.replace("no_car: cars = 0", "no_car: cars = 0 and kind = 'a'"), "utf-8")
    write(folder, "facts", f"select *, if(id = 400, 'c', 'a') as kind from ({SELECT['facts']})")
    tally, found = run(folder, "duckdb")
    assert (tally, found) == run(folder, "python")
    assert [row[0] for row in found if row[4] == "bounds:no_car:kind"] == [400]


@pytest.fixture
def in_full(folder, monkeypatch):
    """Five stretches by several threads; which of them had to be computed in full."""
    (folder / "rates.yaml").write_text(RATES.replace("area: '990117'", "area: '98'"), encoding="utf-8")
    monkeypatch.setattr(bulk, "BATCH", GROUP)
    for name, select in MANY.items():
        write(folder, name, select, f", row_group_size {GROUP}")
    tests = []
    real = bulk._Work._full

    def full(self, own, test):
        tests.append(test)
        return real(self, own, test)

    monkeypatch.setattr(bulk._Work, "_full", full)
    return tests


def change_members(folder, select):
    write(folder, "changed", f"{select} order by id", f", row_group_size {GROUP}")
    return "changed.parquet"


@pytest.mark.parametrize("engine", ["python", "duckdb", "spark"], indirect=True)
def test_into_a_folder(folder, engine):
    """Its files, in the order of their names, are the one file in parts; a folder that holds anything is left alone."""
    results = folder / "results"
    results.mkdir()
    tally, found = run(folder, engine)
    assert run(folder, engine, out="results", read="results/*.parquet") == (tally, found)
    names = [one.name for one in results.iterdir()]
    assert names == ["part-00000.parquet"]
    with pytest.raises(PolicyError) as refused:
        run(folder, engine, out="results")
    assert refused.value.code == "policy.folder_in_use"


def test_a_folder_stays_empty_where_files_are_refused(folder):
    (folder / "results").mkdir()
    write(folder, "facts", f"select * replace ('x' as annual_income) from ({SELECT['facts']})")
    with pytest.raises(PolicyError):
        run(folder, out="results")
    assert not list((folder / "results").iterdir())


def test_a_folder_holds_a_file_for_each_stretch(folder, in_full):
    results = folder / "results"
    results.mkdir()
    assert run(folder, out="results", read="results/*.parquet") == run(folder)
    lengths = [duckdb.execute(f"select count(*) from '{one}'").fetchone()[0] for one in sorted(results.iterdir())]
    assert lengths == [GROUP] * 5


def test_in_stretches_as_in_one(folder, in_full, monkeypatch):
    """Computed in parts by several threads, and put together in order."""
    found = run(folder)
    ids = duckdb.execute(f"select id from '{folder}/out.parquet'").fetchall()
    assert ids == sorted(ids)
    assert not in_full
    monkeypatch.setattr(bulk, "BATCH", 100 * GROUP)
    assert run(folder, out="one.parquet") == found == run(folder, "python", "reference.parquet")


@pytest.mark.parametrize(
    "family",
    [
        "if(id = 5000, 5001, id)",  # a household without anybody
        "if(id between 5000 and 5060, 5060, id)",  # one with a hundred and twenty
    ],
)
def test_only_a_stretch_that_does_not_keep_its_promises_is_computed_in_full(folder, in_full, family):
    members = change_members(folder, f"select {family} as id, age, covered from '{folder}/members.parquet'")
    assert run(folder, members=members) == run(folder, "python", members=members)
    assert in_full == THIRD


def test_a_place_without_a_residence_is_computed_in_full(folder, in_full):
    """Its standard depends on the residence: it has none, and no other household need be asked for it."""
    facts = MANY["facts"].replace("'rural')", "if(range = 5000, '', 'rural'))")
    write(folder, "facts", facts, f", row_group_size {GROUP}")
    found = run(folder)
    assert found == run(folder, "python")
    assert [row[4] for row in found[1] if row[4]] == ["no_rate:low_income:standard"]
    assert in_full == THIRD


@pytest.mark.parametrize(
    ("there", "stranger"), [("true", 0), ("id <> 5000", 5000), ("id <> 4999", 5 * GROUP + 1), ("true", 5 * GROUP + 1)]
)
def test_a_member_of_nobody_is_found_in_any_stretch(folder, in_full, there, stranger):
    """Before the first household, in a gap between two, after the last."""
    write(folder, "facts", f"from ({MANY['facts']}) where {there}", f", row_group_size {GROUP}")
    others = f"from '{folder}/members.parquet' where {there}"
    members = change_members(folder, f"from ({others} union all select {stranger}, 30, true)")
    with pytest.raises(PolicyError) as refused:
        run(folder, members=members)
    assert refused.value.code == "policy.stranger"
    assert f" {stranger}" in str(refused.value)


def test_an_id_that_stands_twice_is_found_in_a_stretch(folder, in_full):
    twice = f"select * replace (if(id = 5001, 5000, id) as id) from ({MANY['facts']})"
    write(folder, "facts", twice, f", row_group_size {GROUP}")
    with pytest.raises(PolicyError) as refused:
        run(folder)
    assert refused.value.code == "policy.id_twice"
    assert "5000" in str(refused.value)
