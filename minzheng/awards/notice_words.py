"""What the letters and papers of a family say alike: amounts, from what to what, whom; and keeping one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from minzheng.areas import queries as areas
from minzheng.awards import rows, timing
from minzheng.awards.models import Award
from minzheng.awards.queries.due import cycle_length
from minzheng.awards.reworking import amount_in
from minzheng.cases import letters
from minzheng.cases.papers.making import fill
from minzheng.core import audit, clock, documents
from minzheng.core.errors import pick
from minzheng.core.models import Document
from minzheng.core.money import format_yuan
from minzheng.core.word import MEDIA_TYPE
from minzheng.papers import catalogue
from minzheng.papers.values import money
from minzheng.people import queries as people
from minzheng.people.models import Household, Person, Relation
from minzheng.policy import registry

By = Any
Words = Mapping[str, Any]
ZH = "zh-Hans"
CYCLES = {1: "月", 3: "季度", 6: "半年", 12: "年"}


def relation(relation: str) -> str:
    """女 alone would also be a sex."""
    return "女儿" if relation == Relation.DAUGHTER else str(Relation(relation).label)


def benefit(old: Award, new: Award) -> dict[str, Any]:
    """What goes on: who pays until when, who from when, how much."""
    return {
        "项目": programme(old),
        "金额": money(now(new)),
        "周期": cycle_of(old),
        "末月": until(old),
        "起始月": letters.month_words(new.first_month),
        "领款人": new.payee.name if new.payee else "",
    }


def as_before(award: Award, on: dt.date) -> dict[str, Any]:
    """What goes on unchanged: of the month of this day, or of a benefit that has not begun its first."""
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    since = max(timing.first_of(on), known[0].first_month) if known else timing.first_of(on)
    return {"项目": programme(award), "金额": money(amount_in(known, since)), "周期": cycle_of(award)}


def lasting(award: Award) -> dict[str, Any]:
    """What is paid as things stand, and since when."""
    [*_, lasting] = rows.current_amounts([award.pk])[award.pk]
    since = letters.month_words(lasting.first_month)
    return benefit(award, award) | {"金额": money(lasting.amount), "起始月": since}


def last_head(household: Household) -> str:
    found = people.heads_on([household.pk]).get(household.pk)
    return found.name if found else household.number


def now(award: Award) -> int:
    known = rows.current_amounts([award.pk]).get(award.pk, [])
    return amount_in(known, max(award.first_month, timing.first_of(clock.today())))


def until(award: Award) -> str:
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


def from_to(award: Award, day: dt.date) -> str:
    cycle, step = cycle_of(award), _step(award, day)
    if award.held_reason:
        return f"原每{cycle}{format_yuan(step.before)}元。以后的金额还不能核定，核实后另行书面告知，期间缓发。"
    changed = step.after - step.before
    return (
        f"原每{cycle}{format_yuan(step.before)}元，自{letters.month_words(timing.shift(day, 1))}起保障{step.people}人，"
        f"每{cycle}{format_yuan(step.after)}元，"
        + (f"每{cycle}{step.verb}{format_yuan(abs(changed))}元。" if changed else "金额不变。")
    )


def result_of(award: Award, day: dt.date) -> str:
    """增发, 减发; 待遇 where it stays as it is or is not known yet."""
    step = _step(award, day)
    return "待遇" if award.held_reason or step.after == step.before else step.verb


def programme(award: Award) -> str:
    return pick(registry.programme(award.programme).name, ZH)


def cycle_of(award: Award) -> str:
    return CYCLES[cycle_length(award.programme, timing.first_of(clock.today()))]


def keep(by: By, party: Household | Person, kind: str, title: str, words: Words) -> Document:
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
