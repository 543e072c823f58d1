"""Dated photos of the board, when a notice was put up and when it had hung to the end."""

import datetime as dt
from collections.abc import Sequence

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import engine
from minzheng.cases.models import Moment, Posting, PostingPhoto
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, documents, photos
from minzheng.core.errors import refuse


@casework
def add_photo(
    *, by: User, postings: Sequence[Posting], content: bytes, moment: str, taken_on: dt.date | None = None
) -> list[PostingPhoto]:
    """Keep a dated photo of the board for the notices that it shows: when they were put up (from the first day on), or
    when they had hung to the end (on the last day or after it). Refuses another day, and a file that is no picture."""
    taken_on = taken_on or clock.today()
    for posting in postings:
        perms.require(by, engine.POST, posting.area_id)
        _check_photo_day(posting, moment, taken_on)
    if len({posting.area_id for posting in postings}) > 1:
        raise refuse(
            "posting.one_board",
            zh="一张照片只能是一个村的公示栏，所选公示在 {count} 个村。",
            en="A photo shows the board of one village; the notices chosen hang in {count}.",
            remedy_zh="请按村分别上传。",
            remedy_en="Send a photo for each village.",
            rule="公示照片按村留存：posting.one_board",
            count=len({posting.area_id for posting in postings}),
        )
    if not postings:
        raise refuse(
            "posting.none_chosen",
            zh="没有选择公示。",
            en="No notice was chosen.",
            remedy_zh="请先勾选照片里的公示。",
            remedy_en="Tick the notices that the photo shows.",
        )
    picture, media_type = photos.cleaned(content)
    first = postings[0]
    document = documents.keep(
        by=by,
        kind=f"cases.posting_photo_{moment}",
        title=f"公示照片（{Moment(moment).label}） {first.number} {taken_on:%Y%m%d}",
        media_type=media_type,
        content=picture,
        subject=first,
        area=first.area_id,
    )
    made = PostingPhoto.objects.bulk_create(
        PostingPhoto(posting=one, area_id=one.area_id, moment=moment, taken_on=taken_on, document=document)
        for one in postings
    )
    for one in postings:
        detail = {"document": document.pk, "moment": moment, "taken_on": taken_on.isoformat()}
        audit.record("cases.posting_photo", by=by, subject=one, area=one.area_id, detail=detail)
    return made


def _check_photo_day(posting: Posting, moment: str, taken_on: dt.date) -> None:
    first = posting.posted_on if moment == Moment.START else posting.ends_on
    if first is None or not first <= taken_on <= clock.today():
        raise refuse(
            "posting.photo_day",
            zh="“{number}”的{moment}照片日期 {taken_on} 不在 {first} 与今天（{today}）之间。",
            en="The day {taken_on} of the photo of “{number}” is not between {first} and today ({today}).",
            remedy_zh="张贴时的照片在张贴当天及以后拍，期满时的照片在最后一日及以后拍；请填写实际拍摄日期。",
            remedy_en="Take the first photo from the day of posting on, the last one on the last day or after it.",
            rule="公示照片注明日期：posting.photo_day",
            number=posting.number,
            moment=Moment(moment).label,
            taken_on=taken_on,
            first=first or "—",
            today=clock.today(),
        )
