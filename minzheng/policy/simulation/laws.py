"""The law before and after: what is in force, and what somebody would change.

A change is a rate set to one value (`dibao.standard=700`), a file of rates laid over those in force, or another policy.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minzheng.core.errors import Refused, Text, refuse
from minzheng.core.files import policies_dir
from minzheng.policy import source
from minzheng.policy.errors import near_miss
from minzheng.policy.load import load_policy
from minzheng.policy.model import Policy, Version
from minzheng.policy.rates import ANYWHERE, Entry, Rates, Source, load_overlay, load_rates, rates_of, typed


@dataclass(frozen=True)
class Law:
    """One programme's policy and rates, on one side of the comparison."""

    policy: Policy
    rates: Rates

    @property
    def code(self) -> str:
        return self.policy.programme


@dataclass(frozen=True)
class Setting:
    """A rate that has one value wherever it holds."""

    programme: str
    rate: str
    value: str

    def __str__(self) -> str:
        return f"{self.programme}.{self.rate}={self.value}"


@dataclass(frozen=True)
class Change:
    """What differs between the two sides, in words: a rate's values on the day before and after, or another policy."""

    programme: str
    name: str
    label: Text
    before: tuple[str, ...]
    after: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "programme": self.programme,
            "rate": self.name,
            "label": dict(self.label),
            "before": list(self.before),
            "after": list(self.after),
        }


def read_setting(text: str) -> Setting:
    """`dibao.standard=700` as a Setting; refuses what has another form."""
    name, equals, value = text.partition("=")
    programme, dot, rate = name.strip().partition(".")
    if not (equals and dot and programme and rate and value.strip()):
        raise refuse(
            "simulation.setting",
            zh="看不懂“{text}”。",
            en="“{text}” cannot be read.",
            remedy_zh="写成 项目.费率=值，例如 dibao.standard=700、dibao.elderly=0.25。",
            remedy_en="Write programme.rate=value, for example dibao.standard=700 or dibao.elderly=0.25.",
            text=text,
        )
    return Setting(programme, rate, value.strip())


def laws_on_disk(base_rates: Iterable[Path] = ()) -> dict[str, Law]:
    """The programmes of the policies directory with their rates, in the declared order, and other rates files (a
    mapping of programme to rates) laid over them. The laws of means, which pay nothing, are left aside."""
    root = policies_dir()
    vocabulary = root / "facts.yaml"
    declared = source.parse(source.read_file(root / "programmes.yaml"), "programmes.yaml")
    laws = {}
    for code in declared["order"]:
        folder = root / code
        beside = [folder / "rates.yaml"] if (folder / "rates.yaml").exists() else []
        laws[str(code)] = Law(load_policy(folder / "policy.yaml", vocabulary), load_rates(*beside))
    for path in base_rates:
        overlay = load_overlay(path)
        laws = with_rates(laws, {code: rates for code, rates in overlay.items() if code not in declared["means"]})
    return laws


def read_rates(path: Path, programme: str | None) -> dict[str, Rates]:
    """A changed rates file: a mapping of programme to rates, or the rates of the one programme that is named."""
    return rates_in(source.read_file(path), str(path), programme)


def rates_in(text: str, name: str, programme: str | None) -> dict[str, Rates]:
    """As `read_rates`, from text."""
    root = source.parse(text, name)
    if isinstance(root, source.Block) and root and all(isinstance(body, source.Items) for body in root.values()):
        if programme is None:
            raise refuse(
                "simulation.whose_rates",
                zh="{file} 是单个项目的费率，看不出是哪个项目的。",
                en="{file} holds the rates of one programme and does not say of which.",
                remedy_zh="请用 --programme 指明一个项目，或把文件写成“项目: 费率”的形式。",
                remedy_en="Name one with --programme, or write the file as a mapping of programme to rates.",
                file=name,
            )
        return {programme: rates_of(root, name)}
    if not isinstance(root, source.Block) or not root:
        raise refuse(
            "simulation.no_rates",
            zh="{file} 里没有费率。",
            en="{file} holds no rates.",
            remedy_zh="写成“项目: {{费率: [{{from: 日期, value: 值}}]}}”。",
            remedy_en="Write it as programme: {{rate: [{{from: day, value: value}}]}}.",
            file=name,
        )
    return {str(code): rates_of(body, name) for code, body in root.items() if body is not None}


def with_rates(laws: Mapping[str, Law], overlay: Mapping[str, Rates]) -> dict[str, Law]:
    """The laws with other rates laid over theirs; refuses a programme or a rate that there is not."""
    changed = dict(laws)
    for code, rates in overlay.items():
        law = law_of(laws, code)
        for name in sorted(rates.names()):
            if not any(name in version.rates for version in law.policy.versions):
                raise unknown_rate(law.policy.versions[-1], name)
        changed[code] = Law(law.policy, law.rates.merge(rates))
    return changed


def with_policy(laws: Mapping[str, Law], code: str, path: Path) -> dict[str, Law]:
    """The laws with another policy for a programme; its rates stay."""
    law = law_of(laws, code)
    vocabulary = policies_dir() / "facts.yaml"
    policy = load_policy(path, vocabulary)
    if policy.programme != code:
        raise refuse(
            "simulation.other_programme",
            zh="{file} 是项目“{found}”的政策，不是“{code}”的。",
            en="{file} is the policy of “{found}”, not of “{code}”.",
            remedy_zh="请写 --policy {found}={file}，或换一个文件。",
            remedy_en="Write --policy {found}={file}, or name another file.",
            file=path,
            found=policy.programme,
            code=code,
        )
    return {**laws, code: Law(policy, law.rates)}


def with_settings(laws: Mapping[str, Law], settings: Sequence[Setting], day: dt.date, area: str = "") -> dict[str, Law]:
    """The laws with each of these rates at one value on the day: in every place of the area, residence and category for
    which the rate holds (everywhere, where it holds nowhere yet)."""
    changed = dict(laws)
    seen: set[tuple[str, str]] = set()
    for setting in settings:
        key = setting.programme, setting.rate
        if key in seen:
            raise refuse(
                "simulation.twice",
                zh="{setting} 给同一个费率第二个值。",
                en="{setting} gives the same rate a second value.",
                remedy_zh="每个费率只写一次。",
                remedy_en="Name each rate once.",
                setting=setting,
            )
        seen.add(key)
        law = law_of(changed, setting.programme)
        version = law.policy.version_on(day)
        changed[setting.programme] = Law(law.policy, _set(law.rates, version, setting, day, area))
    return changed


def differences(before: Mapping[str, Law], after: Mapping[str, Law], day: dt.date, area: str = "") -> list[Change]:
    """What differs between the two sides on the day, as far as it concerns the area."""
    found = []
    for code, law in after.items():
        was, now = before[code], law
        if was.policy is not now.policy:
            found.append(
                Change(code, "policy", {"zh-Hans": "政策", "en": "Policy"}, (was.policy.file,), (now.policy.file,))
            )
        if was.rates is now.rates:
            continue
        version = now.policy.version_on(day)
        for name, spec in version.rates.items():
            values = values_on(was.rates, version, name, day, area), values_on(now.rates, version, name, day, area)
            if values[0] != values[1]:
                label = spec.label or {"zh-Hans": name, "en": name}
                found.append(Change(code, name, label, values[0], values[1]))
    return found


def holding(rates: Rates, name: str, day: dt.date, area: str = "") -> list[Entry]:
    """The entries of a rate that hold on a day for an area or a part of it: the latest of each area, residence and
    category."""
    latest: dict[tuple[str, str, str, str], Entry] = {}
    for entry in rates.entries.values():
        near = entry.area == ANYWHERE or area.startswith(entry.area) or entry.area.startswith(area)
        if entry.rate == name and entry.since <= day and near:
            known = latest.get(entry.key)
            if known is None or known.since < entry.since:
                latest[entry.key] = entry
    return [latest[key] for key in sorted(latest)]


def values_on(rates: Rates, version: Version, name: str, day: dt.date, area: str = "") -> tuple[str, ...]:
    """A rate's values on a day as they are written, each with where it holds."""
    if name not in version.rates:
        return ()
    return tuple(f"{_where(entry)}{_written(entry)}" for entry in holding(rates, name, day, area))


def law_of(laws: Mapping[str, Law], code: str) -> Law:
    """The law of a programme; refuses an unknown one with the nearest name."""
    if code not in laws:
        zh, en = near_miss(code, laws)
        raise refuse(
            "simulation.programme",
            zh="没有项目“{code}”。",
            en="There is no programme “{code}”.",
            remedy_zh="可用的项目：{known}。{hint_zh}",
            remedy_en="The programmes are: {known}.{hint_en}",
            code=code,
            known=", ".join(laws),
            hint_zh=zh,
            hint_en=en,
        )
    return laws[code]


def unknown_rate(version: Version, name: str) -> Refused:
    """The refusal of a rate that a programme does not have."""
    zh, en = near_miss(name, version.rates)
    return refuse(
        "simulation.rate",
        zh="项目“{programme}”没有费率“{name}”。",
        en="The programme “{programme}” has no rate “{name}”.",
        remedy_zh="它的费率：{known}。{hint_zh}",
        remedy_en="Its rates are: {known}.{hint_en}",
        programme=version.programme,
        name=name,
        known=", ".join(version.rates),
        hint_zh=zh,
        hint_en=en,
    )


def _set(rates: Rates, version: Version, setting: Setting, day: dt.date, area: str) -> Rates:
    if setting.rate not in version.rates:
        raise unknown_rate(version, setting.rate)
    spec = version.rates[setting.rate]
    if spec.table is not None:
        raise _is_table(setting)
    held = holding(rates, setting.rate, day, area) or [
        Entry(setting.rate, ANYWHERE, "", "", day, setting.value, Source(), "", 0)
    ]
    given = Source(title="测算 simulation")
    entries = [replace(one, since=day, raw=setting.value, source=given, file=setting.programme, line=0) for one in held]
    typed(entries[0], spec)  # refuses a value that is not of the rate's type or outside its bounds
    return rates.merge(Rates(entries))


def _is_table(setting: Setting) -> Refused:
    return refuse(
        "simulation.table",
        zh="“{programme}.{rate}”是一张分档表，不能用一个值代替。",
        en="“{programme}.{rate}” is a table; one value cannot take its place.",
        remedy_zh="请在费率文件里写出各档，用 --rates（网页上为“上传费率文件”）。",
        remedy_en="Write its rows into a rates file and give that with --rates (on the page: upload a rates file).",
        programme=setting.programme,
        rate=setting.rate,
    )


def _where(entry: Entry) -> str:
    words = [entry.area if entry.area != ANYWHERE else "", entry.residence, entry.category]
    said = " ".join(word for word in words if word)
    return f"{said}: " if said else ""


def _written(entry: Entry) -> str:
    if isinstance(entry.raw, str):
        return entry.raw
    return "[" + "; ".join(f"{low}+: {value}" for low, value in entry.raw) + "]"
