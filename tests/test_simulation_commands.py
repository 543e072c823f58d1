"""`minzheng snapshot` and `minzheng simulate` on the command line, over files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import minzheng
from minzheng.cli import main
from tests.policy.small_population import write_small

DEMO_RATES = str(Path(minzheng.__file__).parent / "demo" / "rates.yaml")


@pytest.fixture(scope="module")
def population(tmp_path_factory) -> Path:
    return write_small(tmp_path_factory.mktemp("population"))


def run(population: Path, *more: str):
    base = ["simulate", "--population", str(population), "--on", "2025-12-01", "--base-rates", DEMO_RATES]
    return CliRunner().invoke(main, [*base, *more])


def test_tables_in_the_terminal_and_a_folder(population, tmp_path):
    done = run(population, "--set", "dibao.standard=700", "--set", "dibao.elderly=0.25", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "nothing is written" in done.output
    assert "柳庄村" in done.output
    assert (tmp_path / "out" / "simulation.xlsx").read_bytes()[:2] == b"PK"
    found = json.loads((tmp_path / "out" / "simulation.json").read_text(encoding="utf-8"))
    assert found["total"]["month_more"] == "1449.00"


def test_json(population):
    done = run(population, "--set", "dibao.standard=700", "--set", "dibao.elderly=0.25", "--json", "--engine", "python")
    assert json.loads(done.stdout)["distribution"]["after"]["gini_fraction"] == "69/668"


def test_a_rates_file_of_one_programme(population, tmp_path):
    rates = tmp_path / "rates.yaml"
    rates.write_text("standard: [{area: '99', residence: rural, from: 2025-12-01, value: 700}]", encoding="utf-8")
    done = run(population, "--rates", str(rates), "--programme", "dibao", "--json")
    typed = run(population, "--set", "dibao.standard=700", "--json")
    assert json.loads(done.stdout)["total"] == json.loads(typed.stdout)["total"]


def test_another_policy(population, policies):
    done = run(population, "--policy", f"dibao={policies / 'dibao/policy.yaml'}", "--json")
    assert json.loads(done.stdout)["total"]["year_more"] == "0.00"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--set", "dibao.standrd=1"], "simulation.rate"),
        (["--set", "dibao.standard=x"], "policy.bad_value"),
        (["--policy", "dibao"], "simulation.policy"),
        (["--policy", "dibao=nowhere.yaml"], "policy.not_found"),
        (["--rates", "nowhere.yaml"], "policy.not_found"),
        (["--area", "99"], "simulation.which_population"),
        (["--programme", "tekun"], "simulation.not_in_population"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(population, more, code):
    done = run(population, *more)
    assert done.exit_code == 2
    assert code in done.stderr


def test_a_folder_that_is_none(tmp_path):
    done = run(tmp_path / "none")
    assert done.exit_code == 2
    assert "simulation.no_population" in done.stderr


@pytest.mark.parametrize("command", [["snapshot", "--out", "x"], ["simulate"]])
def test_without_an_installation_there_is_nothing_live(command, tmp_path):
    done = CliRunner().invoke(main, [*command, "--data", str(tmp_path / "no"), "--area", "99", "--on", "2025-12-01"])
    assert done.exit_code == 2
    assert not (tmp_path / "no").exists()
