"""What the loader says when a policy or a rates file cannot be used: file, line, step, cause and remedy."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from minzheng.core.errors import Refused
from minzheng.policy.messages import MESSAGES


class PolicyError(Refused):
    """A file of the law as data that is refused at load time.

    code: a key of `messages.MESSAGES`; file, line and step say where; cause and remedy are texts by language.
    """

    messages: ClassVar[Mapping[str, tuple[str, str, str, str]]] = MESSAGES
    prefix: ClassVar[str] = "policy"

    def __init__(self, code: str, *, file: str = "", line: int = 0, step: str = "", **values: Any) -> None:
        cause_zh, cause_en, remedy_zh, remedy_en = self.messages[code]
        values = {key: shown(value) for key, value in values.items()}
        step = shown(step)
        self.file, self.line, self.step = file, line, step
        self.cause = {"zh-Hans": cause_zh.format(**values), "en": cause_en.format(**values)}
        place = {"zh-Hans": _place_zh(file, line, step), "en": _place_en(file, line, step)}
        super().__init__(
            f"{self.prefix}.{code}",
            {language: "{place_" + language[:2] + "}" + "{cause_" + language[:2] + "}" for language in self.cause},
            {"zh-Hans": "{remedy_zh}", "en": "{remedy_en}"},
            {
                **values,
                "place_zh": place["zh-Hans"],
                "place_en": place["en"],
                "cause_zh": self.cause["zh-Hans"],
                "cause_en": self.cause["en"],
                "remedy_zh": remedy_zh.format(**values),
                "remedy_en": remedy_en.format(**values),
            },
        )

    def remedy_in(self, language: str) -> str:
        return str((self.values or {})["remedy_" + language[:2]])

    def __str__(self) -> str:
        return self.text("en")


class FormulaError(Exception):
    """Something wrong in one formula; the loader adds file, line and step."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


LONGEST = 200
"""Characters of a file's text that a message repeats; of a list of what may be chosen ten times as many."""


def shown(value: Any) -> Any:
    """What a message may repeat of a file: not its control characters, and not all of a long text."""
    if not isinstance(value, str):
        return value
    clean = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in value[: 10 * LONGEST])
    most = 10 * LONGEST if ", " in clean else LONGEST
    return clean if len(clean) <= most else f"{clean[:most]}…"


def near_miss(word: str, known: Iterable[str]) -> tuple[str, str]:
    """The likeliest word meant, as the end of a remedy in Chinese and in English; empty where nothing is near."""
    if len(word) > LONGEST:
        return "", ""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    if not found:
        return "", ""
    return f"是不是 {found[0]}？", f" Did you mean {found[0]}?"


def _place_zh(file: str, line: int, step: str) -> str:
    words = [file, f"第 {line} 行" if line else "", f"步骤 {step}" if step else ""]
    return "，".join(word for word in words if word) + "：" if any(words) else ""


def _place_en(file: str, line: int, step: str) -> str:
    words = [f"{file}:{line}" if line else file, f"step {step}" if step else ""]
    return ", ".join(word for word in words if word) + ": " if any(words) else ""
