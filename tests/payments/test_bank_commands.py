"""What whoever writes a layout runs: check it, look at a sample, read a file and the bank's answer."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minzheng.cli import main
from minzheng.core.files import policies_dir

BANK = policies_dir() / "bank"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["bank", *arguments])


@pytest.mark.parametrize("layout", sorted(path.stem for path in BANK.glob("*.yaml")))
def test_every_layout_writes_a_sample_that_is_read_again(tmp_path: Path, layout: str):
    sample = tmp_path / "sample"
    checked = run("check", str(BANK / f"{layout}.yaml"), "--sample", str(sample))
    assert checked.exit_code == 0, checked.output
    assert "ok" in checked.output and "1524.12" in checked.output
    assert run("read", str(sample), "--layout", layout).output == "3 / 1524.12\n"


def test_a_fixed_width_layout_lists_the_bytes_of_each_field():
    shown = run("check", str(BANK / "postal_fixed.yaml")).output
    assert "42–101   60  户名" in shown and "D00000002" in shown


def test_whole_yuan_are_tried_with_whole_yuan(tmp_path: Path):
    layout = tmp_path / "whole.yaml"
    text = (BANK / "one_card.yaml").read_text(encoding="utf-8")
    layout.write_text(text.replace("value: amount}", "value: amount, amount: whole_yuan}"), encoding="utf-8")
    checked = run("check", str(layout))
    assert checked.exit_code == 0 and ",50000,dibao" in checked.output


def test_the_banks_answer_is_listed(tmp_path: Path):
    answer = tmp_path / "answer.csv"
    answer.write_text("序号,金额,状态,失败原因\n1,5.00,成功,\n2,7.00,失败,账户冻结\n", encoding="utf-8")
    shown = run("read", str(answer), "--layout", str(BANK / "one_card.yaml"), "--answer").output.split()
    assert shown == ["2", "7.00", "frozen", "账户冻结"]


def test_a_layout_with_a_fault_says_where(tmp_path: Path):
    layout = tmp_path / "bad.yaml"
    layout.write_text("format: csv\n", encoding="utf-8")
    assert run("check", str(layout)).exit_code == 2
