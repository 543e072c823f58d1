"""The page's language, as the product names it."""

from django.utils.translation import get_language


def language() -> str:
    """`en` or `zh-Hans`."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"
