"""Who could not be verified: a written warning, its time, and only then a suspension. Nothing here ends an award."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.awards.actions.hold import hold
from minzheng.awards.reviews import papers, refusals, results, rounds
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Kind, Warning
from minzheng.core import audit, clock

By = Any


@transaction.atomic
def warn(*, by: By, review: ReviewRound, lines: Sequence[int]) -> int:
    """Write the warnings: one Word file with a letter for each, kept with the round. Only after the day until which
    the round is to be verified. Lines that are not open are left alone. Returns how many letters there are."""
    perms.require(by, "reviews.record", review.area_id)
    kind, rule = _warning_of(review)
    if clock.today() <= review.due_on:
        raise refusals.warn_too_early(review.due_on, rule.rule)
    found = [line for line in rounds.lines_of(review, list(lines)) if line.state == LineState.OPEN]
    if not found:
        return 0
    today = clock.today()
    letters = papers.keep_warnings(by=by, review=review, lines=found, kind=kind, days=rule.days)
    results.move(by, found, act="warned", state=LineState.WARNED, on=today, warned_on=today, warning=letters)
    _audited("reviews.warn", by, review, found)
    return len(found)


@transaction.atomic
def serve(*, by: By, review: ReviewRound, lines: Sequence[int], on: dt.date | None = None, note: str = "") -> int:
    """Enter that warnings were served, by the proof of service: their time runs from that day, which does not count.
    Lines served before are left alone. Returns how many were served now."""
    perms.require(by, "reviews.record", review.area_id)
    on = on or clock.today()
    _, rule = _warning_of(review)
    found = [
        line
        for line in rounds.lines_of(review, list(lines))
        if line.state == LineState.WARNED and line.served_on is None
    ]
    for line in found:
        if on > clock.today() or (line.warned_on and on < line.warned_on):
            raise refusals.served_when(on, line.warned_on)
    if found:
        until = on + dt.timedelta(days=rule.days)
        results.move(
            by, found, act="served", state=LineState.WARNED, on=on, note=note, served_on=on, wait_until=until
        )  # fmt: skip
        _audited("reviews.serve", by, review, found)
    return len(found)


@transaction.atomic
def suspend(*, by: By, review: ReviewRound, lines: Sequence[int]) -> int:
    """Hold what these awards are paid next, until they are verified. Refuses a line whose warning was not served or has
    not run out, and one that was never warned; the whole choice then stays as it was. Returns how many were suspended.
    """
    perms.require(by, "awards.hold", review.area_id)
    _, rule = _warning_of(review)
    found = [line for line in rounds.lines_of(review, list(lines)) if line.state != LineState.SUSPENDED]
    today = clock.today()
    for line in found:
        if line.state not in rounds.LEFT:
            raise refusals.state({"zh-Hans": "暂停", "en": "suspended"}, line.who, str(LineState(line.state).label))
        if line.wait_until is None or today <= line.wait_until:
            raise refusals.suspend_too_early(line.who, line.wait_until, rule.rule)
    for line in found:
        hold(by=by, award=line.award, reason=results.token(line))
    if found:
        settled: dict[str, Any] = {"suspended_on": today, "settled_on": today, "settled_by": by}
        results.move(by, found, act="suspended", state=LineState.SUSPENDED, on=today, **settled)
        _audited("reviews.suspend", by, review, found)
    return len(found)


def _warning_of(review: ReviewRound) -> tuple[Kind, Warning]:
    kind = rounds.rules_of(review).kind(review.kind)
    if kind.warning is None:
        raise refusals.no_warning(kind.label, kind.rule)
    return kind, kind.warning


def _audited(action: str, by: By, review: ReviewRound, lines: list[ReviewLine]) -> None:
    detail = {"awards": [line.award_id for line in lines]}
    audit.record(action, by=by, subject=review, area=review.area_id, detail=detail)
    rounds.refresh(by=by, review=review)
