"""What a case's page shows besides the stage's own view: the explanation as a sheet, what an act will lead to."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from minzheng.access import roles
from minzheng.access.models import User
from minzheng.awards.models import Award
from minzheng.awards.queries import covered_on
from minzheng.cases import coverage, engine, sometimes, timing
from minzheng.cases.actions import by_record
from minzheng.cases.models import Assessment, Case
from minzheng.cases.queries import ActView, CaseView, Entry
from minzheng.cases.shapes import MeetingRule, Procedure
from minzheng.core import clock, workdays
from minzheng.core.errors import Refused, pick
from minzheng.core.models import Document
from minzheng.people import queries as people
from minzheng.people.models import Household, Person
from minzheng.policy.errors import PolicyError
from minzheng.policy.explain import explanation_of
from minzheng.policy.sheet import Step, Working, present
from minzheng.web import names
from minzheng.web.languages import language, listed
from minzheng.web.templatetags.mz import yuan


def sheet(assessment: Assessment) -> dict[str, Any]:
    """The explanation as it prints: first the family's steps and the amount, then the conditions, then each member's
    workings; the rates that were used once, with their sources."""
    found = present(explanation_of(assessment.explanation), language(), members=_member_names(assessment))
    of_members: dict[str, list[tuple[Step, Working]]] = {}
    for step in found.steps:
        for working in step.workings if step.of_members else ():
            of_members.setdefault(working.who, []).append((step, working))
    return {
        "paper": found,
        "lines": [step for step in found.steps if not step.of_members and step.kept is None],
        "conditions": [step for step in found.steps if step.kept is not None],
        "of_members": list(of_members.items()),
        "eligible": assessment.eligible,
        "amount": assessment.amount if assessment.eligible else None,
        "cycle": names.cycle_name(names.pay_cycle(assessment.programme, assessment.on)),
        "on": assessment.on,
        "version": assessment.explanation.get("version", ""),
    }


def _member_names(assessment: Assessment) -> dict[int, str]:
    """Members by their place in the assessment: the family in the order in which it was assessed. Where the family has
    changed since and the numbers differ, nobody is named."""
    if assessment.household is None:
        return {}
    family = [row.person for row in people.members(assessment.household, assessment.on)]
    inputs = assessment.inputs.get("members", [])
    if len(family) != len(inputs):
        return {}
    return {place: person.name for place, person in enumerate(family, 1)}


def members(case: Case, today: dt.date) -> list[Person]:
    """The family whose means count, the head first."""
    return family_of_party(case.household, case.person, today)


def second_visitors(case: Case, user: User) -> list[User]:
    """Who may go along: holders of the second visitor's permission, and other visitors, in the case's area."""
    return _holders(case, user, {"cases.visit_second", "cases.visit"})


def second_county_visitors(case: Case, user: User) -> list[User]:
    """Who of the county may go along."""
    return _holders(case, user, {sometimes.COUNTY_VISIT})


def _holders(case: Case, user: User, permissions: set[str]) -> list[User]:
    known = roles.load().roles
    able = [code for code, role in known.items() if role.permissions & permissions]
    covering = [case.area_id[:n] for n in range(2, len(case.area_id) + 1)]
    found = User.objects.filter(Q(assignments__role__in=able, assignments__area__in=covering), is_active=True).exclude(
        pk=user.pk
    )
    return list(found.distinct().order_by("name"))


def sometimes_of(view: CaseView) -> dict[str, Any]:
    """What only some cases have, as the page shows it: kinships, complaints, meetings, and what still waits."""
    rules = view.procedure
    steps = view.timeline[::-1]
    return {
        "kinships": [_kinship(rules, entry) for entry in view.timeline if entry.data.get("kinship")],
        "complaints": [entry for entry in view.timeline if entry.act == "cases.complain"],
        "meetings": [
            _meeting(rules.meeting, entry, entry.data)
            for entry in view.timeline
            if rules.meeting and "votes" in entry.data
        ],
        "conferences": [
            _meeting(rules.conference, entry, entry.data["conference"]) | entry.data["conference"]
            for entry in view.timeline
            if rules.conference and "conference" in entry.data
        ],
        "appeals": [_appeal(rules, entry) for entry in steps if entry.data.keys() & {"appeal", "appeal_result"}],
        "reopened": [entry for entry in steps if "reopened_as" in entry.data],
        "hearings": [entry for entry in view.timeline if entry.act == sometimes.HEAR],
        "services": [
            dict(entry.data) | {"manner": pick(rules.service.manners[entry.data["manner"]].label, language())}
            for entry in view.timeline
            if rules.service and entry.act == sometimes.SERVE and entry.data.get("manner") in rules.service.manners
        ],
        "hearing_wanted": bool(rules.hearing) and view.hearing_wanted,
        "county_visit_wanted": bool(rules.county_visit) and not sometimes.county_visit_done(rules, steps),
        "meeting_wanted": bool(rules.meeting) and not sometimes.meeting_done(rules, steps),
        "rules": rules,
    }


def left_out(view: CaseView) -> dict[int, str]:
    """Why somebody of the family is not covered, by person."""
    rule = view.procedure.coverage
    found = coverage.left_out(view.timeline[::-1]) if rule else {}
    return {person: pick(rule.reasons[reason], language()) for person, reason in found.items()} if rule else {}


def _kinship(rules: Procedure, entry: Entry) -> dict[str, Any]:
    found = entry.data["kinship"]
    of = rules.kinship.of.get(found["of"]) if rules.kinship else None
    relation = rules.kinship.relations.get(found["relation"]) if rules.kinship else None
    return {
        "on": entry.on,
        "of": pick(of, language()) if of else found["of"],
        "relation": pick(relation, language()) if relation else found["relation"],
        "between": found["between"],
    }


def _appeal(rules: Procedure, entry: Entry) -> dict[str, Any]:
    """An appeal that was filed, or its result, in words."""
    assert rules.appeals is not None
    filed, result = entry.data.get("appeal"), entry.data.get("appeal_result")
    if filed:
        words = pick(rules.appeals.kinds[filed["kind"]].label, language())
        return {"on": filed["filed_on"], "words": words, "authority": filed["authority"], "note": entry.note}
    words = pick(rules.appeals.outcomes[result["outcome"]], language()) if result else ""
    return {"on": result["on"] if result else "", "words": words, "authority": "", "note": entry.note}


def _meeting(rule: MeetingRule, entry: Entry, held: Mapping[str, Any]) -> dict[str, Any]:
    came: dict[str, list[str]] = {}
    for one in held["participants"]:
        came.setdefault(one["capacity"], []).append(one["name"])
    return {
        "on": held["held_on"],
        "place": held["place"],
        "came": [
            (pick(words, language()), listed(came[name])) for name, words in rule.capacities.items() if name in came
        ],
        "votes": held["votes"],
        "minutes": entry.note,
    }


def consequence(view: CaseView, act: ActView, today: dt.date) -> str:
    """What happens when the act is sent, in words: before it is sent."""
    row = next((one for one in view.procedure.acts if one.name == act.name), None)
    if row is None:
        return ""
    if act.act == engine.POST and view.procedure.posting:
        last = engine.last_day_of_posting(view.procedure.posting, today, workdays)
        return _("公示到 %(day)s（%(days)s 天，张贴当日不计）；期间有异议的退回重新调查。") % {
            "day": f"{last:%Y-%m-%d}",
            "days": view.procedure.posting.days,
        }
    if act.outcome in ("grant", "change", "stop"):
        return _decided(view, act, today)
    if act.outcome == "refuse":
        return _("作出不予确认的决定，须在 3 个工作日内书面告知并说明理由。")
    if not row.to or row.to not in view.procedure.stages:
        return ""
    after = view.procedure.stage(row.to)
    if act.act == by_record.WITHDRAW and view.case.reason in by_record.OPENED:
        return _("办件结束，并户、分户或迁出的登记一并撤销：档案、人员、收入财产恢复原状，待遇照旧发放，缓发的补发。")
    if after.closed:
        return _("办件到“%(stage)s”结束。") % {"stage": pick(after.label, language())}
    limit = view.procedure.clocks.get(row.to)
    said = {"stage": pick(after.label, language()), "next": pick(after.next, language()) if after.next else "—"}
    if limit is None:
        return _("办件到“%(stage)s”，接下来：%(next)s。") % said
    unit = _("%(n)s 个工作日内") if limit.working else _("%(n)s 天内")
    return _("办件到“%(stage)s”，接下来：%(next)s（%(limit)s）。") % (said | {"limit": unit % {"n": limit.days}})


def _decided(view: CaseView, act: ActView, today: dt.date) -> str:
    case = view.case
    try:
        first = timing.first_month(case, today, act.outcome)
    except (Refused, PolicyError):
        return ""
    if act.outcome == "stop":
        return _("从 %(month)s 起停发。") % {"month": f"{first:%Y-%m}"}
    if view.assessment is None or view.assessment.amount is None:
        return ""
    cycle = names.cycle_name(names.pay_cycle(case.programme, first))
    return _("从 %(month)s 起发放，%(cycle)s %(amount)s 元。") % {
        "month": f"{first:%Y-%m}",
        "cycle": cycle,
        "amount": yuan(view.assessment.amount),
    }


def other_cases(case: Case) -> list[Case]:
    """Other matters of the same party that are still open."""
    same = Q(household=case.household) if case.household_id else Q(person=case.person)
    return list(Case.objects.filter(same, closed_on=None).exclude(pk=case.pk).order_by("opened_on"))


def name_cases(cases: list[Case]) -> None:
    """Whom each case is about, in one query for all of them."""
    households = [case.household_id for case in cases if case.household_id]
    heads = people.heads(households, clock.today()) if households else {}
    for case in cases:
        head = heads.get(case.household_id or 0)
        number = case.household.number if case.household else ""
        case.who = case.person.name if case.person else head.name if head else number  # type: ignore[attr-defined]


def documents(case: Case) -> list[Document]:
    """The papers made of a case or filed with it, the newest first."""
    return list(
        Document.objects.filter(subject_type="cases.case", subject_id=case.pk).defer("content").order_by("-on", "-pk")
    )


def family_of_party(household: Household | None, person: Person | None, today: dt.date) -> list[Person]:
    """The people who live in the household, the head first; of a personal matter the person."""
    if household is None:
        return [person] if person else []
    rows = sorted(people.members(household, today), key=lambda row: row.relation != "head")
    return [row.person for row in rows]


def covered_now(award: Award) -> list[int]:
    """Whom an award covers today, by id."""
    rows = award.members.filter(covered_on(clock.today()), superseded_at=None)
    return list(rows.values_list("person_id", flat=True))


def party_name(household: Household | None, person: Person | None, today: dt.date) -> str:
    """The person's name, or that of the household's head."""
    if person is not None:
        return person.name
    head = people.head(household, today) if household else None
    return head.name if head else household.number if household else ""
