"""The papers of a round as Word files: the list of a village to take along, and the letters to who was not verified."""

import io
from collections.abc import Sequence
from typing import Any

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.awards.reviews import queries, rounds
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Kind
from minzheng.core import audit, clock, documents
from minzheng.core.errors import pick
from minzheng.core.idnumber import INVENTED
from minzheng.core.models import Document
from minzheng.core.paper import Sheet
from minzheng.people.queries import age
from minzheng.policy import registry

By = Any
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZH = "zh-Hans"
WIDTHS = [14, 20, 14, 42, 24, 24, 18]
"""Of the list's columns, in mm."""


def village_list(*, by: By, review: ReviewRound, area: str) -> bytes:
    """A village's list to print: who is left first, in the order of the walk, with room for how, when and who."""
    perms.require(by, "awards.view", review.area_id)
    rules = rounds.rules_of(review)
    kind = rules.kind(review.kind)
    lines = list(queries.lines(review, area).order_by("area_id", "route", "pk"))
    left = [line for line in lines if line.state in rounds.LEFT]
    sheet = _sheet(review)
    sheet.title(f"{_programme(review)}{kind.label[ZH]}名单")
    place = "" if area == review.area_id else areas.name(area)
    sheet.small(
        f"{areas.name(review.area_id)}{place}　{_period(review)}　应核查{len(lines)}（户、人），未核查{len(left)}　"
        f"期限：{_day(review.due_on)}　打印：{_day(clock.today())}"
    )
    sheet.small("核查方式：" + "；".join(
        f"{rules.methods[key].label[ZH]}（{rules.methods[key].proves[ZH]}）"
        for key in kind.methods if not rules.methods[key].automatic
    ))  # fmt: skip
    rows = [["序号", "姓名", "年龄", "住址", "核查方式", "日期", "签字"]]
    for number, line in enumerate([*left, *(line for line in lines if line.state not in rounds.LEFT)], 1):
        done = line.state not in rounds.LEFT
        method = rules.methods[line.method].label[ZH] if line.method in rules.methods else ""
        years = str(age(line.person, review.listed_on)) if line.person else ""
        rows.append([
            str(number), line.who, years, line.address,
            (method or str(LineState(line.state).label)) if done else "",
            f"{line.settled_on:%Y-%m-%d}" if done and line.settled_on else "", "",
        ])  # fmt: skip
    sheet.table(rows, head=True, widths=WIDTHS)
    return _bytes(sheet)


def keep_warnings(*, by: By, review: ReviewRound, lines: Sequence[ReviewLine], kind: Kind, days: int) -> Document:
    """The letters to these people, one on a page, kept as one document with the round."""
    sheet = _sheet(review)
    for place, line in enumerate(lines):
        if place:
            sheet.word.add_page_break()
        _warning(sheet, review, line, kind, days)
    document = documents.keep(
        by=by,
        kind="reviews.warning",
        title=f"{kind.label[ZH]}书面通知 {clock.today():%Y-%m-%d}（{len(lines)}份）",
        media_type=WORD,
        content=_bytes(sheet),
        subject=review,
        area=review.area_id,
    )
    audit.record("reviews.make_warnings", by=by, subject=review, area=review.area_id, detail={"id": document.pk})
    return document


def _warning(sheet: Sheet, review: ReviewRound, line: ReviewLine, kind: Kind, days: int) -> None:
    today = clock.today()
    sheet.title(f"{kind.label[ZH]}通知书")
    sheet.number(f"HC-{review.pk}-{line.pk}")
    sheet.text(f"{line.who}：", indent=False)
    sheet.text(
        f"您享受的{_programme(review)}，{_period(review)}须办理{kind.label[ZH]}。"
        f"依据：{kind.rule.removesuffix(' 〔K〕')}。"
        f"核查期限为{_day(review.due_on)}，至今未能与您取得联系、完成核查。"
    )
    sheet.text(
        f"请您自收到本通知之日起{days}日内，本人持身份证到{sheet.office}办理；行动不便的，可以电话联系，"
        "由工作人员上门或者视频办理，不收取任何费用。"
    )
    sheet.text("逾期仍未办理的，将暂停发放待遇。暂停不是取消：您办理后即恢复发放，暂停期间符合条件的待遇予以补发。")
    sheet.text("联系人：　　　　　　　　　　电话：", indent=True)
    sheet.signature(today)
    sheet.receipt()


def _sheet(review: ReviewRound) -> Sheet:
    return Sheet(f"{areas.name(review.area_id)}民政办公室", invented=review.area_id.startswith(INVENTED))


def _bytes(sheet: Sheet) -> bytes:
    buffer = io.BytesIO()
    sheet.word.save(buffer)
    return buffer.getvalue()


def _programme(review: ReviewRound) -> str:
    return pick(registry.programme(review.programme).name, ZH)


def _period(review: ReviewRound) -> str:
    first, last = review.first_day, review.last_day
    return f"{first.year}年{first.month}月至{last.month}月"


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
