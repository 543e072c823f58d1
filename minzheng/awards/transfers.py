"""The papers of a family that moves, within the county or out of it, and of minors who are referred."""

import datetime as dt
from collections.abc import Sequence

from minzheng.areas import queries as areas
from minzheng.awards import terms
from minzheng.awards.models import Award
from minzheng.awards.notice_words import (
    By,
    Words,
    benefit,
    keep,
    last_head,
    lasting,
    programme,
    relation,
    until,
)
from minzheng.core import clock
from minzheng.core.models import Document, Event
from minzheng.people import queries as people
from minzheng.people.models import Circle, Household, Membership, Person


def moved_out(*, by: By, household: Household, awards: Sequence[Award], to: str, on: dt.date) -> list[Document]:
    """To a family that left the county: until when it is paid, and what to do at its new place; and the paper that it
    takes along."""
    letter = {
        "编号": f"{household.number}-QC",
        "收件人": last_head(household),
        "变化日期": on,
        "迁往": to,
        "停发待遇": [{"项目": programme(award), "末月": until(award)} for award in awards],
    }
    return [
        keep(by, household, "moved_out", "迁出停发告知书", letter),
        _hand_over_outside(by, household, awards, to, on),
    ]


def taken_along(*, by: By, award: Award) -> Document | None:
    """迁移交接单 for a place outside the county, once the end of a benefit is decided; the letter is the decision's.
    None where somebody moved alone, without the family's file."""
    file = award.household_id or _file_left(award)
    moves = Event.objects.filter(kind="household.moved_out", subject_type="people.household", subject_id=file)
    moved = moves.order_by("pk").last()
    if file is None or moved is None:
        return None
    household = Household.objects.get(pk=file)
    return _hand_over_outside(by, household, [award], moved.payload["to"], moved.on)


def _file_left(award: Award) -> int | None:
    """The family's file that a person was in last."""
    known = Membership.objects.filter(person=award.person, circle=Circle.FAMILY, superseded_at=None)
    return known.order_by("pk").values_list("household_id", flat=True).last()


def _hand_over_outside(by: By, household: Household, awards: Sequence[Award], to: str, on: dt.date) -> Document:
    paper = {
        "编号": f"{household.number}-QC",
        "原住村居": areas.name(household.area_id),
        "迁往": to,
        "原档号": household.number,
        "迁移日期": on,
        "家庭成员": _family(household, on - dt.timedelta(days=1)),
        "待遇": [benefit(award, award) for award in awards],
    }
    return keep(by, household, "moved_out_paper", "社会救助对象迁移交接单", paper)


def handed_over(
    *, by: By, before: Household, after: Household, pairs: Sequence[tuple[Award, Award]], on: dt.date
) -> list[Document]:
    """迁移交接单, one for each office: who moved, what they receive, who pays which months, what papers went along."""
    copied = Document.objects.filter(subject_type="people.household", subject_id=after.pk).order_by("pk")
    words = {
        "编号": f"{before.number}→{after.number}",
        "移交单位": areas.name(before.area_id[:9]),
        "接收单位": areas.name(after.area_id[:9]),
        "原住村居": areas.name(before.area_id),
        "现住村居": areas.name(after.area_id),
        "原档号": before.number,
        "新档号": after.number,
        "迁移日期": on,
        "家庭成员": _family(after),
        "待遇": [benefit(old, new) for old, new in pairs],
        "移交材料": [
            {"序号": str(place), "名称": title} for place, title in enumerate(copied.values_list("title", flat=True), 1)
        ],
    }
    return [keep(by, keeper, "handed_over", "社会救助对象迁移交接单", words) for keeper in (before, after)]


def referral(*, by: By, household: Household, guardian: Person, note: str) -> Document:
    """转介单: to the children's line, of a family of which only minors are left."""
    words = {
        "编号": f"{household.number}-ZJ",
        "原档号": household.number,
        "家庭成员": _family(household),
        "待遇": [
            lasting(award) | {"领款人": guardian.name}
            for award in Award.objects.filter(terms.going_on(clock.today()), household=household).order_by("pk")
        ],
        "监护人": guardian.name,
        "监护情况": note,
    }
    return keep(by, household, "minors_referral", "未成年人转介单", words)


def _family(household: Household, on: dt.date | None = None) -> list[Words]:
    day = on or clock.today()
    return [
        {
            "姓名": row.person.name,
            "关系": relation(row.relation),
            "性别": row.person.get_sex_display(),
            "年龄": str(people.age(row.person, day)),
            "出生日期": row.person.birth_date,
        }
        for row in people.members(household, day)
    ]
