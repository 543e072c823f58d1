"""The reference engine: exact fractions, one subject at a time. It defines the meaning and is the one that explains."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from minzheng.policy import tree as t
from minzheng.policy.model import Formula, Version
from minzheng.policy.outcome import Facts, Failure, Result, Subject
from minzheng.policy.rates import BoundEntry, BoundRates, Table
from minzheng.policy.values import FAMILY, MILLION, Bounds, Kind, Value, carried


class Evaluation:
    """One version applied to one subject on one day. Every step is computed once, when something asks for it.

    Expressions are values or raise Failure: a branch not taken is never looked at, which is how `if`, `case`, `and`,
    `or` and `coalesce` carry only the error of the branch taken.
    """

    def __init__(self, version: Version, rates: BoundRates, subject: Subject, on: dt.date) -> None:
        self.version, self.rates, self.subject, self.on = version, rates, subject, on
        self._known: dict[tuple[str, int | None], Value | Failure] = {}

    def result(self) -> Result:
        """All conditions, then the amount. An error in any condition, or in an amount that is due, is the result."""
        unmet, error = [], None
        for name in self.version.conditions:
            holds = self.outcome(name)
            if isinstance(holds, Failure):
                error = error or str(holds)
            elif not holds:
                unmet.append(name)
        amount: int | None = None
        if error is None:
            found = 0 if unmet else self.outcome("amount")
            if isinstance(found, Failure):
                error = str(found)
            else:
                amount = int(found)  # type: ignore[arg-type]
        steps = {name: _known(self.outcome(name)) for name in self.version.steps}
        return Result(self.subject.id, not unmet and error is None, tuple(unmet), amount, error, steps)

    def outcome(self, name: str, member: int | None = None) -> Value | Failure:
        """The value of a named formula, or why it has none; `member` is the position of the member."""
        key = (name, member)
        if key not in self._known:
            formula = self._formula(name, member)
            try:
                self._known[key] = _Formula(self, formula.name, member).value(formula.tree)
            except Failure as failure:
                self._known[key] = failure
        return self._known[key]

    def _formula(self, name: str, member: int | None) -> Formula:
        if member is not None:
            return self.version.member_steps[name]
        if name == "amount":
            return self.version.amount
        return self.version.conditions.get(name) or self.version.steps[name]

    def at(self, formula: str, member: int | None = None) -> "_Formula":
        """Evaluates parts of a formula, for the explanation."""
        return _Formula(self, formula, member)

    def facts_of(self, member: int | None) -> Facts:
        return self.subject.facts if member is None else self.subject.members[member]

    def rate_entry(self, name: str, member: int | None, step: str) -> BoundEntry:
        """The entry of a rate that holds here. Raises Failure."""
        spec = self.version.rates[name]
        category = None
        if spec.key is not None:
            category = str(self.fact(spec.key, member if spec.key_of_member else None, step))
        found = self.rates.find(name, self.subject.area, self.subject.residence, category)
        if found is None:
            raise Failure("no_rate", step, name)
        return found

    def rate(self, name: str, member: int | None, step: str) -> Value | Table:
        """A rate's value; a fact of the same name takes the place of the look-up."""
        spec = self.version.rates[name]
        given = self.subject.facts.get(name)
        if given is not None and spec.table is None:
            return _within(given, spec.kind, spec.bounds, (), Failure("bounds", step, name))
        return self.rate_entry(name, member, step).value

    def fact(self, name: str, member: int | None, step: str) -> Value:
        spec = (self.version.facts if member is None else self.version.member_facts)[name]
        value = self.facts_of(member).get(name)
        if value is None:
            raise Failure("missing", step, name)
        return _within(value, spec.kind, spec.bounds, spec.values, Failure("bounds", step, name))


def assess(version: Version, rates: BoundRates, subjects: list[Subject], on: dt.date) -> list[Result]:
    """One result for each subject, in their order."""
    return [Evaluation(version, rates, subject, on).result() for subject in subjects]


class _Formula:
    """Evaluates nodes on behalf of one step; failures carry its name."""

    def __init__(self, evaluation: Evaluation, step: str, member: int | None) -> None:
        self.evaluation, self.step, self.member = evaluation, step, member

    def value(self, node: t.Node) -> Any:
        return _RULES[type(node)](self, node)

    def fail(self, code: str, fact: str) -> Failure:
        return Failure(code, self.step, fact)

    def literal(self, node: t.Literal) -> Value:
        return node.value

    def day(self, node: t.Day) -> Value:
        return self.evaluation.on

    def fact(self, node: t.FactRef) -> Value:
        return self.evaluation.fact(node.name, self.member if node.member else None, self.step)

    def rate(self, node: t.RateRef) -> Value | Table:
        return self.evaluation.rate(node.name, self.member, self.step)

    def other_step(self, node: t.StepRef) -> Value:
        found = self.evaluation.outcome(node.name, self.member if node.member else None)
        if isinstance(found, Failure):
            raise found
        return found

    def negate(self, node: t.Negate) -> Value:
        return -self.value(node.operand)

    def absolute(self, node: t.Absolute) -> Value:
        return abs(self.value(node.operand))

    def arithmetic(self, node: t.Arithmetic) -> Value:
        left, right = Fraction(self.value(node.left)), Fraction(self.value(node.right))
        if node.op == "/":
            if right == 0:
                raise self.fail("division", divisor_name(node))
            return left / right
        return {"+": left + right, "-": left - right, "*": left * right}[node.op]

    def compare(self, node: t.Compare) -> bool:
        left, right = self.value(node.left), self.value(node.right)
        match node.op:
            case "=":
                return bool(left == right)
            case "<>":
                return bool(left != right)
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
        return bool(left >= right)

    def both(self, node: t.Both) -> bool:
        return bool(self.value(node.left) and self.value(node.right))

    def either(self, node: t.Either) -> bool:
        return bool(self.value(node.left) or self.value(node.right))

    def negation(self, node: t.Not) -> bool:
        return not self.value(node.operand)

    def conditional(self, node: t.If) -> Value:
        return self.value(node.then if self.value(node.condition) else node.otherwise)

    def coalesce(self, node: t.Coalesce) -> Value:
        """The first option that is not missing; any other error stands."""
        for option in node.options[:-1]:
            try:
                return self.value(option)
            except Failure as failure:
                if failure.code != "missing":
                    raise
        return self.value(node.options[-1])

    def extreme(self, node: t.Extreme) -> Value:
        values = [self.value(option) for option in node.options]
        return max(values) if node.greatest else min(values)

    def rounding(self, node: t.Round) -> int:
        return round_to(Fraction(self.value(node.operand)), node.mode, node.unit)

    def between(self, node: t.Between) -> bool:
        value, low, high = self.value(node.operand), self.value(node.low), self.value(node.high)
        return bool(low <= value <= high)

    def within(self, node: t.Within) -> bool:
        value = self.value(node.operand)
        return value in [self.value(option) for option in node.options]

    def aggregate(self, node: t.Aggregate) -> Value:
        values = self.member_values(node)
        match node.op:
            case "count":
                return len(values)
            case "sum":
                return sum(values, Fraction(0))
            case "any":
                return any(values)
            case "all":
                return all(values)
        if not values:
            raise self.fail("empty", "members")
        return max(values) if node.op == "max" else min(values)

    def member_values(self, node: t.Aggregate) -> list[Any]:
        """What an aggregate adds up, member by member. Of several errors the one that sorts first as text is raised."""
        if len(self.evaluation.subject.members) > FAMILY:
            raise self.fail("bounds", "members")
        values, failures = [], []
        for position in range(len(self.evaluation.subject.members)):
            inner = _Formula(self.evaluation, self.step, position)
            try:
                if node.filter is None or inner.value(node.filter):
                    values.append(None if node.operand is None else inner.value(node.operand))
            except Failure as failure:
                failures.append(failure)
        if failures:
            raise min(failures, key=str)
        return values

    def age(self, node: t.AgeOn) -> int:
        return age_on(self.value(node.birth), self.value(node.on))

    def months(self, node: t.MonthsBetween) -> int:
        return months_between(self.value(node.start), self.value(node.end))

    def band(self, node: t.Band) -> Value:
        operand = self.value(node.operand)
        table = self._table(node)
        row = self._row(node, table, operand)
        return _from_units(table.values[row], node.kind)

    def marginal(self, node: t.Marginal) -> Value:
        operand = Fraction(self.value(node.operand))
        table = self._table(node)
        row = self._row(node, table, operand)
        total = table.below()[row] + table.values[row] * (operand - table.lows[row])
        return total / (MILLION if node.table.kind is Kind.RATE else 1)

    def _table(self, node: t.Band | t.Marginal) -> Table:
        found = self.rate(node.table)
        assert isinstance(found, Table)
        return found

    def _row(self, node: t.Band | t.Marginal, table: Table, operand: Any) -> int:
        of = self.evaluation.version.rates[node.table.name].of
        reached = Fraction(carried(operand, Kind.DATE)) if of is Kind.DATE else Fraction(operand)
        reached *= MILLION if of is Kind.RATE else 1
        rows = [row for row, low in enumerate(table.lows) if low <= reached]
        if not rows:
            raise self.fail("table", node.table.name)
        return rows[-1]


def round_to(value: Fraction, mode: str, unit: int) -> int:
    """A whole multiple of `unit`: floor to −∞, ceil to +∞, round half away from zero."""
    units = value / unit
    if mode == "floor":
        return units.numerator // units.denominator * unit
    if mode == "ceil":
        return -(-units.numerator // units.denominator) * unit
    whole = (2 * abs(units.numerator) + units.denominator) // (2 * units.denominator) * unit
    return -whole if value < 0 else whole


def age_on(birth: dt.date, on: dt.date) -> int:
    """Completed years; born on 29 February: counts on 1 March in common years. Before birth it is negative."""
    return (carried(on, Kind.DATE) - carried(birth, Kind.DATE)) // 10000


def months_between(start: dt.date, end: dt.date) -> int:
    """Completed months; negative where `end` is the earlier. From the 31st a month is complete on the next 1st."""
    months = (abs(_months(end) - _months(start))) // 100
    return months if end >= start else -months


def divisor_name(node: t.Arithmetic) -> str:
    """What a division by zero names: the divisor where it is a name."""
    return str(getattr(node.right, "name", "divisor"))


def _months(day: dt.date) -> int:
    return (day.year * 12 + day.month) * 100 + day.day


def _within(value: Value, kind: Kind, bounds: Bounds, values: tuple[str, ...], failure: Failure) -> Value:
    if kind is Kind.CODE:
        if values and value not in values:
            raise failure
        return value
    try:
        number = carried(value, kind)
    except ValueError:
        raise failure from None
    if not bounds.low <= number <= bounds.high:
        raise failure
    return value


def _from_units(number: int, kind: Kind) -> Value:
    if kind is Kind.BOOL:
        return bool(number)
    if kind is Kind.DATE:
        return dt.date(number // 10000, number // 100 % 100, number % 100)
    return Fraction(number, MILLION) if kind is Kind.RATE else number


def _known(outcome: Value | Failure) -> Value | None:
    return None if isinstance(outcome, Failure) else outcome


_RULES: dict[type[t.Node], Callable[[_Formula, Any], Any]] = {
    t.Literal: _Formula.literal,
    t.Day: _Formula.day,
    t.FactRef: _Formula.fact,
    t.RateRef: _Formula.rate,
    t.StepRef: _Formula.other_step,
    t.Negate: _Formula.negate,
    t.Absolute: _Formula.absolute,
    t.Arithmetic: _Formula.arithmetic,
    t.Compare: _Formula.compare,
    t.Both: _Formula.both,
    t.Either: _Formula.either,
    t.Not: _Formula.negation,
    t.If: _Formula.conditional,
    t.Coalesce: _Formula.coalesce,
    t.Extreme: _Formula.extreme,
    t.Round: _Formula.rounding,
    t.Between: _Formula.between,
    t.Within: _Formula.within,
    t.Aggregate: _Formula.aggregate,
    t.AgeOn: _Formula.age,
    t.MonthsBetween: _Formula.months,
    t.Band: _Formula.band,
    t.Marginal: _Formula.marginal,
}
