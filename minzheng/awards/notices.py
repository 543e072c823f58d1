"""Letters and papers of what happened to a family, besides the letters of decisions (`cases.papers`): each is filled
from the office's template (`papers.yaml`) and kept with the family's file: what was handed out stays as it was."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from minzheng.awards import rows, timing
from minzheng.awards.models import Award
from minzheng.awards.notice_words import (
    By,
    as_before,
    cycle_of,
    from_to,
    keep,
    last_head,
    now,
    programme,
    result_of,
    until,
)
from minzheng.awards.reworking import amount_in
from minzheng.cases import letters
from minzheng.cases.models import Decision
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.core.models import Document
from minzheng.papers.values import money
from minzheng.people import queries as people
from minzheng.people.models import Household, Person
from minzheng.policy import registry

ZH = "zh-Hans"


def survivors(*, by: By, award: Award, died: Person) -> Document:
    """To the survivors after the head's verified death: the new file, who is paid, from what to what, and why."""
    household = award.household
    assert household is not None and died.died_on is not None
    head = people.head(household, clock.today())
    result = result_of(award, died.died_on)
    words = {
        "编号": f"{household.number}-{award.pk}",
        "收件人": head.name if head else household.number,
        "项目": programme(award),
        "变化结果": result,
        "金额说明": from_to(award, died.died_on),
        "变化日期": died.died_on,
        "去世人": died.name,
        "户主": head.name if head else "",
        "领款人": award.payee.name if award.payee else "",
        "原档号": people.files_before(household)[0].before_number,
        "新档号": household.number,
    }
    return keep(by, household, "survivors", f"{programme(award)}户主变更及{result}告知书", words)


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
        "继续待遇": [as_before(award, on) for award in awards],
    }
    return keep(by, household, "head_changed", "变更户主告知书", words)


def grace_ended(*, by: By, award: Award, died: Person, last: dt.date, who: str) -> Document:
    """To the survivors of a family whose grace period a death has ended: until when it was paid, and that they may
    apply anew."""
    household = award.household
    assert household is not None and died.died_on is not None
    words = {
        "编号": f"{household.number}-{award.pk}-JT",
        "收件人": who or household.number,
        "项目": programme(award),
        "去世人": died.name,
        "变化日期": died.died_on,
        "末月": letters.month_words(last),
        "起始月": letters.month_words(timing.shift(last, 1)),
    }
    return keep(by, household, "grace_ended", f"{programme(award)}渐退期结束告知书", words)


def changed_over(*, by: By, award: Award, decision: Decision, persons: Sequence[int], first: dt.date) -> Document:
    """To those whose benefit another takes the place of: until when it is paid, from when the other, and what the
    family's goes on with."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    old, new = programme(award), pick(registry.programme(decision.programme).name, ZH)
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
        "金额说明": from_to(award, timing.shift(first, -1)) if award.last_month is None else "",
    }
    return keep(by, party, "changed_over", f"{old}转为{new}告知书", words)


def restored(*, by: By, award: Award, decision: Decision, anew: bool, on: str) -> Document:
    """To those whose stop or reduction was annulled: from when what is owed again, what comes of the months between."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    first = max(decision.first_month, award.first_month)
    words = {
        "落款单位": by.office.name if by.office else "",
        "编号": f"{decision.number}-HF",
        "收件人": last_head(award.household) if award.household else str(award.person),
        "项目": programme(award),
        "决定编号": decision.number,
        "变化日期": dt.date.fromisoformat(on),
        "起始月": letters.month_words(first),
        "周期": cycle_of(award),
        "金额": money(amount_in(rows.current_amounts([award.pk]).get(award.pk, []), first)),
        "末月": until(award),
        "重新决定": anew,
        "缓发": bool(award.held_reason),
    }
    return keep(by, party, "restored", f"{programme(award)}恢复待遇告知书", words)


def joined(*, by: By, award: Award, on: dt.date, why: str) -> Document:
    """To a family that was merged with another, or that some have left: from what to what."""
    household = award.household
    assert household is not None
    result = result_of(award, on)
    words = {
        "编号": f"{household.number}-{award.pk}",
        "收件人": last_head(household),
        "项目": programme(award),
        "变化": why,
        "变化日期": on,
        "变化结果": result,
        "金额说明": from_to(award, on),
    }
    return keep(by, household, "joined", f"{programme(award)}{why}后{result}告知书", words)


def split_off(*, by: By, household: Household, old: Award, new: Award | None, on: dt.date) -> Document:
    """To a family that has set up a household of its own: what it receives from now on, or that it does not."""
    words: dict[str, Any] = {
        "编号": f"{household.number}-{old.pk}",
        "收件人": last_head(household),
        "项目": programme(old),
        "变化日期": on,
        "原户": str(old.household or ""),
        "新档号": household.number,
        "起始月": letters.month_words(timing.shift(on, 1)),
        "继续保障": new is not None,
    }
    if new is not None:
        words |= {"周期": cycle_of(new), "金额": money(now(new)), "领款人": str(new.payee or "")}
    return keep(by, household, "split_off", f"{programme(old)}分户告知书", words)


def claimed(
    *,
    by: By,
    award: Award,
    number: str,
    lines: Sequence[tuple[dt.date, int, int]],
    amount: int,
    reason: str,
    may_set_off: bool,
) -> Document:
    """追回告知书: the months, what was paid and what is owed, how much is to come back and why; with a consent to sign
    where later payments may be set off against it."""
    party: Household | Person | None = award.household or award.person
    assert party is not None
    words = {
        "编号": number,
        "收件人": last_head(award.household) if award.household else str(award.person),
        "项目": programme(award),
        "追回金额": money(amount),
        "追回原因": reason,
        "可以抵扣": may_set_off,
        "多发月份": [
            {"月份": letters.month_words(month), "已发": money(paid), "应发": money(owed), "多发": money(paid - owed)}
            for month, paid, owed in lines
        ],
    }
    return keep(by, party, "claimed", f"{programme(award)}多发款项追回告知书", words)
