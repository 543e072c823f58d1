"""Means verification: who has to authorise it, what its result covers, when it has expired, what an objection does."""

import datetime as dt

import pytest

from minzheng.cases import actions, papers, procedure, queries, verification
from minzheng.cases.models import Case
from minzheng.core.errors import Refused
from minzheng.people import actions as people
from minzheng.people.models import Fact, Person
from tests.cases.conftest import PAPERS, person
from tests.cases.test_papers import words


def accept(way, **data) -> Case:
    actions.act(by=way.users["handler"], case=way.case, act="cases.accept", papers=PAPERS, data=data)
    return way.case


def member(way, relation: str) -> Person:
    return way.household.memberships.get(relation=relation, superseded_at=None).person


def standing(case: Case) -> verification.Standing:
    return verification.standing(list(case.steps.order_by("pk")))


def test_the_adults_have_signed_and_it_is_asked_for_with_the_acceptance(day, way):
    day(3, 3)
    now = standing(accept(way))
    assert [one["name"] for one in now.authorisations] == ["赵甲", "钱甲"]  # the child of twelve is not asked
    assert now.requested_on == dt.date(2025, 3, 3)


def test_without_an_adults_authorisation_it_cannot_be_asked_for(day, way):
    day(3, 3)
    case = accept(way, unsigned=[member(way, "spouse").pk])
    handler = way.users["handler"]
    with pytest.raises(Refused, match="钱甲") as refused:
        actions.request_verification(by=handler, case=case)
    assert refused.value.code == "case.not_authorised"
    assert "赵甲" not in str(refused.value)
    with pytest.raises(Refused) as refused:
        way.check()
    assert refused.value.code == "case.verification_not_requested"
    signature = actions.Authorisation(dt.date(2025, 3, 2), member(way, "spouse"), by="赵甲代签，本人失明")
    actions.authorise(by=handler, case=case, authorisations=[signature])
    actions.request_verification(by=handler, case=case)
    assert way.check().case.stage == "checked"


def test_who_turns_up_later_has_to_sign_too(day, way):
    day(3, 3)
    case = accept(way, unsigned=[member(way, "spouse").pk])
    handler = way.users["handler"]
    brother = person(handler, "赵弟", dt.date(1970, 1, 1))
    people.join(by=handler, household=way.household, person=brother, relation="sibling", on=dt.date(2025, 3, 1))
    with pytest.raises(Refused, match="钱甲、赵弟"):
        actions.request_verification(by=handler, case=case)


def test_the_dead_are_not_asked(day, way):
    day(3, 3)
    people.record_death(by=way.users["handler"], person=member(way, "spouse"), on=dt.date(2025, 3, 1))
    assert [one["name"] for one in standing(accept(way)).authorisations] == ["赵甲"]


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (lambda way: actions.Authorisation(dt.date(2025, 3, 3), member(way, "grandchild")), "authorisation_not_needed"),
        (lambda way: actions.Authorisation(dt.date(2025, 3, 3)), "authorisation_incomplete"),
        (lambda way: actions.Authorisation(dt.date(2025, 3, 4), member(way, "spouse")), "authorisation_day"),
    ],
)
def test_an_authorisation_that_says_nothing_is_refused(day, way, signature, code):
    day(3, 3)
    case = accept(way)
    with pytest.raises(Refused) as refused:
        actions.authorise(by=way.users["handler"], case=case, authorisations=[signature(way)])
    assert refused.value.code == f"case.{code}"


def test_the_result_keeps_classes_by_person_and_its_facts_are_verified(day, way):
    day(3, 3)
    case = accept(way)
    day(3, 5)
    actions.record_verification(
        by=way.users["handler"],
        case=case,
        verified_on=dt.date(2025, 3, 4),
        without=["insurance"],
        facts={"cars": 1},
        papers=["verification_report"],
    )
    found = standing(case).result
    assert found["on"] == "2025-03-04"
    assert found["found"]["钱甲"] == ["income", "financial", "vehicles", "houses", "business"]
    fact = Fact.objects.get(name="cars", household=way.household)
    assert (fact.value, fact.source, fact.valid_from) == (1, "verified", dt.date(2025, 3, 4))


def test_a_report_from_before_the_request_is_refused_with_nothing_recorded(day, way):
    day(3, 3)
    case = accept(way)
    with pytest.raises(Refused) as refused:
        actions.record_verification(
            by=way.users["handler"],
            case=case,
            verified_on=dt.date(2025, 3, 2),
            facts={"cars": 1},
            papers=["verification_report"],
        )
    assert refused.value.code == "case.verification_day"
    assert not Fact.objects.filter(name="cars").exists()
    assert not case.papers.filter(kind="verification_report").exists()


def test_an_expired_result_carries_no_assessment(day, way):
    day(3, 3)
    accept(way)
    way.check().visit()
    day(9, 3)
    way.assess()
    day(9, 4)
    with pytest.raises(Refused, match="2025-09-03") as refused:
        way.assess()
    assert refused.value.code == "case.verification_expired"
    actions.request_verification(by=way.users["handler"], case=way.case)
    actions.record_verification(by=way.users["handler"], case=way.case)
    assert way.assess().case.stage == "assessed"


def test_an_objection_stops_the_clocks_until_it_is_looked_into(day, way):
    day(3, 3)
    accept(way)
    way.check()
    before = queries.case_view(way.case, user=way.users["handler"]).total.due_on
    day(3, 10)
    actions.dispute_verification(by=way.users["handler"], case=way.case, by_whom="赵甲", text="房屋已倒塌")
    view = queries.case_view(way.case, user=way.users["handler"])
    assert (view.total, view.clock.due_on) == (None, dt.date(2025, 3, 24))
    way.visit()
    with pytest.raises(Refused) as refused:
        way.assess()
    assert refused.value.code == "case.verification_disputed"
    with pytest.raises(Refused) as refused:
        actions.request_verification(by=way.users["handler"], case=way.case)
    assert refused.value.code == "case.verification_awaited"
    day(3, 13)
    actions.record_verification(by=way.users["handler"], case=way.case, upheld=True, note="经现场核实，房屋仍在")
    after = queries.case_view(way.case, user=way.users["handler"]).total.due_on
    assert before == dt.date(2025, 4, 15)
    assert after == dt.date(2025, 4, 18)  # three working days more
    assert standing(way.case).result["on"] == "2025-03-03"  # what was upheld expires when it would have
    way.assess()


def test_the_report_says_who_was_verified_and_what_was_found(day, way):
    day(3, 3)
    accept(way)
    with pytest.raises(Refused, match="result of the verification"):
        papers.make(by=way.users["handler"], case=way.case, kind="verification_report")
    actions.record_verification(
        by=way.users["handler"],
        case=way.case,
        facts={"annual_income": 1_200_000, "business_registered": False},
        papers=["verification_report"],
    )
    made = papers.make(by=way.users["handler"], case=way.case, kind="verification_report")
    paper = words(made)
    for word in ("赵甲", "钱甲", "12,000.00元", "市场主体登记", "2025年9月3日"):
        assert word in paper
    assert "孙甲" not in paper


def test_a_supporter_elsewhere_is_verified_only_with_consent_from_the_law_on(on_day, way):
    on_day(dt.date(2026, 7, 6))
    case = accept(way)
    handler = way.users["handler"]
    found = {"赵甲": ["income"], "赵外": ["income"]}
    with pytest.raises(Refused, match="赵外") as refused:
        actions.record_verification(by=handler, case=case, found=found, papers=["verification_report"])
    assert refused.value.code == "case.supporter_consent"
    actions.authorise(by=handler, case=case, authorisations=[actions.Authorisation(dt.date(2026, 7, 6), name="赵外")])
    actions.record_verification(by=handler, case=case, found=found, papers=["verification_report"])
    assert case.stage == "checked"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("paper: authorisation", "paper: permission"), "is no paper"),
        (("asked_with: cases.accept", "asked_with: cases.apply_all"), "is no act"),
        (("valid_months: 6", "valid_months: 0"), "must be a positive number"),
        (("fact: cars}", "fact: wheels}"), "no fact of a household"),
        (("until: cases.recheck", "until: cases.nothing"), "no act"),
        (("recheck, working_days: 10", "recheck, working_days: 0"), "at least 1"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_refused_with_its_place(change, where):
    text = procedure.load("dibao").text
    broken = text.replace(*change, 1)
    assert broken != text
    with pytest.raises(Refused, match=where):
        procedure.parse(broken, programme="dibao", path="dibao/procedure.yaml")
