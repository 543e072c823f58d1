"""The data directory of the demo: fresh, complete, half-built, or somebody else's."""

import json
import os
import subprocess
import sys

import pytest
from rich.console import Console

from minzheng.core.errors import Refused
from minzheng.demo import run
from tests.demo.conftest import TOWN

QUIET = Console(quiet=True)


def test_a_fresh_directory_is_claimed_and_a_complete_one_left_alone(tmp_path):
    data = tmp_path / "data"
    assert run._claim(data, "abc", QUIET)
    run._mark(data, "complete", "abc")
    assert not run._claim(data, "abc", QUIET)
    with pytest.raises(Refused, match="other figures"):
        run._claim(data, "xyz", QUIET)


def test_a_half_built_directory_is_emptied_and_begun_again(tmp_path):
    data = tmp_path / "data"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run._mark(data, "building", "abc")
    mark = json.loads((data / run.MARK).read_text())
    (data / run.MARK).write_text(json.dumps(mark | {"pid": gone.pid}))
    (data / "left-over").write_text("x")
    assert run._claim(data, "abc", QUIET)
    assert not (data / "left-over").exists()


def test_a_directory_in_use_or_with_something_else_is_refused(tmp_path):
    data = tmp_path / "data"
    run._mark(data, "building", "abc")
    mark = json.loads((data / run.MARK).read_text())
    (data / run.MARK).write_text(json.dumps(mark | {"pid": os.getppid()}))
    with pytest.raises(Refused, match="another process"):
        run._claim(data, "abc", QUIET)
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.docx").write_text("x")
    with pytest.raises(Refused, match="something else"):
        run._claim(other, "abc", QUIET)
    assert (other / "thesis.docx").exists()


def test_a_file_that_does_not_add_up_leaves_nothing_behind(tmp_path):
    figures = tmp_path / "figures.yaml"
    figures.write_text(TOWN.replace("paid: 22200.00", "paid: 22201.00"), encoding="utf-8")
    with pytest.raises(Refused, match="old_age_allowance"):
        run.build(tmp_path / "data", figures)
    assert not (tmp_path / "data").exists()
