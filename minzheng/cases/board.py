"""The sheet that hangs on a village's board: all notices of one programme in one village that are up, numbered, with
the days and where to ask. It shows name, people and amount, and nothing else of anybody."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from minzheng.areas import queries as areas
from minzheng.cases import procedure
from minzheng.cases.models import CaseKind, Posting, PostingKind
from minzheng.cases.public import up_on
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.core.paper import written_day
from minzheng.policy import registry

ZH = "zh-Hans"
CYCLES = {"month": "月", "quarter": "季", "half_year": "半年", "year": "年"}
LETTERS = {PostingKind.POSTING: "G", PostingKind.PUBLICATION: "B"}
TOTAL_FROM = 2
"""From so many rows on a sheet says what they come to."""


@dataclass(frozen=True, order=True)
class Subject:
    """What one sheet is about: a village, a programme, a kind of notice; `ends`: that a benefit is to end."""

    area: str
    programme: str
    kind: str
    ends: bool = False


@dataclass(frozen=True)
class Board:
    """One sheet with its rows in the order in which they were put up."""

    subject: Subject
    village: str
    office: str
    title: str
    number: str
    opening: str
    cycle: str
    unit: str
    """户 or 人."""
    place: str
    rule: str
    posted_on: dt.date
    phone: str
    rows: Sequence[Posting] = field(default_factory=tuple)

    @property
    def is_posting(self) -> bool:
        return self.subject.kind == PostingKind.POSTING

    @property
    def days_differ(self) -> bool:
        """Not all of its notices hang for the same days: each row says its own."""
        return self.is_posting and len({(row.posted_on, row.ends_on) for row in self.rows}) > 1

    @property
    def people(self) -> int:
        return sum(row.shown_people for row in self.rows)

    @property
    def amount(self) -> int:
        return sum(row.shown_amount for row in self.rows)

    @property
    def has_total(self) -> bool:
        return len(self.rows) >= TOTAL_FROM


def boards(*, villages: Iterable[str], kind: str, phone: str = "", programmes: Iterable[str] = ()) -> list[Board]:
    """The sheets of these villages for the notices that are up today, of these programmes (none: of all). The number of
    queries grows with the sheets, not with their rows."""
    today = clock.today()
    up = Posting.objects.filter(up_on(today), area__in=list(villages), kind=kind).select_related("case")
    if wanted := list(programmes):
        up = up.filter(programme__in=wanted)
    found: dict[Subject, list[Posting]] = {}
    for row in up.order_by("posted_on", "pk"):
        found.setdefault(subject_of(row), []).append(row)
    return [_board(subject, found[subject], phone, today) for subject in sorted(found)]


def board_of(posting: Posting) -> Board:
    """The sheet of one notice alone, under the notice's own number."""
    return replace(_board(subject_of(posting), [posting], "", posting.posted_on), number=posting.number)


def subject_of(posting: Posting) -> Subject:
    ends = posting.case is not None and posting.case.kind == CaseKind.CHANGE
    return Subject(posting.area_id, posting.programme, posting.kind, ends)


def notes(board: Board) -> list[str]:
    """Below the table: the days, the place, the rule, and where to ask."""
    asks = f"电话：{board.phone}。" if board.phone else "电话见公开栏。"
    last = board.rows[-1]
    if board.days_differ:
        days = "公示时间：见表（张贴当日不计）。"
    elif board.is_posting:
        days = f"公示时间：{written_day(last.posted_on)}至{written_day(last.ends_on)}（张贴当日不计）。"
    else:
        ends = max((row.ends_on for row in board.rows if row.ends_on), default=None)
        days = f"公布至{written_day(ends)}。" if ends else "在享期间持续公布，有变化的当日更换。"
    what = "公示期内如有异议" if board.is_posting else "如有疑问"
    return [days, f"张贴地点：{board.place}。依据：{board.rule}。", f"{what}，请向{board.office}反映，{asks}"]


def days_of(row: Posting) -> str:
    """3月3日至3月10日."""
    ends = row.ends_on
    return f"{row.posted_on.month}月{row.posted_on.day}日至" + (f"{ends.month}月{ends.day}日" if ends else "")


def _board(subject: Subject, rows: Sequence[Posting], phone: str, today: dt.date) -> Board:
    path = areas.path(subject.area)
    township = next((area.name for area in path if area.level == "township"), "")
    law = registry.programme(subject.programme)
    name = pick(law.name, ZH)
    posted_on = max(row.posted_on for row in rows) if subject.kind == PostingKind.POSTING else today
    prefix = procedure.load(subject.programme).on(today, CaseKind.APPLICATION).prefix
    letter = "Z" if subject.ends else LETTERS[PostingKind(subject.kind)]
    return Board(
        subject=subject,
        village=path[-1].name,
        office=f"{township}民政办公室",
        title=f"{name}{_title(subject)}",
        number=f"{prefix}{letter}-{subject.area}-{posted_on:%Y%m%d}",
        opening=_opening(subject, path[-1].name, name),
        cycle=CYCLES.get(law.timing_on(today).pay_cycle, "次"),
        unit="户" if law.unit == "household" else "人",
        place=rows[-1].place,
        rule=rows[-1].rule.split("：")[0],
        posted_on=posted_on,
        phone=phone,
        rows=tuple(rows),
    )


def _title(subject: Subject) -> str:
    if subject.kind == PostingKind.PUBLICATION:
        return "对象公布"
    return "拟终止公示" if subject.ends else "初审公示"


def _opening(subject: Subject, village: str, programme: str) -> str:
    if subject.kind == PostingKind.PUBLICATION:
        return f"{village}下列家庭（人员）经审核确认享受{programme}，现予公布。"
    if subject.ends:
        return f"经核实，拟终止{village}下列家庭（人员）的{programme}，现予公示。"
    return f"经调查，拟对{village}下列家庭（人员）给予{programme}，现予公示。"
