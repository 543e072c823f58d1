"""The programmes in force: read from the stored files, by their content.

Files reach the database through `store_files`; from then on they are read there, so that every process computes with
the same law and an assessment can name what it used.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir
from minzheng.policy import (
    Explanation,
    Policy,
    Rates,
    Result,
    Subject,
    Timing,
    assess,
    explain,
    load_vocabulary,
    parse_policy,
    parse_rates,
)
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.models import PolicyFile


@dataclass(frozen=True)
class Programme:
    """A programme as it stands now: its policy, its rates, and the files they come from."""

    code: str
    policy: Policy
    rates: Rates
    files: Mapping[str, Any]
    """{"policy": sha256, "rates": [sha256, …]}: what an assessment names."""

    @property
    def name(self) -> Text:
        return self.policy.name

    @property
    def unit(self) -> str:
        return self.policy.unit

    @property
    def department(self) -> Text:
        return self.policy.department or {}

    def timing_on(self, day: dt.date) -> Timing:
        """When the programme is paid, by the version of this day."""
        timing = self.policy.version_on(day).timing
        assert timing is not None, f"{self.code} says nothing of its timing"
        return timing

    def rate(self, name: str, subject: Subject, on: dt.date) -> Any:
        """A number that the law sets, as it holds for a subject on a day."""
        version = self.policy.version_on(on)
        return Evaluation(version, self.rates.bind(version, on), subject, on).rate(name, None, name)

    def assess(self, subjects: Sequence[Subject], on: dt.date) -> list[Result]:
        """Apply the law of this day to many; what cannot be worked out carries its error."""
        return assess(self.policy, self.rates, subjects, on)

    def explain(self, subject: Subject, on: dt.date) -> Explanation:
        """The same for one, line by line."""
        return explain(self.policy, self.rates, subject, on)


@transaction.atomic
def store_files(extra_rates: Path | None = None) -> int:
    """Bring the stored files up to date with the policies directory, and with rates of the installation's own
    (`extra_rates`: a mapping of programme to rate entries). A file that has changed takes the place of its earlier
    content, which stays. Returns how many contents are new. A file that cannot be used is refused (PolicyError), and
    what was in force goes on.
    """
    wanted = _files_on_disk()
    if extra_rates is not None:
        wanted += _split_rates(extra_rates)
    vocabulary = load_vocabulary(policies_dir() / "facts.yaml")
    for kind, _, path, content in wanted:
        if kind == "policy":
            parse_policy(content, path, vocabulary)
        elif kind == "rates":
            parse_rates(content, path)
    known = set(PolicyFile.objects.values_list("sha256", flat=True))
    new = 0
    for kind, programme_code, path, content in wanted:
        sha = hashlib.sha256(f"{path}\0{content}".encode()).hexdigest()
        PolicyFile.objects.filter(path=path, in_force=True).exclude(sha256=sha).update(in_force=False)
        if sha in known:
            PolicyFile.objects.filter(sha256=sha, in_force=False).update(in_force=True)
            continue
        PolicyFile.objects.create(sha256=sha, kind=kind, programme=programme_code, path=path, content=content)
        new += 1
    return new


def programmes() -> list[Programme]:
    """Every programme in force, in the declared order."""
    in_force = set(PolicyFile.objects.filter(kind="policy", in_force=True).values_list("programme", flat=True))
    return [programme(code) for code in _order() if code in in_force]


def programme(code: str) -> Programme:
    """The programme in force under this code; refuses an unknown one."""
    rows = list(
        PolicyFile.objects.filter(programme=code, in_force=True, kind__in=["policy", "rates"])
        .order_by("path")
        .values_list("kind", "sha256")
    )
    policies = [sha for kind, sha in rows if kind == "policy"]
    if not policies:
        raise refuse(
            "programme.unknown",
            zh="没有项目“{code}”。",
            en="There is no programme “{code}”.",
            remedy_zh="可用的项目：{known}。",
            remedy_en="The programmes are: {known}.",
            code=code,
            known=", ".join(_order()),
        )
    return _built(code, policies[0], tuple(sha for kind, sha in rows if kind == "rates"))


def as_used(code: str, files: Mapping[str, Any]) -> Programme:
    """The programme with the stored files that an assessment or a run names ({"policy": …, "rates": […]}), in force or
    not."""
    return _built(code, files["policy"], tuple(files["rates"]))


def file(sha256: str) -> PolicyFile:
    """A stored file, in force or not."""
    return PolicyFile.objects.get(sha256=sha256)


@lru_cache(maxsize=64)
def _built(code: str, policy_sha: str, rate_shas: tuple[str, ...]) -> Programme:
    contents = {row.sha256: row for row in PolicyFile.objects.filter(sha256__in=[policy_sha, *rate_shas])}
    rates = Rates()
    for sha in rate_shas:
        rates = rates.merge(parse_rates(contents[sha].content, contents[sha].path))
    return Programme(
        code=code,
        # With the vocabulary: the words for facts and codes that an explanation prints stand there.
        policy=parse_policy(
            contents[policy_sha].content,
            contents[policy_sha].path,
            load_vocabulary(policies_dir() / "facts.yaml"),
        ),
        rates=rates,
        files={"policy": policy_sha, "rates": list(rate_shas)},
    )


def _files_on_disk() -> list[tuple[str, str, str, str]]:
    """(kind, programme, path, content) of every file that a programme consists of."""
    root = policies_dir()
    found = []
    for path in sorted([*root.glob("*/*.yaml"), *root.glob("regions/*/*/*.yaml")]):
        if path.stem in ("policy", "rates", "procedure"):
            found.append((path.stem, path.parent.name, str(path.relative_to(root)), path.read_text(encoding="utf-8")))
    return found


def _split_rates(path: Path) -> list[tuple[str, str, str, str]]:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return [
        ("rates", code, f"{path.name}#{code}", yaml.dump(entries, Dumper=_Plain, allow_unicode=True, sort_keys=False))
        for code, entries in data.items()
    ]


class _Plain(yaml.SafeDumper):
    """Writes repeated parts out instead of pointing to them."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def means() -> tuple[str, ...]:
    """The laws that pay nothing: what they give is a fact of a programme."""
    return _declared("means")


def _order() -> tuple[str, ...]:
    return _declared("order")


@lru_cache
def _declared(key: str) -> tuple[str, ...]:
    return tuple(yaml.safe_load((policies_dir() / "programmes.yaml").read_text(encoding="utf-8"))[key])
