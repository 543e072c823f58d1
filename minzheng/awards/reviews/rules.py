"""The rules of reviews as data, typed: `policies/<programme>/reviews.yaml`, read strictly by `reader`."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir
from minzheng.core.periods import Month
from minzheng.policy.models import PolicyFile

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""How often: the length of a period in months. Periods lie on the calendar."""
CONTACTS = ("home_visit", "served_letter", "decision", "other_check")
"""What may prove a line without anybody asking again (see `clearing`)."""
DATA = "data"
"""The method of a line that is cleared by itself."""


@dataclass(frozen=True)
class Method:
    """A way to verify a line, and what it proves. An automatic one is never ticked by hand."""

    key: str
    label: Text
    proves: Text
    automatic: bool


@dataclass(frozen=True)
class Warning:
    """So many days after the written warning was served, and not earlier, the award may be suspended."""

    days: int
    rule: str


@dataclass(frozen=True)
class Rectify:
    """Within so many days what a sample found must be put right."""

    days: int
    rule: str


@dataclass(frozen=True)
class AbleToWork:
    """Who counts as able to work, in a programme whose families have no class of their own."""

    first_age: int
    last_age: int
    not_disabled_to: int
    not_ill: str


@dataclass(frozen=True)
class Classes:
    """A family's class: the fact of this name, else `labour` where somebody is able to work, else `stable`."""

    fact: str
    able: AbleToWork
    labels: dict[str, Text]


@dataclass(frozen=True)
class Kind:
    """One kind of round: how often, whom it concerns, how it is done, when it is due, what follows."""

    key: str
    label: Text
    every: str
    classes: tuple[str, ...]
    methods: tuple[str, ...]
    days_before_end: int
    warning: Warning | None
    shares: tuple[tuple[str, int], ...]
    """(area, hundredths of a percent), the nearest area counts; none: everybody is reviewed."""
    rectify: Rectify | None
    rule: str

    @property
    def is_sample(self) -> bool:
        return bool(self.shares)

    def share(self, area: str) -> int:
        """The share drawn in an area, in hundredths of a percent: that of the nearest area named."""
        return max((len(code), share) for code, share in self.shares if area.startswith(code))[1]

    def period(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """The period that holds a day: its first and its last day."""
        length = MONTHS[self.every]
        first = Month(day.year, (day.month - 1) // length * length + 1)
        return first.first_day, (first + (length - 1)).last_day

    def due_on(self, last_day: dt.date) -> dt.date:
        """The last day to verify in a period that ends so: time for a warning remains behind it."""
        return last_day - dt.timedelta(days=self.days_before_end)


@dataclass(frozen=True)
class Rules:
    """The rules of a programme in force from a day on."""

    programme: str
    since: dt.date
    sha256: str
    methods: dict[str, Method]
    contacts: dict[str, str]
    """What clears a line by itself → `person` or `household`: who must have been met."""
    classes: Classes | None
    kinds: dict[str, Kind]

    def kind(self, key: str) -> Kind:
        """The kind of round under this name; refuses an unknown one."""
        if key in self.kinds:
            return self.kinds[key]
        raise refuse(
            "review.unknown_kind",
            zh="项目“{programme}”没有“{kind}”这种核查。",
            en="The programme “{programme}” has no review of the kind “{kind}”.",
            remedy_zh="可用的核查：{known}。",
            remedy_en="Its reviews are: {known}.",
            rule=f"{self.programme}/reviews.yaml",
            programme=self.programme,
            kind=key,
            known=", ".join(self.kinds),
        )


@dataclass(frozen=True)
class RulesFile:
    """A file with its dated versions, oldest first."""

    programme: str
    path: str
    sha256: str
    text: str
    versions: tuple[Rules, ...]

    def on(self, day: dt.date) -> Rules:
        """The version in force on a day; refuses a day before the first."""
        found = [version for version in self.versions if version.since <= day]
        if found:
            return found[-1]
        raise refuse(
            "review.before_rules",
            zh="{day} 还没有“{programme}”的核查规则。",
            en="On {day} “{programme}” has no rules for reviews yet.",
            remedy_zh="规则自 {since} 起施行；请换一个日期或补上旧规则。",
            remedy_en="They begin on {since}: choose a later day, or add the older rules.",
            rule=self.path,
            day=day,
            programme=self.programme,
            since=self.versions[0].since,
        )


def programmes(root: Path | None = None) -> list[str]:
    """The codes of the programmes that are reviewed."""
    return sorted(path.parent.name for path in (root or policies_dir()).glob("*/reviews.yaml"))


def load(programme: str, root: Path | None = None) -> RulesFile:
    """The rules of a programme as they lie in `policies/`. Refuses a programme without, or a broken file."""
    folder = root or policies_dir()
    path = folder / programme / "reviews.yaml"
    if programme not in programmes(folder):
        raise refuse(
            "review.no_rules",
            zh="项目“{programme}”没有核查规则文件。",
            en="The programme “{programme}” has no rules for reviews.",
            remedy_zh="有核查规则的项目：{known}；要加请写 policies/{programme}/reviews.yaml。",
            remedy_en="Programmes with such rules: {known}. To add some write policies/{programme}/reviews.yaml.",
            programme=programme,
            known=", ".join(programmes(folder)),
        )
    return _parsed(path.read_text(encoding="utf-8"), programme, f"{programme}/reviews.yaml")


@lru_cache(maxsize=64)
def _parsed(text: str, programme: str, path: str) -> RulesFile:
    from minzheng.awards.reviews.reader import ReviewReader

    return ReviewReader(programme, path, text).rules_file()


def of_round(programme: str, sha256: str, since: dt.date) -> Rules:
    """The rules that a round was opened under, by the file's content hash: a later change of the file does not touch
    a round under way."""
    kept = PolicyFile.objects.get(sha256=sha256)
    return _parsed(kept.content, programme, kept.path).on(since)


def keep(file: RulesFile) -> None:
    """Keep a file's content under its hash, so that a round finds its rules again after the file has changed."""
    if not PolicyFile.objects.filter(sha256=file.sha256).exists():
        PolicyFile.objects.filter(path=file.path, in_force=True).update(in_force=False)
        PolicyFile.objects.create(
            sha256=file.sha256, kind="reviews", programme=file.programme, path=file.path, content=file.text
        )
