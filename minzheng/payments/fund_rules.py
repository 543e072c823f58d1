"""policies/funds.yaml: when a fund is warned of, and what a forecast goes on with."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Refused, refuse
from minzheng.core.files import policies_dir


@dataclass(frozen=True)
class FundRules:
    """All of them whole numbers, none below zero."""

    notice_months: int
    unspent_from_month: int
    unspent_percent: int
    overdue_days: int
    percent_of_months: int


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> FundRules:
    """The rules as they lie in `policies/`. Refuses a broken file, naming the place."""
    try:
        data = yaml.safe_load(((folder or policies_dir()) / "funds.yaml").read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise _fault("", str(error)) from error
    return FundRules(
        notice_months=_number(data, "warnings", "short", "notice_months"),
        unspent_from_month=_number(data, "warnings", "unspent", "from_month"),
        unspent_percent=_number(data, "warnings", "unspent", "percent"),
        overdue_days=_number(data, "warnings", "overdue", "days"),
        percent_of_months=_number(data, "forecast", "percent_of_months"),
    )


def _number(data: Any, *path: str) -> int:
    """The whole number at a place of the file."""
    place = ".".join(path)
    for key in path:
        if not isinstance(data, dict) or key not in data:
            raise _fault(place, "—")
        data = data[key]
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise _fault(place, str(data))
    return data


def _fault(place: str, found: str) -> Refused:
    return refuse(
        "funds.rules",
        zh="policies/funds.yaml 的 {place} 读不懂：{found}。",
        en="policies/funds.yaml: {place} cannot be read: {found}.",
        remedy_zh="写成不小于零的整数；参照随产品提供的文件。",
        remedy_en="Write a whole number that is not below zero, as the file that is shipped has it.",
        place=place or "—",
        found=found,
    )
