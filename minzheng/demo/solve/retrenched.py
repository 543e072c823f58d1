"""Retrenched old workers: a share of each one's former wage, in whole yuan a month."""

from minzheng.demo.figures import Line
from minzheng.demo.solve import exact
from minzheng.demo.solve.lines import Path, unsolvable

PLACE = "assistance.retrenched_workers.paid"
YUAN = 100
HIGHEST = 3000
"""Yuan a month: what a share of any wage of those years can come to, with room."""


def solve_retrenched(line: Line) -> list[Path]:
    """One path for each worker; `kind` is the monthly relief in fen. All year if the sum allows it, else one of them
    begins or ends within the year."""
    if line.number == 0 and line.paid == 0:
        return []
    year = line.paid // YUAN
    if line.number and line.paid % YUAN == 0:
        if year % 12 == 0 and (monthly := _amounts(line.number, year // 12)):
            return [_path(amount, 12) for amount in monthly]
        for months in range(11, 0, -1):
            for last in _near(year // line.number // 12):
                rest = year - last * months
                if rest >= 0 and rest % 12 == 0 and (monthly := _amounts(line.number - 1, rest // 12)) is not None:
                    return [*(_path(amount, 12) for amount in monthly), _path(last, months)]
    why = (
        ("每月以整元发放，全年不会有角分", "relief is whole yuan a month")
        if line.paid % YUAN
        else (
            f"没有一组 1 至 {HIGHEST} 元的月额和月数正好等于这个数",
            f"no amounts from 1 to {HIGHEST} a month and months of the year come to it",
        )
    )
    raise unsolvable(PLACE, line, ("整元月额", "whole yuan a month"), why)


def _amounts(count: int, total: int) -> list[int] | None:
    """Monthly amounts that differ a little, as wages did."""
    if count == 0:
        return [] if total == 0 else None
    spread = [20 + 2 * (i * 5 % 7) for i in range(count)]
    return exact.share_out(total, spread, 1, HIGHEST)


def _near(middle: int) -> list[int]:
    """Monthly amounts to try, from the average outwards."""
    return sorted(range(1, min(HIGHEST, 2 * middle + 24) + 1), key=lambda amount: (abs(amount - middle), amount))


def _path(amount: int, months: int) -> Path:
    return Path(str(amount * YUAN), amount * months * YUAN, last=months)
