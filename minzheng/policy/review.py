"""What `minzheng policy check` says of the files under policies/, beyond what the loader refuses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from minzheng.policy import tree as t
from minzheng.policy.checks import scope_of, used_names
from minzheng.policy.dated import gaps_and_overlaps
from minzheng.policy.errors import PolicyError, near_miss
from minzheng.policy.load import load_policy
from minzheng.policy.model import Condition, Formula, Policy, RateSpec, Version
from minzheng.policy.rates import Rates, Table, load_rates, typed
from minzheng.policy.remark import Remark, grave, remark
from minzheng.policy.shapes import Scope, shape, table_scale
from minzheng.policy.values import Bounds, Kind, from_carried, write
from minzheng.policy.vocabulary import load_vocabulary


def review(directory: Path, vocabulary: Path | None, overlays: Sequence[Mapping[str, Rates]] = ()) -> list[Remark]:
    """Every remark on the programme in a directory (policy.yaml, rates.yaml).

    The rates of its regions are laid over its own, then the overlays: rates by programme, as `load_overlay` reads them.
    """
    try:
        policy = load_policy(directory / "policy.yaml", vocabulary)
        rates = load_rates(*_layers(directory))
        for overlay in overlays:
            rates = rates.merge(overlay.get(policy.programme, Rates()))
        _bind_all(policy, rates)
    except PolicyError as error:
        return [grave(error)]
    of_versions = (one for version in policy.versions for one in _of_version(version, rates))
    return [*of_versions, *_of_rates(rates), *gaps_and_overlaps(policy, rates)]


def review_vocabulary(vocabulary: Path, directories: Sequence[Path]) -> list[Remark]:
    """Facts of facts.yaml that none of these programmes uses."""
    try:
        known = load_vocabulary(vocabulary)
        policies = [load_policy(directory / "policy.yaml", vocabulary) for directory in directories]
    except PolicyError:
        return []  # Each programme's own review says why.
    used = {
        name for policy in policies for version in policy.versions for name in (*version.facts, *version.member_facts)
    }
    return [
        remark("fact_of_none", file=str(vocabulary), line=fact.line, name=name)
        for name, fact in known.items()
        if name not in used
    ]


def _layers(directory: Path) -> list[Path]:
    """The programme's rates, then what counties and provinces set otherwise, as an installation lays them."""
    regions = sorted(directory.parent.glob(f"regions/*/{directory.name}/rates.yaml"))
    return [path for path in (directory / "rates.yaml", *regions) if path.exists()]


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
            place = {"file": version.file, "line": spec.line, "name": name}
            if name not in used:
                yield remark("unused_rate" if section is version.rates else "unused_fact", **place)  # type: ignore[arg-type]
            if spec.kind is Kind.CODE and not getattr(spec, "values", ()):
                yield remark("no_values", **place)  # type: ignore[arg-type]
    if version.timing is None:
        yield remark("no_timing", file=version.file)
    actual = replace(version, rates={name: _no_lower(spec, rates) for name, spec in version.rates.items()})
    scope = scope_of(actual)
    if shape(actual.amount.tree, scope).low < 0:
        yield remark("negative", file=version.file, line=version.amount.line, name="amount")
    yield from _of_tables(actual, scope, rates)


def _of_formula(formula: Formula, version: Version) -> Iterator[Remark]:
    place = {"file": version.file, "line": formula.line, "name": formula.name}
    if not formula.basis:
        yield remark("no_basis", **place)  # type: ignore[arg-type]
    for clause in formula.basis:
        if not clause.mark:
            yield remark("no_mark", **place, title=clause.title)  # type: ignore[arg-type]
    if not formula.label and formula.name != "amount":
        yield remark("no_label", **place)  # type: ignore[arg-type]
    if isinstance(formula, Condition) and not formula.otherwise:
        yield remark("no_otherwise", **place)  # type: ignore[arg-type]


def _no_lower(spec: RateSpec, rates: Rates) -> RateSpec:
    """The rate as it stands in the file: not negative, where no entry is."""
    raw = [str(entry.raw) for entry in rates.entries.values() if entry.rate == spec.name]
    if any("-" in text for text in raw) or spec.kind is Kind.DATE:
        return spec
    return replace(spec, bounds=Bounds(max(0, spec.bounds.low), spec.bounds.high))


def _of_tables(version: Version, scope: Scope, rates: Rates) -> Iterator[Remark]:
    """Tables against what is looked up in them: values below the first row, rows that none reaches."""
    reached: dict[str, list[tuple[int, int]]] = {}
    for formula, _ in version.formulas():
        for node in formula.tree.walk():
            if isinstance(node, t.Band | t.Marginal):
                operand, scale = shape(node.operand, scope), table_scale(node, scope)
                den = operand.den or 1
                limits = operand.low * scale // den, -(-operand.high * scale // den)
                reached.setdefault(node.table.name, []).append(limits)
    for name, every in reached.items():
        spec = version.rates[name]
        least, most = min(low for low, _ in every), max(high for _, high in every)
        tables = [(entry, typed(entry, spec)) for entry in rates.entries.values() if entry.rate == name]
        found = [(entry, table) for entry, table in tables if isinstance(table, Table)]
        too_high = [(entry, table) for entry, table in found if table.lows[0] > least]
        if too_high and spec.of is not None:
            entry, table = too_high[0]
            values = {"low": _bound(table.lows[0], spec.of), "least": _bound(least, spec.of)}
            yield remark("table_low", file=entry.file, line=entry.line, name=name, **values)
        for entry, table in found:
            if table.lows[-1] > most and spec.of is not None:
                values = {"low": _bound(table.lows[-1], spec.of), "most": _bound(most, spec.of)}
                yield remark("row_unreached", file=entry.file, line=entry.line, name=name, **values)


def _bound(number: int, kind: Kind) -> str:
    return write(from_carried(number, kind), kind)


def _of_rates(rates: Rates) -> Iterator[Remark]:
    for entry in rates.entries.values():
        if not (entry.source.title or entry.source.ref):
            yield remark("no_source", file=entry.file, line=entry.line, name=entry.rate)
