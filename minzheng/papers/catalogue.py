"""Which papers there are and which words each may use, read from the stages' `papers.yaml` files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.core.errors import Text, refuse
from minzheng.papers.values import Money

KINDS = {"text", "day", "money", "flag", "photo"}
SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Word:
    """A placeholder: what it stands for, what it holds, and for rows their columns."""

    name: str
    means: Text
    kind: str = "text"
    """text, day, money, flag, photo or rows."""
    columns: Mapping[str, "Word"] = field(default_factory=dict)
    sample: Any = None


@dataclass(frozen=True)
class Form:
    """A paper: its title, the words that a template of it may use, and those it must."""

    kind: str
    title: Text
    group: str
    words: Mapping[str, Word]
    required: Sequence[str]
    permissions: Sequence[str]
    """Whoever holds one of these issues the paper."""
    programmes: Sequence[str] = ()
    """Only for these; none: for all."""
    procedures: Sequence[str] = ()
    """Only in these kinds of case (application, change); none: in all."""
    after: str = ""
    """What the case must have for it: `accepted`, `decision` …; nothing: always."""

    def shipped(self) -> bytes:
        return (SHIPPED / f"{self.kind}.docx").read_bytes()

    def sample(self) -> dict[str, Any]:
        """The words of an invented case, to try a template on."""
        return {name: _sample(word) for name, word in self.words.items()}


_files: list[Path] = []


def add(path: Path) -> None:
    """A stage's papers."""
    if path not in _files:
        _files.append(path)
        forms.cache_clear()


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """Every paper, by its name, in the declared order."""
    found: dict[str, Form] = {}
    for path in _files:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = {name: _words(rows) for name, rows in data["words"].items()}
        for kind, row in data["papers"].items():
            found[kind] = Form(
                kind=kind,
                title=row["title"],
                group=row["words"],
                words=words[row["words"]],
                required=tuple(row.get("required", ())),
                permissions=tuple(row["permissions"]),
                programmes=tuple(row.get("programmes", ())),
                procedures=tuple(row.get("procedures", ())),
                after=row.get("after", ""),
            )
            unknown = [name for name in found[kind].required if name not in found[kind].words]
            if unknown:
                raise ValueError(f"{path}: {kind} requires {unknown}, which are no words of {row['words']}")
    return found


def form(kind: str) -> Form:
    """A paper by its name; refuses one that there is not."""
    known = forms()
    if kind not in known:
        raise refuse(
            "paper.unknown",
            zh="没有文书“{kind}”。",
            en="There is no paper “{kind}”.",
            remedy_zh="可生成的文书：{known_zh}。",
            remedy_en="The papers are: {known}.",
            kind=kind,
            known=", ".join(known),
            known_zh="、".join(one.title["zh-Hans"] for one in known.values()),
        )
    return known[kind]


def _words(rows: Mapping[str, Any]) -> dict[str, Word]:
    return {name: _word(name, row) for name, row in rows.items()}


def _word(name: str, row: Any) -> Word:
    """`名称: [中文, English, kind, sample]`, or a mapping with `columns` for rows."""
    if isinstance(row, list):
        zh, en, kind, sample = (*row, "text", None, None)[:4] if len(row) < 3 else (*row, None)[:4]
        if kind not in KINDS or len(row) > 4:
            raise ValueError(f"{name}: {row} is not [Chinese, English, one of {sorted(KINDS)}, sample]")
        return Word(name, {"zh-Hans": zh, "en": en}, kind, {}, sample)
    return Word(
        name, {"zh-Hans": row["means"][0], "en": row["means"][1]}, "rows", _words(row["columns"]), row.get("sample", ())
    )


def _sample(word: Word) -> Any:
    if word.kind == "rows":
        # One invented row of the columns' own samples where none are given in full.
        rows = word.sample or [{}]
        return [
            {name: _cell(column, row.get(name, column.sample)) for name, column in word.columns.items()} for row in rows
        ]
    return _cell(word, word.sample)


def _cell(word: Word, sample: Any) -> Any:
    if word.kind == "money":
        return None if sample is None else Money(sample)
    if word.kind == "flag":
        return bool(sample)
    return None if word.kind == "photo" else sample
