"""YAML read as it stands: every scalar is text (no float ever appears), every part knows its line."""

from pathlib import Path
from typing import Any

import yaml

from minzheng.policy.errors import PolicyError, near_miss

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same either way; libyaml's is several times faster."""


class Text(str):
    """A scalar, and where it stands."""

    line: int = 0

    def at(self, line: int) -> "Text":
        self.line = line
        return self


class Block(dict[str, Any]):
    """A mapping, and where it and each of its keys stand."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A list, and where it stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


LARGEST = 8_000_000
"""Characters of a file, at most: the entries of every county for ten years have room."""
MOST_PARTS = 400_000
"""Scalars, lists and mappings of a file with its aliases written out, at most: repetition of repetition grows fast."""
DEEPEST = 40
"""How deep its parts may be nested."""
TAGS = {
    f"tag:yaml.org,2002:{one}" for one in ("str", "int", "float", "bool", "null", "timestamp", "value", "seq", "map")
}


def read_file(path: Path) -> str:
    """The text of a file. Raises PolicyError for one that is missing, cannot be read or is not UTF-8."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PolicyError("not_found", file=str(path)) from None
    except OSError as error:
        raise PolicyError("unreadable", file=str(path), detail=error.strerror or str(error)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError("not_utf8", file=str(path), line=line) from None


def parse(text: str, name: str) -> Any:
    """Text, Block or Items; None for an empty file. Raises PolicyError with the line."""
    if len(text) > LARGEST:
        raise PolicyError("too_large", file=name, most=f"{LARGEST:,}")
    try:
        _measure(text, name)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PolicyError("yaml", file=name, line=line, detail=error.problem or error.context) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        raise PolicyError("yaml", file=name, detail=(str(error).splitlines() or [""])[0]) from None
    return None if root is None else _Converter(name).convert(root, 0)


def _measure(text: str, name: str) -> None:
    """Refuse what is nested too deep, or has too many parts, before a tree is built of it."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if number > MOST_PARTS:
            raise PolicyError("too_large", file=name, most=f"{LARGEST:,}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise PolicyError("too_deep", file=name, line=line, most=DEEPEST)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Converter:
    """From YAML's nodes to ours; counts what it makes, since an alias may repeat a part that repeats others."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.made = 0

    def convert(self, node: yaml.Node, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.made += 1
        if self.made > MOST_PARTS:
            raise PolicyError("too_large", file=self.name, line=line, most=f"{LARGEST:,}")
        if depth > DEEPEST:  # An alias that stands inside what it repeats.
            raise PolicyError("too_deep", file=self.name, line=line, most=DEEPEST)
        if node.tag not in TAGS:
            raise PolicyError("yaml", file=self.name, line=line, detail=f"tag {node.tag}")
        if isinstance(node, yaml.ScalarNode):
            empty = node.tag == "tag:yaml.org,2002:null"
            return None if empty else Text(node.value).at(line)
        if isinstance(node, yaml.SequenceNode):
            items = Items(line)
            items.extend(self.convert(child, depth + 1) for child in node.value)
            return items
        block = Block(line)
        for key_node, child in node.value:
            at = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in TAGS:
                detail = "<<" if isinstance(key_node, yaml.ScalarNode) else "a key is a list or a mapping"
                raise PolicyError("yaml", file=self.name, line=at, detail=detail)
            key = str(key_node.value)
            if key in block:
                raise PolicyError("duplicate_key", file=self.name, line=at, key=key)
            block[key] = self.convert(child, depth + 1)
            block.lines[key] = at
        return block


class Reader:
    """Takes parts out of one file and refuses what has another form."""

    refusal: type[PolicyError] = PolicyError

    def __init__(self, file: str) -> None:
        self.file = file

    def error(self, code: str, part: Any = None, *, line: int = 0, step: str = "", **values: Any) -> PolicyError:
        return self.refusal(code, file=self.file, line=line or getattr(part, "line", 0), step=step, **values)

    def block(self, value: Any, key: str, *, line: int = 0) -> Block:
        if not isinstance(value, Block):
            raise self.error("wrong_form", value, line=line, key=key, wanted_zh="键值表", wanted_en="a mapping")
        return value

    def items(self, value: Any, key: str, *, line: int = 0) -> Items:
        if not isinstance(value, Items):
            raise self.error("wrong_form", value, line=line, key=key, wanted_zh="列表", wanted_en="a list")
        return value

    def text(self, value: Any, key: str, *, line: int = 0) -> Text:
        if not isinstance(value, Text):
            raise self.error("wrong_form", value, line=line, key=key, wanted_zh="文字", wanted_en="a text")
        return value

    def words(self, value: Any, key: str, *, line: int = 0) -> dict[str, str]:
        """A text by language; a bare text is taken as Chinese and English alike."""
        if isinstance(value, Text):
            return {"zh-Hans": str(value), "en": str(value)}
        block = self.block(value, key, line=line)
        return {
            str(language): str(self.text(text, key, line=block.line))
            for language, text in block.items()
            if text is not None
        }

    def only(self, block: Block, known: tuple[str, ...], required: tuple[str, ...] = ()) -> None:
        """Refuse keys that nobody reads, naming the nearest one."""
        for key in block:
            if key not in known:
                zh, en = near_miss(key, known)
                raise self.error(
                    "unknown_key", line=block.lines[key], key=key, known=", ".join(known), hint_zh=zh, hint_en=en
                )
        for key in required:
            if block.get(key) is None:
                raise self.error("missing_key", block, key=key)

    def choice(self, value: Any, key: str, known: tuple[str, ...], *, line: int = 0) -> str:
        text = self.text(value, key, line=line)
        if text not in known:
            zh, en = near_miss(text, known)
            raise self.error("not_listed", text, key=key, value=text, known=", ".join(known), hint_zh=zh, hint_en=en)
        return str(text)
