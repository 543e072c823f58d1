"""A few families and their casework, through the same actions as the screens use: what pages are tested on."""

import datetime as dt
from pathlib import Path

import minzheng
from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions as cases
from minzheng.cases.models import Case
from minzheng.core import clock
from minzheng.core.accounts import with_check_digit
from minzheng.payments import actions as payments
from minzheng.payments.models import Fund, Run
from minzheng.people import actions as people
from minzheng.people.models import FactSource, Household, Person
from minzheng.policy import registry

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DEMO_RATES = Path(minzheng.__file__).parent / "demo" / "rates.yaml"
TOWN = "990101101"
PAPERS = ["application_form", "authorisation", "identity_papers"]


class Town:
    """Families of the invented township and what happens to them. Every method acts as the user whose act it is."""

    def __init__(self, users: dict[str, User]) -> None:
        self.users = users
        self.count = 0
        with scope([EVERYWHERE]):
            registry.store_files(DEMO_RATES)

    def on(self, month: int, day: int) -> None:
        clock.set_today(dt.date(2025, month, day))

    def person(self, name: str, born: dt.date, sex: str = "male", village: str = "990101101201") -> Person:
        self.count += 1
        return people.register_person(
            by=self.users["handler"],
            name=name,
            area=village,
            id_number=identity_number(born, sex, self.count),
            address=f"{self.count % 9 + 1}组{self.count}号",
            account=with_check_digit(f"62170000{self.count:010d}"),
            phone=f"1390000{self.count:04d}",
        )

    def family(self, *names: str, village: str = "990101101201") -> Household:
        """The first name is the head's (born 1952), the second the spouse's (1955), then a grandchild (2013)."""
        births = [dt.date(1952, 4, 3), dt.date(1955, 9, 21), dt.date(2013, 7, 8)]
        relations = ["head", "spouse", "grandchild"]
        with scope([EVERYWHERE]):
            persons = [
                self.person(name, born, "female" if relation == "spouse" else "male", village)
                for name, born, relation in zip(names, births, relations, strict=False)
            ]
            return people.form_household(
                by=self.users["handler"],
                circle="family",
                area=village,
                residence="rural",
                number=f"AH-{self.count:04d}",
                formed_on=dt.date(2015, 1, 1),
                members=list(zip(persons, relations, strict=False)),
                address=f"{self.count % 9 + 1}组{self.count}号",
            )

    def means(self, household: Household, income_yuan: int, source: str = FactSource.DECLARED) -> None:
        """What the family has: an income of so much a year, and nothing that stands in the way."""
        known = {
            "annual_income": income_yuan * 100,
            "financial_assets": 200_000,
            "cars": 0,
            "houses": 1,
            "business_registered": False,
        }
        with scope([EVERYWHERE]):
            for name, value in known.items():
                people.record_fact(
                    by=self.users["handler"],
                    name=name,
                    value=value,
                    source=source,
                    valid_from=clock.today(),
                    household=household,
                )

    def apply(self, household: Household) -> Case:
        with scope([EVERYWHERE]):
            return cases.open_case(by=self.users["handler"], programme="dibao", household=household)

    def accept(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.receive_papers(by=self.users["handler"], case=case, kinds=PAPERS)
            cases.act(by=self.users["handler"], case=case, act="cases.accept")

    def check(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.act(
                by=self.users["handler"],
                case=case,
                act="cases.cross_check",
                papers=["verification_report"],
                note="无异常",
            )

    def waiting_for_visit(self, *names: str) -> Case:
        """An application of 3 March, accepted and cross-checked, of a family that declared 2,400 yuan a year."""
        self.on(3, 3)
        household = self.family(*names)
        self.means(household, 2400)
        case = self.apply(household)
        self.accept(case)
        self.check(case)
        return case

    def visit(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.record_visit(
                by=self.users["handler"],
                case=case,
                second_visitor=self.users["village_worker"],
                visited_on=clock.today(),
                met="户主",
                findings="住房为砖木结构两间，种地一亩半，户主有慢性病，无其他收入。",
                facts={"houses": 1},
            )

    def assess(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.assess(by=self.users["handler"], case=case)

    def post(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.post(by=self.users["handler"], case=case)

    def end_posting(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.end_posting(by=self.users["handler"], case=case)

    def review(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.review(by=self.users["reviewer"], case=case, note="材料齐全")

    def grant(self, case: Case) -> None:
        with scope([EVERYWHERE]):
            cases.decide(by=self.users["approver"], case=case, outcome="grant")

    def granted(self, household: Household, income_yuan: int, month: int = 1) -> Case:
        """From application to grant within a month."""
        self.on(month, 2)
        self.means(household, income_yuan)
        case = self.apply(household)
        self.accept(case)
        self.check(case)
        self.on(month, 6)
        self.visit(case)
        self.assess(case)
        self.post(case)
        self.on(month, 20)
        self.end_posting(case)
        self.review(case)
        self.grant(case)
        return case

    def fund(self, yuan: int = 500_000) -> Fund:
        with scope([EVERYWHERE]):
            fund = payments.open_fund(
                by=self.users["finance"],
                area="990101",
                year=2025,
                name={"zh-Hans": "困难群众救助补助资金", "en": "Subsidy for people in hardship"},
                source="county",
                purpose=["dibao"],
                department={"zh-Hans": "民政", "en": "Civil affairs"},
            )
            payments.allocate(
                by=self.users["finance"],
                fund=fund,
                amount=yuan * 100,
                on=dt.date(2025, 1, 15),
                memo="示财社〔2025〕3号",
            )
            return fund

    def run(self, month: int) -> Run:
        with scope([EVERYWHERE]):
            return payments.prepare_run(
                by=self.users["handler"], programme="dibao", area=TOWN, month=dt.date(2025, month, 1)
            )

    def pay(self, run: Run) -> None:
        """Everything from submitting to closing."""
        by = self.users
        with scope([EVERYWHERE]):
            payments.submit(by=by["handler"], run=run)
            payments.approve(by=by["approver"], run=run)
            payments.release(by=by["finance"], run=run)
            payments.send(by=by["finance"], run=run)
            payments.confirm_paid(by=by["finance"], run=run)
            payments.close(by=by["finance"], run=run)


def identity_number(born: dt.date, sex: str, serial: int) -> str:
    """A number of the invented county with the right check character."""
    order = serial * 2 % 1000 + (1 if sex == "male" else 0)
    body = f"990101{born:%Y%m%d}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
