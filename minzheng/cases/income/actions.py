"""Keeping what a family declared."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases.income import paper, told, working
from minzheng.cases.income.likely import INCOME_FACT
from minzheng.cases.income.models import IncomeStatement
from minzheng.cases.income.refusals import other_case
from minzheng.cases.models import Case
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, documents
from minzheng.people import actions as people_actions
from minzheng.people import queries as people
from minzheng.people.models import FactSource, Household, Person


@casework
def declare(
    *,
    by: User,
    household: Household,
    said: told.Told,
    facts: Mapping[str, Any] | None = None,
    member_facts: Mapping[Person, Mapping[str, Any]] | None = None,
    on: dt.date | None = None,
    case: Case | None = None,
) -> IncomeStatement:
    """Keep what a family said it lives on: the statement and its paper, and the income of the year as a declared fact
    with that paper as its evidence. `facts` and `member_facts`: what else was declared.

    Refuses a line that cannot be worked out, a line of somebody outside the family, and an override without a reason.
    """
    on = on or clock.today()
    perms.require(by, "cases.apply", household.area_id, "people.edit")
    facts = {name: value for name, value in (facts or {}).items() if name != INCOME_FACT}
    if case is not None and case.household_id != household.pk:
        raise other_case(case, household)
    worked = of_household(household, said, on, member_facts)
    document = documents.keep(
        by=by,
        kind="cases.income_statement",
        title=f"{paper.TITLE} {case.number if case else household.number}",
        media_type=paper.WORD,
        content=paper.write(household, worked, on, case),
        subject=case or household,
        area=household.area_id,
    )
    statement = IncomeStatement.objects.create(
        household=household,
        case=case,
        area_id=household.area_id,
        on=on,
        told=said.as_dict(),
        worked=worked.as_dict(),
        income=worked.income,
        document=document,
        declared_by=by,
    )
    for name, value in {INCOME_FACT: worked.income, **facts}.items():
        people_actions.record_fact(
            by=by,
            household=household,
            name=name,
            value=value,
            source=FactSource.DECLARED,
            valid_from=on,
            evidence=document if name == INCOME_FACT else None,
        )
    for person, values in (member_facts or {}).items():
        for name, value in values.items():
            people_actions.record_fact(
                by=by, person=person, name=name, value=value, source=FactSource.DECLARED, valid_from=on
            )
    detail = {"statement": statement.pk, "income": worked.income, "case": case.pk if case else None}
    audit.record("cases.declare_income", by=by, subject=household, area=household.area_id, detail=detail)
    return statement


def of_household(
    household: Household,
    said: told.Told,
    on: dt.date,
    member_facts: Mapping[Person, Mapping[str, Any]] | None = None,
) -> working.Worked:
    """The statement of a household, unsaved: its place, its people, and what is known of them."""
    family = [row.person for row in people.members(household, on)]
    of_person, _ = people.facts_of_many(on=on, persons=[person.pk for person in family])
    known = {pk: {name: fact.value for name, fact in facts.items()} for pk, facts in of_person.items()}
    for person, values in (member_facts or {}).items():
        known[person.pk] = known.get(person.pk, {}) | dict(values)
    place = working.Place(household.area_id, household.residence)
    return working.work_out(said, place=place, family=family, known=known, on=on)
