"""A scenario file as it stands, checked before anything is done: every key known, every day in order, every name
introduced before it is used. What is wrong is refused with its file and line, in Chinese and English."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minzheng.core.errors import Text
from minzheng.policy import source
from minzheng.policy.errors import near_miss
from minzheng.policy.source import Block, Reader
from minzheng.scenario.messages import ScenarioError
from minzheng.scenario.office import MORE_STAFF

KEYS = ("scenario", "note", "timeline")
BESIDE = ("as", "refused")
"""What an entry may say besides its event: who does it, and by which rule it will be refused."""

ACCOUNTS = tuple(account for account, *_ in MORE_STAFF)


@dataclass(frozen=True)
class Event:
    """One entry of a timeline. `arguments`: typed, as the function of its kind takes them."""

    kind: str
    day: dt.date
    arguments: Mapping[str, Any]
    line: int
    account: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Scenario:
    """A file that has been read."""

    file: str
    name: Text
    events: tuple[Event, ...]

    @property
    def first(self) -> dt.date:
        return self.events[0].day

    @property
    def last(self) -> dt.date:
        return self.events[-1].day


class ScenarioReader(Reader):
    """Reads one file; knows the names that have been introduced so far, by what they name."""

    refusal = ScenarioError

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.names: dict[str, dict[str, int]] = {}
        """{what: {name: line}}, for `household`, `person`, `case`."""

    def introduce(self, what: str, name: str, line: int) -> None:
        """A name from here on. Refuses one in use."""
        if name in self.names.setdefault(what, {}):
            zh, en = WHAT[what]
            raise self.error("known_name", line=line, name=name, what_zh=zh, what_en=en)
        self.names[what][name] = line

    def known(self, name: str, line: int, *whats: str) -> None:
        """Refuse a name that nothing of these kinds has."""
        known = [one for what in whats for one in self.names.get(what, {})]
        if name not in known:
            zh, en = near_miss(name, known)
            what_zh, what_en = "、".join(WHAT[what][0] for what in whats), " or ".join(WHAT[what][1] for what in whats)
            raise self.error(
                "unknown_name", line=line, name=name, what_zh=what_zh, what_en=what_en,
                known=", ".join(known) or "—", hint_zh=zh, hint_en=en,
            )  # fmt: skip

    def day(self, text: str, line: int) -> dt.date:
        try:
            return dt.date.fromisoformat(text) if len(text) == len("2025-03-01") else _refuse(text)
        except ValueError:
            raise self.error("not_a_day", line=line, value=text) from None

    def month(self, text: str, line: int) -> dt.date:
        """`2025-03`, as the first day of the month."""
        try:
            return dt.date.fromisoformat(f"{text}-01") if len(text) == len("2025-03") else _refuse(text)
        except ValueError:
            raise self.error("not_a_month", line=line, value=text) from None


WHAT: Mapping[str, tuple[str, str]] = {
    "household": ("家庭", "household"),
    "person": ("人员", "person"),
    "case": ("事项", "case"),
}


def load(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError (or PolicyError, for a file that is no YAML)."""
    return parse(source.read_file(path), str(path))


def parse(text: str, name: str) -> Scenario:
    """As `load`, from text."""
    reader = ScenarioReader(name)
    whole = reader.block(source.parse(text, name), "scenario", line=1)
    reader.only(whole, KEYS, required=("scenario", "timeline"))
    title = reader.words(whole["scenario"], "scenario", line=whole.line)
    if "note" in whole:
        reader.words(whole["note"], "note", line=whole.lines["note"])
    days = reader.block(whole["timeline"], "timeline", line=whole.lines["timeline"])
    events: list[Event] = []
    before: dt.date | None = None
    for key, entries in days.items():
        line = days.lines[key]
        day = reader.day(key, line)
        if before is not None and day <= before:
            raise reader.error("day_order", line=line, day=day, before=before)
        before = day
        events += [_event(reader, day, entry, line) for entry in reader.items(entries, key, line=line)]
    if not events:
        raise reader.error("missing_key", whole, key="timeline")
    return Scenario(name, title, tuple(events))


def _event(reader: ScenarioReader, day: dt.date, entry: Any, line: int) -> Event:
    """One entry: the one key that names its kind, and what stands beside it."""
    from minzheng.scenario.events import KINDS

    block = reader.block(entry, "event", line=line)
    kinds = [key for key in block if key not in BESIDE]
    if not kinds:
        raise reader.error("no_event", block, known=", ".join(KINDS))
    for key in kinds:
        if key not in KINDS:
            zh, en = near_miss(key, [*KINDS, *BESIDE])
            raise reader.error(
                "unknown_event", line=block.lines[key], key=key, known=", ".join(KINDS), hint_zh=zh, hint_en=en
            )
    if len(kinds) > 1:
        raise reader.error("two_events", line=block.lines[kinds[1]], found=", ".join(kinds))
    [kind] = kinds
    refused = str(reader.text(block["refused"], "refused", line=block.line)) if "refused" in block else ""
    account = reader.choice(block["as"], "as", ACCOUNTS, line=block.line) if "as" in block else ""
    arguments = KINDS[kind].read(reader, block[kind], block.lines[kind])
    return Event(kind, day, arguments, block.lines[kind], account, refused)


def _refuse(text: str) -> dt.date:
    raise ValueError(text)


__all__ = ["Block", "Event", "Scenario", "ScenarioReader", "load", "parse"]
