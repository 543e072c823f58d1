"""From which benefit month a decision works, by the programme's own timing. Months are their first days."""

import datetime as dt

from minzheng.cases import renewal
from minzheng.cases.models import Case, Outcome
from minzheng.core.errors import refuse
from minzheng.people import queries as people
from minzheng.policy import Timing, registry
from minzheng.policy.registry import Programme
from minzheng.policy.subjects import Party, subjects

BY_DECISION = ("income_changed", "work_income", "category_changed", "household_split", "household_merged")
"""What an award is lowered or stopped for from the month after the decision, whenever it happened."""


def month(day: dt.date, later: int = 0) -> dt.date:
    """The first day of the month of `day`, so many months later."""
    years, number = divmod(day.month - 1 + later, 12)
    return dt.date(day.year + years, number + 1, 1)


def first_month(case: Case, decided_on: dt.date, outcome: str = Outcome.GRANT) -> dt.date:
    """The first benefit month for which a decision of this day works.

    A grant by the programme's `starts`, or after what it renews has ended (`renewal`); a change from the month after
    the decision; the end because of something that happened on a day (a death, a move) by `month_of_ending_event`; any
    other end from the month after the decision (income that rose on a day, too: what was paid meanwhile was owed).
    """
    programme = registry.programme(case.programme)
    timing = programme.timing_on(decided_on)
    if outcome == Outcome.STOP and case.event_on is not None and case.reason not in BY_DECISION:
        return month(case.event_on, 1 if timing.month_of_ending_event == "paid" else 0)
    if outcome in (Outcome.CHANGE, Outcome.STOP):
        return month(decided_on, 1)
    begins = _start(programme, timing, case, decided_on)
    return renewal.begins(case, begins) if timing.valid_months is not None else begins


def _start(programme: Programme, timing: Timing, case: Case, decided_on: dt.date) -> dt.date:
    match timing.starts:
        case "month_of_application":
            return month(case.opened_on)
        case "month_of_decision":
            return month(decided_on)
        case "month_after_decision":
            return month(decided_on, 1)
        case _:
            birthday = _entitling_birthday(programme, case, decided_on)
            later = 1 if timing.starts == "month_after_birthday" else 0
            return month(birthday, later) if birthday is not None else month(case.opened_on)


def _entitling_birthday(programme: Programme, case: Case, decided_on: dt.date) -> dt.date | None:
    """The person's last birthday (to the end of this month), if it is what made them eligible; None for somebody who
    was so before: they are paid from the month in which they applied."""
    assert case.person is not None
    latest = month(decided_on, 1) - dt.timedelta(days=1)
    birthday = _birthday(case.person.birth_date, latest.year)
    if birthday > latest:
        birthday = _birthday(case.person.birth_date, latest.year - 1)
    known = {name: fact.value for name, fact in people.facts(on=decided_on, person=case.person).items()}
    party = Party(person=case.person, given=known | case.given)  # what is known now, on two days
    before, after = (
        programme.assess(subjects(case.programme, on=day, parties=[party]), day)[0].eligible
        for day in (birthday - dt.timedelta(days=1), birthday)
    )
    return birthday if after and not before else None


def _birthday(born: dt.date, year: int) -> dt.date:
    """29 February counts on 1 March where there is none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def check_first_month(case: Case, wanted: dt.date, decided_on: dt.date) -> dt.date:
    """A first month that somebody sets by hand: a month, not after the one behind the decision, and not further back
    than the programme pays arrears."""
    timing = registry.programme(case.programme).timing_on(decided_on)
    earliest = month(min(case.event_on or decided_on, case.opened_on), -timing.arrears_months)
    if wanted.day != 1 or not earliest <= wanted <= month(decided_on, 1):
        raise refuse(
            "case.first_month",
            zh="起始月 {wanted} 须是某月 1 日，并在 {earliest} 与 {latest} 之间。",
            en="The first month {wanted} must be the first day of a month from {earliest} to {latest}.",
            remedy_zh="请改用该范围内的月份，或留空由系统按规定推定。",
            remedy_en="Use a month of this range, or leave it to the programme's rule.",
            rule="起发月：timing",
            wanted=wanted,
            earliest=earliest,
            latest=month(decided_on, 1),
        )
    return wanted
