"""The bars of a run's bridge, from the last period to this one, as its page draws them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.payments.models import Run

BARS = {
    "opening": gettext_noop("上期"),
    "entered": gettext_noop("新增"),
    "left": gettext_noop("退出"),
    "up": gettext_noop("增发"),
    "down": gettext_noop("减发"),
    "closing": gettext_noop("本期"),
    "arrears": gettext_noop("补发"),
    "raise": gettext_noop("提标补差"),
    "again": gettext_noop("退回重发"),
    "total": gettext_noop("应发合计"),
    "set_off": gettext_noop("抵扣"),
}
LISTS = {"unexplained": gettext_noop("没有原因的差异"), "changes": gettext_noop("增减变动表")}
"""Differences of several bars as one list."""
LINES = ("arrears", "raise", "again", "set_off")
"""Bars that are lines of the run, not differences to the last period."""


def bars(found: Run, of: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars of the bridge, each with where it starts and ends (fen) for the chart."""
    shown, level = [], 0
    for key, label in BARS.items():
        if key not in of:
            continue
        bar = of[key]
        fen, is_level = bar.get("fen", 0), key in ("opening", "closing", "total")
        if key in (*LINES, "left", "entered", "up", "down") and not bar.get("awards"):
            continue
        fen = -fen if key == "set_off" else fen
        if key == "total" and fen == level:
            continue  # the same as this period: nothing was paid besides
        start, end = (0, fen) if is_level else (level, level + fen)
        shown.append(
            {
                "key": key,
                "label": _(label),
                "count": bar.get("awards", found.payments_count if key == "total" else 0),
                "people": bar.get("people", 0),
                "amount": fen,
                "kind": "level" if is_level else "up" if fen >= 0 else "down",
                "from": start,
                "to": end,
                "url": _bar_url(found, key),
            }
        )
        level = end
    if shown and shown[-1]["key"] == "set_off":
        net = {"key": "sent", "label": _("实际发放"), "count": shown[-1]["count"], "people": 0, "amount": level}
        shown.append(net | {"kind": "level", "from": 0, "to": level, "url": ""})
    return shown


def _bar_url(found: Run, key: str) -> str:
    if key in LINES:
        return reverse("run", args=[found.pk]) + f"?kind={key}#lines"
    return "" if key == "total" else reverse("run-bar", args=[found.pk, key])
