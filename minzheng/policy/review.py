"""What `minzheng policy check` says of the files under policies/ beyond what the loader refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from minzheng.policy.checks import scope_of, used_names
from minzheng.policy.errors import PolicyError, near_miss
from minzheng.policy.load import load_policy
from minzheng.policy.model import Condition, Formula, Policy, RateSpec, Version
from minzheng.policy.rates import Rates, load_rates
from minzheng.policy.shapes import shape
from minzheng.policy.values import Bounds, Kind


@dataclass(frozen=True)
class Remark:
    """Something a policy officer should see to: where, and what, by language. `grave`: the file cannot be used."""

    where: str
    zh: str
    en: str
    grave: bool = False


def review(directory: Path, vocabulary: Path | None) -> list[Remark]:
    """Every remark on the programme in a directory (policy.yaml, rates.yaml)."""
    try:
        policy = load_policy(directory / "policy.yaml", vocabulary)
        path = directory / "rates.yaml"
        rates = load_rates(path) if path.exists() else Rates()
        _bind_all(policy, rates)
    except PolicyError as error:
        return [Remark("", error.text("zh-Hans"), error.text("en"), grave=True)]
    of_versions = (remark for version in policy.versions for remark in _of_version(version, rates))
    return [*of_versions, *_of_rates(rates)]


def _bind_all(policy: Policy, rates: Rates) -> None:
    """Every number has the type that the version of its day declares; every name is known. Raises PolicyError."""
    known = {name for version in policy.versions for name in version.rates}
    for entry in rates.entries.values():
        if entry.rate not in known:
            zh, en = near_miss(entry.rate, known)
            raise PolicyError("unknown_rate", file=entry.file, line=entry.line, name=entry.rate, hint_zh=zh, hint_en=en)
    for day in {*rates.dates(), *(version.starts_on for version in policy.versions)}:
        if day >= policy.versions[0].starts_on:
            rates.bind(policy.version_on(day), day)


def _of_version(version: Version, rates: Rates) -> Iterator[Remark]:
    for formula, _ in version.formulas():
        yield from _of_formula(formula, version)
    used = used_names(version)
    for section in (version.facts, version.member_facts, version.rates):
        for name, spec in section.items():
            where = f"{version.file}:{spec.line}"
            if name not in used:
                yield Remark(where, f"{name} 声明了，但没有公式用到", f"{name} is declared but no formula uses it")
            if spec.kind is Kind.CODE and not getattr(spec, "values", ()):
                yield Remark(where, f"{name} 没有列出取值", f"{name} does not list its values")
    if version.timing is None:
        yield Remark(version.file, "没有写发放时间（timing）", "timing is missing")
    actual = replace(version, rates={name: _no_lower(spec, rates) for name, spec in version.rates.items()})
    if shape(actual.amount.tree, scope_of(actual)).low < 0:
        yield Remark(
            f"{version.file}:{version.amount.line}",
            "按事实的范围，金额可能为负；请用 max(…, 0)",
            "within the bounds of the facts the amount may be negative: use max(…, 0)",
        )


def _of_formula(formula: Formula, version: Version) -> Iterator[Remark]:
    where = f"{version.file}:{formula.line} {formula.name}"
    if not formula.basis and not version.basis:
        yield Remark(where, "没有依据（basis）", "has no basis")
    if not formula.label and formula.name != "amount":
        yield Remark(where, "没有说明（label）", "has no label")
    if isinstance(formula, Condition) and not formula.otherwise:
        yield Remark(
            where, "没有写不符合时的说法（otherwise）", "does not say what it means when it is unmet (otherwise)"
        )


def _no_lower(spec: RateSpec, rates: Rates) -> RateSpec:
    """The rate as it stands in the file: not negative, where no entry is."""
    raw = [str(entry.raw) for entry in rates.entries.values() if entry.rate == spec.name]
    if any("-" in text for text in raw) or spec.kind is Kind.DATE:
        return spec
    return replace(spec, bounds=Bounds(max(0, spec.bounds.low), spec.bounds.high))


def _of_rates(rates: Rates) -> Iterator[Remark]:
    for entry in rates.entries.values():
        if not (entry.source.title or entry.source.ref):
            yield Remark(f"{entry.file}:{entry.line} {entry.rate}", "没有来源（source）", "has no source")
