"""What somebody answers to a candidate of “this month”: it was right, or it is not to be done, and why."""

import datetime as dt
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.awards.candidates import Candidate
from minzheng.awards.models import Answer, MonthAnswer
from minzheng.core import audit, clock
from minzheng.core.errors import refuse

By = Any


@transaction.atomic
def confirm_candidate(*, by: By, candidate: Candidate, month: dt.date) -> bool:
    """Somebody has looked at it and it is right. True unless it was answered before."""
    return _answer(by, candidate, month, Answer.CONFIRMED, "")


@transaction.atomic
def refuse_candidate(*, by: By, candidate: Candidate, month: dt.date, reason: str) -> bool:
    """It is not to be done in this month, for this reason; it does not come again before the next. True unless it was
    answered before."""
    if not reason.strip():
        raise refuse(
            "month.reason",
            zh="不采纳须写明理由。",
            en="Refusing a candidate needs a reason.",
            remedy_zh="请写明为什么本月不办，例如“死亡日期有误，待派出所更正”。",
            remedy_en="Say why it is not done this month, for example “the day of death is wrong”.",
        )
    return _answer(by, candidate, month, Answer.REFUSED, reason.strip())


def _answer(by: By, candidate: Candidate, month: dt.date, answer: Answer, reason: str) -> bool:
    perms.require(by, candidate.permission, candidate.area)
    row, new = MonthAnswer.objects.get_or_create(
        month=month,
        key=candidate.key,
        defaults={
            "area_id": candidate.area,
            "who": candidate.who,
            "answer": answer,
            "reason": reason,
            "answered_on": clock.today(),
            "answered_by": by,
        },
    )
    if new:
        detail = {"key": candidate.key, "answer": str(answer), "reason": reason, "effect": candidate.effect}
        audit.record("awards.answer_candidate", by=by, subject=row, area=candidate.area, detail=detail)
    return new
