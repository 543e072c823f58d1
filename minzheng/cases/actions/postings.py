"""Postings before a decision: put up, objected to, taken down."""

import datetime as dt

from django.db import transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases import engine, procedure
from minzheng.cases.actions import door
from minzheng.cases.actions.opening import act
from minzheng.cases.masking import MINOR, is_minor, masked
from minzheng.cases.models import Case, CaseStep, Objection, Posting, PostingKind
from minzheng.cases.refusals import casework
from minzheng.core import audit, clock, tasks, workdays
from minzheng.core.errors import refuse
from minzheng.core.models import Task
from minzheng.people import queries as people

END = "cases.end_posting"
ANSWER = "cases.answer_objection"


@casework
def post(*, by: User, case: Case, place: str = "", on: dt.date | None = None) -> Posting:
    """Put up the notice before the decision: name, number of people and amount, nothing else; a minor is not named.

    Its last day follows from the programme's rule and is not set by hand.
    """
    on = on or clock.today()
    matter = door.lock(case)
    rule = matter.procedure.posting
    ends_on = engine.last_day_of_posting(rule, on, workdays) if rule else on
    latest = door.latest_assessment(case)
    step = door.perform(matter, by=by, act=engine.POST, on=on, data={"ends_on": ends_on.isoformat()})
    assert rule is not None  # a procedure with the act has the rule: the loader sees to it
    party = case.person or (people.head(case.household, on) if case.household else None)
    of_minor = party is not None and is_minor(party.birth_date, on)
    name = MINOR if of_minor else masked(door.who(case), rule.mask)
    posting = Posting.objects.create(
        case=case,
        area_id=case.area_id,
        kind=PostingKind.POSTING,
        programme=case.programme,
        number=f"{case.number}-G{case.postings.count() + 1}",
        place=place.strip() or rule.place["zh-Hans"],
        posted_on=on,
        ends_on=ends_on,
        shown_name=name,
        shown_people=case.members.count(),
        shown_amount=latest.amount or 0 if latest else 0,
        rule=rule.rule,
        of_minor=of_minor,
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
    case = posting.case
    if case is None or posting.kind != PostingKind.POSTING:
        raise refuse(
            "case.objection_to_publication",
            zh="“{number}”是确认后的公布，不是公示，不能登记异议。",
            en="“{number}” is a publication after the grant, not a notice before the decision; it takes no objection.",
            remedy_zh="对在享对象有疑问的，请登记动态变更并核实。",
            remedy_en="Where somebody doubts what is received, open a change and verify it.",
            rule="异议在公示期内提出：case.objection_to_publication",
            number=posting.number,
        )
    matter = door.lock(case)
    objection = Objection.objects.create(
        posting=posting, area_id=posting.area_id, on=on, by_whom=by_whom.strip(), text=text.strip()
    )
    data = {"objection": objection.pk} | ({"meeting_wanted": True} if meeting else {})
    door.perform(matter, by=by, act=engine.OBJECT, on=on, note=text, data=data)
    posting.refresh_from_db(fields=["taken_down_on"])
    if posting.taken_down_on is None:
        posting.taken_down_on = on
        posting.save(update_fields=["taken_down_on"])
    tasks.open_task(
        ANSWER,
        subject=posting,
        area=posting.area_id,
        label={"zh-Hans": "查实后答复异议", "en": "Answer the objection once it is looked into"},
        permission=engine.OBJECT,
        rule="公示有异议的重新调查并答复",
        programme=posting.programme,
        who=door.who(case),
        people=case.members.count(),
    )
    door.copy_projection(matter, case)
    return objection


@casework
def answer_objection(*, by: User, objection: Objection, answer: str, on: dt.date | None = None) -> Objection:
    """Enter what was answered to whoever objected."""
    perms.require(by, engine.OBJECT, objection.area_id)
    if not answer.strip() or objection.answered_on is not None:
        raise refuse(
            "case.objection_answer",
            zh="答复是空的。" if not answer.strip() else "这条异议已于 {on} 答复，答复不能改写。",
            en="The answer is empty."
            if not answer.strip()
            else "This objection was answered on {on}; it is kept as given.",
            remedy_zh="请写明调查结果和处理意见；已答复的如有新情况，请在案件中说明。",
            remedy_en="Say what was found and what follows; what comes later is noted in the case.",
            rule="异议逐条答复并留存：case.objection_answer",
            on=objection.answered_on or "—",
        )
    objection.answer, objection.answered_on = answer.strip(), on or clock.today()
    objection.save(update_fields=["answer", "answered_on"])
    audit.record("cases.answer_objection", by=by, subject=objection, area=objection.area_id)
    if not objection.posting.objections.filter(answered_on=None).exists():
        tasks.close_tasks(subject=objection.posting, by=by, kind=ANSWER)
    return objection


def end_posting(*, by: User, case: Case, note: str = "", on: dt.date | None = None) -> CaseStep:
    """Take the notice down after its last day. Refused until that day is over."""
    return act(by=by, case=case, act=END, note=note, on=on)


def take_down_ended(*, by: User, area: str, on: dt.date | None = None) -> int:
    """What a new day brings: notices whose last day is over come down by themselves, on the day after it, and the task
    of each case says what is next. That nobody objected, and the case goes up, a person says (`end_posting`).
    Returns how many came down.
    """
    ended = Posting.objects.filter(areas.within(area), taken_down_on=None, ends_on__lt=on or clock.today())
    if not ended.exists():
        return 0
    with transaction.atomic():
        over = list(ended.select_for_update(of=("self",)).select_related("case").order_by("pk"))
        for posting in over:
            assert posting.ends_on is not None
            posting.taken_down_on = posting.ends_on + dt.timedelta(days=1)
        Posting.objects.bulk_update(over, ["taken_down_on"], batch_size=500)
        cases = {posting.case.pk: posting.case for posting in over if posting.case is not None}
        open_ones = Task.objects.filter(
            subject_type=Case._meta.label_lower, subject_id__in=list(cases), kind=END, done_on=None
        ).order_by("pk")
        relabelled = []
        for task in open_ones:
            label = _label_of_ending(cases[task.subject_id])
            if label is not None and task.label != label:
                task.label = label
                relabelled.append(task)
        Task.objects.bulk_update(relabelled, ["label"], batch_size=500)
        numbers = [posting.number for posting in over]
        if not over:  # somebody else's request was first
            return 0
        audit.record("cases.take_down_ended", by=by, subject=over[0], area=area, detail={"numbers": numbers})
        return len(over)


def _label_of_ending(case: Case) -> dict[str, str] | None:
    """In the procedure's own words what is to be done once a notice is down."""
    return next((dict(row.label) for row in procedure.of_case(case).acts if row.act == END), None)
