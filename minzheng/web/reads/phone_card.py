"""What the telephone card shows: who is calling, and for each benefit and each case a sentence to read out."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from minzheng.awards.queries import Benefit, benefits
from minzheng.cases.outlines import Outline, outlines
from minzheng.core.errors import Text, pick
from minzheng.payments.fates import Fate, fates
from minzheng.people import queries as people
from minzheng.people.models import Household, Identifier, Membership, Person
from minzheng.web import names
from minzheng.web.languages import language, listed
from minzheng.web.reads import household_file
from minzheng.web.templatetags.mz import yuan


@dataclass(frozen=True)
class Caller:
    """One person of the card; numbers are masked."""

    person: Person
    membership: Membership | None
    age: int
    numbers: list[Identifier]
    asked: bool
    """Whether the card was opened for this person."""


@dataclass(frozen=True)
class BenefitLine:
    """A benefit with its payments and what to say."""

    benefit: Benefit
    programme: str
    who: str
    cycle: str
    fates: list[Fate]
    say: str

    @property
    def trouble(self) -> bool:
        return bool(self.benefit.held) or any(fate.trouble for fate in self.fates)


@dataclass(frozen=True)
class CaseLine:
    """A case with what to say."""

    outline: Outline
    programme: str
    say: str


@dataclass(frozen=True)
class Card:
    """The whole card. `totals`: what runs now, by pay cycle."""

    household: Household | None
    callers: list[Caller]
    benefits: list[BenefitLine]
    cases: list[CaseLine]
    totals: list[tuple[str, int]]

    @property
    def title(self) -> str:
        asked = next((caller for caller in self.callers if caller.asked), None)
        return (asked or self.callers[0]).person.name if self.callers else str(self.household or "")


def card(today: dt.date, *, household: Household | None = None, person: Person | None = None) -> Card:
    """The card of a household, or of a person with the household they live in. The number of queries does not depend on
    how many benefits, payments and cases there are."""
    household = household or (people.family_of(person, today) if person else None)
    rows = list(people.members(household, today)) if household else []
    rows.sort(key=lambda row: row.relation != "head")
    persons = [row.person for row in rows]
    if person and person.pk not in {one.pk for one in persons}:
        persons.insert(0, person)
    ids = [one.pk for one in persons]
    numbers = household_file.identifiers(ids)
    belongs = {row.person_id: row for row in rows}
    callers = [
        Caller(
            one,
            belongs.get(one.pk),
            people.age(one, min(today, one.died_on or today)),
            [number for number in numbers.get(one.pk, []) if number.kind in ("id_number", "phone")],
            asked=person is not None and one.pk == person.pk,
        )
        for one in persons
    ]
    found = benefits(household, ids, today)
    known = fates([line.award.pk for line in found])
    by_id = {one.pk: one.name for one in persons}
    lines = [_benefit(line, known[line.award.pk], by_id) for line in found if _asked_about(line, known[line.award.pk])]
    # What was granted is said by the benefit itself.
    cases = [_case(outline) for outline in outlines(household, ids, today) if outline.case.outcome != "grant"]
    return Card(household, callers, lines, cases, _totals(lines))


def _asked_about(line: Benefit, known: list[Fate]) -> bool:
    """What is over and paid long ago is not: it has neither money under way nor a payment."""
    return line.running or bool(known)


def _benefit(line: Benefit, known: list[Fate], by_id: dict[int, str]) -> BenefitLine:
    award = line.award
    programme = names.programme_name(award.programme)
    cycle = "once" if line.once else names.pay_cycle(award.programme, award.first_month)
    covered = listed(by_id[pk] for pk in line.covered if pk in by_id)
    who = award.person.name if award.person else covered or _("全户")
    said = [_amount_said(line, programme, cycle, who)]
    said += [_fate_said(one) for one in known]
    if line.held and not any(one.trouble for one in known):
        said.append(_("以后的款项暂缓发放：%(why)s。") % {"why": _listed(line.held)})
    if not known and line.running:
        said.append(_("还没有发放过。"))
    return BenefitLine(line, programme, who, names.cycle_name(cycle), known, _sentences(said))


def _amount_said(line: Benefit, programme: str, cycle: str, who: str) -> str:
    values = {
        "who": who,
        "programme": programme,
        "cycle": names.cycle_name(cycle),
        "amount": yuan(line.amount),
        "month": f"{line.award.last_month:%Y-%m}" if line.award.last_month else "",
        "reason": names.reason_name(line.award.end_reason),
    }
    if line.once:
        return _("%(who)s的%(programme)s是一次性的，共 %(amount)s 元。") % values
    if not line.running:
        return _("%(who)s的%(programme)s发到 %(month)s 为止（%(reason)s）。") % values
    return _("%(who)s的%(programme)s%(cycle)s %(amount)s 元。") % values


def _fate_said(one: Fate) -> str:
    """The payment, why it failed and what to do, as one would say it."""
    values = {
        "month": f"{one.payment.benefit_month:%Y-%m}",
        "amount": yuan(one.payment.amount),
        "state": pick(one.state, language()),
        "day": f"{one.on:%Y-%m-%d}" if one.on else "",
        "why": pick(one.why, language()) if one.why else "",
        "to_do": pick(one.to_do, language()) if one.to_do else "",
    }
    paid = (
        _("%(month)s 的 %(amount)s 元于 %(day)s %(state)s。") if one.on else _("%(month)s 的 %(amount)s 元%(state)s。")
    )
    said = [paid % values]
    if values["why"]:
        said.append(_("原因：%(why)s。") % values)
    if values["to_do"]:
        said.append(_("怎么办：%(to_do)s。") % values)
    return _sentences(said)


def _case(outline: Outline) -> CaseLine:
    programme = names.programme_name(outline.case.programme)
    values = {
        "programme": programme,
        "name": pick(outline.name, language()),
        "stage": pick(outline.stage, language()),
        "next": pick(outline.next, language()) if outline.next else "",
        "opened": f"{outline.case.opened_on:%Y-%m-%d}",
        "closed": f"{outline.case.closed_on:%Y-%m-%d}" if outline.case.closed_on else "",
        "due": f"{outline.due.on:%Y-%m-%d}" if outline.due else "",
        "missing": _listed(outline.missing),
    }
    if not outline.open:
        return CaseLine(outline, programme, _("%(name)s已于 %(closed)s 办结：%(stage)s。") % values)
    said = [_("%(opened)s 提出的%(name)s现在是“%(stage)s”。") % values]
    if values["next"]:
        said.append((_("接下来：%(next)s，%(due)s 前办。") if values["due"] else _("接下来：%(next)s。")) % values)
    if values["missing"]:
        said.append(_("还缺：%(missing)s，请带来或交给村里。") % values)
    return CaseLine(outline, programme, _sentences(said))


def _sentences(said: list[str]) -> str:
    """Sentences after one another; English puts a space between them."""
    return (" " if language() == "en" else "").join(said)


def _listed(texts: tuple[Text, ...]) -> str:
    return listed(pick(text, language()) for text in texts)


def _totals(lines: list[BenefitLine]) -> list[tuple[str, int]]:
    """What runs now by pay cycle, payments made once left out."""
    totals: dict[str, int] = {}
    for line in lines:
        if line.benefit.running and not line.benefit.once:
            totals[line.cycle] = totals.get(line.cycle, 0) + line.benefit.amount
    return list(totals.items())
