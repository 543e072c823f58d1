"""The list that a file is checked against, read from `policies/case_files.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Text, refuse
from minzheng.core.files import policies_dir

WAYS = ("paper", "made", "act", "photo", "served")
KEYS = ("label", "when", "optional", "print", "or_made", "or_when")
WHEN = (
    "always", "accepted", "verified", "visited", "assessed", "posted", "posted_over", "decided", "stopped",
    "unfavourable", "kinship", "county_visit", "meeting", "conference", "hearing", "grace", "authorised", "ended",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One thing that the file must hold. `way` and `what`: how it is known to be there."""

    name: str
    label: Text
    way: str
    what: str
    when: str
    optional: bool
    prints: str
    """The paper that stands in its place when the file is printed; nothing: only what came in."""
    or_made: str = ""
    or_when: str = ""
    """For a paper that comes in: the one that the office makes instead; when the record alone will do."""

    @property
    def makes(self) -> str:
        """The paper that the office makes for it."""
        return self.what if self.way == "made" else self.or_made


@dataclass(frozen=True)
class FileRules:
    """What the files of every programme must hold, and which days follow each other."""

    lists: Mapping[tuple[str, str], Sequence[Item]]
    order: Sequence[tuple[str, str]]
    days: Mapping[str, Text]

    def items(self, programme: str, kind: str) -> Sequence[Item]:
        """The list of a kind of case; empty for a programme without one."""
        return self.lists.get((programme, kind), ())


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> FileRules:
    """The rules as they lie in `policies/`. Refuses a broken file, naming the place."""
    path = (folder or policies_dir()) / "case_files.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    items = {name: _item(name, row) for name, row in data["items"].items()}
    lists = {}
    for programme, kinds in data["lists"].items():
        for kind, names in kinds.items():
            if unknown := [name for name in names if name not in items]:
                raise _fault(f"lists.{programme}.{kind}", ", ".join(unknown), ", ".join(items))
            lists[programme, kind] = tuple(items[name] for name in names)
    order = tuple((str(first), str(then)) for first, then in data["order"])
    if unknown := [day for pair in order for day in pair if day not in data["days"]]:
        raise _fault("order", ", ".join(unknown), ", ".join(data["days"]))
    return FileRules(lists, order, data["days"])


def _item(name: str, row: Mapping[str, Any]) -> Item:
    at = f"items.{name}"
    if unknown := set(row) - {*KEYS, *WAYS}:
        raise _fault(at, ", ".join(sorted(unknown)), ", ".join((*KEYS, *WAYS)))
    ways = [way for way in WAYS if way in row]
    if len(ways) != 1:
        raise _fault(at, ", ".join(ways) or "—", ", ".join(WAYS))
    when = row.get("when", "always")
    for key in ("when", "or_when"):
        if row.get(key, "always") not in WHEN:
            raise _fault(f"{at}.{key}", str(row[key]), ", ".join(WHEN))
    return Item(
        name=name,
        label=row["label"],
        way=ways[0],
        what=str(row[ways[0]]),
        when=when,
        optional=bool(row.get("optional", False)),
        prints=str(row.get("print", "")),
        or_made=str(row.get("or_made", "")),
        or_when=str(row.get("or_when", "")),
    )


def _fault(at: str, found: str, known: str) -> Exception:
    return refuse(
        "case_files.fault",
        zh="policies/case_files.yaml 的 {at} 写的是“{found}”，不认识。",
        en="policies/case_files.yaml, {at}: “{found}” is not known.",
        remedy_zh="可以写：{known}。",
        remedy_en="Known are: {known}.",
        at=at,
        found=found,
        known=known,
    )
