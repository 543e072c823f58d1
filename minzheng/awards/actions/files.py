"""A family goes on in another file, or under another head: what it receives goes with it."""

import datetime as dt
from typing import Any

from django.db.models import Q

from minzheng.awards import publishing, rows, timing
from minzheng.awards.actions.change import work_anew
from minzheng.awards.actions.hold import drop_tokens
from minzheng.awards.models import AmountReason, Award
from minzheng.core import audit, clock
from minzheng.people.models import Household, Person

By = Any


def follow_file(*, by: By, before: int, after: Household, payee: Person) -> list[Award]:
    """What a closed file received the new one receives from now on: the award goes on, with its amounts, its history
    and what is still to be paid of it, no month without and none twice. It is paid to the payee, and worked out anew
    for the family as the new file knows it. Returns the awards."""
    going_on = list(
        Award.objects.select_for_update(of=("self",))
        .filter(Q(last_month=None) | Q(last_month__gte=timing.first_of(clock.today())), household=before)
        .exclude(end_reason="once")
        .order_by("pk")
    )
    for award in going_on:
        award.household = after
        award.save(update_fields=["household"])
        detail = {"before": before, "after": after.number}
        audit.record("awards.follow_file", by=by, subject=award, area=award.area_id, detail=detail)
        pay_to(by=by, award=award, payee=payee)
        since = max(_first_whole_month(after.formed_on), award.first_month)
        if not rows.in_grace(rows.current_amounts([award.pk]).get(award.pk, []), since):
            work_anew(by=by, award=award, from_month=since, reason=AmountReason.MEMBER_LEFT)
    owing = Award.objects.filter(household=before, payee__died_on__isnull=False)
    for award in owing.order_by("pk"):  # ended, or paid once: what is still to be paid of it
        pay_to(by=by, award=award, payee=payee)
    publishing.keep_up(by=by, awards=going_on)
    return going_on


def follow_head(*, by: By, household: Household, before: Person, after: Person) -> list[Award]:
    """What a family was paid through its old head is paid to the new one."""
    paid = list(Award.objects.select_for_update().filter(household=household, payee=before).order_by("pk"))
    for award in paid:
        pay_to(by=by, award=award, payee=after)
    publishing.keep_up(by=by, awards=Award.objects.filter(household=household))
    return paid


def pay_to(*, by: By, award: Award, payee: Person) -> None:
    """Another account is paid from now on; what was held because who was paid had died is let go. Part of an action."""
    before, award.payee = award.payee_id, payee
    drop_tokens(by=by, award=award, starting=f"payee:{before}")
    award.save(update_fields=["payee", "held_reason"])
    detail = {"before": before, "after": payee.pk}
    audit.record("awards.change_payee", by=by, subject=award, area=award.area_id, detail=detail)


def _first_whole_month(day: dt.date) -> dt.date:
    """The first benefit month that begins on this day or later."""
    return day if day.day == 1 else timing.shift(day, 1)
