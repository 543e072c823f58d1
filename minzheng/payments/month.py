"""“This month”, before the runs: the candidates of awards and of payments, and what happens when one is accepted.
Nothing here changes an amount by itself: to accept is to call the action that does it everywhere else."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from minzheng.access.models import User
from minzheng.areas.queries import within
from minzheng.awards import actions as awards
from minzheng.awards import timing
from minzheng.awards.candidates import FINDERS as OF_AWARDS
from minzheng.awards.candidates import Candidate, Finder
from minzheng.awards.candidates.candidate import running
from minzheng.awards.models import AmountReason, Award, MonthAnswer
from minzheng.cases import actions as cases
from minzheng.core.errors import Refused, refuse
from minzheng.payments.bank import repay
from minzheng.payments.models import Payment, PaymentState
from minzheng.people import actions as people
from minzheng.people.models import Person
from minzheng.people.queries import agreements_ending


def returned(area: str, month: dt.date) -> list[Candidate]:
    """Payments that the bank returned and nobody has put right: what the next run would pay again."""
    waiting = Payment.objects.filter(
        within(area), state=PaymentState.RETURNED, bank_return__repaired_on=None
    ).select_related("payee", "bank_return")
    return [
        Candidate(
            key=f"returned:{payment.pk}",
            kind="returned",
            programme=payment.programme,
            who=payment.payee.name if payment.payee else "",
            area=payment.area_id,
            effect=payment.amount,
            since=month,
            text={
                "zh-Hans": f"{payment.benefit_month:%Y-%m} 退回：{payment.bank_return.reason}；更正账号后重发",
                "en": f"{payment.benefit_month:%Y-%m} returned ({payment.bank_return.reason}): correct the account",
            },
            url_of=("payments.payment", payment.pk),
            permission="payments.prepare",
        )
        for payment in waiting.order_by("area_id", "pk")
    ]


def agreements(area: str, month: dt.date) -> list[Candidate]:
    """Agreements on a payee's account (代领、一卡通) that end by the end of the next month, or have ended: after that
    day the money is held. Renewed, or with another account, they are gone from here."""
    found = agreements_ending(area, timing.shift(month, 2) - dt.timedelta(days=1))
    paid = {award.payee_id: award for award in running(area, month).filter(payee__in=[one.person_id for one in found])}
    return [
        Candidate(
            key=f"agreement:{one.pk}",
            kind="agreement",
            programme=paid[one.person_id].programme,
            who=one.person.name,
            area=one.area_id,
            effect=0,
            since=month,
            text={
                "zh-Hans": f"领款账户（户名{one.holder}）的协议 {one.valid_to} 到期，以后缓发；续签或改为本人账户",
                "en": f"The agreement on the account ({one.holder}) ends on {one.valid_to}: renew it, or enter theirs",
            },
            url_of=("people.person", one.person_id),
            permission="people.edit",
            accepts=False,
        )
        for one in found
        if one.person_id in paid
    ]


FINDERS: Mapping[str, Finder] = {
    "death": OF_AWARDS["death"],
    "returned": returned,
    "agreement": agreements,
    **{kind: finder for kind, finder in OF_AWARDS.items() if kind != "death"},
}


@dataclass(frozen=True)
class Outcome:
    """What became of one candidate that somebody accepted or refused."""

    who: str
    refused: Refused | None = None


def candidates(area: str, month: dt.date) -> list[Candidate]:
    """Everything to confirm in a month, without what has been answered."""
    answered = set(answers(month).values_list("key", flat=True))
    return [one for finder in FINDERS.values() for one in finder(area, month) if one.key not in answered]


def answers(month: dt.date, area: str = "") -> QuerySet[MonthAnswer]:
    """What was answered in a month, the latest first."""
    found = MonthAnswer.objects.filter(month=month)
    return (found.filter(within(area)) if area else found).select_related("answered_by").order_by("-pk")


def accept(*, by: User, area: str, month: dt.date, keys: Collection[str]) -> list[Outcome]:
    """Do what these candidates propose, each by itself: one that is refused leaves the others done. Whoever comes
    second (a double click, another officer) is told that it is done already; nothing is done twice."""
    return _each(by, area, month, keys, lambda one: ACCEPT[one.kind](by, one, area, month))


def refuse_all(*, by: User, area: str, month: dt.date, keys: Collection[str], reason: str) -> list[Outcome]:
    """Leave these candidates undone this month, for a reason that is kept."""
    return _each(
        by, area, month, keys, lambda one: awards.refuse_candidate(by=by, candidate=one, month=month, reason=reason)
    )


def _each(
    by: User, area: str, month: dt.date, keys: Collection[str], do: Callable[[Candidate], object]
) -> list[Outcome]:
    outcomes = []
    with transaction.atomic():
        _one_at_a_time(area[:9])
        open_ones = _still_open(area, month, keys)
        for key in keys:
            candidate = open_ones.get(key)
            try:
                with transaction.atomic():
                    if candidate is None:
                        raise _gone(key)
                    do(candidate)
            except Refused as refused:
                outcomes.append(Outcome(candidate.who if candidate else "", refused))
            else:
                outcomes.append(Outcome(candidate.who))
    return outcomes


def _still_open(area: str, month: dt.date, keys: Collection[str]) -> dict[str, Candidate]:
    """The candidates of these keys that are there now, found once for each kind."""
    answered = set(answers(month).filter(key__in=list(keys)).values_list("key", flat=True))
    kinds = {key.partition(":")[0] for key in keys} & FINDERS.keys()
    found = [one for kind in FINDERS if kind in kinds for one in FINDERS[kind](area, month)]
    return {one.key: one for one in found if one.key not in answered}


def _death(by: User, one: Candidate, _area: str, _month: dt.date) -> None:
    people.verify_death(by=by, person=Person.objects.get(pk=_record(one)))


def _birthday(by: User, one: Candidate, _area: str, month: dt.date) -> None:
    awards.refresh_birthdays(by=by, programme=one.programme, area=one.area, month=month, only=[_record(one)])


def _certificate(by: User, one: Candidate, _area: str, _month: dt.date) -> None:
    award = Award.objects.select_related("person", "household").get(pk=_record(one))
    awards.reassess(by=by, award=award, from_month=one.since, reason=AmountReason.CATEGORY_CHANGED)


def _standard(by: User, one: Candidate, area: str, _month: dt.date) -> None:
    awards.apply_standard(by=by, programme=one.programme, area=area, month=one.since)


def _held(by: User, one: Candidate, _area: str, month: dt.date) -> None:
    if not one.accepts:
        raise refuse(
            "month.not_by_click",
            zh="{who}的缓发不能直接解除。",
            en="What holds the benefit of {who} cannot be lifted by a click.",
            remedy_zh="请打开这份待遇，先更换领款人或办理变更。",
            remedy_en="Open the benefit; name another payee or have a change decided first.",
            who=one.who,
        )
    award = Award.objects.select_for_update().get(pk=_record(one))
    awards.release(by=by, award=award, reason=f"{month:%Y-%m}")


def _returned(by: User, one: Candidate, _area: str, _month: dt.date) -> None:
    repay(by=by, payment=Payment.objects.select_related("award").get(pk=_record(one)))


def _agreement(_by: User, one: Candidate, _area: str, _month: dt.date) -> None:
    raise refuse(
        "month.agreement",
        zh="{who}的领款账户协议须续签登记，不能直接接受。",
        en="The agreement on the account of {who} has to be renewed; a click does not do that.",
        remedy_zh="请打开此人的“领款账户”，登记新的协议或者本人账户。",
        remedy_en="Open the person's account and enter the new agreement, or an account of their own.",
        who=one.who,
    )


def _seen(by: User, one: Candidate, _area: str, month: dt.date) -> None:
    awards.confirm_candidate(by=by, candidate=one, month=month)


def _entitled(by: User, one: Candidate, _area: str, _month: dt.date) -> None:
    cases.open_case(by=by, programme=one.programme, person=Person.objects.get(pk=_record(one)))


ACCEPT: Mapping[str, Callable[[User, Candidate, str, dt.date], None]] = {
    "death": _death,
    "birthday": _birthday,
    "certificate": _certificate,
    "standard": _standard,
    "held": _held,
    "returned": _returned,
    "agreement": _agreement,
    "decided": _seen,
    "entitled": _entitled,
    "ending": _seen,
}
"""Kind → the action that does what the candidate proposes."""


def _record(one: Candidate) -> int:
    return int(one.key.rpartition(":")[2])


def _gone(key: str) -> Refused:
    return refuse(
        "month.gone",
        zh="这一项已经办过，或情况已经变化。",
        en="This was done already, or things have changed.",
        remedy_zh="请看最新的清单；没有重复办理。",
        remedy_en="See the list as it stands now; nothing was done twice.",
        key=key,
    )


def _one_at_a_time(area: str) -> None:
    """Two officers of a township wait for each other: what one has done the other no longer finds."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(72300003, hashtext(%s))", [area])
