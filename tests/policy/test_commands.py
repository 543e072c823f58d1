"""`minzheng assess` and `minzheng policy check` on files."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from minzheng.policy.commands import assess, policy_group

POLICY = """
programme: p
name: p
unit: household
versions:
  - from: 2021-07-01
    basis: [{title: 办法}]
    facts: {annual_income: money, cars: int}
    member_facts: {age: int, covered: bool}
    rates: {standard: money, old_from: int, elderly: rate}
    member_steps:
      supplement: {formula: "if(covered and age >= old_from, round(standard * elderly, yuan), 0)", label: x}
    steps:
      month_income: {formula: annual_income / 12, label: x}
      members: {formula: count(*), label: x}
    conditions:
      low_income: {formula: month_income / members < standard, label: x, otherwise: x}
      no_car: {formula: cars = 0, label: x, otherwise: x}
    amount: ceil(max(standard * members - month_income, 0) + sum(supplement), yuan)
    timing: {starts: month_after_decision, month_of_ending_event: paid, pay_cycle: month, arrears_months: 12}
"""
RATES = """
standard: [{area: '99', residence: rural, from: 2024-01-01, value: 560.00, source: {title: x}}]
old_from: [{from: 2024-01-01, value: 70, source: {title: x}}]
elderly: [{from: 2024-01-01, value: 0.1}]
"""
FACTS = """id,area,residence,annual_income,cars,standard
甲1,990101,rural,5000,0,
乙2,990101,rural,,0,
丙3,990101,urban,100,0,800.5
丁4,990101,rural,90000,1,
"""
MEMBERS = "id,age,covered\n甲1,75,true\n甲1,30,false\n乙2,4,true\n丙3,5,true\n丁4,3,true\n"


@pytest.fixture
def files(tmp_path):
    for name, text in (("policy.yaml", POLICY), ("rates.yaml", RATES), ("f.csv", FACTS), ("m.csv", MEMBERS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(files: Path, *more: str, out: str = "out.csv", facts: str = "f.csv"):
    arguments = [files / "policy.yaml", files / facts, "--members", files / "m.csv", "--on", "2024-05-01"]
    return CliRunner().invoke(assess, [*map(str, arguments), "--out", str(files / out), *more], catch_exceptions=False)


def test_a_name_that_ends_as_a_folders_is_a_folder(files, monkeypatch):
    """Made where it is not there; refused, and left as it was, where it holds something."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    command = [*map(str, [files / "policy.yaml", files / "f.csv", "--members", files / "m.csv", "--on", "2024-05-01"])]

    def into(name):
        return CliRunner().invoke(assess, [*command, "--out", f"{files}/{name}"], catch_exceptions=False)

    assert into("new/").exit_code == 3
    assert [one.name for one in (files / "new").iterdir()] == ["part-00000.parquet"]
    again = into("new/")
    assert (again.exit_code, "已有其他文件" in again.stderr) == (2, True)
    assert [one.name for one in (files / "new").iterdir()] == ["part-00000.parquet"]
    nowhere = into("no/such/")
    assert (nowhere.exit_code, "没有文件夹" in nowhere.stderr) == (2, True)


def test_what_it_says_beside_the_file_is_in_the_users_language(files, monkeypatch):
    (files / "f.csv").write_text(
        "id,area,residence,annual_income,cars,incom\n甲1,990101,rural,5000,0,1\n乙2,990101,rural,,0,\n",
        encoding="utf-8",
    )
    (files / "m.csv").write_text("id,age,covered\n甲1,75,true\n", encoding="utf-8")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    unread = "incom 不是这项政策的事实，也不是标准，没有读取"
    assert run(files).stderr == f"{files / 'f.csv'}：{unread}\n2 行，1 行符合条件，1 行算不出：{files / 'out.csv'}\n"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run(files).stderr.endswith(f"2 rows, 1 eligible, 1 in error: {files / 'out.csv'}\n")


def test_the_contract(files):
    done = run(files, "--steps")
    assert done.exit_code == 3
    rows = list(csv.reader((files / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["id", "eligible", "unmet", "amount", "error", "month_income", "members"],
        ["甲1", "true", "", "760.00", "", "416.666667", "2"],
        ["乙2", "false", "", "", "missing:month_income:annual_income", "", "1"],
        ["丙3", "true", "", "793.00", "", "8.333333", "1"],
        ["丁4", "false", "low_income;no_car", "0.00", "", "7500.00", "1"],
    ]


def test_no_error_no_exit_code_and_no_step_columns(files):
    (files / "f.csv").write_text("".join(FACTS.splitlines(keepends=True)[:2]), encoding="utf-8-sig")
    (files / "m.csv").write_text("".join(MEMBERS.splitlines(keepends=True)[:3]), encoding="gb18030")
    assert run(files).exit_code == 0
    assert (files / "out.csv").read_text(encoding="utf-8").splitlines()[0] == "id,eligible,unmet,amount,error"


def test_postgres_writes_the_same_file(files, postgres):
    run(files, "--steps")
    run(files, "--steps", "--engine", "postgres", "--database-url", postgres.url("postgres", "postgres"), out="pg.csv")
    assert (files / "pg.csv").read_bytes() == (files / "out.csv").read_bytes()


BAD_INPUT = [
    ("f.csv", FACTS.replace("5000", "5000.001"), "2 annual_income “5000.001”"),
    ("f.csv", FACTS.replace("urban", "town"), "4 residence “town”"),
    ("f.csv", FACTS.replace("乙2", "甲1"), "3: The id “甲1” is empty or appears twice"),
    ("f.csv", FACTS.replace("area", "place", 1), "area is missing"),
    ("m.csv", MEMBERS.replace("丁4", "戊5"), "戊5"),
    ("policy.yaml", POLICY.replace("annual_income / 12", "annual_incom / 12"), "Did you mean annual_income?"),
    ("rates.yaml", RATES.replace("0.1}", "ten}"), "elderly"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD_INPUT)
def test_bad_input_is_refused_and_nothing_written(files, monkeypatch, name, text, said):
    monkeypatch.setenv("LANG", "C.UTF-8")
    (files / name).write_text(text, encoding="utf-8")
    done = run(files)
    assert done.exit_code == 2
    assert said in done.output
    assert sorted(path.name for path in files.iterdir()) == ["f.csv", "m.csv", "policy.yaml", "rates.yaml"]


def test_a_column_that_nothing_reads_is_mentioned(files, monkeypatch):
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    (files / "f.csv").write_text(FACTS.replace("cars", "car"), encoding="utf-8")
    done = run(files)
    assert "car is neither a fact nor a rate" in done.output
    assert "missing:no_car:cars" in (files / "out.csv").read_text(encoding="utf-8")


def test_policy_check_names_what_is_lacking(files, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    done = CliRunner().invoke(policy_group, ["check", str(files / "policy.yaml")], catch_exceptions=False)
    assert done.exit_code == 1
    assert "rates.yaml:4 elderly: has no source" in done.output
    assert "month_income: has no basis of its own" in done.output


def test_policy_check_fails_on_what_the_loader_refuses(files, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    (files / "rates.yaml").write_text(RATES + "elderley: [{from: 2024-01-01, value: 1}]\n", encoding="utf-8")
    done = CliRunner().invoke(policy_group, ["check", str(files)], catch_exceptions=False)
    assert done.exit_code == 1
    assert "Did you mean elderly?" in done.output


def test_every_policy_of_the_repository_passes_the_check(policies):
    done = CliRunner().invoke(
        policy_group, ["check", *map(str, policies.glob("*/policy.yaml"))], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output


def test_a_month_instead_of_a_day(files):
    """The first day's rules hold, unless the policy splits a month by its days."""
    law = POLICY.replace("arrears_months: 12}", "arrears_months: 12, prorate: actual_days}")
    (files / "split.yaml").write_text(law, encoding="utf-8")
    later = "{area: '99', residence: rural, from: 2024-05-11, value: 810, source: {title: x}}"
    rates = RATES.replace("560.00, source: {title: x}}", f"500, source: {{title: x}}}}, {later}")
    (files / "rates.yaml").write_text(rates, encoding="utf-8")
    amounts = {}
    for policy in ("policy.yaml", "split.yaml"):
        arguments = [files / policy, files / "f.csv", "--members", files / "m.csv", "--rates", files / "rates.yaml"]
        done = CliRunner().invoke(
            assess, [*map(str, arguments), "--month", "2024-05", "--out", str(files / "month.csv")]
        )
        assert done.exit_code == 3
        with (files / "month.csv").open(encoding="utf-8") as file:
            amounts[policy] = next(csv.DictReader(file))["amount"]
    # 2 people, income 5000 a year, one of 75: 1000 − 416.67 + 50 = 634; from the 11th 1620 − 416.67 + 81 = 1285.
    assert amounts == {"policy.yaml": "634.00", "split.yaml": "1075.00"}
    both = CliRunner().invoke(
        assess, [*map(str, arguments), "--month", "2024-05", "--on", "2024-05-01", "--out", "x.csv"]
    )
    assert both.exit_code == 2
