"""How the words of several papers are found: names by their code, days, the office, the programme."""

import datetime as dt
from typing import Any

from minzheng.areas import queries as areas
from minzheng.cases.board import CYCLES
from minzheng.cases.models import Case
from minzheng.core.errors import pick
from minzheng.people import vocabulary
from minzheng.policy import registry

ZH = "zh-Hans"

Words = dict[str, Any]


def office(area: str) -> str:
    """The office that gives a paper of this area."""
    township = [found.name for found in areas.path(area) if found.level == "township"]
    return f"{township[0]}民政办公室" if township else "民政办公室"


def programme_name(case: Case) -> str:
    return pick(registry.programme(case.programme).name, ZH)


def cycle(case: Case) -> str:
    return CYCLES.get(registry.programme(case.programme).timing_on(case.opened_on).pay_cycle, "次")


def said(name: str, value: Any) -> str:
    """A fact in words, as papers say it."""
    return vocabulary.said(name, value)


def named(labels: Any, name: str) -> str:
    """A code by its label."""
    return pick(labels[name], ZH) if name in labels else name


def day(text: str) -> dt.date:
    """A day as a step keeps it."""
    return dt.date.fromisoformat(text)
