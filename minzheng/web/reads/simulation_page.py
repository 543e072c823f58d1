"""What the page of a simulation asks for, and what it shows: the rates that hold, names, tiles, charts, tables."""

import base64
import binascii
import datetime as dt
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.core.errors import pick, refuse
from minzheng.people import queries as people
from minzheng.people.models import Person, Residence
from minzheng.policy.model import Policy, RateSpec
from minzheng.policy.rates import ANYWHERE, Entry
from minzheng.policy.simulation import Change, Law, Line, Setting, Summary, rates_in, with_rates, with_settings
from minzheng.policy.simulation.laws import holding
from minzheng.policy.values import NUMERIC, Kind
from minzheng.web import names
from minzheng.web.languages import language, listed
from minzheng.web.templatetags.mz import change, yuan

PREFIX = "set."
"""A field of the form, and of the address: `set.dibao.standard`."""
MOST_TEXT = 200_000
"""Characters that an uploaded rates file may have: it travels in the address."""
CHANGED = ("enter", "leave", "gain", "lose", "error")
MOVE_NAMES = {
    "enter": gettext_noop("新进入"),
    "leave": gettext_noop("退出"),
    "gain": gettext_noop("增加"),
    "lose": gettext_noop("减少"),
    "unchanged": gettext_noop("不变"),
    "never": gettext_noop("都不享受"),
    "error": gettext_noop("算不出"),
}


@dataclass
class Asked:
    """What the address asks for. Nothing is stored: the whole question stands in it, and can be sent to a colleague."""

    on: dt.date
    area: str
    settings: list[Setting] = field(default_factory=list)
    rates: str = ""
    """The text of a rates file."""
    file: str = ""

    @classmethod
    def of(cls, query: QueryDict, area: str) -> "Asked":
        """Refuses a day or a file that cannot be read."""
        asked = query.get("on", "")
        settings = [
            Setting(key.split(".")[1], key.split(".")[2], str(text).strip())
            for key, text in query.items()
            if key.startswith(PREFIX) and key.count(".") == 2 and str(text).strip()
        ]
        return cls(
            _day(asked) if asked else cls.plain(area).on,
            query.get("area") or area,
            settings,
            unpacked(query.get("rates", "")),
            query.get("file", ""),
        )

    @classmethod
    def plain(cls, area: str) -> "Asked":
        """Nothing changed, on the first day of this month."""
        return cls(clock.today().replace(day=1), area)

    @property
    def changes(self) -> bool:
        return bool(self.settings or self.rates)

    @property
    def query(self) -> str:
        """The question as an address's query, without how its answer is sorted and filtered."""
        pairs = [("on", self.on.isoformat()), ("area", self.area)]
        pairs += [(f"{PREFIX}{one.programme}.{one.rate}", one.value) for one in self.settings]
        if self.rates:
            pairs += [("rates", packed(self.rates)), ("file", self.file)]
        return urlencode(pairs)

    @property
    def without_file(self) -> str:
        """The same without the uploaded file."""
        return Asked(self.on, self.area, self.settings).query

    def laws(self, before: Mapping[str, Law]) -> dict[str, Law]:
        """The changed law; refuses what cannot be read."""
        after = dict(before)
        if self.rates:
            after = with_rates(after, rates_in(self.rates, self.file or _("上传的文件"), None))
        return with_settings(after, self.settings, self.on, self.area)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise refuse(
            "simulation.day",
            zh="看不懂日期“{text}”。",
            en="The day “{text}” cannot be read.",
            remedy_zh="写成 2025-06-18 的形式。",
            remedy_en="Write it as 2025-06-18.",
            text=text,
        ) from None


def packed(text: str) -> str:
    """A rates file as it stands in the address."""
    if len(text) > MOST_TEXT:
        raise refuse(
            "simulation.file_size",
            zh="费率文件太大（超过 {most} 个字符）。",
            en="The rates file is too large (more than {most} characters).",
            remedy_zh="只留要改的费率，或用命令行 minzheng simulate --rates。",
            remedy_en="Keep only the rates that change, or use minzheng simulate --rates.",
            most=MOST_TEXT,
        )
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> str:
    """The rates file again; refuses an address that was cut off."""
    if not text:
        return ""
    try:
        content = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text.encode()), 4 * MOST_TEXT)
        return content.decode()
    except (binascii.Error, zlib.error, ValueError):
        raise refuse(
            "simulation.address",
            zh="网址里的费率文件不完整。",
            en="The rates file in the address is not whole.",
            remedy_zh="请重新上传文件。",
            remedy_en="Upload the file again.",
        ) from None


# ---- the form


@dataclass(frozen=True)
class RateField:
    """One rate with what it is now and what is typed for it."""

    name: str
    """Of the form's field; empty for a table, which only a file can change."""
    label: str
    now: Sequence[tuple[str, str]]
    """(where it holds, value)"""
    source: str
    typed: str
    is_share: bool


@dataclass(frozen=True)
class ProgrammeFields:
    """A programme's rates that hold on the day."""

    code: str
    name: str
    cycle: str
    fields: Sequence[RateField]
    typed: bool


def programme_fields(laws: Mapping[str, Law], asked: Asked, typed: Mapping[str, str]) -> list[ProgrammeFields]:
    """Every programme in force on the day with its rates for the area (and any for which something was typed)."""
    found = []
    for code, law in laws.items():
        first = law.policy.versions[0].starts_on
        if first > asked.on and not any(key.startswith(f"{PREFIX}{code}.") for key in typed):
            continue
        version = law.policy.version_on(max(first, asked.on))
        rates = [
            _field(code, name, spec, holding(law.rates, name, asked.on, asked.area), typed)
            for name, spec in version.rates.items()
            if spec.kind in NUMERIC
        ]
        cycle = names.cycle_name(version.timing.pay_cycle) if version.timing else ""
        any_typed = any(one.typed for one in rates)
        found.append(ProgrammeFields(code, names.programme_name(code), cycle, rates, any_typed))
    return found


def _field(code: str, name: str, spec: RateSpec, entries: list[Entry], typed: Mapping[str, str]) -> RateField:
    sources = dict.fromkeys(_source(entry) for entry in entries)
    field_name = "" if spec.table else f"{PREFIX}{code}.{name}"
    return RateField(
        name=field_name,
        label=pick(spec.label, language()) if spec.label else name,
        now=[(_where(entry), _written(entry)) for entry in entries],
        source="；".join(one for one in sources if one),
        typed=typed.get(field_name, "") if field_name else "",
        is_share=spec.kind is Kind.RATE,
    )


def changed_values(
    one: Change, before: Mapping[str, Law], after: Mapping[str, Law], asked: Asked
) -> list[tuple[str, str, str]]:
    """(where, before, after) of a rate that changes; of a policy the files' names."""
    if one.name == "policy":
        return [("", "; ".join(one.before), "; ".join(one.after))]
    was = {entry.key: entry for entry in holding(before[one.programme].rates, one.name, asked.on, asked.area)}
    now = {entry.key: entry for entry in holding(after[one.programme].rates, one.name, asked.on, asked.area)}
    found = []
    for key in sorted({*was, *now}):
        old, new = was.get(key), now.get(key)
        texts = _written(old) if old else _("没有"), _written(new) if new else _("没有")
        if texts[0] != texts[1]:
            found.append((_where(new or old), *texts))  # type: ignore[arg-type]
    return found


def _where(entry: Entry) -> str:
    residence = _(dict(Residence.choices)[entry.residence]) if entry.residence else ""
    category = names.category_name(entry.category) if entry.category else ""
    area = areas.name(entry.area) if entry.area != ANYWHERE else ""
    return " ".join(word for word in (area, residence, category) if word)


def _written(entry: Entry) -> str:
    if isinstance(entry.raw, str):
        return entry.raw
    return "; ".join(f"{low}+ {value}" for low, value in entry.raw)


def _source(entry: Entry) -> str:
    return " ".join(word for word in (entry.source.title, entry.source.ref) if word)


# ---- the answer


def tiles(found: Summary, table: Any, move: str) -> list[dict[str, Any]]:
    """The figures at a glance; those who move are links to them."""
    whole = found.total
    costs = [
        (_("月支出（现行）"), whole.month_before, _("年 %(yuan)s") % {"yuan": yuan(whole.year_before)}),
        (_("月支出（测算）"), whole.month_after, _("年 %(yuan)s") % {"yuan": yuan(whole.year_after)}),
    ]
    shown = [{"label": label, "value": yuan(fen), "note": note} for label, fen, note in costs]
    more = {"label": _("每月增减"), "value": change(whole.month_more) or "0.00"}
    shown.append(more | {"note": _("年 %(yuan)s") % {"yuan": change(whole.year_more)}})
    for key in CHANGED:
        count = getattr(whole, key)
        if key == "error" and not count:
            continue
        shown.append(
            {
                "label": _(MOVE_NAMES[key]),
                "value": f"{count:,}",
                "url": table.url(move=key, page=None, sort=None) + "#parties",
                "tone": "on" if move == key else "",
            }
        )
    return shown


def bars(found: Summary, kind: str) -> dict[str, Any]:
    """The monthly cost of each part before and after, for a chart."""
    groups = found.by_area if kind == "area" else found.by_programme
    label = area_word if kind == "area" else names.programme_name
    return {
        "labels": [label(code) for code in groups],
        "before": [one.month_before for one in groups.values()],
        "after": [one.month_after for one in groups.values()],
        "words": [_("现行"), _("测算")],
        "unit": _("元/月"),
    }


def lorenz(found: Summary) -> dict[str, Any]:
    """Both Lorenz curves in per cent, for a chart."""
    return {
        "before": [[people / 100, part / 100] for people, part in found.before.lorenz],
        "after": [[people / 100, part / 100] for people, part in found.after.lorenz],
        "words": [_("现行"), _("测算"), _("完全平均")],
        "x": _("人口累计 %"),
        "y": _("收入累计 %"),
    }


def spread(found: Summary) -> list[tuple[str, str, str, str]]:
    """(label, before, after, what it is) of the distribution."""
    before, after = found.before.as_dict(), found.after.as_dict()
    rows = [
        (_("基尼系数"), "gini", _("0 是完全平均，1 是全归一人")),
        (_("低于贫困线的人口比例"), "headcount", _("贫困线：改变前的当地低保标准")),
        (_("低于贫困线人数"), "poor_people", ""),
        (_("贫困缺口（元/月）"), "poverty_gap", _("把每个人补到贫困线每月还差多少")),
        (_("贫困缺口指数 P1"), "p1", _("人均相对差距（FGT，α=1）")),
    ]
    return [(label, _plain(before[key]), _plain(after[key]), note) for label, key, note in rows]


def _plain(value: Any) -> str:
    return "—" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def left_out(found: Summary) -> list[str]:
    """Who is not in the distribution, in words."""
    reasons = {"income": _("没有登记年收入"), "people": _("人数缺失"), "line": _("没有当地低保标准")}
    said = _("%(why)s：%(families)s 户 %(people)s 人")
    return [
        said % {"why": reasons[why], "families": f"{families:,}", "people": f"{people_:,}"}
        for why, (families, people_) in found.left_out.items()
    ]


def failures(found: Summary, policies: Mapping[str, Policy]) -> list[dict[str, Any]]:
    """The parties in error, by what stands in the way."""
    sides = {"before": _("现行"), "after": _("测算"), "both": _("两边")}
    return [
        {
            "programme": names.programme_name(one.programme),
            "side": sides[one.side],
            "why": error_words(one.code, policies[one.programme]),
            "code": one.code,
            "parties": one.parties,
            "people": one.people,
            "year": one.year,
        }
        for one in found.failures
    ]


def error_words(code: str, policy: Policy) -> str:
    """`missing:no_car:cars` in words."""
    kind, _step, fact = [*code.split(":"), "", ""][:3]
    labels: dict[str, Any] = {}
    for version in policy.versions:
        for known in (version.member_facts, version.facts, version.rates):
            labels |= {name: spec.label for name, spec in known.items() if spec.label}
    said = {
        "missing": _("缺少“%(fact)s”"),
        "no_rate": _("当地没有“%(fact)s”的标准"),
        "bounds": _("“%(fact)s”超出允许的范围"),
        "table": _("低于“%(fact)s”的最低一档"),
    }.get(kind)
    label = pick(labels[fact], language()) if fact in labels else names.fact_label(fact) if fact else ""
    return said % {"fact": label} if said else code


def unmet_words(line: Line, policy: Policy) -> str:
    """Why a party gets nothing after the change, in words."""
    if line.move == "error":
        return error_words(line.unmet, policy)
    if line.after != 0 or not line.unmet:
        return ""
    labels = {name: one.label for version in policy.versions for name, one in version.conditions.items()}
    return _("不符合：") + listed(
        pick(labels[name], language()) if labels.get(name) else name for name in line.unmet.split(";")
    )


def area_word(code: str) -> str:
    return areas.name(code) if code else "—"


def who(lines: Iterable[Line], on: dt.date) -> dict[str, str]:
    """The name each party stands under, in two queries: the person's, or that of the household's head."""
    ids = {line.id for line in lines}
    heads = people.heads({key_of(one) for one in ids if one.startswith("h")}, on)
    persons = {one: key_of(one) for one in ids if one.startswith("p")}
    named = dict(Person.objects.filter(pk__in=set(persons.values())).values_list("pk", "name"))
    found = {one: named.get(pk, "") for one, pk in persons.items()}
    return found | {one: heads[key_of(one)].name for one in ids if one.startswith("h") and key_of(one) in heads}


def key_of(party: str) -> int:
    """`h12`, `h12-2` → 12."""
    return int(party[1:].partition("-")[0])


def page_of_party(party: str) -> str:
    """The household's or the person's page."""
    if party.startswith("h"):
        return reverse("household-tab", args=[key_of(party), "money"])
    return reverse("person", args=[key_of(party)])


def typed_in(query: QueryDict) -> dict[str, str]:
    """What was typed, as it was typed."""
    return {key: str(text) for key, text in query.items() if key.startswith(PREFIX)}
