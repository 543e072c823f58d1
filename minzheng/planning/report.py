"""The yearly work report: its text is policies/reports/work-report.yaml, every figure comes from a measure."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from minzheng.access.models import Office
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.core.errors import pick, refuse
from minzheng.core.files import policies_dir
from minzheng.indicators.measures import Measure, Period, measure
from minzheng.planning import sentences
from minzheng.planning.models import Plan

PLACE = re.compile(r"\{([a-z0-9_.]+)(?:\|(\w+))?\}")


@dataclass(frozen=True)
class Span:
    """A piece of text; where it is a figure, the measure it comes from."""

    text: str
    measure: Measure | None = None


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with a heading that runs on into its text."""

    spans: tuple[Span, ...]
    heading: str = ""


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Report:
    """A report as it will print."""

    area: str
    year: int
    office: str
    title: str
    opening: Paragraph
    sections: tuple[Section, ...]
    signed_on: dt.date
    invented: bool
    figures: dict[str, int] = field(default_factory=dict)
    """Every measure in the text with its value, for checking against what was published."""


def work_report(area: str, year: int, office: str | None = None) -> Report:
    """Build the report of the office of an area for a year, and its plan for the next.

    Refuses an unknown area, and a year that has not begun.
    """
    place = areas.area(area)
    today = clock.today()
    if not 1990 <= year <= today.year:
        raise refuse(
            "report.future",
            zh="{year} 年没有可总结的工作。",
            en="There is no work of the year {year} to report.",
            remedy_zh="请选择 {this_year} 年或更早的年份。",
            remedy_en="Choose {this_year} or an earlier year.",
            year=year,
            this_year=today.year,
        )
    source = yaml.safe_load((policies_dir() / "reports" / "work-report.yaml").read_text(encoding="utf-8"))
    builder = _Builder(area, year, office or _office_name(area, place.name))
    sections = tuple(builder.section(entry) for entry in source["sections"])
    opening = builder.paragraph(source["opening"])
    return Report(
        area=area,
        year=year,
        office=builder.words["office"],
        title=builder.plain(source["title"]),
        opening=opening,
        sections=sections,
        signed_on=min(today, dt.date(year, 12, 31)),
        invented=area.startswith("99"),
        figures=builder.figures,
    )


class _Builder:
    """Fills the text of one report; each measure is computed once."""

    def __init__(self, area: str, year: int, office: str) -> None:
        self.area, self.year, self.period = area, year, Period.year(year)
        self.words = {"office": office, "year": str(year), "next_year": str(year + 1)}
        self.figures: dict[str, int] = {}

    def section(self, entry: dict[str, Any]) -> Section:
        if entry.get("plan"):
            return Section(self.plain(entry["heading"]), tuple(self._plan()))
        parts = tuple(self.paragraph(part["text"], self.plain(part["heading"])) for part in entry["parts"])
        return Section(self.plain(entry["heading"]), parts)

    def paragraph(self, text: str, heading: str = "") -> Paragraph:
        return Paragraph(tuple(self._spans(text)), heading)

    def plain(self, text: str) -> str:
        return "".join(span.text for span in self._spans(text))

    def _spans(self, text: str) -> Iterator[Span]:
        end = 0
        for place in PLACE.finditer(text):
            if place.start() > end:
                yield Span(text[end : place.start()])
            yield self._filled(place.group(1), place.group(2) or "")
            end = place.end()
        if end < len(text):
            yield Span(text[end:])

    def _filled(self, name: str, style: str) -> Span:
        if name in self.words:
            return Span(self.words[name])
        if name in sentences.SENTENCES:
            return Span(sentences.SENTENCES[name](self.area, self.period))
        wanted = measure(name)
        if name not in self.figures:
            self.figures[name] = wanted.value(self.area, self.period)
        return Span(shown(self.figures[name], wanted.unit, style), wanted)

    def _plan(self) -> Iterator[Paragraph]:
        plan = Plan.objects.filter(area_id=self.area, year=self.year + 1).first()
        if plan is None:
            yield Paragraph((Span("下一年工作计划尚未录入。"),))
            return
        for number, item in enumerate(plan.items.order_by("position"), 1):
            spans: list[Span] = [Span(f"{number}．{pick(item.goal, 'zh-Hans')}")]
            if item.indicator:
                extent = measure(item.indicator)
                if item.indicator not in self.figures:
                    self.figures[item.indicator] = extent.value(self.area, self.period)
                spans = [
                    *spans,
                    Span("（涉及"),
                    Span(shown(self.figures[item.indicator], extent.unit, ""), extent),
                    Span(f"{UNIT_WORDS[extent.unit]}）"),
                ]
            yield Paragraph((*spans, Span("。")))


UNIT_WORDS = {"household": "户", "person": "人", "fen": "元", "mu_hundredth": "亩", "piece": "件"}


def shown(value: int, unit: str, style: str = "") -> str:
    """A figure as it stands in the text: people and households whole, money in yuan with two decimals (`wan`: in ten
    thousand yuan with two decimals, half up), land in mu without idle decimals."""
    if unit == "fen":
        if style == "wan":
            hundredths = (value + 5_000) // 10_000
            return f"{hundredths // 100}.{hundredths % 100:02d}万"
        return f"{value // 100}.{value % 100:02d}"
    if unit == "mu_hundredth":
        whole, rest = divmod(value, 100)
        return str(whole) if rest == 0 else f"{whole}.{rest:02d}".rstrip("0")
    return str(value)


def _office_name(area: str, area_name: str) -> str:
    office = Office.objects.filter(area_id=area, kind="civil_affairs").order_by("pk").first()
    return office.name if office else f"{area_name}民政办"
