"""Publications after a grant (公布): put up by themselves when something is granted, another row with every change of
what they show, taken down when it ends. What is owed is known to a later stage, which says here what is to stand."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from minzheng.cases import procedure
from minzheng.cases.masking import masked
from minzheng.cases.models import Decision, Posting, PostingKind
from minzheng.cases.refusals import casework
from minzheng.core import clock
from minzheng.core.audit import Actor
from minzheng.core.models import AuditEntry

ROWS = 1000


@dataclass(frozen=True)
class Received:
    """What the party of a granting decision receives: fen for one pay cycle. `minor`: the party, or the household's
    head, is under 18."""

    decision: Decision
    name: str
    people: int
    amount: int
    minor: bool


@casework
def keep_up(*, by: Actor, received: Iterable[Received], ended: Iterable[int] = ()) -> int:
    """Bring the publications of these decisions in line with what is received today; of those in `ended` (keys of
    decisions) none stays up. A row that shows something else comes down today, and a new one goes up. A minor, and a
    programme whose procedure publishes nobody, has none. Returns how many rows went up or came down.

    A publication for so many days only goes up once: it is not put up again when the days are over.
    """
    today = clock.today()
    wanted = {one.decision.pk: one for one in received}
    published = Posting.objects.filter(kind=PostingKind.PUBLICATION, decision__in=[*wanted, *ended])
    before = dict(published.order_by().values_list("decision").annotate(Count("pk")))
    up = {row.decision_id: row for row in published.filter(taken_down_on=None).order_by("pk")}
    codes = {one.decision.programme for one in wanted.values()}
    rules = {code: procedure.publication_on(code, today) for code in codes}
    due: dict[int | None, Posting] = {}
    for key, one in wanted.items():
        rule = rules[one.decision.programme]
        was_up = before.get(key, 0) > 0 and key not in up
        if rule is not None and not one.minor and not (rule.days is not None and was_up):
            due[key] = _row(one, rule, today, before.get(key, 0) + 1)
    gone = [row for key, row in up.items() if key not in due or _shows(row) != _shows(due[key])]
    gone_keys = {row.decision_id for row in gone}
    new = [row for key, row in due.items() if key not in up or key in gone_keys]
    Posting.objects.filter(pk__in=[row.pk for row in gone]).update(taken_down_on=today)
    Posting.objects.bulk_create(new, batch_size=ROWS)
    _audit(by, "cases.publish", new)
    _audit(by, "cases.unpublish", gone)
    return len(gone) + len(new)


def _row(one: Received, rule: procedure.PublicationRule, today: dt.date, count: int) -> Posting:
    """The publication as it has to stand today."""
    decision = one.decision
    return Posting(
        decision=decision,
        area_id=decision.area_id,
        programme=decision.programme,
        kind=PostingKind.PUBLICATION,
        number=f"{decision.number}-B{count}",
        place=rule.place["zh-Hans"],
        posted_on=today,
        ends_on=today + dt.timedelta(days=rule.days) if rule.days is not None else None,
        shown_name=masked(one.name, rule.mask),
        shown_people=one.people,
        shown_amount=one.amount,
        rule=rule.rule,
    )


def _shows(row: Posting) -> tuple[str, int, int]:
    return row.shown_name, row.shown_people, row.shown_amount


def _audit(by: Actor, action: str, rows: Iterable[Posting]) -> None:
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                on=clock.today(),
                actor_id=by.pk,
                actor_name=by.get_full_name(),
                action=action,
                subject_type=Posting._meta.label_lower,
                subject_id=row.pk,
                area_code=row.area_id,
                detail=_detail(row),
            )
            for row in rows
        ],
        batch_size=ROWS,
    )


def _detail(row: Posting) -> Mapping[str, object]:
    return {"number": row.number, "people": row.shown_people, "amount": row.shown_amount}
