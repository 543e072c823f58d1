"""What a formula comes to where some facts are known to be missing everywhere and some rates are the same everywhere.

A query for millions of households carries for each operand whether it failed. A rule that asks for a fact which a file
does not have (`coalesce(clergy_years, 0) >= clergy_from`), or that a rate turns off, is decided before the query is
written; nothing of it is left to carry. Only what holds whatever the other operands do is decided: a failure that could
come up stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from minzheng.policy import tree as t
from minzheng.policy.engines.python import divisor_name
from minzheng.policy.model import Formula, Version
from minzheng.policy.values import Kind

F = TypeVar("F", bound=Formula)
COMPARED = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Known:
    """facts, member_facts: missing for everybody. rates: those with one number for everybody, as engines carry it."""

    facts: Collection[str] = ()
    member_facts: Collection[str] = ()
    rates: Mapping[str, int] = field(default_factory=dict)


def folded(version: Version, known: Known) -> Version:
    """The same rules with what is known worked in. For everybody for whom it is so, every step, condition and amount
    has the same value and the same failure."""
    return _Folding(version, known).version()


class _Folding:
    def __init__(self, before: Version, known: Known) -> None:
        self.before, self.known = before, known
        self._steps: dict[tuple[str, bool], t.Node] = {}

    def version(self) -> Version:
        before = self.before
        return replace(
            before,
            member_steps={name: self.formula(one) for name, one in before.member_steps.items()},
            steps={name: self.formula(one) for name, one in before.steps.items()},
            conditions={name: self.formula(one) for name, one in before.conditions.items()},
            amount=self.formula(before.amount),
        )

    def formula(self, one: F) -> F:
        return replace(one, tree=self.fold(one.tree))

    def fold(self, node: t.Node) -> t.Node:
        """The node with its operands folded, then itself; where that would have another kind, it stays."""
        inner = replace(node, **{one.name: self._operands(getattr(node, one.name)) for one in fields(node)})
        if isinstance(node, t.Arithmetic) and isinstance(inner, t.Arithmetic):
            inner = _with_its_divisor(node, inner)
        found = self.decided(inner)
        return found if found.kind is node.kind else inner

    def _operands(self, value: Any) -> Any:
        if isinstance(value, t.Node):
            return self.fold(value)
        if isinstance(value, tuple):
            return tuple(self.fold(one) for one in value)
        return value

    def decided(self, node: t.Node) -> t.Node:
        match node:
            case t.RateRef(name=name) if name in self.known.rates:
                return self._number(node, self.known.rates[name])
            case t.StepRef(name=name, member=member):
                found = self._step(name, member)
                return found if isinstance(found, t.Literal) else node
            case t.Not(operand=t.Literal(value=value)):
                return t.Literal(Kind.BOOL, not value)
            case t.Both(left=left, right=right):
                return _joined(node, left, right, stops_at=False)
            case t.Either(left=left, right=right):
                return _joined(node, left, right, stops_at=True)
            case t.If(condition=t.Literal(value=value), then=then, otherwise=otherwise):
                return then if value else otherwise
            case t.Compare(op=op, left=t.Literal(kind=Kind.INT, value=a), right=t.Literal(kind=Kind.INT, value=b)):
                return t.Literal(Kind.BOOL, COMPARED[op](a, b))
            case t.Aggregate(op="all", operand=t.Literal(value=False)):
                return t.Compare(Kind.BOOL, "=", _counted(node), t.Literal(Kind.INT, 0))
            case t.Aggregate(op="any", operand=t.Literal(value=True)):
                return t.Compare(Kind.BOOL, ">", _counted(node), t.Literal(Kind.INT, 0))
            case t.Coalesce(options=options):
                return self._first(node, options)
        return node

    def _number(self, node: t.Node, number: int) -> t.Node:
        """Only truths and plain numbers: money and shares have units that a literal has not."""
        if node.kind is Kind.BOOL:
            return t.Literal(Kind.BOOL, bool(number))
        return t.Literal(Kind.INT, number) if node.kind is Kind.INT else node

    def _step(self, name: str, member: bool) -> t.Node:
        key = (name, member)
        if key not in self._steps:
            self._steps[key] = self.fold(self.before.formula(name, member=member).tree)
        return self._steps[key]

    def _first(self, node: t.Coalesce, options: tuple[t.Node, ...]) -> t.Node:
        while len(options) > 1 and self._is_missing(options[0]):
            options = options[1:]
        if len(options) == 1 or isinstance(options[0], t.Literal):
            return options[0]
        return replace(node, options=options)

    def _is_missing(self, node: t.Node) -> bool:
        if not isinstance(node, t.FactRef):
            return False
        return node.name in (self.known.member_facts if node.member else self.known.facts)


def _with_its_divisor(before: t.Arithmetic, after: t.Arithmetic) -> t.Arithmetic:
    """A divisor that may be zero keeps its name: the failure says it."""
    if before.op != "/" or divisor_name(before) == divisor_name(after):
        return after
    never_zero = isinstance(after.right, t.Literal) and after.right.value != 0
    return after if never_zero else replace(after, right=before.right)


def _counted(node: t.Aggregate) -> t.Node:
    """How many members it is over: most rules count them anyway."""
    return t.Aggregate(Kind.INT, "count", None, node.filter)


def _joined(node: t.Node, left: t.Node, right: t.Node, *, stops_at: bool) -> t.Node:
    """`and` (stops at false), `or` (stops at true): the left operand decides before the right one is looked at; a right
    one that decides nothing leaves the left one, with its failure."""
    if isinstance(left, t.Literal):
        return left if left.value is stops_at else right
    if isinstance(right, t.Literal) and right.value is not stops_at:
        return left
    return node
