"""What is published of those who receive something: name, people, amount as they are owed today. Every action that
changes an award ends with `keep_up`; `keep_up_area` brings a whole area in line (a minor who has come of age)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from minzheng.areas import queries as areas
from minzheng.awards import rows, terms, timing
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.cases.actions import Received
from minzheng.cases.actions import keep_up as publish
from minzheng.cases.masking import is_minor
from minzheng.core import clock
from minzheng.people import queries as people
from minzheng.people.models import Person

By = Any


def keep_up(*, by: By, awards: Iterable[Award]) -> int:
    """Bring what is published of these awards in line with what they owe. A fixed number of queries. Returns how many
    publications went up or came down."""
    keys = [award.pk for award in awards]
    if not keys:
        return 0
    found = list(Award.objects.filter(pk__in=keys).select_related("person", "household", "decision").order_by("pk"))
    received = _received(found)
    still = {one.decision.pk for one in received}
    ended = [award.decision_id for award in found if award.decision_id not in still]
    return publish(by=by, received=received, ended=ended)


def keep_up_by_month(*, by: By, area: str) -> int:
    """The same where it moves by itself: through the months of a grace period, at its end, and at the end of a term."""
    in_grace = Q(amounts__reason=AmountReason.GRACE, amounts__superseded_at=None)
    published = Q(decision__publications__taken_down_on=None, decision__publications__isnull=False)
    return keep_up(
        by=by,
        awards=Award.objects.filter(areas.within(area), in_grace | Q(end_reason=terms.TERM), published).distinct(),
    )


def keep_up_area(*, by: By, area: str) -> int:
    """The same for every award of an area that runs or is published still."""
    published = Q(decision__publications__taken_down_on=None, decision__publications__isnull=False)
    awards = Award.objects.filter(areas.within(area)).filter(terms.going_on(clock.today()) | published)
    return keep_up(by=by, awards=awards.distinct())


def _received(awards: Sequence[Award]) -> list[Received]:
    today = clock.today()
    amounts = rows.current_amounts([award.pk for award in awards])
    going_on = [award for award in awards if _goes_on(award, amounts.get(award.pk, []), today)]
    members = rows.current_members([award.pk for award in going_on])
    heads = _named(going_on, today)
    return [
        _of(award, amounts[award.pk], members.get(award.pk, []), heads[award.pk], today)
        for award in going_on
        if award.pk in amounts and award.pk in heads
    ]


def _goes_on(award: Award, amounts: Sequence[AwardAmount], today: dt.date) -> bool:
    """Whether something is still received: it runs, was paid once, or ends with a grace period or a term that lasts
    still."""
    if award.end_reason == terms.TERM and award.last_month is not None:
        return award.last_month >= timing.first_of(today)
    return award.last_month is None or award.end_reason == "once" or _grace(amounts, today) is not None


def _grace(amounts: Sequence[AwardAmount], today: dt.date) -> AwardAmount | None:
    """The amount of a grace period that is paid this month, or first."""
    month = timing.first_of(today)
    rows_of_grace = (row for row in amounts if row.reason == AmountReason.GRACE)
    return next((row for row in rows_of_grace if row.last_month is None or row.last_month >= month), None)


def _named(awards: Sequence[Award], today: dt.date) -> dict[int, Person]:
    """Under whose name each award is published, by award: the person's, or the household's head's today (where a family
    has none today, the head's when the award began)."""
    homes = {award.household_id for award in awards if award.household_id is not None}
    heads = people.heads_on(homes, today, min(award.entered_on for award in awards)) if homes else {}
    named = {award.pk: award.person or heads.get(award.household_id or 0) for award in awards}
    return {key: person for key, person in named.items() if person is not None}


def _of(
    award: Award, amounts: Sequence[AwardAmount], members: Sequence[AwardMember], who: Person, today: dt.date
) -> Received:
    """The newest amount that was decided, though its month may lie ahead (in a grace period what it pays now), and whom
    it is for."""
    latest = _grace(amounts, today) or amounts[-1]
    month = max(latest.first_month, timing.first_of(today), award.first_month)
    if award.last_month is not None:
        month = min(month, award.last_month)
    return Received(
        decision=award.decision,
        name=who.name,
        people=len(set(rows.covered_in(members, month))),
        amount=latest.amount,
        minor=is_minor(who.birth_date, today),
    )
