"""Spoils texts as files are spoilt: by accident, by a bad editor, on purpose."""

import random
from typing import Any

import yaml

TOKENS = [
    *("", " ", "\t", "\n", "\r\n", "\0", "\ufeff", "\x1b[31m", "😀", "\u202e", "\ud7ff", "、", "，", "：", "　"),
    *("{", "}", "[", "]", "[" * 60, "{a: " * 60, "*a", "&a ", "<<: *facts", "? ", "- ", ": ", "| ", ">- ",
    "!!int ", "!x ", "%YAML 1.1"),
    *("null", "~", "true", "yes", "1e5", "-0", "1_000", "0x10", "9" * 40, "1." + "0" * 30, "Infinity", ".nan",
    "2024-02-30", "１２", "−5"),
    *("'", '"', "'; drop table x; --", "--", "/*", "*/", "$$", "\\", "%s", "%(x)s", "{0}", "{value}", ":name",
    "$1", "select", "union all"),
    *("(", ")", "(" * 300, "not " * 300, "-" * 50, "sum(", "count(*)", "if(", "max(", "band(", "/ 0",
    "* 999999999", "coalesce(", "case when", "end"),
    *("formula", "rates", "steps", "conditions", "type", "money", "code", "values", "key", "table", "from",
    "amount", "restates", "min", "max"),
]  # fmt: skip


def spoilt(text: str, chance: random.Random, most: int = 6) -> str:
    """The text with some of its characters, words or lines changed, moved, doubled or lost."""
    for _ in range(chance.randint(1, most)):
        text = chance.choice(_WAYS)(text, chance)
    return text


def spoilt_bytes(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        way = chance.randrange(4)
        if way == 0:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
        elif way == 1:
            del data[at : at + chance.randint(1, 30)]
        elif way == 2 and at < len(data):
            data[at] = chance.randrange(256)
        else:
            data[at:at] = data[at : at + chance.randint(1, 200)]
    return bytes(data)


def misplaced(text: str, chance: random.Random) -> str:
    """A YAML file that is well formed, with some parts in the place of others: a list for a text, a text for a list."""
    root = yaml.load(text, Loader=yaml.BaseLoader)
    for _ in range(chance.randint(1, 3)):
        places = list(_places(root))
        if not places:
            break
        holder, key = chance.choice(places)
        other, name = chance.choice(places)
        stuff = [*TOKENS, None, [], {}, ["x"], {"x": "y"}, [[]], [None], other[name], other[name]]
        holder[key] = yaml.load(yaml.dump(chance.choice(stuff)), Loader=yaml.BaseLoader)
    return str(yaml.dump(root, allow_unicode=True, sort_keys=False))


def _places(part: Any) -> Any:
    """(container, key) of every part."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield part, key
        yield from _places(value)


def _insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(TOKENS) + text[at:]


def _cut(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.randint(1, 12) :]


def _word(text: str, chance: random.Random) -> str:
    """One word in place of another."""
    words = text.split(" ")
    at = chance.randrange(len(words))
    words[at] = chance.choice([*TOKENS, chance.choice(words)])
    return " ".join(words)


def _lines(text: str, chance: random.Random) -> str:
    """A line doubled, moved, indented or lost."""
    lines = text.split("\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    line = lines[at]
    match chance.randrange(4):
        case 0:
            lines.insert(to, line)
        case 1:
            lines[at], lines[to] = lines[to], lines[at]
        case 2:
            lines[at] = " " * chance.randint(1, 6) + line
        case _:
            del lines[at]
    return "\n".join(lines)


_WAYS = [_insert, _cut, _word, _word, _lines]
