"""Filters for texts by language."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from minzheng.core.errors import pick

register = template.Library()


@register.filter
def words(text: Mapping[str, str]) -> str:
    """A text by language, in the page's language."""
    return pick(text, "en" if (get_language() or "").startswith("en") else "zh-Hans")
