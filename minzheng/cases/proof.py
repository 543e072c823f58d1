"""The proof of a posting (公示结果证明): where and when it hung, what was said against it, and the photos of it."""

from minzheng.areas import queries as areas
from minzheng.cases.board import board_of
from minzheng.cases.models import Moment, Posting, PostingPhoto
from minzheng.core import clock, documents
from minzheng.core.errors import refuse
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day


def is_over(posting: Posting) -> bool:
    """It has hung to its last day, or has come down before."""
    return posting.taken_down_on is not None or (posting.ends_on is not None and posting.ends_on < clock.today())


def write(sheet: Sheet, posting: Posting) -> None:
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
    photos = {photo.moment: photo for photo in posting.photos.select_related("document").order_by("taken_on", "pk")}
    objections = list(posting.objections.order_by("pk"))
    _check(posting, photos, needs=[Moment.START] if objections else [Moment.START, Moment.END])
    board = board_of(posting)
    last = posting.taken_down_on if objections else posting.ends_on
    sheet.title(f"{board.title}结果证明")
    sheet.number(posting.number)
    sheet.text(
        f"{posting.shown_name}（{posting.shown_people}人，每{board.cycle}{format_yuan(posting.shown_amount)}元）的"
        f"{board.title}，于{written_day(posting.posted_on)}至{written_day(last)}在{posting.place}张贴（张贴当日不计）。"
        f"依据：{posting.rule}。"
    )
    for number, objection in enumerate(objections, 1):
        said = f"异议{number}（{written_day(objection.on)}）：{objection.text}"
        answer = (
            f"答复（{written_day(objection.answered_on)}）：{objection.answer}"
            if objection.answered_on
            else "尚未答复。"
        )
        sheet.text(f"{said}。{answer}")
    sheet.text("公示因异议撤下，已重新调查。" if objections else "公示期内没有收到异议。")
    for moment, photo in sorted(photos.items(), key=lambda one: one[0] != Moment.START):
        sheet.picture(documents.content(photo.document), f"{Moment(moment).label}　{written_day(photo.taken_on)}")
    sheet.table([[f"{areas.name(posting.area_id)}村（居）民委员会（盖章）", ""], ["张贴人签字", ""]], widths=(90, 66))
    sheet.signature(clock.today())


def _check(posting: Posting, photos: dict[str, PostingPhoto], needs: list[Moment]) -> None:
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
