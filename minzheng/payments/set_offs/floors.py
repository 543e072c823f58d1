"""What must be left to a household when something is set off: policies/recoveries.yaml. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Refused, refuse
from minzheng.core.files import policies_dir

MILLION = 1_000_000
"""Shares have at most six decimals, like every rate."""


@dataclass(frozen=True)
class Floor:
    """From a day on, in an area and below: so much of what is paid must be left. `share` in millionths, `monthly` in
    fen for each month of the pay cycle."""

    programme: str
    since: dt.date
    area: str
    share: int
    monthly: int
    source: str

    def of(self, amount: int, months: int = 1) -> int:
        """Fen that must be left of an amount that is paid for so many months; a part of a fen is left, too.

        >>> Floor("dibao", dt.date(2025, 1, 1), "", 800_000, 0, "[K]").of(35_001)
        28001
        """
        return max(-(-amount * self.share // MILLION), self.monthly * months, 1)


def floor_of(programme: str, area: str, on: dt.date, *, path: Path | None = None) -> Floor | None:
    """The floor in force for a programme in an area: the nearest area's, then the latest; None where none is set."""
    found = [
        one
        for one in load(path or policies_dir() / "recoveries.yaml")
        if one.programme == programme and one.since <= on and area.startswith(one.area)
    ]
    return max(found, key=lambda one: (len(one.area), one.since), default=None)


@lru_cache(maxsize=8)
def load(path: Path) -> tuple[Floor, ...]:
    """The floors of the file (none where there is no file); refuses an entry that leaves nothing or names no source."""
    if not path.is_file():
        return ()
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}
    return tuple(_read(path.name, number, entry) for number, entry in enumerate(data.get("set_off", []), 1))


def _read(file: str, number: int, entry: Any) -> Floor:
    try:
        keep = entry["keep"]
        share = Decimal(keep.get("share", "0")) * MILLION
        fen = Decimal(keep.get("yuan", "0")) * 100
        floor = Floor(
            programme=entry["programme"],
            since=dt.date.fromisoformat(entry["from"]),
            area=entry.get("area", ""),
            share=int(share),
            monthly=int(fen),
            source=entry["source"],
        )
        whole = share == int(share) and fen == int(fen)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _broken(file, number) from error
    if not whole or not 0 <= floor.share <= MILLION or floor.monthly < 0 or not (floor.share or floor.monthly):
        raise _broken(file, number)
    return floor


def _broken(file: str, number: int) -> Refused:
    return refuse(
        "payments.floor_broken",
        zh="{file} 第 {number} 条不是“项目＋起始日＋底线＋依据”。",
        en="Entry {number} of {file} is not a programme, a day, what is kept and a source.",
        remedy_zh="写成 programme、from: 日期、keep: {{share: 0.8}} 或 {{yuan: 300}}、source: 依据。",
        remedy_en="Write programme, from: a day, keep: {{share: 0.8}} or {{yuan: 300}}, and source.",
        file=file,
        number=number,
    )
