"""Reconsideration, lawsuit, and handling a matter anew after its decision was annulled or found wrong."""

import datetime as dt
from collections.abc import Mapping

from minzheng.access.models import User
from minzheng.cases import appeals
from minzheng.cases.actions import door
from minzheng.cases.actions.letters import check_between
from minzheng.cases.actions.opening import open_case
from minzheng.cases.appeals import AppealRule, ReopeningRule
from minzheng.cases.models import Case, CaseStep, Decision, Paper
from minzheng.cases.refusals import casework
from minzheng.core import clock, events
from minzheng.core.errors import Text, pick, refuse
from minzheng.people import queries as people
from minzheng.people.models import Person


@casework
def appeal(
    *,
    by: User,
    case: Case,
    kind: str,
    filed_on: dt.date,
    authority: str,
    admitted: bool = False,
    note: str = "",
    on: dt.date | None = None,
) -> CaseStep:
    """Enter that somebody contests the decision: in which way, filed when and with whom. The decision works meanwhile.

    admitted: it was late, and the authority took it on all the same. Refuses a second one while one is pending (nobody
    sues during a reconsideration), one from before the decision, and one after the last day of the proof of service.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = _appeals(matter)
    known = {name: remedy.label for name, remedy in rule.kinds.items()}
    _check_choice("case.appeal_kind", kind, known, rule.rule)
    done = matter.done()
    if not authority.strip():
        raise refuse(
            "case.appeal_authority",
            zh="没有写明向哪个机关（法院）提出。",
            en="With which authority or court it was filed is missing.",
            remedy_zh="请填写复议机关或法院的名称。",
            remedy_en="Enter its name.",
            rule=rule.rule,
        )
    if (open_one := appeals.pending(done)) is not None:
        raise refuse(
            "case.appeal_pending",
            zh="{filed_on} 提出的{kind}还没有结果；复议期间不得提起诉讼。",
            en="What was filed on {filed_on} ({kind_en}) is pending; nobody sues during a reconsideration.",
            remedy_zh="请先登记其结果。",
            remedy_en="Enter its result first.",
            rule=rule.rule,
            filed_on=open_one["filed_on"],
            kind=pick(known[open_one["kind"]], "zh-Hans"),
            kind_en=pick(known[open_one["kind"]], "en"),
        )
    decided = max((step.on for step in matter.steps if step.data.get("outcome")), default=matter.case.opened_on)
    check_between("case.appeal_day", filed_on, decided, rule.rule)
    last = appeals.last_day(rule.kinds[kind], done)
    if last is not None and filed_on > last and not admitted:
        raise refuse(
            "case.appeal_too_late",
            zh="{kind}的期限到 {last} 为止，{filed_on} 提出已逾期。",
            en="The time for this ({kind_en}) ended on {last}; {filed_on} is too late.",
            remedy_zh="复议机关或法院因正当理由已受理的，勾选“逾期但已受理”再登记。",
            remedy_en="Where the authority took it on all the same, say so and enter it.",
            rule=rule.rule,
            kind=pick(known[kind], "zh-Hans"),
            kind_en=pick(known[kind], "en"),
            last=last,
            filed_on=filed_on,
        )
    kept = {"kind": kind, "filed_on": filed_on.isoformat(), "authority": authority.strip(), "admitted": admitted}
    step = door.perform(matter, by=by, act=appeals.APPEAL, on=on, note=note, data={"appeal": kept})
    door.copy_projection(matter, case)
    return step


@casework
def appeal_result(
    *, by: User, case: Case, outcome: str, decided_on: dt.date, note: str = "", on: dt.date | None = None
) -> CaseStep:
    """Enter how the pending appeal ended. Where it annuls the decision the matter is handled anew by `reopen`; an
    annulled stop or reduction is entered by `annul`."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = _appeals(matter)
    _check_choice("case.appeal_outcome", outcome, rule.outcomes, rule.rule)
    if outcome in rule.annuls and _restores(matter):
        raise refuse(
            "case.annulled_by_the_county",
            zh="停发、减发的决定被撤销的，登记结果的同时要恢复待遇，由县级审批人办理。",
            en="Where a stop or a reduction is annulled the county enters it, and the benefit is restored with it.",
            remedy_zh="请把复议决定、判决送县级审批人，在本事项中办理“登记决定被撤销并恢复待遇”；作出原决定的人不得办理。",
            remedy_en="Send it to the county's approver, who enters it in this case; not whoever made the decision.",
            rule=rule.rule,
        )
    step = _take_result(matter, rule, by, appeals.RESULT, outcome, decided_on, note, on)
    door.copy_projection(matter, case)
    return step


@casework
def annul(
    *, by: User, case: Case, outcome: str, decided_on: dt.date, note: str = "", on: dt.date | None = None
) -> CaseStep:
    """Enter that a stop or a reduction was annulled. What was owed before is owed again from the month in which the
    decision began to work, in the same transaction (`case.annulled`); the next run pays the difference. Refuses, in the
    database, whoever made the decision (roles.yaml, conflicts)."""
    on = on or clock.today()
    matter = door.lock(case)
    rule = _appeals(matter)
    annulling = {name: label for name, label in rule.outcomes.items() if name in rule.annuls}
    _check_choice("case.appeal_outcome", outcome, annulling, rule.rule)
    step = _take_result(matter, rule, by, appeals.ANNUL, outcome, decided_on, note, on)
    decision = Decision.objects.filter(case=matter.case).latest("pk")
    events.publish(
        "case.annulled",
        by=by,
        on=on,
        subject=decision,
        area=decision.area_id,
        payload={"outcome": outcome, "anew": outcome in _anew(matter), "on": decided_on.isoformat()},
    )
    door.copy_projection(matter, case)
    return step


def _restores(matter: door.Matter) -> bool:
    return any(row.act == appeals.ANNUL for row in matter.procedure.acts)


def _anew(matter: door.Matter) -> set[str]:
    """The outcomes after which the matter is decided anew."""
    rule = matter.procedure.reopening
    return {outcome for outcomes in rule.needs.values() for outcome in outcomes} if rule else set()


def _take_result(
    matter: door.Matter,
    rule: AppealRule,
    by: User,
    act: str,
    outcome: str,
    decided_on: dt.date,
    note: str,
    on: dt.date,
) -> CaseStep:
    open_one = appeals.pending(matter.done())
    if open_one is None:
        raise refuse(
            "case.no_appeal",
            zh="没有待登记结果的复议或诉讼。",
            en="No reconsideration or lawsuit is pending.",
            remedy_zh="请先登记复议或诉讼的提出。",
            remedy_en="Enter first that it was filed.",
            rule=rule.rule,
        )
    check_between("case.appeal_day", decided_on, dt.date.fromisoformat(open_one["filed_on"]), rule.rule)
    kept = {"outcome": outcome, "on": decided_on.isoformat()}
    return door.perform(matter, by=by, act=act, on=on, note=note, data={"appeal_result": kept})


@casework
def reopen(*, by: User, case: Case, ground: str, note: str, on: dt.date | None = None) -> Case:
    """Handle a closed matter anew: a new case with the papers that are there, whose clocks begin with its own
    acceptance. The old one and its decision stay as they are, and say by which they are followed.

    Refuses an unknown ground, one that needs an annulled decision where there is none, no reason, and a second time.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = _reopening(matter)
    _check_choice("case.reopening_ground", ground, rule.grounds, rule.rule)
    contested = matter.procedure.appeals
    taken_away = contested and appeals.annulled(contested, matter.done(), rule.needs.get(ground, ()))
    if ground in rule.after_annulment and not taken_away:
        raise refuse(
            "case.not_annulled",
            zh="没有登记撤销本决定的复议决定或判决，或者没有责令重新作出决定。",
            en="No reconsideration or judgment that annuls the decision, or orders a new one, has been entered.",
            remedy_zh="请先登记复议或诉讼的结果；自行发现错误的，选另一事由。",
            remedy_en="Enter its result first; where the office itself found an error, choose that ground.",
            rule=rule.rule,
        )
    follower = next((step.data["reopened_as"] for step in matter.steps if "reopened_as" in step.data), "")
    if follower:
        raise refuse(
            "case.reopened_already",
            zh="本事项已重新办理：{follower}。",
            en="This matter is being handled anew already: {follower}.",
            remedy_zh="请在新的事项中办理。",
            remedy_en="Go on with that case.",
            rule=rule.rule,
            follower=follower,
        )
    door.check(matter, by=by, act=appeals.REOPEN, on=on, note=note)
    old = matter.case
    opened = open_case(
        by=by,
        programme=old.programme,
        kind=old.kind,
        household=old.household,
        person=old.person,
        covered=_still_there(old, on),
        reason=old.reason,
        event_on=old.event_on,
        given=old.given,
        note=f"重新办理 {old.number}：{pick(rule.grounds[ground], 'zh-Hans')}。{note.strip()}",
        on=on,
    )
    Paper.objects.bulk_create(
        Paper(case=opened, area_id=opened.area_id, kind=one.kind, received_on=one.received_on, document=one.document)
        for one in old.papers.exclude(received_on=None).select_related("document").order_by("pk")
    )
    data = {"ground": ground, "reopened_as": opened.number}
    door.perform(matter, by=by, act=appeals.REOPEN, on=on, note=note, data=data)
    door.copy_projection(matter, case)
    return opened


def _still_there(case: Case, on: dt.date) -> list[Person]:
    """Whom the case asked to cover, as far as they are of the family still."""
    asked = [member.person for member in case.members.select_related("person").order_by("pk")]
    if case.household is None:
        return asked
    family = {row.person_id for row in people.members(case.household, on)}
    return [person for person in asked if person.pk in family]


def _appeals(matter: door.Matter) -> AppealRule:
    if matter.procedure.appeals is None:
        raise _no_rule(matter, "appeals")
    return matter.procedure.appeals


def _reopening(matter: door.Matter) -> ReopeningRule:
    if matter.procedure.reopening is None:
        raise _no_rule(matter, "reopening")
    return matter.procedure.reopening


def _no_rule(matter: door.Matter, section: str) -> Exception:
    return refuse(
        "case.no_rule",
        zh="本项目的程序没有 {section} 的规则。",
        en="This programme's procedure has no rule for {section}.",
        remedy_zh="请在程序文件的 {section} 中写明。",
        remedy_en="Write it into the procedure file ({section}).",
        rule=matter.procedure.basis,
        section=section,
    )


def _check_choice(code: str, name: str, known: Mapping[str, Text], rule: str) -> None:
    if name not in known:
        raise refuse(
            code,
            zh="没有“{name}”这一项。",
            en="“{name}” is not one of them.",
            remedy_zh="可选：{known}。",
            remedy_en="There are: {known_en}.",
            rule=rule,
            name=name,
            known="、".join(pick(label, "zh-Hans") for label in known.values()),
            known_en=", ".join(known),
        )
