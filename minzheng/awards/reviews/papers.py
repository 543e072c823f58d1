"""The papers of a round as Word files: the list of a village to take along, and the letters to who was not verified."""

from collections.abc import Sequence
from typing import Any

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.awards.reviews import queries, rounds
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Kind
from minzheng.cases.papers.making import note_for
from minzheng.core import audit, clock, documents
from minzheng.core.errors import pick
from minzheng.core.models import Document
from minzheng.core.word import MEDIA_TYPE as WORD
from minzheng.papers import filling, joining
from minzheng.papers import queries as templates
from minzheng.people.queries import age
from minzheng.policy import registry

__all__ = ["WORD", "keep_warnings", "village_list"]

By = Any
ZH = "zh-Hans"


def village_list(*, by: By, review: ReviewRound, area: str) -> bytes:
    """A village's list to print: who is left first, in the order of the walk, with room for how, when and who."""
    perms.require(by, "awards.view", review.area_id)
    rules = rounds.rules_of(review)
    kind = rules.kind(review.kind)
    lines = list(queries.lines(review, area).order_by("area_id", "route", "pk"))
    left = [line for line in lines if line.state in rounds.LEFT]
    shown = [*left, *(line for line in lines if line.state not in rounds.LEFT)]
    ways = [rules.methods[key] for key in kind.methods if not rules.methods[key].automatic]
    return _filled(review, "review_list", [{
        "项目": _programme(review),
        "核查": kind.label[ZH],
        "地区": areas.name(review.area_id) + ("" if area == review.area_id else areas.name(area)),
        "期间": _period(review),
        "应核查": str(len(lines)),
        "未核查": str(len(left)),
        "期限": review.due_on,
        "今日": clock.today(),
        "核查方式": "；".join(f"{way.label[ZH]}（{way.proves[ZH]}）" for way in ways),
        "名单": [
            {
                "序号": str(number),
                "姓名": line.who,
                "年龄": str(age(line.person, review.listed_on)) if line.person else "",
                "住址": line.address,
                "方式": _way(line, rules.methods),
                "日期": f"{line.settled_on:%Y-%m-%d}" if line.state not in rounds.LEFT and line.settled_on else "",
            }
            for number, line in enumerate(shown, 1)
        ],
    }])  # fmt: skip


def _way(line: ReviewLine, methods: Any) -> str:
    """How somebody was verified; nothing for who is left."""
    if line.state in rounds.LEFT:
        return ""
    return methods[line.method].label[ZH] if line.method in methods else str(LineState(line.state).label)


def keep_warnings(*, by: By, review: ReviewRound, lines: Sequence[ReviewLine], kind: Kind, days: int) -> Document:
    """The letters to these people, each on a page of its own, kept as one document with the round."""
    words = [_warning(review, line, kind, days) for line in lines]
    document = documents.keep(
        by=by,
        kind="reviews.warning",
        title=f"{kind.label[ZH]}书面通知 {clock.today():%Y-%m-%d}（{len(lines)}份）",
        media_type=WORD,
        content=_filled(review, "review_warning", words),
        subject=review,
        area=review.area_id,
    )
    audit.record("reviews.make_warnings", by=by, subject=review, area=review.area_id, detail={"id": document.pk})
    return document


def _warning(review: ReviewRound, line: ReviewLine, kind: Kind, days: int) -> dict[str, Any]:
    return {
        "单位": f"{areas.name(review.area_id)}民政办公室",
        "项目": _programme(review),
        "核查": kind.label[ZH],
        "编号": f"HC-{review.pk}-{line.pk}",
        "姓名": line.who,
        "期间": _period(review),
        "依据": kind.rule.removesuffix(" 〔K〕"),
        "期限": review.due_on,
        "天数": str(days),
        "今日": clock.today(),
    }


def _filled(review: ReviewRound, kind: str, words: Sequence[dict[str, Any]]) -> bytes:
    """A paper for each of `words`, in one file."""
    template = templates.in_force(kind, review.area_id)
    note = note_for(review.area_id)
    return joining.join([filling.fill(template.content, template.form, one, note=note) for one in words])


def _programme(review: ReviewRound) -> str:
    return pick(registry.programme(review.programme).name, ZH)


def _period(review: ReviewRound) -> str:
    first, last = review.first_day, review.last_day
    return f"{first.year}年{first.month}月至{last.month}月"
