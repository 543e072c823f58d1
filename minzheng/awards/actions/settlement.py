"""A settlement list of medical assistance: each row becomes a decision, an assessment and an award paid once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.access import perms
from minzheng.awards import assessing, overlaps, timing
from minzheng.awards.actions.roster import smallest_area
from minzheng.awards.assessing import Worked
from minzheng.awards.models import AmountReason, Award, AwardAmount, AwardMember
from minzheng.awards.providers import SELF_PAID
from minzheng.awards.refusals import RowError, RowsRefused, row_error
from minzheng.cases.models import Assessment, Decision, Outcome
from minzheng.core import clock, crypto, idnumber
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Document
from minzheng.core.money import format_yuan
from minzheng.people.models import Identifier, IdentifierKind, Person
from minzheng.policy.registry import programme as law_of
from minzheng.policy.subjects import Party

By = Any
ORIGIN = "settlement"


@dataclass(frozen=True)
class SettlementRow:
    """One line of the list, money in fen. `eligible_cost` is the cost within scope, `self_pay` (if the list states it)
    what is left of it after `insurance_paid` and `other_paid`, `aid` (if stated) the assistance that the list says."""

    line: int
    id_number: str
    settlement_number: str
    on: dt.date
    eligible_cost: int
    insurance_paid: int
    other_paid: int = 0
    self_pay: int | None = None
    aid: int | None = None

    @property
    def left_to_pay(self) -> int:
        return self.eligible_cost - self.insurance_paid - self.other_paid


@transaction.atomic
def settle(
    *,
    by: By,
    rows: Sequence[SettlementRow],
    source_file: Document | str,
    programme: str = "medical_assistance",
) -> list[Award]:
    """Import a settlement list, all rows or none; the settlements of one person count in the order of their days.

    Refuses, naming each line: a number that is wrong or nobody's, a settlement imported before or twice, a day to come,
    amounts that do not add up, a person who is not entitled, an assistance that the list states otherwise.
    """
    if not rows:
        raise RowsRefused("settlement.empty", 0, [RowError(0, "settlement.empty", "清单是空的", "the list is empty")])
    people, errors = _people(rows)
    errors += _faults(programme, rows)
    wrong = {error.line for error in errors}
    area = smallest_area([person.area_id for person in people.values()]) if people else ""
    if area:
        perms.require(by, "awards.settle", area)
    queue: dict[int, list[SettlementRow]] = {}
    for row in sorted(rows, key=lambda one: (one.on, one.line)):
        if row.line not in wrong:
            queue.setdefault(people[row.line].pk, []).append(row)
    granted: list[tuple[SettlementRow, Award, int]] = []
    while queue:
        batch = [of_person.pop(0) for of_person in queue.values()]
        queue = {person: of_person for person, of_person in queue.items() if of_person}
        good, faults = _worked(programme, batch, people)
        errors += faults
        for fault in faults:
            queue.pop(people[fault.line].pk, None)
        granted += _grant(by, programme, good, people, source_file)
    if errors:
        raise RowsRefused("settlement.rows", len(rows), sorted(errors, key=lambda error: error.line))
    _audit(by, programme, area, granted, source_file)
    return [award for _, award, _ in granted]


def settlement_number(programme: str, number: str) -> str:
    """The decision's number; the database keeps it unique, in every area."""
    return f"结算-{programme}-{number.strip()}"


def _people(rows: Sequence[SettlementRow]) -> tuple[dict[int, Person], list[RowError]]:
    """The person of each line, found by digest in one query."""
    errors, digests = [], dict[int, bytes]()
    for row in rows:
        try:
            number = idnumber.check(row.id_number).normalised
        except Refused as refusal:
            errors.append(row_error(row.line, refusal))
            continue
        digests[row.line] = crypto.digest(number, purpose=IdentifierKind.ID_NUMBER)
    found = {
        bytes(one.digest): one.person
        for one in Identifier.objects.filter(
            digest__in=list(digests.values()), kind=IdentifierKind.ID_NUMBER, valid_to=None
        ).select_related("person")
    }
    for row in rows:
        if row.line in digests and digests[row.line] not in found:
            masked = idnumber.mask(row.id_number)
            zh, en = f"没有登记身份证号 {masked} 的人", f"nobody with the number {masked} is registered"
            errors.append(RowError(row.line, "settlement.unknown_person", zh, en))
    return {line: found[digest] for line, digest in digests.items() if digest in found}, errors


def _faults(programme: str, rows: Sequence[SettlementRow]) -> list[RowError]:
    """What is wrong with a row by itself, or with two rows of one number."""
    numbers = [settlement_number(programme, row.settlement_number) for row in rows]
    known = set(Decision.objects.filter(number__in=numbers).values_list("number", flat=True))
    today = clock.today()
    errors, seen = [], dict[str, int]()
    for row, number in zip(rows, numbers, strict=True):
        if not row.settlement_number.strip():
            errors.append(
                RowError(row.line, "settlement.no_number", "缺少结算单号", "the settlement number is missing")
            )
        elif number in seen:
            zh, en = f"结算单号与第 {seen[number]} 行重复", f"has the settlement number of line {seen[number]}"
            errors.append(RowError(row.line, "settlement.twice", zh, en))
        elif number in known:
            zh = f"结算单 {row.settlement_number} 以前已导入"
            en = f"settlement {row.settlement_number} was imported before"
            errors.append(RowError(row.line, "settlement.known", zh, en))
        seen.setdefault(number, row.line)
        if row.on > today:
            zh, en = f"结算日期 {row.on} 晚于今天", f"the day of settlement {row.on} is yet to come"
            errors.append(RowError(row.line, "settlement.future", zh, en))
        if min(row.eligible_cost, row.insurance_paid, row.other_paid, row.left_to_pay) < 0:
            zh, en = "费用为负，或报销超过费用", "a cost is negative, or more was paid than it cost"
            errors.append(RowError(row.line, "settlement.negative", zh, en))
        elif row.self_pay is not None and row.self_pay != row.left_to_pay:
            stated, computed = format_yuan(row.self_pay), format_yuan(row.left_to_pay)
            zh = f"自付费用写 {stated} 元，费用减报销为 {computed} 元"
            en = f"says {stated} yuan were left to pay; cost less what was paid is {computed}"
            errors.append(RowError(row.line, "settlement.mismatch", zh, en))
    return errors


def _worked(
    programme: str, batch: Sequence[SettlementRow], people: Mapping[int, Person]
) -> tuple[list[tuple[SettlementRow, Worked]], list[RowError]]:
    """At most one settlement of each person, by the law of its day."""
    by_day: dict[dt.date, list[SettlementRow]] = {}
    for row in batch:
        by_day.setdefault(row.on, []).append(row)
    good, errors = [], []
    for day, rows in by_day.items():
        parties = [Party(person=people[row.line], given={SELF_PAID: row.left_to_pay}) for row in rows]
        for row, worked in zip(rows, assessing.work_out(programme, parties, day), strict=True):
            if not worked.pays:
                zh = f"不符合救助条件或缺少事实（{worked.why_not}）"
                en = f"not entitled, or facts are missing ({worked.why_not})"
                errors.append(RowError(row.line, "settlement.not_entitled", zh, en))
            elif row.aid is not None and row.aid != worked.amount:
                stated, computed = format_yuan(row.aid), format_yuan(worked.amount or 0)
                zh = f"清单写救助 {stated} 元，按政策应为 {computed} 元"
                en = f"the list says {stated} yuan of assistance, the policy gives {computed}"
                errors.append(RowError(row.line, "settlement.aid", zh, en))
            else:
                good.append((row, worked))
    return good, errors


def _grant(
    by: By,
    programme: str,
    good: Sequence[tuple[SettlementRow, Worked]],
    people: Mapping[int, Person],
    source_file: Document | str,
) -> list[tuple[SettlementRow, Award, int]]:
    today = clock.today()
    starts = law_of(programme).timing_on(today).starts
    source = source_file.title if isinstance(source_file, Document) else source_file
    assessments = Assessment.objects.bulk_create([worked.record() for _, worked in good], batch_size=500)
    try:
        with transaction.atomic():
            decisions = Decision.objects.bulk_create(
                Decision(
                    number=settlement_number(programme, row.settlement_number),
                    programme=programme,
                    person=people[row.line],
                    area_id=people[row.line].area_id,
                    outcome=Outcome.GRANT,
                    origin=ORIGIN,
                    reason=f"{source} 第 {row.line} 行",
                    decided_on=today,
                    first_month=timing.first_month(starts, applied_on=row.on, decided_on=today),
                    assessment=assessment,
                    decided_by=by,
                )
                for (row, _), assessment in zip(good, assessments, strict=True)
            )
            awards = Award.objects.bulk_create(
                Award(
                    area_id=decision.area_id,
                    programme=programme,
                    person=decision.person,
                    residence=worked.residence,
                    category=worked.category,
                    payee=decision.person,
                    origin=ORIGIN,
                    first_month=decision.first_month,
                    last_month=decision.first_month,
                    entered_on=today,
                    left_on=today,
                    end_reason="once",
                    decision=decision,
                )
                for (_, worked), decision in zip(good, decisions, strict=True)
            )
            AwardMember.objects.bulk_create(
                AwardMember(
                    award=award,
                    area_id=award.area_id,
                    person=award.person,
                    first_month=award.first_month,
                    last_month=award.last_month,
                    entered_on=today,
                    left_on=today,
                )
                for award in awards
            )
    except IntegrityError as error:
        if "cases_decision" in str(error):
            zh, en = "清单中有结算单已由别处导入", "a settlement of this list was imported elsewhere"
            raise RowsRefused("settlement.rows", len(good), [RowError(0, "settlement.known", zh, en)]) from error
        raise overlaps.refused_by_database(error, programme) or error from error
    AwardAmount.objects.bulk_create(
        AwardAmount(
            award=award,
            area_id=award.area_id,
            first_month=award.first_month,
            last_month=award.last_month,
            amount=assessment.amount or 0,
            reason=AmountReason.GRANTED,
            assessment=assessment,
            decision=award.decision,
        )
        for award, assessment in zip(awards, assessments, strict=True)
    )
    return [
        (row, award, assessment.amount or 0)
        for (row, _), award, assessment in zip(good, awards, assessments, strict=True)
    ]


def _audit(
    by: By,
    programme: str,
    area: str,
    granted: Sequence[tuple[SettlementRow, Award, int]],
    source_file: Document | str,
) -> None:
    """One row for the list, one for each award."""
    common = {"on": clock.today(), "actor_id": by.pk, "actor_name": by.get_full_name(), "action": "awards.settle"}
    whole = {
        "programme": programme,
        "rows": len(granted),
        "total": sum(amount for _, _, amount in granted),
        "source": source_file.pk if isinstance(source_file, Document) else source_file,
    }
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(**common, subject_type="awards.settlements", subject_id=None, area_code=area, detail=whole),
            *(
                AuditEntry(
                    **common,
                    subject_type="awards.award",
                    subject_id=award.pk,
                    area_code=award.area_id,
                    detail={"settlement": row.settlement_number, "amount": amount},
                )
                for row, award, amount in granted
            ),
        ]
    )
