"""A village whose families and elders the tests grant awards to."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Overlap
from minzheng.cases.models import Assessment, Case, CaseMember, Decision
from minzheng.core import clock
from minzheng.people import actions as people
from minzheng.people.models import Fact, Household, Person
from minzheng.policy import subjects
from minzheng.policy.registry import programme
from tests.awards import laws

VILLAGE = "990101101201"
OTHER_TOWN = "990101102201"
FORMED = dt.date(2020, 1, 1)


def day(month: int, number: int = 1, year: int = 2025) -> dt.date:
    return dt.date(year, month, number)


class Village:
    """What an office does before awards: registers people and decides. Money in yuan here, fen everywhere else."""

    def __init__(self, users: dict[str, Any]) -> None:
        self.users = users
        self.handler, self.approver = users["handler"], users["approver"]
        self.numbers = itertools.count(1)

    def person(self, name: str = "王某", born: dt.date = dt.date(1980, 5, 6), area: str = VILLAGE) -> Person:
        return Person.objects.create(name=name, sex="female", birth_date=born, area_id=area, no_number_reason="测试")

    def family(self, *members: Person, income: int | None = 0, area: str = VILLAGE) -> Household:
        """A family, its head first; income in yuan a year."""
        relations = ["head", *["son"] * len(members)]
        household = people.form_household(
            by=self.handler if area == VILLAGE else self.approver_as_editor,
            circle="family",
            area=area,
            residence="rural",
            number=f"F-{next(self.numbers)}",
            formed_on=FORMED,
            members=list(zip(members, relations, strict=False)),
        )
        if income is not None:
            self.fact(household=household, name="annual_income", value=income * 100)
        return household

    def fact(self, *, name: str, value: Any, since: dt.date = FORMED, **owner: Any) -> Fact:
        return people.record_fact(by=self.handler, name=name, value=value, source="verified", valid_from=since, **owner)

    def decide(
        self,
        code: str,
        party: Person | Household,
        outcome: str = "grant",
        *,
        covered: list[Person] | None = None,
        opened: dt.date | None = None,
        decided: dt.date | None = None,
        first: dt.date | None = None,
        on: dt.date | None = None,
        reason: str = "",
        given: dict[str, Any] | None = None,
    ) -> Decision:
        """A decided case: its assessment is the law's, on `on` (the day of the decision). Publishes nothing."""
        decided = decided or clock.today()
        owner = {"household": party} if isinstance(party, Household) else {"person": party}
        case = Case.objects.create(
            number=f"C-{next(self.numbers)}",
            kind="application" if outcome == "grant" else "change",
            programme=code,
            area_id=party.area_id,
            reason=reason,
            procedure_hash="",
            procedure_from=FORMED,
            opened_on=opened or decided,
            stage="closed",
            closed_on=decided,
            **({"given": given} if given else {}),
            **owner,
        )
        CaseMember.objects.bulk_create(
            CaseMember(case=case, person=one, area_id=party.area_id) for one in covered or []
        )
        on = on or decided
        law = programme(code)
        subject = subjects.subject(code, on=on, covered=[one.pk for one in covered or []], given=given, **owner)
        (result,) = law.assess([subject], on)
        assessment = Assessment.objects.create(
            case=case,
            area_id=party.area_id,
            programme=code,
            on=on,
            inputs=subjects.stored_inputs(subject),
            files=dict(law.files),
            eligible=result.eligible,
            unmet=list(result.unmet),
            amount=result.amount,
            error=result.error or "",
            explanation={},
            **owner,
        )
        return Decision.objects.create(
            case=case,
            number=f"D-{next(self.numbers)}",
            programme=code,
            area_id=party.area_id,
            outcome=outcome,
            reason=reason,
            decided_on=decided,
            first_month=first or decided.replace(day=1),
            assessment=assessment,
            decided_by=self.approver,
            **owner,
        )


@pytest.fixture
def village(users: dict[str, Any]) -> Iterator[Village]:
    """The village, with the tests' laws in force; everything is visible. Today is 2025-03-03."""
    with scope([EVERYWHERE]):
        laws.store_all()
        Overlap.objects.all().delete()
        Overlap.objects.create(
            first="dibao", second="tekun", source="国发〔2016〕14号", note={"zh-Hans": "不再享受低保。"}
        )
        yield Village(users)
