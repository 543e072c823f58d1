"""From the typed tree to SQL: every expression is a numerator, a denominator and a failure.

Two things always hold and everything rests on them: the value is null exactly where the failure is not, and numbers
are scaled exactly as `shapes` has proved them to fit. Failures are small integers while the query computes (null:
none), and become `code:step:fact` at the end; they are numbered in the order of their texts.
"""

from collections.abc import Callable, Mapping
from typing import Any

from minzheng.policy import tree as t
from minzheng.policy.engines.frames import HOUSEHOLD, MARK, MEMBER
from minzheng.policy.engines.leaves import Families, Leaves, Place, Sql
from minzheng.policy.engines.python import divisor_name
from minzheng.policy.model import Formula
from minzheng.policy.shapes import Shape, common, table_scale
from minzheng.policy.values import FAMILY, Kind


class Emitter(Leaves):
    """Emits one version; `frames` afterwards holds everything that has to be computed."""

    # ---- formulas

    def formula(self, formula: Formula, frame: str) -> Sql:
        """A step, condition or the amount, each part of it bound to a column."""
        if formula.name not in self._steps:
            found = self.emit(formula.tree, Place(formula.name, frame))
            bound_d = found.d if isinstance(found.d, int) else self.frames.bind(frame, found.d)
            e = None if found.e is None else self.frames.bind(frame, found.e)
            self._steps[formula.name] = Sql(self.frames.bind(frame, found.n), bound_d, e, found.shape)
        return self._steps[formula.name]

    def emit(self, node: t.Node, at: Place) -> Sql:
        return _RULES[type(node)](self, node, at)

    def step(self, node: t.StepRef, at: Place) -> Sql:
        formula = self.version.formula(node.name, member=node.member)
        return self.formula(formula, MEMBER if node.member else HOUSEHOLD)

    # ---- numbers

    def negate(self, node: t.Negate, at: Place) -> Sql:
        a = self.emit(node.operand, at)
        return Sql(f"(- {a.n})", a.d, a.e, self.shape(node))

    def absolute(self, node: t.Absolute, at: Place) -> Sql:
        a = self.emit(node.operand, at)
        return Sql(f"abs({a.n})", a.d, a.e, self.shape(node))

    def arithmetic(self, node: t.Arithmetic, at: Place) -> Sql:
        a, b = self.emit(node.left, at), self.emit(node.right, at)
        if node.op == "/":
            return self._quotient(node, a, b, at)
        e = self.either_failure(a.e, b.e)
        if node.op == "*":
            return Sql(f"({a.n} * {b.n})", self._times(a.d, b.d, at), e, self.shape(node))
        left, right, den = self._together(a, b, at)
        return Sql(f"({left} {node.op} {right})", den, e, self.shape(node))

    def _together(self, a: Sql, b: Sql, at: Place) -> tuple[str, str, str | int]:
        """Both numerators over one denominator."""
        if a.size is None or b.size is None:
            return self._scaled(a.n, b.d, at), self._scaled(b.n, a.d, at), self._times(a.d, b.d, at)
        by_a, by_b, den = common(a.shape, b.shape)
        assert den is not None
        return self._scaled(a.n, by_a, at), self._scaled(b.n, by_b, at), den

    def _scaled(self, n: str, by: str | int, at: Place) -> str:
        if by == 1:
            return n
        return f"({n} * {by if isinstance(by, int) else self.atom(by, at)})"

    def _times(self, a: str | int, b: str | int, at: Place) -> str | int:
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        parts = [str(part) if isinstance(part, int) else self.atom(part, at) for part in (a, b) if part != 1]
        return parts[0] if len(parts) == 1 else f"({' * '.join(parts)})"

    def _quotient(self, node: t.Arithmetic, a: Sql, b: Sql, at: Place) -> Sql:
        """(a.n · b.d · sign of b.n) / (a.d · |b.n|); null where b.n is zero."""
        found = self.shape(node)
        if b.shape.low == b.shape.high != 0:
            sign = "" if b.shape.low > 0 else "- "
            den = self._times(a.d, abs(b.shape.low), at)
            n = self.guarded(f"({sign}{self._scaled(a.n, b.d, at)})", b.e, at)  # a known divisor may fail all the same
            return Sql(n, den, self.either_failure(a.e, b.e), found)
        number = self._scaled(a.n, b.d, at)
        if b.shape.low > 0 and b.e is None:
            return Sql(number, self._times(a.d, b.n, at), self.either_failure(a.e, b.e), found)
        divisor, number = self.atom(b.n, at), self.atom(number, at)
        negative = f" when {divisor} < 0 then - {number}" if b.shape.low < 0 else ""
        zero = None
        if b.shape.low <= 0:
            zero = f"case when {divisor} = 0 then {self.fail('division', at, divisor_name(node))} end"
        n = f"case when {divisor} > 0 then {number}{negative} end"
        den = self._times(a.d, f"nullif(abs({divisor}), 0)", at)
        return Sql(n, den, self.either_failure(a.e, b.e, zero), found)

    def rounding(self, node: t.Round, at: Place) -> Sql:
        a = self.emit(node.operand, at)
        if a.d == 1 and node.unit == 1:
            return Sql(a.n, 1, a.e, self.shape(node))
        by = self._times(a.d, node.unit, at)
        by = by if isinstance(by, int) else self.atom(by, at)
        whole = self.dialect.divide(node.mode, self.atom(a.n, at), str(by), never_below_zero=a.shape.low >= 0)
        return Sql(self._scaled(whole, node.unit, at), 1, a.e, self.shape(node))

    # ---- truth

    def compare(self, node: t.Compare, at: Place) -> Sql:
        a, b = self.emit(node.left, at), self.emit(node.right, at)
        return Sql(self._compared(a, node.op, b, at), 1, self.either_failure(a.e, b.e), self.shape(node))

    def _compared(self, a: Sql, op: str, b: Sql, at: Place) -> str:
        left, right, _ = self._together(a, b, at)
        return f"({left} {op} {right})"

    def both(self, node: t.Both, at: Place) -> Sql:
        a, b = self.emit(node.left, at), self.emit(node.right, at)
        if a.e is None and b.e is None:
            return Sql(f"({a.n} and {b.n})", 1, None, self.shape(node))
        first, second = self.atom(a.n, at), self.either_failure(a.e, b.e)
        n = f"case when {first} then {b.n} when not {first} then false end"
        return Sql(n, 1, f"case when not {first} then null else {second} end", self.shape(node))

    def either(self, node: t.Either, at: Place) -> Sql:
        a, b = self.emit(node.left, at), self.emit(node.right, at)
        if a.e is None and b.e is None:
            return Sql(f"({a.n} or {b.n})", 1, None, self.shape(node))
        first, second = self.atom(a.n, at), self.either_failure(a.e, b.e)
        n = f"case when {first} then true when not {first} then {b.n} end"
        return Sql(n, 1, f"case when {first} then null else {second} end", self.shape(node))

    def negation(self, node: t.Not, at: Place) -> Sql:
        a = self.emit(node.operand, at)
        return Sql(f"(not {a.n})", 1, a.e, self.shape(node))

    def between(self, node: t.Between, at: Place) -> Sql:
        a, low, high = (self.emit(part, at) for part in (node.operand, node.low, node.high))
        e = self.either_failure(a.e, low.e, high.e)
        n = f"({self._compared(a, '>=', low, at)} and {self._compared(a, '<=', high, at)})"
        return Sql(self.guarded(n, e, at), 1, e, self.shape(node))

    def within(self, node: t.Within, at: Place) -> Sql:
        a = self.emit(node.operand, at)
        options = [self.emit(option, at) for option in node.options]
        e = self.either_failure(a.e, *(option.e for option in options))
        n = f"({' or '.join(self._compared(a, '=', option, at) for option in options)})"
        return Sql(self.guarded(n, e, at), 1, e, self.shape(node))

    # ---- choices

    def conditional(self, node: t.If, at: Place) -> Sql:
        condition = self.emit(node.condition, at)
        numbers, den, found = self._one_den([node.then, node.otherwise], at)
        test = self.atom(condition.n, at)
        e = None
        failures = [numbers[0].e, numbers[1].e, condition.e]
        if any(failures):
            then, otherwise, unknown = (part or "null" for part in failures)
            rest = "else" if condition.e is None else f"when not {test} then"
            unknown = "" if condition.e is None else f" else {unknown}"
            e = f"case when {test} then {then} {rest} {otherwise}{unknown} end"
        rest = "else" if condition.e is None else f"when not {test} then"
        n = f"case when {test} then {numbers[0].n} {rest} {numbers[1].n} end"
        if den is None:
            den_sql = f"case when {test} then {self._den_sql(numbers[0])} {rest} {self._den_sql(numbers[1])} end"
            return Sql(n, den_sql, e, self.shape(node))
        return Sql(n, den, e, found)

    def _one_den(self, nodes: list[t.Node], at: Place) -> tuple[list[Sql], int | None, Shape]:
        """Several numbers over their common denominator where all have a constant one (then it), else as they are."""
        found = [self.emit(node, at) for node in nodes]
        whole = self.shape(_any_of(nodes))
        if whole.den is None:
            return found, None, whole
        return (
            [Sql(self._scaled(one.n, whole.den // (one.size or 1), at), whole.den, one.e, one.shape) for one in found],
            whole.den,
            whole,
        )

    def _den_sql(self, number: Sql) -> str:
        """A denominator that is computed: a constant too in 64 bits, whatever it is multiplied by later."""
        return self.dialect.big(str(number.d)) if isinstance(number.d, int) else number.d

    def coalesce(self, node: t.Coalesce, at: Place) -> Sql:
        numbers, den, found = self._one_den(list(node.options), at)
        reached = next((place for place, number in enumerate(numbers) if number.e is None), len(numbers) - 1)
        numbers = numbers[: reached + 1]
        if reached == 0:
            return numbers[0] if den is None else Sql(numbers[0].n, den, None, found)
        tests = []
        for number in numbers[:-1]:
            failure = "null" if number.e is None else self.atom(number.e, at)
            tests.append(f"({failure} between {MARK}first{MARK} and {MARK}last{MARK}) is not true")

        def chosen(parts: list[str]) -> str:
            branches = " ".join(f"when {test} then {part}" for test, part in zip(tests, parts, strict=False))
            return f"case {branches} else {parts[-1]} end"

        failures = [number.e for number in numbers]
        e = chosen([failure or "null" for failure in failures]) if any(failures) else None
        den_sql: str | int = chosen([self._den_sql(number) for number in numbers]) if den is None else den
        return Sql(chosen([number.n for number in numbers]), den_sql, e, found)

    def extreme(self, node: t.Extreme, at: Place) -> Sql:
        """The best so far against the next, left to right."""
        best = self.emit(node.options[0], at)
        for position, option in enumerate(node.options[1:], 2):
            other = self.emit(option, at)
            found = self.shape(t.Extreme(node.kind, node.greatest, node.options[:position]))
            best = self._better(best, other, node.greatest, found, at)
        return best

    def _better(self, a: Sql, b: Sql, greatest: bool, found: Shape, at: Place) -> Sql:
        left, right, den = self._together(a, b, at)
        e = self.either_failure(a.e, b.e)
        if e is None and found.den is not None:
            return Sql(f"{'greatest' if greatest else 'least'}({left}, {right})", den, None, found)
        left, right = self.atom(left, at), self.atom(right, at)
        op = "<" if greatest else ">"
        keep = "else" if e is None else f"when not ({left} {op} {right}) then"
        if found.den is not None:
            return Sql(f"case when {left} {op} {right} then {right} {keep} {left} end", den, e, found)
        n = f"case when {left} {op} {right} then {self.atom(b.n, at)} {keep} {self.atom(a.n, at)} end"
        b_den, a_den = (self.atom(self._den_sql(one), at) for one in (b, a))
        return Sql(n, f"case when {left} {op} {right} then {b_den} {keep} {a_den} end", e, found)

    # ---- members

    def aggregate(self, node: t.Aggregate, at: Place) -> Sql:
        inner = Place(at.step, MEMBER)
        where = self.emit(node.filter, inner) if node.filter is not None else None
        operand = self.emit(node.operand, inner) if node.operand is not None else None
        test = None if where is None else self.atom(where.n, inner)
        value = self.atom(operand.n, inner) if operand is not None else None
        failure = self._member_failure(where, operand, test, inner)
        level = 1 + self.frames.level_of(*(part for part in (test, value, failure) if part))
        raw = self.frames.source(HOUSEHOLD, self._aggregated(node.op, value, test), level)
        too_many = None
        if self.sound.families is Families.UNKNOWN:
            crowd = self.frames.source(HOUSEHOLD, self.dialect.aggregate("count"), level)
            too_many = f"case when {crowd} > {FAMILY} then {self.fail('bounds', at, 'members')} end"
        failed = (
            None if failure is None else self.frames.source(HOUSEHOLD, self.dialect.aggregate("min", failure), level)
        )
        nothing = None
        if node.op in ("min", "max"):
            nothing = f"case when {raw} is null then {self.fail('empty', at, 'members')} end"
        failure = self.either_failure(too_many, failed, nothing)
        e = None if failure is None else self.atom(failure, at)
        default = {"count": "0", "sum": "0", "any": "false", "all": "true"}.get(node.op)
        found = self.shape(node)
        if self.sound.families is not Families.UNKNOWN and node.op == "count":
            default, found = None, found if where is not None else Shape(1, found.high)
        n = raw if default is None else f"coalesce({raw}, {default})"
        den = 1 if operand is None else operand.d
        return Sql(n if e is None else f"case when {e} is null then {n} end", den, e, found)

    def _member_failure(self, where: Sql | None, operand: Sql | None, test: str | None, at: Place) -> str | None:
        operand_e = operand.e if operand is not None else None
        if where is None:
            return None if operand_e is None else self.atom(operand_e, at)
        if operand_e is None and where.e is None:
            return None
        return self.atom(f"case when {test} then {operand_e or 'null'} else {where.e or 'null'} end", at)

    def _aggregated(self, op: str, value: str | None, test: str | None) -> str:
        """Only for as many members as a family may have: what was proved holds for them."""
        function = {"any": "bool_or", "all": "bool_and"}.get(op, op)
        if self.sound.families is not Families.UNKNOWN:
            return self.dialect.proved(function, value or "*", test)
        inner = self.dialect.aggregate(function, value or "*", test)
        inner = inner if op in ("any", "all") else self.dialect.total(inner)
        return f"case when {self.dialect.aggregate('count')} <= {FAMILY} then {inner} end"

    # ---- dates and tables

    def age(self, node: t.AgeOn, at: Place) -> Sql:
        birth, on = self.emit(node.birth, at), self.emit(node.on, at)
        years = self.dialect.divide("floor", self.atom(f"({on.n} - {birth.n})", at), "10000")
        return Sql(years, 1, self.either_failure(birth.e, on.e), self.shape(node))

    def months(self, node: t.MonthsBetween, at: Place) -> Sql:
        start, end = self.emit(node.start, at), self.emit(node.end, at)
        months = self.dialect.months_between(self.atom(start.n, at), self.atom(end.n, at))
        return Sql(months, 1, self.either_failure(start.e, end.e), self.shape(node))

    def band(self, node: t.Band, at: Place) -> Sql:
        row, _, parts, e = self._row(node, at)
        value = self.dialect.item(parts["values"], row)
        n = f"({value} = 1)" if node.kind is Kind.BOOL else value
        return Sql(self.guarded(n, e, at), self._den(node.kind), e, self.shape(node))

    def marginal(self, node: t.Marginal, at: Place) -> Sql:
        row, operand, parts, e = self._row(node, at)
        below, value, low = (self.dialect.item(parts[part], row) for part in ("below", "values", "lows"))
        slice_ = f"({operand.n} - {self._scaled(low, operand.d, at)})"
        n = f"({self._scaled(below, operand.d, at)} + {value} * {slice_})"
        den = self._times(operand.d, self._den(node.table.kind), at)
        return Sql(self.guarded(n, e, at), den, e, self.shape(node))

    def _row(self, node: t.Band | t.Marginal, at: Place) -> tuple[str, Sql, dict[str, str], str]:
        """Which row of the table the operand falls into."""
        operand = self.emit(node.operand, at)
        spec = self.version.rates[node.table.name]
        frame = MEMBER if node.table.member else HOUSEHOLD
        needed = ("lows", "values", "below") if isinstance(node, t.Marginal) else ("lows", "values")
        found = {part: self._looked_up(spec, frame, at, part) for part in needed}
        parts = {part: self.frames.bind(frame, sql) for part, (sql, _) in found.items()}
        row = self.atom(self.dialect.row_of(self._in_units(node, operand, at), parts["lows"]), at)
        none = self.either_failure(found["lows"][1], self.fail("no_rate", at, spec.name))
        unknown = f"case when {parts['lows']} is null then {none} end"
        below = f"case when {row} is null then {self.fail('table', at, spec.name)} end"
        e = self.either_failure(operand.e, unknown, below)
        assert e is not None
        return row, operand, parts, e

    def _in_units(self, node: t.Band | t.Marginal, operand: Sql, at: Place) -> str:
        """The operand in whole units of the table's lower bounds, rounded down: no bound lies in between."""
        scale = table_scale(node, self.scope)
        if operand.size is not None and scale % operand.size == 0:
            return self._scaled(operand.n, scale // operand.size, at)
        by = operand.d if isinstance(operand.d, int) else self.atom(operand.d, at)
        return self.dialect.divide("floor", self.atom(self._scaled(operand.n, scale, at), at), str(by))


def _any_of(nodes: list[t.Node]) -> t.Node:
    return t.Coalesce(nodes[0].kind, tuple(nodes))


_RULES: Mapping[type[t.Node], Callable[[Emitter, Any, Place], Sql]] = {
    t.Literal: Emitter.literal,
    t.Day: Emitter.today,
    t.FactRef: Emitter.fact,
    t.RateRef: Emitter.rate,
    t.StepRef: Emitter.step,
    t.Negate: Emitter.negate,
    t.Absolute: Emitter.absolute,
    t.Arithmetic: Emitter.arithmetic,
    t.Compare: Emitter.compare,
    t.Both: Emitter.both,
    t.Either: Emitter.either,
    t.Not: Emitter.negation,
    t.If: Emitter.conditional,
    t.Coalesce: Emitter.coalesce,
    t.Extreme: Emitter.extreme,
    t.Round: Emitter.rounding,
    t.Between: Emitter.between,
    t.Within: Emitter.within,
    t.Aggregate: Emitter.aggregate,
    t.AgeOn: Emitter.age,
    t.MonthsBetween: Emitter.months,
    t.Band: Emitter.band,
    t.Marginal: Emitter.marginal,
}
