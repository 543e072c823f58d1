"""Postings before a decision: put up, objected to, taken down."""

import datetime as dt

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import engine
from minzheng.cases.actions import door
from minzheng.cases.actions.opening import act
from minzheng.cases.models import Case, CaseStep, Objection, Posting, PostingKind
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, workdays
from minzheng.core.errors import refuse
from minzheng.core.periods import completed_years
from minzheng.people import queries as people

ADULT = 18


@casework
def post(*, by: User, case: Case, place: str = "", on: dt.date | None = None) -> Posting:
    """Put up the notice before the decision: name, number of people and amount, nothing else; a minor's name is masked.

    Its last day follows from the programme's rule and is not set by hand.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = matter.procedure.posting
    ends_on = engine.last_day_of_posting(rule, on, workdays) if rule else on
    latest = door.latest_assessment(case)
    step = door.perform(matter, by=by, act=engine.POST, on=on, data={"ends_on": ends_on.isoformat()})
    assert rule is not None  # a procedure with the act has the rule: the loader sees to it
    posting = Posting.objects.create(
        case=case,
        area_id=case.area_id,
        kind=PostingKind.POSTING,
        number=f"{case.number}-G{case.postings.count() + 1}",
        place=place.strip() or rule.place["zh-Hans"],
        posted_on=on,
        ends_on=ends_on,
        shown_name=shown_name(case, on),
        shown_people=case.members.count(),
        shown_amount=latest.amount or 0 if latest else 0,
        rule=rule.rule,
    )
    audit.record("cases.posting", by=by, subject=posting, area=case.area_id, detail={"step": step.pk})
    door.copy_projection(matter, case)
    return posting


@casework
def object_to(
    *, by: User, posting: Posting, by_whom: str, text: str, meeting: bool = False, on: dt.date | None = None
) -> Objection:
    """Enter an objection against a posting: the notice comes down and the case goes back to be investigated again.
    meeting: the village is to evaluate the case, too, before it is posted again."""
    on = on or clock.today()
    if not text.strip() or not by_whom.strip():
        raise refuse(
            "case.objection_empty",
            zh="没有写明提出异议的人或异议内容。",
            en="Who objects, or to what, is missing.",
            remedy_zh="请记录异议人（可写“匿名来电”）和内容。",
            remedy_en="Enter who objects (“anonymous call” will do) and what they say.",
        )
    matter = door.lock(posting.case)
    objection = Objection.objects.create(
        posting=posting, area_id=posting.area_id, on=on, by_whom=by_whom.strip(), text=text.strip()
    )
    data = {"objection": objection.pk} | ({"meeting_wanted": True} if meeting else {})
    door.perform(matter, by=by, act=engine.OBJECT, on=on, note=text, data=data)
    posting.taken_down_on = on
    posting.save(update_fields=["taken_down_on"])
    door.copy_projection(matter, posting.case)
    return objection


@casework
def answer_objection(*, by: User, objection: Objection, answer: str, on: dt.date | None = None) -> Objection:
    """Enter what was answered to whoever objected."""
    perms.require(by, engine.OBJECT, objection.area_id)
    objection.answer, objection.answered_on = answer.strip(), on or clock.today()
    objection.save(update_fields=["answer", "answered_on"])
    audit.record("cases.answer_objection", by=by, subject=objection, area=objection.area_id)
    return objection


def end_posting(*, by: User, case: Case, note: str = "", on: dt.date | None = None) -> CaseStep:
    """Take the notice down after its last day. Refused until that day is over."""
    return act(by=by, case=case, act="cases.end_posting", note=note, on=on)


def take_down(matter: door.Matter, on: dt.date) -> None:
    """The notices of a case are down from this day."""
    matter.case.postings.filter(taken_down_on=None).update(taken_down_on=on)


def shown_name(case: Case, on: dt.date) -> str:
    """The name on a notice; of a minor the family name only."""
    person = case.person or (people.head(case.household, on) if case.household else None)
    name = door.who(case)
    if person is not None and completed_years(person.birth_date, on) < ADULT:
        return name[:1] + "某" * max(len(name) - 1, 1)
    return name
