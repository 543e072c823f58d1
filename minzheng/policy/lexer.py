"""The words and signs a formula may consist of, checked before anything parses it.

The parser knows all of SQL and reads much of it silently: comments, second names of a function, arguments nobody asked
for. What is not named here never reaches it.
"""

import re
from dataclasses import dataclass

from minzheng.policy.errors import FormulaError, near_miss

FUNCTIONS = (
    *("abs", "age_on", "all", "any", "band", "case", "ceil", "coalesce", "count", "floor"),
    *("if", "marginal", "max", "min", "months_between", "round", "sum"),
)
LONGEST = 4_000
"""Characters of a formula, at most."""
DEEPEST = 40
"""How deep brackets may be nested."""
ARGUMENTS = {
    **dict.fromkeys(("abs", "all", "any", "count", "sum"), (1, 1)),
    **dict.fromkeys(("age_on", "band", "marginal", "months_between"), (2, 2)),
    **dict.fromkeys(("ceil", "floor", "round"), (1, 2)),
    "if": (2, 3),  # With two, what is missing is an else, and that is said.
}
BEFORE_BRACKET = {"and", "between", "else", "filter", "in", "not", "or", "then", "when", "where", "case"}
"""Words of the grammar that a bracket may follow without being a function."""

TOKEN = re.compile(
    r"\s+|(?P<comment>--|/\*)|(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d*)?(?:[eE]\d+)?|\.\d+)"
    r"|(?P<name>[^\W\d]\w*)|(?P<sign><>|!=|<=|>=|[-+*/=<>(),;%])|(?P<other>.)",
    re.DOTALL,
)


@dataclass
class _Bracket:
    """An open bracket: what it belongs to (a function's name, or nothing), and its commas."""

    function: str
    commas: int = 0


def check_words(text: str) -> None:
    """Raises FormulaError for what is not of the language: signs, comments, functions, how many arguments they take."""
    if len(text) > LONGEST:
        raise FormulaError("too_long", size=len(text), most=LONGEST)
    open_brackets: list[_Bracket] = []
    before = ""
    end = 0
    for found in TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found.group()
        if kind == "comment":
            raise _refused("-- /* */")
        if kind == "other" or (kind == "text" and before and found.start() == end and before[-1].isalnum()):
            raise _refused(token if kind == "other" else f"{before}'…'")
        if kind == "text" and not token.isprintable():
            raise _refused(token)
        if kind == "number" and not token.isascii():
            raise _refused(token)
        if token == "(":
            open_brackets.append(_Bracket(_function(before)))
            if len(open_brackets) > DEEPEST:
                raise FormulaError("too_deep", most=DEEPEST)
        elif token == "," and open_brackets:
            open_brackets[-1].commas += 1
        elif token == ")" and open_brackets:
            _check_arguments(open_brackets.pop())
        elif token in (")", ";"):
            raise FormulaError("syntax", detail=token)
        if kind:
            before, end = token, found.end()
    if open_brackets:
        raise FormulaError("syntax", detail="(")


def _function(before: str) -> str:
    """The function whose arguments a bracket opens; empty for a bracket that only groups."""
    word = before.lower()
    if not word or not (word[0].isalpha() or word[0] == "_") or word in BEFORE_BRACKET:
        return ""
    if word not in FUNCTIONS:
        zh, en = near_miss(word, FUNCTIONS)
        raise FormulaError("unknown_function", name=word, known=", ".join(FUNCTIONS), hint_zh=zh, hint_en=en)
    return word


def _check_arguments(bracket: _Bracket) -> None:
    least, most = ARGUMENTS.get(bracket.function, (0, LONGEST))
    if bracket.commas >= most or bracket.commas + 1 < least:
        zh = f"{least} 个参数" if least == most else f"{least} 或 {most} 个参数"
        en = f"{least} argument{'s' * (least > 1)}" if least == most else f"{least} or {most} arguments"
        raise FormulaError("arguments", name=bracket.function, wanted_zh=zh, wanted_en=en)


def _refused(what: str) -> FormulaError:
    return FormulaError("not_allowed", what=what, known=", ".join(FUNCTIONS))
