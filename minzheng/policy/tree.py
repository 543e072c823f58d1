"""The typed tree of a formula. Engines read nothing else: what is not a node here does not exist in the language.

Every node has a kind. `step` names are not in the tree: a failure belongs to the step whose formula is being computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal as Choice

from minzheng.policy.values import Kind


@dataclass(frozen=True)
class Node:
    kind: Kind

    def children(self) -> Iterator["Node"]:
        """The operands, left to right."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Node))

    def walk(self) -> Iterator["Node"]:
        """This node and everything below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True)
class Literal(Node):
    """An integer, a boolean or a listed text."""

    value: int | bool | str

    @property
    def is_zero(self) -> bool:
        return self.kind is Kind.INT and self.value == 0


@dataclass(frozen=True)
class Day(Node):
    """The day assessed."""


@dataclass(frozen=True)
class FactRef(Node):
    name: str
    member: bool


@dataclass(frozen=True)
class RateRef(Node):
    """A number of the rates file; `member` where its key is a fact of a member."""

    name: str
    member: bool


@dataclass(frozen=True)
class StepRef(Node):
    name: str
    member: bool


@dataclass(frozen=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True)
class Absolute(Node):
    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    op: Choice["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    op: Choice["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True)
class Both(Node):
    left: Node
    right: Node


@dataclass(frozen=True)
class Either(Node):
    left: Node
    right: Node


@dataclass(frozen=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True)
class If(Node):
    """`if`, and each `when` of a `case`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Coalesce(Node):
    """The first that is not missing."""

    options: tuple[Node, ...]


@dataclass(frozen=True)
class Extreme(Node):
    """min or max of two or more."""

    greatest: bool
    options: tuple[Node, ...]


@dataclass(frozen=True)
class Round(Node):
    """`unit` in fen for money, 1 for a number."""

    mode: Choice["round", "floor", "ceil"]
    operand: Node
    unit: int


@dataclass(frozen=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class Within(Node):
    """`in (…)`."""

    operand: Node
    options: tuple[Node, ...]


@dataclass(frozen=True)
class Aggregate(Node):
    """Over the members where `filter` holds; `operand` is None for count(*)."""

    op: Choice["count", "sum", "min", "max", "any", "all"]
    operand: Node | None
    filter: Node | None


@dataclass(frozen=True)
class AgeOn(Node):
    """Completed years; born on 29 February: counts on 1 March."""

    birth: Node
    on: Node


@dataclass(frozen=True)
class MonthsBetween(Node):
    """Completed months, negative where `end` is the earlier."""

    start: Node
    end: Node


@dataclass(frozen=True)
class Band(Node):
    """The value of the row of a table that the operand falls into."""

    operand: Node
    table: RateRef


@dataclass(frozen=True)
class Marginal(Node):
    """Each slice of the operand by the value of its own row, added up."""

    operand: Node
    table: RateRef
