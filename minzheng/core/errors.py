"""What the product says when it refuses: one shape, in the user's language, always with a remedy.

`Refused` is raised by actions and loaders; the web shows it as a page or a form error, the command line prints it.
Nothing that was begun in the same transaction stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Text = Mapping[str, str]
"""A text by language: {"zh-Hans": …, "en": …}."""


@dataclass
class Refused(Exception):
    """An act that a rule does not allow, or input that cannot be used.

    code: a stable name (`person.two_families`); message and remedy: texts by language, with {placeholders} filled
    from `values`; rule: the article or file the refusal rests on, if there is one.
    """

    code: str
    message: Text
    remedy: Text
    values: Mapping[str, Any] | None = None
    rule: str = ""

    def text(self, language: str = "zh-Hans") -> str:
        """Message and remedy in one language (falls back to Chinese)."""
        parts = [pick(self.message, language), pick(self.remedy, language)]
        if self.rule:
            parts.append(f"（{self.rule}）" if language.startswith("zh") else f"({self.rule})")
        return " ".join(part.format(**(self.values or {})) for part in parts if part)

    def __str__(self) -> str:
        return f"{self.code}: {self.text('en')}"


def refuse(code: str, /, *, zh: str, en: str, remedy_zh: str, remedy_en: str, rule: str = "", **values: Any) -> Refused:
    """Build a refusal; `raise refuse(...)`."""
    return Refused(code, {"zh-Hans": zh, "en": en}, {"zh-Hans": remedy_zh, "en": remedy_en}, values, rule)


def pick(text: Text, language: str) -> str:
    """The text in this language; for Chinese of any script zh-Hans; otherwise what there is."""
    if language in text:
        return text[language]
    if language.startswith("zh") and "zh-Hans" in text:
        return text["zh-Hans"]
    return text.get("en") or text.get("zh-Hans") or next(iter(text.values()), "")
