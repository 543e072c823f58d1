"""Letters and papers of what happened to a family, besides the letters of decisions (`cases.papers`): each is kept with
the family's file, so that what was handed out stays as it was."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minzheng.areas import queries as areas
from minzheng.awards import rows, terms, timing
from minzheng.awards.models import Award
from minzheng.awards.queries.due import cycle_length
from minzheng.awards.reworking import amount_in
from minzheng.cases import letters
from minzheng.cases.models import Decision
from minzheng.core import audit, clock, documents
from minzheng.core.errors import pick
from minzheng.core.idnumber import INVENTED
from minzheng.core.models import Document
from minzheng.core.money import format_yuan
from minzheng.core.paper import Sheet, written_day
from minzheng.people import queries as people
from minzheng.people.models import Household, Person, Relation
from minzheng.policy import registry

By = Any
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZH = "zh-Hans"
CYCLES = {1: "月", 3: "季度", 6: "半年", 12: "年"}


def survivors(*, by: By, award: Award, died: Person) -> Document:
    """To the survivors after the head's verified death: the new file, who is paid, from what to what, and why."""
    household = award.household
    assert household is not None and died.died_on is not None
    title = f"{_programme(award)}户主变更及{_titled(award, died.died_on)}告知书"
    sheet = _sheet(household)
    sheet.title(title)
    sheet.number(f"{household.number}-{award.pk}")
    head = people.head(household, clock.today())
    sheet.text(f"{head.name if head else household.number}：", indent=False)
    link = people.files_before(household)[0]
    sheet.text(
        f"户主{died.name}于{written_day(died.died_on)}去世，已经核实。原档{link.before_number}注销，由新档{household.number}接续，"
        f"户主为{head.name if head else ''}，领款人为{award.payee.name if award.payee else ''}。"
    )
    sheet.text(_from_to(award, died.died_on))
    sheet.text("去世以后缓发的款项随下一批次补发。家庭人口、收入、财产还有变化的，请及时告知，将重新核算。")
    sheet.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    sheet.signature(clock.today())
    sheet.receipt()
    return _keep(by, sheet, household, "survivors", title)


def changed_over(*, by: By, award: Award, decision: Decision, persons: Sequence[int], first: dt.date) -> Document:
    """To those whose benefit another takes the place of: until when it is paid, from when the other, and what the
    family's goes on with."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    old, new = _programme(award), pick(registry.programme(decision.programme).name, ZH)
    title = f"{old}转为{new}告知书"
    sheet = _sheet(party)
    sheet.title(title)
    sheet.number(f"{decision.number}-{award.pk}")
    names = "、".join(Person.objects.filter(pk__in=persons).order_by("pk").values_list("name", flat=True))
    sheet.text(f"{names}：", indent=False)
    last, since = letters.month_words(timing.shift(first, -1)), letters.month_words(first)
    sheet.text(
        f"经确认，{names}自{since}起享受{new}（决定{decision.number}）。原享受的{old}发至{last}，自{since}起停发，不重复享受。"
    )
    if award.last_month is None:
        sheet.text("其他家庭成员的待遇：" + _from_to(award, timing.shift(first, -1)))
    sheet.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    sheet.signature(decision.decided_on, decision.decided_by.office.name)
    sheet.receipt()
    return _keep(by, sheet, party, "changed_over", title)


def handed_over(
    *, by: By, before: Household, after: Household, pairs: Sequence[tuple[Award, Award]], on: dt.date
) -> list[Document]:
    """迁移交接单, one for each office: who moved, what they receive, who pays which months, what papers went along."""
    title = "社会救助对象迁移交接单"
    made = []
    for keeper in (before, after):
        sheet = _sheet(keeper)
        sheet.title(title)
        sheet.number(f"{before.number}→{after.number}")
        sheet.table(
            [
                ["移交单位", areas.name(before.area_id[:9]), "接收单位", areas.name(after.area_id[:9])],
                ["原住村（居）", areas.name(before.area_id), "现住村（居）", areas.name(after.area_id)],
                ["原档案号", before.number, "新档案号", after.number],
                ["迁移日期", written_day(on), "移交日期", written_day(clock.today())],
            ],
            widths=(28, 50, 28, 50),
        )
        _family(sheet, after)
        sheet.heading("待遇")
        lines = [
            [
                _programme(old),
                f"每{_cycle(old)}{_now(new)}元",
                _until(old),
                _since(new),
                new.payee.name if new.payee else "",
            ]
            for old, new in pairs
        ]
        head = ["项目", "金额", "移交方发至", "接收方自", "领款人"]
        sheet.table([head, *(lines or [["无", "", "", "", ""]])], head=True, widths=(36, 36, 30, 30, 24))
        copied = Document.objects.filter(subject_type="people.household", subject_id=after.pk).order_by("pk")
        sheet.heading("随档移交的材料")
        for place, one in enumerate(copied.values_list("title", flat=True), 1):
            sheet.text(f"{place}．{one}")
        if not copied:
            sheet.text("无电子材料；纸质档案随本单移交。")
        sheet.text("上列待遇衔接发放，不断月、不重月。迁移月份及以前的欠发由移交方补发。")
        sheet.table([["移交人签字", "", "接收人签字", ""]])
        sheet.signature(clock.today())
        made.append(_keep(by, sheet, keeper, "handed_over", title))
    return made


def moved_out(*, by: By, household: Household, awards: Sequence[Award], to: str, on: dt.date) -> list[Document]:
    """To a family that left the county: until when it is paid, and what to do at its new place; and the paper that it
    takes along."""
    head = _last_head(household)
    letter = _sheet(household)
    letter.title("迁出停发告知书")
    letter.number(f"{household.number}-QC")
    letter.text(f"{head}：", indent=False)
    letter.text(f"您家于{written_day(on)}迁往{to}，不再属于本县保障范围。")
    for award in awards:
        letter.text(f"{_programme(award)}发至{_until(award)}，以后停发。")
    letter.text("请持《社会救助对象迁移交接单》到新住地乡镇（街道）提出申请。以前月份没有发到的，仍由本办公室补发。")
    letter.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    letter.signature(clock.today())
    letter.receipt()
    paper = _sheet(household)
    paper.title("社会救助对象迁移交接单")
    paper.number(f"{household.number}-QC")
    paper.table(
        [
            ["原住地", areas.name(household.area_id), "迁往", to],
            ["档案号", household.number, "迁出日期", written_day(on)],
        ]
    )
    _family(paper, household, on - dt.timedelta(days=1))
    paper.heading("在本县享受的待遇")
    for award in awards:
        paper.text(f"{_programme(award)}，自{letters.month_words(award.first_month)}起，发至{_until(award)}。")
    paper.signature(clock.today())
    return [
        _keep(by, letter, household, "moved_out", "迁出停发告知书"),
        _keep(by, paper, household, "moved_out_paper", "社会救助对象迁移交接单"),
    ]


def _family(sheet: Sheet, household: Household, on: dt.date | None = None) -> None:
    day = on or clock.today()
    sheet.heading("家庭成员")
    rows_ = [
        [row.person.name, _relation(row.relation), f"{people.age(row.person, day)}岁"]
        for row in people.members(household, day)
    ]
    sheet.table([["姓名", "与户主关系", "年龄"], *rows_], head=True)


def _relation(relation: str) -> str:
    """女 alone would also be a sex."""
    return "女儿" if relation == Relation.DAUGHTER else str(Relation(relation).label)


def _last_head(household: Household) -> str:
    found = people.heads_on([household.pk]).get(household.pk)
    return found.name if found else household.number


def _now(award: Award) -> str:
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    return format_yuan(amount_in(known, max(award.first_month, timing.first_of(clock.today()))))


def _until(award: Award) -> str:
    return letters.month_words(award.last_month) if award.last_month else ""


def _since(award: Award) -> str:
    return letters.month_words(award.first_month)


def joined(*, by: By, award: Award, on: dt.date, why: str) -> Document:
    """To a family that was merged with another, or that some have left: from what to what."""
    household = award.household
    assert household is not None
    title = f"{_programme(award)}{why}后{_titled(award, on)}告知书"
    sheet = _sheet(household)
    sheet.title(title)
    sheet.number(f"{household.number}-{award.pk}")
    sheet.text(f"{_last_head(household)}：", indent=False)
    sheet.text(f"您家于{written_day(on)}{why}，家庭人口、收入已重新登记。" + _from_to(award, on))
    sheet.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    sheet.signature(clock.today())
    sheet.receipt()
    return _keep(by, sheet, household, "joined", title)


def split_off(*, by: By, household: Household, old: Award, new: Award | None, on: dt.date) -> Document:
    """To a family that has set up a household of its own: what it receives from now on, or that it does not."""
    title = f"{_programme(old)}分户告知书"
    sheet = _sheet(household)
    sheet.title(title)
    sheet.number(f"{household.number}-{old.pk}")
    sheet.text(f"{_last_head(household)}：", indent=False)
    sheet.text(f"您家于{written_day(on)}从{old.household or ''}分户，新档{household.number}。")
    since = letters.month_words(timing.shift(on, 1))
    if new is None:
        sheet.text(f"按分户以后的人口、收入核算，不再符合条件，自{since}起不再保障。情况有变化的，可以重新申请。")
    else:
        sheet.text(f"自{since}起，每{_cycle(new)}{_now(new)}元，领款人{new.payee or ''}。")
    sheet.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    sheet.signature(clock.today())
    sheet.receipt()
    return _keep(by, sheet, household, "split_off", title)


def claimed(
    *, by: By, award: Award, number: str, lines: Sequence[tuple[dt.date, int, int]], amount: int, reason: str
) -> Document:
    """追回告知书: the months, what was paid and what is owed, how much is to come back and why."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    title = f"{_programme(award)}多发款项追回告知书"
    sheet = _sheet(party)
    sheet.title(title)
    sheet.number(number)
    sheet.text(f"{_last_head(award.household) if award.household else award.person}：", indent=False)
    sheet.text(f"经核实，您领取的{_programme(award)}有多发，共{format_yuan(amount)}元，应予退回。原因：{reason}。")
    table = [[letters.month_words(month), *map(format_yuan, (paid, owed, paid - owed))] for month, paid, owed in lines]
    sheet.table([["月份", "已发（元）", "应发（元）", "多发（元）"], *table], head=True)
    sheet.text("请与本办公室联系退回方式；一次退回有困难的，可以商定分次退回。不从您今后的待遇中直接扣减。")
    sheet.text(letters.remedies(letters.DAYS_TO_RECONSIDERATION, letters.MONTHS_TO_COURT))
    sheet.signature(clock.today())
    sheet.receipt()
    return _keep(by, sheet, party, "claimed", title)


def referral(*, by: By, household: Household, guardian: Person, note: str) -> Document:
    """转介单: to the children's line, of a family of which only minors are left."""
    today = clock.today()
    title = "未成年人转介单"
    sheet = _sheet(household)
    sheet.title(title)
    sheet.number(f"{household.number}-ZJ")
    sheet.text("儿童福利（未成年人救助保护）工作人员：", indent=False)
    sheet.text(
        "以下家庭的成年成员均已去世（已经核实），只有未成年人，现予转介，请按规定评估是否符合孤儿、事实无人抚养儿童保障条件。"
    )
    family = people.members(household, today)
    lines = [
        [
            row.person.name,
            row.person.get_sex_display(),
            f"{people.age(row.person, today)}岁",
            written_day(row.person.birth_date),
        ]
        for row in family
    ]
    sheet.table([["姓名", "性别", "年龄", "出生日期"], *lines], head=True)
    sheet.heading("现享受的待遇（不因转介停发）")
    for award in Award.objects.filter(terms.going_on(today), household=household).order_by("pk"):
        [*_, lasting] = rows.current_amounts([award.pk])[award.pk]
        since = letters.month_words(lasting.first_month)
        sheet.text(
            f"{_programme(award)}，自{since}起每{_cycle(award)}{format_yuan(lasting.amount)}元，由{guardian.name}代领。"
        )
    sheet.heading("监护和照料情况")
    sheet.text(f"监护人：{guardian.name}。{note}")
    sheet.text("请在收到后评估，并将结果反馈本办公室。符合条件的，待遇按规定衔接，不重不漏。")
    sheet.signature(today)
    sheet.heading("反馈")
    sheet.table([["评估结果", "", "经办人", ""], ["纳入保障项目", "", "日期", ""]])
    return _keep(by, sheet, household, "referral", title)


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


def _titled(award: Award, day: dt.date) -> str:
    step = _step(award, day)
    return "待遇" if award.held_reason or step.after == step.before else step.verb


def _programme(award: Award) -> str:
    return pick(registry.programme(award.programme).name, ZH)


def _cycle(award: Award) -> str:
    return CYCLES[cycle_length(award.programme, timing.first_of(clock.today()))]


def _sheet(party: Household | Person) -> Sheet:
    town = party.area_id[:9]
    return Sheet(f"{areas.name(town)}民政办公室", invented=party.area_id.startswith(INVENTED))


def _keep(by: By, sheet: Sheet, party: Household | Person, kind: str, title: str) -> Document:
    buffer = io.BytesIO()
    sheet.word.save(buffer)
    document = documents.keep(
        by=by,
        kind=f"awards.{kind}",
        title=f"{title} {party}",
        media_type=WORD,
        content=buffer.getvalue(),
        subject=party,
        area=party.area_id,
    )
    detail = {"kind": kind, "id": document.pk}
    audit.record("awards.make_paper", by=by, subject=party, area=party.area_id, detail=detail)
    return document
