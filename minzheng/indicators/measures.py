"""Named measures: what casework and ledger add up to, for an area and a period.

A measure is a line of policies/indicators/*.yaml that names a kind and its parameters. A kind is a function that gives
the records behind the figure, each with what it contributes; the figure is their sum, so rows and figure cannot differ.
Stages and sectors register their kinds at start-up.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from django.db.models import QuerySet, Sum

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir


@dataclass(frozen=True)
class Period:
    """From one day to another, both counted."""

    first: dt.date
    last: dt.date

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))


@dataclass(frozen=True)
class Row:
    """One record behind a figure, as people read it."""

    who: str
    area_code: str
    detail: str
    value: int
    on: dt.date | None = None
    link: tuple[str, int] | None = None
    """(kind of page, id): `household`, `person`, `award`, `run`, `case` …"""


Rows = Callable[[QuerySet[Any]], list[Row]]


@dataclass(frozen=True)
class Records:
    """The records behind a figure: a queryset annotated with `contributes`, and how one of them reads."""

    queryset: QuerySet[Any]
    read: Callable[[QuerySet[Any]], list[Row]]


Kind = Callable[[str, Period, Mapping[str, Any]], Records]
_kinds: dict[str, Kind] = {}


def register_kind(name: str, kind: Kind) -> None:
    """Let measures be made of this kind."""
    _kinds[name] = kind


@dataclass(frozen=True)
class Measure:
    """A named figure: in what it counts (`household`, `person`, `fen`, `mu_hundredth`, `piece`), and how."""

    name: str
    label: Text
    unit: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def records(self, area: str, period: Period) -> Records:
        """The records behind it in this area and period."""
        return _kinds[self.kind](area, period, self.parameters)

    def value(self, area: str, period: Period) -> int:
        """The figure: the sum of what its records contribute."""
        total = self.records(area, period).queryset.aggregate(total=Sum("contributes"))["total"]
        return int(total or 0)

    def rows(self, area: str, period: Period) -> list[Row]:
        """The records as rows; their values add up to the figure."""
        records = self.records(area, period)
        return records.read(records.queryset)


@lru_cache
def load() -> dict[str, Measure]:
    """Every measure of this installation, by name. Refuses one whose kind nobody registered."""
    found: dict[str, Measure] = {}
    for path in sorted((policies_dir() / "indicators").glob("*.yaml")):
        for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            entry = dict(entry)
            kind = entry.pop("kind")
            if kind not in _kinds:
                raise refuse(
                    "indicator.kind",
                    zh="{path} 中的指标“{name}”用了未登记的种类“{kind}”。",
                    en="The measure “{name}” in {path} is of a kind that is not registered: “{kind}”.",
                    remedy_zh="可用的种类：{known}。",
                    remedy_en="The kinds are: {known}.",
                    path=path.name,
                    name=name,
                    kind=kind,
                    known=", ".join(sorted(_kinds)),
                )
            found[name] = Measure(name, entry.pop("label"), entry.pop("unit"), kind, parameters=entry)
    return found


def measure(name: str) -> Measure:
    """The measure of this name; refuses an unknown one."""
    found = load().get(name)
    if found is None:
        raise refuse(
            "indicator.unknown",
            zh="没有指标“{name}”。",
            en="There is no measure “{name}”.",
            remedy_zh="指标定义在 policies/indicators/ 中。",
            remedy_en="Measures are defined in policies/indicators/.",
            name=name,
        )
    return found
