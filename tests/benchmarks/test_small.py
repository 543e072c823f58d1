"""The benchmark on a few households: what it compares is the same, and what it reports is there. No time is judged."""

from decimal import Decimal

import duckdb
import pytest

from benchmarks import households, parts, policy, rates
from benchmarks.one import OPENFISCA
from benchmarks.openfisca_dibao import CONDITIONS
from benchmarks.parts import Bench, Sizes
from minzheng.policy import load_rates

SIZE = 2_000
INCOME = [(Decimal("45200626.55"), 81, 1111)]
AGES = [(188886, 1148, 3602)]
SIZES = Sizes(sides=SIZE, scale=(1_000, SIZE), missing=SIZE, postgres=SIZE, engines=SIZE)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("bench"), SIZES, repeats=1)


def rows(sql):
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def test_households_are_the_same_wherever_they_are_made(tmp_path):
    first, again = (households.make(tmp_path / name, SIZE) for name in ("a", "b"))
    for one, other in ((first.facts, again.facts), (first.members, again.members)):
        assert rows(f"select * from '{one}'") == rows(f"select * from '{other}'")
    ((people, least, most),) = rows(
        f"select sum(n), min(n), max(n) from (select count(*) as n from '{first.members}' group by id)"
    )
    assert (people, least, most) == (2 * SIZE, 1, 5)
    # These sums pin the numbers themselves: results of different days can be compared.
    assert rows(f"select sum(annual_income), sum(cars), sum(houses) from '{first.facts}'") == INCOME
    assert (
        rows(f"select sum(age), sum(disability_grade), count(*) filter (where covered) from '{first.members}'") == AGES
    )


def test_one_in_a_hundred_is_missing_where_wanted(tmp_path):
    made = households.make(tmp_path, 10_000, missing=1)
    ((assets, ages, cover),) = rows(
        f"select (select count(*) from '{made.facts}' where financial_assets is null),"
        f" count(*) filter (where age is null), count(*) filter (where covered is null) from '{made.members}'"
    )
    assert 60 < assets < 140
    assert 140 < ages < 260
    assert 140 < cover < 260


def test_rates_reach_every_county(tmp_path):
    found = load_rates(rates.write(tmp_path / "rates.yaml"))
    places = {(one.area, one.residence) for one in found.entries.values() if one.rate == "standard"}
    assert places == {(code, residence) for code in households.counties() for residence in ("urban", "rural")}


def test_openfisca_has_the_same_rules(bench):
    """Its amounts differ by what floats do to a rounding, a yuan a member at the most; never its reasons."""
    bench.runs(["duckdb", "python", *OPENFISCA], bench.population(SIZE))
    assert bench.must_agree("python", "duckdb") == SIZE
    unmet = rows(f"select unnest(string_split(unmet, ';')) as name, count(*) from {bench.written('duckdb')} group by 1")
    assert {name for name, _ in unmet} == {"", *CONDITIONS}
    for engine in OPENFISCA:
        error = bench.error_of(engine)
        assert error["rows"] == SIZE
        assert error["verdicts"] == 0
        assert error["worst"] <= 5
        assert error["differ"] <= SIZE / 100


def test_a_difference_of_one_fen_fails(bench):
    bench.runs(["duckdb"], bench.population(SIZE))
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (amount + case when id = 7 then 0.01 else 0 end as amount)"
            f" from {bench.written('duckdb')}) to '{bench.out('spoilt')}' (format parquet)"
        )
    with pytest.raises(AssertionError, match="1999 are the same"):
        bench.must_agree("spoilt", "duckdb")


def test_an_empty_file_is_not_the_same(bench):
    bench.runs(["duckdb"], bench.population(SIZE))
    with duckdb.connect() as connection:
        for name in ("none", "nothing"):
            connection.execute(
                f"copy (select * from {bench.written('duckdb')} where false) to '{bench.out(name)}' (format parquet)"
            )
    with pytest.raises(AssertionError):
        bench.must_agree("none", "nothing")


def test_postgres_gives_the_same(bench):
    assert any("against plain" in line for line in parts.postgres(bench))


def test_the_report_is_written_into_its_place(tmp_path, monkeypatch):
    report = tmp_path / "report.md"
    report.write_text("# By hand\n", encoding="utf-8")
    monkeypatch.setattr(policy, "SMALL", SIZES)
    command = [
        "--small",
        "--only",
        "missing,scale",
        "--repeats",
        "1",
        "--folder",
        str(tmp_path),
        "--report",
        str(report),
    ]
    policy.main(command)
    policy.main(command)
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# By hand\n")
    assert text.count("<!-- bench-policy:missing:start -->") == 1
    assert text.count("### Growth") == 1
    assert "Measured on" in text
    assert str(tmp_path) not in text


def test_an_unknown_part_is_named(capsys):
    with pytest.raises(SystemExit):
        policy.main(["--only", "speed"])
    assert "no part speed" in capsys.readouterr().err
