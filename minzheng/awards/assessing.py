"""The law applied to awards: many parties, many months, one call for each month.

An award's facts are those its last assessment knew (`as_decided`): what has been recorded since belongs to a case that
is not decided yet, and must not change an amount by the back door of a raised standard or a birthday.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.rows import covered_in
from minzheng.cases.models import Assessment
from minzheng.core.errors import refuse
from minzheng.policy import subjects as parties
from minzheng.policy.registry import Programme, programme
from minzheng.policy.subjects import Party


@dataclass(frozen=True)
class Worked:
    """What the law gives one party for one month."""

    programme: Programme
    party: Party
    on: dt.date
    subject: Any
    eligible: bool
    unmet: tuple[str, ...]
    amount: int | None
    """Fen for one pay cycle; None where it is in error."""
    error: str

    @property
    def pays(self) -> bool:
        return self.eligible and self.amount is not None and not self.error

    @property
    def category(self) -> str:
        return category_of(self.programme, self.on, self.subject.facts)

    @property
    def residence(self) -> str:
        return str(self.subject.residence)

    @property
    def why_not(self) -> str:
        """The error, or the conditions that are not met."""
        return self.error or ", ".join(self.unmet)

    def record(self, case_id: int | None = None) -> Assessment:
        """The assessment to be stored, with its frozen inputs and its explanation."""
        return Assessment(
            case_id=case_id,
            area_id=self.subject.area,
            programme=self.programme.code,
            person=self.party.person,
            household=self.party.household,
            on=self.on,
            inputs=parties.stored_inputs(self.subject),
            files=dict(self.programme.files),
            eligible=None if self.error else self.eligible,
            unmet=list(self.unmet),
            amount=self.amount,
            error=self.error,
            explanation=self.programme.explain(self.subject, self.on).as_dict(),
        )


def category_of(programme: Programme, on: dt.date, facts: Mapping[str, Any]) -> str:
    """The programme's own kind of recipient: the fact its rates are keyed by (in a home, dispersed; a kind of
    recipient)."""
    version = programme.policy.version_on(on)
    keys = [rate.key for rate in version.rates.values() if rate.key and not rate.key_of_member]
    return next((str(facts[key]) for key in keys if facts.get(key) is not None), "")


def work_out(code: str, wanted: Sequence[Party], on: dt.date, *, known_at: dt.datetime | None = None) -> list[Worked]:
    """The law of this day for many parties, in a number of queries that does not depend on how many they are."""
    if not wanted:
        return []
    law = programme(code)
    if law.timing_on(on).prorate != "first_day":
        # An award's amounts hold by whole months: a month split by days would go on into the next.
        raise refuse(
            "awards.prorate",
            zh="项目“{code}”按天分段计算（prorate: actual_days），待遇发放还不支持。",
            en="The programme “{code}” splits months by days (prorate: actual_days), which awards cannot pay yet.",
            remedy_zh="请在政策的 timing 里改用 prorate: first_day，或把新标准定在月初生效。",
            remedy_en="Use prorate: first_day, or let the new standard begin on the first of a month.",
            code=code,
        )
    subjects = parties.subjects(code, on=on, parties=wanted, known_at=known_at)
    results = law.assess(subjects, on)
    return [
        Worked(law, party, on, subject, result.eligible, tuple(result.unmet), result.amount, result.error or "")
        for party, subject, result in zip(wanted, subjects, results, strict=True)
    ]


def given_of(awards: Iterable[Award]) -> dict[int, dict[str, Any]]:
    """The facts that the cases of these awards alone gave (an amount declared for this matter), newest decision
    last."""
    rows = AwardAmount.objects.filter(award__in=list(awards), superseded_at=None, decision__case__isnull=False)
    found: dict[int, dict[str, Any]] = {}
    for award, given in rows.order_by("award_id", "first_month").values_list("award_id", "decision__case__given"):
        found.setdefault(award, {}).update(given)
    return found


def party_of(
    award: Award, members: Iterable[AwardMember], month: dt.date, given: Mapping[str, Any] | None = None
) -> Party:
    """The award's party with whom it covers in a month."""
    if award.household is not None:
        return Party(household=award.household, covered=covered_in(members, month), given=given)
    return Party(person=award.person, given=given)


def by_month(
    code: str,
    months: Mapping[Award, Iterable[dt.date]],
    members: Mapping[int, Sequence[AwardMember]],
    *,
    given: Mapping[int, Mapping[str, Any]] | None = None,
    known_at: Mapping[int, dt.datetime] | None = None,
) -> dict[tuple[int, dt.date], Worked]:
    """The law of each wanted month for each award: {(award id, month): what it gives}.

    given: the facts of its cases alone, by award. known_at: for these awards (by id) only what was known then; their
    facts are asked for one by one.
    """
    at = known_at or {}
    wanted: dict[tuple[dt.date, dt.datetime | None], list[Award]] = {}
    for award, its_months in months.items():
        for month in its_months:
            wanted.setdefault((month, at.get(award.pk)), []).append(award)
    found = {}
    for (month, moment), awards in wanted.items():
        of_awards = [party_of(award, members.get(award.pk, ()), month, (given or {}).get(award.pk)) for award in awards]
        for award, worked in zip(awards, work_out(code, of_awards, month, known_at=moment), strict=True):
            found[award.pk, month] = worked
    return found


NEWS = """
with last (award, known_at) as (select * from unnest(%s::bigint[], %s::timestamptz[])),
homes as (
    select l.*, a.household_id as home, a.person_id as person from last l join awards_award a on a.id = l.award
    union
    select l.*, m.household_id, a.person_id from last l join awards_award a on a.id = l.award
    join people_membership m on m.person_id = a.person_id and m.circle = 'family'
)
select distinct h.award from homes h where exists (
    select from people_membership m
    where m.household_id = h.home and greatest(m.recorded_at, m.superseded_at) > h.known_at
) or exists (
    select from people_fact f where f.household_id = h.home and greatest(f.recorded_at, f.superseded_at) > h.known_at
) or exists (
    select from people_fact f where f.person_id = h.person and greatest(f.recorded_at, f.superseded_at) > h.known_at
) or exists (
    select from people_membership m join people_fact f on f.person_id = m.person_id
    where m.household_id = h.home and greatest(f.recorded_at, f.superseded_at) > h.known_at
)
"""


def as_decided(last: Mapping[int, dt.datetime]) -> dict[int, dt.datetime]:
    """Of these awards (id → when their last assessment was recorded) those about whose families something was recorded
    since: they must be worked out as known then. For all others what is known now is the same."""
    if not last:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NEWS, [list(last), list(last.values())])
        return {award: last[award] for (award,) in cursor.fetchall()}
