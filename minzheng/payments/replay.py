"""A run worked out again: as it stood, which must give the same fen, and as we know it now, which says what has become
owed or too much since. Reads only.

As it stood means: what was known when the run was computed, what other runs had paid by then, the programme's timing
by the files that the run names. Each amount behind a line is worked out again too, from the inputs that its assessment
froze and the stored files that it names: neither a fact nor a rate nor a policy that changes afterwards reaches a
closed month.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db import connection
from django.db.models import Sum

from minzheng.awards import timing
from minzheng.awards.models import Award, AwardAmount
from minzheng.cases.models import Assessment
from minzheng.payments import compute
from minzheng.payments.compute import Moment
from minzheng.payments.models import Payment, PaymentKind, Run
from minzheng.policy import registry, subjects

KEPT, REPLAYED, AMOUNT, ASSESSMENT = "only_in_run", "only_in_replay", "amount", "assessment"
"""Why something differs: a line of the run that does not come out again, one that the run does not have, another
amount, an assessment that does not give its own amount again."""


@dataclass(frozen=True)
class Apart:
    """One difference. Amounts in fen; `reason`: as above, or, as known now, why the award's amount has changed since.
    `kind` is empty where a month is compared as a whole."""

    award: Award
    month: dt.date
    kind: str
    was: int
    is_now: int
    reason: str

    @property
    def change(self) -> int:
        return self.is_now - self.was


@dataclass(frozen=True)
class Replay:
    """The result. `lines` and `total` (fen) of the run as it was computed; `worked`: how many of its assessments were
    worked out again; `without`: lines whose amount rests on no assessment (a roster taken over)."""

    run: Run
    as_known_now: bool
    lines: int
    total: int
    replayed: int
    worked: int
    without: int
    apart: tuple[Apart, ...]

    @property
    def same(self) -> bool:
        return not self.apart


def replay(run: Run) -> Replay:
    """The run as it stood, line by line and assessment by assessment."""
    law = _law(run)
    kept = {
        (award, month, kind): fen
        for award, month, kind, fen in Payment.objects.filter(run=run)
        .values_list("award_id", "benefit_month", "kind")
        .annotate(fen=Sum("amount"))
    }
    again: dict[tuple[int, dt.date, str], int] = {}
    for award, month, kind, fen in compute.replayed(run, Moment(run.computed_at, run.computed_at, law)):
        again[award, month, kind] = again.get((award, month, kind), 0) + fen
    different = [key for key in sorted(kept.keys() | again.keys()) if kept.get(key) != again.get(key)]
    awards = _awards(key[0] for key in different)
    apart = [
        Apart(awards[key[0]], key[1], key[2], kept.get(key, 0), again.get(key, 0), _why(key in kept, key in again))
        for key in different
    ]
    behind = _behind(run, law)
    used = sorted(pk for pk in behind if pk is not None)
    return Replay(
        run=run,
        as_known_now=False,
        lines=len(kept),
        total=sum(kept.values()),
        replayed=sum(again.values()),
        worked=len(used),
        without=behind.get(None, 0),
        apart=(*apart, *_not_reproduced(run.programme, used)),
    )


def as_known_now(run: Run) -> Replay:
    """What the run would pay if it were computed by what is known now, against what it did: more is owed (it comes as
    arrears), or too much was paid (it is claimed). For its own month, and for earlier ones that it paid; what is owed
    for others stands with their runs."""
    law = _law(run)
    lines = Payment.objects.filter(run=run).exclude(kind=PaymentKind.AGAIN)
    kept = {
        (award, month): int(fen)
        for award, month, fen in lines.values_list("award_id", "benefit_month").annotate(fen=Sum("amount"))
    }
    again: dict[tuple[int, dt.date], int] = {}
    for award, month, kind, fen in compute.replayed(run, Moment(None, run.computed_at, law)):
        if kind != PaymentKind.AGAIN and (month == run.month or (award, month) in kept):
            again[award, month] = again.get((award, month), 0) + fen
    different = [key for key in sorted(kept.keys() | again.keys()) if kept.get(key, 0) != again.get(key, 0)]
    awards = _awards(key[0] for key in different)
    reasons = _reasons(run, awards)
    apart = tuple(
        Apart(
            awards[award], month, "", kept.get((award, month), 0), again.get((award, month), 0),
            next((why for since, why in reasons.get(award, ()) if since <= month), ""),
        )
        for award, month in different
    )  # fmt: skip
    return Replay(run, True, len(kept), sum(kept.values()), sum(again.values()), 0, 0, apart)


def _law(run: Run) -> registry.Programme:
    """The programme with the files the run was computed with; of a run that names none those in force."""
    return registry.as_used(run.programme, run.files) if run.files else registry.programme(run.programme)


def _why(in_run: bool, in_replay: bool) -> str:
    if in_run and in_replay:
        return AMOUNT
    return KEPT if in_run else REPLAYED


def _awards(ids: Iterable[int]) -> Mapping[int, Award]:
    return Award.objects.select_related("person", "household", "area").in_bulk(list(set(ids)))


# The amounts behind the run's lines, as known when it was computed: each month of a line's pay cycle.
_BEHIND = """
from payments_payment p
join awards_amount w on w.award_id = p.award_id
     and w.recorded_at <= %(at)s and (w.superseded_at is null or w.superseded_at > %(at)s)
     and w.first_month <= p.benefit_month
     and (w.last_month is null or w.last_month >= p.benefit_month - make_interval(months => %(length)s - 1))
where p.run_id = %(run)s and p.kind <> 'again'
"""


def _behind(run: Run, law: registry.Programme) -> dict[int | None, int]:
    """The assessments that the run's lines rest on, each with how many lines; None: amounts taken over without one."""
    length = timing.CYCLE_MONTHS[law.timing_on(run.month).pay_cycle]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select w.assessment_id, count(distinct p.id) {_BEHIND} group by 1",
            {"run": run.pk, "at": run.computed_at, "length": length},
        )
        return dict(cursor.fetchall())


def _not_reproduced(code: str, ids: list[int]) -> Iterator[Apart]:
    """The assessments that, worked out again from their frozen inputs with the files they name, give something else."""
    for start in range(0, len(ids), 1000):
        found = Assessment.objects.filter(pk__in=ids[start : start + 1000]).defer("explanation")
        ordered = sorted(found, key=lambda one: (one.files["policy"], tuple(one.files["rates"]), one.on, one.pk))
        for (_, _, on), of_one_law in groupby(
            ordered, key=lambda one: (one.files["policy"], tuple(one.files["rates"]), one.on)
        ):
            made = list(of_one_law)
            law = registry.as_used(code, made[0].files)
            again = law.assess([subjects.restored(code, one.inputs, on, law) for one in made], on)
            for one, result in zip(made, again, strict=True):
                if (result.amount, result.error or "") != (one.amount, one.error):
                    award = AwardAmount.objects.filter(assessment=one).select_related("award__area").order_by("pk")[0]
                    yield Apart(award.award, on, "", one.amount or 0, result.amount or 0, ASSESSMENT)


def _reasons(run: Run, awards: Mapping[int, Award]) -> Mapping[int, list[tuple[dt.date, str]]]:
    """For each award the amounts recorded since the run was computed, the latest first: (first month, reason)."""
    found: dict[int, list[tuple[dt.date, str]]] = {}
    rows = AwardAmount.objects.filter(award__in=awards, recorded_at__gt=run.computed_at, superseded_at=None)
    for award, month, reason in rows.order_by("-first_month").values_list("award_id", "first_month", "reason"):
        found.setdefault(award, []).append((month, reason))
    return found
