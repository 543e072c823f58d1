"""`minzheng scenario run`: its words, its JSON, its exit codes. It starts a server of its own, so it is one process."""

import json
import os
import subprocess
import sys
from pathlib import Path

FILES = Path(__file__).parent


def _run(*arguments: object, language: str = "en_GB.UTF-8") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "minzheng.cli", "scenario", "run", *map(str, arguments)]
    environment = os.environ | {"LANG": language, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/never"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)


def test_json_names_amounts_and_stages_and_what_was_refused_ends_with_three(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    good = (FILES / "ordinary_grant.yaml").read_text(encoding="utf-8")
    wrong.write_text(good.replace("    - cross_check: 王家\n", "    - post: 王家\n"), encoding="utf-8")
    done = _run(FILES / "ordinary_grant.yaml", wrong, "--json")
    assert done.returncode == 3
    assert "wrong.yaml:15:" in done.stderr and "case.out_of_order" in done.stderr
    [found] = json.loads(done.stdout)
    assert found["households"]["王家"]["dibao"]["owed"] == {"2025-04": "600.00"}
    [payment] = found["households"]["王家"]["dibao"]["payments"]
    assert (payment["month"], payment["amount"], payment["state"]) == ("2025-04", "600.00", "paid")
    [case] = found["cases"]
    assert (case["name"], case["stage"], case["outcome"], case["due_on"]) == ("王家", "granted", "grant", "")
    [posting] = case["postings"]
    assert posting["ends_on"] == "2025-03-14" and posting["taken_down_on"] == "2025-03-17"


def test_a_database_that_is_kept_begins_empty_and_can_be_signed_in_to(tmp_path):
    data = tmp_path / "data"
    done = _run(FILES / "withdrawal.yaml", "--data", data, language="zh_CN.UTF-8")
    assert done.returncode == 0, done.stderr
    assert "申请人撤回" in done.stdout and "withdrawn" in done.stdout
    assert "handler" in (data / "demo-accounts.json").read_text()
    again = _run(FILES / "withdrawal.yaml", "--data", data)
    assert again.returncode == 2 and "scenario.in_use" in again.stderr


def test_a_file_that_cannot_be_read_ends_with_two(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("scenario: x\ntimeline:\n  2025-03-03:\n    - aply: 王家\n", encoding="utf-8")
    done = _run(broken)
    assert done.returncode == 2
    assert "broken.yaml:4:" in "".join(done.stderr.split()) and "Did you mean apply?" in " ".join(done.stderr.split())
    assert not done.stdout
