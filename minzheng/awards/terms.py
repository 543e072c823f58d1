"""An award that ends by itself (认定有效期): its last month is set with the grant, by `valid_months` of the programme's
timing. A new application decided near the end follows it without a gap; until then it runs like any other."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from django.db.models import F, Q, QuerySet

from minzheng.awards import refusals, timing
from minzheng.awards.models import Award
from minzheng.awards.rows import Segment
from minzheng.cases.models import Case
from minzheng.core.errors import Refused
from minzheng.people.models import Household, Person
from minzheng.policy import Timing

TERM = "term"
"""The `end_reason` of an award whose end was set with its grant."""

RENEWAL_MONTHS = 2
"""How many months before its last one a family is asked to apply anew, and a new decision may follow it."""


class OfOneParty(Protocol):
    """A case or a decision: whose it is, and of which programme."""

    programme: str
    household_id: int | None
    person_id: int | None


def last_month(rule: Timing, first: dt.date) -> dt.date | None:
    """The last month of an award that begins with `first`; None where it has no end of its own."""
    return None if rule.valid_months is None else timing.shift(first, rule.valid_months - 1)


def going_on(today: dt.date) -> Q:
    """Awards that run: until further notice, or to the end of a term that is not over."""
    return Q(last_month=None) | Q(end_reason=TERM, last_month__gte=timing.first_of(today))


def covered_on(today: dt.date) -> Q:
    """Members who have not left: those of an award with a term leave with it."""
    to_its_end = Q(award__end_reason=TERM, last_month=F("award__last_month"))
    return Q(last_month=None) | to_its_end & Q(last_month__gte=timing.first_of(today))


def near_its_end(last: dt.date, month: dt.date) -> bool:
    """Whether a month is near enough to the last one of an award that its renewal is due."""
    return month <= last <= timing.shift(month, RENEWAL_MONTHS)


def until(segments: Iterable[Segment], last: dt.date | None) -> list[Segment]:
    """These amounts, none longer than to the award's last month."""
    if last is None:
        return list(segments)
    kept = [one for one in segments if one.first <= last]
    return [replace(one, last=last if one.last is None else min(one.last, last)) for one in kept]


def begins_after(case: Case, begins: dt.date) -> dt.date:
    """The first month of a grant: where what the party has ends soon, the month after that; else `begins`."""
    for award in of_party(case).filter(last_month__gte=begins).order_by("last_month"):
        if award.last_month is not None and near_its_end(award.last_month, begins):
            begins = timing.shift(award.last_month, 1)
    return begins


def applying_again(programme: str, party: Household | Person, on: dt.date) -> Refused | None:
    """Why a party may not apply: it receives the same programme until further notice, or to the end of a term that is
    not near. What has changed is a change of what it receives; what is paid once may be applied for again."""
    owner = {"household": party} if isinstance(party, Household) else {"person": party}
    for award in Award.objects.filter(going_on(on), programme=programme, **owner).order_by("-pk"):
        if award.last_month is None:
            return refusals.received_already(award)
        if not near_its_end(award.last_month, timing.first_of(on)):
            return refusals.renewed_too_early(award)
    return None


def of_party(matter: OfOneParty) -> QuerySet[Award]:
    """The awards with a term of whom a matter is about, of its programme."""
    return Award.objects.filter(
        programme=matter.programme, household=matter.household_id, person=matter.person_id, end_reason=TERM
    )
