"""A formula with one subject's values in it. Of an `if` only the branch taken is written: that is what was computed."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from minzheng.policy import tree as t
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.model import Formula, Version, Words
from minzheng.policy.outcome import Failure
from minzheng.policy.rates import Table
from minzheng.policy.render import AND, ATOM, COMPARISON, OR, Renderer
from minzheng.policy.values import MILLION, Kind, Value, decimal_text, from_carried

UNKNOWN = {"zh-Hans": "未知", "en": "unknown"}
FAILED = {"zh-Hans": "算不出", "en": "not computed"}
NOT_SET = {"zh-Hans": "没有规定", "en": "not set"}
YES_NO = {"zh-Hans": ("是", "否"), "en": ("yes", "no")}
ROWS = {"zh-Hans": "{0} 起：{1}", "en": "from {0}: {1}"}
YUAN = {"zh-Hans": "{0} 元", "en": "{0} yuan"}
INEXACT = {"zh-Hans": "约 {0}（精确值 {1}）", "en": "about {0} (exactly {1})"}


class Filled(Renderer):
    """Writes a formula with the values it had for a subject (and member)."""

    def __init__(self, evaluation: Evaluation, formula: Formula, member: int | None, language: str) -> None:
        super().__init__(language, self._value)
        self.evaluation, self.version = evaluation, evaluation.version
        self.formula, self.member = formula, member
        self.codes = code_labels(self.version, formula)

    def attempt(self, node: t.Node) -> Any:
        """The value of a part of the formula, or the Failure that stands in its way."""
        try:
            return self.evaluation.at(self.formula.name, self.member).value(node)
        except Failure as failure:
            return failure

    def rows(self, node: t.RateRef) -> str:
        """A table as `[from 80: 50.00; from 90: 100.00]`."""
        spec, table = self.version.rates[node.name], self.attempt(node)
        if not isinstance(table, Table) or spec.of is None:
            return FAILED[self.language]
        written = [
            ROWS[self.language].format(self._carried(low, spec.of), self._carried(value, spec.kind))
            for low, value in zip(table.lows, table.values, strict=True)
        ]
        return f"[{self.between.join(written)}]"

    def _carried(self, number: int, kind: Kind) -> str:
        return shown(bool(number) if kind is Kind.BOOL else from_carried(number, kind), kind, self.language)

    def _write(self, node: t.Node) -> tuple[str, int]:
        match node:
            case t.If():
                return self._branch(node), OR
            case t.Coalesce():
                return self._first_known(node)
            case t.Both(left=left) if self.attempt(left) is False and self._failed(node.right):
                return self.word("decided").format(self._inside(left, AND)), ATOM
            case t.Either(left=left) if self.attempt(left) is True and self._failed(node.right):
                return self.word("decided").format(self._inside(left, AND)), ATOM
        return super()._write(node)

    def _failed(self, node: t.Node) -> bool:
        return isinstance(self.attempt(node), Failure)

    def _branch(self, node: t.If) -> str:
        """`75 ≥ 70 holds, so 48.00`; a chain of `when` reads from one to the next."""
        holds, condition = self.attempt(node.condition), self._inside(node.condition, COMPARISON)
        if isinstance(holds, Failure):
            return self.word("undecided").format(condition)
        bare = isinstance(node.condition, t.FactRef | t.StepRef)  # says itself whether it holds: `covered (yes)`
        if not holds and isinstance(node.otherwise, t.If):
            return self.word("known_next" if bare else "next").format(condition, self.text(node.otherwise))
        words = self.word("known" if bare else "holds" if holds else "holds_not")
        return words.format(condition, self.text(node.then if holds else node.otherwise))

    def _first_known(self, node: t.Coalesce) -> tuple[str, int]:
        passed: list[t.Node] = []
        for option in node.options:
            value = self.attempt(option)
            if isinstance(value, Failure) and value.code == "missing" and option is not node.options[-1]:
                passed.append(option)
                continue
            if not passed:
                return self._write(option)
            words = Renderer(self.language, lambda one: name_label(self.version, one, self.language, self.codes))
            unknown = self.between.join(words.text(one) for one in passed)
            return self.word("passed_over").format(unknown, self._inside(option, ATOM)), ATOM
        return FAILED[self.language], ATOM

    def _value(self, node: t.Node) -> str | None:
        """The value in place of a name; an aggregate spells its members out."""
        if isinstance(node, t.Aggregate):
            return self._members(node)
        if isinstance(node, t.RateRef) and self.version.rates[node.name].table:
            return self.rows(node)
        if isinstance(node, t.Literal) and node.kind is Kind.CODE:
            return name_label(self.version, node, self.language, self.codes)
        if not isinstance(node, t.FactRef | t.RateRef | t.StepRef | t.Day):
            return None
        value = self.attempt(node)
        if isinstance(node, t.RateRef) and isinstance(value, Failure) and value.code == "no_rate":
            return NOT_SET[self.language]
        if node.kind is Kind.BOOL and not isinstance(node, t.Day):
            return self.word("said").format(
                label_of(self.version, node.name, self.language), shown(value, node.kind, self.language)
            )
        if node.kind is Kind.CODE and isinstance(value, str):
            return self.word("quoted").format(code_label(self.codes, value, self.language))
        return _operand(shown(value, node.kind, self.language))

    def _members(self, node: t.Aggregate) -> str:
        """`(130.00 + 0.00)` for a sum, the count (and whom, where they have names) for a count, otherwise the function
        over its values."""
        try:
            values = self.evaluation.at(self.formula.name).member_values(node)
        except Failure:
            return FAILED[self.language]
        if node.op == "count":
            names = self._counted(node)
            return self.word("said").format(len(values), names) if names else str(len(values))
        written = [_operand(shown(value, node.kind, self.language)) for value in values]
        if node.op == "sum":
            return f"({' + '.join(written)})" if len(written) != 1 else written[0] if written else "0"
        return self.applied(self.word(node.op), self.between.join(written))

    def _counted(self, node: t.Aggregate) -> str:
        """The names of the members counted; empty where one has none."""
        members = enumerate(self.evaluation.subject.members)
        at = self.evaluation.at
        counted = [one for place, one in members if not node.filter or at(self.formula.name, place).value(node.filter)]
        names = [str(one.get("name") or "") for one in counted]
        return self.comma.join(names) if all(names) else ""


def in_words(version: Version, formula: Formula, language: str) -> str:
    """The formula in the office's words, whole: the same for every subject, so written once for a version."""
    written: dict[tuple[str, str], str] = version.__dict__.setdefault("_words", {})
    key = formula.name, language
    if key not in written:
        codes = code_labels(version, formula)
        written[key] = Renderer(language, lambda node: name_label(version, node, language, codes)).text(formula.tree)
    return written[key]


def name_label(version: Version, node: t.Node, language: str, codes: Mapping[str, Words]) -> str | None:
    """The label of a name or of a code's value; None for any other node."""
    if isinstance(node, t.FactRef | t.RateRef | t.StepRef):
        return label_of(version, node.name, language)
    if isinstance(node, t.Literal) and node.kind is Kind.CODE:
        quoted = Renderer(language, lambda _: None).word("quoted")
        return quoted.format(code_label(codes, str(node.value), language))
    return None


def label_of(version: Version, name: str, language: str) -> str:
    """What the office calls a fact, a rate, a step or a condition; its name where it has no label."""
    for known in (
        *(version.facts, version.member_facts, version.rates),
        *(version.steps, version.member_steps, version.conditions),
    ):
        if name in known and known[name].label:
            label = known[name].label
            return label.get(language) or label.get("zh-Hans") or label.get("en") or name
    return name


def code_labels(version: Version, formula: Formula) -> dict[str, Words]:
    """What the listed values of the codes in a formula mean, where they do not contradict each other."""
    found: dict[str, Words] = {}
    unclear = set()
    for node in formula.tree.walk():
        if isinstance(node, t.FactRef) and node.kind is Kind.CODE:
            specs = version.member_facts if node.member else version.facts
            for value, label in specs[node.name].value_labels.items():
                if found.setdefault(value, label) != label:
                    unclear.add(value)
    return {value: label for value, label in found.items() if value not in unclear}


def code_label(labels: Mapping[str, Words], value: str, language: str) -> str:
    label = labels.get(value, {})
    return label.get(language) or label.get("zh-Hans") or value


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
    exact, rounded = _both(value, kind)
    return exact if exact == rounded else f"{exact}≈{rounded}"


def stated(value: Value | Failure, kind: Kind, language: str) -> str:
    """A result in words, with its unit: `704.00 yuan`, `about 416.67 yuan (exactly 1250/3)`."""
    if isinstance(value, Failure | bool | dt.date | str):
        return shown(value, kind, language)
    exact, rounded = _both(value, kind)
    unit = YUAN[language] if kind is Kind.MONEY else "{0}"
    return unit.format(exact) if exact == rounded else INEXACT[language].format(unit.format(rounded), exact)


def _both(value: int | Fraction, kind: Kind) -> tuple[str, str]:
    """The exact text of a number and a short one; the same where six decimals are exact."""
    number = Fraction(value, 100) if kind is Kind.MONEY else Fraction(value)
    if (number * MILLION).denominator == 1:
        text = decimal_text(number, 2 if kind is Kind.MONEY else 0)
        return text, text
    return f"{number.numerator}/{number.denominator}", decimal_text(number, 2, 2 if kind is Kind.MONEY else 6)


def _operand(text: str) -> str:
    """What would run into its neighbours goes into brackets."""
    return f"({text})" if "≈" in text or text.startswith("-") else text
