"""What a household's file shows, read through the stages' queries and records."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.queries import covered_on, held_reasons
from minzheng.cases.models import Case, CaseStep, Decision, Paper, Visit
from minzheng.core import clock
from minzheng.core.errors import Text
from minzheng.core.models import Document, Event
from minzheng.payments.models import Payment
from minzheng.people import queries as people
from minzheng.people.models import Household, Identifier, Membership, Person
from minzheng.web import names
from minzheng.web.links import page_of

STALE_DAYS = 366
"""Facts older than the yearly review are shown grey."""


@dataclass
class File:
    """A household and everybody who belongs or belonged to it."""

    household: Household
    today: dt.date
    current: list[Membership]
    former: list[Membership]

    @property
    def head(self) -> Person | None:
        for membership in [*self.current, *self.former]:
            if membership.relation == "head":
                return membership.person
        return None

    @property
    def person_ids(self) -> list[int]:
        return [membership.person_id for membership in [*self.current, *self.former]]

    @property
    def current_ids(self) -> list[int]:
        return [membership.person_id for membership in self.current]


def household_file(household: Household, today: dt.date) -> File:
    """The file of a household as it stands today."""
    rows = list(
        Membership.objects.filter(household=household, superseded_at=None)
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    current = [row for row in rows if row.valid_from <= today and (row.valid_to is None or row.valid_to > today)]
    # The head stands first, then in the order they came.
    current.sort(key=lambda row: (row.relation != "head", row.valid_from, row.pk))
    return File(household, today, current, [row for row in rows if row not in current])


def identifiers(person_ids: Iterable[int]) -> dict[int, list[Identifier]]:
    """The numbers in force of these people."""
    found: dict[int, list[Identifier]] = {}
    for row in Identifier.objects.filter(person__in=list(person_ids), valid_to=None).order_by("kind", "pk"):
        found.setdefault(row.person_id, []).append(row)
    return found


@dataclass
class AwardLine:
    """An award with whom it covers, its amounts and its latest payments."""

    award: Award
    who: str
    amounts: list[AwardAmount]
    covered: list[str]
    payments: list[Payment] = field(default_factory=list)
    cycle: str = "month"

    @property
    def held(self) -> list[Text]:
        """Why it is held, in words."""
        return held_reasons(self.award) if self.award.held_reason else []

    @property
    def can_change(self) -> bool:
        """Whether the programme's procedure knows changes."""
        return names.knows_changes(self.award.programme)

    @property
    def programme(self) -> str:
        return names.programme_name(self.award.programme)

    def amount_on(self, month: dt.date) -> int | None:
        """Fen for one pay cycle in this month; None where the award is not in force."""
        if self.award.first_month > month or (self.award.last_month and self.award.last_month < month):
            return None
        for amount in self.amounts:
            if amount.first_month <= month and (amount.last_month is None or month <= amount.last_month):
                return amount.amount
        return None


def award_lines(awards: QuerySet[Award], payments_each: int = 24) -> list[AwardLine]:
    """Awards with their amounts, members and payments, in a fixed number of queries."""
    rows = list(
        awards.select_related("person", "household", "payee", "decision").order_by(
            F("last_month").desc(nulls_first=True), "-first_month", "pk"
        )
    )
    ids = [award.pk for award in rows]
    amounts: dict[int, list[AwardAmount]] = {}
    for amount in AwardAmount.objects.filter(award__in=ids, superseded_at=None).order_by("-first_month", "-pk"):
        amounts.setdefault(amount.award_id, []).append(amount)
    covered: dict[int, list[str]] = {}
    members = AwardMember.objects.filter(covered_on(clock.today()), award__in=ids, superseded_at=None).select_related(
        "person"
    )
    for member in members.order_by("pk"):
        covered.setdefault(member.award_id, []).append(member.person.name)
    payments: dict[int, list[Payment]] = {}
    for payment in (
        Payment.objects.filter(award__in=ids).select_related("run", "payee").order_by("-benefit_month", "-pk")
    ):
        payments.setdefault(payment.award_id, []).append(payment)
    return [
        AwardLine(
            award,
            award.person.name if award.person else _("全户"),
            amounts.get(award.pk, []),
            covered.get(award.pk, []),
            payments.get(award.pk, [])[:payments_each],
            names.pay_cycle(award.programme, award.first_month),
        )
        for award in rows
    ]


def awards_of(file: File) -> QuerySet[Award]:
    """The household's awards and those of its people."""
    return Award.objects.filter(Q(household=file.household) | Q(person__in=file.person_ids))


def awards_of_person(person: Person) -> QuerySet[Award]:
    """Awards of this person, or that cover them."""
    covering = AwardMember.objects.filter(person=person, superseded_at=None).values("award_id")
    return Award.objects.filter(Q(person=person) | Q(pk__in=covering))


def receives_now(lines: Iterable[AwardLine], today: dt.date) -> list[tuple[str, int]]:
    """What they receive now, by pay cycle: [("month", fen), ("quarter", fen)]; payments made once are left out."""
    totals: dict[str, int] = {}
    for line in lines:
        amount = line.amount_on(today.replace(day=1))
        if amount and line.cycle != "once":
            totals[line.cycle] = totals.get(line.cycle, 0) + amount
    order = ["month", "quarter", "half_year", "year"]
    return sorted(totals.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))


@dataclass
class FactLine:
    """One fact of a party, as each source knows it."""

    label: str
    values: dict[str, str]
    since: dict[str, dt.date]
    differs: bool
    stale: bool


def fact_lines(
    *, today: dt.date, verified: bool, person: Person | None = None, household: Household | None = None
) -> list[FactLine]:
    """The facts of a party side by side; `differs` where sources disagree. `verified`: whether the reader may see what
    other registers said."""
    lines = []
    found = people.facts_side_by_side(on=today, person=person, household=household, verified=verified)
    for name, by_source in found.items():
        shown = {source: names.fact_value(name, fact.value) for source, fact in by_source.items()}
        newest = max(fact.valid_from for fact in by_source.values())
        lines.append(
            FactLine(
                names.fact_label(name),
                shown,
                {source: fact.valid_from for source, fact in by_source.items()},
                differs=len(set(shown.values())) > 1,
                stale=(today - newest).days > STALE_DAYS,
            )
        )
    return sorted(lines, key=lambda line: line.label)


def cases_of(file: File) -> list[Case]:
    return list(
        Case.objects.filter(Q(household=file.household) | Q(person__in=file.person_ids))
        .select_related("person")
        .order_by("-opened_on", "-pk")
    )


def visits_of(file: File) -> list[Visit]:
    return list(
        Visit.objects.filter(Q(household=file.household) | Q(case__household=file.household))
        .select_related("first_visitor", "second_visitor", "case")
        .order_by("-visited_on", "-pk")
        .distinct()
    )


def papers_of(file: File) -> list[Paper]:
    """The papers of every case, those that are missing too."""
    return list(
        Paper.objects.filter(Q(case__household=file.household) | Q(case__person__in=file.person_ids))
        .select_related("case", "document")
        .defer("document__content")
        .order_by("-case__opened_on", "pk")
    )


def documents_of(file: File) -> list[Document]:
    """Documents kept with the household or its people."""
    return list(
        Document.objects.filter(
            Q(subject_type="people.household", subject_id=file.household.pk)
            | Q(subject_type="people.person", subject_id__in=file.person_ids)
        )
        .defer("content")
        .order_by("-on", "-pk")
    )


def timeline(file: File) -> list[dict[str, Any]]:
    """Everything that happened to the household, newest first."""
    entries: list[dict[str, Any]] = []
    for row in [*file.current, *file.former]:
        entries.append({"on": row.valid_from, "title": _("%(name)s 进入本户") % {"name": row.person.name}, "text": ""})
        if row.valid_to:
            entries.append(
                {"on": row.valid_to, "title": _("%(name)s 离开本户") % {"name": row.person.name}, "text": row.reason}
            )
    people_ids = file.person_ids
    events = Event.objects.filter(
        Q(subject_type="people.person", subject_id__in=people_ids)
        | Q(subject_type="people.household", subject_id=file.household.pk)
    )
    by_id = {row.person_id: row.person.name for row in [*file.current, *file.former]}
    for event in events:
        title = names.event_name(event.kind)
        who = by_id.get(event.subject_id or 0, "") if event.subject_type == "people.person" else ""
        entries.append({"on": event.on, "title": f"{who} {title}".strip(), "text": ""})
    of_cases = Q(case__household=file.household) | Q(case__person__in=people_ids)
    for step in CaseStep.objects.filter(of_cases).select_related("case", "actor"):
        entries.append(
            {
                "on": step.on,
                "title": f"{names.programme_name(step.case.programme)} · {names.act_name(step)}",
                "who": step.actor.name,
                "text": step.note,
                "url": page_of("case", step.case_id),
            }
        )
    for decision in Decision.objects.filter(
        Q(household=file.household) | Q(person__in=people_ids), origin="carried_over"
    ).select_related("decided_by"):
        entries.append(
            {
                "on": decision.decided_on,
                "title": f"{names.programme_name(decision.programme)} · " + _("由原花名册结转"),
                "who": decision.decided_by.name,
                "text": decision.reason,
            }
        )
    return sorted(entries, key=lambda entry: entry["on"], reverse=True)
