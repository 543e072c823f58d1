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


def read_file(path: Path) -> str:
    """The text of a file; one that is missing or is no text is refused by name."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PolicyError("not_found", file=str(path)) from None
    except UnicodeDecodeError:
        raise PolicyError("not_utf8", file=str(path)) from None


def parse(text: str, name: str) -> Any:
    """Text, Block or Items; None for an empty file. Raises PolicyError with the line."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PolicyError("yaml", file=name, line=line, detail=error.problem or error.context) from None
    except yaml.YAMLError as error:
        raise PolicyError("yaml", file=name, detail=str(error).splitlines()[0]) from None
    return None if root is None else _convert(root, name)


def _convert(node: yaml.Node, name: str) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return None if empty else Text(node.value).at(line)
    if isinstance(node, yaml.SequenceNode):
        items = Items(line)
        items.extend(_convert(child, name) for child in node.value)
        return items
    block = Block(line)
    for key_node, child in node.value:
        key, at = str(key_node.value), key_node.start_mark.line + 1
        if key in block:
            raise PolicyError("duplicate_key", file=name, line=at, key=key)
        block[key] = _convert(child, name)
        block.lines[key] = at
    return block


class Reader:
    """Takes parts out of one file and refuses what has another form."""

    def __init__(self, file: str) -> None:
        self.file = file

    def error(self, code: str, part: Any = None, *, line: int = 0, step: str = "", **values: Any) -> PolicyError:
        return PolicyError(code, file=self.file, line=line or getattr(part, "line", 0), step=step, **values)

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
