"""One subject's decision, step by step: what a resident can check with a pencil."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from minzheng.policy import tree as t
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.model import Basis, Condition, Formula, Policy, Version, Words
from minzheng.policy.outcome import Failure, Subject
from minzheng.policy.rates import Rates, Table
from minzheng.policy.render import Renderer
from minzheng.policy.values import MILLION, Kind, Value, decimal_text

LANGUAGES = ("zh-Hans", "en")
UNKNOWN = {"zh-Hans": "未知", "en": "unknown"}
FAILED = {"zh-Hans": "算不出", "en": "not computed"}
AMOUNT = {"zh-Hans": "金额", "en": "Amount"}
YES_NO = {"zh-Hans": ("是", "否"), "en": ("yes", "no")}
ROWS = {"zh-Hans": "{0} 起：{1}", "en": "from {0}: {1}"}

REASONS: Mapping[str, Words] = {
    "missing": {"zh-Hans": "缺少事实“{fact}”。", "en": "The fact “{fact}” is missing."},
    "bounds": {"zh-Hans": "“{fact}”超出允许的范围。", "en": "“{fact}” is outside its bounds."},
    "no_rate": {"zh-Hans": "当地没有“{fact}”的标准。", "en": "There is no “{fact}” for this place."},
    "division": {"zh-Hans": "除数“{fact}”为零。", "en": "The divisor “{fact}” is zero."},
    "empty": {"zh-Hans": "没有可比较的成员。", "en": "There is no member to compare."},
    "table": {"zh-Hans": "数值低于“{fact}”的最低一档。", "en": "The value is below the first row of “{fact}”."},
}


@dataclass(frozen=True)
class RateUsed:
    """A number the law sets, as it was used. value: yuan for money."""

    name: str
    label: Words
    value: str
    since: str
    area: str
    source: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One formula for this subject. member: whose, counted from 1; None for the household.

    words: the formula in labels; filled: with the values in it; result: its value; all by language, money in yuan.
    kept: False where a condition does not hold; None for what is not a condition.
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


@dataclass(frozen=True)
class Explanation:
    """Everything behind one result. amount: fen, None in error; unmet: name and `otherwise` of each condition unmet."""

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

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable."""
        return _plain(self)


def explain(policy: Policy, rates: Rates, subject: Subject, on: dt.date) -> Explanation:
    """Why a subject gets what it gets on a day; one in error is explained too. Raises PolicyError as `assess` does."""
    version = policy.version_on(on)
    evaluation = Evaluation(version, rates.bind(version, on), subject, on)
    result = evaluation.result()
    writer = _Writer(version, evaluation)
    lines = [
        writer.line(formula, member) for formula, of_member in version.formulas() for member in writer.whose(of_member)
    ]
    unmet = [version.conditions[name] for name in result.unmet]
    return Explanation(
        programme=policy.programme,
        name=dict(policy.name),
        subject=subject.id,
        on=on.isoformat(),
        version=version.starts_on.isoformat(),
        eligible=result.eligible,
        amount=result.amount,
        error=result.error,
        reason=writer.reason(result.error),
        facts=tuple(writer.facts()),
        members=tuple(str(member.get("name") or number) for number, member in enumerate(subject.members, 1)),
        lines=tuple(lines),
        unmet=tuple({"name": one.name, "label": one.label, "otherwise": one.otherwise or one.label} for one in unmet),
        basis=version.basis,
    )


class _Writer:
    def __init__(self, version: Version, evaluation: Evaluation) -> None:
        self.version, self.evaluation = version, evaluation

    def whose(self, of_member: bool) -> list[int | None]:
        return list(range(len(self.evaluation.subject.members))) if of_member else [None]

    def line(self, formula: Formula, member: int | None) -> Line:
        outcome = self.evaluation.outcome(formula.name, member)
        return Line(
            name=formula.name,
            label=formula.label or (AMOUNT if formula.name == "amount" else {}),
            formula=formula.text.strip(),
            words={lang: self.words(formula, lang) for lang in LANGUAGES},
            filled={lang: self.filled(formula, member, lang) for lang in LANGUAGES},
            result={lang: shown(outcome, formula.kind, lang) for lang in LANGUAGES},
            basis=formula.basis or self.version.basis,
            rates=tuple(self.rates_used(formula, member)),
            member=None if member is None else member + 1,
            kept=bool(outcome is True) if isinstance(formula, Condition) else None,
        )

    def words(self, formula: Formula, language: str) -> str:
        """The formula in the office's words: the same for every subject, so written once for a version."""
        written: dict[tuple[str, str], str] = self.version.__dict__.setdefault("_words", {})
        key = formula.text, language
        if key not in written:
            written[key] = Renderer(language, lambda node: self.word(node, language)).text(formula.tree)
        return written[key]

    def word(self, node: t.Node, language: str) -> str | None:
        """A name's label."""
        if isinstance(node, t.FactRef | t.RateRef | t.StepRef):
            return self.label(node.name, language)
        return None

    def label(self, name: str, language: str) -> str:
        version = self.version
        for known in (version.facts, version.member_facts, version.rates, version.steps, version.member_steps):
            if name in known and known[name].label:
                label = known[name].label
                return label.get(language) or label.get("zh-Hans") or label.get("en") or name
        return name

    def filled(self, formula: Formula, member: int | None, language: str) -> str:
        return Renderer(language, lambda node: self.value_of(node, formula.name, member, language)).text(formula.tree)

    def value_of(self, node: t.Node, step: str, member: int | None, language: str) -> str | None:
        """The value in place of a name; an aggregate spells its members out."""
        if isinstance(node, t.Aggregate):
            return self.members_of(node, step, language)
        if isinstance(node, t.RateRef) and self.version.rates[node.name].table:
            return self.rows(node, step, member, language)
        if isinstance(node, t.FactRef | t.RateRef | t.StepRef | t.Day):
            text = shown(self.attempt(node, step, member), node.kind, language)
            return f"({text})" if "≈" in text or text.startswith("-") else text
        return None

    def members_of(self, node: t.Aggregate, step: str, language: str) -> str:
        """`130.00 + 0.00` for a sum, the count for a count, otherwise the function over its values."""
        try:
            values = self.evaluation.at(step).member_values(node)
        except Failure:
            return FAILED[language]
        if node.op == "count":
            return str(len(values))
        written = [shown(value, node.kind, language) for value in values]
        if node.op == "sum":
            return f"({' + '.join(written)})" if len(written) != 1 else written[0] if written else "0"
        return f"{Renderer(language, lambda _: None).word(node.op)}({'; '.join(written)})"

    def rows(self, node: t.RateRef, step: str, member: int | None, language: str) -> str:
        spec, table = self.version.rates[node.name], self.attempt(node, step, member)
        if not isinstance(table, Table) or spec.of is None:
            return FAILED[language]
        written = [
            ROWS[language].format(*(shown(_unscaled(number, kind), kind, language) for number, kind in pair))
            for pair in zip(
                ((low, spec.of) for low in table.lows), ((value, spec.kind) for value in table.values), strict=True
            )
        ]
        return f"[{'; '.join(written)}]"

    def attempt(self, node: t.Node, step: str, member: int | None) -> Any:
        try:
            return self.evaluation.at(step, member).value(node)
        except Failure as failure:
            return failure

    def rates_used(self, formula: Formula, member: int | None) -> list[RateUsed]:
        used, seen = [], set()
        for node in formula.tree.walk():
            if not isinstance(node, t.RateRef) or node.name in seen or (node.member and member is None):
                continue
            seen.add(node.name)
            given = self.evaluation.subject.facts.get(node.name)
            label = self.version.rates[node.name].label
            try:
                if given is not None:
                    used.append(RateUsed(node.name, label, shown(given, node.kind, "en"), "", "", {}))
                    continue
                found = self.evaluation.rate_entry(node.name, member, formula.name)
            except Failure:
                continue
            entry = found.entry
            value = (
                self.rows(node, formula.name, member, "en")
                if isinstance(found.value, Table)
                else shown(found.value, node.kind, "en")
            )
            used.append(RateUsed(node.name, label, value, entry.since.isoformat(), entry.area, entry.source.as_dict()))
        return used

    def facts(self) -> list[dict[str, Any]]:
        """What is known: the household's facts, then each member's."""
        found = []
        for member in [None, *self.whose(True)]:
            specs = self.version.facts if member is None else self.version.member_facts
            for name, spec in specs.items():
                value = self.evaluation.facts_of(member).get(name)
                text = {lang: UNKNOWN[lang] if value is None else shown(value, spec.kind, lang) for lang in LANGUAGES}
                found.append(
                    {"name": name, "label": spec.label, "value": text, "member": None if member is None else member + 1}
                )
        return found

    def reason(self, error: str | None) -> Words:
        """An error in words."""
        if error is None:
            return {}
        code, _, fact = error.split(":", 2)
        return {lang: REASONS[code][lang].format(fact=self.label(fact, lang)) for lang in LANGUAGES}


def shown(value: Value | Table | Failure | None, kind: Kind, language: str) -> str:
    """A value for reading. What has no short decimal is written as a division, so that it can be worked out by hand."""
    if isinstance(value, Failure):
        return UNKNOWN[language] if value.code == "missing" else FAILED[language]
    if isinstance(value, bool):
        return YES_NO[language][0 if value else 1]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | Table):
        return str(value or "")
    number = Fraction(value, 100) if kind is Kind.MONEY else Fraction(value)
    least = 2 if kind is Kind.MONEY else 0
    if (number * MILLION).denominator == 1:
        return decimal_text(number, least)
    return f"{number.numerator}/{number.denominator}≈{decimal_text(number, 2, 2)}"


def _unscaled(number: int, kind: Kind) -> Value:
    if kind is Kind.DATE:
        return dt.date(number // 10000, number // 100 % 100, number % 100)
    if kind is Kind.BOOL:
        return bool(number)
    return Fraction(number, MILLION) if kind is Kind.RATE else number


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
