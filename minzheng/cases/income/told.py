"""What a family said of its income: plain values, written to JSON and read back.

Facts are those of policies/facts.yaml, as they are stored: money in fen, shares and quantities as text.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One kind of income or of spending that is deducted. who: the person (their key), where it is somebody's own."""

    kind: str
    facts: Mapping[str, Any]
    who: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Worker:
    """Somebody who might work: what the area's labour coefficients ask for. reason: why what it really is
    (`stated_labour_income`) takes the place of what is imputed."""

    person: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Supporter:
    """A relative who lives apart and owes support, with their own family's income and size."""

    name: str
    relation: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """All of it."""

    lines: tuple[Line, ...] = ()
    workers: tuple[Worker, ...] = ()
    supporters: tuple[Supporter, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Told":
        """The inverse of `as_dict`."""
        return cls(
            tuple(Line(**one) for one in stored.get("lines", ())),
            tuple(Worker(**one) for one in stored.get("workers", ())),
            tuple(Supporter(**one) for one in stored.get("supporters", ())),
        )
