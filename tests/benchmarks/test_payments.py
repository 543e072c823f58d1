"""The month that is measured, on a few hundred households: it is the whole month, and the report says what it found."""

import pytest

from benchmarks import payments
from benchmarks.payday import PLAIN, Month

ARGUMENTS = ["--households", "400", "--scale", "300", "--row-by-row", "20", "--repeats", "1"]


def test_the_report_is_written_into_its_place(tmp_path, capsys):
    report = tmp_path / "report.md"
    report.write_text("# By hand\n", encoding="utf-8")
    payments.main([*ARGUMENTS, "--folder", str(tmp_path), "--report", str(report)])
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# By hand\n")
    for part in ("month", "ledger", "scale"):
        assert text.count(f"<!-- bench-policy:payments-{part}:start -->") == 1
    for what in (*payments.ACTS.values(), "bank file written", "ledger: sent", *PLAIN.values(), "times** the month"):
        assert what in text
    assert "400 households" in text
    assert str(tmp_path) not in text


def month(**more) -> Month:
    return Month(
        households=1_000_000, sent=1_000_000, seconds={"send": 40.0}, ledger=[2.0], peak=10**8,
        plain={"keys": [1.5], "foreign": [1.0]}, one_by_one=1_000, row_by_row=4.0, **more,
    )  # fmt: skip


def test_targets_are_judged():
    met = month()
    assert payments.against_row_by_row(met) == pytest.approx(100)
    assert payments.missed(met) == []
    met.seconds["send"], met.plain["foreign"], met.peak = 41.0, [0.9], 1 << 30
    assert len(payments.missed(met)) == 3
