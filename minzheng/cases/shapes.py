"""A procedure as the reader has read and checked it: stages, acts, papers, clocks, posting, and the dated versions of a
file."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from minzheng.cases import ending
from minzheng.cases.appeals import AppealRule, ReopeningRule
from minzheng.cases.ending import EndingRule
from minzheng.cases.grace import GraceRule
from minzheng.cases.verification import VerificationRule
from minzheng.core.errors import Text, refuse

REQUIREMENTS = (
    "papers",
    "visit",
    "assessment",
    "eligible",
    "ineligible",
    "ineligible_or_reason",
    "posting_ended",
    "reason",
    "county_visit",
    "meeting",
    "heard",
    "unserved",
    "overtaken",
    "death",
    "objected",
    "contested",
    "ineligible_or_conference",
    "extendable",
    "requested",
    "unrequested",
    "verified",
    "undisputed",
)
"""What an act may ask for besides its stage; `engine.MET` says when each is met. `death` is what the
procedures of older cases say for `overtaken`."""

OUTCOMES = ("grant", "refuse", "change", "stop", "withdrawn", *ending.OUTCOMES)
ROLL_OVERS = ("none", "next_working_day")
MASKS = ("none", "given_name")
"""What a notice leaves out of a name: nothing, or the given name (王某某)."""

AFTER_POSTING = "posting"
"""A clock counted from the first day after a posting."""


@dataclass(frozen=True)
class Stage:
    """Where a case stands. `next` says what is to be done, `act` by which act; a closed stage has neither, unless a
    letter is still to be served."""

    name: str
    label: Text
    next: Text = field(default_factory=dict)
    act: str = ""
    closed: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Act:
    """One row of the transition table. `act` is the permission it needs; `to` empty: the stage stays; `reasons`: only
    for changes with one of these reasons (empty: for all)."""

    name: str
    act: str
    label: Text
    role: str
    stages: tuple[str, ...]
    to: str
    requires: tuple[str, ...] = ()
    outcome: str = ""
    rule: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperRule:
    """A paper that must be there before the act `required_at`."""

    kind: str
    label: Text
    required_at: str


@dataclass(frozen=True)
class Clock:
    """How long a stage may last: working days or days, counted from the day after the last of the acts in `since`.

    `extended` is the length once the act `cases.extend` has been done. `warn` is how many working days before.
    """

    stage: str
    days: int
    working: bool
    since: tuple[str, ...]
    rule: str
    warn: int = 1
    extended: int | None = None


@dataclass(frozen=True)
class Pause:
    """While something is looked into the other clocks stand still: from the act `since` to the act `until`, which has a
    limit of its own in working days."""

    since: str
    until: str
    days: int
    rule: str
    warn: int = 1


@dataclass(frozen=True)
class PostingRule:
    """A notice before the decision: natural days after the day of posting (it counts only where the rule says so).
    `areas`: the whole rule where a county has its own."""

    days: int
    counts_day_of_posting: bool
    roll_over: str
    place: Text
    rule: str
    mask: str = "none"
    areas: Mapping[str, "PostingRule"] = field(default_factory=dict)

    def in_area(self, code: str) -> "PostingRule":
        """The rule of the nearest area that has one of its own."""
        own = [area for area in self.areas if code.startswith(area)]
        return self.areas[max(own, key=len)] if own else self


@dataclass(frozen=True)
class PublicationRule:
    """What is published after a grant (公布): where, by which article, and for how many natural days (None: as long as
    it is received). A version of a procedure that has none publishes nobody; a minor is never published."""

    place: Text
    rule: str
    days: int | None = None
    mask: str = "none"


@dataclass(frozen=True)
class KinshipRule:
    """Whose near relatives are declared (`of`), and which relations count as near."""

    of: Mapping[str, Text]
    relations: Mapping[str, Text]
    rule: str


@dataclass(frozen=True)
class DrawRule:
    """Of the cases that come up from a township at least this share is drawn by chance, each once, at the first of
    these acts (`cases.drawing`)."""

    share: Fraction
    at: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class CountyVisitRule:
    """The county visits the family itself where a kinship was declared, after each act of `after`, and where the case
    was drawn for a check."""

    after: tuple[str, ...]
    rule: str
    draw: DrawRule | None = None


@dataclass(frozen=True)
class MeetingRule:
    """An evaluation meeting: representatives are at least `share` of those who take part, and at least so many take
    part. It is needed where somebody asked for it, and after each act of `always_after`."""

    share: Fraction
    at_least: int
    always_after: tuple[str, ...]
    capacities: Mapping[str, Text]
    """In which capacity somebody takes part; the first is that of the representatives."""
    rule: str
    name: Text = field(default_factory=lambda: {"zh-Hans": "民主评议", "en": "evaluation meeting"})

    @property
    def representative(self) -> str:
        return next(iter(self.capacities))


@dataclass(frozen=True)
class CoverageRule:
    """An entitled family is taken whole, except where the policy's step `alone` lets somebody apply alone; whoever is
    left out has one of the `reasons`."""

    alone: str
    reasons: Mapping[str, Text]
    rule: str


@dataclass(frozen=True)
class HearingRule:
    """Before a benefit is lowered or stopped the person is heard, except for changes with the reasons in `not_for`."""

    not_for: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Manner:
    """A way of serving a letter: whether it takes a witness, and how many days later it counts as received."""

    label: Text
    witness: bool = False
    days: int = 0


@dataclass(frozen=True)
class ServiceRule:
    """The proof of service of a letter against somebody (a refusal, a reduction, a stop), and the clocks it starts. The
    first manner is the usual one; changes with the reasons in `not_for` have nobody to serve."""

    manners: Mapping[str, Manner]
    reconsideration_days: int
    court_months: int
    roll_over: str
    not_for: tuple[str, ...]
    rule: str

    @property
    def usual(self) -> str:
        return next(iter(self.manners))


@dataclass(frozen=True)
class Procedure:
    """What is done, by whom and in what order, for one kind of case of one programme, from one day on."""

    programme: str
    kind: str
    valid_from: dt.date
    name: Text
    opens: str
    first: str
    visitors: int
    stages: Mapping[str, Stage]
    acts: tuple[Act, ...]
    papers: Mapping[str, PaperRule]
    clocks: Mapping[str, Clock]
    total: Clock | None
    posting: PostingRule | None
    publication: PublicationRule | None
    reasons: Mapping[str, Text]
    basis: str
    prefix: str
    sha256: str
    kinship: KinshipRule | None = None
    county_visit: CountyVisitRule | None = None
    meeting: MeetingRule | None = None
    hearing: HearingRule | None = None
    service: ServiceRule | None = None
    grace: GraceRule | None = None
    verification: VerificationRule | None = None
    pauses: tuple[Pause, ...] = ()
    conference: MeetingRule | None = None
    appeals: AppealRule | None = None
    reopening: ReopeningRule | None = None
    endings: Mapping[str, EndingRule] = field(default_factory=dict)
    coverage: CoverageRule | None = None

    delegated_in: tuple[str, ...] = ()
    """Areas (codes) whose townships decide themselves."""
    delegated: "Procedure | None" = None
    """How it goes there."""

    def stage(self, name: str) -> Stage:
        return self.stages[name]

    def in_area(self, code: str) -> "Procedure":
        """The procedure as it goes in an area: the township's own where the decision is delegated to it, with the
        county's rule for postings."""
        there = any(code.startswith(area) for area in self.delegated_in)
        found = self.delegated if there and self.delegated is not None else self
        return replace(found, posting=found.posting.in_area(code)) if found.posting and found.posting.areas else found


@dataclass(frozen=True)
class ProcedureFile:
    """All versions of one programme's procedure, newest last."""

    programme: str
    path: str
    sha256: str
    text: str
    versions: tuple[tuple[dt.date, Mapping[str, Procedure]], ...]

    def on(self, day: dt.date, kind: str) -> Procedure:
        """The procedure in force on a day for a kind of case; refuses where there is none."""
        for since, procedures in reversed(self.versions):
            if since <= day:
                if kind in procedures:
                    return procedures[kind]
                break
        raise refuse(
            "procedure.none_in_force",
            zh="“{programme}”在 {day} 没有“{kind}”的办理程序。",
            en="“{programme}” has no procedure for “{kind}” on {day}.",
            remedy_zh="请在 {path} 中写明该类事项的程序，或改用文件中已有的事项。",
            remedy_en="Write a procedure of this kind into {path}, or use a kind that the file has.",
            programme=self.programme,
            kind=kind,
            day=day,
            path=self.path,
        )

    def version(self, since: dt.date, kind: str) -> Procedure:
        """The procedure of the version that starts on `since`."""
        return dict(self.versions)[since][kind]
