"""facts.yaml: the shared vocabulary of facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from minzheng.policy import source
from minzheng.policy.source import Block, Reader
from minzheng.policy.values import DEFAULT_BOUNDS, WANTED, Bounds, Kind, carried, read

KINDS = tuple(kind.value for kind in Kind)
FACT_KEYS = ("type", "min", "max", "values", "label", "of", "derived", "note")


@dataclass(frozen=True)
class VocabularyFact:
    """One fact: its type, bounds, label, of whom it is (`household`, `person` or `any`), how it is derived.

    derived: "" where it is recorded, `age` where it is the completed years on the day, otherwise a text that says how.
    """

    name: str
    kind: Kind
    bounds: Bounds
    label: Mapping[str, str]
    of: str
    derived: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    line: int = 0


def load_vocabulary(path: Path) -> dict[str, VocabularyFact]:
    """The facts of a facts.yaml by name. Raises PolicyError."""
    return parse_vocabulary(source.read_file(path), str(path))


def parse_vocabulary(text: str, name: str) -> dict[str, VocabularyFact]:
    """As `load_vocabulary`, from text."""
    reader = Reader(name)
    block = reader.block(source.parse(text, name), "facts.yaml")
    return {fact: _fact(reader, fact, reader.block(body, fact, line=block.lines[fact])) for fact, body in block.items()}


def _fact(reader: Reader, name: str, body: Block) -> VocabularyFact:
    reader.only(body, FACT_KEYS, required=("type", "label", "of"))
    kind = Kind(reader.choice(body["type"], f"{name}.type", KINDS))
    return VocabularyFact(
        name=name,
        kind=kind,
        bounds=read_bounds(reader, body, kind, DEFAULT_BOUNDS[kind], name),
        label=reader.words(body["label"], "label"),
        of=reader.choice(body["of"], f"{name}.of", ("household", "person", "any")),
        derived=str(reader.text(body["derived"], f"{name}.derived")) if body.get("derived") else "",
        values=read_values(reader, body, name),
        line=body.line,
    )


def read_bounds(reader: Reader, body: Block, kind: Kind, default: Bounds, name: str) -> Bounds:
    """`min` and `max` of a declaration, in the units that engines carry."""
    found = {"min": default.low, "max": default.high}
    for key in found:
        if body.get(key) is not None:
            if kind in (Kind.CODE, Kind.BOOL):
                known = ", ".join(one for one in FACT_KEYS if one not in found)
                raise reader.error("unknown_key", line=body.lines[key], key=key, known=known, hint_zh="", hint_en="")
            found[key] = carried(read_value(reader, body[key], kind, f"{name}.{key}"), kind)  # type: ignore[arg-type]
    if found["min"] > found["max"]:
        raise reader.error("bounds_order", body, key=name)
    return Bounds(found["min"], found["max"])


def read_value(reader: Reader, value: object, kind: Kind, key: str, *, line: int = 0) -> object:
    """A typed value from its text; refused with what was wanted."""
    text = reader.text(value, key, line=line)
    try:
        return read(text, kind)
    except ValueError:
        zh, en = WANTED[kind]
        raise reader.error("bad_value", text, key=key, value=text, wanted_zh=zh, wanted_en=en) from None


def read_values(reader: Reader, body: Block, name: str) -> dict[str, dict[str, str]]:
    """The values of a code, with labels where they are given: a list, or a mapping of value to label."""
    values = body.get("values")
    if values is None:
        return {}
    if isinstance(values, Block):
        return {
            code_text(reader, code, name, values.lines[code]): reader.words(label, code, line=values.lines[code])
            for code, label in values.items()
        }
    found = {}
    for item in reader.items(values, f"{name}.values", line=body.lines["values"]):
        code = code_text(reader, reader.text(item, f"{name}.values", line=body.lines["values"]), name, body.line)
        if code in found:
            raise reader.error("duplicate_key", item, key=code)
        found[code] = {"zh-Hans": code, "en": code}
    return found


def code_text(reader: Reader, text: str, key: str, line: int) -> str:
    """A text that stands for itself everywhere: one that cells and databases carry unchanged."""
    if not text or not text.isprintable() or text != text.strip():
        zh, en = "没有控制字符、首尾没有空白的文字", "a text without control characters or blanks around it"
        raise reader.error("bad_value", line=line, key=key, value=text, wanted_zh=zh, wanted_en=en)
    return str(text)
