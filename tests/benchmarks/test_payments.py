"""The month that is measured, on a few hundred households: it is the whole month, and the report says what it found."""

import pytest

from benchmarks import payments
from benchmarks.payday import PLAIN, Month

ARGUMENTS = ["--households", "400", "--scale", "", "--row-by-row", "20", "--repeats", "1"]


def test_the_report_is_written_into_its_place(tmp_path, capsys):
    report = tmp_path / "report.md"
    report.write_text("# By hand\n", encoding="utf-8")
    payments.main([*ARGUMENTS, "--folder", str(tmp_path), "--report", str(report)])
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# By hand\n")
    for part in ("month", "ledger"):
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


def test_growth_says_what_the_nation_would_take():
    small, large = month(), month()
    large.households, large.seconds = 5_000_000, {"send": 100.0}
    text = "\n".join(payments.of_scale([small, large]))
    assert "| 1,000,000 | 40.00 | 40.00 |" in text
    assert "| 5,000,000 | 100.00 | 20.00 |" in text
    assert "23,000,000 households take 8 minutes" in text


def test_targets_are_judged():
    met = month()
    assert payments.against_row_by_row(met) == pytest.approx(100)
    assert payments.missed(met) == []
    met.seconds["send"], met.plain["foreign"], met.peak = 41.0, [0.9], 1 << 30
    assert len(payments.missed(met)) == 3
