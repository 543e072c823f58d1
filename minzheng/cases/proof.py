"""When a posting can be proved (公示结果证明): it is over, and photos show it at its start and at its end."""

from minzheng.cases.models import Moment, Posting
from minzheng.core import clock
from minzheng.core.errors import refuse


def is_over(posting: Posting) -> bool:
    """It has hung to its last day, or has come down before."""
    return posting.taken_down_on is not None or (posting.ends_on is not None and posting.ends_on < clock.today())


def check(posting: Posting) -> None:
    """Refuses a posting that is still up, and one that no photo shows at its start and at its end (at its start only,
    where an objection took it down before)."""
    if not is_over(posting):
        raise refuse(
            "posting.not_over",
            zh="公示“{number}”还没有期满，最后一日为 {ends}。",
            en="The posting “{number}” is not over; its last day is {ends}.",
            remedy_zh="期满以后再出具公示结果证明。",
            remedy_en="Make the proof once it has ended.",
            rule=posting.rule,
            number=posting.number,
            ends=posting.ends_on,
        )
    photos = set(posting.photos.values_list("moment", flat=True))
    needs = [Moment.START] if posting.objections.exists() else [Moment.START, Moment.END]
    _check(posting, photos, needs=needs)


def _check(posting: Posting, photos: set[str], needs: list[Moment]) -> None:
    missing = [moment for moment in needs if moment not in photos]
    if missing:
        raise refuse(
            "posting.photos_missing",
            zh="公示“{number}”缺{which}的照片。",
            en="The posting “{number}” lacks its photo: {which_en}.",
            remedy_zh="请在“公示”页上传带日期的照片，再出具证明。",
            remedy_en="Send the dated photo on the page of postings, then make the proof.",
            rule="公示留存张贴时和期满时照片：posting.photos_missing",
            number=posting.number,
            which="、".join(str(moment.label) for moment in missing),
            which_en=", ".join(moment.value for moment in missing),
        )
