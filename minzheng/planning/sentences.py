"""Sentences that the registers write themselves. A sector registers its own; the report's text names them."""

from collections.abc import Callable

from minzheng.indicators.measures import Period

SENTENCES: dict[str, Callable[[str, Period], str]] = {}


def register(name: str, sentence: Callable[[str, Period], str]) -> None:
    """Let a report's text name this sentence."""
    SENTENCES[name] = sentence
