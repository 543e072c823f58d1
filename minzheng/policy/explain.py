"""One subject's decision, step by step: what a resident can check with a pencil."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from minzheng.policy import tree as t
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.faults import LANGUAGES, Fault, fault
from minzheng.policy.filled import UNKNOWN, Filled, code_label, in_words, shown, stated
from minzheng.policy.model import Basis, Condition, FactSpec, Formula, Policy, Version, Words
from minzheng.policy.outcome import Failure, Subject
from minzheng.policy.rates import Rates, Table
from minzheng.policy.values import Kind

AMOUNT = {"zh-Hans": "金额", "en": "Amount"}


@dataclass(frozen=True)
class RateUsed:
    """A number the law sets, as it was used. value: yuan for money; text: the same by language, with its unit.

    since is empty where the number was given with the facts instead of being looked up.
    """

    name: str
    label: Words
    value: str
    since: str
    area: str
    source: Mapping[str, str]
    residence: str = ""
    category: Words = field(default_factory=dict)
    text: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One formula for this subject. member: whose, counted from 1; 0 where there is none; None for the household.

    words: the formula in labels; filled: with the values in it; result: its value; stated: the same with its unit, a
    rounded one beside the exact; all by language, money in yuan. uses: the steps it stands on. own_basis: the clause is
    its own, not the version's. kept: False where a condition does not hold; None for what is not a condition.
    """

    name: str
    label: Words
    formula: str
    words: Words
    filled: Words
    result: Words
    basis: tuple[Basis, ...]
    rates: tuple[RateUsed, ...]
    member: int | None = None
    kept: bool | None = None
    stated: Words = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    own_basis: bool = True


@dataclass(frozen=True)
class Explanation:
    """Everything behind one result. amount: fen, None in error; unmet: name and `otherwise` of each condition unmet.

    lines: in the order in which the policy file writes the formulas, each formula of a member once for every member.
    who: the name that came with the facts; cycle: how often the amount is paid; fault: the error in words.
    """

    programme: str
    name: Words
    subject: str
    on: str
    version: str
    eligible: bool
    amount: int | None
    error: str | None
    reason: Words
    facts: tuple[Mapping[str, Any], ...]
    members: tuple[str, ...]
    lines: tuple[Line, ...]
    unmet: tuple[Mapping[str, Any], ...]
    basis: tuple[Basis, ...] = field(default_factory=tuple)
    who: str = ""
    area: str = ""
    residence: str = ""
    cycle: str = ""
    fault: Fault | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable."""
        return _plain(self)


def explanation_of(stored: Mapping[str, Any]) -> Explanation:
    """The inverse of `as_dict`, for what was stored with an assessment; what was not yet stored then stays empty."""
    fault = stored.get("fault")
    known = {
        **_fields(Explanation, stored),
        "facts": tuple(stored.get("facts", ())),
        "members": tuple(stored.get("members", ())),
        "unmet": tuple(stored.get("unmet", ())),
        "lines": tuple(_line_of(line) for line in stored.get("lines", ())),
        "basis": _basis_of(stored),
        "fault": Fault(**{**_fields(Fault, fault), "members": tuple(fault["members"])}) if fault else None,
    }
    return replace(NOTHING, **known)


NOTHING = Explanation("", {}, "", "", "", False, None, None, {}, (), (), (), ())


def _line_of(stored: Mapping[str, Any]) -> Line:
    rates = tuple(RateUsed(**_fields(RateUsed, rate)) for rate in stored.get("rates", ()))
    known = {**_fields(Line, stored), "rates": rates, "basis": _basis_of(stored), "uses": tuple(stored.get("uses", ()))}
    return Line(**known)


def _basis_of(stored: Mapping[str, Any]) -> tuple[Basis, ...]:
    found = (_fields(Basis, one) for one in stored.get("basis", ()))
    return tuple(Basis(**{**one, "articles": tuple(map(str, one.get("articles", ())))}) for one in found)


def _fields(made: type, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: stored[one.name] for one in fields(made) if one.name in stored}


def explain(policy: Policy, rates: Rates, subject: Subject, on: dt.date) -> Explanation:
    """Why a subject gets what it gets on a day; one in error is explained too. Raises PolicyError as `assess` does."""
    version = policy.version_on(on)
    evaluation = Evaluation(version, rates.bind(version, on), subject, on)
    result = evaluation.result()
    writer = _Writer(version, evaluation)
    lines = [line for formula, of_member in version.as_written() for line in writer.lines(formula, of_member)]
    unmet = [version.conditions[name] for name in result.unmet]
    found = fault(evaluation, result.error) if result.error else None
    return Explanation(
        programme=policy.programme,
        name=dict(policy.name),
        subject=subject.id,
        on=on.isoformat(),
        version=version.starts_on.isoformat(),
        eligible=result.eligible,
        amount=result.amount,
        error=result.error,
        reason=found.reason if found else {},
        facts=tuple(writer.facts()),
        members=tuple(str(member.get("name") or number) for number, member in enumerate(subject.members, 1)),
        lines=tuple(lines),
        unmet=tuple({"name": one.name, "label": one.label, "otherwise": one.otherwise or one.label} for one in unmet),
        basis=version.basis,
        who=str(subject.facts.get("name") or ""),
        area=subject.area,
        residence=subject.residence or "",
        cycle=version.timing.pay_cycle if version.timing else "",
        fault=found,
    )


class _Writer:
    def __init__(self, version: Version, evaluation: Evaluation) -> None:
        self.version, self.evaluation = version, evaluation

    def whose(self, of_member: bool) -> list[int | None]:
        return list(range(len(self.evaluation.subject.members))) if of_member else [None]

    def lines(self, formula: Formula, of_member: bool) -> list[Line]:
        """A line for the household or one for each member; without members a member's formula is named all the same."""
        if of_member and not self.evaluation.subject.members:
            return [self.unused(formula)]
        return [self.line(formula, member) for member in self.whose(of_member)]

    def unused(self, formula: Formula) -> Line:
        return Line(
            name=formula.name,
            label=formula.label,
            formula=formula.text.strip(),
            words={lang: in_words(self.version, formula, lang) for lang in LANGUAGES},
            filled={},
            result={},
            basis=formula.basis or self.version.basis,
            rates=(),
            member=0,
            uses=steps_in(formula),
            own_basis=bool(formula.basis),
        )

    def line(self, formula: Formula, member: int | None) -> Line:
        outcome = self.evaluation.outcome(formula.name, member)
        kind = Kind.MONEY if formula.name == "amount" else formula.kind  # a plain 0 is money, too
        return Line(
            name=formula.name,
            label=formula.label or (AMOUNT if formula.name == "amount" else {}),
            formula=formula.text.strip(),
            words={lang: in_words(self.version, formula, lang) for lang in LANGUAGES},
            filled={lang: self.filled(formula, member, lang).text(formula.tree) for lang in LANGUAGES},
            result={lang: shown(outcome, kind, lang) for lang in LANGUAGES},
            basis=formula.basis or self.version.basis,
            rates=tuple(self.rates_used(formula, member)),
            member=None if member is None else member + 1,
            kept=bool(outcome is True) if isinstance(formula, Condition) else None,
            stated={lang: stated(outcome, kind, lang) for lang in LANGUAGES},
            uses=steps_in(formula),
            own_basis=bool(formula.basis),
        )

    def filled(self, formula: Formula, member: int | None, language: str) -> Filled:
        return Filled(self.evaluation, formula, member, language)

    def rates_used(self, formula: Formula, member: int | None) -> list[RateUsed]:
        """The rates a formula reads, each once; in an aggregate those of every member's category."""
        used: dict[tuple[str, str], RateUsed] = {}
        for node in formula.tree.walk():
            if isinstance(node, t.RateRef):
                for whose in self.whose(True) if node.member and member is None else [member]:
                    found = self.rate_used(node, formula, whose)
                    if found is not None:
                        used.setdefault((found.name, found.category.get("zh-Hans", "")), found)
        return list(used.values())

    def rate_used(self, node: t.RateRef, formula: Formula, member: int | None) -> RateUsed | None:
        """None where nothing is set: the line that needs it says so itself."""
        spec = self.version.rates[node.name]
        given = self.evaluation.subject.facts.get(node.name)
        if given is not None and spec.table is None:
            text = {lang: stated(given, node.kind, lang) for lang in LANGUAGES}
            return RateUsed(node.name, spec.label, shown(given, node.kind, "en"), "", "", {}, text=text)
        try:
            found = self.evaluation.rate_entry(node.name, member, formula.name)
        except Failure:
            return None
        entry = found.entry
        if isinstance(found.value, Table):
            text = {lang: self.filled(formula, member, lang).rows(node) for lang in LANGUAGES}
            value = text["en"]
        else:
            text = {lang: stated(found.value, node.kind, lang) for lang in LANGUAGES}
            value = shown(found.value, node.kind, "en")
        return RateUsed(
            name=node.name,
            label=spec.label,
            value=value,
            since=entry.since.isoformat(),
            area=entry.area,
            source=entry.source.as_dict(),
            residence=entry.residence,
            category=self.category(spec.key, entry.category),
            text=text,
        )

    def category(self, key: str | None, category: str) -> Words:
        if not category:
            return {}
        spec = self.version.facts.get(key or "") or self.version.member_facts.get(key or "")
        labels = spec.value_labels if spec else {}
        return {lang: code_label(labels, category, lang) for lang in LANGUAGES}

    def facts(self) -> list[dict[str, Any]]:
        """What is known: the household's facts, then each member's."""
        found = []
        for member in [None, *self.whose(True)]:
            specs = self.version.facts if member is None else self.version.member_facts
            for name, spec in specs.items():
                found.append(
                    {
                        "name": name,
                        "label": spec.label,
                        "value": {lang: self.known(spec, member, lang) for lang in LANGUAGES},
                        "member": None if member is None else member + 1,
                        "money": spec.kind is Kind.MONEY,
                    }
                )
        return found

    def known(self, spec: FactSpec, member: int | None, language: str) -> str:
        value = self.evaluation.facts_of(member).get(spec.name)
        if value is None:
            return UNKNOWN[language]
        if spec.kind is Kind.CODE:
            return code_label(spec.value_labels, str(value), language)
        return shown(value, spec.kind, language)


def steps_in(formula: Formula) -> tuple[str, ...]:
    """The steps a formula stands on, each once."""
    return tuple(dict.fromkeys(node.name for node in formula.tree.walk() if isinstance(node, t.StepRef)))


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
