"""Letters and papers of what happened to a family, besides the letters of decisions (`cases.papers`): each is filled
from the office's template (`papers.yaml`) and kept with the family's file: what was handed out stays as it was."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minzheng.areas import queries as areas
from minzheng.awards import rows, terms, timing
from minzheng.awards.models import Award
from minzheng.awards.queries.due import cycle_length
from minzheng.awards.reworking import amount_in
from minzheng.cases import letters
from minzheng.cases.models import Decision
from minzheng.cases.papers.making import fill
from minzheng.core import audit, clock, documents
from minzheng.core.errors import pick
from minzheng.core.models import Document, Event
from minzheng.core.money import format_yuan
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import catalogue
from minzheng.papers.values import money
from minzheng.people import queries as people
from minzheng.people.models import Circle, Household, Membership, Person, Relation
from minzheng.policy import registry

By = Any
Words = Mapping[str, Any]
ZH = "zh-Hans"
CYCLES = {1: "月", 3: "季度", 6: "半年", 12: "年"}


def survivors(*, by: By, award: Award, died: Person) -> Document:
    """To the survivors after the head's verified death: the new file, who is paid, from what to what, and why."""
    household = award.household
    assert household is not None and died.died_on is not None
    head = people.head(household, clock.today())
    result = _result(award, died.died_on)
    words = {
        "编号": f"{household.number}-{award.pk}",
        "收件人": head.name if head else household.number,
        "项目": _programme(award),
        "变化结果": result,
        "金额说明": _from_to(award, died.died_on),
        "变化日期": died.died_on,
        "去世人": died.name,
        "户主": head.name if head else "",
        "领款人": award.payee.name if award.payee else "",
        "原档号": people.files_before(household)[0].before_number,
        "新档号": household.number,
    }
    return _keep(by, household, "survivors", f"{_programme(award)}户主变更及{result}告知书", words)


def head_changed(
    *, by: By, household: Household, before: Person, after: Person, awards: Sequence[Award], on: dt.date
) -> Document:
    """变更户主告知书: to a family that has another head, nobody having died: who is paid from now on, and that the
    amounts stay."""
    words = {
        "编号": f"{household.number}-HZ",
        "收件人": after.name,
        "变化日期": on,
        "原户主": before.name,
        "户主": after.name,
        "原档号": household.number,
        "继续待遇": [_as_before(award, on) for award in awards],
    }
    return _keep(by, household, "head_changed", "变更户主告知书", words)


def grace_ended(*, by: By, award: Award, died: Person, last: dt.date, who: str) -> Document:
    """To the survivors of a family whose grace period a death has ended: until when it was paid, and that they may
    apply anew."""
    household = award.household
    assert household is not None and died.died_on is not None
    words = {
        "编号": f"{household.number}-{award.pk}-JT",
        "收件人": who or household.number,
        "项目": _programme(award),
        "去世人": died.name,
        "变化日期": died.died_on,
        "末月": letters.month_words(last),
        "起始月": letters.month_words(timing.shift(last, 1)),
    }
    return _keep(by, household, "grace_ended", f"{_programme(award)}渐退期结束告知书", words)


def changed_over(*, by: By, award: Award, decision: Decision, persons: Sequence[int], first: dt.date) -> Document:
    """To those whose benefit another takes the place of: until when it is paid, from when the other, and what the
    family's goes on with."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    old, new = _programme(award), pick(registry.programme(decision.programme).name, ZH)
    names = "、".join(Person.objects.filter(pk__in=persons).order_by("pk").values_list("name", flat=True))
    words = {
        "落款单位": decision.decided_by.office.name,
        "日期": decision.decided_on,
        "编号": f"{decision.number}-{award.pk}",
        "收件人": names,
        "人员": names,
        "项目": old,
        "新项目": new,
        "决定编号": decision.number,
        "末月": letters.month_words(timing.shift(first, -1)),
        "起始月": letters.month_words(first),
        "金额说明": _from_to(award, timing.shift(first, -1)) if award.last_month is None else "",
    }
    return _keep(by, party, "changed_over", f"{old}转为{new}告知书", words)


def restored(*, by: By, award: Award, decision: Decision, anew: bool, on: str) -> Document:
    """To those whose stop or reduction was annulled: from when what is owed again, what comes of the months between."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    first = max(decision.first_month, award.first_month)
    words = {
        "落款单位": by.office.name if by.office else "",
        "编号": f"{decision.number}-HF",
        "收件人": _last_head(award.household) if award.household else str(award.person),
        "项目": _programme(award),
        "决定编号": decision.number,
        "变化日期": dt.date.fromisoformat(on),
        "起始月": letters.month_words(first),
        "周期": _cycle(award),
        "金额": money(amount_in(rows.current_amounts([award.pk]).get(award.pk, []), first)),
        "末月": _until(award),
        "重新决定": anew,
        "缓发": bool(award.held_reason),
    }
    return _keep(by, party, "restored", f"{_programme(award)}恢复待遇告知书", words)


def joined(*, by: By, award: Award, on: dt.date, why: str) -> Document:
    """To a family that was merged with another, or that some have left: from what to what."""
    household = award.household
    assert household is not None
    result = _result(award, on)
    words = {
        "编号": f"{household.number}-{award.pk}",
        "收件人": _last_head(household),
        "项目": _programme(award),
        "变化": why,
        "变化日期": on,
        "变化结果": result,
        "金额说明": _from_to(award, on),
    }
    return _keep(by, household, "joined", f"{_programme(award)}{why}后{result}告知书", words)


def split_off(*, by: By, household: Household, old: Award, new: Award | None, on: dt.date) -> Document:
    """To a family that has set up a household of its own: what it receives from now on, or that it does not."""
    words: dict[str, Any] = {
        "编号": f"{household.number}-{old.pk}",
        "收件人": _last_head(household),
        "项目": _programme(old),
        "变化日期": on,
        "原户": str(old.household or ""),
        "新档号": household.number,
        "起始月": letters.month_words(timing.shift(on, 1)),
        "继续保障": new is not None,
    }
    if new is not None:
        words |= {"周期": _cycle(new), "金额": money(_now(new)), "领款人": str(new.payee or "")}
    return _keep(by, household, "split_off", f"{_programme(old)}分户告知书", words)


def claimed(
    *, by: By, award: Award, number: str, lines: Sequence[tuple[dt.date, int, int]], amount: int, reason: str
) -> Document:
    """追回告知书: the months, what was paid and what is owed, how much is to come back and why."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    words = {
        "编号": number,
        "收件人": _last_head(award.household) if award.household else str(award.person),
        "项目": _programme(award),
        "追回金额": money(amount),
        "追回原因": reason,
        "多发月份": [
            {"月份": letters.month_words(month), "已发": money(paid), "应发": money(owed), "多发": money(paid - owed)}
            for month, paid, owed in lines
        ],
    }
    return _keep(by, party, "claimed", f"{_programme(award)}多发款项追回告知书", words)


def moved_out(*, by: By, household: Household, awards: Sequence[Award], to: str, on: dt.date) -> list[Document]:
    """To a family that left the county: until when it is paid, and what to do at its new place; and the paper that it
    takes along."""
    letter = {
        "编号": f"{household.number}-QC",
        "收件人": _last_head(household),
        "变化日期": on,
        "迁往": to,
        "停发待遇": [{"项目": _programme(award), "末月": _until(award)} for award in awards],
    }
    return [
        _keep(by, household, "moved_out", "迁出停发告知书", letter),
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
        "待遇": [_benefit(award, award) for award in awards],
    }
    return _keep(by, household, "moved_out_paper", "社会救助对象迁移交接单", paper)


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
        "待遇": [_benefit(old, new) for old, new in pairs],
        "移交材料": [
            {"序号": str(place), "名称": title} for place, title in enumerate(copied.values_list("title", flat=True), 1)
        ],
    }
    return [_keep(by, keeper, "handed_over", "社会救助对象迁移交接单", words) for keeper in (before, after)]


def referral(*, by: By, household: Household, guardian: Person, note: str) -> Document:
    """转介单: to the children's line, of a family of which only minors are left."""
    words = {
        "编号": f"{household.number}-ZJ",
        "原档号": household.number,
        "家庭成员": _family(household),
        "待遇": [
            _lasting(award) | {"领款人": guardian.name}
            for award in Award.objects.filter(terms.going_on(clock.today()), household=household).order_by("pk")
        ],
        "监护人": guardian.name,
        "监护情况": note,
    }
    return _keep(by, household, "minors_referral", "未成年人转介单", words)


def _family(household: Household, on: dt.date | None = None) -> list[Words]:
    day = on or clock.today()
    return [
        {
            "姓名": row.person.name,
            "关系": _relation(row.relation),
            "性别": row.person.get_sex_display(),
            "年龄": str(people.age(row.person, day)),
            "出生日期": row.person.birth_date,
        }
        for row in people.members(household, day)
    ]


def _relation(relation: str) -> str:
    """女 alone would also be a sex."""
    return "女儿" if relation == Relation.DAUGHTER else str(Relation(relation).label)


def _benefit(old: Award, new: Award) -> dict[str, Any]:
    """What goes on: who pays until when, who from when, how much."""
    return {
        "项目": _programme(old),
        "金额": money(_now(new)),
        "周期": _cycle(old),
        "末月": _until(old),
        "起始月": letters.month_words(new.first_month),
        "领款人": new.payee.name if new.payee else "",
    }


def _as_before(award: Award, on: dt.date) -> dict[str, Any]:
    """What goes on unchanged: of the month of this day, or of a benefit that has not begun its first."""
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    since = max(timing.first_of(on), known[0].first_month) if known else timing.first_of(on)
    return {"项目": _programme(award), "金额": money(amount_in(known, since)), "周期": _cycle(award)}


def _lasting(award: Award) -> dict[str, Any]:
    """What is paid as things stand, and since when."""
    [*_, lasting] = rows.current_amounts([award.pk])[award.pk]
    since = letters.month_words(lasting.first_month)
    return _benefit(award, award) | {"金额": money(lasting.amount), "起始月": since}


def _last_head(household: Household) -> str:
    found = people.heads_on([household.pk]).get(household.pk)
    return found.name if found else household.number


def _now(award: Award) -> int:
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    return amount_in(known, max(award.first_month, timing.first_of(clock.today())))


def _until(award: Award) -> str:
    return letters.month_words(award.last_month) if award.last_month else ""


@dataclass(frozen=True)
class Step:
    """Fen for a pay cycle in a month and in the next, and how many people the next is for."""

    before: int
    after: int
    people: int

    @property
    def verb(self) -> str:
        return "增发" if self.after > self.before else "减发"


def _step(award: Award, day: dt.date) -> Step:
    """From the month of this day to the one after it."""
    month, following = timing.first_of(day), timing.shift(day, 1)
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    covered = set(rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), following))
    return Step(amount_in(known, month), amount_in(known, following), len(covered))


def _from_to(award: Award, day: dt.date) -> str:
    cycle, step = _cycle(award), _step(award, day)
    if award.held_reason:
        return f"原每{cycle}{format_yuan(step.before)}元。以后的金额还不能核定，核实后另行书面告知，期间缓发。"
    changed = step.after - step.before
    return (
        f"原每{cycle}{format_yuan(step.before)}元，自{letters.month_words(timing.shift(day, 1))}起保障{step.people}人，"
        f"每{cycle}{format_yuan(step.after)}元，"
        + (f"每{cycle}{step.verb}{format_yuan(abs(changed))}元。" if changed else "金额不变。")
    )


def _result(award: Award, day: dt.date) -> str:
    """增发, 减发; 待遇 where it stays as it is or is not known yet."""
    step = _step(award, day)
    return "待遇" if award.held_reason or step.after == step.before else step.verb


def _programme(award: Award) -> str:
    return pick(registry.programme(award.programme).name, ZH)


def _cycle(award: Award) -> str:
    return CYCLES[cycle_length(award.programme, timing.first_of(clock.today()))]


def _keep(by: By, party: Household | Person, kind: str, title: str, words: Words) -> Document:
    """The paper filled and kept with its family or person."""
    office = f"{areas.name(party.area_id[:9])}民政办公室"
    today = clock.today()
    usual = {
        "单位": office,
        "落款单位": office,
        "日期": today,
        "今日": today,
        "复议天数": str(letters.DAYS_TO_RECONSIDERATION),
        "起诉月数": str(letters.MONTHS_TO_COURT),
    }
    document = documents.keep(
        by=by,
        kind=f"awards.{kind}",
        title=f"{title} {party}",
        media_type=MEDIA_TYPE,
        content=fill(catalogue.form(kind), party.area_id, usual | dict(words)),
        subject=party,
        area=party.area_id,
    )
    detail = {"kind": kind, "id": document.pk}
    audit.record("awards.make_paper", by=by, subject=party, area=party.area_id, detail=detail)
    return document
