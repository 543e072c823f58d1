"""What was found: line by line, or in bulk from a village's list."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.awards.actions.hold import drop_tokens
from minzheng.awards.reviews import refusals, rounds
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound, ReviewStep
from minzheng.core import audit, clock, tasks
from minzheng.core.errors import pick
from minzheng.people import actions as people

By = Any


@dataclass(frozen=True)
class Recorded:
    """What a list of results did: verified now, brought back from a suspension, settled before (and left alone)."""

    verified: int
    returned: int
    before: int


@transaction.atomic
def record(
    *, by: By, review: ReviewRound, lines: Sequence[int], method: str, on: dt.date | None = None, note: str = ""
) -> Recorded:
    """Enter that these lines were verified: how, when, by whom. The same list sent twice does nothing the second time.

    A line whose award was suspended comes back: the award is held no more for this, and what was not paid meanwhile is
    owed as arrears. Refuses a method that the rules do not name, and a day outside the period or after today.
    """
    perms.require(by, "reviews.record", review.area_id)
    on = on or clock.today()
    _check(review, method, on)
    found = rounds.lines_of(review, list(lines))
    waiting = [line for line in found if line.state in rounds.LEFT]
    suspended = [line for line in found if line.state == LineState.SUSPENDED]
    _settle(by, waiting, act="verified", state=LineState.VERIFIED, method=method, on=on, note=note)
    for line in suspended:
        perms.require(by, "awards.hold", line.area_id)
        drop_tokens(by=by, award=line.award, starting=token(line))
    _settle(
        by, suspended, act="returned", state=LineState.RETURNED, method=method, on=on, note=note,
        returned_on=clock.today(),
    )  # fmt: skip
    if waiting or suspended:
        detail = {"method": method, "on": on.isoformat(), "verified": len(waiting), "returned": len(suspended)}
        audit.record("reviews.record", by=by, subject=review, area=review.area_id, detail=detail)
        rounds.refresh(by=by, review=review)
    return Recorded(len(waiting), len(suspended), len(found) - len(waiting) - len(suspended))


@transaction.atomic
def record_change(*, by: By, line: ReviewLine, method: str, on: dt.date | None = None, note: str) -> ReviewLine:
    """Enter that people, income or property of an award are no longer as they were: a change is to be opened, which the
    work list asks for."""
    on = on or clock.today()
    review = line.round
    perms.require(by, "reviews.record", review.area_id)
    _check(review, method, on)
    if not note.strip():
        raise refusals.needs_words("情况有什么变化", "What has changed")
    line_note = note.strip()
    (line,) = rounds.lines_of(review, [line.pk])
    _require(line, rounds.LEFT, {"zh-Hans": "登记变化", "en": "marked as changed"})
    _settle(by, [line], act="changed", state=LineState.CHANGED, method=method, on=on, note=line_note)
    audit.record("reviews.change", by=by, subject=line, area=line.area_id, detail={"award": line.award_id})
    tasks.open_task(
        "reviews.open_change",
        subject=line,
        area=line.area_id,
        label={"zh-Hans": f"核查发现情况有变，请办理变更：{line_note}", "en": f"A review found a change: {line_note}"},
        permission="cases.change",
        rule=rounds.rules_of(review).kind(review.kind).rule,
        programme=review.programme,
        who=line.who,
        people=line.people,
    )
    rounds.refresh(by=by, review=review)
    return line


@transaction.atomic
def record_death(*, by: By, line: ReviewLine, died_on: dt.date, note: str = "") -> ReviewLine:
    """Enter that the recipient has died: recorded as any death is, which holds every benefit until it is verified."""
    review = line.round
    perms.require(by, "reviews.record", review.area_id)
    (line,) = rounds.lines_of(review, [line.pk])
    if line.award.person_id is None or line.person is None:
        raise refusals.death_of_a_family()
    _require(line, (*rounds.LEFT, LineState.SUSPENDED), {"zh-Hans": "登记去世", "en": "recorded as dead"})
    if line.person.died_on is None:
        people.record_death(by=by, person=line.person, on=died_on)
    line.award.refresh_from_db()
    drop_tokens(by=by, award=line.award, starting=token(line))
    _settle(by, [line], act="died", state=LineState.DEAD, method="", on=clock.today(), note=note)
    rounds.refresh(by=by, review=review)
    return line


@transaction.atomic
def take_back(*, by: By, review: ReviewRound, lines: Sequence[int], note: str) -> int:
    """Take back results that were entered by mistake, with the reason: the lines are open again. Lines that are not
    verified (any more) are left alone. Returns how many were taken back."""
    perms.require(by, "reviews.record", review.area_id)
    if not note.strip():
        raise refusals.needs_words("撤回的原因", "Why it is taken back")
    found = [
        line for line in rounds.lines_of(review, list(lines)) if line.state in (LineState.VERIFIED, LineState.CHANGED)
    ]
    for line in found:
        tasks.close_tasks(subject=line, by=by, kind="reviews.open_change")
    move(
        by, found, act="taken_back", state=LineState.OPEN, on=clock.today(), note=note.strip(),
        method="", evidence={}, settled_on=None, settled_by=None,
        warned_on=None, warning=None, served_on=None, wait_until=None,
    )  # fmt: skip
    if found:
        detail = {"lines": [line.pk for line in found], "reason": note.strip()}
        audit.record("reviews.take_back", by=by, subject=review, area=review.area_id, detail=detail)
        rounds.refresh(by=by, review=review)
    return len(found)


def token(line: ReviewLine) -> str:
    """The reason that holds an award while its line is suspended."""
    return f"review:{line.pk}"


def move(
    by: By,
    lines: list[ReviewLine],
    *,
    act: str,
    state: str,
    on: dt.date,
    note: str = "",
    how: str = "",
    **changes: Any,
) -> None:
    """Bring lines to a state, each with its step; `changes` are the same for all of them."""
    ReviewStep.objects.bulk_create(
        ReviewStep(
            line=line,
            area_id=line.area_id,
            act=act,
            state_before=line.state,
            state_after=state,
            method=how,
            on=on,
            actor=by,
            note=note,
        )
        for line in lines
    )
    ReviewLine.objects.filter(pk__in=[line.pk for line in lines]).update(state=state, **changes)
    for line in lines:
        line.state = state


def _settle(
    by: By, lines: list[ReviewLine], *, act: str, state: str, method: str, on: dt.date, note: str, **changes: Any
) -> None:
    changes |= {"method": method, "settled_on": on, "settled_by": by}
    move(by, lines, act=act, state=state, on=on, note=note, how=method, **changes)


def _check(review: ReviewRound, method: str, on: dt.date) -> None:
    rules = rounds.rules_of(review)
    kind = rules.kind(review.kind)
    by_hand = [key for key in kind.methods if not rules.methods[key].automatic]
    if method not in by_hand:
        raise refusals.method(
            method, "、".join(pick(rules.methods[key].label, "zh-Hans") for key in by_hand), kind.rule
        )
    if not review.first_day <= on <= clock.today():
        raise refusals.day(on, review.first_day, clock.today(), kind.rule)


def _require(line: ReviewLine, states: Sequence[str], act: dict[str, str]) -> None:
    if line.state not in states:
        raise refusals.state(act, line.who, str(LineState(line.state).label))
