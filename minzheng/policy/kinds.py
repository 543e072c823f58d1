"""Which types go together, and what comes out."""

from minzheng.policy import tree as t
from minzheng.policy.errors import FormulaError
from minzheng.policy.values import NUMBERS, NUMERIC, Kind


def require(node: t.Node, kinds: tuple[Kind, ...], what: str) -> None:
    if node.kind not in kinds and not (is_zero(node) and Kind.MONEY in kinds):
        raise FormulaError("wanted_type", what=what, wanted="/".join(kinds), given=node.kind)


def is_zero(node: t.Node) -> bool:
    return isinstance(node, t.Literal) and node.is_zero


def arithmetic_kind(op: str, left: t.Node, right: t.Node) -> Kind:
    a, b = left.kind, right.kind
    if a in NUMERIC and b in NUMERIC:
        if op in "+-":
            if a is b is Kind.MONEY or (is_zero(right) and a is Kind.MONEY) or (is_zero(left) and b is Kind.MONEY):
                return Kind.MONEY
            if a in NUMBERS and b in NUMBERS:
                return Kind.INT if a is b is Kind.INT else Kind.RATE
        elif op == "*":
            if Kind.MONEY not in (a, b):
                return Kind.INT if a is b is Kind.INT else Kind.RATE
            if a is not b:
                return Kind.MONEY
        elif b in NUMBERS:
            return Kind.MONEY if a is Kind.MONEY else Kind.RATE
        elif a is Kind.MONEY or is_zero(left):
            return Kind.RATE
    remedies = {
        "+": ("金额只能与金额相加。", "Only money can be added to money."),
        "-": ("只有金额能从金额里减去。", "Only money can be subtracted from money."),
        "*": ("金额乘以整数或比率。", "Multiply money by an int or a rate."),
        "/": ("金额除以整数、比率或金额。", "Divide money by an int, a rate or money."),
    }
    raise type_error(op, left, right, *remedies[op])


def common_kind(nodes: list[t.Node]) -> Kind | None:
    """The kind that all have; a literal 0 is any number, an int among rates is a rate."""
    kinds = {node.kind for node in nodes if not is_zero(node)}
    zero = any(is_zero(node) for node in nodes)
    if not kinds:
        return Kind.INT
    if kinds == set(NUMBERS):
        return Kind.RATE
    if len(kinds) > 1:
        return None
    kind = kinds.pop()
    return None if zero and kind not in NUMERIC else kind


def one_kind(what: str, nodes: list[t.Node]) -> Kind:
    kind = common_kind(nodes)
    if kind is None:
        raise FormulaError("branches", what=what, kinds=", ".join(node.kind for node in nodes))
    return kind


def type_error(op: str, left: t.Node, right: t.Node, zh: str, en: str) -> FormulaError:
    return FormulaError("types", left=left.kind, op=op, right=right.kind, remedy_zh=zh, remedy_en=en)
