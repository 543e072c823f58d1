"""A small town with awards and a fund, made directly: what cases and awards would have decided."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from minzheng.access.models import User
from minzheng.awards import rows
from minzheng.awards.models import Award, AwardAmount, AwardMember
from minzheng.awards.rows import Segment
from minzheng.cases.models import Decision
from minzheng.core.accounts import with_check_digit
from minzheng.payments import actions
from minzheng.payments.models import Fund, Run
from minzheng.people import actions as people
from minzheng.people.models import AccountAgreement, Household, Person

TOWN, VILLAGE = "990101101", "990101101201"
JANUARY = dt.date(2025, 1, 1)
FEBRUARY = dt.date(2025, 2, 1)
MARCH = dt.date(2025, 3, 1)
DEPARTMENT = {"zh-Hans": "社会救助股", "en": "Assistance"}


def card(number: int) -> str:
    """An invented bank card, its check digit right."""
    return with_check_digit(f"62284800990000{number:04d}")


@dataclass
class World:
    """Users by role, and what was made so far."""

    users: dict[str, User]
    fund: Fund | None = None
    awards: list[Award] = field(default_factory=list)
    made: int = 0

    def person(self, name: str = "", account: str | None = "auto", area: str = VILLAGE, **more) -> Person:
        self.made += 1
        if account == "auto":
            account = card(self.made)
        return people.register_person(
            by=self.users["handler"],
            name=name or f"居民{self.made}",
            area=area,
            birth_date=dt.date(1950, 1, 1),
            sex="male",
            no_number_reason="测试",
            account=account,
            **more,
        )

    def agree(self, person: Person, account: str, holder: str, **more) -> AccountAgreement:
        """The person is paid to another's account, by an agreement that is on file."""
        given = {"kind": "guardian", "relation": "guardian", "number": "2025-001", "signed_on": JANUARY}
        agreement = people.Agreement(holder=holder, **(given | {"valid_from": JANUARY} | more))
        return people.name_account(by=self.users["handler"], person=person, account=account, agreement=agreement)

    def award(
        self,
        amount: int = 50_000,
        *,
        programme: str = "dibao",
        first: dt.date = JANUARY,
        last: dt.date | None = None,
        people_covered: int = 1,
        person: Person | None = None,
        origin: str = "case",
        decided_on: dt.date | None = None,
    ) -> Award:
        """A household's award (dibao) or a person's (else), paid to its person."""
        head = person or self.person()
        household = None
        if programme == "dibao":
            household = Household.objects.create(
                circle="family", number=f"H{self.made:05d}", residence="rural", formed_on=JANUARY, area_id=head.area_id
            )
        decision = Decision.objects.create(
            number=f"D{self.made:05d}",
            programme=programme,
            person=None if household else head,
            household=household,
            outcome="grant",
            decided_on=decided_on or first,
            first_month=first,
            decided_by=self.users["approver"],
            area_id=head.area_id,
        )
        award = Award.objects.create(
            programme=programme,
            person=None if household else head,
            household=household,
            residence="rural",
            payee=head,
            origin=origin,
            first_month=first,
            last_month=last,
            left_on=last,
            entered_on=decided_on or first,
            decision=decision,
            area_id=head.area_id,
        )
        self.amount(award, amount, first, "granted", last=last)
        members = [head, *(self.person(account=None) for _ in range(people_covered - 1))]
        for member in members:
            AwardMember.objects.create(
                award=award,
                person=member,
                first_month=first,
                last_month=last,
                entered_on=first,
                left_on=last,
                area_id=VILLAGE,
            )
        self.awards.append(award)
        return award

    def amount(
        self, award: Award, fen: int, first: dt.date, reason: str, *, last: dt.date | None = None
    ) -> AwardAmount:
        return AwardAmount.objects.create(
            award=award,
            first_month=first,
            last_month=last,
            amount=fen,
            reason=reason,
            decision=award.decision,
            area_id=award.area_id,
        )

    def change(self, award: Award, fen: int, first: dt.date, reason: str = "income_changed") -> None:
        """From a month on the award owes another amount: what it owed from then on is superseded."""
        rows.write_amounts({award: (first, [Segment(first, None, fen, reason, None, award.decision)])})

    def end(self, award: Award, last: dt.date) -> None:
        """The award ends with a month."""
        row = award.amounts.get(superseded_at=None)
        award.amounts.filter(pk=row.pk).update(superseded_at=timezone.now())
        self.amount(award, row.amount, row.first_month, row.reason, last=last)
        Award.objects.filter(pk=award.pk).update(last_month=last, left_on=last, end_reason="income_over")

    def fund_of(self, fen: int, *, purpose=("dibao",), area: str = "990101", source: str = "county") -> Fund:
        fund = actions.open_fund(
            by=self.users["finance"],
            area=area,
            year=2025,
            name={"zh-Hans": "低保资金", "en": "Dibao fund"},
            source=source,
            purpose=purpose,
            department=DEPARTMENT,
        )
        if fen:
            actions.allocate(by=self.users["finance"], fund=fund, amount=fen, on=JANUARY)
        self.fund = fund
        return fund

    def prepare(self, month: dt.date = JANUARY, *, programme: str = "dibao", **more) -> Run:
        return actions.prepare_run(by=self.users["handler"], programme=programme, area=TOWN, month=month, **more)

    def to(self, run: Run, state: str) -> Run:
        """Bring a run on, each act by the role that does it."""
        acts = [
            ("submitted", lambda: actions.submit(by=self.users["handler"], run=run)),
            ("approved", lambda: actions.approve(by=self.users["approver"], run=run)),
            ("released", lambda: actions.release(by=self.users["finance"], run=run)),
            ("sent", lambda: actions.send(by=self.users["finance"], run=run)),
            ("paid", lambda: actions.confirm_paid(by=self.users["finance"], run=run)),
            ("closed", lambda: actions.close(by=self.users["finance"], run=run)),
        ]
        for name, act in acts:
            act()
            if name == state:
                break
        run.refresh_from_db()
        return run
