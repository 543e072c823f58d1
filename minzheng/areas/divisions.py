"""The country's divisions as shipped: codes of 2, 4, 6, 9 or 12 digits, each a prefix of its children's.

Source, licence and counts: `data/SOURCE.md`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.resources import files
from io import TextIOWrapper
from lzma import LZMAFile
from typing import BinaryIO, Literal, NamedTuple, cast

DivisionLevel = Literal["province", "prefecture", "county", "township", "community"]

LEVELS: dict[int, DivisionLevel] = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "community"}
"""A level by the number of digits of its codes."""

PARENT_DIGITS = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}

DATA = "divisions-2023.csv.xz"


class Division(NamedTuple):
    """One division; `parent` is the code above it, None for a province."""

    code: str
    name: str
    level: DivisionLevel
    parent: str | None


def division(code: str, name: str) -> Division:
    """A division by its code; level and parent follow from it.

    Raises ValueError where the code has not 2, 4, 6, 9 or 12 digits or the name is empty.
    """
    level = LEVELS.get(len(code))
    if level is None or not (code.isascii() and code.isdecimal()):
        raise ValueError(f"{code!r} is no division code: it takes 2, 4, 6, 9 or 12 digits")
    if not name:
        raise ValueError(f"division {code} has no name")
    return Division(code, name, level, code[: PARENT_DIGITS[len(code)]] or None)


@contextmanager
def packed() -> Iterator[BinaryIO]:
    """The shipped lines, `code,name` in UTF-8, as a stream of bytes."""
    with files("minzheng.areas").joinpath("data", DATA).open("rb") as file, LZMAFile(file) as lines:
        yield cast(BinaryIO, lines)


def iter_divisions() -> Iterator[Division]:
    """Every division of the country (665,276), parents before children; read as a stream."""
    with packed() as unpacked, TextIOWrapper(unpacked, encoding="utf-8") as lines:
        for line in lines:
            code, _, name = line.rstrip("\n").partition(",")
            yield division(code, name)


def names_of(codes: Collection[str]) -> dict[str, str]:
    """The names of some divisions by code, without a database; a code that is not shipped has none."""
    with packed() as unpacked:
        lines = b"\n" + unpacked.read()
    found = {}
    for code in codes:
        start = lines.find(b"\n" + code.encode() + b",") if code.isascii() and code.isdecimal() else -1
        if start >= 0:
            name = start + len(code) + 2
            found[code] = lines[name : lines.index(b"\n", name)].decode().rstrip("\r")
    return found
