"""Means verification (信息核对) as data, and where a case stands with it. Pure: who has authorised it, whether it is
asked for, what its result was and until when it holds, whether somebody objects to it, are read from the case's steps.

It stands as `verification:` in a procedure. The steps keep in their data: `authorisations` (who signed, when, by whom
in their place), `verification_request`, `verification` (the result), `verification_dispute`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from minzheng.core.errors import Text
from minzheng.core.periods import months_later

if TYPE_CHECKING:
    from minzheng.cases.reader import Reader

AUTHORISE = "cases.authorise"
REQUEST = "cases.request_check"
RESULT = "cases.cross_check"
AGAIN = "cases.recheck"
DISPUTE = "cases.dispute"


@dataclass(frozen=True)
class DataClass:
    """A class of data that is asked for, and the fact of the household that it makes (none: it only informs). What was
    found of the adults is added up; of yes and no it is yes where one says yes."""

    label: Text
    fact: str = ""


@dataclass(frozen=True)
class VerificationRule:
    """Which paper is the adults' authorisation, from which age somebody gives it, with which act the verification is
    asked for by itself, which classes of data it has, and for how many months its result holds."""

    paper: str
    adult_from: int
    asked_with: str
    classes: Mapping[str, DataClass]
    valid_months: int
    supporters_consent: bool
    """Supporters outside the family only with their consent."""
    rule: str


class Step(Protocol):
    """One step of a case; `engine.Done` is one."""

    @property
    def act(self) -> str: ...

    @property
    def on(self) -> dt.date: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Standing:
    """Where a case stands with its verification."""

    authorisations: tuple[Mapping[str, Any], ...] = ()
    """The latest of each person, in the order in which they came."""
    requested_on: dt.date | None = None
    """Asked for and not answered yet."""
    result: Mapping[str, Any] | None = None
    """The latest one; `on` is the day of the report."""
    disputed_on: dt.date | None = None
    """Somebody objects to the result, and it has not been looked into."""

    @property
    def authorised(self) -> frozenset[int]:
        """The persons who have authorised it."""
        return frozenset(one["person"] for one in self.authorisations if one.get("person"))

    @property
    def consenting(self) -> frozenset[str]:
        """The supporters outside the family who have consented, by name."""
        return frozenset(one["name"] for one in self.authorisations if not one.get("person"))

    @property
    def answer_due(self) -> bool:
        return self.requested_on is not None or self.disputed_on is not None


def standing(steps: Sequence[Step]) -> Standing:
    """What the steps so far come to."""
    signed: dict[Any, Mapping[str, Any]] = {}
    requested = disputed = None
    result: Mapping[str, Any] | None = None
    for step in steps:
        for one in step.data.get("authorisations", ()):
            signed[one.get("person") or one["name"]] = one
        if "verification_request" in step.data:
            requested = dt.date.fromisoformat(step.data["verification_request"]["on"])
        if "verification" in step.data:
            result, requested, disputed = step.data["verification"], None, None
        if step.data.get("verification_dispute"):
            disputed = step.on
    return Standing(tuple(signed.values()), requested, result, disputed)


def expires_on(rule: VerificationRule, result: Mapping[str, Any]) -> dt.date:
    """The last day on which a result carries an assessment."""
    return months_later(dt.date.fromisoformat(result["on"]), rule.valid_months)


def asked(rule: VerificationRule | None, steps: Sequence[Step]) -> bool:
    """A result is awaited (true where the procedure has no rule: the result is entered without)."""
    return rule is None or standing(steps).answer_due


def undisputed(rule: VerificationRule | None, steps: Sequence[Step]) -> bool:
    return rule is None or standing(steps).disputed_on is None


def in_force(rule: VerificationRule | None, steps: Sequence[Step], today: dt.date) -> bool:
    """There is a result, it has not expired, nobody objects to it, and no other is awaited."""
    if rule is None:
        return True
    now = standing(steps)
    return now.result is not None and not now.answer_due and today <= expires_on(rule, now.result)


def together(kind: str, values: Iterable[Any]) -> Any:
    """What was found of several adults, as the one fact of their household."""
    found = list(values)
    return any(found) if kind == "bool" else sum(found)


NEEDS = ("paper", "adult_from", "asked_with", "classes", "valid_months", "rule")


def read(reader: "Reader", row: Any, papers: Mapping[str, Any], acts: set[str], at: str) -> VerificationRule | None:
    """The rule from its part of the file; what is wrong is refused with its place."""
    from minzheng.people import vocabulary

    if row is None:
        return None
    reader.mapping(row, at, needs=NEEDS, may=("supporters_consent",))
    if row["paper"] not in papers:
        raise reader.fault(f"{at}.paper", "不是本程序的材料", "is no paper of this procedure", sorted(papers))
    if row["asked_with"] not in acts:
        raise reader.fault(f"{at}.asked_with", "不是本程序的办理动作", "is no act of this procedure", sorted(acts))
    for key, example in (("adult_from", "18"), ("valid_months", "6")):
        if not isinstance(row[key], int) or isinstance(row[key], bool) or row[key] < 1:
            raise reader.fault(f"{at}.{key}", "须为正整数", "must be a positive number", example)
    reader.mapping(row["classes"], f"{at}.classes", needs=())
    known = {name for name, entry in vocabulary.load().items() if entry["of"] in ("household", "any")}
    classes = {}
    for name, entry in row["classes"].items():
        place = f"{at}.classes.{name}"
        reader.mapping(entry, place, needs=("label",), may=("fact",))
        if entry.get("fact") and entry["fact"] not in known:
            raise reader.fault(f"{place}.fact", "没有这项家庭情况", "is no fact of a household", "policies/facts.yaml")
        classes[name] = DataClass(reader.words(entry["label"], f"{place}.label"), entry.get("fact", ""))
    return VerificationRule(
        row["paper"],
        row["adult_from"],
        row["asked_with"],
        classes,
        row["valid_months"],
        bool(row.get("supporters_consent", False)),
        row["rule"],
    )
