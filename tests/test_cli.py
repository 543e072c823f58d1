"""The command line: what it refuses, in words and with an exit code."""

import socket

import pytest
from click.testing import CliRunner

from minzheng.cli import main


def test_a_port_in_use_is_refused_before_anything_is_built(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(main, ["demo", "--data", str(tmp_path / "data"), "--port", port])
    assert done.exit_code == 2
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["demo", "--figures", "no-such.yaml"], ["report", "work"], ["nonsense"]])
def test_wrong_words_end_with_how_to_use_it(command):
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "Usage" in done.output


@pytest.mark.parametrize(
    "command",
    [["report", "work", "--area", "99", "--year", "2025", "--out", "x.docx"], ["ledger", "verify"]],
)
def test_a_directory_without_an_installation_is_refused_and_left_alone(command, tmp_path):
    data = tmp_path / "none"
    done = CliRunner().invoke(main, [*command, "--data", str(data)])
    assert done.exit_code == 2
    assert not data.exists()
