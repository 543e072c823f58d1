"""How pages write words, money, days and clocks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, npgettext

from minzheng.areas import queries as areas
from minzheng.core import workdays
from minzheng.core.errors import pick
from minzheng.web import languages
from minzheng.web.languages import language

register = template.Library()


@register.filter
def words(text: Mapping[str, str] | str) -> str:
    """A text by language, in the page's language; a plain text as it is."""
    return text if isinstance(text, str) else pick(text, language())


@register.filter
def tr(text: object) -> str:
    """The translation of a word that is not in a template (a choice's label)."""
    return gettext(str(text)) if text not in (None, "") else ""


@register.filter
def listed(texts: Iterable[object]) -> str:
    """One after the other, as the page's language sets them apart."""
    return languages.listed(str(text) for text in texts)


@register.filter
def yuan(fen: int | None) -> str:
    """123456 → 1,234.56; nothing where there is no amount."""
    if fen is None:
        return ""
    sign, fen = ("-", -int(fen)) if int(fen) < 0 else ("", int(fen))
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


@register.filter
def change(fen: int | None) -> str:
    """A difference in yuan, with its sign."""
    return "" if fen is None else ("+" if fen > 0 else "") + yuan(fen)


@register.filter
def thousands(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


@register.filter
def counted(number: int, unit: str) -> str:
    """3 and 人 → 3 人, 3 people; 1 → 1 人, 1 person."""
    return f"{number:,} {unit_word(unit, number)}"


def unit_word(unit: str, number: int) -> str:
    """人, 户, 笔 behind a number: English has two words for each."""
    return npgettext("计数", unit, unit, number)


@register.filter
def day(value: dt.date | None) -> str:
    """2025-06-18."""
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def month(value: dt.date | None) -> str:
    """2025-06."""
    return f"{value:%Y-%m}" if value else ""


@register.filter
def area_name(code: str) -> str:
    """The division's own name."""
    return areas.name(code) if code else ""


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key that is known only on the page."""
    return mapping.get(key, "")


@register.filter
def cell(value: Any, kind: str) -> str:
    """A list's value as its kind is written."""
    if value is None:
        return ""
    writers: dict[str, Any] = {"money": yuan, "number": thousands, "day": day, "month": month}
    return str(writers[kind](value)) if kind in writers else str(value)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, for the eye only: its meaning always stands in words beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        extra,
        static("vendor/icons.svg"),
        name,
    )


@register.inclusion_tag("components/clock.html")
def clock_badge(due_on: dt.date | None, today: dt.date, rule: str = "") -> dict[str, object]:
    """How long is left, by which rule; red only where the clock has run out."""
    if due_on is None:
        return {"words": "", "tone": "", "rule": rule}
    left = workdays.working_days_between(today, due_on)
    if due_on < today:
        n = max(-left, 1)
        said, tone = ngettext("超期 %(n)d 个工作日", "超期 %(n)d 个工作日", n) % {"n": n}, "overdue"
    elif due_on == today:
        said, tone = gettext("今天到期"), "today"
    else:
        said, tone = ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", left) % {"n": left}, "left"
    return {"words": said, "tone": tone, "rule": rule, "due_on": due_on}


@register.filter
def cycle_word(cycle: str) -> str:
    """month → 每月."""
    from minzheng.web.names import cycle_name

    return cycle_name(cycle)


@register.filter
def programme_word(code: str) -> str:
    """A programme's name."""
    from minzheng.web.names import programme_name

    return programme_name(code)


@register.filter
def paper_word(kind: str, programme: str) -> str:
    """A paper's name in its programme's procedure."""
    from minzheng.web.names import paper_name

    return paper_name(programme, kind)


@register.filter
def source_word(source: str) -> str:
    """Where a fact comes from."""
    from minzheng.people.models import FactSource

    return gettext(FactSource(source).label)


@register.filter
def words_list(text: str) -> list[str]:
    """ "a b c" as a list, for loops over a few fixed keys."""
    return text.split()


@register.filter
def page(record_id: int | None, kind: str) -> str:
    """The address of a record's page."""
    from minzheng.web.links import page_of

    return page_of(kind, record_id)


@register.filter
def relation_word(relation: str) -> str:
    """A relation to the head (女 alone would also be a sex)."""
    from minzheng.people.models import Relation

    return gettext("女儿") if relation == Relation.DAUGHTER else gettext(Relation(relation).label)


@register.filter
def reason_word(reason: str) -> str:
    """The words for a reason that a stage stores as a stable name."""
    from minzheng.web.names import reason_name

    return reason_name(reason)
