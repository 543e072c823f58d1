"""The papers of a case: the list of missing papers, the visit form, the posting sheet, the letters and the rest.

`papers.yaml` declares them and the words that their templates may use, `words` finds those words, `making` fills the
template that counts for the case's area."""

from minzheng.cases.papers.batches import batch
from minzheng.cases.papers.explaining import explanation_rows, member_names
from minzheng.cases.papers.making import issuable, make, possible, write
from minzheng.cases.papers.sheets import sheets
from minzheng.cases.papers.words import office as office_of
from minzheng.core.word import MEDIA_TYPE as WORD

__all__ = [
    "WORD",
    "batch",
    "explanation_rows",
    "issuable",
    "make",
    "member_names",
    "office_of",
    "possible",
    "sheets",
    "write",
]
