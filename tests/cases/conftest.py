"""A small law of these tests' own, a family, and shortcuts through the procedure."""

import datetime as dt
import hashlib

import pytest

from minzheng.access.models import User
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions
from minzheng.cases.models import Case
from minzheng.core import clock
from minzheng.people import actions as people
from minzheng.people.models import Household, Person
from minzheng.policy.models import PolicyFile

POLICY = """
programme: {code}
name: {{zh-Hans: {name}, en: Test programme}}
unit: {unit}
department: {{zh-Hans: 民政, en: Civil affairs}}
versions:
  - from: 2015-01-01
    basis: [{{title: 测试规定}}]
    facts: {{{facts}}}
    member_facts: {{{member_facts}}}
    rates: {{standard: money}}
    steps:
{steps}
    conditions:
      entitled:
        formula: {condition}
        label: {{zh-Hans: 符合条件, en: Entitled}}
        otherwise: {{zh-Hans: 收入超过标准, en: The income exceeds the standard}}
    amount: {amount}
    timing: {{starts: {starts}, month_of_ending_event: paid, pay_cycle: month, arrears_months: 12}}
"""
DIBAO = POLICY.format(
    code="dibao",
    name="最低生活保障",
    unit="household",
    facts="annual_income: money",
    member_facts="covered: bool",
    steps="""\
      people: {formula: count(*) filter (where covered), label: {zh-Hans: 保障人数, en: People}}
      month_income: {formula: annual_income / 12, label: {zh-Hans: 月收入, en: Monthly income}}
      difference: {formula: "max(standard * people - month_income, 0)", label: {zh-Hans: 补差, en: Difference}}""",
    condition="difference > 0 * standard",
    amount="ceil(difference, yuan)",
    starts="month_after_decision",
)
HOUSEHOLD_GIFT = POLICY.format(
    code="festival_relief",
    name="春节慰问",
    unit="household",
    facts="hardship_kind: code",
    member_facts="",
    steps='      parcel: {formula: "round(standard, yuan)", label: {zh-Hans: 慰问品, en: Parcel}}',
    condition="hardship_kind <> 'none'",
    amount="parcel",
    starts="month_of_decision",
)
OLD_AGE = POLICY.format(
    code="old_age_allowance",
    name="高龄津贴",
    unit="person",
    facts="age: int",
    member_facts="",
    steps='      allowance: {formula: "round(standard, yuan)", label: {zh-Hans: 津贴, en: Allowance}}',
    condition="age >= 80",
    amount="allowance",
    starts="month_of_birthday",
)
SMALL_FAST = HOUSEHOLD_GIFT.replace("festival_relief", "temporary_assistance")
RATES = """
standard:
  - {area: "99", from: 2015-01-01, value: 500, source: {title: 测试标准}}
"""


@pytest.fixture
def day(on_day):
    """Set the office's date by month and day of 2025."""
    return lambda month, number: on_day(dt.date(2025, month, number))


@pytest.fixture
def law(db):
    """The tests' own law, stored as the registry stores it."""
    for code, policy in (
        ("dibao", DIBAO),
        ("festival_relief", HOUSEHOLD_GIFT),
        ("old_age_allowance", OLD_AGE),
        ("temporary_assistance", SMALL_FAST),
    ):
        for kind, text in (("policy", policy), ("rates", RATES)):
            path = f"{code}/{kind}.yaml"
            PolicyFile.objects.create(
                sha256=hashlib.sha256(f"{path}\0{text}".encode()).hexdigest(),
                kind=kind,
                programme=code,
                path=path,
                content=text,
            )


@pytest.fixture
def world(users, law):
    """Everybody's scope, for tests that look at the procedure and not at who sees what."""
    with scope([EVERYWHERE]):
        yield users


def person(by: User, name: str, born: dt.date, area: str = "990101101201") -> Person:
    return people.register_person(
        by=by, name=name, area=area, birth_date=born, sex="male", no_number_reason="测试人员没有号码"
    )


@pytest.fixture
def family(world) -> Household:
    """A household of three: head, spouse, child."""
    return make_family(world["handler"], "甲")


def make_family(by: User, mark: str) -> Household:
    head = person(by, f"赵{mark}", dt.date(1960, 5, 1))
    spouse = person(by, f"钱{mark}", dt.date(1962, 6, 1))
    child = person(by, f"孙{mark}", dt.date(2012, 7, 1))
    return people.form_household(
        by=by,
        circle="family",
        area="990101101201",
        residence="rural",
        number=f"A{mark}",
        formed_on=dt.date(2010, 1, 1),
        members=[(head, "head"), (spouse, "spouse"), (child, "grandchild")],
    )


PAPERS = ("application_form", "authorisation", "identity_papers")


class Way:
    """A case's usual way, act by act, by those whose part it is."""

    def __init__(self, users: dict[str, User], household: Household) -> None:
        self.users, self.household = users, household
        self.case: Case = actions.open_case(by=users["handler"], programme="dibao", household=household)

    def accept(self) -> "Way":
        actions.act(by=self.users["handler"], case=self.case, act="cases.accept", papers=PAPERS)
        return self

    def check(self) -> "Way":
        actions.act(by=self.users["handler"], case=self.case, act="cases.cross_check", papers=["verification_report"])
        return self

    def visit(self, income: int = 600_000) -> "Way":
        actions.record_visit(
            by=self.users["handler"],
            case=self.case,
            second_visitor=self.users["village_worker"],
            visited_on=clock.today(),
            met="赵甲",
            findings="土房三间",
            facts={"annual_income": income},
        )
        return self

    def assess(self) -> "Way":
        actions.assess(by=self.users["handler"], case=self.case)
        return self

    def post(self) -> "Way":
        self.posting = actions.post(by=self.users["handler"], case=self.case)
        return self

    def end_posting(self) -> "Way":
        clock.set_today(self.posting.ends_on + dt.timedelta(days=1))
        actions.end_posting(by=self.users["handler"], case=self.case)
        return self

    def review(self) -> "Way":
        actions.review(by=self.users["reviewer"], case=self.case)
        return self

    def county_visit(self) -> "Way":
        """Two of the county, of whom the one that decides may be one."""
        actions.record_county_visit(
            by=self.users["reviewer"],
            case=self.case,
            second_visitor=self.users["approver"],
            visited_on=clock.today(),
            met="赵甲",
            findings="与乡镇调查一致",
        )
        return self

    def to_posted(self) -> "Way":
        return self.accept().check().visit().assess().post()

    def to_reviewed(self) -> "Way":
        return self.to_posted().end_posting().review()


@pytest.fixture
def way(world, family) -> Way:
    return Way(world, family)
