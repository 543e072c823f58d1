"""The sheets of several villages' boards in one Word file."""

from collections.abc import Iterable, Sequence

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import engine
from minzheng.cases.board import Board, boards
from minzheng.cases.papers import words
from minzheng.cases.papers.making import note_for
from minzheng.core import audit
from minzheng.core.errors import refuse
from minzheng.papers import catalogue, filling, joining
from minzheng.papers import queries as templates

KIND = "posting_sheet"


def sheets(*, by: User, villages: Sequence[str], kind: str, programmes: Iterable[str] = ()) -> bytes:
    """One Word file with a sheet for each village and programme, each on a page of its own. Refuses where nothing is
    up. What a sheet shows never changes, so the file itself need not be kept."""
    for village in villages:
        perms.require(by, engine.POST, village)
    found = boards(villages=villages, kind=kind, phone=by.office.phone, programmes=programmes)
    if not found:
        raise refuse(
            "posting.nothing_up",
            zh="所选村今天没有在张贴的内容。",
            en="Nothing is up today in the villages chosen.",
            remedy_zh="公示期满的不再张贴；请选择公示中的村。",
            remedy_en="What has ended is not posted again; choose a village with notices that are up.",
        )
    for board in found:
        detail = {"number": board.number, "rows": len(board.rows)}
        audit.record("cases.print_sheet", by=by, subject=board.rows[0], area=board.subject.area, detail=detail)
    own = {board.subject.area: templates.in_force(KIND, board.subject.area).content for board in found}
    return joining.join([_sheet(own[board.subject.area], board) for board in found])


def _sheet(template: bytes, board: Board) -> bytes:
    return filling.fill(template, catalogue.form(KIND), words.of_board(board), note=note_for(board.subject.area))
