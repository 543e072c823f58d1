"""The grace period (渐退期) as data: how long, why, how the money steps down, what a county sets otherwise.

It stands as `grace:` in the change procedure of a programme. Pure: read from the file, asked by `actions.grace`,
carried out by awards. Shares are exact fractions, never floats.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from minzheng.core.errors import Text

UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
"""What amounts of a stepped grace are rounded up to, in fen."""

Fault = Callable[[str, str, str, Any], Exception]
"""Builds the refusal of a broken file: place, cause in Chinese and English, what is expected."""


@dataclass(frozen=True)
class Way:
    """One way of stepping down: for each month the share of what would fall away that is still paid."""

    name: str
    label: Text
    shares: tuple[Fraction, ...]


@dataclass(frozen=True)
class AfterDeath:
    """Whether a county grants it after a death too, and which steps of the policy make its amount: the `base` of before
    goes on, at most the rate `cap` times the step `heads` of those who remain, and `supplements` follow them."""

    allowed: bool
    reasons: tuple[str, ...]
    base: str
    cap: str
    heads: str
    supplements: str


@dataclass(frozen=True)
class GraceRule:
    """What a programme says of the grace period. `areas`: what a county sets otherwise, laid over the rest."""

    most_months: int
    reasons: tuple[str, ...]
    ways: Mapping[str, Way]
    unit: int
    after_death: AfterDeath | None
    rule: str
    source: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    areas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def ways_for(self, reason: str) -> Mapping[str, Way]:
        """The ways in which it may be granted for a reason; none where it may not."""
        death = self.after_death
        return self.ways if reason in self.reasons or (death and death.allowed and reason in death.reasons) else {}

    def in_area(self, code: str) -> "GraceRule":
        """The rule as it holds in an area: its own and its parents' settings, the nearest last."""
        laid: Any = self.source
        for area in sorted((one for one in self.areas if code.startswith(one)), key=len):
            laid = _over(laid, self.areas[area])
        return self if laid is self.source else replace(_read(laid), source=self.source, areas=self.areas)


def read(row: Any, at: str, fault: Fault, reasons: Mapping[str, Any]) -> GraceRule:
    """The rule from its part of the file; what is wrong is refused by `fault`."""
    _check(row, at, fault, reasons)
    areas = {str(code): part for code, part in (row.get("areas") or {}).items()}
    own = {key: value for key, value in row.items() if key != "areas"}
    for code, part in areas.items():
        _check(_over(own, part), f"{at}.areas.{code}", fault, reasons)
    return replace(_read(own), source=own, areas=areas)


NEEDS = {
    "most_months": "6", "reasons": "[work_income]", "ways": "full: {label: …, shares: [{months: 6, share: 1}]}",
    "round_up_to": "yuan", "rule": "民发〔2022〕83号",
}  # fmt: skip
DEATH_NEEDS = ("allowed", "reasons", "base", "cap", "heads", "supplements")


def _check(row: Any, at: str, fault: Fault, reasons: Mapping[str, Any]) -> None:
    if not isinstance(row, dict):
        raise fault(at, "应为键值对", "must be a mapping", ", ".join(NEEDS))
    for key, example in NEEDS.items():
        if key not in row:
            raise fault(at, f"缺少“{key}”", f"lacks “{key}”", example)
    if extra := set(row) - {*NEEDS, "after_death", "areas"}:
        raise fault(at, f"不认识“{min(extra)}”", f"has an unknown “{min(extra)}”", (*NEEDS, "after_death", "areas"))
    if not isinstance(row["most_months"], int) or row["most_months"] < 1:
        raise fault(f"{at}.most_months", "须为正整数", "must be a positive number", "6")
    if row["round_up_to"] not in UNITS:
        raise fault(f"{at}.round_up_to", "不是货币单位", "is no unit of money", tuple(UNITS))
    death = row.get("after_death")
    if death is not None and (not isinstance(death, dict) or set(death) != set(DEATH_NEEDS)):
        raise fault(f"{at}.after_death", "键不齐", "needs exactly these keys", DEATH_NEEDS)
    for reason in [*row["reasons"], *(death["reasons"] if death else ())]:
        if reason not in reasons:
            raise fault(f"{at}.reasons", f"没有事由“{reason}”", f"has no reason “{reason}”", tuple(reasons))
    for name, way in row["ways"].items():
        _check_way(way, f"{at}.ways.{name}", fault)


def _check_way(way: Any, at: str, fault: Fault) -> None:
    """Shares from 1 down to 0, never rising, over whole months."""
    try:
        shares = _shares(way)
        label = way["label"]
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise fault(at, "须写 label 与 shares", "needs label and shares", NEEDS["ways"]) from error
    if not isinstance(label, dict) or not all(label.get(language) for language in ("zh-Hans", "en")):
        raise fault(f"{at}.label", "缺少中文或英文文字", "needs words in Chinese and in English", "{zh-Hans: …, en: …}")
    falls = all(later <= earlier for earlier, later in pairwise(shares))
    if not shares or not all(0 <= share <= 1 for share in shares) or not falls:
        raise fault(
            f"{at}.shares", "比例须在 0 与 1 之间且逐段不升", "must fall from at most 1 to at least 0", "1, 0.5"
        )


def _shares(way: Mapping[str, Any]) -> tuple[Fraction, ...]:
    return tuple(Fraction(str(part["share"])) for part in way["shares"] for _ in range(part["months"]))


def _read(row: Mapping[str, Any]) -> GraceRule:
    death = row.get("after_death")
    return GraceRule(
        most_months=row["most_months"],
        reasons=tuple(row["reasons"]),
        ways={name: Way(name, way["label"], _shares(way)) for name, way in row["ways"].items()},
        unit=UNITS[row["round_up_to"]],
        after_death=AfterDeath(**{**death, "reasons": tuple(death["reasons"])}) if death else None,
        rule=row["rule"],
    )


def _over(base: Any, over: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    return {**base, **{key: _over(base.get(key), value) for key, value in over.items()}}


def stepped(before: Fraction, after: Fraction, share: Fraction, unit: int) -> int:
    """What a month of grace pays: what is owed anyway, and a share of what would fall away, rounded up once.

    >>> stepped(Fraction(50001), Fraction(0), Fraction(1, 2), 100)
    25100
    """
    exact = after + max(before - after, Fraction(0)) * share
    return -(-exact // unit) * unit
