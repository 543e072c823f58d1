"""Awards as they stand: what ends soon, what is held, what was decided and begins this month."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from minzheng.areas.queries import within
from minzheng.awards import rows, terms, timing
from minzheng.awards.candidates.candidate import Candidate, from_to, running
from minzheng.awards.models import AmountReason, Award, AwardAmount
from minzheng.awards.queries.roster import head_names
from minzheng.awards.queries.words import held_reasons_of
from minzheng.awards.reworking import amount_in
from minzheng.cases.models import Case, CaseKind
from minzheng.core.errors import Text

DECIDED_ALREADY = (AmountReason.CARRIED_OVER, AmountReason.STANDARD_CHANGED, AmountReason.BIRTHDAY)
"""Reasons of an amount that no decision on a case stands behind."""


def ending(area: str, month: dt.date) -> list[Candidate]:
    """What ends by itself soon (`terms`) where nobody has applied for it anew."""
    near = [
        award
        for award in running(area, month).filter(end_reason=terms.TERM)
        if award.last_month is not None and terms.near_its_end(award.last_month, month)
    ]
    awards = _not_applied_anew(near)
    amounts, heads = rows.current_amounts([award.pk for award in awards]), head_names(awards)
    return [
        Candidate(
            key=f"ending:{award.pk}",
            kind="ending",
            programme=award.programme,
            who=heads.get(award.pk, ""),
            area=award.area_id,
            effect=-amount_in(amounts.get(award.pk, ()), award.last_month),
            since=timing.shift(award.last_month, 1),
            text={
                "zh-Hans": f"有效至 {award.last_month:%Y-%m}，期满自动退出；仍有困难的请家庭重新申请",
                "en": f"Valid to {award.last_month:%Y-%m}; ask the family to apply anew if it still needs it",
            },
            url_of=("award", award.pk),
            permission="cases.apply",
        )
        for award in awards
        if award.last_month is not None
    ]


def held(area: str, month: dt.date) -> list[Candidate]:
    """Awards that are held for another reason than a death: what is not paid meanwhile. One that has ended, or gone on
    in another township or file, is held for the months it was not paid."""
    awards = [
        award
        for award in (*running(area, month).exclude(held_reason=""), *_ended_and_held(area, month))
        if not award.held_reason.startswith("death:") and ";death:" not in award.held_reason
    ]
    amounts = rows.current_amounts([award.pk for award in awards])
    said, heads = held_reasons_of(awards), head_names(awards)
    found = []
    for award in awards:
        tokens = [token.partition(":")[0] for token in award.held_reason.split(";")]
        reasons = said[award.pk]
        accepts = not set(tokens) & {"payee", "ineligible", "error"}
        then = ("。解除后补发", ". Released, it is paid with arrears") if accepts else ("", "")
        found.append(
            Candidate(
                key=f"held:{award.pk}",
                kind="held",
                programme=award.programme,
                who=heads.get(award.pk, ""),
                area=award.area_id,
                effect=amount_in(amounts.get(award.pk, ()), month),
                since=month,
                text={
                    "zh-Hans": "缓发："
                    + "；".join(one["zh-Hans"] for one in reasons)
                    + _until(award, month)["zh-Hans"]
                    + then[0],
                    "en": "Held: " + "; ".join(one["en"] for one in reasons) + _until(award, month)["en"] + then[1],
                },
                url_of=("award", award.pk),
                permission="awards.hold",
                accepts=accepts,
            )
        )
    return found


def decided(area: str, month: dt.date) -> list[Candidate]:
    """What was decided and begins this month: new awards, other amounts, ends."""
    eve = timing.shift(month, -1)
    beginning = (
        AwardAmount.objects.filter(within(area), superseded_at=None, first_month=month)
        .exclude(reason__in=DECIDED_ALREADY)
        .values("award")
    )
    ended = Q(last_month=eve) & ~Q(end_reason="once")
    awards = list(
        Award.objects.filter(within(area))
        .filter(Q(pk__in=beginning) | ended)
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )
    amounts = rows.current_amounts([award.pk for award in awards])
    heads = head_names(awards)
    found = []
    for award in awards:
        before, after = (amount_in(amounts.get(award.pk, ()), one) for one in (eve, month))
        if before == after:
            continue
        what = ("停发", "ends") if not after else ("新增", "begins") if not before else ("变更", "changes")
        found.append(
            Candidate(
                key=f"decided:{award.pk}",
                kind="decided",
                programme=award.programme,
                who=heads.get(award.pk, ""),
                area=award.area_id,
                effect=after - before,
                since=month,
                text=from_to(
                    {"zh-Hans": f"已决定{what[0]}，本月起生效", "en": f"Decided, {what[1]} this month"}, before, after
                ),
                url_of=("award", award.pk),
                permission="cases.change",
            )
        )
    return found


def _ended_and_held(area: str, month: dt.date) -> QuerySet[Award]:
    """The awards that have ended, or were to be paid once, and are held still."""
    ended = Q(last_month__lt=month) | Q(end_reason="once", first_month__lte=month)
    return (
        Award.objects.filter(within(area), ended)
        .exclude(held_reason="")
        .select_related("person", "household")
        .order_by("area_id", "pk")
    )


def _until(award: Award, month: dt.date) -> Text:
    """Of an award that has ended: that nothing is paid of the months before."""
    if award.last_month is None or (award.last_month >= month and award.end_reason != "once"):
        return {"zh-Hans": "", "en": ""}
    last = f"{award.last_month:%Y-%m}"
    return {
        "zh-Hans": f"（待遇已于 {last} 结束，此前缓发的月份没有发）",
        "en": f" (ended with {last}; months held before it are unpaid)",
    }


def _not_applied_anew(awards: Sequence[Award]) -> list[Award]:
    """Those of which no application waits, and none was granted already."""
    theirs = Q(household__in=[one.household_id for one in awards if one.household_id]) | Q(
        person__in=[one.person_id for one in awards if one.person_id]
    )
    waits = set(
        Case.objects.filter(theirs, kind=CaseKind.APPLICATION, closed_on=None).values_list(
            "programme", "household", "person"
        )
    )
    begun = Award.objects.filter(theirs, end_reason=terms.TERM).order_by("first_month")
    latest = {(one.programme, one.household_id, one.person_id): one.pk for one in begun}
    keys = {one.pk: (one.programme, one.household_id, one.person_id) for one in awards}
    return [one for one in awards if keys[one.pk] not in waits and latest[keys[one.pk]] == one.pk]
