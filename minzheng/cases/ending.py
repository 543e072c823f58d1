"""How a case ends without a decision on it, as data: not accepted (不予受理), terminated (终止). Pure.

It stands as `endings:` in a procedure, by act: what the letter is called, what it says, and the grounds there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minzheng.core.errors import Text

if TYPE_CHECKING:
    from minzheng.cases.reader import Reader

ASK_PAPERS = "cases.ask_papers"
OUTCOMES = ("not_accepted", "terminated")
"""Such an ending is against the person: its letter is served and has remedies."""


@dataclass(frozen=True)
class Ground:
    """Why a case ends. `nobody_left`: everybody whom it asks to cover has died, and there is nobody to serve."""

    label: Text
    nobody_left: bool = False


@dataclass(frozen=True)
class EndingRule:
    """One way to end a case without a decision."""

    outcome: str
    letter: Text
    grounds: Mapping[str, Ground]
    rule: str


def read(reader: "Reader", rows: Any, acts: Mapping[str, str], at: str) -> dict[str, EndingRule]:
    """The endings by act; what is wrong is refused with its place. `acts`: the outcome of the stage each leads to."""
    found = {}
    for act, row in (rows or {}).items():
        place = f"{at}.{act}"
        reader.mapping(row, place, needs=("letter", "grounds", "rule"), may=())
        if acts.get(act) not in OUTCOMES:
            raise reader.fault(place, "没有通向“不予受理”或“终止”的这一动作", "leads to no such ending", OUTCOMES)
        reader.mapping(row["grounds"], f"{place}.grounds", needs=())
        grounds = {}
        for name, ground in row["grounds"].items():
            reader.mapping(ground, f"{place}.grounds.{name}", needs=("label",), may=("nobody_left",))
            label = reader.words(ground["label"], f"{place}.grounds.{name}.label")
            grounds[name] = Ground(label, bool(ground.get("nobody_left")))
        found[act] = EndingRule(acts[act], reader.words(row["letter"], f"{place}.letter"), grounds, row["rule"])
    return found
