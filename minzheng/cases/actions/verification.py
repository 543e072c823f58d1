"""Means verification: the adults' authorisations, the request, its result, and what is done when somebody objects."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import procedure, verification
from minzheng.cases.actions import door
from minzheng.cases.models import Case, CaseStep
from minzheng.cases.refusals import casework
from minzheng.cases.shapes import Procedure
from minzheng.cases.verification import VerificationRule
from minzheng.core import clock
from minzheng.core.errors import pick, refuse
from minzheng.people import actions as people_actions
from minzheng.people import queries as people
from minzheng.people.models import FactSource, Person


@dataclass(frozen=True)
class Authorisation:
    """One signature under the authorisation: a member of the family, or (by `name`) a supporter who lives elsewhere.
    `by`: who signed in their place, and why."""

    signed_on: dt.date
    person: Person | None = None
    name: str = ""
    by: str = ""


@casework
def authorise(
    *, by: User, case: Case, authorisations: Sequence[Authorisation], note: str = "", on: dt.date | None = None
) -> CaseStep:
    """Enter who else has authorised the verification. What is signed at the acceptance goes with that act. Refuses a
    minor (nobody asks them), somebody who is not of the family and has no name, and a day in the future."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = rule_of(matter.procedure)
    family = adults(matter.case, rule, on)
    data = {"authorisations": [_kept(rule, one, family, on) for one in authorisations]}
    if not authorisations:
        raise _incomplete(rule)
    step = door.perform(matter, by=by, act=verification.AUTHORISE, on=on, note=note, data=data)
    door.copy_projection(matter, case)
    return step


@casework
def request_verification(*, by: User, case: Case, note: str = "", on: dt.date | None = None) -> CaseStep:
    """Ask the county for the verification: the first time where it did not go with the acceptance, or again where the
    result has expired. Refused where an adult has not authorised it, by name, and while a result is awaited."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = rule_of(matter.procedure)
    door.check(matter, by=by, act=verification.REQUEST, on=on, note=note)
    refuse_unauthorised(rule, adults(matter.case, rule, on), verification.standing(matter.done()))
    data = {"verification_request": {"on": on.isoformat()}}
    step = door.perform(matter, by=by, act=verification.REQUEST, on=on, note=note, data=data)
    door.copy_projection(matter, case)
    return step


@casework
def record_verification(
    *,
    by: User,
    case: Case,
    verified_on: dt.date | None = None,
    found: Mapping[str, Sequence[str]] | None = None,
    without: Iterable[str] = (),
    facts: Mapping[str, Any] | None = None,
    member_facts: Mapping[Person, Mapping[str, Any]] | None = None,
    upheld: bool = False,
    report: int | None = None,
    papers: Iterable[str] = (),
    note: str = "",
    on: dt.date | None = None,
) -> CaseStep:
    """Enter the result of the verification, or what came of an objection to it.

    verified_on: the day of the report (today). found: which classes of data were looked at, by the name of the person;
    all of the procedure's for every adult where nothing is said, except those in `without`. facts, member_facts: what
    was found, recorded as verified from the day of the report. upheld: the objection changes nothing. report: the
    document that was read in.
    """
    from minzheng.cases.actions.opening import take_in

    on = on or clock.today()
    matter = door.lock(case)
    rule_of(matter.procedure)
    act = verification.AGAIN if verification.standing(matter.done()).result else verification.RESULT
    perms.require(by, act, matter.case.area_id)
    take_in(matter, by, papers, on)
    given: dict[str, Any] = {"on": verified_on, "found": found, "without": tuple(without), "upheld": upheld}
    data = {"verification": result(matter, given, on) | ({"report": report} if report else {})}
    step = door.perform(matter, by=by, act=act, on=on, note=note, data=data)
    since = dt.date.fromisoformat(data["verification"]["on"])
    record_facts(matter.case, by, since, facts or {}, member_facts or {})
    door.copy_projection(matter, case)
    return step


@casework
def dispute_verification(*, by: User, case: Case, by_whom: str, text: str, on: dt.date | None = None) -> CaseStep:
    """Enter that somebody objects to the result: it is looked into (异议复核), and the case waits."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = rule_of(matter.procedure)
    if not by_whom.strip() or not text.strip():
        raise refuse(
            "case.dispute_empty",
            zh="没有写明谁对核对结果有异议，或者异议是什么。",
            en="Who objects to the verification, or to what, is missing.",
            remedy_zh="请写明提出人，以及对哪一项结果有异议、理由是什么。",
            remedy_en="Enter who objects, to which finding, and why.",
            rule=rule.rule,
        )
    data = {"verification_dispute": True, "by_whom": by_whom.strip()}
    step = door.perform(matter, by=by, act=verification.DISPUTE, on=on, note=text.strip(), data=data)
    door.copy_projection(matter, case)
    return step


def with_acceptance(matter: door.Matter, act: str, data: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """What an act of acceptance keeps of the verification: who of the adults has signed the authorisation (all but the
    ones in `unsigned`), and that it is asked for on the same day where nobody is missing."""
    rule = procedure.load(matter.case.programme).on(on, matter.case.kind).verification  # that of this day is kept
    kept = {name: value for name, value in data.items() if name != "unsigned"}
    if rule is None or act != rule.asked_with:
        return kept
    family = adults(matter.case, rule, on)
    unsigned = set(data.get("unsigned", ()))
    signed = [person for person in family if person.pk not in unsigned]
    kept["authorisations"] = [
        *(_kept(rule, Authorisation(on, person), family, on) for person in signed),
        *kept.get("authorisations", ()),
    ]
    if len(signed) == len(family):
        kept["verification_request"] = {"on": on.isoformat()}
    return kept


def result(matter: door.Matter, given: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """What a step keeps as the result: the day of the report, and the classes of data by person."""
    rule = rule_of(matter.procedure)
    now = verification.standing(matter.done())
    if given.get("upheld"):
        if now.disputed_on is None or now.result is None:
            raise refuse(
                "case.nothing_disputed",
                zh="没有待复核的异议，不能登记“维持原结果”。",
                en="Nobody objects to the result; there is nothing to uphold.",
                remedy_zh="新的核对结果，请填写核对日期和内容。",
                remedy_en="For a new result enter its day and what was found.",
                rule=rule.rule,
            )
        return dict(now.result) | {"upheld": True}
    verified_on = given.get("on") or on
    since = now.requested_on or now.disputed_on or matter.case.opened_on
    if not since <= verified_on <= clock.today():
        raise refuse(
            "case.verification_day",
            zh="核对日期 {day} 不在 {since}（提出核对之日）与今天之间。",
            en="The verification of {day} is not between {since}, when it was asked for, and today.",
            remedy_zh="请填写核对报告上的日期；更早的报告不能使用，请重新提出核对。",
            remedy_en="Enter the day of the report; one from before cannot be used, ask for a new one.",
            rule=rule.rule,
            day=verified_on,
            since=since,
        )
    names = {person.name for person in adults(matter.case, rule, on)}
    found = given.get("found")
    if found is None:
        looked_at = [name for name in rule.classes if name not in given.get("without", ())]
        found = dict.fromkeys(sorted(names), looked_at)
    for name, classes in found.items():
        check_person(matter, rule, name, on)
        if unknown := set(classes) - set(rule.classes):
            raise _unknown_class(rule, min(unknown))
    return {"on": verified_on.isoformat(), "found": {name: list(classes) for name, classes in found.items()}}


def check_person(matter: door.Matter, rule: VerificationRule, name: str, on: dt.date) -> None:
    """Only who belongs to the family is verified, and a supporter outside it where they have consented (before the law
    asked for it: with or without)."""
    if name in {person.name for person in family_of(matter.case, on)}:
        return
    if not rule.supporters_consent or name in verification.standing(matter.done()).consenting:
        return
    raise refuse(
        "case.supporter_consent",
        zh="{name}不是共同生活的家庭成员，也没有登记其同意核对。",
        en="{name} does not live with the family and has not consented to being verified.",
        remedy_zh="赡养、抚养、扶养义务人须本人同意：请先登记其授权，再登记核对结果；不同意的，不得核对。",
        remedy_en="A supporter has to consent: enter that first; who does not consent is not verified.",
        rule=rule.rule,
        name=name,
    )


def refuse_unauthorised(rule: VerificationRule, family: Sequence[Person], now: verification.Standing) -> None:
    """Every adult of the family has signed."""
    missing = [person.name for person in family if person.pk not in now.authorised]
    if missing:
        raise refuse(
            "case.not_authorised",
            zh="还没有签署核对授权的成年家庭成员：{names}。",
            en="Adults of the family who have not authorised the verification: {names}.",
            remedy_zh="请本人（或依法代其签署的人）签署授权书，登记后再提出核对；未成年人不需要。",
            remedy_en="Let them (or who may sign for them) sign, enter it, then ask; minors need not.",
            rule=rule.rule,
            names="、".join(missing),
        )


def record_facts(
    case: Case,
    by: User,
    since: dt.date,
    facts: Mapping[str, Any],
    member_facts: Mapping[Person, Mapping[str, Any]],
) -> None:
    """What was found, as verified facts."""
    for name, value in facts.items():
        people_actions.record_fact(
            by=by, name=name, value=value, source=FactSource.VERIFIED, valid_from=since,
            household=case.household, person=case.person,
        )  # fmt: skip
    for person, values in member_facts.items():
        for name, value in values.items():
            people_actions.record_fact(
                by=by, name=name, value=value, source=FactSource.VERIFIED, valid_from=since, person=person
            )


def family_of(case: Case, on: dt.date) -> list[Person]:
    """Who lives in the household and is alive; of a personal matter the person."""
    if case.household is None:
        return [case.person] if case.person else []
    members = [row.person for row in people.members(case.household, on)]
    return [person for person in members if person.died_on is None]


def adults(case: Case, rule: VerificationRule, on: dt.date) -> list[Person]:
    """Those of the family who authorise for themselves."""
    return [person for person in family_of(case, on) if people.age(person, on) >= rule.adult_from]


def rule_of(rules: Procedure) -> VerificationRule:
    if rules.verification is None:
        raise refuse(
            "case.no_verification_rule",
            zh="本项目的程序没有信息核对的规则。",
            en="This programme's procedure has no rule for a means verification.",
            remedy_zh="按程序办理即可；需要核对的，请在程序文件的 verification 中写明。",
            remedy_en="Follow the procedure, or write the rule into its file (verification).",
            rule=rules.basis,
        )
    return rules.verification


def _kept(rule: VerificationRule, one: Authorisation, family: Sequence[Person], on: dt.date) -> dict[str, Any]:
    if one.signed_on > on:
        raise refuse(
            "case.authorisation_day",
            zh="授权日期 {day} 在今天（{today}）之后。",
            en="The authorisation of {day} is after today ({today}).",
            remedy_zh="请填写签字的日期。",
            remedy_en="Enter the day on which it was signed.",
            rule=rule.rule,
            day=one.signed_on,
            today=on,
        )
    if one.person is None and not one.name.strip():
        raise _incomplete(rule)
    if one.person is not None and one.person not in family:
        raise refuse(
            "case.authorisation_not_needed",
            zh="{name}不是本户的成年成员，不需要（也不能）签署核对授权。",
            en="{name} is no adult of this family and does not authorise the verification.",
            remedy_zh="未成年人不需要授权；不共同生活的赡养、抚养、扶养人，请填写姓名另行登记。",
            remedy_en="Minors need not; enter a supporter who lives elsewhere by name.",
            rule=rule.rule,
            name=one.person.name,
        )
    return {
        "person": one.person.pk if one.person else None,
        "name": one.person.name if one.person else one.name.strip(),
        "signed_on": one.signed_on.isoformat(),
        "by": one.by.strip(),
    }


def _incomplete(rule: VerificationRule) -> Exception:
    return refuse(
        "case.authorisation_incomplete",
        zh="没有写明谁签署了核对授权。",
        en="Who authorised the verification is missing.",
        remedy_zh="请选择家庭成员，或填写不共同生活的赡养人姓名。",
        remedy_en="Choose a member of the family, or enter the name of a supporter who lives elsewhere.",
        rule=rule.rule,
    )


def _unknown_class(rule: VerificationRule, name: str) -> Exception:
    return refuse(
        "case.verification_class",
        zh="没有核对类别“{name}”。",
        en="“{name}” is no class of data that is verified.",
        remedy_zh="可用的类别：{known}。",
        remedy_en="The classes are: {known_en}.",
        rule=rule.rule,
        name=name,
        known="、".join(pick(one.label, "zh-Hans") for one in rule.classes.values()),
        known_en=", ".join(rule.classes),
    )
