"""How big every intermediate can get, and how fractions are carried: the proof that 64-bit integers are enough.

A number is numerator over denominator. A shape bounds both: the numerator lies in [low, high], the denominator in
[1, most]; `den` is the denominator where it is known at load time, None where it is computed for each household.
Emitters scale exactly as these functions do, so what is proved here holds for what they emit.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from minzheng.policy import tree as t
from minzheng.policy.errors import FormulaError
from minzheng.policy.model import FactSpec, RateSpec
from minzheng.policy.values import DEFAULT_BOUNDS, FAMILY, MILLION, Bounds, Kind

LIMIT = 2**63


@dataclass(frozen=True)
class Shape:
    low: int
    high: int
    den: int | None = 1
    most: int = 1

    @property
    def size(self) -> int:
        """The largest absolute value of the numerator."""
        return max(abs(self.low), abs(self.high))

    def floor_value(self) -> int:
        """A bound below the value, as a whole number."""
        if self.low < 0 and self.den is None:
            return self.low
        return self.low // (self.den or self.most)

    def ceil_value(self) -> int:
        """A bound above the value, as a whole number."""
        if self.high > 0 and self.den is None:
            return self.high
        return -(-self.high // (self.den or self.most))


def number(low: int, high: int, den: int | None = 1, most: int | None = None) -> Shape:
    return Shape(low, high, den, den if den is not None else (most or 1))


@dataclass(frozen=True)
class Scope:
    """Bounds of what a formula refers to."""

    facts: Mapping[str, FactSpec]
    member_facts: Mapping[str, FactSpec]
    rates: Mapping[str, RateSpec]
    steps: Mapping[str, Shape]
    member_steps: Mapping[str, Shape]


def shape(node: t.Node, scope: Scope) -> Shape:
    """The shape of a node. Raises FormulaError("overflow") where an intermediate may not fit into 64 bits."""
    return _RULES[type(node)](node, scope)


def common(a: Shape, b: Shape) -> tuple[int, int, int | None]:
    """Factors that bring two numbers to one denominator: for a, for b, and it; None where it is not known."""
    if a.den is None or b.den is None:
        return 1, 1, None
    den = math.lcm(a.den, b.den)
    return den // a.den, den // b.den, den


def fit(*sizes: int, where: t.Node) -> None:
    """Refuse what may not fit, naming what to round."""
    if max(sizes) >= LIMIT:
        from minzheng.policy.render import source_text

        raise FormulaError("overflow", size=f"{max(sizes):.1e}".replace("e+", "×10^"), where=source_text(where))


def rate_shape(kind: Kind, bounds: Bounds) -> Shape:
    return number(bounds.low, bounds.high, MILLION if kind is Kind.RATE else 1)


def _literal(node: t.Literal, scope: Scope) -> Shape:
    return number(node.value, node.value) if node.kind is Kind.INT else number(0, 1)  # type: ignore[arg-type]


def _day(node: t.Day, scope: Scope) -> Shape:
    bounds = DEFAULT_BOUNDS[Kind.DATE]
    return number(bounds.low, bounds.high)


def _fact(node: t.FactRef, scope: Scope) -> Shape:
    spec = (scope.member_facts if node.member else scope.facts)[node.name]
    return rate_shape(spec.kind, spec.bounds)


def _rate(node: t.RateRef, scope: Scope) -> Shape:
    spec = scope.rates[node.name]
    return rate_shape(spec.kind, spec.bounds)


def _step(node: t.StepRef, scope: Scope) -> Shape:
    return (scope.member_steps if node.member else scope.steps)[node.name]


def _negate(node: t.Negate, scope: Scope) -> Shape:
    a = shape(node.operand, scope)
    return Shape(-a.high, -a.low, a.den, a.most)


def _absolute(node: t.Absolute, scope: Scope) -> Shape:
    a = shape(node.operand, scope)
    low = 0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Shape(low, a.size, a.den, a.most)


def _arithmetic(node: t.Arithmetic, scope: Scope) -> Shape:
    a, b = shape(node.left, scope), shape(node.right, scope)
    if node.op == "*":
        return _product(node, a, b)
    if node.op == "/":
        return _quotient(node, a, b)
    if node.op == "-":
        b = Shape(-b.high, -b.low, b.den, b.most)
    by_a, by_b, den = common(a, b)
    if den is None:
        most = a.most * b.most
        fit(a.size * b.most, b.size * a.most, most, where=node.left if a.size * b.most > b.size else node.right)
        low = _least(a, b.most) + _least(b, a.most)
        high = _greatest(a, b.most) + _greatest(b, a.most)
        found = number(low, high, None, most)
    else:
        found = number(a.low * by_a + b.low * by_b, a.high * by_a + b.high * by_b, den)
        fit(a.size * by_a, b.size * by_b, den, where=node)
    fit(found.size, where=node)
    return found


def _least(a: Shape, most: int) -> int:
    return a.low * most if a.low < 0 else a.low


def _greatest(a: Shape, most: int) -> int:
    return a.high * most if a.high > 0 else a.high


def _product(node: t.Arithmetic, a: Shape, b: Shape) -> Shape:
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    den = a.den * b.den if a.den is not None and b.den is not None else None
    most = a.most * b.most
    fit(max(map(abs, corners)), most, where=node.left if a.size > b.size else node.right)
    return number(min(corners), max(corners), den, most)


def _quotient(node: t.Arithmetic, a: Shape, b: Shape) -> Shape:
    """a / b = (a.n * b.d * sign(b.n)) / (a.d * |b.n|)."""
    low, high = _least(a, b.most), _greatest(a, b.most)
    if b.low <= 0:
        low, high = min(low, -high), max(high, -low)
    most = a.most * max(b.size, 1)
    den = a.den * abs(b.low) if a.den is not None and b.low == b.high != 0 else None
    fit(abs(low), abs(high), most, where=node.left if a.size > b.size else node.right)
    return number(low, high, den, most)


def _truth(node: t.Node, scope: Scope) -> Shape:
    for child in node.children():
        shape(child, scope)
    return number(0, 1)


def _compare(node: t.Compare, scope: Scope) -> Shape:
    compared(node.left, node.right, scope)
    return number(0, 1)


def compared(left: t.Node, right: t.Node, scope: Scope) -> None:
    """Prove that comparing the two by cross-multiplication fits."""
    a, b = shape(left, scope), shape(right, scope)
    by_a, by_b, den = common(a, b)
    if den is None:
        by_a, by_b = b.most, a.most
    fit(a.size * by_a, b.size * by_b, where=left if a.size * by_a >= b.size * by_b else right)


def _between(node: t.Between, scope: Scope) -> Shape:
    compared(node.operand, node.low, scope)
    compared(node.operand, node.high, scope)
    return number(0, 1)


def _within(node: t.Within, scope: Scope) -> Shape:
    for option in node.options:
        compared(node.operand, option, scope)
    return number(0, 1)


def _if(node: t.If, scope: Scope) -> Shape:
    shape(node.condition, scope)
    return union([node.then, node.otherwise], scope)


def _coalesce(node: t.Coalesce, scope: Scope) -> Shape:
    return union(list(node.options), scope)


def union(nodes: list[t.Node], scope: Scope) -> Shape:
    """One of several: over their common denominator where all are known."""
    found = [shape(node, scope) for node in nodes]
    dens = [one.den for one in found]
    if None in dens:
        return number(min(s.low for s in found), max(s.high for s in found), None, max(s.most for s in found))
    den = math.lcm(*(one for one in dens if one is not None))
    scaled = [(s.low * (den // (s.den or 1)), s.high * (den // (s.den or 1))) for s in found]
    fit(den, *(abs(bound) for pair in scaled for bound in pair), where=nodes[0])
    return number(min(low for low, _ in scaled), max(high for _, high in scaled), den)


def _extreme(node: t.Extreme, scope: Scope) -> Shape:
    """Compared from left to right: the best so far with the next."""
    found = shape(node.options[0], scope)
    pick: Callable[..., int] = max if node.greatest else min
    for option in node.options[1:]:
        other = shape(option, scope)
        by_a, by_b, den = common(found, other)
        if den is None:
            fit(found.size * other.most, other.size * found.most, where=option)
            found = number(min(found.low, other.low), max(found.high, other.high), None, max(found.most, other.most))
        else:
            low = pick(found.low * by_a, other.low * by_b)
            found = number(low, pick(found.high * by_a, other.high * by_b), den)
            fit(found.size, other.size * by_b, den, where=option)
    return found


def _round(node: t.Round, scope: Scope) -> Shape:
    a = shape(node.operand, scope)
    unit = node.unit
    fit(2 * a.size + unit * a.most, 2 * unit * a.most, where=node.operand)
    low = a.floor_value() // unit * unit
    high = -(-a.ceil_value() // unit) * unit
    return number(low, high)


def _aggregate(node: t.Aggregate, scope: Scope) -> Shape:
    if node.filter is not None:
        shape(node.filter, scope)
    if node.operand is None:
        return number(0, FAMILY)
    a = shape(node.operand, scope)
    if a.den is None:
        raise FormulaError("aggregate_denominator", name=node.op)
    if node.op != "sum":
        return a
    found = number(min(0, a.low * FAMILY), max(0, a.high * FAMILY), a.den)
    fit(found.size, where=node.operand)
    return found


def _age(node: t.AgeOn, scope: Scope) -> Shape:
    shape(node.birth, scope)
    shape(node.on, scope)
    return number(-500, 500)


def _months(node: t.MonthsBetween, scope: Scope) -> Shape:
    shape(node.start, scope)
    shape(node.end, scope)
    return number(-6000, 6000)


def _band(node: t.Band, scope: Scope) -> Shape:
    a = shape(node.operand, scope)
    scale = table_scale(node, scope)
    fit(a.size * scale, a.most, where=node.operand)
    return _rate(node.table, scope)


def table_scale(node: t.Band | t.Marginal, scope: Scope) -> int:
    """Units of the table's own lower bounds: millionths for a rate, otherwise 1."""
    return MILLION if scope.rates[node.table.name].of is Kind.RATE else 1


def _marginal(node: t.Marginal, scope: Scope) -> Shape:
    """(c·d + v·(n − f·d)) / (d·w): c what the rows below give, f the row's lower bound, v its value over w."""
    a = shape(node.operand, scope)
    spec = scope.rates[node.table.name]
    assert spec.of_bounds is not None
    value = rate_shape(spec.kind, spec.bounds)
    width = spec.of_bounds.high - spec.of_bounds.low
    # The slices telescope: together they are at most the largest value times the distance from the first row.
    reach = a.size + max(abs(spec.of_bounds.low), abs(spec.of_bounds.high)) * a.most
    size = value.size * reach
    fit(size, value.size * width, a.most * value.most, where=node.operand)
    den = a.den * (value.den or 1) if a.den is not None else None
    return number(-size if value.low < 0 else 0, size, den, a.most * value.most)


_RULES: dict[type[t.Node], Callable[..., Shape]] = {
    t.Literal: _literal,
    t.Day: _day,
    t.FactRef: _fact,
    t.RateRef: _rate,
    t.StepRef: _step,
    t.Negate: _negate,
    t.Absolute: _absolute,
    t.Arithmetic: _arithmetic,
    t.Compare: _compare,
    t.Both: _truth,
    t.Either: _truth,
    t.Not: _truth,
    t.If: _if,
    t.Coalesce: _coalesce,
    t.Extreme: _extreme,
    t.Round: _round,
    t.Between: _between,
    t.Within: _within,
    t.Aggregate: _aggregate,
    t.AgeOn: _age,
    t.MonthsBetween: _months,
    t.Band: _band,
    t.Marginal: _marginal,
}
