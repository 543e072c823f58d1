"""From sqlglot's tree of a formula (`parse`) to the typed one: only what is named here becomes a node."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from minzheng.policy import tree as t
from minzheng.policy.errors import FormulaError, near_miss
from minzheng.policy.kinds import arithmetic_kind, common_kind, is_zero, one_kind, require, type_error
from minzheng.policy.lexer import FUNCTIONS
from minzheng.policy.model import FactSpec, RateSpec
from minzheng.policy.parse import MEMBERS, UNITS, parse_sql
from minzheng.policy.values import NUMERIC, Kind

LARGEST_LITERAL = 10**9

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
AGGREGATES: dict[type[exp.Expr], str] = {exp.Count: "count", exp.Sum: "sum", exp.Min: "min", exp.Max: "max"}
ROUNDINGS: dict[type[exp.Expr], str] = {exp.Round: "round", exp.Floor: "floor", exp.Ceil: "ceil"}


@dataclass(frozen=True)
class Names:
    """What a formula may refer to: declared facts and rates, and the kinds of the steps before it."""

    facts: Mapping[str, FactSpec]
    member_facts: Mapping[str, FactSpec]
    rates: Mapping[str, RateSpec]
    steps: Mapping[str, Kind]
    member_steps: Mapping[str, Kind]

    def all(self) -> set[str]:
        return {*self.facts, *self.member_facts, *self.rates, *self.steps, *self.member_steps}


def build(text: str, names: Names, *, member: bool) -> t.Node:
    """The typed tree of a formula. Raises FormulaError with cause and remedy."""
    return _Builder(names, member).build(parse_sql(text))


class _Builder:
    """Builds bottom up; `_inside` names the aggregate we are in, `_member` whether members' names may stand here."""

    def __init__(self, names: Names, member: bool) -> None:
        self.names = names
        self.member = member
        self.inside: str | None = None

    def build(self, e: exp.Expr) -> t.Node:
        if not isinstance(e, exp.Expr):
            raise FormulaError("syntax", detail="")
        known = _PARTS.get(type(e))
        for part, value in e.args.items():
            if known is not None and value and part not in known:
                raise FormulaError("not_allowed", what=part, known=", ".join(FUNCTIONS))
        if isinstance(e, exp.Paren):
            return self.build(e.this)
        for types, method in _METHODS:
            if isinstance(e, types):
                return method(self, e)
        raise self._refuse(e)

    def _refuse(self, e: exp.Expr) -> FormulaError:
        if isinstance(e, exp.Cast):
            return FormulaError("date_literal")
        if isinstance(e, exp.Anonymous | exp.Func):
            name = (e.name if isinstance(e, exp.Anonymous) else e.sql_name()).lower()
            zh, en = near_miss(name, FUNCTIONS)
            return FormulaError("unknown_function", name=name, known=", ".join(FUNCTIONS), hint_zh=zh, hint_en=en)
        what = {"Mod": "%", "DPipe": "||", "Is": "is null", "Null": "null", "Subquery": "select", "Select": "select"}
        name = what.get(type(e).__name__, type(e).__name__.lower())
        return FormulaError("not_allowed", what=name, known=", ".join(FUNCTIONS))

    # ---- names and literals

    def literal(self, e: exp.Expr) -> t.Node:
        if isinstance(e, exp.Boolean):
            return t.Literal(Kind.BOOL, bool(e.this))
        if e.is_string:
            return t.Literal(Kind.CODE, str(e.this))
        if not (str(e.this).isascii() and str(e.this).isdecimal()):
            raise FormulaError("decimal_literal", value=e.this)
        if int(e.this) > LARGEST_LITERAL:
            raise FormulaError("literal_size", value=e.this)
        return t.Literal(Kind.INT, int(e.this))

    def name(self, e: exp.Expr) -> t.Node:
        name = e.name
        names = self.names
        if not isinstance(e.this, exp.Identifier):
            raise FormulaError("not_allowed", what=e.sql(), known=", ".join(FUNCTIONS))
        if name == "day":
            return t.Day(Kind.DATE)
        if name in names.facts:
            return t.FactRef(names.facts[name].kind, name, member=False)
        if name in names.steps:
            return t.StepRef(names.steps[name], name, member=False)
        if name in names.member_facts:
            return t.FactRef(names.member_facts[name].kind, self._of_member(name), member=True)
        if name in names.member_steps:
            return t.StepRef(names.member_steps[name], self._of_member(name), member=True)
        if name in names.rates:
            if names.rates[name].table:
                raise _table_use(name, "是分档表，不能当一个数用", "is a table and not a single number")
            return self.rate(name)
        zh, en = near_miss(name, names.all() | {"day"})
        raise FormulaError("unknown_name", name=name, hint_zh=zh, hint_en=en)

    def rate(self, name: str) -> t.RateRef:
        spec = self.names.rates[name]
        if spec.key_of_member:
            self._of_member(name)
        return t.RateRef(spec.kind, name, member=spec.key_of_member)

    def _of_member(self, name: str) -> str:
        if not self.member and self.inside is None:
            raise FormulaError("member_outside", name=name)
        return name

    # ---- numbers

    def arithmetic(self, e: exp.Expr) -> t.Node:
        op = ARITHMETIC[type(e)]
        left, right = self.build(e.this), self.build(e.expression)
        return t.Arithmetic(arithmetic_kind(op, left, right), op, left, right)  # type: ignore[arg-type]

    def negate(self, e: exp.Expr) -> t.Node:
        operand = self.build(e.this)
        require(operand, NUMERIC, "-")
        return t.Negate(operand.kind, operand)

    def absolute(self, e: exp.Expr) -> t.Node:
        operand = self.build(e.this)
        require(operand, NUMERIC, "abs")
        return t.Absolute(operand.kind, operand)

    def rounding(self, e: exp.Expr) -> t.Node:
        mode = ROUNDINGS[type(e)]
        operand = self.build(e.this)
        require(operand, NUMERIC, mode)
        unit = e.args.get("decimals")
        if e.args.get("truncate") is not None or e.args.get("to") is not None:
            raise FormulaError("arguments", name=mode, wanted_zh="一个数和一个单位", wanted_en="a number and a unit")
        if operand.kind is Kind.MONEY:
            return t.Round(Kind.MONEY, mode, operand, _unit(unit))  # type: ignore[arg-type]
        if unit is not None:
            raise FormulaError("round_unit", value=unit.sql())
        return t.Round(Kind.INT, mode, operand, 1)  # type: ignore[arg-type]

    # ---- truth

    def compare(self, e: exp.Expr) -> t.Node:
        op = COMPARISONS[type(e)]
        left, right = self.build(e.this), self.build(e.expression)
        self._comparable(op, left, right)
        return t.Compare(Kind.BOOL, op, left, right)  # type: ignore[arg-type]

    def _comparable(self, op: str, left: t.Node, right: t.Node) -> None:
        same = common_kind([left, right]) is not None
        if not same or (left.kind in (Kind.CODE, Kind.BOOL) and op not in ("=", "<>")):
            raise type_error(op, left, right, "请比较同一类型的值。", "Compare values of one type.")
        for code, other in ((left, right), (right, left)):
            self._listed(code, other)

    def _listed(self, code: t.Node, literal: t.Node) -> None:
        """A text compared with a code must be one that the code can be."""
        if not isinstance(literal, t.Literal) or code.kind is not Kind.CODE or isinstance(code, t.Literal):
            return
        values = self._values_of(code)
        if values is not None and literal.value not in values:
            zh, en = near_miss(str(literal.value), values)
            name = next((str(node.name) for node in code.walk() if isinstance(node, t.FactRef)), "case")
            raise FormulaError(
                "unlisted_code", name=name, value=literal.value, known=", ".join(values), hint_zh=zh, hint_en=en
            )

    def _values_of(self, code: t.Node) -> list[str] | None:
        """What a code can be; None where that is not known (a step, a rate, a fact that lists no values)."""
        if isinstance(code, t.Literal):
            return [str(code.value)]
        if isinstance(code, t.FactRef):
            return list((self.names.member_facts if code.member else self.names.facts)[code.name].values) or None
        if not isinstance(code, t.Coalesce | t.If):
            return None
        parts = code.options if isinstance(code, t.Coalesce) else (code.then, code.otherwise)
        found = [self._values_of(part) for part in parts]
        return None if None in found else list(dict.fromkeys(value for one in found for value in one or ()))

    def logic(self, e: exp.Expr) -> t.Node:
        left, right = self.build(e.this), self.build(e.expression)
        word = "and" if isinstance(e, exp.And) else "or"
        for side in (left, right):
            require(side, (Kind.BOOL,), word)
        return (t.Both if word == "and" else t.Either)(Kind.BOOL, left, right)

    def negation(self, e: exp.Expr) -> t.Node:
        operand = self.build(e.this)
        require(operand, (Kind.BOOL,), "not")
        return t.Not(Kind.BOOL, operand)

    def between(self, e: exp.Expr) -> t.Node:
        operand, low, high = (self.build(part) for part in (e.this, e.args["low"], e.args["high"]))
        for bound in (low, high):
            self._comparable("<=", operand, bound)
        return t.Between(Kind.BOOL, operand, low, high)

    def within(self, e: exp.Expr) -> t.Node:
        if not e.expressions:
            raise FormulaError("not_allowed", what="in (select …)", known=", ".join(FUNCTIONS))
        operand, options = self.build(e.this), tuple(self.build(option) for option in e.expressions)
        for option in options:
            self._comparable("=", operand, option)
        return t.Within(Kind.BOOL, operand, options)

    # ---- choices

    def conditional(self, e: exp.Expr) -> t.Node:
        if e.args.get("false") is None:
            raise FormulaError("no_else", what="if")
        condition, then, otherwise = (self.build(e.args[part]) for part in ("this", "true", "false"))
        require(condition, (Kind.BOOL,), "if")
        return t.If(one_kind("if", [then, otherwise]), condition, then, otherwise)

    def case(self, e: exp.Expr) -> t.Node:
        if e.args.get("default") is None:
            raise FormulaError("no_else", what="case")
        subject = self.build(e.this) if e.this is not None else None
        pairs = []
        for branch in e.args["ifs"]:
            condition = self.build(branch.this)
            if subject is not None:
                self._comparable("=", subject, condition)
                condition = t.Compare(Kind.BOOL, "=", subject, condition)
            require(condition, (Kind.BOOL,), "case when")
            pairs.append((condition, self.build(branch.args["true"])))
        result = self.build(e.args["default"])
        kind = one_kind("case", [result, *(then for _, then in pairs)])
        for condition, then in reversed(pairs):
            result = t.If(kind, condition, then, result)
        return result

    def coalesce(self, e: exp.Expr) -> t.Node:
        options = tuple(self.build(option) for option in (e.this, *e.expressions))
        if len(options) < 2:
            raise FormulaError(
                "arguments", name="coalesce", wanted_zh="两个以上参数", wanted_en="two or more arguments"
            )
        return t.Coalesce(one_kind("coalesce", list(options)), options)

    # ---- members

    def extreme(self, e: exp.Expr) -> t.Node:
        """min and max: of two or more they compare, of one they aggregate."""
        name = AGGREGATES[type(e)]
        if not e.expressions:
            return self.aggregate(e)
        options = tuple(self.build(option) for option in (e.this, *e.expressions))
        kind = one_kind(name, list(options))
        require(replace(options[0], kind=kind), (*NUMERIC, Kind.DATE), name)
        return t.Extreme(kind, name == "max", options)

    def anonymous(self, e: exp.Expr) -> t.Node:
        name = e.name.lower()
        if name.startswith(MEMBERS):
            return self.aggregate(e)
        if name == "age_on":
            birth, on = self._arguments(e, 2, "出生日期和日期", "a date of birth and a day")
            require(birth, (Kind.DATE,), name)
            require(on, (Kind.DATE,), name)
            return t.AgeOn(Kind.INT, birth, on)
        if name in ("band", "marginal"):
            return self._table(name, e)
        raise self._refuse(e)

    def months(self, e: exp.Expr) -> t.Node:
        start, end = self.build(e.this), self.build(e.expression)
        require(start, (Kind.DATE,), "months_between")
        require(end, (Kind.DATE,), "months_between")
        return t.MonthsBetween(Kind.INT, start, end)

    def aggregate(self, e: exp.Expr) -> t.Node:
        condition = None
        if isinstance(e, exp.Filter):
            condition, e = e.expression.this, e.this
        if isinstance(e, exp.Anonymous) and e.name.startswith(MEMBERS):
            op = e.name.removeprefix(MEMBERS)
            if len(e.expressions) != 1:
                raise FormulaError("arguments", name=op, wanted_zh="一个是或否的表达式", wanted_en="one boolean")
            return self._aggregate(op, e.expressions[0], condition)
        if type(e) not in AGGREGATES or e.expressions:
            raise self._refuse(e)
        return self._aggregate(AGGREGATES[type(e)], e.this, condition)

    def _aggregate(self, op: str, e: exp.Expr, condition: exp.Expr | None) -> t.Node:
        if self.member:
            raise FormulaError("aggregate_in_member", name=op)
        if self.inside:
            raise FormulaError("aggregate_nested", name=op)
        self.inside = op
        operand = None if isinstance(e, exp.Star) else self.build(e)
        where = self.build(condition) if condition is not None else None
        self.inside = None
        if (op == "count") != (operand is None):
            wanted = ("写成 count(*) filter (where …)", "the form count(*) filter (where …)")
            raise FormulaError("arguments", name=op, wanted_zh=wanted[0], wanted_en=wanted[1])
        if where is not None:
            require(where, (Kind.BOOL,), "filter (where …)")
        if operand is None:
            return t.Aggregate(Kind.INT, "count", None, where)
        wanted_kinds = (Kind.BOOL,) if op in ("any", "all") else NUMERIC + ((Kind.DATE,) if op != "sum" else ())
        require(operand, wanted_kinds, op)
        parts = [operand] + ([where] if where else [])
        if not any(getattr(node, "member", False) for part in parts for node in part.walk()):
            raise FormulaError("aggregate_constant", name=op)
        return t.Aggregate(operand.kind, op, operand, where)  # type: ignore[arg-type]

    # ---- tables

    def _arguments(self, e: exp.Expr, count: int, zh: str, en: str) -> list[t.Node]:
        if len(e.expressions) != count:
            raise FormulaError("arguments", name=e.name.lower(), wanted_zh=zh, wanted_en=en)
        return [self.build(part) for part in e.expressions]

    def _table(self, op: str, e: exp.Expr) -> t.Node:
        if len(e.expressions) != 2 or not isinstance(e.expressions[1], exp.Column):
            raise FormulaError(
                "arguments", name=op, wanted_zh="一个值和一个表名", wanted_en="a value and a table's name"
            )
        operand, name = self.build(e.expressions[0]), e.expressions[1].name
        spec = self.names.rates.get(name)
        if spec is None:
            zh, en = near_miss(name, [n for n, rate in self.names.rates.items() if rate.table])
            raise FormulaError("unknown_name", name=name, hint_zh=zh, hint_en=en)
        if spec.table != op or spec.of is None:
            raise _table_use(name, f"没有声明为 table: {op}", f"is not declared with table: {op}")
        if operand.kind is not spec.of and not (is_zero(operand) and spec.of in NUMERIC):
            raise FormulaError("wanted_type", what=f"{op}(…, {name})", wanted=spec.of, given=operand.kind)
        table = self.rate(name)
        if op == "band":
            return t.Band(spec.kind, operand, table)
        return t.Marginal(arithmetic_kind("*", operand, table), operand, table)


def _unit(e: exp.Expr | None) -> int:
    if isinstance(e, exp.Column) and e.name in UNITS:
        return UNITS[e.name]
    if isinstance(e, exp.Literal) and not e.is_string and str(e.this).isdecimal() and 0 < int(e.this) <= 10**6:
        return int(e.this) * UNITS["yuan"]
    raise FormulaError("round_unit", value=e.sql() if e is not None else "")


def _table_use(name: str, zh: str, en: str) -> FormulaError:
    return FormulaError("table_use", name=name, reason_zh=zh, reason_en=en)


_PARTS: dict[type[exp.Expr], set[str]] = {
    exp.Between: {"this", "low", "high"},
    exp.MonthsBetween: {"this", "expression"},
    exp.In: {"this", "expressions", "field", "query"},
    exp.Case: {"this", "ifs", "default"},
    exp.Filter: {"this", "expression"},
    exp.Coalesce: {"this", "expressions"},
    exp.Sum: {"this"},
    exp.Min: {"this", "expressions"},
    exp.Max: {"this", "expressions"},
}
"""What of these the language has; anything else that SQL can say of them is refused, not passed over."""

_METHODS: list[tuple[tuple[type[exp.Expr], ...], Callable[[_Builder, exp.Expr], t.Node]]] = [
    ((exp.Literal, exp.Boolean), _Builder.literal),
    ((exp.Column,), _Builder.name),
    (tuple(ARITHMETIC), _Builder.arithmetic),
    ((exp.Neg,), _Builder.negate),
    ((exp.Abs,), _Builder.absolute),
    (tuple(ROUNDINGS), _Builder.rounding),
    (tuple(COMPARISONS), _Builder.compare),
    ((exp.And, exp.Or), _Builder.logic),
    ((exp.Not,), _Builder.negation),
    ((exp.Between,), _Builder.between),
    ((exp.In,), _Builder.within),
    ((exp.If,), _Builder.conditional),
    ((exp.Case,), _Builder.case),
    ((exp.Coalesce,), _Builder.coalesce),
    ((exp.Min, exp.Max), _Builder.extreme),
    ((exp.Filter, exp.Count, exp.Sum), _Builder.aggregate),
    ((exp.MonthsBetween,), _Builder.months),
    ((exp.Anonymous,), _Builder.anonymous),
]
