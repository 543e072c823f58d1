"""The notices of an area as the page of postings lists them: each with whether its photos and answers are there."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from minzheng.areas import queries as areas
from minzheng.cases.actions.postings import END
from minzheng.cases.models import Case, Moment, Objection, Posting, PostingKind, PostingPhoto
from minzheng.cases.public import up_on
from minzheng.core.models import Task

STATES = {
    "up": gettext_noop("公示中"),
    "ending": gettext_noop("三天内期满"),
    "ended": gettext_noop("期满待上报"),
    "photos": gettext_noop("缺照片"),
    "objections": gettext_noop("异议待答复"),
    "past": gettext_noop("已结束"),
    "published": gettext_noop("公布中"),
}
SOON = dt.timedelta(days=3)


def notices(area: str, today: dt.date) -> QuerySet[Posting]:
    """All notices of an area, each with `has_start`, `has_end` (photos), `objected`, `unanswered`, and `waits`: it has
    hung to its end and its case waits for somebody to say so."""
    photos = PostingPhoto.objects.filter(posting=OuterRef("pk"))
    objections = Objection.objects.filter(posting=OuterRef("pk"))
    later = Posting.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    task = Task.objects.filter(
        subject_type=Case._meta.label_lower, subject_id=OuterRef("case_id"), kind=END, done_on=None
    )
    return (
        Posting.objects.filter(areas.within(area))
        .select_related("area", "case")
        .annotate(
            has_start=Exists(photos.filter(moment=Moment.START)),
            has_end=Exists(photos.filter(moment=Moment.END)),
            objected=Exists(objections),
            unanswered=Exists(objections.filter(answered_on=None)),
            waits=Q(kind=PostingKind.POSTING, ends_on__lt=today) & Exists(task) & ~Exists(later) & ~Exists(objections),
        )
    )


def conditions(today: dt.date) -> dict[str, Q]:
    """Which notices each state holds."""
    posting = Q(kind=PostingKind.POSTING)
    up = posting & up_on(today)
    ended = posting & Q(ends_on__lt=today, objected=False)
    return {
        "up": up,
        "ending": up & Q(ends_on__lt=today + SOON),
        "ended": Q(waits=True),
        "photos": Q(case__closed_on=None) & ((up | ended) & Q(has_start=False) | ended & Q(has_end=False)),
        "objections": Q(unanswered=True),
        "past": posting & ~up_on(today) & Q(waits=False),
        "published": Q(kind=PostingKind.PUBLICATION) & up_on(today),
    }


def counts(rows: QuerySet[Posting], today: dt.date) -> dict[str, int]:
    """How many notices each state holds, in one query."""
    return rows.aggregate(**{state: Count("pk", filter=where) for state, where in conditions(today).items()})


def state_of(row: Any, today: dt.date) -> str:
    """In words how a notice stands."""
    if row.kind == PostingKind.PUBLICATION:
        return _("公布中") if row.taken_down_on is None else _("已换下")
    if row.objected:
        return _("有异议，待答复") if row.unanswered else _("有异议，已答复")
    if row.taken_down_on is None and row.ends_on >= today:
        left = (row.ends_on - today).days
        if not left:
            return _("今天是最后一天")
        return ngettext("还有 %(n)s 天", "还有 %(n)s 天", left) % {"n": left}
    return _("期满待上报") if row.waits else _("已结束")


def photos_of(row: Any, today: dt.date) -> str:
    """Which photos are there; a publication needs none."""
    if row.kind == PostingKind.PUBLICATION:
        return ""
    if not row.has_start:
        return _("缺张贴时")
    if row.ends_on < today and not row.objected and not row.has_end:
        return _("缺期满时")
    return _("齐") if row.has_end else _("有张贴时")


def lacks_photos(row: Any, today: dt.date) -> bool:
    ended = row.ends_on is not None and row.ends_on < today and not row.objected
    return row.kind == PostingKind.POSTING and (not row.has_start or (ended and not row.has_end))
