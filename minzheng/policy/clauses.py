"""The clauses of a policy file: what a version, a step, a condition or the amount rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

from minzheng.policy.errors import near_miss
from minzheng.policy.model import MARKS, Basis
from minzheng.policy.source import Block, Items, Reader

BASIS_KEYS = ("title", "ref", "articles", "mark", "restates")

Known = Mapping[str, tuple[Basis, ...]]
"""The clauses of the steps read before, by name."""


class ClauseReader:
    """Reads `basis` within one version.

    documents: what the version itself names; a clause with one of their titles takes its `ref` and `mark` from there,
    so that a file says once where a document is to be found and whether its text was seen.
    """

    def __init__(self, reader: Reader, documents: Sequence[Basis] = ()) -> None:
        self.reader = reader
        self.documents = {one.title: one for one in reversed(documents)}

    def read(
        self, value: Any, *, step: str = "", mentions: frozenset[str] = frozenset(), known: Known
    ) -> tuple[Basis, ...]:
        """One clause or a list of them. mentions: the steps that the formula names, for `restates`."""
        if value is None:
            return ()
        found: list[Basis] = []
        for entry in value if isinstance(value, Items) else [value]:
            body = self.reader.block(entry, "basis")
            self.reader.only(body, BASIS_KEYS)
            clauses = self._restated(body, step, mentions, known) if "restates" in body else (self._clause(body),)
            found.extend(one for one in clauses if one not in found)
        return tuple(found)

    def _clause(self, body: Block) -> Basis:
        reader = self.reader
        reader.only(body, BASIS_KEYS, required=("title",))
        title = str(reader.text(body["title"], "title"))
        document = self.documents.get(title, Basis(title))
        articles = reader.items(body["articles"], "articles") if body.get("articles") is not None else ()
        return Basis(
            title=title,
            ref=str(reader.text(body["ref"], "ref")) if body.get("ref") is not None else document.ref,
            articles=tuple(str(reader.text(one, "articles", line=body.line)) for one in articles),
            mark=reader.choice(body["mark"], "mark", MARKS) if body.get("mark") is not None else document.mark,
        )

    def _restated(self, body: Block, step: str, mentions: frozenset[str], known: Known) -> list[Basis]:
        """A formula that only puts steps together rests on what they rest on; it must really name them."""
        self.reader.only(body, ("restates",), required=("restates",))
        names = body["restates"]
        clauses: list[Basis] = []
        for name in names if isinstance(names, Items) else [names]:
            text = str(self.reader.text(name, "restates", line=body.line))
            if text not in mentions or text not in known:
                zh, en = near_miss(text, mentions & known.keys())
                raise self.reader.error("restates", name, line=body.line, step=step, name=text, hint_zh=zh, hint_en=en)
            clauses.extend(known[text])
        return clauses
