"""Random samples that anybody can draw again, what they found, and how it was put right.

The draw (docs/algorithms/sampling.md): every award of the list has the mark SHA-256 of `seed:award`; the share of the
list with the smallest marks, rounded up, is drawn. Seed, share and the list's hash stand on the round; the list itself
is kept.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from minzheng.access import perms
from minzheng.awards.reviews import refusals
from minzheng.awards.reviews.models import ReviewFinding, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Kind
from minzheng.core import audit, clock, documents, tasks

By = Any
WHOLE = 10_000
"""A share of everything, in hundredths of a percent."""


def draw(awards: Iterable[int], seed: str, share: int) -> list[int]:
    """The awards drawn from a list, in order; the order of the list does not matter."""
    known = sorted(set(awards))
    size = -(-len(known) * share // WHOLE)
    marked = sorted(known, key=lambda award: (hashlib.sha256(f"{seed}:{award}".encode()).hexdigest(), award))
    return sorted(marked[:size])


def list_text(awards: Iterable[int]) -> str:
    """The list as it is hashed and kept: one award a line, in order."""
    return "".join(f"{award}\n" for award in sorted(set(awards)))


def how_drawn(rule: Kind, area: str, awards: list[int], seed: str) -> dict[str, Any]:
    """What a sample's round keeps of its draw; nothing where the round is no sample."""
    if not rule.is_sample:
        return {}
    return {
        "seed": seed,
        "share": rule.share(area),
        "population": len(awards),
        "list_sha256": hashlib.sha256(list_text(awards).encode()).hexdigest(),
    }


def keep_list(by: By, review: ReviewRound, awards: list[int]) -> None:
    """Keep the list that a sample was drawn from with its round."""
    review.list_document = documents.keep(
        by=by,
        kind="reviews.sample_list",
        title=f"{review.label['zh-Hans']}抽样总体 {review.first_day:%Y-%m}.txt",
        media_type="text/plain",
        content=list_text(awards).encode(),
        subject=review,
        area=review.area_id,
    )
    review.save(update_fields=["list_document"])


def drawn_again(review: ReviewRound) -> bool:
    """Draw a sample again from the kept list: true where it is the same, and the list the one that was hashed."""
    assert review.list_document is not None and review.share is not None
    text = documents.content(review.list_document).decode()
    if hashlib.sha256(text.encode()).hexdigest() != review.list_sha256:
        return False
    again = draw(map(int, text.split()), review.seed, review.share)
    return again == sorted(review.lines.values_list("award_id", flat=True))


@transaction.atomic
def record_finding(
    *, by: By, line: ReviewLine, found: str, remedy: str, due_on: dt.date | None = None
) -> ReviewFinding:
    """Enter what a review found wrong, and what must be put right by when (by the rule, where no day is given). It
    stands on the work list until it is done."""
    from minzheng.awards.reviews import rounds

    perms.require(by, "reviews.find", line.area_id)
    rule = rounds.rules_of(line.round).kind(line.round.kind)
    today = clock.today()
    if not found.strip() or not remedy.strip():
        raise refusals.needs_words("发现的问题或整改要求", "What was found, or what must be put right,")
    if due_on is not None and due_on < today:
        raise refusals.rectify_day(due_on, today)
    if due_on is None and rule.rectify is None:
        raise refusals.needs_words("整改期限", "The day to put it right by")
    if due_on is None and rule.rectify:
        due_on = today + dt.timedelta(days=rule.rectify.days)
    assert due_on is not None
    finding = ReviewFinding.objects.create(
        line=line,
        area_id=line.area_id,
        found_on=today,
        found_by=by,
        found=found.strip(),
        remedy=remedy.strip(),
        due_on=due_on,
        rule=rule.rectify.rule if rule.rectify else rule.rule,
    )
    detail = {"line": line.pk, "due_on": due_on.isoformat()}
    audit.record("reviews.find", by=by, subject=finding, area=line.area_id, detail=detail)
    tasks.open_task(
        "reviews.rectify",
        subject=finding,
        area=line.area_id,
        label={
            "zh-Hans": f"核查发现问题，须整改：{remedy.strip()}",
            "en": f"Put right what a review found: {remedy.strip()}",
        },
        permission="reviews.rectify",
        due_on=due_on,
        rule=finding.rule,
        programme=line.round.programme,
        who=line.who,
        people=line.people,
    )
    return finding


@transaction.atomic
def rectify(*, by: By, finding: ReviewFinding, how: str) -> ReviewFinding:
    """Enter how a finding was put right. Done once; refuses to do it without saying how."""
    perms.require(by, "reviews.rectify", finding.area_id)
    finding = ReviewFinding.objects.select_for_update().get(pk=finding.pk)
    if not how.strip():
        raise refusals.needs_words("怎样整改的", "How it was put right")
    if finding.rectified_on is not None:
        return finding
    finding.rectified_on, finding.rectified_by, finding.how = clock.today(), by, how.strip()
    finding.save(update_fields=["rectified_on", "rectified_by", "how"])
    tasks.close_tasks(subject=finding, by=by)
    audit.record("reviews.rectify", by=by, subject=finding, area=finding.area_id)
    return finding
