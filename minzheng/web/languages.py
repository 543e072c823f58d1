"""The page's language, as the product names it."""

from collections.abc import Iterable

from django.utils.translation import get_language


def language() -> str:
    """`en` or `zh-Hans`."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


def listed(texts: Iterable[str]) -> str:
    """One after the other, as the page's language sets them apart."""
    return (", " if language() == "en" else "、").join(texts)
