"""Holding what is unsent. A death is recorded once: in the same transaction every unsent payment of that person's
awards is held, until somebody has verified it."""

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards.models import Award
from minzheng.core import audit, tasks
from minzheng.core.audit import Actor
from minzheng.core.events import subscribe
from minzheng.core.models import Event
from minzheng.payments.models import Payment, PaymentState, RunState
from minzheng.payments.refusals import action

UNSENT = (RunState.COMPUTED, RunState.SUBMITTED, RunState.APPROVED, RunState.RELEASED)
DEATH = "death"


def listen() -> None:
    """Subscribe to what concerns unsent payments; called when the application is ready."""
    subscribe("person.died", on_death)
    subscribe("person.death_verified", on_verified)
    subscribe("person.death_refuted", on_verified)


def on_death(event: Event, by: Actor) -> None:
    """Hold the unsent payments of every award that covers, belongs to or is paid to the dead person."""
    assert event.subject_id is not None
    waiting = Payment.objects.filter(
        award__in=_awards_of(event.subject_id), state=PaymentState.COMPUTED, run__state__in=UNSENT
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    held = Payment.objects.filter(pk__in=ids, state=PaymentState.COMPUTED).update(
        state=PaymentState.HELD, state_reason=DEATH
    )
    if held:
        _note(event, by, "payments.hold", {"count": held, "payments": ids})


def on_verified(event: Event, by: Actor) -> None:
    """The death is verified, or was none: awards have their new amounts (their handler ran first), so what was held is
    worked out anew. In a run that is not submitted yet it is computed again with the rest; in a later state it is
    cancelled and what is still owed comes with the next run."""
    assert event.subject_id is not None
    settled = _awards_of(event.subject_id).filter(held_reason="")
    held = Payment.objects.filter(award__in=settled, state=PaymentState.HELD, state_reason__startswith=DEATH)
    count = _let_go(held)
    if count:
        _note(event, by, "payments.unhold", {"count": count})


@action
def unhold(*, by: User, payment: Payment, note: str) -> None:
    """Let a held payment go: its reason (an account, a payee, a death) has been dealt with. As with a verified death,
    a submitted run is not changed: what is owed comes with the next."""
    perms.require(by, "payments.prepare", payment.area_id)
    if _let_go(Payment.objects.filter(pk=payment.pk, state=PaymentState.HELD)):
        tasks.close_tasks(subject=payment, by=by)
        audit.record("payments.unhold", by=by, subject=payment, area=payment.area_id, detail={"note": note})


def _let_go(held: QuerySet[Payment]) -> int:
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_payment p set state = case when r.state = 'computed' then 'computed' else 'cancelled' end,"
            " state_reason = case when r.state = 'computed' then '' else 'next_run' end,"
            " cancelled_at = case when r.state = 'computed' then null else %s::timestamptz end"
            " from payments_run r where r.id = p.run_id and p.id = any(%s) and p.state = 'held'",
            [timezone.now(), ids],
        )
        return int(cursor.rowcount)


def _awards_of(person: int) -> QuerySet[Award]:
    """Awards of the person, that cover the person now, or that are paid to the person."""
    covered = Q(members__person=person, members__superseded_at=None)
    return Award.objects.filter(Q(person=person) | Q(payee=person) | covered).distinct()


def _note(event: Event, by: Actor, what: str, detail: dict[str, object]) -> None:
    audit.record(what, by=by, subject=event, area=event.area_code, detail=detail)
