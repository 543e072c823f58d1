"""The form of the income statement: sections in a family's own words, each with as many rows as it needs.

A row left empty says nothing. Which kinds of income a section offers and what it asks for is layout; what counts, and
how much, is the law's (`policies/income`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minzheng.cases.income import told, working
from minzheng.core.errors import pick
from minzheng.people import vocabulary
from minzheng.people.models import Person
from minzheng.web.fact_forms import YES_NO, field_for
from minzheng.web.forms import Form, offer, style
from minzheng.web.languages import language

T = TypeVar("T")
MOST_ROWS = 40
MONTHS = "paid_months"


@dataclass(frozen=True)
class Section:
    """A part of the form: its kinds of income, what a row asks, how many empty rows it begins with."""

    code: str
    title: str | Promise
    kinds: tuple[str, ...]
    facts: tuple[str, ...]
    hint: str | Promise = ""
    rows: int = 1


SUMS = ("monthly_amount", MONTHS, "yearly_amount")
SECTIONS = (
    Section("daily", _("打零工（按天）"), ("wage_daily",), ("work_days", "day_wage", "yearly_costs")),
    Section("monthly", _("上班领工资（按月）"), ("wage_monthly",), ("monthly_amount", MONTHS, "monthly_costs")),
    Section(
        "farming",
        _("种地、养殖"),
        ("farming",),
        ("produce", "produce_quantity"),
        _("按当地公布的净收入表算，不用扣成本。"),
        2,
    ),
    Section("business", _("做生意、手艺、运输"), ("business",), ("yearly_amount", "yearly_costs")),
    Section(
        "property",
        _("房租、流转、利息"),
        ("rent", "land", "interest", "other_property"),
        SUMS,
        _("知道一年多少的填一年，知道每月多少的填每月和月数。"),
    ),
    Section(
        "transfers",
        _("养老金、赡养费和别人给的"),
        (
            *("pension", "basic_pension", "alimony", "unemployment", "survivors"),
            *("compensation", "donation", "other_transfer"),
        ),
        SUMS,
    ),
    Section(
        "left_out",
        _("优抚金、奖学金、救助款等"),
        (
            *("special_care", "family_planning", "scholarship", "good_samaritan"),
            *("social_assistance", "disability_subsidy", "child_rearing_subsidy"),
        ),
        SUMS,
        _("一般不计入收入，也请照实填，表里会写明不计入的依据。"),
    ),
    Section(
        "deductions",
        _("可以扣减的支出"),
        ("support_given", "illness_costs", "disability_costs", "taxes_insurance"),
        SUMS,
    ),
)


class RowForm(Form):
    """One line of a section."""

    def __init__(
        self,
        data: Any,
        section: Section,
        place: int,
        family: Sequence[Person],
        produce: list[str],
        earlier: told.Line | None = None,
    ) -> None:
        super().__init__(data, prefix=f"{section.code}{place}")
        self.section = section
        if len(section.kinds) > 1:
            words = vocabulary.load()["income_kind"]["values"]
            self.fields["kind"] = forms.ChoiceField(
                label=_("种类"), choices=[(kind, pick(words[kind], language())) for kind in section.kinds]
            )
        for name in section.facts:
            self.fields[name] = QuantityField() if name == "produce_quantity" else field_for(name)
            self.fields[name].required = False
        if "produce" in self.fields:
            offer(self, "produce", [("", "—"), *_named("produce", produce)])
        if MONTHS in self.fields:
            self.fields[MONTHS].initial = 12
        if section.code != "deductions" or len(family) > 1:
            self.fields["who"] = forms.ChoiceField(
                label=_("谁的"), choices=[(str(person.pk), person.name) for person in family]
            )
        self.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=100)
        if earlier is not None:
            own = {"kind": earlier.kind, "who": str(earlier.who), "note": earlier.note}
            remember(self, {**own, **earlier.facts})
        style(self)  # the fields came after the form was made

    @property
    def said(self) -> bool:
        """Whether anything was typed into this row."""
        asked = [name for name in self.section.facts if name != MONTHS]
        return any(self[name].value() not in (None, "") for name in asked)

    def line(self) -> told.Line | None:
        """What was said; nothing of a row left empty."""
        values = self.cleaned_data
        facts = {name: _stored(values[name]) for name in self.section.facts if values.get(name) not in (None, "")}
        if not facts.keys() - {MONTHS}:
            return None
        if "monthly_amount" not in facts:
            facts.pop(MONTHS, None)
        who = values.get("who")
        return told.Line(
            values.get("kind") or self.section.kinds[0], facts, int(who) if who else None, values.get("note", "")
        )


class QuantityField(forms.DecimalField):
    """Mu or heads."""

    def __init__(self) -> None:
        super().__init__(
            label=_("亩数或头数"), min_value=Decimal(0), max_value=Decimal(10000), decimal_places=2, max_digits=7
        )


class WorkerForm(Form):
    """Somebody who might work: what the area's coefficients ask, or what it really is, with the reason."""

    def __init__(self, data: Any, person: Person, earlier: told.Worker | None = None) -> None:
        super().__init__(data, prefix=f"w{person.pk}")
        self.person = person
        for name in ("labour_health", "caring_duty", "studying", "stated_labour_income"):
            self.fields[name] = field_for(name)
            self.fields[name].required = name == "labour_health"  # not said is not healthy
        self.fields["reason"] = forms.CharField(label=_("改按实际的理由"), required=False, max_length=200)
        if earlier is not None:
            remember(self, {**earlier.facts, "reason": earlier.reason})
        style(self)  # the fields came after the form was made

    def worker(self) -> told.Worker:
        """What was said of them."""
        values = self.cleaned_data
        facts: dict[str, Any] = {
            name: value == "yes" for name in ("caring_duty", "studying") if (value := values.get(name))
        }
        facts |= {
            name: values[name] for name in ("labour_health", "stated_labour_income") if values[name] not in (None, "")
        }
        return told.Worker(self.person.pk, facts, values["reason"])


class SupporterForm(Form):
    """A relative who lives apart, and their own family."""

    FACTS = ("supporter_income", "supporter_people", "supported_people", "support_paid", "supporter_in_need")

    def __init__(self, data: Any, place: int, consent: bool, earlier: told.Supporter | None = None) -> None:
        super().__init__(data, prefix=f"supporters{place}")
        self.fields["name"] = forms.CharField(label=_("姓名"), required=False, max_length=60)
        self.fields["relation"] = forms.CharField(label=_("与申请人的关系"), required=False, max_length=20)
        self.names = (*self.FACTS, "supporter_consent") if consent else self.FACTS
        for name in self.names:
            self.fields[name] = field_for(name)
            self.fields[name].required = False
        if earlier is not None:
            remember(self, {**earlier.facts, "name": earlier.name, "relation": earlier.relation})
        style(self)  # the fields came after the form was made

    def supporter(self) -> told.Supporter | None:
        """What was said; nothing of a row left empty."""
        values = self.cleaned_data
        facts = {name: _stored(values[name]) for name in self.names if values.get(name) not in (None, "")}
        if not facts and not values["name"]:
            return None
        return told.Supporter(values["name"] or "—", values["relation"], facts)


@dataclass
class IncomeForm:
    """The whole form, for a family at a place on a day."""

    data: Any
    family: list[Person]
    place: working.Place
    on: dt.date
    more: str = ""
    """A section that gets another row."""
    earlier: told.Told | None = None
    """What was said the last time: filled in already, to be gone through."""
    rows: dict[str, list[RowForm]] = field(init=False)
    workers: list[WorkerForm] = field(init=False)
    supporters: list[SupporterForm] = field(init=False)
    consent: bool = field(init=False)
    """Whether relatives living apart are looked into only where they agree."""

    def __post_init__(self) -> None:
        produce = working.produce_known(self.place, self.on)
        before = (self.earlier if self.data is None else None) or told.Told()
        self.rows = {
            section.code: self._rows(section, produce, [line for line in before.lines if line.kind in section.kinds])
            for section in SECTIONS
            if section.code != "farming" or produce
        }
        self.workers = self._workers({one.person: one for one in before.workers})
        self.consent = working.needs_consent(self.on)
        self.supporters = self._supporters(before.supporters)

    def _rows(self, section: Section, produce: list[str], before: Sequence[told.Line]) -> list[RowForm]:
        count = self._count(section.code, max(section.rows, len(before)))
        return [RowForm(self.data, section, place, self.family, produce, _at(before, place)) for place in range(count)]

    def _workers(self, before: Mapping[int, told.Worker]) -> list[WorkerForm]:
        if not working.imputes(self.place, self.on):
            return []
        able = [one for one in self.family if working.may_work(one, self.place, self.on)]
        return [WorkerForm(self.data, one, before.get(one.pk)) for one in able]

    def _supporters(self, before: Sequence[told.Supporter]) -> list[SupporterForm]:
        if not working.asks_for_support(self.place, self.on):
            return []
        count = self._count("supporters", max(1, len(before)))
        return [SupporterForm(self.data, place, self.consent, _at(before, place)) for place in range(count)]

    def _count(self, code: str, least: int) -> int:
        """How many rows there were, and one more where it was asked for."""
        sent = str((self.data or {}).get(f"rows-{code}", ""))
        count = int(sent) if sent.isdecimal() and len(sent) < 4 else least
        return min(max(count + (self.more == code), least), MOST_ROWS)

    @property
    def sections(self) -> list[tuple[Section, list[RowForm]]]:
        """Those that are asked here, with their rows."""
        return [(section, self.rows[section.code]) for section in SECTIONS if section.code in self.rows]

    @property
    def forms(self) -> list[Form]:
        return [*(row for rows in self.rows.values() for row in rows), *self.workers, *self.supporters]

    def is_valid(self) -> bool:
        return not [one for one in self.forms if not one.is_valid()]  # each of them says what is wrong with it

    def told(self) -> told.Told:
        """All that was said."""
        return told.Told(
            tuple(line for rows in self.rows.values() for row in rows if (line := row.line()) is not None),
            tuple(one.worker() for one in self.workers),
            tuple(said for one in self.supporters if (said := one.supporter()) is not None),
        )


def remember(form: Form, known: Mapping[str, Any]) -> None:
    """Fill in what is known, in the fields that there are."""
    for name, value in known.items():
        if name in form.fields:
            form.fields[name].initial = ("yes" if value else "no") if isinstance(value, bool) else value


def _at(rows: Sequence[T], place: int) -> T | None:
    return rows[place] if place < len(rows) else None


def _named(fact: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    words = vocabulary.load()[fact]["values"]
    return [(code, pick(words[code], language())) for code in codes]


def _stored(value: Any) -> Any:
    """A cleaned value as the vocabulary stores it."""
    if value in dict(YES_NO):
        return value == "yes"
    return str(value.normalize().__format__("f")) if isinstance(value, Decimal) else value
