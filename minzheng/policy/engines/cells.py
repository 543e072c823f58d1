"""Columns of a file as the engines carry them, in SQL: money in yuan becomes whole fen, a rate millionths.

What a cell may be is the same for every kind of file and engine: see the table in docs/algorithms/formula-language.md.
A cell that is not of its type is a fault of the file, and nothing is computed; a number too large for any bounds is
carried as `BEYOND` and becomes the error `bounds` of that household.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from minzheng.policy.engines.dialects import Dialect
from minzheng.policy.model import FactSpec
from minzheng.policy.values import Kind

BEYOND = 2**62
"""Stands for a number that no bounds allow."""

SCALES = {Kind.MONEY: 2, Kind.INT: 0, Kind.RATE: 6}
"""Decimals of each type of number."""

WHOLE = re.compile(r"u?(tiny|small|big|huge)?int(eger)?|byte|short|long")
SMALL = ("tinyint", "smallint", "integer", "int", "byte", "short")
"""Whole numbers that times a million still fit into 64 bits."""
DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
TEXTS = {
    Kind.MONEY: r"[+-]?[0-9]{1,15}(\.[0-9]{1,2})?",
    Kind.INT: r"[+-]?[0-9]{1,15}",
    Kind.RATE: r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?",
    Kind.BOOL: "true|false",
    Kind.DATE: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


@dataclass(frozen=True)
class Cell:
    """`value`: what is carried, null where the cell is empty or at fault. `fault`: whether it is (None: cannot be)."""

    value: str
    fault: str | None = None


def cell(column: str, type_: str, kind: Kind, dialect: Dialect) -> Cell | None:
    """How a column of an engine's type is read as a fact of a kind; None where no cell of the type can be one."""
    type_ = type_.lower()
    if type_ in ("varchar", "string", "text"):
        return _from_text(column, kind, dialect)
    if kind in SCALES:
        return _number(column, type_, SCALES[kind], dialect)
    if kind is Kind.BOOL:
        return Cell(column) if type_ == "boolean" else None
    if kind is Kind.DATE:
        day = column if type_ == "date" else f"cast({column} as date)"
        known = f"case when {day} between date '0001-01-01' and date '9999-12-31' then {day}"
        value = f"{known} when {column} is not null then date '0001-01-01' end"
        if type_ == "date":
            return Cell(value)
        return Cell(value, f"{column} <> {day}") if type_.startswith("timestamp") else None
    return Cell(f"cast({column} as {dialect.column_types[Kind.CODE]})") if WHOLE.fullmatch(type_) else None


def nothing(facts: Mapping[str, FactSpec], dialect: Dialect) -> list[str]:
    """Columns of facts that no row has: where no file of members is given."""
    return [
        f"cast(null as {dialect.column_types[spec.kind]}) as {dialect.name_of(name)}" for name, spec in facts.items()
    ]


def _number(column: str, type_: str, scale: int, dialect: Dialect) -> Cell | None:
    found = DECIMAL.fullmatch(type_)
    if found:
        return _decimal(column, int(found.group(1)), int(found.group(2)), scale, dialect)
    if WHOLE.fullmatch(type_):
        most = BEYOND // 10**scale
        whole = f"{dialect.big(column)} * {10**scale}" if scale else dialect.big(column)
        inside = f"case when {column} between {-most} and {most} then {whole}"
        fits = type_ in SMALL or (scale == 0 and type_ in ("bigint", "long"))
        return Cell(whole if fits else f"{inside} when {column} is not null then {BEYOND} end")
    if type_ in ("double", "float", "real"):
        exact = f"try_cast({column} as decimal(18,{scale}))"
        differs = f"cast({exact} as double) <> cast({column} as double)"
        return Cell(_decimal(exact, 18, scale, scale, dialect).value, f"coalesce({differs}, {column} is not null)")
    return None


def _decimal(column: str, digits: int, decimals: int, scale: int, dialect: Dialect) -> Cell:
    """Whole units of a decimal, by multiplication: exact, and in 64 bits where its digits allow."""
    if digits - decimals > 18 - scale:
        return _large_decimal(column, decimals, scale, dialect)
    # One digit more than the product can have: no engine then takes its own measures against overflow.
    wide = f"cast({column} as decimal({min(digits + scale + 1, 38)},{decimals}))"
    units = f"{wide} * cast({10**scale} as decimal({scale + 1},0))"
    fault = f"{units} <> {dialect.big(units)}" if decimals > scale else None
    return Cell(dialect.big(units), fault)


def _large_decimal(column: str, decimals: int, scale: int, dialect: Dialect) -> Cell:
    """Of a decimal with more digits than 64 bits: cut down first where it fits."""
    digits = 18 - scale
    inside = f"{column} > {-(10**digits)} and {column} < {10**digits}"
    fitting = f"case when {inside} then cast({column} as decimal({digits + decimals},{decimals})) end"
    found = _decimal(fitting, digits + decimals, decimals, scale, dialect)
    return Cell(f"case when {column} is not null then coalesce({found.value}, {BEYOND}) end", found.fault)


def _from_text(column: str, kind: Kind, dialect: Dialect) -> Cell:
    """As `values.read` does, an empty text being a missing fact."""
    text = f"nullif(trim({column}), '')"
    if kind is Kind.CODE:
        return Cell(text)
    sound = dialect.matches(text, TEXTS[kind])
    if kind is Kind.BOOL:
        return Cell(f"case when {sound} then {text} = 'true' end", f"not {sound}")
    if kind is Kind.DATE:
        day = f"case when {sound} then try_cast({text} as date) end"
        return Cell(day, f"{text} is not null and {day} is null")
    read = f"case when {sound} then cast({text} as decimal(18,{SCALES[kind]})) end"
    return Cell(_decimal(read, 18, SCALES[kind], SCALES[kind], dialect).value, f"not {sound}")
