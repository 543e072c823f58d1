"""No FACTS or MEMBERS file makes `minzheng assess` do anything but compute, or refuse with the row, the column and what
to write."""

import csv
import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from minzheng.policy.commands import assess
from tests.policy.test_commands import FACTS, MEMBERS, POLICY, RATES
from tests.property.spoiler import spoilt, spoilt_bytes

QUICK = settings(max_examples=80, deadline=None, phases=[Phase.explicit, Phase.generate])
LONG = settings(QUICK, max_examples=5000)
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    for name, text in (("policy.yaml", POLICY), ("rates.yaml", RATES), ("f.csv", FACTS), ("m.csv", MEMBERS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, facts: bytes | str | None = None, members: bytes | str | None = None, out: str = "out.csv"):
    """Exit code, what was said, and OUT's rows; fails on a traceback, an unknown exit code, a refusal without words."""
    for name, content in (("facts.csv", facts), ("members.csv", members)):
        original = {"facts.csv": FACTS, "members.csv": MEMBERS}[name]
        content = original if content is None else content
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    (folder / out).unlink(missing_ok=True)
    arguments = [folder / "policy.yaml", folder / "facts.csv", "--members", folder / "members.csv"]
    done = CliRunner(env={"LANG": "C.UTF-8"}).invoke(
        assess, [*map(str, arguments), "--on", "2024-05-01", "--out", str(folder / out)], catch_exceptions=False
    )
    assert done.exit_code in (0, 2, 3)
    written = (folder / out).exists()
    assert written == (done.exit_code != 2), "OUT appears whole or not at all"
    assert done.exit_code != 2 or ".csv" in done.output
    text = (folder / out).read_bytes().decode() if written else ""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in rows:
        assert bool(row["amount"]) != bool(row["error"])
    return done.exit_code, done.output, rows


def spoilt_tables(folder, seed):
    chance = random.Random(seed)
    facts, members = FACTS, MEMBERS
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.5:
            facts = spoilt(facts, chance, 2)
        else:
            members = spoilt(members, chance, 2)
    run(folder, facts, members)
    encoding = chance.choice(("utf-8", "gb18030", "utf-16", "utf-8-sig"))
    run(folder, spoilt_bytes(FACTS.encode(encoding), chance), spoilt_bytes(MEMBERS.encode(encoding), chance))


@QUICK
@given(seed=SEEDS)
def test_spoilt_tables(folder, seed):
    spoilt_tables(folder, seed)


@pytest.mark.slow
@LONG
@given(seed=SEEDS)
def test_spoilt_tables_for_long(folder, seed):
    spoilt_tables(folder, seed)


HEADER = "id,area,residence,annual_income,cars\n"
REFUSED = {
    "scientific": ("a,990101,rural,1e5,0", "2 annual_income “1e5”"),
    "full-width digits": ("a,990101,rural,１２,0", "2 annual_income “１２”"),
    "a minus that is none": ("a,990101,rural,−5,0", "2 annual_income “−5”"),
    "thousands": ('a,990101,rural,"1,234.50",0', "2 annual_income “1,234.50”"),
    "thousands unquoted": ("a,990101,rural,1,234.50,0", "facts.csv:2: The row has 6 cells, the header 5"),
    "Infinity": ("a,990101,rural,Infinity,0", "2 annual_income “Infinity”"),
    "NaN": ("a,990101,rural,NaN,0", "2 annual_income “NaN”"),
    "three decimals": ("a,990101,rural,5.001,0", "2 annual_income “5.001”"),
    "an underscore": ("a,990101,rural,1_000,0", "2 annual_income “1_000”"),
    "too many digits": (f"a,990101,rural,{'9' * 30},0", "2 annual_income “999"),
    "a half car": ("a,990101,rural,5,0.5", "2 cars “0.5”"),
    "Excel's area": ("a,990101.0,rural,5,0", "2 area “990101.0”"),
    "a place by name": ("a,安和镇,rural,5,0", "2 area “安和镇”"),
    "a residence in Chinese": ("a,990101,农村,5,0", "2 residence “农村”"),
    "an empty id": (",990101,rural,5,0", "The id “” is empty or appears twice"),
    "an id twice": ("a,990101,rural,5,0\na,990101,rural,6,0", "3: The id “a” is empty or appears twice"),
    "an id with a line break": ('"a\nb",990101,rural,5,0', "facts.csv:3: This line is not valid CSV"),
    "a short row": ("a,990101,rural", "facts.csv:2: The row has 3 cells"),
    "a quote left open": ('a,990101,rural,"5,0\nb,990101,rural,5,0', "not valid CSV"),
    "text after a quote": ('"a"b,990101,rural,5,0', "not valid CSV"),
    "NUL": ("a\0,990101,rural,5,0", "not valid CSV"),
    "an escape sequence": ("a\x1b[31m,990101,rural,5,0", "not valid CSV"),
    "a huge cell": (f"a,990101,rural,{'1' * 200_000},0", "not valid CSV"),
    "an id twice after a blank row": ("a,990101,rural,5,0\n\na,990101,rural,6,0", "facts.csv:4: The id “a”"),
    "the row after a blank one": ("\n\na,990101,rural,x,0", "4 annual_income “x”"),
}


@pytest.mark.parametrize(("rows", "said"), list(REFUSED.values()), ids=list(REFUSED))
def test_cells_that_are_refused(folder, rows, said):
    code, output, _ = run(folder, HEADER + rows + "\n", "id,age,covered\n")
    assert (code, said in output) == (2, True), output


DATES = [
    "202507",
    "45839",
    "2024/05/01",
    "2024-5-1",
    "2024-02-30",
    "2023-02-29",
    "20240501",
    "2024-05-01 00:00",
    "２０２４-05-01",
]


@pytest.mark.parametrize("text", DATES)
def test_dates_that_are_refused(folder, text):
    (folder / "dates.yaml").write_text(
        "programme: p\nname: p\nunit: household\nversions:\n  - from: 2020-01-01\n    facts: {since: date}\n"
        "    conditions: {c: since <= day}\n    amount: '0'\n",
        encoding="utf-8",
    )
    (folder / "dates.csv").write_text(f"id,area,residence,since\na,99,rural,{text}\n", encoding="utf-8")
    arguments = [folder / "dates.yaml", folder / "dates.csv", "--on", "2024-05-01", "--out", folder / "dates-out.csv"]
    done = CliRunner(env={"LANG": "C.UTF-8"}).invoke(assess, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 2 and f"2 since “{text}”" in done.output and "dates as 2024-05-01" in done.output


HEADERS = {
    "an empty file": ("", "The file is empty"),
    "blank lines": ("\n\n  \n", "The file is empty"),
    "a column twice": ("id,area,residence,cars,cars\na,99,rural,0,1\n", "The column cars appears twice"),
    "a cell without a column": ("id,area,residence,\na,99,rural,5\n", "“5” stands in a column without a name"),
    "semicolons": ("id;area;residence\na;99;rural\n", "The column id is missing"),
    "no header": ("a,990101,rural,5,0\n", "The column id is missing"),
    "GB18030 cut short": ((HEADER + "甲,990101,rural,5,0\n乙").encode("gb18030")[:-1], "neither UTF-8 nor GB18030"),
    "UTF-16": ((HEADER + "a,990101,rural,5,0\n").encode("utf-16"), "facts.csv"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "facts.csv"),
}


@pytest.mark.parametrize(("content", "said"), list(HEADERS.values()), ids=list(HEADERS))
def test_files_that_are_refused(folder, content, said):
    code, output, _ = run(folder, content, "id,age,covered\n")
    assert (code, said in output) == (2, True), output


ACCEPTED = {
    "blanks around": ("a , 990101,rural , 5000 ,0 ", "5000.00"),
    "a plus": ("a,990101,rural,+5000,0", "5000.00"),
    "negative zero": ("a,990101,rural,-0.00,0", "0.00"),
    "zeros before": ("a,990101,rural,005000,0", "5000.00"),
    "empty rows after": ("a,990101,rural,5000,0\n,,,,\n\n", "5000.00"),
    "a comma in the id": ('"a,b",990101,rural,5000,0', "5000.00"),
}


@pytest.mark.parametrize(("rows", "income"), list(ACCEPTED.values()), ids=list(ACCEPTED))
def test_cells_that_are_read(folder, rows, income):
    code, output, found = run(folder, HEADER + rows + "\n", "id,age,covered\n")
    assert (code, len(found)) == (3, 1), output  # The income of nobody per head: a division by zero, which is named.
    assert found[0]["error"] == "division:low_income:members"


def test_only_a_header_gives_only_a_header(folder):
    assert run(folder, HEADER, "id,age,covered\n") == (0, f"0 rows, 0 eligible, 0 in error: {folder / 'out.csv'}\n", [])


def test_gb18030_is_read_whole(folder):
    code, _, rows = run(folder, FACTS.encode("gb18030"), MEMBERS.encode("gb18030"))
    assert code == 3 and [row["id"] for row in rows] == ["甲1", "乙2", "丙3", "丁4"]


def test_a_family_of_too_many_is_named(folder):
    code, _, rows = run(folder, FACTS, MEMBERS + "甲1,30,false\n" * 100)
    assert code == 3 and rows[0]["error"] == "bounds:members:members"


@pytest.mark.parametrize("missing", ["facts.csv", "members.csv", "policy.yaml", "rates.yaml"])
def test_folders_and_files_without_permission(folder, tmp_path, missing):
    for name, text in (("policy.yaml", POLICY), ("rates.yaml", RATES), ("facts.csv", FACTS), ("members.csv", MEMBERS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / missing).unlink()
    (tmp_path / missing).mkdir()
    arguments = [tmp_path / "policy.yaml", tmp_path / "facts.csv", "--members", tmp_path / "members.csv"]
    command = [*map(str, arguments), "--on", "2024-05-01", "--out", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(assess, command, catch_exceptions=False)
    assert done.exit_code == 2 and missing in done.output
    if os.geteuid():
        (tmp_path / missing).rmdir()
        (tmp_path / missing).write_text("x", encoding="utf-8")
        (tmp_path / missing).chmod(0)
        assert CliRunner().invoke(assess, command, catch_exceptions=False).exit_code == 2


def test_where_out_cannot_be_written(folder):
    arguments = [folder / "policy.yaml", folder / "f.csv", "--members", folder / "m.csv"]
    command = [*map(str, arguments), "--on", "2024-05-01", "--out", str(folder / "nowhere" / "out.csv")]
    done = CliRunner().invoke(assess, command, catch_exceptions=False)
    assert done.exit_code == 2 and "nowhere" in done.output


def test_the_door_itself_shows_no_traceback(folder):
    (folder / "facts.csv").write_bytes(b"id,area\n\xff\xfe\0")
    for command in (
        ["assess", "policy.yaml", "facts.csv", "--on", "2024-05-01", "--out", "o.csv"],
        ["policy", "check", "policy.yaml"],
    ):
        root = str(Path(__file__).parents[2])
        done = subprocess.run(
            [sys.executable, "-m", "minzheng.cli", *command],
            cwd=folder, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode in (1, 2) and "Traceback" not in done.stderr
