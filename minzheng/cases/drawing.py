"""Which cases the county looks into on the spot before it decides (随机抽查核实). Pure.

Each case has a mark between 0 and 1 that nobody can know before it comes up; one below the share is drawn. Where too
few of a township's cases of the year would be drawn without it, a case is drawn whatever its mark: at every moment at
least the share of all has been.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from minzheng.cases.shapes import DrawRule

KEY = "drawn"
"""What the step keeps at which it was drawn or passed over: {"is": …, "mark": …, "before": …, "hit": …}."""


class Step(Protocol):
    @property
    def data(self) -> Mapping[str, Any]: ...


def due(rule: DrawRule | None, act: str, steps: Sequence[Step]) -> bool:
    """Whether this act is where the case is drawn or not."""
    return rule is not None and act in rule.at and not any(KEY in step.data for step in steps)


def drawn(rule: DrawRule, *, mark: Fraction, before: int, hit: int) -> bool:
    """before: how many cases came up before this one; hit: how many of them were drawn."""
    return mark < rule.share or hit < rule.share * (before + 1)


def for_check(step: Step) -> bool:
    """The case was drawn at this step."""
    return bool((step.data.get(KEY) or {}).get("is"))
