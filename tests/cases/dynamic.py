"""A family in receipt of the living allowance and what happens to it: the whole way through cases, awards and runs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from minzheng.awards.models import Award
from minzheng.cases import actions
from minzheng.cases.models import Case, Decision
from minzheng.core import clock
from minzheng.payments import actions as payments
from minzheng.payments.models import Run
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from tests.cases.conftest import Way

TOWN = "990101101"


def month(number: int, year: int = 2025) -> dt.date:
    return dt.date(year, number, 1)


@dataclass
class Receiving:
    """A household's running award, granted by a case: three people, 1,000 yuan a month from April 2025."""

    users: dict[str, Any]
    household: Household
    award: Award

    @classmethod
    def of(cls, way: Way) -> "Receiving":
        way.to_reviewed()
        actions.decide(by=way.users["approver"], case=way.case, outcome="grant")
        return cls(way.users, way.household, Award.objects.get(household=way.household))

    def member(self, relation: str) -> Person:
        return self.household.memberships.filter(relation=relation, superseded_at=None).get().person

    def income(self, fen: int, since: dt.date) -> None:
        """Yearly, verified."""
        people.record_fact(
            by=self.users["handler"], name="annual_income", value=fen, source="verified", valid_from=since,
            household=self.household,
        )  # fmt: skip

    def reviewed(self, reason: str, *, event_on: dt.date | None = None, **values: Any) -> Case:
        """A change case up to the county's review."""
        handler = self.users["handler"]
        case = actions.open_case(
            by=handler, programme="dibao", kind="change", household=self.household, reason=reason, event_on=event_on,
            **values,
        )  # fmt: skip
        actions.act(by=handler, case=case, act="cases.cross_check", papers=["evidence"])
        if case.stage == "checked":
            actions.assess(by=handler, case=case)
        actions.review(by=self.users["reviewer"], case=case)
        return case

    def decide(self, case: Case, outcome: str, **values: Any) -> Decision:
        decision = actions.decide(by=self.users["approver"], case=case, outcome=outcome, **values)
        self.award.refresh_from_db()
        return decision

    def amounts(self) -> list[tuple[int, int | None, int, str]]:
        """First month, last month, yuan, reason."""
        rows = self.award.amounts.filter(superseded_at=None).order_by("first_month")
        return [(r.first_month.month, r.last_month and r.last_month.month, r.amount // 100, r.reason) for r in rows]

    def fund(self) -> None:
        county = {"zh-Hans": "社会救助股", "en": "Assistance"}
        fund = payments.open_fund(
            by=self.users["finance"], area="990101", year=2025, name={"zh-Hans": "低保资金", "en": "Dibao"},
            source="county", purpose=("dibao",), department=county,
        )  # fmt: skip
        payments.allocate(by=self.users["finance"], fund=fund, amount=100_000_000, on=month(1))

    def account(self, person: Person, number: str = "6228480090000115") -> None:
        people.add_identifier(by=self.users["handler"], person=person, kind="account", value=number)

    def run(self, first: dt.date) -> Run:
        """The run of a month, paid to the end; the day is its 20th."""
        clock.set_today(first.replace(day=20))
        run = payments.prepare_run(by=self.users["handler"], programme="dibao", area=TOWN, month=first)
        payments.submit(by=self.users["handler"], run=run)
        payments.approve(by=self.users["approver"], run=run)
        for act in (payments.release, payments.send, payments.confirm_paid, payments.close):
            act(by=self.users["finance"], run=run)
        run.refresh_from_db()
        return run


def lines(run: Run) -> list[tuple[str, int, int]]:
    """Kind, benefit month, yuan of each line."""
    return [(p.kind, p.benefit_month.month, p.amount // 100) for p in run.payments.order_by("benefit_month", "pk")]
