"""The roster that an office has already: taken over as decisions of the origin *carried over*, in bulk."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.access import perms
from minzheng.awards import assessing, overlaps, publishing, refusals, timing
from minzheng.awards.assessing import Worked
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.awards.refusals import RowError, RowsRefused
from minzheng.cases.models import Assessment, Decision, Outcome
from minzheng.core import clock
from minzheng.core.models import AuditEntry, Document
from minzheng.core.money import format_yuan
from minzheng.people import queries as people
from minzheng.people.models import Household, Membership, Person
from minzheng.policy.registry import programme as law_of
from minzheng.policy.subjects import Party

By = Any
ORIGIN = "carried_over"


@dataclass(frozen=True)
class RosterRow:
    """One line of the roster: the party (one of the two), whom it covers (ids; none: the person, or the whole family),
    the kind of recipient, since which month, and the amount that the roster states (fen for one pay cycle), if it does.
    `payee`: whose account is paid, if not the person's or the head's."""

    first_month: dt.date
    household: Household | None = None
    person: Person | None = None
    covered: Collection[int] = ()
    category: str = ""
    amount: int | None = None
    payee: Person | None = None
    line: int = 0


@transaction.atomic
def carry_over_roster(
    *,
    by: By,
    programme: str,
    rows: Sequence[RosterRow],
    as_of: dt.date,
    evidence: Document | str,
    owed_from: dt.date | None = None,
) -> list[Award]:
    """Take over a roster as it stood on a day: a decision, an assessment and an award for each row, all or none.

    Amounts come from the policy and the facts recorded. They are owed here from the first month that begins on or after
    `as_of` (or `owed_from`): what came before was paid by whoever kept the roster. Refuses, naming each line: a party
    that is not entitled or whose facts are missing, an amount that the roster states otherwise, a kind that the facts
    contradict, cover that another benefit (or another row) excludes.
    """
    if not rows:
        raise RowsRefused("roster.empty", 0, [RowError(0, "roster.empty", "名单是空的", "the list is empty")])
    area = smallest_area([(row.household or row.person).area_id for row in rows])  # type: ignore[union-attr]
    perms.require(by, "awards.carry_over", area)
    begins = timing.first_of(owed_from or as_of)
    if owed_from is None and as_of.day > 1:
        begins = timing.shift(begins, 1)
    families = _covered(rows, begins)
    heads = people.heads([row.household.pk for row in rows if row.household], begins)
    parties = [
        Party(household=row.household, person=row.person, covered=covered)
        for row, covered in zip(rows, families, strict=True)
    ]
    worked = _worked(programme, rows, parties, begins)
    errors = [*_faults(rows, worked), *_overlaps(programme, rows, families, begins)]
    if errors:
        raise RowsRefused("roster.rows", len(rows), sorted(errors, key=lambda error: error.line))
    assessments = Assessment.objects.bulk_create([one.record() for one in worked], batch_size=500)
    decisions = Decision.objects.bulk_create(
        [_decision(by, programme, row, one, as_of, evidence, place) for place, (row, one) in _both(rows, assessments)]
    )
    awards = [
        _award(programme, row, one, decision, as_of, heads)
        for row, one, decision in zip(rows, worked, decisions, strict=True)
    ]
    try:
        with transaction.atomic():
            Award.objects.bulk_create(awards)
            AwardMember.objects.bulk_create(
                AwardMember(
                    award=award,
                    area_id=award.area_id,
                    person_id=person,
                    first_month=award.first_month,
                    entered_on=award.entered_on,
                )
                for award, covered in zip(awards, families, strict=True)
                for person in covered
            )
    except IntegrityError as error:
        if "one_running_award" in str(error):
            raise refusals.running_already("", programme) from error
        raise overlaps.refused_by_database(error, programme) or error from error
    AwardAmount.objects.bulk_create(
        AwardAmount(
            award=award,
            area_id=award.area_id,
            first_month=max(begins, award.first_month),
            amount=assessment.amount or 0,
            reason=AmountReason.CARRIED_OVER,
            assessment=assessment,
            decision=award.decision,
        )
        for award, assessment in zip(awards, assessments, strict=True)
    )
    _audit(by, programme, area, awards, assessments, as_of, evidence)
    publishing.keep_up(by=by, awards=awards)
    return awards


def _both(rows: Sequence[RosterRow], assessments: Sequence[Assessment]) -> Any:
    return enumerate(zip(rows, assessments, strict=True), 1)


def smallest_area(codes: Sequence[str]) -> str:
    """The smallest area that holds all of these."""
    first, last = min(codes), max(codes)
    return next(first[:n] for n in (len(first), 12, 9, 6, 4, 2, 0) if first[:n] == last[:n])


def _covered(rows: Sequence[RosterRow], on: dt.date) -> list[list[int]]:
    """Whom each row covers, in one query for all families."""
    wanted = [row.household.pk for row in rows if row.household and not row.covered]
    families: dict[int, list[int]] = {}
    memberships = Membership.objects.filter(people.holding(on), household__in=wanted).order_by("valid_from", "pk")
    for household, person in memberships.values_list("household_id", "person_id"):
        families.setdefault(household, []).append(person)
    return [
        list(row.covered) or (families.get(row.household.pk, []) if row.household else [row.person.pk])  # type: ignore[union-attr]
        for row in rows
    ]


def _worked(programme: str, rows: Sequence[RosterRow], parties: Sequence[Party], begins: dt.date) -> list[Worked]:
    """Each row by the law of its first month here; one call for the many that share it."""
    found: dict[int, Worked] = {}
    by_month: dict[dt.date, list[int]] = {}
    for place, row in enumerate(rows):
        by_month.setdefault(max(begins, timing.first_of(row.first_month)), []).append(place)
    for month, places in by_month.items():
        results = assessing.work_out(programme, [parties[place] for place in places], month)
        found |= dict(zip(places, results, strict=True))
    return [found[place] for place in range(len(rows))]


def _faults(rows: Sequence[RosterRow], worked: Sequence[Worked]) -> list[RowError]:
    errors = []
    for row, one in zip(rows, worked, strict=True):
        who = row.person or row.household
        if not one.pays:
            zh, en = (
                f"{who} 不符合条件或缺少事实（{one.why_not}）",
                f"{who} is not entitled or facts are missing ({one.why_not})",
            )
            errors.append(RowError(row.line, "roster.not_entitled", zh, en))
        elif row.amount is not None and row.amount != one.amount:
            stated, computed = format_yuan(row.amount), format_yuan(one.amount or 0)
            zh = f"{who} 名单金额 {stated} 元，按政策与已录事实应为 {computed} 元"
            en = f"{who}: the roster says {stated} yuan, the policy and the recorded facts give {computed}"
            errors.append(RowError(row.line, "roster.amount", zh, en))
        elif row.category and one.category and row.category != one.category:
            zh = f"{who} 名单类别为“{row.category}”，事实为“{one.category}”"
            en = f"{who}: the roster says “{row.category}”, the facts say “{one.category}”"
            errors.append(RowError(row.line, "roster.category", zh, en))
    return errors


def _overlaps(
    programme: str, rows: Sequence[RosterRow], families: Sequence[Collection[int]], begins: dt.date
) -> list[RowError]:
    """Who is covered by an award that excludes this one, or by two rows of this roster."""
    everybody = {person for family in families for person in family}
    since = min(timing.first_of(row.first_month) for row in rows)
    in_the_way = overlaps.conflicts(programme, everybody, since, None)
    errors, seen = [], dict[int, int]()
    for row, family in zip(rows, families, strict=True):
        for person in family:
            if person in seen:
                zh, en = f"与第 {seen[person]} 行保障同一人", f"covers a person of line {seen[person]} again"
                errors.append(RowError(row.line, "roster.twice", zh, en))
            elif person in in_the_way:
                cover = in_the_way[person]
                refusal = overlaps.refusal(programme, cover.person, cover.award.programme, cover.award_id)
                errors.append(refusals.row_error(row.line, refusal))
            seen[person] = row.line
    return errors


def _decision(
    by: By,
    programme: str,
    row: RosterRow,
    assessment: Assessment,
    as_of: dt.date,
    evidence: Document | str,
    place: int,
) -> Decision:
    party = row.household or row.person
    assert party is not None
    return Decision(
        number=f"结转-{programme}-{as_of:%Y%m%d}-{'H' if row.household else 'P'}{party.pk}",
        programme=programme,
        person=row.person,
        household=row.household,
        area_id=party.area_id,
        outcome=Outcome.GRANT,
        origin=ORIGIN,
        reason=f"{evidence.title if isinstance(evidence, Document) else evidence} 第 {row.line or place} 行",
        decided_on=as_of,
        first_month=timing.first_of(row.first_month),
        assessment=assessment,
        decided_by=by,
    )


def _award(
    programme: str, row: RosterRow, worked: Worked, decision: Decision, as_of: dt.date, heads: dict[int, Person]
) -> Award:
    return Award(
        area_id=decision.area_id,
        programme=programme,
        person=row.person,
        household=row.household,
        residence=worked.residence,
        category=worked.category or row.category,
        payee=row.payee or row.person or (heads.get(row.household.pk) if row.household else None),
        origin=ORIGIN,
        first_month=decision.first_month,
        entered_on=as_of,
        decision=decision,
    )


def _audit(
    by: By,
    programme: str,
    area: str,
    awards: Sequence[Award],
    assessments: Sequence[Assessment],
    as_of: dt.date,
    evidence: Document | str,
) -> None:
    """One row for the roster, one for each award."""
    common = {"on": clock.today(), "actor_id": by.pk, "actor_name": by.get_full_name(), "action": "awards.carry_over"}
    whole = {
        "programme": programme,
        "name": law_of(programme).name,
        "as_of": as_of.isoformat(),
        "rows": len(awards),
        "total": sum(one.amount or 0 for one in assessments),
        "evidence": evidence.pk if isinstance(evidence, Document) else evidence,
    }
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(**common, subject_type="awards.roster", subject_id=None, area_code=area, detail=whole),
            *(
                AuditEntry(
                    **common,
                    subject_type="awards.award",
                    subject_id=award.pk,
                    area_code=award.area_id,
                    detail={"decision": award.decision.number, "amount": one.amount},
                )
                for award, one in zip(awards, assessments, strict=True)
            ),
        ]
    )
