"""Formulas as text: as they are written, in the office's words, and with the values filled in."""

from collections.abc import Callable, Mapping

from minzheng.policy import tree as t
from minzheng.policy.values import Kind

Leaf = Callable[[t.Node], str | None]
"""What stands for a node; None: spell the node out."""

SOURCE = "source"
UNIT_WORDS = {
    "zh-Hans": {1: "分", 10: "角", 100: "元"},
    "en": {1: "fen", 10: "jiao", 100: "yuan"},
    SOURCE: {1: "fen", 10: "jiao", 100: "yuan"},
}
READABLE = {"*": "×", "/": "÷", "-": "−"}
COMPARISONS = {"<>": "≠", "<=": "≤", ">=": "≥"}

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-Hans": {
        "and": "且",
        "or": "或",
        "not": "并非",
        "if": "若 {0}，则 {1}，否则 {2}",
        "holds": "{0} 成立，取 {1}",
        "holds_not": "{0} 不成立，取 {1}",
        "next": "{0} 不成立，{1}",
        "known": "{0}，取 {1}",
        "known_next": "{0}，{1}",
        "undecided": "{0} 是否成立不清楚",
        "decided": "{0}（已能判断，其余不必看）",
        "passed_over": "{1}（{0}未知）",
        "said": "{0}（{1}）",
        "quoted": "“{0}”",
        "max": "取大",
        "min": "取小",
        "abs": "绝对值",
        "coalesce": "首个已知值",
        "round": "四舍五入到{unit}",
        "floor": "舍尾到{unit}",
        "ceil": "进位到{unit}",
        "count": "人数",
        "sum": "合计",
        "any": "有成员",
        "all": "每个成员",
        "where": "其中",
        "between": "{0} 在 {1} 与 {2} 之间",
        "in": "{0} 属于（{1}）",
        "age_on": "周岁",
        "months_between": "整月数",
        "band": "按档取值",
        "marginal": "分段累计",
        "day": "核定日",
        "true": "是",
        "false": "否",
        "whole": "整数",
        "whole_yuan": "{0} 元",
    },
    "en": {
        "if": "if {0} then {1}, otherwise {2}",
        "holds": "{0} holds, so {1}",
        "holds_not": "{0} does not hold, so {1}",
        "next": "{0} does not hold, {1}",
        "known": "{0}, so {1}",
        "known_next": "{0}, {1}",
        "undecided": "not known whether {0}",
        "decided": "{0} (which decides it)",
        "passed_over": "{1} ({0} not known)",
        "said": "{0} ({1})",
        "quoted": "“{0}”",
        "max": "larger of",
        "min": "smaller of",
        "abs": "size of",
        "coalesce": "first known of",
        "count": "number of members",
        "sum": "total of",
        "any": "any member",
        "all": "every member",
        "age_on": "completed years",
        "months_between": "whole months",
        "band": "by band",
        "marginal": "slice by slice",
        "day": "the day assessed",
        "round": "round to {unit}",
        "floor": "round down to {unit}",
        "ceil": "round up to {unit}",
        "between": "{0} between {1} and {2}",
        "in": "{0} in ({1})",
        "true": "yes",
        "false": "no",
        "whole": "a whole number",
        "whole_yuan": "{0} yuan",
    },
    SOURCE: {
        "if": "if({0}, {1}, {2})",
        "between": "{0} between {1} and {2}",
        "in": "{0} in ({1})",
        "whole_yuan": "{0}",
    },
}

# How strongly an operator binds: or, and, not, comparison, sum, product, atom.
OR, AND, NOT, COMPARISON, SUM, PRODUCT, ATOM = range(7)


def source_text(node: t.Node) -> str:
    """The formula as a policy officer would write it."""
    return Renderer(SOURCE, lambda _: None).text(node)


class Renderer:
    """Writes a tree in one language; `leaf` decides what stands for names and literals."""

    def __init__(self, language: str, leaf: Leaf) -> None:
        self.language, self.leaf = language, leaf

    def text(self, node: t.Node) -> str:
        return self._write(node)[0]

    def word(self, key: str) -> str:
        return WORDS[self.language].get(key, key)

    def _inside(self, node: t.Node, strength: int) -> str:
        text, own = self._write(node)
        return text if own >= strength else f"({text})"

    def _write(self, node: t.Node) -> tuple[str, int]:
        given = self.leaf(node)
        if given is not None:
            return given, ATOM
        match node:
            case t.Literal(kind=Kind.BOOL, value=value):
                return self.word("true" if value else "false"), ATOM
            case t.Literal(kind=Kind.CODE, value=value):
                return f"'{value}'", ATOM
            case t.Literal(value=value):
                return str(value), ATOM
            case t.Day():
                return self.word("day"), ATOM
            case t.FactRef(name=name) | t.RateRef(name=name) | t.StepRef(name=name):
                return name, ATOM
            case t.Negate(operand=a):
                return f"{self._sign('-')}{self._inside(a, ATOM)}", PRODUCT
            case t.Arithmetic(op=op, left=a, right=b):
                own = SUM if op in "+-" else PRODUCT
                return f"{self._inside(a, own)} {self._sign(op)} {self._inside(b, own + 1)}", own
            case t.Compare(op=op, left=a, right=b):
                sign = op if self.language == SOURCE else COMPARISONS.get(op, op)
                return f"{self._inside(a, SUM)} {sign} {self._inside(b, SUM)}", COMPARISON
            case t.Both(left=a, right=b):
                return f"{self._inside(a, AND)} {self.word('and')} {self._inside(b, NOT)}", AND
            case t.Either(left=a, right=b):
                # Few readers know that `and` binds before `or`; the policy officer's own text stays as it is.
                apart = AND if self.language == SOURCE else NOT
                left = self._inside(a, OR if isinstance(a, t.Either) else apart)
                return f"{left} {self.word('or')} {self._inside(b, apart)}", OR
            case t.Not(operand=a):
                return f"{self.word('not')} {self._inside(a, NOT)}", NOT
            case t.Between(operand=a, low=b, high=c):
                return self.word("between").format(*(self._inside(part, SUM) for part in (a, b, c))), COMPARISON
            case t.Within(operand=a, options=options):
                listed = self.comma.join(self.text(option) for option in options)
                return self.word("in").format(self._inside(a, SUM), listed), COMPARISON
            case t.If(condition=a, then=b, otherwise=c):
                written = self.word("if").format(self.text(a), self.text(b), self.text(c))
                return written, ATOM if self.language == SOURCE else OR
            case t.Round():
                return self._rounding(node), ATOM
            case t.Aggregate():
                return self._aggregate(node), ATOM
            case t.Band(operand=a, table=table) | t.Marginal(operand=a, table=table):
                name = "band" if isinstance(node, t.Band) else "marginal"
                return self._call(name, [a, table]), ATOM
        return self._call(_function(node), list(node.children())), ATOM

    def _sign(self, op: str) -> str:
        return op if self.language == SOURCE else READABLE.get(op, op)

    def _call(self, name: str, operands: list[t.Node]) -> str:
        return self.applied(self.word(name), self.between.join(self.text(operand) for operand in operands))

    def applied(self, word: str, inside: str) -> str:
        """A function and what it is applied to: words stand apart from their bracket where a language writes so."""
        return f"{word}{' ' if self.language == 'en' else ''}({inside})"

    @property
    def comma(self) -> str:
        """What stands between the parts of a list."""
        return "、" if self.language == "zh-Hans" else ", "

    @property
    def between(self) -> str:
        """What stands between operands."""
        return {SOURCE: ", ", "zh-Hans": "；"}.get(self.language, "; ")

    def _rounding(self, node: t.Round) -> str:
        unit = self._unit(node)
        if self.language == SOURCE:
            return f"{node.mode}({self.text(node.operand)}{', ' + unit if unit else ''})"
        return self.applied(self.word(node.mode).format(unit=unit), self.text(node.operand))

    def _unit(self, node: t.Round) -> str:
        if node.kind is not Kind.MONEY:
            return "" if self.language == SOURCE else self.word("whole")
        known = UNIT_WORDS[self.language].get(node.unit)
        return known or self.word("whole_yuan").format(node.unit // 100)

    def _aggregate(self, node: t.Aggregate) -> str:
        inner = "*" if node.operand is None else self.text(node.operand)
        if self.language == SOURCE:
            where = f" filter (where {self.text(node.filter)})" if node.filter else ""
            return f"{node.op}({inner}){where}"
        where = f"{self.word('where')} {self.text(node.filter)}" if node.filter else ""
        inside = self.between.join(part for part in ("" if node.operand is None else inner, where) if part)
        return self.applied(self.word(node.op), inside) if inside else self.word(node.op)


def _function(node: t.Node) -> str:
    if isinstance(node, t.Extreme):
        return "max" if node.greatest else "min"
    return {t.Absolute: "abs", t.Coalesce: "coalesce", t.AgeOn: "age_on", t.MonthsBetween: "months_between"}[type(node)]
