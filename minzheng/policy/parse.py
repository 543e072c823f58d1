"""The text of one formula as sqlglot's tree: nothing but words of the language reaches the parser, none too deep."""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from minzheng.policy.errors import FormulaError
from minzheng.policy.lexer import FUNCTIONS, check_words

UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
SYSTEM_COLUMNS = {"ctid", "tableoid", "cmin", "cmax", "xmin", "xmax"}
"""Names that no column of a PostgreSQL table may have."""
RESERVED = {*FUNCTIONS, *UNITS, *SYSTEM_COLUMNS, "day", "id", "area", "residence", "filter", "where"}
DEEPEST = 100
"""How deep the tree of one formula may be: a sum of a hundred terms."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MEMBERS = "mz_members_"
QUANTIFIER = re.compile(r"('(?:[^']|'')*')|\b(any|all)(?=\s*\()", re.IGNORECASE)
"""`any(` and `all(` outside texts: words of SQL's grammar, so sqlglot gets them under names of our own."""


@lru_cache(maxsize=4096)
def parse_sql(text: str) -> exp.Expr:
    """sqlglot's tree of one expression. Raises FormulaError."""
    check_words(text)
    if MEMBERS in text.lower():
        raise FormulaError("not_allowed", what=MEMBERS, known=", ".join(FUNCTIONS))
    plain = QUANTIFIER.sub(lambda word: word.group(1) or f"{MEMBERS}{word.group(2).lower()}", text)
    try:
        # In brackets, so that it is read as an expression and never as a statement.
        found = sqlglot.parse(f"({plain})", read="postgres")
    except RecursionError:
        raise FormulaError("too_deep", most=DEEPEST) from None
    except SqlglotError as error:
        detail = re.sub(r"\x1b\[\d*m|\s+", " ", str(error)).replace(MEMBERS, "").split(". Line")[0].strip()
        raise FormulaError("syntax", detail=detail) from None
    if len(found) == 1 and isinstance(found[0], exp.Subquery):
        raise FormulaError("not_allowed", what="select", known=", ".join(FUNCTIONS))
    if len(found) != 1 or not isinstance(found[0], exp.Paren) or found[0].this is None:
        raise FormulaError("syntax", detail=text.strip() or "(empty)")
    _check_depth(found[0])
    return found[0].this


def _check_depth(root: exp.Expr) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise FormulaError("too_deep", most=DEEPEST)
        level = [child for one in level for child in one.iter_expressions()]


def names_in(text: str) -> set[str]:
    """Every bare name a formula mentions (units included)."""
    return {column.name for column in parse_sql(text).find_all(exp.Column)}


def name_problem(name: str) -> tuple[str, str] | None:
    """Why a name cannot be declared, in Chinese and English; None where it can."""
    if not NAME.fullmatch(name):
        return "格式不对", "it has the wrong form"
    if name in RESERVED:
        return "它是公式语言的词", "it is a word of the formula language"
    try:
        parsed = parse_sql(name)
    except FormulaError:
        return "它是 SQL 的词", "it is a word of SQL"
    if not isinstance(parsed, exp.Column) or parsed.name != name:
        return "它是 SQL 的词", "it is a word of SQL"
    return None
