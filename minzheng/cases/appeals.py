"""What follows a decision that somebody contests: reconsideration, a lawsuit, and handling the matter anew. Pure.

`appeals:` and `reopening:` stand in a procedure; the steps keep `appeal` (which, filed when, with whom),
`appeal_result`, and, where the matter is handled anew, `reopened_as`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from minzheng.core.errors import Text

if TYPE_CHECKING:
    from minzheng.cases.reader import Reader

APPEAL = "cases.appeal"
RESULT = "cases.appeal_result"
REOPEN = "cases.reopen"
ANNUL = "cases.annul"
"""Records an annulling outcome, where what was owed before has to be restored with it."""


@dataclass(frozen=True)
class Remedy:
    """A way to contest a decision. `until`: which day of the proof of service is the last on which it is open."""

    label: Text
    until: str


@dataclass(frozen=True)
class AppealRule:
    """The ways there are, and how each may end; the outcomes in `annuls` take the decision away."""

    kinds: Mapping[str, Remedy]
    outcomes: Mapping[str, Text]
    annuls: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class ReopeningRule:
    """Why a matter may be handled anew; the grounds in `after_annulment` only where a decision has been annulled, those
    in `needs` only by one of these outcomes."""

    grounds: Mapping[str, Text]
    after_annulment: tuple[str, ...]
    rule: str
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Step(Protocol):
    """One step of a case; `engine.Done` is one."""

    @property
    def on(self) -> dt.date: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def pending(steps: Sequence[Step]) -> Mapping[str, Any] | None:
    """The appeal that has no result yet."""
    found: Mapping[str, Any] | None = None
    for step in steps:
        if "appeal" in step.data:
            found = step.data["appeal"]
        if "appeal_result" in step.data:
            found = None
    return found


def annulled(rule: AppealRule, steps: Sequence[Step], outcomes: Sequence[str] = ()) -> bool:
    """The last result took the decision away (by one of these outcomes, where they are named)."""
    results = [step.data["appeal_result"] for step in steps if "appeal_result" in step.data]
    return bool(results) and results[-1]["outcome"] in (outcomes or rule.annuls)


def last_day(remedy: Remedy, steps: Sequence[Step]) -> dt.date | None:
    """Until when this way is open, by the proof of service; None where the letter has not been served."""
    days = [step.data[remedy.until] for step in steps if remedy.until in step.data]
    return dt.date.fromisoformat(days[-1]) if days else None


UNTIL = ("reconsideration_until", "court_until")


def read(reader: "Reader", row: Any, at: str) -> AppealRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("kinds", "outcomes", "annuls", "rule"), may=())
    kinds = {}
    for name, one in row["kinds"].items():
        reader.mapping(one, f"{at}.kinds.{name}", needs=("label", "until"), may=())
        if one["until"] not in UNTIL:
            raise reader.fault(f"{at}.kinds.{name}.until", "不是送达回证的期限", "is no day of the proof", UNTIL)
        kinds[name] = Remedy(reader.words(one["label"], f"{at}.kinds.{name}.label"), one["until"])
    outcomes = {name: reader.words(one, f"{at}.outcomes.{name}") for name, one in row["outcomes"].items()}
    _known(reader, row["annuls"], outcomes, f"{at}.annuls")
    return AppealRule(kinds, outcomes, tuple(row["annuls"]), row["rule"])


def read_reopening(reader: "Reader", row: Any, at: str) -> ReopeningRule | None:
    if row is None:
        return None
    reader.mapping(row, at, needs=("grounds", "after_annulment", "rule"), may=("needs",))
    grounds = {name: reader.words(one, f"{at}.grounds.{name}") for name, one in row["grounds"].items()}
    _known(reader, row["after_annulment"], grounds, f"{at}.after_annulment")
    needs = {ground: tuple(outcomes) for ground, outcomes in row.get("needs", {}).items()}
    _known(reader, list(needs), grounds, f"{at}.needs")
    return ReopeningRule(grounds, tuple(row["after_annulment"]), row["rule"], needs)


def _known(reader: "Reader", names: Sequence[str], known: Mapping[str, Any], at: str) -> None:
    if unknown := set(names) - set(known):
        raise reader.fault(at, f"没有“{min(unknown)}”", f"“{min(unknown)}” is not listed", sorted(known))
