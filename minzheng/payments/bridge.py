"""From the last period's run to this one: who entered, who left, what rose and fell, and why; to the fen.

Only regular lines are compared. Arrears, what a late standard has brought, and repeated payments stand behind the
closing, as bars of their own. What is set off belongs to the regular amount; how much of it that is stands last. A
difference that no dated change of an award explains is *unexplained* and blocks the run.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from minzheng.payments.models import Run

BARS = ("opening", "entered", "left", "up", "down", "closing", "arrears", "raise", "again", "total", "set_off")

# `before`: regular lines of all runs of the last period; `now`: of this run. News is a dated change of the award that
# begins after the last period's first month (a period paid in part becomes whole), or that was recorded since.
# `apart` is materialized: under row-level security an index is used with its plain column, not with using()'s coalesce.
_COMPARED = """
with before as (
    select p.award_id, sum(p.amount)::bigint as amount, max(p.people) as people
    from payments_payment p join payments_run r on r.id = p.run_id
    where r.programme = %(programme)s and r.area_code = %(area)s and r.month = %(before)s
      and p.kind in ('regular', 'set_off')
    group by p.award_id
), now as (
    select award_id, sum(amount)::bigint as amount, max(people) as people
    from payments_payment
    where run_id = %(run)s and kind in ('regular', 'set_off') and state <> 'cancelled' group by award_id
), apart as materialized (
    select award_id, b.amount as before, n.amount as now, b.people as people_before, n.people as people_now,
           case when b.award_id is null then 'entered' when n.award_id is null then 'left'
                when (n.amount, n.people) > (b.amount, b.people) then 'up'
                when (n.amount, n.people) < (b.amount, b.people) then 'down' else 'same' end as bar
    from before b full join now n using (award_id)
), compared as (
    select d.award_id, d.bar, d.before, d.now, d.people_before, d.people_now,
           coalesce(case
               when d.bar = 'same' then ''
               when d.bar = 'entered' then case
                   when a.first_month > %(since)s or %(before)s::date is null
                   then case a.origin when 'case' then 'granted' else a.origin end
                   when a.entered_on >= %(computed_on)s then 'granted_late'
                   else coalesce(news.reason, case when held.award_id is not null then 'held_before' end) end
               when d.bar = 'left' then case
                   when a.last_month < %(month)s then coalesce(nullif(a.end_reason, ''), 'ended')
                   else coalesce(news.reason, case when paid_early.award_id is not null then 'paid_before' end) end
               else coalesce(case when a.last_month < %(month)s then coalesce(nullif(a.end_reason, ''), 'ended') end,
                             news.reason, case when paid_early.award_id is not null then 'paid_before' end)
           end, '') as reason
    from apart d
    join awards_award a on a.id = d.award_id
    left join lateral (
        select am.reason from awards_amount am
        where d.bar <> 'same' and am.award_id = d.award_id and am.superseded_at is null
          and am.first_month <= %(month)s and (am.first_month > %(since)s or am.recorded_at > %(computed_at)s)
        order by am.first_month desc, am.id desc limit 1
    ) news on true
    left join lateral (
        select p.award_id from payments_payment p
        where d.bar = 'entered' and p.award_id = d.award_id and p.benefit_month = %(before)s limit 1
    ) held on true
    left join lateral (
        select p.award_id from payments_payment p
        where d.bar <> 'same' and p.award_id = d.award_id and p.benefit_month = %(month)s and p.run_id <> %(run)s
          and p.state <> 'cancelled'
        limit 1
    ) paid_early on true
)
"""
_BY_REASON = """
select bar, reason, count(*), coalesce(sum(before), 0)::bigint, coalesce(sum(now), 0)::bigint,
       coalesce(sum(people_before), 0)::bigint, coalesce(sum(people_now), 0)::bigint
from compared group by bar, reason order by bar, reason
"""
UNEXPLAINED = "bar <> 'same' and reason = ''"
BEHIND = {
    "opening": "bar <> 'entered'",
    "closing": "bar <> 'left'",
    "unexplained": UNEXPLAINED,
    **{bar: f"bar = '{bar}'" for bar in ("entered", "left", "up", "down", "same")},
    "changes": "bar <> 'same'",
}
"""Which awards stand behind a bar, as a condition on `compared`."""


@dataclass(frozen=True)
class Difference:
    """One award, last period against this one. Amounts in fen; 0 where there was none."""

    award_id: int
    bar: str
    before: int
    now: int
    people_before: int
    people_now: int
    reason: str
    """A stable word; empty where nothing explains the difference (and for `same`)."""

    @property
    def explained(self) -> bool:
        return self.bar == "same" or bool(self.reason)


def previous_month(run: Run) -> tuple[dt.date | None, Run | None]:
    """The period before, of the same programme and area: its month and its own run; for a supplement nothing."""
    if run.ordinal > 1:
        return None, None
    earlier = Run.objects.filter(programme=run.programme, area_id=run.area_id, month__lt=run.month, ordinal=1)
    found = earlier.order_by("-month").first()
    return (found.month, found) if found else (None, None)


def differences(run: Run, only: str = "true") -> list[Difference]:
    """Every award of this run or of the last period, compared, in the order of their ids; `only` those that a condition
    on `bar` and `reason` (text of this package) chooses."""
    found = _compared(run, f"select * from compared where {only} order by award_id")  # noqa: S608 - our own text
    return [
        Difference(award, bar, b or 0, n or 0, pb or 0, pn or 0, reason) for award, bar, b, n, pb, pn, reason in found
    ]


def compute(run: Run) -> dict[str, Any]:
    """The bridge as it is frozen with the run: for each bar {awards, people, fen}, the month compared with, reasons
    counted, and how many differences nothing explains."""
    bars: dict[str, Any] = {bar: {"awards": 0, "people": 0, "fen": 0} for bar in BARS}
    reasons: dict[str, dict[str, int]] = {}
    unexplained = 0
    for bar, reason, awards, before, now, people_before, people_now in _compared(run, _BY_REASON):
        _add(bars["opening"], 0 if bar == "entered" else awards, people_before, before)
        _add(bars["closing"], 0 if bar == "left" else awards, people_now, now)
        if bar == "same":
            continue
        _add(bars[bar], awards, people_now - people_before, now - before)
        reasons.setdefault(bar, {})[reason or "unexplained"] = awards
        unexplained += 0 if reason else awards
    for kind, awards, people, fen in _other_lines(run):
        bars[kind] = {"awards": awards, "people": people, "fen": fen}
    bars["total"] = {"fen": sum(bars[bar]["fen"] for bar in ("closing", "arrears", "raise", "again"))}
    month, _ = previous_month(run)
    return {
        "before": month.isoformat() if month else None,
        "bars": bars,
        "reasons": reasons,
        "unexplained": unexplained,
    }


def unexplained(run: Run) -> list[Difference]:
    """The differences that no change of an award explains."""
    return differences(run, UNEXPLAINED)


def adds_up(bridge: dict[str, Any], total: int) -> bool:
    """True where the bars lead from the opening to the closing, and the closing to the run's total (fen)."""
    bars = bridge["bars"]
    steps: Sequence[str] = ("opening", "entered", "left", "up", "down")
    return (
        sum(bars[bar]["fen"] for bar in steps) == bars["closing"]["fen"]
        and sum(bars[bar]["people"] for bar in steps) == bars["closing"]["people"]
        and bars["total"]["fen"] == total
    )


def _since(before: dt.date | None, month: dt.date) -> dt.date:
    """The month after which a beginning is news: the first month of the last period, whose line was for the whole of it
    only where the award began with it."""
    if before is None:
        return dt.date(1900, 1, 1)
    length = (month.year - before.year) * 12 + month.month - before.month
    months = before.year * 12 + before.month - length
    return dt.date(months // 12, months % 12 + 1, 1)


def _compared(run: Run, query: str) -> list[tuple[Any, ...]]:
    """What a query over `compared` (award_id, bar, before, now, people_before, people_now, reason) gives."""
    month, before = previous_month(run)
    parameters: dict[str, Any] = {
        "run": run.pk,
        "programme": run.programme,
        "area": run.area_id,
        "month": run.month,
        "before": month,
        "since": _since(month, run.month),
        "computed_on": before.computed_on if before else run.month,
        "computed_at": before.computed_at if before else run.computed_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{_COMPARED} {query}", parameters)
        return cursor.fetchall()


def _other_lines(run: Run) -> list[tuple[str, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, count(*), sum(people)::bigint, sum(fen)::bigint from ("
            " select kind, award_id, max(people) as people, sum(amount) as fen from payments_payment"
            " where run_id = %s and kind <> 'regular' and state <> 'cancelled' group by kind, award_id) by_award"
            " group by kind",
            [run.pk],
        )
        return [(kind, int(awards), int(people), int(fen)) for kind, awards, people, fen in cursor.fetchall()]


def _add(bar: dict[str, int], awards: int, people: int, fen: int) -> None:
    bar["awards"] += awards
    bar["people"] += people
    bar["fen"] += fen
