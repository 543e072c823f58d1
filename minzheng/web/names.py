"""The words for programmes, stages, acts and facts, in the page's language."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.core.errors import Text, pick
from minzheng.core.files import policies_dir
from minzheng.people import vocabulary
from minzheng.policy.models import PolicyFile
from minzheng.web.languages import language
from minzheng.web.templatetags.mz import yuan

CYCLES = {
    "month": gettext_noop("每月"),
    "quarter": gettext_noop("每季"),
    "half_year": gettext_noop("每半年"),
    "year": gettext_noop("每年"),
    "once": gettext_noop("一次性"),
}
EVENTS = {
    "person.died": gettext_noop("登记去世"),
    "person.death_verified": gettext_noop("去世已核实"),
    "case.decided": gettext_noop("作出决定"),
    "policy.rates_changed": gettext_noop("标准调整"),
}


@dataclass(frozen=True)
class ProgrammeSummary:
    """What pages say of a programme without working anything out."""

    code: str
    name: Text
    unit: str
    versions: tuple[tuple[dt.date, str], ...]
    """(from, pay cycle) of each version, oldest first."""


_known: ContextVar[dict[str, ProgrammeSummary] | None] = ContextVar("minzheng_programmes", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within this block (a request) the programmes in force are asked for once."""
    token = _known.set(None)
    try:
        yield
    finally:
        _known.reset(token)


def programmes() -> dict[str, ProgrammeSummary]:
    """The programmes in force, in the declared order."""
    known = _known.get()
    if known is None:
        in_force = PolicyFile.objects.filter(kind="policy", in_force=True).order_by("programme")
        known = _summaries(tuple(in_force.values_list("programme", "sha256")))
        _known.set(known)
    return known


@lru_cache(maxsize=8)
def _summaries(files: tuple[tuple[str, str], ...]) -> dict[str, ProgrammeSummary]:
    contents = dict(
        PolicyFile.objects.filter(sha256__in=[sha for _code, sha in files]).values_list("sha256", "content")
    )
    found = {}
    for code, sha in sorted(files, key=_place):
        data = yaml.safe_load(contents[sha])
        versions = sorted((v["from"], str(v.get("timing", {}).get("pay_cycle", "month"))) for v in data["versions"])
        found[code] = ProgrammeSummary(code, data["name"], data["unit"], tuple(versions))
    return found


def _place(file: tuple[str, str]) -> int:
    """Where a programme stands in the declared order; one that is not declared comes last."""
    order = yaml.safe_load((policies_dir() / "programmes.yaml").read_text(encoding="utf-8"))["order"]
    return order.index(file[0]) if file[0] in order else len(order)


def programme_name(code: str) -> str:
    """A programme's name; its code where the law as data no longer has it."""
    known = programmes().get(code)
    return pick(known.name, language()) if known else code


def pay_cycle(code: str, day: dt.date) -> str:
    """month, quarter, half_year, year or once, by the version of this day."""
    known = programmes().get(code)
    cycles = [cycle for since, cycle in known.versions if since <= day] if known else []
    return cycles[-1] if cycles else "month"


def cycle_name(cycle: str) -> str:
    return _(CYCLES[cycle]) if cycle in CYCLES else cycle


def event_name(kind: str) -> str:
    return _(EVENTS[kind]) if kind in EVENTS else kind


def stage_name(programme: str, stage: str) -> str:
    """The name of a stage of a programme's procedure."""
    return stage


def act_name(step: Any) -> str:
    """The name of an act of a programme's procedure, as it was done."""
    return str(step.act)


def fact_label(name: str) -> str:
    return pick(vocabulary.label(name), language())


def fact_value(name: str, value: Any) -> str:
    """A fact as people read it: money in yuan, yes or no, a code by its words."""
    entry = vocabulary.load().get(name, {})
    if value is None:
        return ""
    if entry.get("type") == "money":
        return yuan(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    labels = entry.get("values")
    if isinstance(labels, dict) and value in labels and isinstance(labels[value], dict):
        return pick(labels[value], language())
    return str(value)


def paper_name(programme: str, kind: str) -> str:
    """The name of a paper of a programme's procedure."""
    return kind
